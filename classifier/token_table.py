"""What each distinct token contributes: read when it is first seen, then looked up."""

from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.assess import count
from classifier.cut_words import Part, may_be_joined, part_of
from classifier.held_readings import Held, held
from classifier.hit_logits import HitLogits
from classifier.room import make_room
from classifier.sure_hits import Neighbour, SureHits
from classifier.token_facts import TokenReader
from classifier.token_keys import Cut, KeyTable, Rows, key_of
from classifier.weights import WIDE

#: Distinct tokens remembered, about 95 bytes each, and 200 for each hit in them; then the table
#: starts again.
MAX_TOKENS = 120_000

#: Neighbourhoods of tokens that may be parts of cut words; then they are forgotten.
_MOST_JOINS: Final = 20_000
#: The upper half of a key made up for a token too long to have one; no token has this length.
_MADE_UP: Final = 0xFF << 56
#: Tokens longer than this are known by a digest.
_LONGEST_NAME: Final = 256


_UNCOUNTED: Final = -1
_NO_PART: Final = Part("", cut=False, sign=False)
_UNASKED: Final = np.iinfo(np.int32).min

_BY_ROW: Final = (
    "weights", "first", "last", "bits", "key", "partner", "hit_kind", "hit_begin", "hit_count",
    "_neighbours", "_counts",
)  # fmt: skip

#: Of a token in which there is something to see: a neighbour may be joined to it; it has hits, and
#: they are not sure.
JOINS, UNSURE = 1, 2


class Neighbours(NamedTuple):
    """Of tokens near hits, as ``sure_hits.Neighbour``."""

    codes: NDArray[np.int32]
    capitals: NDArray[np.bool_]


class TableFull(Exception):
    """The table was emptied in the middle of a chunk; the chunk is begun again."""


class SingleFact(NamedTuple):
    """What is known of one token, as plain numbers: its three weights, the ids of its first and
    last word, its bits, its numbers as key and partner of phrases, its reading if that matters."""

    one: float
    two: float
    three: float
    first: int
    last: int
    bits: int
    key: int
    partner: int
    held: Held | None


class TokenTable:
    """Token -> row of the arrays. When it is full it is emptied, so its memory is bounded
    whatever the text."""

    def __init__(self, reader: TokenReader, logits: HitLogits, most: float | None = None) -> None:
        """``most`` distinct tokens, :data:`MAX_TOKENS` unless given."""
        self._reader = reader
        #: the hits of tokens that are the same in any text
        self.sure = SureHits(logits)
        self._most = MAX_TOKENS if most is None else most
        self._keys = KeyTable(4096)
        self._long: dict[bytes, int] = {}
        self.weights = np.zeros((4096, WIDE))
        self.first = np.zeros(4096, np.int32)
        self.last = np.zeros(4096, np.int32)
        self.bits = np.zeros(4096, np.uint8)
        self.key = np.zeros(4096, np.uint16)
        self.partner = np.zeros(4096, np.uint16)
        self._counts = np.zeros(4096, np.int64)
        self.hit_kind = np.zeros(4096, np.uint8)
        #: the number of the first sure hit, and how many there are
        self.hit_begin = np.zeros(4096, np.int32)
        self.hit_count = np.zeros(4096, np.uint8)
        self._neighbours = np.zeros(4096, np.int32)
        self._parts: dict[int, Part] = {}
        self._joins: dict[tuple[int, int, int], bool] = {}
        #: of the rows whose reading matters
        self.held: dict[int, Held] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def rows_of(self, found: Cut) -> Rows:
        """The row of each token; unseen ones are read first."""
        self._name_long(found)
        rows = self._keys.find(found.low, found.high)
        new = np.flatnonzero(rows < 0)
        if len(new):
            begin = len(self)
            rows[new], which = self._keys.add(found.low[new], found.high[new])
            if len(self) > self._most:
                self._empty()
                raise TableFull
            self._read(found, new[which], begin)
        return rows

    def counts_of(self, found: Cut, rows: Rows) -> NDArray[np.int64]:
        """``assess.count`` of each token; asked only where documents are judged."""
        counts = self._counts.take(rows)
        new = np.flatnonzero(counts == _UNCOUNTED)
        if len(new):
            some, which = np.unique(rows.take(new), return_index=True)
            self._counts[some] = [count(found.token(place)) for place in new[which].tolist()]
            counts = self._counts.take(rows)
        return counts

    def neighbours_of(self, found: Cut, rows: Rows, places: NDArray[np.intp]) -> Neighbours:
        """What hits near the tokens at ``places`` see of them."""
        own = rows.take(places)
        seen = self._neighbours.take(own)
        new = np.flatnonzero(seen == _UNASKED)
        if len(new):
            some, which = np.unique(own.take(new), return_index=True)
            asked = map(found.token, places.take(new[which]).tolist())
            self._neighbours[some] = [_in_one(self.sure.neighbour(token)) for token in asked]
            seen = self._neighbours.take(own)
        return Neighbours(seen >> 1, (seen & 1).astype(bool))

    def may_join(self, found: Cut, rows: Rows, places: NDArray[np.intp]) -> list[bool]:
        """Whether the tokens at ``places`` may be parts of cut words beside their neighbours."""
        before = np.where(places > 0, rows.take(places - 1), -1)
        after = np.where(places + 1 < len(rows), rows.take(places + 1, mode="clip"), -1)
        three = (part.tolist() for part in (before, rows.take(places), after))
        answers = []
        for place, beside in zip(places.tolist(), zip(*three, strict=True), strict=True):
            answer = self._joins.get(beside)
            if answer is None:
                if len(self._joins) >= _MOST_JOINS:
                    self._joins.clear()
                parts = (self._part_of(found, rows, place + step) for step in (-1, 0, 1))
                answer = self._joins[beside] = may_be_joined(*parts)
            answers.append(answer)
        return answers

    def _part_of(self, found: Cut, rows: Rows, place: int) -> Part:
        """The token at ``place`` as part of a cut word; nothing before the first and after the
        last."""
        if not 0 <= place < len(rows):
            return _NO_PART
        row = rows.item(place)
        part = self._parts.get(row)
        if part is None:
            part = self._parts[row] = part_of(found.token(place))
        return part

    def fact_of(self, token: str) -> SingleFact | None:
        """What is known of a token that some text has brought; None of others, and of very long
        ones."""
        low, high = key_of(token.encode("utf-8", "surrogatepass"))
        row = self._keys.find_one(low, high) if high else -1
        if row < 0:
            return None
        one, two, three, _ = self.weights[row].tolist()
        return SingleFact(
            one,
            two,
            three,
            first=self.first.item(row),
            last=self.last.item(row),
            bits=self.bits.item(row),
            key=self.key.item(row),
            partner=self.partner.item(row),
            held=self.held.get(row),
        )

    def _name_long(self, found: Cut) -> None:
        """Number the tokens that are too long for a key, and make one up of the number."""
        for place in np.flatnonzero(found.high == 0).tolist():
            start = found.starts.item(place)
            name = bytes(found.data[start : start + found.lengths.item(place)])
            if len(name) > _LONGEST_NAME:
                name = blake2b(name, digest_size=_LONGEST_NAME // 8).digest()
            found.low[place] = self._long.setdefault(name, len(self._long))
            found.high[place] = _MADE_UP

    def _read(self, found: Cut, places: NDArray[np.intp], begin: int) -> None:
        """Facts about the new tokens at ``places``, into the rows from ``begin`` on."""
        end = begin + len(places)
        make_room(self, _BY_ROW, end)
        facts = self._reader.many(found, places)
        self.weights[begin:end, :-1] = facts.weights
        self.weights[begin:end, -1] = 0
        self._counts[begin:end] = _UNCOUNTED
        self._neighbours[begin:end] = _UNASKED
        self.hit_kind[begin:end] = 0
        self.hit_count[begin:end] = 0
        self.first[begin:end] = facts.first
        self.last[begin:end] = facts.last
        self.bits[begin:end] = facts.bits
        self.key[begin:end] = facts.key
        self.partner[begin:end] = facts.partner
        for place, reading in facts.readings.items():
            self._hold(begin + place, held(reading), found.token(places.item(place)))

    def _hold(self, row: int, seen: Held, token: str) -> None:
        """Keep the reading of a token, and number its hits if they are sure."""
        self.held[row] = seen
        hits = seen.bare.hits
        joins = seen.bare.may_join or seen.bare.letter != ""
        self.hit_kind[row] = JOINS * joins | UNSURE * (bool(hits) and not seen.sure)
        if hits and seen.sure:
            self.hit_begin[row] = len(self.sure.hits)
            self.hit_count[row] = len(hits)
            self.sure.enter(token, hits)

    def _empty(self) -> None:
        self._keys.clear()
        self._long.clear()
        self.held.clear()
        self._parts.clear()
        self._joins.clear()
        self.sure.clear()


def _in_one(seen: Neighbour) -> int:
    return seen.code << 1 | seen.capital
