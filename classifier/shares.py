"""Sentences -> what their words and word pairs add to their violence: the evidence behind a level.

All sentences of a call go through the arrays together; only the few words that are shown are
looked at one by one.
"""

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier import features, normalize
from classifier.model import Floats, Model, Triple
from classifier.remembered import Remembered

#: At most so many spans show a violence decision, each at least this share of the strongest.
MOST_SPANS: Final = 4
LEAST_SHARE: Final = 0.35
#: Shares looked at for them: neighbours are joined to one span.
MOST_SHARES: Final = 3 * MOST_SPANS
#: Tokens whose words are remembered, some 500 bytes each; then they are read anew.
MOST_TOKENS: Final = 20_000

_STARTS, _ENDS = 1, 2

Places = NDArray[np.intp]


class Share(NamedTuple):
    """What one word or pair adds to the violence of a segment, and where it stands."""

    feature: str
    start: int
    end: int
    weights: Triple


class _Token(NamedTuple):
    """A token's words, their ids (-1 when not in the vocabulary) and three weights each; how
    many they are; whether a segment may start or end here; where its core begins and ends."""

    words: tuple[str, ...]
    ids: tuple[int, ...]
    weights: tuple[float, ...]
    many: int
    bits: int
    start: int
    end: int


class _Found(NamedTuple):
    """The shares of the strongest segment of each text, words before pairs.

    ``left`` and ``right`` are the first and last word of each, ``token`` the token of every word.
    """

    tokens: list[_Token]
    starts: list[int]
    token: Places
    text: Places
    left: Places
    right: Places
    weights: Floats

    def place(self, share: int) -> tuple[int, int]:
        """Where a share begins and ends in its text."""
        first, last = (
            self.token.item(self.left.item(share)),
            self.token.item(self.right.item(share)),
        )
        start = self.starts[first] + self.tokens[first].start
        return start, self.starts[last] + self.tokens[last].end


class Shares:
    """Reads the shares of texts for one model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._tokens = Remembered(self._token, MOST_TOKENS)

    def spans(self, texts: Sequence[str], levels: Sequence[int]) -> list[list[tuple[int, int]]]:
        """For each text of a level above 0 the places that show why, in order."""
        found = self._strongest(texts)
        cuts = np.array(levels, np.intp) - 1
        each = found.weights[np.arange(len(found.text)), cuts[found.text]]
        highest = np.zeros(len(texts))
        np.maximum.at(highest, found.text, each)
        strong = np.flatnonzero((each > 0) & (each >= LEAST_SHARE * highest[found.text]))
        strong = strong[np.lexsort((-each[strong], found.text[strong]))]
        ends = np.searchsorted(found.text[strong], np.arange(len(texts) + 1)).tolist()
        shown = strong.tolist()
        return [
            _joined([found.place(share) for share in shown[begin:end][:MOST_SHARES]])
            for begin, end in pairwise(ends)
        ]

    def of(self, text: str) -> list[Share]:
        """Every word of the strongest segment of a text, then every pair with a weight."""
        found = self._strongest([text])
        words = [word for token in found.tokens for word in token.words]
        shares = []
        for share, weights in enumerate(found.weights.tolist()):
            left, right = found.left.item(share), found.right.item(share)
            if left == right or any(weights):
                feature = words[left] if left == right else f"{words[left]} {words[right]}"
                shares.append(Share(feature, *found.place(share), tuple(weights)))
        return shares

    def _strongest(self, texts: Sequence[str]) -> _Found:
        """What is in the segment of each text that scores highest."""
        split = [text.split() for text in texts]
        tokens = list(map(self._tokens.__getitem__, chain.from_iterable(split)))
        starts = [
            start
            for text, each in zip(texts, split, strict=True)
            for start in token_starts(text, each)
        ]
        sizes = np.array([len(each) for each in split], np.intp)
        text = np.repeat(np.arange(len(split)), sizes)
        bits = _gathered(tokens, 4, np.uint8)
        opens = np.ones(len(tokens), bool)
        opens[1:] = (bits[:-1] & _ENDS > 0) & (bits[1:] & _STARTS > 0) | (text[1:] != text[:-1])
        segments = np.cumsum(opens) - 1

        many = _gathered(tokens, 3, np.intp)
        token = np.repeat(np.arange(len(tokens)), many)
        ids = np.fromiter(chain.from_iterable(map(itemgetter(1), tokens)), np.int32, len(token))
        flat = chain.from_iterable(map(itemgetter(2), tokens))
        weights = np.fromiter(flat, np.float64, 3 * len(token)).reshape(-1, 3)
        left, added = self._pairs(ids, segments[token])
        words = np.arange(len(token))
        left, right = np.concatenate([words, left]), np.concatenate([words, left + 1])
        weights = np.concatenate([weights, added])

        inside = segments[token[left]]
        best = _best(inside, weights, text[opens])
        kept = np.flatnonzero(best[inside])
        left, right = left[kept], right[kept]
        return _Found(tokens, starts, token, text[token[left]], left, right, weights[kept])

    def _pairs(self, ids: NDArray[np.int32], segment: Places) -> tuple[Places, Floats]:
        """The first words of the known pairs, and what each pair adds."""
        joined = (segment[1:] == segment[:-1]) & (ids[:-1] >= 0) & (ids[1:] >= 0)
        left = np.flatnonzero(joined)
        rows = self._model.pairs.find(ids[left], ids[left + 1])
        known = np.flatnonzero(rows >= 0)
        added = self._model.arrays.pair_weights.take(rows.take(known), axis=0)
        return left.take(known), added.astype(np.float64)

    def _token(self, token: str) -> _Token:
        model = self._model
        short = token[: features.MAX_TOKEN]
        words = normalize.words(short)
        ids = tuple(map(model.word_id, words))
        weights = [
            model.arrays.word_weights[place] if place >= 0 else model.unknown_word(word)
            for word, place in zip(words, ids, strict=True)
        ]
        bits = _STARTS * features.starts_segment(token) | _ENDS * features.ends_segment(token)
        flat = tuple(float(weight) for three in weights for weight in three)
        return _Token(words, ids, flat, len(words), bits, *_core(short))


def _best(segment: Places, weights: Floats, text: Places) -> NDArray[np.bool_]:
    """Which segments are the strongest of their text; ``text`` is that of each segment."""
    totals = np.full(len(text), -np.inf)
    filled = np.bincount(segment, minlength=len(text)) > 0
    sums = [np.bincount(segment, column, len(text)) for column in weights.T]
    totals[filled] = np.max(sums, axis=0)[filled]
    order = np.lexsort((-totals, text))
    first = np.flatnonzero(np.diff(text, prepend=-1))
    best = np.zeros(len(text), bool)
    best[order[first]] = True
    return best


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """At most MOST_SPANS places of the strongest, strongest first; neighbours become one."""
    chosen: list[tuple[int, int]] = []
    for start, end in places:
        touching = [s for s in chosen if s[0] <= end + 1 and start - 1 <= s[1]]
        if not touching and len(chosen) >= MOST_SPANS:
            continue
        for span in touching:
            chosen.remove(span)
            start, end = min(start, span[0]), max(end, span[1])
        chosen.append((start, end))
    return sorted(chosen)


def token_starts(text: str, tokens: Sequence[str]) -> list[int]:
    """Where the tokens of ``text.split()`` begin, which ``split`` does not tell."""
    ends = list(accumulate(map(len, tokens)))
    if ends and len(text) == ends[-1] + len(tokens) - 1:  # one sign between each two
        return [0, *map(int.__add__, ends[:-1], range(1, len(tokens)))]
    starts = []
    end = 0
    for token in tokens:
        start = text.index(token, end)
        end = start + len(token)
        starts.append(start)
    return starts


def _core(token: str) -> tuple[int, int]:
    """The part of a token without the signs around it."""
    inner = [place for place, character in enumerate(token) if character.isalnum()]
    return (inner[0], inner[-1] + 1) if inner else (0, len(token))


def _gathered(tokens: list[_Token], field: int, kind: type[np.integer[Any]]) -> NDArray[Any]:
    """One number of each token."""
    return np.fromiter(map(itemgetter(field), tokens), kind, len(tokens))
