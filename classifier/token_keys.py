"""texts -> tokens as places in one run of bytes, each with a key that is the token itself.

``str.split`` makes an object of each token and a ``dict`` hashes it: together three quarters of
what a pass over seen words used to cost. Here a token of up to 15 bytes is two numbers, so
thousands are compared, looked up and entered at once.
"""

import os
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Places = NDArray[np.intp]
Rows = NDArray[np.int32]

#: Bytes that fit into a key; the byte that is left holds the length, so that "a" is not "a\0".
KEY_BYTES: Final = 15
#: Bytes after the last token, so that two words of eight can be read at any place.
_PADDING: Final = bytes(2 * 8)
#: White space for ``str.split``, put after each text: texts that hold it lose nothing by a blank.
_BETWEEN: Final = "\x1c"

_LENGTHS = range(KEY_BYTES + 2)
_LOW: Final = np.array([(1 << 8 * min(n, 8)) - 1 for n in _LENGTHS], np.uint64)
_HIGH: Final = np.array([(1 << 8 * min(max(n - 8, 0), 7)) - 1 for n in _LENGTHS], np.uint64)
_TAG: Final = np.array([n << 56 for n in _LENGTHS], np.uint64)
#: Longer tokens have no key.
_LOW[-1] = _HIGH[-1] = _TAG[-1] = 0

_WORD: Final = 0xFFFFFFFFFFFFFFFF

_SPACE: Final = np.zeros(256, bool)
_SPACE[[*range(9, 14), *range(28, 33)]] = True


class Cut(NamedTuple):
    """The tokens of several texts: token ``i`` is ``data[starts[i] : starts[i] + lengths[i]]``,
    UTF-8; its key is ``low[i], high[i]``, 0 and 0 if it is longer than a key; the tokens of text
    ``t`` end before ``ends[t]``."""

    data: bytearray
    starts: Places
    lengths: Places
    low: Keys
    high: Keys
    ends: Places

    def token(self, place: int) -> str:
        """One token; nothing before the first and after the last."""
        if not 0 <= place < len(self.starts):
            return ""
        start = self.starts.item(place)
        data = self.data[start : start + self.lengths.item(place)]
        return data.decode("utf-8", "surrogatepass")


def cut(texts: Sequence[str]) -> Cut:
    """All tokens of ``texts``, exactly those of ``str.split``."""
    joined = _BETWEEN.join(texts) + _BETWEEN
    if joined.count(_BETWEEN) != len(texts):
        joined = _BETWEEN.join([text.replace(_BETWEEN, " ") for text in texts]) + _BETWEEN
    data = bytearray(joined.encode("utf-8", "surrogatepass"))
    size = len(data)
    data += _PADDING
    codes = np.frombuffer(data, np.uint8, size)
    if not joined.isascii():
        _blank_wide_spaces(codes, data)
    ends = np.flatnonzero(codes <= 32)
    marks = codes.take(ends)
    spaces = _SPACE.take(marks)
    if not spaces.all():
        ends, marks = ends[spaces], marks[spaces]
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    lengths = ends - starts
    last = marks == ord(_BETWEEN)
    if lengths.all():
        text_ends = np.flatnonzero(last) + 1
    else:
        filled = lengths > 0
        text_ends = np.cumsum(filled)[last]
        starts, lengths = starts[filled], lengths[filled]
    low, high = keys(data, starts, lengths)
    return Cut(data, starts, lengths, low, high, text_ends)


def _blank_wide_spaces(codes: NDArray[np.uint8], data: bytearray) -> None:
    """White space beyond ASCII becomes blanks: U+0085, A0, 1680, 2000 to 200A, 2028, 2029, 202F,
    205F and 3000."""
    first = np.flatnonzero((codes == 0xC2) | ((codes >= 0xE1) & (codes <= 0xE3)))
    one, two, three = codes[first], codes[first + 1], codes.take(first + 2, mode="clip")
    short = (one == 0xC2) & ((two == 0x85) | (two == 0xA0))
    quads = (one == 0xE2) & (two == 0x80)
    quads &= (three <= 0x8A) | (three == 0xA8) | (three == 0xA9) | (three == 0xAF)
    long = (
        quads
        | ((one == 0xE1) & (two == 0x9A) & (three == 0x80))
        | ((one == 0xE2) & (two == 0x81) & (three == 0x9F))
        | ((one == 0xE3) & (two == 0x80) & (three == 0x80))
    )
    for place in first[short].tolist():
        data[place : place + 2] = b"  "
    for place in first[long].tolist():
        data[place : place + 3] = b"   "


def keys(data: bytes | bytearray, starts: Places, lengths: Places) -> tuple[Keys, Keys]:
    """The keys of stretches of ``data``, which goes on for 16 bytes after the last of them."""
    words: Keys = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
    size = np.minimum(lengths, KEY_BYTES + 1)
    low = words.take(starts)
    low &= _LOW.take(size)
    high = words.take(starts + 8)
    high &= _HIGH.take(size)
    high |= _TAG.take(size)
    return low, high


def keys_of(strings: Sequence[str]) -> tuple[Keys, Keys]:
    """The keys of strings without white space."""
    if not strings:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint64)
    found = cut(strings)
    return found.low, found.high


def key_of(name: bytes) -> tuple[int, int]:
    """The key of one token, UTF-8; 0 and 0 if it is too long for one."""
    size = len(name)
    if size > KEY_BYTES:
        return 0, 0
    return int.from_bytes(name[:8], "little"), int.from_bytes(name[8:], "little") | size << 56


class KeyTable:
    """Key -> row, rows counted from 0 in the order of entry: an open-addressed hash table.

    The multipliers are drawn for each table, so nobody can write a text whose keys collide.
    """

    _EMPTY = -1

    def __init__(self, expected: int) -> None:
        """``expected`` keys fit well; more make it grow."""
        self._count = 0
        self._one, self._two = (
            np.uint64(int.from_bytes(os.urandom(8), "little") | 1) for _ in range(2)
        )
        # the last key stays 0, which no token has: what an empty slot is compared with
        self._low = np.zeros(expected + 1, np.uint64)
        self._high = np.zeros(expected + 1, np.uint64)
        self._new_slots(expected)

    def __len__(self) -> int:
        return self._count

    def _new_slots(self, expected: int) -> None:
        bits = max(6, (5 * expected // 2).bit_length())
        self._shift = np.uint64(64 - bits)
        self._mask = (1 << bits) - 1
        self._slots: Rows = np.full(1 << bits, self._EMPTY, np.int32)

    def clear(self) -> None:
        self._count = 0
        self._slots.fill(self._EMPTY)

    def _place(self, low: Keys, high: Keys) -> Places:
        hashed = low * self._one
        hashed ^= high * self._two
        hashed >>= self._shift
        return hashed.astype(np.intp)

    def find(self, low: Keys, high: Keys) -> Rows:
        """The row of each key, negative where it is not in the table."""
        place = self._place(low, high)
        rows = self._slots.take(place)
        same = self._low.take(rows) == low
        same &= self._high.take(rows) == high
        other = np.flatnonzero(~same)
        step = 0
        while len(other):
            other = other[rows[other] != self._EMPTY]
            step += 1
            held = self._slots.take((place[other] + step) & self._mask)
            rows[other] = held
            same = (self._low.take(held) == low[other]) & (self._high.take(held) == high[other])
            other = other[~same]
        return rows

    def find_one(self, low: int, high: int) -> int:
        """The row of one key, negative if it is not in the table."""
        hashed = low * int(self._one) ^ high * int(self._two)
        place = (hashed & _WORD) >> int(self._shift)
        while (row := self._slots.item(place)) != self._EMPTY:
            if self._low.item(row) == low and self._high.item(row) == high:
                return row
            place = (place + 1) & self._mask
        return self._EMPTY

    def add(self, low: Keys, high: Keys) -> tuple[Rows, Places]:
        """Enter keys that are not in the table, among them some more than once.

        The row of each, and for each new row the place of one of its keys in ``low``.
        """
        base, count = self._count, len(low)
        self._reserve(base + count)
        # Every key is a row until it is known which are the same.
        self._low[base : base + count] = low
        self._high[base : base + count] = high
        place = self._place(low, high)
        rows = np.empty(count, np.int32)
        waiting = np.arange(count, dtype=np.int32)
        while len(waiting):
            at = place[waiting]
            free = self._slots.take(at) == self._EMPTY
            self._slots[at[free]] = base + waiting[free]  # of several, the last written has it
            held = self._slots.take(at)
            same = (self._low.take(held) == low[waiting]) & (self._high.take(held) == high[waiting])
            rows[waiting[same]] = held[same]
            waiting = waiting[~same]
            place[waiting] = (place[waiting] + 1) & self._mask
        distinct = np.flatnonzero(rows == np.arange(base, base + count))
        self._slots[place[distinct]] = np.arange(base, base + len(distinct))
        number = np.empty(count, np.int32)
        number[distinct] = np.arange(base, base + len(distinct))
        self._low[base : base + len(distinct)] = low[distinct]
        self._high[base : base + len(distinct)] = high[distinct]
        self._low[base + len(distinct) : base + count] = 0
        self._high[base + len(distinct) : base + count] = 0
        self._count = base + len(distinct)
        return number.take(rows - base), distinct

    def _reserve(self, needed: int) -> None:
        """Room for so many keys, the last of the arrays left 0."""
        if needed >= len(self._low):
            size = max(needed + 1, 2 * len(self._low))
            self._low = np.concatenate([self._low, np.zeros(size - len(self._low), np.uint64)])
            self._high = np.concatenate([self._high, np.zeros(size - len(self._high), np.uint64)])
        if 2 * needed > len(self._slots):
            self._new_slots(needed)
            self._refill()

    def _refill(self) -> None:
        low, high = self._low[: self._count], self._high[: self._count]
        place = self._place(low, high)
        waiting = np.arange(self._count, dtype=np.int32)
        while len(waiting):
            at = place[waiting]
            free = self._slots.take(at) == self._EMPTY
            self._slots[at[free]] = waiting[free]
            waiting = waiting[self._slots.take(at) != waiting]
            place[waiting] = (place[waiting] + 1) & self._mask
