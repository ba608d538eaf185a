"""XML -> elements with offsets, by expat; entities and the network are never touched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from typing import Final
from xml.parsers import expat

from classifier.errors import InputError
from classifier.formats.source import Source

#: Deeper nesting is no news item, and would be an attack on whoever reads it next.
MAX_DEPTH: Final = 500
#: So much of the text at a mistake is shown.
_SHOWN: Final = 24
_ENTITY: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
#: Signs that were meant as text, with what expat had read of a name behind them.
_BARE: Final = re.compile(r"(&(?=[\w.-]*\Z)|<\Z)")
_WRITTEN: Final = {"&": "&amp;", "<": "&lt;"}
_TAG_END: Final = re.compile(r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")


class XmlProblem(InputError):
    """XML that is not well-formed, and where."""

    def __init__(self, source: Source, offset: int, what: str) -> None:
        super().__init__(f"{source.where(offset)}: not well-formed XML: {what}")
        self.offset = offset
        self.what = what


def _offset(text: str, error: expat.ExpatError) -> int:
    """Where in the text expat met the error; it counts lines, and columns in characters."""
    start = 0
    for _ in range(error.lineno - 1):
        start = text.find("\n", start) + 1
    return min(start + error.offset, len(text))


def _what(text: str, offset: int, error: expat.ExpatError) -> str:
    """What is wrong there, and for the two mistakes that feeds are full of, what to write."""
    said = expat.ErrorString(error.code)
    near = text[offset : offset + _SHOWN].split("\n")[0]
    if said == expat.errors.XML_ERROR_UNDEFINED_ENTITY and (entity := _ENTITY.match(near)):
        character = html5.get(f"{entity[1]};", "")
        number = "".join(f"&#{ord(c)};" for c in character)
        advice = f"write {number}" if number else "write &amp; for the sign itself"
        return f"XML has no entity {entity[0]}; {advice}"
    if said == expat.errors.XML_ERROR_INVALID_TOKEN:
        if bare := _BARE.search(text, max(offset - _SHOWN, 0), offset):
            return f"{bare[1]} is no markup before {near!r}; write {_WRITTEN[bare[1]]}"
        return f"unexpected {near!r}"
    return f"{said} at {near!r}" if near.strip() else said


@dataclass(slots=True, eq=False)
class XmlElement:
    """``text[start:end]`` with its tags, ``text[content_start:content_end]`` without."""

    #: Namespace URI and local name
    space: str
    name: str
    #: As written, with its prefix
    written: str
    attributes: dict[str, str]
    parent: "XmlElement | None"
    start: int
    content_start: int = 0
    content_end: int = 0
    end: int = 0
    children: list["XmlElement"] = field(default_factory=list)

    @property
    def is_empty_tag(self) -> bool:
        """``<a/>``, which has no inside to write into."""
        return self.content_start == self.end

    @property
    def prefix(self) -> str:
        """The prefix with its colon, or nothing."""
        head, colon, _ = self.written.rpartition(":")
        return head + colon

    def child(self, name: str) -> "XmlElement | None":
        return next((c for c in self.children if c.name == name), None)

    def own(self, name: str) -> "XmlElement | None":
        """The first child of this name in the element's own namespace."""
        return next((c for c in self.all(name) if c.space == self.space), None)

    def all(self, name: str) -> list["XmlElement"]:
        return [c for c in self.children if c.name == name]

    def walk(self) -> Iterator["XmlElement"]:
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack += reversed(element.children)


def scan_xml(source: Source) -> XmlElement:
    """The root element. :class:`InputError` with line and column for what is not well-formed.

    Refused: entity declarations (XXE, billion laughs) and nesting beyond :data:`MAX_DEPTH`.
    A document type without declarations of its own is let through, and never fetched.
    """
    try:
        data = source.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise source.error(error.start, "a lone surrogate, which no XML can hold") from None
    reader = _Reader(source, data)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        offset = _offset(source.text, error)
        raise XmlProblem(source, offset, _what(source.text, offset, error)) from None
    if reader.root is None:
        raise source.error(0, "not well-formed XML: no element found")
    return reader.root


class _Reader:
    def __init__(self, source: Source, data: bytes) -> None:
        self.source = source
        self.data = data
        self.root: XmlElement | None = None
        self.open: list[XmlElement] = []
        self.spaces: list[dict[str, str]] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]
        self.bytes_read = 0
        self.characters_read = 0
        self.ascii = source.text.isascii()
        parser = expat.ParserCreate(encoding="utf-8")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.EntityDeclHandler = self.entity
        parser.ExternalEntityRefHandler = self.external
        self.parser = parser

    def place(self) -> int:
        """Where expat stands, in characters of the text."""
        index = self.parser.CurrentByteIndex
        if self.ascii:
            return index
        self.characters_read += len(self.data[self.bytes_read : index].decode("utf-8"))
        self.bytes_read = index
        return self.characters_read

    def start(self, written: str, attributes: dict[str, str]) -> None:
        start = self.place()
        if len(self.open) >= MAX_DEPTH:
            raise self.source.error(start, f"elements nested deeper than {MAX_DEPTH}")
        spaces = self.spaces[-1]
        own = {
            name[6:] if name.startswith("xmlns:") else "": value
            for name, value in attributes.items()
            if name == "xmlns" or name.startswith("xmlns:")
        }
        if own:
            spaces = {**spaces, **own}
        self.spaces.append(spaces)
        prefix, _, local = written.rpartition(":")
        parent = self.open[-1] if self.open else None
        element = XmlElement(spaces.get(prefix, ""), local, written, attributes, parent, start)
        match = _TAG_END.match(self.source.text, start)
        assert match is not None
        element.content_start = match.end()
        if parent is not None:
            parent.children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, written: str) -> None:
        place = self.place()
        element = self.open.pop()
        self.spaces.pop()
        if self.source.text[element.content_start - 2] == "/":
            element.content_end = element.end = element.content_start
        else:
            element.content_end = place
            element.end = self.source.text.index(">", place) + 1

    def entity(self, name: str, *_: object) -> None:
        raise self.source.error(
            self.place(),
            f"declares the entity {name!r}; entities are refused (XXE, billion laughs)",
        )

    def external(self, *_: object) -> int:
        raise self.source.error(self.place(), "refers to an external entity; those are refused")
