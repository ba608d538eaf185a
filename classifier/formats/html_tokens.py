"""HTML -> tokens with offsets: enough of the WHATWG tokenizer to know what a browser shows.

The standard library's ``html.parser`` reads scripts, comments and text areas differently from one
patch release to the next, and counts lines and columns; this gives plain offsets, in linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from typing import Final, Literal

Kind = Literal["text", "start", "end", "comment", "doctype", "cdata"]

#: Elements whose content is not markup, up to their own end tag.
RAW_TEXT: Final = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes"})
#: Elements whose content is text with character references and no markup.
PLAIN_TEXT: Final = frozenset({"textarea", "title"})
VOID: Final = frozenset(
    "area base br col embed hr img input link meta param source track wbr basefont bgsound frame "
    "keygen".split()
)

_TAG: Final = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*)"
    r"(?P<attributes>(?:[^>\"'=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')|[=\"'])*+)>",
)
_COMMENT: Final = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))", re.DOTALL)
_BOGUS: Final = re.compile(r"<(?:![^>]*|\?[^>]*|/[^a-zA-Z>][^>]*|/)(?:>|\Z)")
_CDATA: Final = re.compile(r"<!\[CDATA\[(?P<text>.*?)(?:\]\]>|\Z)", re.DOTALL)
_ATTRIBUTE: Final = re.compile(
    r"(?P<name>[^\s/>=\"'][^\s/>=]*)(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s>]*)))?"
)
_REFERENCE: Final = re.compile(
    r"&(?:#[0-9]{1,8};?|#[xX][0-9a-fA-F]{1,8};?|[a-zA-Z][a-zA-Z0-9]{1,31};?)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of markup or text: ``source[start:end]``; names are lower case."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    raw: str = ""
    self_closing: bool = False

    @property
    def attributes(self) -> dict[str, tuple[str, int, int]]:
        """Attribute -> (value, start and end of the raw value in the source); first one wins."""
        found: dict[str, tuple[str, int, int]] = {}
        head = len(self.name) + 1
        for match in _ATTRIBUTE.finditer(self.raw, head):
            for group in ("double", "single", "bare"):
                if match[group] is not None:
                    place = (
                        unescape(match[group]),
                        self.start + match.start(group),
                        self.start + match.end(group),
                    )
                    break
            else:
                place = ("", self.start + match.end(), self.start + match.end())
            found.setdefault(match["name"].lower(), place)
        return found

    def attribute(self, name: str) -> str | None:
        value = self.attributes.get(name)
        return None if value is None else value[0]


def tokens(source: str, *, xhtml: bool = False) -> Iterator[Token]:
    """The tokens of ``source`` in order; together they cover it without gaps.

    ``xhtml`` reads CDATA sections as text, as a browser does for XHTML; in HTML they are comments.

    >>> [(t.kind, source[t.start:t.end]) for source in ["a<br>&amp;"] for t in tokens(source)]
    [('text', 'a'), ('start', '<br>'), ('text', '&amp;')]
    """
    place = 0
    length = len(source)
    while place < length:
        opened = source.find("<", place)
        if opened < 0:
            yield Token("text", place, length)
            return
        token = _markup(source, opened, xhtml)
        if token is None:
            # A lone "<" is text: go on behind it, as one text with what follows.
            follow = opened + 1
            while token is None:
                opened = source.find("<", follow)
                if opened < 0:
                    yield Token("text", place, length)
                    return
                token = _markup(source, opened, xhtml)
                follow = opened + 1
        if token.start > place:
            yield Token("text", place, token.start)
        yield token
        place = token.end
        if token.kind == "start" and not (xhtml and token.self_closing):
            if token.name in RAW_TEXT or token.name in PLAIN_TEXT:
                end = _raw_end(source, place, token.name)
                if end > place:
                    yield Token("text", place, end)
                place = end
            elif token.name == "plaintext":
                yield Token("text", place, length)
                return


def _markup(source: str, place: int, xhtml: bool) -> Token | None:
    """The token that begins with the "<" at ``place``; None when it is plain text."""
    follow = source[place + 1 : place + 2]
    if follow == "!":
        if source.startswith("<!--", place):
            match = _COMMENT.match(source, place)
            assert match is not None
            return Token("comment", place, match.end())
        if xhtml and (match := _CDATA.match(source, place)):
            return Token("cdata", place, match.end())
        match = _BOGUS.match(source, place)
        assert match is not None
        is_doctype = source[place : place + 9].lower() == "<!doctype"
        return Token("doctype" if is_doctype else "comment", place, match.end())
    if follow == "?" or (follow == "/" and not source[place + 2 : place + 3].isalpha()):
        if source[place + 2 : place + 3] == "" and follow == "/":
            return None
        match = _BOGUS.match(source, place)
        return Token("comment", place, match.end()) if match else None
    match = _TAG.match(source, place)
    if match is None:
        if follow.isascii() and (follow.isalpha() or follow == "/"):
            # A tag that the end of the file cuts off shows nothing.
            return Token("comment", place, len(source))
        return None
    raw = match.group()
    kind: Kind = "end" if match["close"] else "start"
    name = match["name"].lower()
    return Token(kind, place, match.end(), name, raw, raw.endswith("/>"))


def _raw_end(source: str, place: int, name: str) -> int:
    """Where the end tag of a raw text element begins; the end of the file when there is none."""
    match = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source, place)
    if match is None:
        return len(source)
    if name == "script":
        # "<!--<script" inside a script hides the first end tag (script data double escaped).
        opened = source.find("<!--", place, match.start())
        if opened >= 0:
            closed = source.find("-->", opened)
            inner = re.compile(r"<script[\s/>]", re.IGNORECASE).search(
                source, opened, match.start()
            )
            if inner and (closed < 0 or closed > match.end()):
                after = re.compile(r"</script(?=[\s/>])", re.IGNORECASE).search(source, match.end())
                return after.start() if after else match.start()
    return match.start()


def references(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """``(what is read, start, end)`` of the pieces of a text, character references read.

    >>> list(references("a&eacute;&lt b", 0))
    [('a', 0, 1), ('é', 1, 9), ('<', 9, 12), (' b', 12, 14)]
    """
    place = 0
    for match in _REFERENCE.finditer(text):
        raw = match.group()
        read = unescape(raw)
        if read == raw:
            continue
        end = match.end()
        if not raw.endswith(";") and not raw.startswith("&#"):
            # "&notit" is "¬it": only the part that is a known name without its semicolon is read.
            name = next((raw[1:n] for n in range(len(raw), 2, -1) if raw[1:n] in html5), None)
            if name is None:
                continue
            end = match.start() + 1 + len(name)
            read = html5[name]
        if match.start() > place:
            yield text[place : match.start()], start + place, start + match.start()
        yield read, start + match.start(), start + end
        place = end
    if place < len(text):
        yield text[place:], start + place, start + len(text)
