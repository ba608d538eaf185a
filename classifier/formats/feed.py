"""RSS 2.0 and Atom: a category of IPTC's scheme in each item that needs one.

Items are read one by one: one that is broken is named by its place, and its neighbours are judged
all the same. All of ours stands between two comments at the end of the item.
"""

import re
from collections.abc import Sequence
from typing import Final

from classifier.formats.article import read_article
from classifier.formats.existing import coded
from classifier.formats.html import ascii_markup
from classifier.formats.item import Item, Stripped, to_write
from classifier.formats.receipt import Receipt, find_receipt
from classifier.formats.source import Source
from classifier.formats.splice import Edit
from classifier.formats.textmap import TextMap
from classifier.formats.verdict import Verdict
from classifier.formats.xml_scan import XmlElement, XmlProblem, scan_xml
from classifier.formats.xml_text import element_text, text_map
from classifier.policy import Policy
from classifier.taxonomy import CWARN_SCHEME

OURS_CLOSE: Final = "<!--/forewarn-->"
_OURS: Final = re.compile(r"<!--forewarn(?P<line>/\d[^>]*)?-->.*?<!--/forewarn-->", re.DOTALL)
_ATOM: Final = "http://www.w3.org/2005/Atom"
#: Atom before it was a standard; what we read is called the same there.
_ATOM_03: Final = "http://purl.org/atom/ns#"
_ATOM_TEXTS: Final = frozenset({"title", "summary", "content"})
_CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
_MEDIA: Final = "http://search.yahoo.com/mrss/"
_DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
#: RSS as RDF: 1.0, and 0.90 under its two addresses.
_RDF: Final = (
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
)
#: Where the text of an item stands when it has neither description nor content of its own.
_INSTEAD: Final = frozenset({"description", "summary", "body", "fullitem"})


def ours_open(line: str) -> str:
    """The comment in front of what we insert; with the receipt, once for each item."""
    return f"<!--{line}-->" if line else "<!--forewarn-->"


def find_ours(text: str) -> bool:
    return _OURS.search(text) is not None


def strip_ours(
    text: str, ranges: Sequence[tuple[int, int]]
) -> tuple[list[Edit], tuple[Receipt | None, ...]]:
    """Edits that take ours out, and the receipt of each of the items at ``ranges``."""
    edits = [Edit(m.start(), m.end(), "") for m in _OURS.finditer(text)]
    receipts: list[Receipt | None] = []
    for start, end in ranges:
        lines = [m["line"] for m in _OURS.finditer(text, start, end) if m["line"]]
        receipts.append(find_receipt("forewarn" + lines[0]) if lines else None)
    return edits, tuple(receipts)


class _Feed:
    """What both kinds share."""

    name = ""
    title = ""
    fields = ""
    suffixes: tuple[str, ...] = ()
    masks = False
    #: The element of one entry
    entry = ""

    def detects(self, text: str) -> bool:
        raise NotImplementedError

    def read_entry(self, text: str, element: XmlElement, item: Item) -> None:
        raise NotImplementedError

    def category(self, entry: XmlElement, code: str, name: str) -> str:
        raise NotImplementedError

    def categories(self, text: str, entry: XmlElement) -> list[str]:
        """The URIs of the categories that an entry has."""
        raise NotImplementedError

    def front(self, element: XmlElement) -> XmlElement | None:
        """The element that opens with the notice, if the house wants one."""
        raise NotImplementedError

    def entries(self, source: Source) -> list[XmlElement | XmlProblem]:
        """The entries in order; in place of a broken one, what is wrong with it.

        When the feed is not well-formed, each entry is tried alone. If the feed is well-formed
        without the broken ones, the others can be tagged; if not, the error is the feed's.
        """
        try:
            return [e for e in scan_xml(source).walk() if e.name == self.entry]
        except XmlProblem as error:
            broken = self._broken(source)
            if not broken:
                raise
            hollow = list(source.text)
            for _, start, end in broken:
                hollow[start:end] = [c if c == "\n" else " " for c in hollow[start:end]]
            rest = Source("".join(hollow), None, "", source.name)
            try:
                root = scan_xml(rest)
            except XmlProblem:
                raise error from None
            found: list[tuple[int, XmlElement | XmlProblem]] = [
                (e.start, e) for e in root.walk() if e.name == self.entry
            ]
            found += [(start, problem) for problem, start, _ in broken]
            return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]

    def _broken(self, source: Source) -> list[tuple[XmlProblem, int, int]]:
        text = source.text
        root = re.search(r"<(?![?!])([\w:.-]+)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", text)
        pattern = rf"<(?P<tag>(?:\w+:)?{self.entry})[\s>].*?(?:</(?P=tag)\s*>|(?=<(?P=tag)[\s>]))"
        found = []
        for match in re.finditer(pattern, text, re.DOTALL):
            if root is None:
                break
            alone = f"{root.group()}{match.group()}</{root.group(1)}>"
            try:
                scan_xml(Source(alone, None, "", source.name))
            except XmlProblem as error:
                place = match.start() + min(
                    max(error.offset - len(root.group()), 0), len(match.group())
                )
                found.append((XmlProblem(source, place, error.what), match.start(), match.end()))
        return found

    def read(self, source: Source) -> list[Item]:
        items = []
        for entry in self.entries(source):
            if isinstance(entry, XmlProblem):
                items.append(Item(problem=str(entry)))
                continue
            item = Item(key=_identity(source.text, entry), anchor=entry)
            item.coded = coded(*self.categories(source.text, entry))
            self.read_entry(source.text, entry, item)
            items.append(item)
        return items

    def write(
        self, source: Source, items: Sequence[Item], verdicts: Sequence[Verdict], policy: Policy
    ) -> list[Edit]:
        return [
            edit
            for item, verdict in to_write(items, verdicts)
            for edit in self._write_entry(source.text, item, verdict, policy)
        ]

    def _write_entry(self, text: str, item: Item, verdict: Verdict, policy: Policy) -> list[Edit]:
        element = item.anchor
        if element.is_empty_tag:
            return []  # <item/> says nothing, and has no inside to write into
        edits: list[Edit] = []
        place = element.children[-1].end if element.children else element.content_start
        indent = text[element.content_start : element.children[0].start] if element.children else ""
        indent = indent if indent.isspace() else ""
        if policy.setting("feed", "notice") and verdict.notice:
            edits += self._notice(text, element, verdict)
        codes = [self.category(element, c.code, c.name) for c in item.new_codes(verdict)]
        body = indent.join(["", *codes])
        line = verdict.receipt.to_line()
        return [*edits, Edit(place, place, f"{ours_open(line)}{body}{OURS_CLOSE}")]

    def _notice(self, text: str, element: XmlElement, verdict: Verdict) -> list[Edit]:
        """The notice in front of the description, as escaped markup or inside its CDATA."""
        front = self.front(element)
        if front is None or front.is_empty_tag or front.children:
            return []
        start = front.content_start
        markup = f"<p><strong>{ascii_markup(verdict.notice)}</strong></p>"
        space = re.compile(r"\s*").match(text, start)
        inside = space.end() if space else start
        if text.startswith("<![CDATA[", inside):
            start, added = inside + len("<![CDATA["), markup
        elif front.attributes.get("type") == "text" or (
            self.name == "atom" and "type" not in front.attributes
        ):
            added = ascii_markup(verdict.notice) + " "
        else:
            added = ascii_markup(markup)
        verdict.receipt.undo["front"] = added
        return [Edit(start, start, added)]

    def strip(self, source: Source) -> Stripped:
        if not find_ours(source.text):
            return Stripped(source.text, ())
        elements = self.entries(source)
        ranges = [(0, 0) if isinstance(e, XmlProblem) else (e.start, e.end) for e in elements]
        edits, receipts = strip_ours(source.text, ranges)
        for element, receipt in zip(elements, receipts, strict=True):
            if isinstance(element, XmlProblem):
                continue
            added = receipt.undo.get("front") if receipt else None
            front = self.front(element) if added else None
            if added and front is not None:
                place = source.text.find(added, front.content_start, front.content_end)
                head = source.text[front.content_start : place] if place >= 0 else "x"
                if head.strip().removeprefix("<![CDATA[") == "":
                    edits.append(Edit(place, place + len(added), ""))
        return Stripped.by(edits, source.text, receipts)


def _identity(text: str, element: XmlElement) -> str:
    for name in ("guid", "id", "link"):
        child = element.child(name)
        if child is not None:
            said = element_text(text, child) or child.attributes.get("href", "")
            if said:
                return said
    return ""


def read_markup(text: str, element: XmlElement, item: Item, field: str) -> None:
    """HTML inside an element: escaped, in CDATA, or as elements (XHTML), which is read in place."""
    start, end = element.content_start, element.content_end
    if element.children:
        read = TextMap()
        read.add(text[start:end], start, end)
    else:
        read = text_map(text, start, end)
    for part in read_article(read.text, read).item.parts:
        item.add(part.field if part.field not in ("body", "headline") else field, part.map)


class Rss(_Feed):
    """RSS 2.0 and 0.9x, and RSS 1.0 and 0.90, which are RDF and have the same items."""

    name = "rss"
    title = "RSS 2.0, 1.0, 0.9x: category with IPTC's domain (in RDF dc:subject) in each item"
    fields = "title, description, content:encoded, media:title/description/text | category"
    suffixes = (".rss",)
    entry = "item"

    def detects(self, text: str) -> bool:
        head = text[:8000]
        is_rdf = re.search(r"<(?:\w+:)?RDF\s", head) and any(space in head for space in _RDF)
        return bool(is_rdf or re.search(r"<(?:\w+:)?rss[\s>]", head))

    def read_entry(self, text: str, element: XmlElement, item: Item) -> None:
        full = next(
            (c for c in element.children if c.name == "encoded" and c.space == _CONTENT), None
        )
        own = self.front(element)
        instead = frozenset() if own or full else _INSTEAD
        for child in element.children:
            if child.name == "title" and child.space != _MEDIA:
                item.add("headline", text_map(text, child.content_start, child.content_end))
            elif child is own:
                read_markup(text, child, item, "standfirst" if full else "body")
            elif child is full or (child.name in instead and child.space != _MEDIA):
                read_markup(text, child, item, "body")
        for child in element.walk():
            if child.space == _MEDIA and child.name in ("title", "description", "text"):
                field = "caption" if child.name != "text" else "body"
                read_markup(text, child, item, field)

    def category(self, entry: XmlElement, code: str, name: str) -> str:
        if entry.space in _RDF:  # which has no categories, and no attribute without a namespace
            return f'<dc:subject xmlns:dc="{_DUBLIN_CORE}">{CWARN_SCHEME}{code}</dc:subject>'
        tag = f"{entry.prefix}category"
        return f'<{tag} domain="{CWARN_SCHEME}">{code}</{tag}>'

    def categories(self, text: str, entry: XmlElement) -> list[str]:
        return [
            child.attributes.get("domain", "") + element_text(text, child)
            for child in entry.children
            if child.name in ("category", "subject")
        ]

    def front(self, element: XmlElement) -> XmlElement | None:
        return element.own("description")


class Atom(_Feed):
    """Atom 1.0 and 0.3: a feed, or one entry alone."""

    name = "atom"
    title = "Atom: category with IPTC's scheme in each entry"
    fields = "title, summary, content | category"
    suffixes = (".atom",)
    entry = "entry"

    def detects(self, text: str) -> bool:
        head = text[:8000]
        is_atom = _ATOM in head or _ATOM_03 in head
        return is_atom and bool(re.search(r"<(?:\w+:)?(?:feed|entry)[\s>]", head))

    def read_entry(self, text: str, element: XmlElement, item: Item) -> None:
        has_content = element.own("content") is not None
        for child in element.children:
            if child.space not in (_ATOM, _ATOM_03) or child.name not in _ATOM_TEXTS:
                continue
            field = {"title": "headline", "summary": "standfirst" if has_content else "body"}
            self._read_construct(text, child, item, field.get(child.name, "body"))

    def _read_construct(self, text: str, child: XmlElement, item: Item, field: str) -> None:
        kind = child.attributes.get("type") or "text"
        if child.attributes.get("mode") == "base64":
            return  # Atom 0.3 lets content be anything at all
        if child.children or kind in ("xhtml", "application/xhtml+xml", "html", "text/html"):
            read_markup(text, child, item, field)
        elif kind == "text" or kind.startswith("text/"):
            item.add(field, text_map(text, child.content_start, child.content_end))

    def category(self, entry: XmlElement, code: str, name: str) -> str:
        attributes = f'scheme="{CWARN_SCHEME}" term="{code}" label="{name}"'
        if entry.space == _ATOM_03:  # which has no categories, but lets other namespaces in
            return f'<category xmlns="{_ATOM}" {attributes}/>'
        return f"<{entry.prefix}category {attributes}/>"

    def categories(self, text: str, entry: XmlElement) -> list[str]:
        return [
            child.attributes.get("scheme", "") + child.attributes.get("term", "")
            for child in entry.all("category")
        ]

    def front(self, element: XmlElement) -> XmlElement | None:
        return element.own("summary") or element.own("content")


RSS: Final = Rss()
ATOM: Final = Atom()
