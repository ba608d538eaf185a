"""What each distinct token contributes: read when it is first seen, then looked up."""

from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.profanity import TokenReading
from classifier.token_facts import TokenReader
from classifier.token_keys import Cut, KeyTable, Rows
from classifier.weights import Triple, Weights

#: Distinct tokens remembered, about 60 bytes each; then the table starts again.
MAX_TOKENS = 120_000
#: The same of texts that come alone, about 500 bytes each.
MAX_SINGLE: Final = 20_000

#: The upper half of a key made up for a token too long to have one; no token has this length.
_MADE_UP: Final = 0xFF << 56
#: Tokens longer than this are known by a digest.
_LONGEST_NAME: Final = 256


class TableFull(Exception):
    """The table was emptied in the middle of a chunk; the chunk is begun again."""


class TokenTable:
    """Token -> row of the arrays. When it is full it is emptied, so its memory is bounded
    whatever the text."""

    def __init__(self, reader: TokenReader, most: float | None = None) -> None:
        """``most`` distinct tokens, :data:`MAX_TOKENS` unless given."""
        self._reader = reader
        self._most = MAX_TOKENS if most is None else most
        self._keys = KeyTable(4096)
        self._long: dict[bytes, int] = {}
        self.weights = np.zeros((4096, 3))
        self.first = np.zeros(4096, np.int32)
        self.last = np.zeros(4096, np.int32)
        self.bits = np.zeros(4096, np.uint8)
        self.key = np.zeros(4096, np.uint16)
        self.partner = np.zeros(4096, np.uint16)
        #: of the rows whose reading matters
        self.readings: dict[int, TokenReading] = {}

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
        if end > len(self.bits):
            size = max(end, 2 * len(self.bits))
            for array in ("weights", "first", "last", "bits", "key", "partner"):
                old = getattr(self, array)
                setattr(self, array, np.resize(old, (size, *old.shape[1:])))
        facts = self._reader.many(found, places)
        self.weights[begin:end] = facts.weights
        self.first[begin:end] = facts.first
        self.last[begin:end] = facts.last
        self.bits[begin:end] = facts.bits
        self.key[begin:end] = facts.key
        self.partner[begin:end] = facts.partner
        self.readings |= {begin + place: reading for place, reading in facts.readings.items()}

    def _empty(self) -> None:
        self._keys.clear()
        self._long.clear()
        self.readings.clear()


class SingleFact(NamedTuple):
    """What is known of one token, as plain numbers."""

    weights: Triple
    first: int
    last: int
    bits: int
    reading: TokenReading | None


class SingleTable:
    """The same for a text that comes alone: a ``dict``, where arrays would cost more to call than
    there is to add up."""

    def __init__(self, reader: TokenReader, weights: Weights) -> None:
        self._reader = reader
        self._weights = weights
        self._facts: dict[str, SingleFact] = {}

    def facts_of(self, tokens: list[str]) -> list[SingleFact]:
        facts = self._facts
        try:
            return [facts[token] for token in tokens]
        except KeyError:
            if len(facts) + len(tokens) > MAX_SINGLE:
                facts.clear()
            for token in tokens:
                if token not in facts:
                    fact = self._reader.one(token)
                    weights = self._weights.sum_one(fact.rows)
                    facts[token] = SingleFact(
                        weights, fact.first, fact.last, fact.bits, fact.reading
                    )
            return [facts[token] for token in tokens]
