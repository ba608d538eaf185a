"""What is true of plain words: their row in the model, and whether a reader may see more in them.

A *plain* word is two to fifteen letters a to z. Thousands are looked up at once. What is said
here of a word's reading is what ``profanity.read_token`` says; where that takes a closer look,
the answer is :data:`ASK`, and it is asked.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import repeat
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.cut_words import stem_parts
from classifier.features import _ABBREVIATED as ABBREVIATED
from classifier.glued import OATHS
from classifier.lexicon import load_lexicon, ordinary_words
from classifier.phrases import NONE, partners
from classifier.token_keys import KEY_BYTES, Keys, KeyTable, cut, keys, keys_of
from classifier.tokens import COVERS, stem_rests

Bits = NDArray[np.uint8]

#: Of a word: it is of edited English; its reading must be asked for; that after a bracket only; it
#: may go on with what a lone letter began; edited English shortens it with a full stop; its
#: possessive is a partner of phrases ("Offa's Dyke").
ORDINARY, ASK, ASK_IN_BRACKETS, CONTINUES, SHORTENED, OWNER = 1, 2, 4, 8, 16, 32

#: What may begin with four letters: a stem or an oath; any spelling of three letters or more; one
#: of two.
STEM, FORM, PAIR = 1, 2, 4
_GRAM: Final = 4
#: Words entered together: all at once would take four times the memory that the table keeps.
_AT_ONCE: Final = 1 << 13


class _Words(NamedTuple):
    """Words of edited English and of the lexicon, each once: keys, bits, numbers as partners."""

    low: Keys
    high: Keys
    bits: Bits
    partners: NDArray[np.uint16]


class WordTable:
    """The words of a model, of edited English and of the lexicon."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        common = _common()
        most = len(vocabulary) + len(common.bits)
        self._keys = KeyTable(most)
        #: of each row, its row in the model, -1 if it is not in the vocabulary
        self.ids = np.full(most, -1, np.int32)
        #: of each row, its number as a partner of phrases
        self.partners = np.zeros(most, np.uint16)
        self._bits: Bits = np.zeros(most, np.uint8)
        places = self._rows(common.low, common.high)
        self.partners[places] = common.partners
        self._bits[places] = common.bits
        for begin in range(0, len(vocabulary), _AT_ONCE):
            self._enter(vocabulary[begin : begin + _AT_ONCE], begin)
        self._begin, self._stem_edges = _beginnings()

    def _enter(self, words: Sequence[str], begin: int) -> None:
        """Words of the vocabulary, whose rows in the model count from ``begin``."""
        found = cut(words)
        have = np.flatnonzero(found.high)
        rows = self._rows(found.low[have], found.high[have])
        self.ids[rows] = begin + have
        starts, lengths = found.starts[have], found.lengths[have]
        ends = starts + lengths - 1
        plural = np.frombuffer(found.data, np.uint8)[ends] == ord("s")
        one = keys(found.data, starts[plural], lengths[plural] - 1)
        self._bits[rows[plural]] |= self.bits(self._keys.find(*one)) & ORDINARY

    def _rows(self, low: Keys, high: Keys) -> NDArray[np.int32]:
        """The row of each key; what is new gets one."""
        rows = self._keys.find(low, high)
        new = np.flatnonzero(rows < 0)
        rows[new], _ = self._keys.add(low[new], high[new])
        return rows

    def find(self, low: Keys, high: Keys) -> NDArray[np.int32]:
        """The row of each word, negative where it is not known."""
        return self._keys.find(low, high)

    def bits(self, rows: NDArray[np.int32]) -> Bits:
        """The bits of words by their rows, 0 of unknown ones."""
        return np.where(rows < 0, 0, self._bits.take(rows, mode="clip")).astype(np.uint8)

    def begins(self, letters: NDArray[np.uint8]) -> Bits:
        """For words as rows of letter codes 1 to 26 (16 columns, the rest 0): what may begin
        anywhere inside, as bits."""
        codes = np.zeros((KEY_BYTES + _GRAM - 1, len(letters)), np.uint32)
        codes[:KEY_BYTES] = letters.T[:KEY_BYTES]
        grams = codes[:KEY_BYTES].copy()
        for place in range(1, _GRAM):
            grams <<= 5
            grams |= codes[place : place + KEY_BYTES]
        found: Bits = np.bitwise_or.reduce(self._begin.take(grams), axis=0)
        return found

    def begin(self, letters: NDArray[np.uint8]) -> Bits:
        """The same for the beginning of each word only: four columns."""
        codes = letters.astype(np.uint32)
        found: Bits = self._begin.take(
            codes[:, 0] << 15 | codes[:, 1] << 10 | codes[:, 2] << 5 | codes[:, 3]
        )
        return found

    def may_be_drawn_out(
        self, letters: NDArray[np.uint8], lengths: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Words with a letter three times in a row, or twice where that may hide a stem."""
        same = (letters[:, 1:] == letters[:, :-1]) & (letters[:, 1:] > 0)
        twice = same.any(axis=1)
        thrice = (same[:, 1:] & same[:, :-1]).any(axis=1)
        last = letters[np.arange(len(letters)), lengths - 1]
        found: NDArray[np.bool_] = thrice | (twice & self._stem_edges[letters[:, 0], last])
        return found


@cache
def _common() -> _Words:
    """What does not depend on a model. Plural forms are marked as their singular is."""
    lexicon = load_lexicon()
    covering = [word for word in ordinary_words() if word.startswith(COVERS)]
    marks: list[tuple[Iterable[str], int]] = [
        (lexicon.forms, ASK),
        (lexicon.phrases, ASK),
        (stem_parts(), ASK),
        (covering, ASK_IN_BRACKETS),
        ([word + "s" for word in covering], ASK_IN_BRACKETS),
        (stem_rests(), CONTINUES),
        ([word[:-1] for word in ABBREVIATED if word[:-1].isalpha()], SHORTENED),
        ([word[:-2] for word in partners() if word.endswith("'s")], OWNER),
        (partners(), 0),
    ]
    bits = dict.fromkeys(ordinary_words(), ORDINARY)
    for words, bit in marks:
        for word in words:
            bits[word] = bits.get(word, 0) | bit
    listed = [word for word in bits if word.split() == [word]]
    low, high = keys_of(listed)
    have = np.flatnonzero(high)
    each = len(listed)
    return _Words(
        low[have],
        high[have],
        np.fromiter(map(bits.__getitem__, listed), np.uint8, each)[have],
        np.fromiter(map(partners().get, listed, repeat(NONE)), np.uint16, each)[have],
    )


@cache
def _beginnings() -> tuple[Bits, NDArray[np.bool_]]:
    """Of any four letters what may begin with them, as bits; of any two, whether a stem has them
    for its first and last."""
    lexicon = load_lexicon()
    bits = dict.fromkeys((*lexicon.stems, *re.findall(r"[a-z]+", OATHS.pattern)), STEM)
    for form in lexicon.forms:
        bits[form] = bits.get(form, 0) | (FORM if len(form) > 2 else PAIR)
    begin: Bits = np.zeros(32**_GRAM, np.uint8)
    # Whatever goes on after the first letters of a short spelling is marked too.
    for first, bit in {(word[:_GRAM], bit) for word, bit in bits.items()}:
        place = 0
        letters = [ord(letter) & 31 for letter in first if letter.isalpha()]
        for code in letters:
            place = place * 32 + code
        rest = 32 ** (_GRAM - len(letters))
        begin[place * rest : (place + 1) * rest] |= bit
    edges = np.zeros((32, 32), bool)
    for stem in lexicon.stems:
        edges[ord(stem[0]) & 31, ord(stem[-1]) & 31] = True
    return begin, edges
