"""Where the characters of a read text stand in the source it was read from."""

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(slots=True)
class TextMap:
    """A text put together from pieces of a source, each with its place.

    Built by :meth:`add` and :meth:`gap`; ``outer`` is the map of the source itself when that was
    read from something else (HTML inside a JSON string).
    """

    outer: "TextMap | None" = None
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    # For each run: where it begins in the text, where in the source, and how long it is there.
    _starts: list[int] = field(default_factory=list)
    _sources: list[tuple[int, int, bool]] = field(default_factory=list)
    _text: str | None = None

    def add(self, piece: str, start: int, end: int) -> None:
        """``piece`` was read from ``source[start:end]``; the same length: one for one."""
        if not piece:
            return
        verbatim = len(piece) == end - start
        if verbatim and self._sources:
            first, last, same = self._sources[-1]
            if same and last == start:
                self._sources[-1] = (first, end, True)
                self._append(piece)
                return
        self._starts.append(self._length)
        self._sources.append((start, end, verbatim))
        self._append(piece)

    def gap(self, piece: str, at: int) -> None:
        """``piece`` is not in the source; it stands for what is at ``at`` (a tag, a boundary)."""
        self._starts.append(self._length)
        self._sources.append((at, at, False))
        self._append(piece)

    def trim(self) -> None:
        """Take off the boundaries at the end, which part nothing any more."""
        while self._sources and self._sources[-1][0] == self._sources[-1][1]:
            self._starts.pop()
            self._sources.pop()
            self._length -= len(self._pieces.pop())
            self._text = None

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)
        self._text = None

    def __len__(self) -> int:
        return self._length

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = "".join(self._pieces)
        return self._text

    def ends_with_space(self) -> bool:
        return not self._pieces or self._pieces[-1][-1].isspace()

    def text_ends(self, end: str) -> bool:
        """Whether the text ends with ``end``; looks at the last pieces only."""
        return "".join(self._pieces[-len(end) :]).endswith(end)

    def own_range(self, place: int) -> tuple[int, int]:
        """The range of one character in the source next to it."""
        run = bisect_right(self._starts, place) - 1
        if run < 0:
            return (0, 0)
        start, end, verbatim = self._sources[run]
        if verbatim:
            start += place - self._starts[run]
            return start, start + 1
        return start, end

    def range_of(self, place: int) -> tuple[int, int]:
        """The range of one character in the outermost source."""
        start, end = self.own_range(place)
        if self.outer is None:
            return start, end
        return self.outer.span(start, end)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the outermost source from the first to the last of these characters."""
        if not self._length:
            return (0, 0)
        if start >= end:
            first, last = self.range_of(min(start, self._length - 1))
            return (last, last) if start >= self._length else (first, first)
        return self.range_of(start)[0], self.range_of(end - 1)[1]
