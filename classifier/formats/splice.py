"""Edits at offsets: the only way in which this package writes into an item."""

from collections.abc import Iterable
from dataclasses import dataclass

from classifier.formats.textmap import TextMap


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """``text[start:end]`` becomes ``new``; an insertion when both are the same."""

    start: int
    end: int
    new: str


def splice(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with all edits made, every other character kept. Edits must not overlap.

    Insertions at one place come out in the order given.

    >>> splice("abc", [Edit(1, 2, "-"), Edit(0, 0, ">")])
    '>a-c'
    """
    pieces: list[str] = []
    place = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if edit.start < place:
            raise ValueError(f"edits overlap at {edit.start}")
        pieces += (text[place : edit.start], edit.new)
        place = edit.end
    pieces.append(text[place:])
    return "".join(pieces)


def before(text: str, edits: Iterable[Edit]) -> TextMap:
    """The text that :func:`splice` gives, each character with its place in ``text``.

    >>> before("abc", [Edit(0, 1, "")]).span(0, 1)
    (1, 2)
    """
    read = TextMap()
    place = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        read.add(text[place : edit.start], place, edit.start)
        read.add(edit.new, edit.start, edit.end)
        place = edit.end
    read.add(text[place:], place, len(text))
    return read
