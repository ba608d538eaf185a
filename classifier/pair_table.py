"""(word, word) -> row of the pair's weights: a cuckoo hash table over the pairs.

Each pair stands at one of two places (Pagh and Rodler 2004, "Cuckoo hashing"), so thousands are
looked for in two steps, without a loop for the few that collide.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: 2**64 / golden ratio (Knuth, TAOCP 6.4). Whoever trains a model chooses its pairs, nobody else.
_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_WORD: Final = 0xFFFFFFFFFFFFFFFF
#: Up to half of the places can be filled; near that, pairs move this often at most (measured: 175
#: times at 49.6 %). Then a larger table is made.
_MOST_ROUNDS: Final = 1000

Rows = NDArray[np.int32]


class PairTable:
    """Finds pairs of ids, ``pairs[row] == (first, second)``; ids below 0 are in no pair."""

    _UNKNOWN = -1

    def __init__(self, pairs: Rows) -> None:
        self._keys = np.ascontiguousarray(pairs).view(np.uint64).ravel()
        self._bits = max(4, (2 * len(pairs)).bit_length())
        while not self._made():
            self._bits += 1

    def _made(self) -> bool:
        """Make a table of this size; whether all pairs found a place."""
        one, two = (place.astype(np.int32) for place in self._places(self._keys))
        slots = np.full(1 << self._bits, self._UNKNOWN, np.int32)
        at = one.copy()
        waiting = np.arange(len(one), dtype=np.int32)
        for _ in range(_MOST_ROUNDS):
            places = at.take(waiting)
            before = slots.take(places)
            slots[places] = waiting  # of several, the last written has it
            lost = waiting[slots.take(places) != waiting]
            moved = np.unique(before[before != self._UNKNOWN])
            waiting = np.concatenate([lost, moved])
            if not len(waiting):
                # Row 0 in an empty place is no mistake: who looks for another pair sees that it
                # is not this one.
                slots[slots == self._UNKNOWN] = 0
                self._slots = slots
                return True
            at[waiting] = one[waiting] + two[waiting] - at[waiting]
        return False

    def _places(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        # multiplied twice: a pair's second id stands in the upper half, which one product ignores
        hashed = keys * np.uint64(_MULTIPLIER)
        hashed ^= hashed >> np.uint64(32)
        hashed *= np.uint64(_MULTIPLIER)
        mask = np.uint64((1 << self._bits) - 1)
        return hashed >> np.uint64(64 - self._bits), hashed >> np.uint64(64 - 2 * self._bits) & mask

    def find_one(self, first: int, second: int) -> int:
        """The row of one pair, -1 if it is not known."""
        if first < 0 or second < 0 or not len(self._keys):
            return self._UNKNOWN
        key = second << 32 | first
        hashed = key * _MULTIPLIER & _WORD
        hashed = (hashed ^ hashed >> 32) * _MULTIPLIER & _WORD
        row = self._slots.item(hashed >> 64 - self._bits)
        if self._keys.item(row) == key:
            return row
        row = self._slots.item(hashed >> 64 - 2 * self._bits & (1 << self._bits) - 1)
        return row if self._keys.item(row) == key else self._UNKNOWN

    def find(self, first: Rows, second: Rows) -> Rows:
        """The row of each pair, -1 where it is not known."""
        if not len(self._keys):
            return np.full(len(first), self._UNKNOWN, np.int32)
        both = np.empty((len(first), 2), np.int32)
        both[:, 0], both[:, 1] = first, second
        keys: Any = both.view(np.uint64).ravel()
        one, two = self._places(keys)
        rows: Rows = self._slots.take(one)
        other = np.flatnonzero(self._keys.take(rows) != keys)
        there = self._slots.take(two.take(other))
        there[self._keys.take(there) != keys.take(other)] = self._UNKNOWN
        rows[other] = there
        return rows
