"""Weights of the words around hits, looked up for thousands of hits at once.

They are weights of ``features.hit_features``: the two words on each side, and those near. Here a
word is a number, and a feature is a number made of its scope (an entry, or any), its kind and its
one or two words, found by bisection among all that have a weight.
"""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.features import ANY, CONTEXT, NEAR, WORD_KINDS
from classifier.weights import Arrays, Floats

Numbers = NDArray[np.int64]

#: The code of no word: a sentence begins or ends there. That of a word that no feature names.
NO_WORD, UNNAMED = 0, 1
_FIRST: Final = 2
#: How a feature names no word.
EDGES: Final = ("<", ">")
#: Features of words: a scope, a kind, one word or two.
_NAME: Final = re.compile(
    rf"([^|]+)\|({'|'.join(map(re.escape, (*WORD_KINDS, NEAR)))})(\S+)(?: (?:_ )?(\S+))?"
)
_KINDS: Final = np.array([*range(len(WORD_KINDS)), *[len(WORD_KINDS)] * (2 * CONTEXT)])


class AroundWeights:
    """The weights of one model."""

    def __init__(self, arrays: Arrays) -> None:
        every = ((row, _NAME.fullmatch(name)) for row, name in enumerate(arrays.hit_features))
        named: list[tuple[int, tuple[str, ...]]]
        named = [(row, found.groups(EDGES[0])) for row, found in every if found]
        kinds = {kind: number for number, kind in enumerate((*WORD_KINDS, NEAR))}
        words = sorted({word for _, parts in named for word in parts[2:]} - {*EDGES})
        self._codes = dict.fromkeys(EDGES, NO_WORD) | {
            word: code for code, word in enumerate(words, _FIRST)
        }
        self._scopes = {ANY: 0}
        numbers = np.array([
            (row, self._scopes.setdefault(scope, len(self._scopes)), kinds[kind],
             self._codes[one], self._codes[two])
            for row, (scope, kind, one, two) in named
        ], np.int64).reshape(-1, 5).T  # fmt: skip
        keys = self._keys_of(*numbers[1:])
        order = np.argsort(keys)
        # The last stands for what has no weight; no key is as large.
        self._keys = np.append(keys[order], np.iinfo(np.int64).max)
        weights = arrays.hit_weights[numbers[0][order]]
        self._weights = np.concatenate([weights, np.zeros((1, 3))]).astype(np.float64)

    def _keys_of(self, scope: Numbers, kind: Numbers, one: Numbers, two: Numbers) -> Numbers:
        words = len(self._codes) + _FIRST
        keys: Numbers = ((scope * (len(WORD_KINDS) + 1) + kind) * words + one) * words + two
        return keys

    def code(self, word: str) -> int:
        """The number of a word."""
        return self._codes.get(word, UNNAMED)

    def scope(self, entry: str) -> int:
        """The number of an entry as a scope, -1 if no feature is of it alone."""
        return self._scopes.get(entry, -1)

    def sums(self, scopes: Numbers, left: Numbers, right: Numbers) -> Floats:
        """What the words around each hit add up to, shape ``(n, 3)``.

        ``scopes`` are those of the hits' entries; ``left`` and ``right``, shape ``(n, CONTEXT)``,
        the codes of the words on each side, the nearest first, no word where there are fewer.
        """
        near = np.sort(np.concatenate([left, right], axis=1), axis=1)
        near[:, 1:][near[:, 1:] == near[:, :-1]] = NO_WORD  # each counts once
        one, plus, none = left[:, 0], right[:, 0], np.zeros(len(left), np.int64)
        # in the order of WORD_KINDS
        first = np.column_stack([one, plus, left[:, 1], plus, one, near])
        second = np.column_stack([none, none, one, right[:, 1], plus, np.zeros_like(near)])
        total = np.zeros((len(left), 3))
        for scope in (scopes, np.zeros_like(scopes)):
            keys = self._keys_of(scope[:, None], _KINDS, first, second)
            rows = np.searchsorted(self._keys, keys)
            rows[(self._keys.take(rows) != keys) | (scope < 0)[:, None]] = len(self._keys) - 1
            total += self._weights.take(rows, axis=0).sum(axis=1)
        return total
