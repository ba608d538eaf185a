"""What a format reads out of an item, and the interface that every format offers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from classifier.formats.receipt import Receipt
from classifier.formats.source import Source
from classifier.formats.splice import Edit, splice
from classifier.formats.textmap import TextMap
from classifier.formats.verdict import Code, Verdict
from classifier.policy import Policy

#: Between two fields of an item: a sentence never runs from one into the next.
FIELD_BREAK: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class Part:
    """One field of an item: ``item.text[start:end]``, and where its characters stand."""

    field: str
    start: int
    end: int
    map: TextMap


@dataclass(slots=True)
class Item:
    """One thing to judge: an article, an entry of a feed, a post.

    ``text`` is what a reader reads, all fields joined; predictions are made on it.
    """

    key: str = ""
    text: str = ""
    parts: list[Part] = field(default_factory=list)
    #: Stretches of the source in which no word may be masked: addresses, code, attributes
    protected: list[tuple[int, int]] = field(default_factory=list)
    #: Stretches of the source that can be folded away
    blocks: list[tuple[int, int]] = field(default_factory=list)
    #: Text outside the article in which a warning may stand
    around: list[str] = field(default_factory=list)
    #: Codes of IPTC's content warnings that others have given it
    coded: set[str] = field(default_factory=set)
    #: Where the format writes; its own affair
    anchor: Any = None
    #: Why this item cannot be read, when its neighbours can
    problem: str | None = None

    def add(self, name: str, text_map: TextMap) -> None:
        """Append a field; an empty one is left out."""
        text_map.trim()
        if not text_map.text.strip():
            return
        start = len(self.text) + len(FIELD_BREAK) if self.text else 0
        self.text += (FIELD_BREAK if self.text else "") + text_map.text
        self.parts.append(Part(name, start, start + len(text_map), text_map))

    def new_codes(self, verdict: Verdict) -> list[Code]:
        """The codes of the verdict that the item does not carry already."""
        return [code for code in verdict.codes if code.code not in self.coded]

    def part_at(self, place: int) -> Part | None:
        for part in self.parts:
            if part.start <= place < part.end:
                return part
        return None

    def moved(self, before: TextMap) -> None:
        """From now on places are those in what its source was made from; ``before`` is that."""
        for part in self.parts:
            outermost = part.map
            while outermost.outer is not None:
                outermost = outermost.outer
            if outermost is not before:
                outermost.outer = before

    def locate(self, start: int, end: int) -> tuple[str, int, int]:
        """The field of a stretch of the text, and where it stands in the source."""
        part = self.part_at(start)
        if part is None:
            return "", 0, 0
        first, last = part.map.span(start - part.start, min(end, part.end) - part.start)
        return part.field, first, last


def to_write(items: Sequence[Item], verdicts: Sequence[Verdict]) -> Iterator[tuple[Item, Verdict]]:
    """The items that something of ours goes into, with their verdicts."""
    for item, verdict in zip(items, verdicts, strict=True):
        if verdict.tags or verdict.must_be_recorded:
            yield item, verdict


@dataclass(frozen=True, slots=True)
class Stripped:
    """An item without what we had written into it, and the receipts that were found."""

    text: str
    #: One for each item of the text, in order; None where there was none
    receipts: tuple[Receipt | None, ...]
    #: What was done to take ours out
    edits: tuple[Edit, ...] = ()

    @classmethod
    def by(cls, edits: Iterable[Edit], text: str, receipts: Iterable[Receipt | None]) -> "Stripped":
        """What is left of ``text`` after the edits."""
        edits = tuple(edits)
        return cls(splice(text, edits), tuple(receipts), edits)


class Format(Protocol):
    """One kind of item. Reading, writing and taking out are pure functions on text."""

    name: str
    #: One line for people
    title: str
    #: What is read, where it is located and where the tag goes, for the table of fields
    fields: str
    suffixes: tuple[str, ...]
    #: Whether words may be masked in it
    masks: bool

    def detects(self, text: str) -> bool:
        """Whether ``text`` looks like this format."""

    def read(self, source: Source) -> list[Item]:
        """The items of a source that carries nothing of ours."""

    def write(
        self, source: Source, items: Sequence[Item], verdicts: Sequence[Verdict], policy: Policy
    ) -> list[Edit]:
        """The insertions that put the verdicts into the source."""

    def strip(self, source: Source) -> Stripped:
        """Take out what :meth:`write` put in."""
