"""(word, word) -> row of the pair's weights: an open-addressed hash table over the pairs."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: 2**64 / golden ratio (Knuth, TAOCP 6.4). Whoever trains a model chooses its pairs, nobody else.
_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_WORD: Final = 0xFFFFFFFFFFFFFFFF
#: Pairs entered together: all at once would take three times the memory that the table keeps.
_AT_ONCE: Final = 1 << 15


class PairTable:
    """Finds pairs of ids, ``pairs[row] == (first, second)``; ids below 0 are in no pair."""

    _EMPTY = -1

    def __init__(self, pairs: NDArray[np.int32]) -> None:
        # An empty slot, row -1, is compared with the last pair. That is no mistake: who looks for
        # the last pair finds its slot before an empty one.
        none = np.array([[-1, -1]], np.int32)
        self._keys = np.ascontiguousarray(pairs if len(pairs) else none).view(np.uint64).ravel()
        bits = max(4, int(np.ceil(np.log2(max(1, len(pairs)) * 2.5))))
        self._shift = 64 - bits
        self._mask = (1 << bits) - 1
        self._slots = np.full(1 << bits, self._EMPTY, np.int32)
        for begin in range(0, len(pairs), _AT_ONCE):
            self._enter(np.arange(begin, min(begin + _AT_ONCE, len(pairs)), dtype=np.int32))

    def _enter(self, rows: NDArray[np.int32]) -> None:
        place = self._place(self._keys.take(rows))
        while len(rows):
            free = self._slots.take(place) == self._EMPTY
            self._slots[place[free]] = rows[free]  # of several, the last written has it
            left = self._slots.take(place) != rows
            rows = rows[left]
            place = (place[left] + 1) & self._mask

    def _place(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        # multiplied twice: a pair's second id stands in the upper half, which one product ignores
        hashed = keys * np.uint64(_MULTIPLIER)
        hashed ^= hashed >> np.uint64(32)
        hashed *= np.uint64(_MULTIPLIER)
        hashed >>= np.uint64(self._shift)
        return hashed.astype(np.intp)

    def find_one(self, first: int, second: int) -> int:
        """The row of one pair, -1 if it is not known."""
        if first < 0 or second < 0:
            return self._EMPTY
        key = second << 32 | first
        hashed = key * _MULTIPLIER & _WORD
        place = ((hashed ^ hashed >> 32) * _MULTIPLIER & _WORD) >> self._shift
        while (row := self._slots.item(place)) != self._EMPTY:
            if self._keys.item(row) == key:
                return row
            place = (place + 1) & self._mask
        return self._EMPTY

    def find(self, first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.int32]:
        """The row of each pair, -1 where it is not known."""
        both = np.empty((len(first), 2), np.int32)
        both[:, 0], both[:, 1] = first, second
        keys: Any = both.view(np.uint64).ravel()
        place = self._place(keys)
        rows = self._slots.take(place)
        same = self._keys.take(rows) == keys
        other = np.flatnonzero(~same & (rows != self._EMPTY))
        while len(other):
            place[other] = (place[other] + 1) & self._mask
            held = self._slots.take(place[other])
            rows[other] = held
            other = other[(self._keys.take(held) != keys[other]) & (held != self._EMPTY)]
        return rows
