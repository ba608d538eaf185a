"""HTML tokens -> elements with offsets, and the order in which text, starts and ends come."""

from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

from classifier.formats.html_tokens import VOID, Token, tokens

#: Browsers nest no deeper (Chromium: 512); what is deeper is read as if it stood there.
MAX_DEPTH: Final = 512
BLOCK: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li "
    "listing main menu nav ol optgroup option p plaintext pre search section select summary table "
    "tbody td template textarea tfoot th thead title tr ul xmp".split()
)
#: A start tag of these ends an open ``p``.
_ENDS_P: Final = frozenset(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr li dd dt listing main menu nav ol p plaintext "
    "pre search section summary table ul xmp".split()
)
#: start tag -> (open elements it ends, elements beyond which it does not look)
_SIBLINGS: Final = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "dir"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "tbody": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "thead": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "tfoot": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select", "datalist"})),
}
_P_SCOPE: Final = frozenset({"table", "td", "th", "caption", "button", "template", "object"})
_CELLS: Final = frozenset({"td", "th", "caption", "template"})


@dataclass(slots=True, eq=False)
class Element:
    """``source[start:end]`` with its tags; ``source[content_start:content_end]`` without."""

    token: Token
    parent: "Element | None"
    content_end: int = 0
    end: int = 0
    #: First and last event of the element
    first: int = 0
    last: int = 0

    @property
    def name(self) -> str:
        return self.token.name

    @property
    def start(self) -> int:
        return self.token.start

    @property
    def content_start(self) -> int:
        return self.token.end


@dataclass(frozen=True, slots=True)
class Event:
    """A step through the page: text, the start or the end of an element, or a void element."""

    kind: Literal["text", "cdata", "open", "close", "void"]
    element: Element | None
    token: Token | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """All elements in order of their start tags, and all events in order."""

    elements: list[Element]
    events: list[Event]


class _Reader:
    """Open elements, as a browser keeps them; unclosed and misnested tags as it would end them."""

    def __init__(self) -> None:
        self.page = Page([], [])
        self.stack: list[Element] = []
        self.open: Counter[str] = Counter()

    def top(self) -> Element | None:
        return self.stack[-1] if self.stack else None

    def push(self, token: Token) -> None:
        element = Element(token, self.top(), first=len(self.page.events))
        self.page.elements.append(element)
        self.page.events.append(Event("open", element))
        self.stack.append(element)
        self.open[element.name] += 1

    def pop(self, content_end: int, end: int) -> None:
        element = self.stack.pop()
        self.open[element.name] -= 1
        element.content_end, element.end = content_end, end
        element.last = len(self.page.events)
        self.page.events.append(Event("close", element))

    def close(self, names: frozenset[str], limits: frozenset[str], at: int) -> None:
        """End the nearest open element of ``names``, unless one of ``limits`` stands before it."""
        if not any(self.open[name] for name in names):
            return
        for place in range(len(self.stack) - 1, -1, -1):
            name = self.stack[place].name
            if name in names:
                while len(self.stack) > place:
                    self.pop(at, at)
                return
            if name in limits:
                return

    def end_tag(self, token: Token) -> None:
        name = token.name
        if not self.open[name] or name in ("body", "html"):
            return
        for place in range(len(self.stack) - 1, -1, -1):
            element = self.stack[place]
            if element.name == name:
                while len(self.stack) > place + 1:
                    self.pop(token.start, token.start)
                self.pop(token.start, token.end)
                return
            # An inline end tag does not end the block around it, nor any tag a table's cell.
            if (name not in BLOCK and element.name in BLOCK) or (
                element.name in _CELLS and name not in ("tr", "tbody", "thead", "tfoot", "table")
            ):
                return


def read_page(source: str) -> Page:
    """The elements and events of an HTML text, however broken it is."""
    xhtml = source.lstrip()[:5] == "<?xml"
    reader = _Reader()
    for token in tokens(source, xhtml=xhtml):
        if token.kind in ("text", "cdata"):
            kind: Literal["text", "cdata"] = "text" if token.kind == "text" else "cdata"
            reader.page.events.append(Event(kind, reader.top(), token))
        elif token.kind == "start":
            _start_tag(reader, token, xhtml)
        elif token.kind == "end":
            reader.end_tag(token)
    while reader.stack:
        reader.pop(len(source), len(source))
    return reader.page


def _start_tag(reader: _Reader, token: Token, xhtml: bool) -> None:
    name = token.name
    if name in ("html", "head", "body") and reader.open[name]:
        return  # a second body is a mistake and changes nothing
    if name == "body":
        reader.close(frozenset({"head"}), frozenset(), token.start)
    if name in _ENDS_P:
        reader.close(frozenset({"p"}), _P_SCOPE, token.start)
    if name in _SIBLINGS:
        reader.close(*_SIBLINGS[name], token.start)
    if name in VOID or (token.self_closing and (xhtml or _is_foreign(reader))):
        reader.page.events.append(Event("void", reader.top(), token))
    elif len(reader.stack) < MAX_DEPTH:
        reader.push(token)


def _is_foreign(reader: _Reader) -> bool:
    return bool(reader.open["svg"] or reader.open["math"])
