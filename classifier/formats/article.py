"""The one rule for what is the text of an article on a page; tag, eval and everything else use it.

1. The outermost ``<article>`` elements; when one of them holds at least half of their text, or
   three times the text of the next, that one alone (the others are teasers). Else ``<main>`` (or
   ``role="main"``), else the body without ``header``.
2. Within that, without ``nav``, ``footer``, ``aside``, scripts, styles, templates and comments, and
   without what shows no text of the article: form controls, frames, embedded objects, SVG.
3. Block elements and ``<br>`` end what stands before them; inline tags do not part a word
   (``fu<b>ck</b>``). White space is read as a browser shows it.
4. After the body come the ``alt`` and ``title`` texts of its images.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from classifier.formats.html_tokens import Token, references
from classifier.formats.html_tree import BLOCK, Element, Event, Page, read_page
from classifier.formats.item import Item
from classifier.formats.text import addresses
from classifier.formats.textmap import TextMap

SKIPPED: Final = frozenset(
    "nav footer aside script style template noscript iframe object embed applet svg button "
    "select textarea title head noframes frameset noembed datalist audio video canvas map dialog "
    "xmp".split()
)
#: Outside an article a header is the masthead; inside, it holds the headline.
_SKIPPED_IN_BODY: Final = SKIPPED | {"header"}
_CODE: Final = frozenset({"code", "pre", "kbd", "samp", "var", "tt"})
_FOLDABLE: Final = frozenset(
    "p ul ol dl table blockquote figure pre h2 h3 h4 h5 h6 address details".split()
)
#: Nothing may be put in front of these inside their parent.
_BOUND: Final = frozenset(
    "li dt dd tr td th tbody thead tfoot caption figcaption summary legend option".split()
)
_STANDFIRST: Final = re.compile(
    r"(?i)(?:^|[\s_-])(?:standfirst|dek|deck|subhead(?:line)?|sub-?title|lede?|lead|intro|summary|abstract)(?:$|[\s_-])"
)
_WARNING_CLASS: Final = re.compile(
    r"(?i)(?:class|id)\s*=\s*[\"']?[^\"'>]*(?:warning|advisory|sensitive|disclaimer)"
)
#: More boxes than this before a story are not warnings.
_MOST_AROUND: Final = 8
#: A story beside its teasers is so many times longer than the longest of them.
_STORY: Final = 3
_SPACE: Final = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")
_NOTE_NUMBER: Final = re.compile(r"(?:\s{0,9}<[^<>]{0,200}>){0,3}\s{0,9}[\[(\d*\N{DAGGER}]")


@dataclass(slots=True)
class Article:
    """The text of a page, and the places in the page that writing needs."""

    item: Item
    page: Page
    roots: list[Element] = field(default_factory=list)
    #: Where the notice goes, and the end of the headline inside the article, if it has one
    insert_at: int = 0
    headline_end: int | None = None


def read_article(source: str, outer: TextMap | None = None) -> Article:
    """Read the article of an HTML page or fragment.

    ``outer`` maps ``source`` into what it was read from, so that offsets lead back to there.
    """
    page = read_page(source)
    roots = _roots(page)
    skipped = SKIPPED if roots else _SKIPPED_IN_BODY
    article = Article(Item(), page, roots)
    _Reader(source, article, skipped, outer).read()
    article.item.around = _around(source, page)
    return article


def looks_marked(text: str) -> bool:
    """Whether a text begins with a tag, whatever is said of its type: agencies call HTML plain."""
    return bool(re.match(r"\s*<[a-zA-Z]", text))


def read_text(source: bytes | str, format: str = "html") -> tuple[str, list[tuple[int, int]]]:
    """The text that is judged, and for each of its characters its range in the source.

    >>> text, places = read_text("<p>fu<b>ck</b> &amp; on</p>")
    >>> text, places[2], places[5]
    ('fuck & on', (8, 9), (15, 20))
    """
    from classifier.formats import read_items

    texts: list[str] = []
    places: list[tuple[int, int]] = []
    for item in read_items(source, format=format):
        if texts:
            texts.append("\n\n")
            places += [places[-1]] * 2
        texts.append(item.text)
        for part in item.parts:
            while len(places) < sum(map(len, texts)) - len(item.text) + part.start:
                places.append(places[-1] if places else (0, 0))
            places += [part.map.range_of(i) for i in range(len(part.map))]
    return "".join(texts), places


# --- which part of the page -----------------------------------------------------------------------


def _roots(page: Page) -> list[Element]:
    """The elements that hold the article; none means the whole body."""
    articles = [
        e
        for e in page.elements
        if e.name == "article" and not _inside(e, {"article"}) and not _inside(e, _SKIPPED_IN_BODY)
    ]
    sizes = [_text_size(page, e) for e in articles]
    if total := sum(sizes):
        largest = max(range(len(sizes)), key=sizes.__getitem__)
        next_size = max((size for n, size in enumerate(sizes) if n != largest), default=0)
        if sizes[largest] * 2 >= total or sizes[largest] >= _STORY * next_size:
            return [articles[largest]]
        return [e for e, size in zip(articles, sizes, strict=True) if size]
    mains = [
        e
        for e in page.elements
        if (e.name == "main" or ("role" in e.token.raw and e.token.attribute("role") == "main"))
        and not _inside(e, SKIPPED)
    ]
    return [main for main in mains if _text_size(page, main)][:1]


def _inside(element: Element, names: "frozenset[str] | set[str]") -> bool:
    parent = element.parent
    while parent is not None:
        if parent.name in names:
            return True
        parent = parent.parent
    return False


def _text_size(page: Page, root: Element) -> int:
    """Characters of text in ``root``, roughly: what would be read, before white space is joined."""
    size = 0
    for event in _walk(page, root, SKIPPED):
        if event.token is not None and event.kind in ("text", "cdata"):
            size += event.token.end - event.token.start
    return size


def _walk(page: Page, root: Element | None, skipped: frozenset[str]) -> Iterator[Event]:
    """The events inside ``root`` (the whole page for None), without those of skipped elements."""
    place = root.first + 1 if root else 0
    last = root.last if root else len(page.events)
    while place < last:
        event = page.events[place]
        element = event.element
        if event.kind == "open" and element is not None and element.name in skipped:
            place = element.last + 1
            continue
        yield event
        place += 1


def _around(source: str, page: Page) -> list[str]:
    """Texts outside the article in which a warning may stand: asides, boxes called a warning."""
    found: list[str] = []
    for element in page.elements:
        if len(found) == _MOST_AROUND:
            break
        raw = element.token.raw
        if element.name != "aside" and not (
            _WARNING_CLASS.search(raw)
            and element.name in ("div", "p", "section", "span", "blockquote")
        ):
            continue
        text = TextMap()
        for event in page.events[element.first : element.last]:
            if event.token is not None and event.kind == "text":
                _add_text(text, source, event.token, pre=False)
        said = text.text.strip()[:600]
        found.append(said if element.name == "aside" else f"Warning: {said}")
    return found


# --- reading --------------------------------------------------------------------------------------


class _Reader:
    """Writes the text of the events into the fields of the item."""

    def __init__(
        self, source: str, article: Article, skipped: frozenset[str], outer: TextMap | None
    ) -> None:
        self.source = source
        self.article = article
        self.item = article.item
        self.skipped = skipped
        self.outer = outer
        self.field = "body"
        self.text = TextMap(outer)
        self.images: list[tuple[str, int, int]] = []
        self.first: Event | None = None
        self.pre = 0
        self.headline: Element | None = None
        self.blocks: dict[int, tuple[int, int]] = {}
        #: Start of an element -> the block around it that can be folded away
        self.folds: dict[int, Element | None] = {}

    def read(self) -> None:
        roots: list[Element | None] = list(self.article.roots) or [None]
        for root in roots:
            self._break("\n\n", root.content_start if root else 0)
            for event in _walk(self.article.page, root, self.skipped):
                self._event(event)
        self._flush("body")
        for name, start, end in self.images:
            attribute = TextMap(self.outer)
            _add_text(attribute, self.source, Token("text", start, end), pre=False)
            self.item.add(name, attribute)
            self.item.protected.append(self._outside(start, end))
        self.item.blocks = sorted(self.blocks.values())
        for part in self.item.parts:
            for start, end in addresses(part.map.text):
                self.item.protected.append(part.map.span(start, end))
        self.article.insert_at = self._insert_at()

    def _event(self, event: Event) -> None:
        element, token = event.element, event.token
        if token is not None and event.kind in ("text", "cdata"):
            if self.first is None and self.source[token.start : token.end].strip():
                self.first = event
            self._read_text(event, token)
        elif token is not None:
            self._void(token)
        elif element is not None:
            opens = event.kind == "open"
            if (
                opens
                and element.name == "sup"
                and _NOTE_NUMBER.match(self.source, element.content_start)
            ):
                self.text.gap(" ", element.start)
            if element.name in BLOCK:
                self._break("\n\n", element.start if opens else element.content_end)
                self._switch(element, opens)
            if element.name in _CODE:
                self.pre += (element.name == "pre") * (1 if opens else -1)
                if opens:
                    self.item.protected.append(self._outside(element.start, element.end))

    def _switch(self, element: Element, opens: bool) -> None:
        """Begin or end a field: the headline, the standfirst, a caption."""
        name = None
        if element.name == "h1" and (self.headline in (None, element)):
            self.headline = element
            name = "headline"
            self.article.headline_end = element.end
        elif element.name in ("figcaption", "caption"):
            name = "caption"
        elif element.name in ("p", "div", "h2") and _is_standfirst(element):
            name = "standfirst"
        if name:
            self._flush(name if opens else "body")

    def _flush(self, name: str) -> None:
        if self.text.text.strip():
            self.item.add(self.field, self.text)
        self.text = TextMap(self.outer)
        self.field = name

    def _read_text(self, event: Event, token: Token) -> None:
        before = len(self.text)
        _add_text(self.text, self.source, token, pre=bool(self.pre))
        if len(self.text) > before and event.element is not None:
            element = event.element
            if element.start not in self.folds:
                self.folds[element.start] = _foldable(element)
            block = self.folds[element.start]
            if block is not None:
                self.blocks[block.start] = self._outside(block.start, block.end)

    def _void(self, token: Token) -> None:
        if token.name == "br":
            self._break("\n", token.start, always=True)
        elif token.name == "hr":
            self._break("\n\n", token.start)
        elif token.name in ("img", "input", "embed"):
            if not self.text.ends_with_space():
                self.text.gap(" ", token.start)
            if token.name == "img":
                for name in ("alt", "title"):
                    value, start, end = token.attributes.get(name, ("", 0, 0))
                    if value.strip():
                        self.images.append((name, start, end))

    def _break(self, piece: str, at: int, always: bool = False) -> None:
        if len(self.text) and (always or not self.text.text_ends("\n\n")):
            self.text.gap(piece, at)

    def _outside(self, start: int, end: int) -> tuple[int, int]:
        return self.outer.span(start, end) if self.outer else (start, end)

    def _insert_at(self) -> int:
        """Inside the article at its start; in a bare body, before the block of the first text."""
        if self.article.roots:
            return self.article.roots[0].content_start
        if self.first is None or self.first.token is None:
            return 0
        place = self.first.token.start
        element = self.first.element
        chain: list[Element] = []
        while element is not None and element.name not in ("body", "html"):
            chain.append(element)
            element = element.parent
        blocks = [e for e in chain if e.name in BLOCK]
        for block in blocks:
            if block.name not in _BOUND:
                return block.start
        return (blocks or chain)[-1].start if chain else place


def _is_standfirst(element: Element) -> bool:
    raw = element.token.raw
    if "class" not in raw and "itemprop" not in raw:
        return False
    return bool(_STANDFIRST.search(element.token.attribute("class") or "")) or (
        element.token.attribute("itemprop") == "description"
    )


def _foldable(element: Element) -> Element | None:
    """The outermost block around a text that can be folded away as a whole."""
    found: Element | None = None
    climb: Element | None = element
    while climb is not None and climb.name not in ("article", "main", "body", "section"):
        if climb.name in _FOLDABLE:
            found = climb
        elif climb.name == "div" and found is not None:
            break
        climb = climb.parent
    return found


def _add_text(into: TextMap, source: str, token: Token, *, pre: bool) -> None:
    raw = source[token.start : token.end]
    if token.kind == "cdata":
        start = token.start + len("<![CDATA[")
        end = token.end - 3 if raw.endswith("]]>") else token.end
        pieces = iter([(source[start:end], start, end)])
    elif "&" in raw:
        pieces = references(raw, token.start)
    else:
        pieces = iter([(raw, token.start, token.end)])
    for piece, start, end in pieces:
        if pre or (end - start != len(piece)):
            into.add(piece, start, end)
        else:
            _add_joined(into, piece, start)


def _add_joined(into: TextMap, piece: str, start: int) -> None:
    """Runs of white space become one space, none at the start of a line."""
    if piece[0] in " \t\r\n\f" and into.ends_with_space():
        stripped = piece.lstrip(" \t\r\n\f")
        start += len(piece) - len(stripped)
        piece = stripped
    place = 0
    for match in _SPACE.finditer(piece):
        into.add(piece[place : match.start()], start + place, start + match.start())
        into.add(" ", start + match.start(), start + match.end())
        place = match.end()
    into.add(piece[place:], start + place, start + len(piece))
