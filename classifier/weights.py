"""What was learned, as arrays, and the weights of words, n-grams and pairs found in it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import add
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier import features
from classifier.pair_table import Ids, PairTable
from classifier.token_keys import keys_of
from classifier.word_table import WordTable

Floats = NDArray[np.float64]
Single = NDArray[np.float32]
#: Weight precision where training rounded them: the sums are made in float64 all the same.
Weight = NDArray[np.float16] | NDArray[np.float32]
Triple = tuple[float, float, float]

#: Columns of weights that are taken by the thousand: three, and one of zeros, for numpy takes rows
#: of 8 or 32 bytes in half the time of rows of 6 or 24 (measured).
WIDE: Final = 4


@dataclass(frozen=True)
class Arrays:
    """Everything learned, as it stands in the artefact. Three columns are the cuts 1, 2, 3.

    ``words`` and the other string lists are sorted; row ``i`` of the weights belongs to string
    ``i``. Word weights already hold those of the word's character n-grams.
    """

    words: list[str]
    word_weights: Weight  # (words, 3)
    pairs: NDArray[np.uint64]  # (pairs,) ``pair_keys`` of two rows of ``words``, sorted
    pair_weights: Weight  # (pairs, 3)
    chars: list[str]
    char_weights: Weight  # (chars, 3), for words not in ``words``
    violence_bias: Single  # (3,)
    hit_features: list[str]
    hit_weights: Single  # (hit features, 3)
    hit_bias: Single  # (3,)
    no_hit: Single  # (3,) probability of a text without any hit
    calibration_x: Single  # (6, knots) logits, increasing
    calibration_y: Single  # (6, knots) probabilities, increasing


class Weights:
    """The violence weights. A *row* counts through words, then n-grams, then pairs.

    What only some texts need is made when the first of them comes.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._parts = (arrays.word_weights, arrays.char_weights, arrays.pair_weights)
        self.words = arrays.word_weights
        self.pair_weights = arrays.pair_weights
        self.has_ngrams = bool(arrays.chars)
        self.pairs = PairTable(arrays.pairs)

    def word_id(self, word: str) -> int:
        """The row of a word, -1 if it is not known; a dict of all would weigh as much as they."""
        words = self._arrays.words
        row = bisect_left(words, word)
        return row if row < len(words) and words[row] == word else -1

    def word_ids(self, words: Sequence[str]) -> Ids:
        """The row of each of many words, -1 of those that are not known."""
        low, high = keys_of(words)
        rows = self.table.find(low, high)
        ids: Ids = np.where(rows < 0, -1, self.table.ids.take(rows, mode="clip"))
        for place in np.flatnonzero(high == 0).tolist():  # too long for the table
            ids[place] = self.word_id(words[place])
        return ids

    @cached_property
    def wide_pairs(self) -> Weight:
        """The weights of the pairs, shape ``(pairs + 1, WIDE)``; the last row, which is also that
        of -1, is of no pair. A copy, so only processes that score batches hold it."""
        pairs = self.pair_weights
        wide = np.zeros((len(pairs) + 1, WIDE), pairs.dtype)
        wide[:-1, :-1] = pairs
        return wide

    @cached_property
    def table(self) -> WordTable:
        return WordTable(self._arrays.words)

    @cached_property
    def _ngrams(self) -> dict[str, int]:
        return {ngram: row for row, ngram in enumerate(self._arrays.chars)}

    def ngrams(self, word: str) -> list[int]:
        """The places, in ``char_weights``, of a word's known character n-grams."""
        if not self.has_ngrams:
            return []
        known = self._ngrams
        return [known[ngram] for ngram in features.char_ngrams(word) if ngram in known]

    def rows(self, words: Sequence[str], ids: Sequence[int]) -> list[int]:
        """The rows of the words of one token: each by itself, and their pairs."""
        rows: list[int] = []
        for word, place in zip(words, ids, strict=True):
            if place >= 0:
                rows.append(place)
            else:
                rows += [len(self.words) + ngram for ngram in self.ngrams(word)]
        if len(ids) > 1:
            before = len(self.words) + len(self._arrays.chars)
            found = (self.pairs.find_one(*pair) for pair in pairwise(ids))
            rows += [before + pair for pair in found if pair >= 0]
        return rows

    def sums(self, words: Sequence[str], ids: Ids, counts: NDArray[np.intp]) -> Floats:
        """As :meth:`rows`, of many tokens: their words one behind the other, how many each has.
        The sum of each, shape ``(tokens, 3)``."""
        each = np.zeros((len(ids), 3))
        known = np.flatnonzero(ids >= 0)
        each[known] = self.words.take(ids.take(known), axis=0)
        if self.has_ngrams:
            for place in np.flatnonzero(ids < 0).tolist():
                each[place] = self._arrays.char_weights[self.ngrams(words[place])].sum(0, float)
        token = np.repeat(np.arange(len(counts)), counts)
        inner = np.flatnonzero(token[1:] == token[:-1])
        pairs = self.pairs.find(ids.take(inner), ids.take(inner + 1))
        there = np.flatnonzero(pairs >= 0)
        each[inner.take(there)] += self.pair_weights.take(pairs.take(there), axis=0)
        total = np.zeros((len(counts), 3))
        filled = np.flatnonzero(counts)
        if len(filled):
            total[filled] = np.add.reduceat(each, (np.cumsum(counts) - counts)[filled], axis=0)
        return total

    def sum_one(self, rows: Sequence[int]) -> Triple:
        """The sum of a few rows, without the calls that many are worth."""
        if len(rows) == 1 and rows[0] < len(self.words):  # a known word by itself, as most are
            one, two, three = self.words[rows[0]].tolist()
            return one, two, three
        total = [0.0, 0.0, 0.0]
        for row in rows:
            for part in self._parts:
                if row < len(part):
                    total = list(map(add, total, part[row].tolist()))
                    break
                row -= len(part)
        return total[0], total[1], total[2]
