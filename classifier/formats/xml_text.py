"""The text inside XML elements, each character with its place."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from classifier.formats.html_tokens import references
from classifier.formats.textmap import TextMap
from classifier.formats.xml_scan import XmlElement

_REFERENCE: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d{1,8}|#x[0-9a-fA-F]{1,8});")
_QUIET: Final = re.compile(r"<!\[CDATA\[(?P<cdata>.*?)\]\]>|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_MARKUP: Final = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)\]\]>|<!--.*?-->|<\?.*?\?>"
    r"|<(?P<close>/?)(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>",
    re.DOTALL,
)
_RUNS: Final = re.compile(r"[ \t\r\n]+")


def text_map(text: str, start: int, end: int) -> TextMap:
    """The character data of ``text[start:end]``: references and CDATA read, markup left out."""
    read = TextMap()
    place = start
    for match in _QUIET.finditer(text, start, end):
        _add_data(read, text, place, match.start())
        if match["cdata"] is not None:
            read.add(match["cdata"], match.start("cdata"), match.end("cdata"))
        place = match.end()
    _add_data(read, text, place, end)
    return read


def _add_data(read: TextMap, text: str, start: int, end: int) -> None:
    place = start
    for match in _REFERENCE.finditer(text, start, end):
        read.add(text[place : match.start()], place, match.start())
        read.add(unescape(match.group()), match.start(), match.end())
        place = match.end()
    read.add(text[place:end], place, end)


def element_text(text: str, element: XmlElement) -> str:
    """The text of an element without child elements, stripped."""
    return text_map(text, element.content_start, element.content_end).text.strip()


@dataclass(frozen=True, slots=True)
class Names:
    """What the elements of a vocabulary mean for reading."""

    #: They end what stands before them
    blocks: frozenset[str]
    #: Their text is a field of its own
    fields: dict[str, str] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()


def read_mixed(
    text: str, element: XmlElement, names: Names, name: str
) -> list[tuple[str, TextMap]]:
    """The fields inside an element with inline markup; ``name`` is that of the element itself."""
    found: list[tuple[str, TextMap]] = []
    read = TextMap()
    now = [name]
    skipping = 0
    place = element.content_start

    def flush() -> None:
        nonlocal read
        if read.text.strip():
            found.append((now[-1], read))
        read = TextMap()

    for match in _MARKUP.finditer(text, element.content_start, element.content_end):
        if not skipping:
            _add_joined(read, text, place, match.start())
        place = match.end()
        tag = match["name"]
        empty = match.group().endswith("/>")
        if match["cdata"] is not None and not skipping:
            read.add(match["cdata"], match.start("cdata"), match.end("cdata"))
        if tag is None:
            continue
        closes = bool(match["close"])
        if tag in names.skipped and not empty:
            skipping += -1 if closes else 1
        if tag in names.blocks and len(read) and not read.text_ends("\n\n"):
            read.gap("\n\n", match.start())
        if tag in names.fields and not empty:
            flush()
            if closes and len(now) > 1:
                now.pop()
            elif not closes:
                now.append(names.fields[tag])
    if not skipping:
        _add_joined(read, text, place, element.content_end)
    flush()
    return found


def _add_joined(read: TextMap, text: str, start: int, end: int) -> None:
    """Text with runs of white space as one space, none at the start of a line."""
    for piece, first, last in references(text[start:end], start):
        if last - first != len(piece):
            read.add(piece, first, last)
            continue
        at = 0
        for run in _RUNS.finditer(piece):
            read.add(piece[at : run.start()], first + at, first + run.start())
            if not read.ends_with_space():
                read.add(" ", first + run.start(), first + run.end())
            at = run.end()
        read.add(piece[at:], first + at, last)
