"""(word, word) -> row of the pair's weights.

A pair is one number, and the numbers are sorted: a few are found by bisection, without any making
ready. Whoever asks for many gets a cuckoo hash table, in which each pair stands at one of two
places (Pagh and Rodler 2004, "Cuckoo hashing"), so thousands are looked for in two steps, without
a loop for the few that collide.
"""

from bisect import bisect_left
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: 2**64 / golden ratio (Knuth, TAOCP 6.4). Whoever trains a model chooses its pairs, nobody else.
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)
#: Up to half of the places can be filled; near that, pairs move this often at most (measured: 175
#: times at 49.6 %). Then a larger table is made.
_MOST_ROUNDS: Final = 1000
#: Pairs that are asked for before a hash table is made: those of some 1,700 sentences. Whoever has
#: so many mostly has more, and the table is worth its making after 15 times as many (measured: it
#: takes 0.05 us for each pair that is in it, and saves as much for each that is asked for).
_MANY: Final = 1 << 15

_UNKNOWN: Final = -1

Keys = NDArray[np.uint64]
Ids = NDArray[np.int32]


def pair_keys(first: Ids, second: Ids) -> Keys:
    """Pairs of word ids as numbers, in the order of the pairs. One that has an id below 0 is equal
    to none of ids that are not."""
    keys: Keys = first.astype(np.uint64)
    keys <<= _HALF
    keys |= second.astype(np.uint32)
    return keys


def pairs_of(keys: Keys) -> tuple[Ids, Ids]:
    """The ids in pairs without one below 0: what :func:`pair_keys` was made of."""
    return (keys >> _HALF).astype(np.int32), keys.astype(np.uint32).view(np.int32)


class PairTable:
    """Finds pairs among ``keys``, of which none stands twice and each behind a smaller one."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._in_turn = keys.data  # whose numbers are Python's
        self._asked = 0
        self._hashed: _Hashed | None = None

    def __reduce__(self) -> tuple[type["PairTable"], tuple[Keys]]:
        return PairTable, (self._keys,)  # a view cannot be pickled, a table is soon made

    def find_one(self, first: int, second: int) -> int:
        """The row of one pair of Python's numbers, -1 if it is not known."""
        begins, keys = self._begins, self._in_turn
        if not 0 <= first < len(begins) - 1 or second < 0:
            return _UNKNOWN
        key, end = first << 32 | second, begins[first + 1]
        row = bisect_left(keys, key, begins[first], end)
        return row if row < end and keys[row] == key else _UNKNOWN

    @cached_property
    def _begins(self) -> memoryview:
        """Where the pairs begin that have the first word 0, 1, ..., and where the last of them
        end: most words are in few."""
        firsts = (self._keys >> _HALF).astype(np.int64)
        return np.concatenate([[0], np.cumsum(np.bincount(firsts))]).data

    def find(self, first: Ids, second: Ids) -> Ids:
        """The row of each pair, -1 where it is not known."""
        if not len(self._keys):
            return np.full(len(first), _UNKNOWN, np.int32)
        keys = pair_keys(first, second)
        if self._hashed is None:
            self._asked += len(keys)
            if self._asked <= _MANY:
                return self._bisected(keys)
            self._hashed = _Hashed(self._keys)
        return self._hashed.find(keys)

    def _bisected(self, keys: Keys) -> Ids:
        order = np.argsort(keys)  # in turn, most of the way is in the cache
        asked = keys.take(order)
        found = np.searchsorted(self._keys, asked).astype(np.int32)
        found[self._keys.take(found, mode="clip") != asked] = _UNKNOWN
        rows = np.empty_like(found)
        rows[order] = found
        return rows


class _Hashed:
    """A cuckoo hash table of keys, at least one."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._bits = max(4, (2 * len(keys)).bit_length())
        while not self._made():
            self._bits += 1

    def _made(self) -> bool:
        """Make a table of this size; whether all keys found a place."""
        one, two = (place.astype(np.int32) for place in self._places(self._keys))
        slots = np.full(1 << self._bits, _UNKNOWN, np.int32)
        at = one.copy()
        waiting = np.arange(len(one), dtype=np.int32)
        for _ in range(_MOST_ROUNDS):
            places = at.take(waiting)
            before = slots.take(places)
            slots[places] = waiting  # of several, the last written has it
            lost = waiting[slots.take(places) != waiting]
            moved = np.unique(before[before != _UNKNOWN])
            waiting = np.concatenate([lost, moved])
            if not len(waiting):
                # Row 0 in an empty place is no mistake: who looks for another pair sees that it
                # is not this one.
                slots[slots == _UNKNOWN] = 0
                self._slots = slots
                return True
            at[waiting] = one[waiting] + two[waiting] - at[waiting]
        return False

    def _places(self, keys: Keys) -> tuple[Keys, Keys]:
        # multiplied twice: a pair's first id stands in the upper half, which one product ignores
        hashed = keys * _MULTIPLIER
        hashed ^= hashed >> _HALF
        hashed *= _MULTIPLIER
        mask = np.uint64((1 << self._bits) - 1)
        return hashed >> np.uint64(64 - self._bits), hashed >> np.uint64(64 - 2 * self._bits) & mask

    def find(self, keys: Keys) -> Ids:
        """The row of each key, -1 where it is not known."""
        one, two = self._places(keys)
        rows: Ids = self._slots.take(one)
        other = np.flatnonzero(self._keys.take(rows) != keys)
        there = self._slots.take(two.take(other))
        there[self._keys.take(there) != keys.take(other)] = _UNKNOWN
        rows[other] = there
        return rows
