"""Model: arrays + metadata; load, save, ``score(sentences) -> (n, 6)``.

The arithmetic is that of a scikit-learn pipeline (TF-IDF without length normalisation, linear
models, calibration), rearranged for speed: since nothing is normalised by length, a token's
contribution is a constant, computed once and kept in a :class:`TokenTable`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import features, normalize
from classifier.features import MAX_TOKEN
from classifier.profanity import Located, TokenReading, read_token
from classifier.taxonomy import COLUMNS, CUTS, LABELS, Label, columns_of

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]
Triple = tuple[float, float, float]

#: Texts that go through the arrays together: enough to amortise numpy's calls, few enough to
#: stay in the cache (measured: eval/bench, 128 to 1,024 differ by less than 10 %).
CHUNK = 256
#: Distinct tokens remembered, about 200 bytes each; then the table starts again.
MAX_TOKENS = 120_000

_ENDS, _STARTS, _MATTERS = 1, 2, 4


@dataclass(frozen=True)
class Arrays:
    """Everything learned, as it stands in the artefact. Three columns are the cuts 1, 2, 3.

    ``words`` and the other string lists are sorted; row ``i`` of the weights belongs to string
    ``i``. Word weights already hold those of the word's character n-grams.
    """

    words: list[str]
    word_weights: Weights  # (words, 3)
    pairs: NDArray[np.int32]  # (pairs, 2) rows of ``words``, sorted
    pair_weights: Weights  # (pairs, 3)
    chars: list[str]
    char_weights: Weights  # (chars, 3), for words not in ``words``
    violence_bias: Weights  # (3,)
    hit_features: list[str]
    hit_weights: Weights  # (hit features, 3)
    hit_bias: Weights  # (3,)
    no_hit: Weights  # (3,) probability of a text without any hit
    calibration_x: Weights  # (6, knots) logits, increasing
    calibration_y: Weights  # (6, knots) probabilities, increasing


@dataclass(frozen=True)
class Contribution:
    """One feature's share in a decision: ``weights`` are logits for the cuts 1, 2, 3."""

    label: Label
    feature: str
    start: int
    end: int
    weights: Triple

    def to_dict(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "feature": self.feature,
            "start": self.start,
            "end": self.end,
            "weights": [round(weight, 4) for weight in self.weights],
        }


class TokenTable:
    """What each distinct token contributes, computed when it is first seen.

    A ``dict`` from token to row, and arrays over the rows. When it is full it is emptied, so its
    memory is bounded whatever the text.
    """

    def __init__(self, model: "Model") -> None:
        self._model = model
        self._capacity = 4096
        self._new_arrays()
        self.rows: dict[str, int] = {}
        self.readings: list[TokenReading] = []

    def _new_arrays(self) -> None:
        self.weights = np.zeros((self._capacity, 3), np.float32)
        self.first = np.zeros(self._capacity, np.int32)
        self.last = np.zeros(self._capacity, np.int32)
        self.flags = np.zeros(self._capacity, np.uint8)

    def rows_of(self, tokens: list[str]) -> NDArray[np.int32]:
        """The row of each token; unseen ones are read first."""
        get = self.rows.get
        found = [get(token) for token in tokens]
        if None in found:
            self._read({token for token, row in zip(tokens, found, strict=True) if row is None})
            get = self.rows.get
            found = [get(token) for token in tokens]
        return np.array(found, np.int32)

    def _read(self, new: set[str]) -> None:
        if len(self.rows) + len(new) > MAX_TOKENS:
            self.rows.clear()
            self.readings.clear()
            raise _TableFull
        needed = len(self.rows) + len(new)
        if needed > self._capacity:
            self._grow(needed)
        for token in sorted(new):
            self._add(token)

    def _grow(self, needed: int) -> None:
        old = (self.weights, self.first, self.last, self.flags)
        self._capacity = max(needed, min(2 * self._capacity, MAX_TOKENS))
        self._new_arrays()
        for new, before in zip((self.weights, self.first, self.last, self.flags), old, strict=True):
            new[: len(before)] = before

    def _add(self, token: str) -> None:
        model = self._model
        short = token[:MAX_TOKEN]
        words = normalize.words(short)
        row = len(self.readings)
        ids = [model.word_ids.get(word, -1) for word in words]
        weights = self.weights[row]
        weights[:] = 0
        for word, place in zip(words, ids, strict=True):
            weights += model.arrays.word_weights[place] if place >= 0 else model.unknown_word(word)
        for pair in pairwise(ids):
            weights += model.pair_weight(*pair)
        self.first[row] = ids[0] if ids else -2
        self.last[row] = ids[-1] if ids else -2
        reading = read_token(short)
        self.flags[row] = (
            _ENDS * features.ends_segment(token)
            | _STARTS * features.starts_segment(token)
            | _MATTERS * reading.matters
        )
        self.readings.append(reading)
        self.rows[token] = row


class _TableFull(Exception):
    """The token table was emptied in the middle of a chunk; the chunk is begun again."""


class Model:
    """The six calibrated probabilities of a sentence, and why."""

    def __init__(self, arrays: Arrays, metadata: dict[str, Any]) -> None:
        self.arrays = arrays
        self.metadata = metadata
        self.word_ids = {word: row for row, word in enumerate(arrays.words)}
        self._char_ids = {ngram: row for row, ngram in enumerate(arrays.chars)}
        self._hit_ids = {feature: row for row, feature in enumerate(arrays.hit_features)}
        self._pairs = _PairTable(arrays.pairs, len(arrays.words))
        self._table = TokenTable(self)
        self._bias = arrays.violence_bias.astype(np.float64)
        self._hit_bias = arrays.hit_bias.astype(np.float64)

    @property
    def thresholds(self) -> dict[Label, Triple]:
        """The shipped thresholds: a level is reached where its column is at least this."""
        return {label: tuple(self.metadata["thresholds"][label]) for label in LABELS}

    # --- scoring ----------------------------------------------------------------------------------

    def score(self, sentences: Sequence[str]) -> Floats:
        """Six probabilities for each string, each taken as one sentence: shape ``(n, 6)``."""
        scores = np.empty((len(sentences), len(COLUMNS)))
        for start in range(0, len(sentences), CHUNK):
            chunk = sentences[start : start + CHUNK]
            scores[start : start + len(chunk)] = self._score_chunk(chunk)
        return scores

    def _score_chunk(self, chunk: Sequence[str]) -> Floats:
        lists = [text.split() for text in chunk]
        try:
            return self._score_tokens(lists)
        except _TableFull:
            if len(chunk) == 1:
                return self._score_apart(lists[0])
            return np.vstack([self._score_chunk([text]) for text in chunk])

    def _score_apart(self, tokens: list[str]) -> Floats:
        """One text with more distinct tokens than the table holds: in a table of its own size."""
        pieces = [self._score_tokens([tokens[i : i + 50_000]]) for i in range(0, len(tokens), 50_000)]
        return np.max(pieces, axis=0)

    def _score_tokens(self, lists: list[list[str]]) -> Floats:
        lengths = np.array([len(tokens) for tokens in lists], np.intp)
        filled = lengths > 0
        logits = np.empty((len(lists), 6))
        logits[:, :3] = self._bias
        logits[:, 3:] = -np.inf
        if filled.any():
            table = self._table
            rows = table.rows_of(list(chain.from_iterable(lists)))
            flags = table.flags[rows]
            text_starts = np.concatenate(([0], np.cumsum(lengths[filled])[:-1]))
            opens = np.zeros(len(rows), bool)
            opens[text_starts] = True
            opens[1:] |= (flags[:-1] & _ENDS > 0) & (flags[1:] & _STARTS > 0)
            weights = table.weights[rows]
            self._add_pairs(weights, table.last[rows], table.first[rows], opens)
            segment_starts = np.flatnonzero(opens)
            sums = np.add.reduceat(weights, segment_starts, axis=0)
            first_segments = np.searchsorted(segment_starts, text_starts)
            logits[filled, :3] += np.maximum.reduceat(sums, first_segments, axis=0)
            matters = flags & _MATTERS > 0
            if matters.any():
                self._add_hits(lists, logits, lengths, matters)
        return self._calibrate(logits)

    def _add_pairs(
        self,
        weights: Weights,
        last: NDArray[np.int32],
        first: NDArray[np.int32],
        opens: NDArray[np.bool_],
    ) -> None:
        """Add to each token the weight of the word pair that it completes.

        A token without words (a dash by itself) is looked through: the pair spans it.
        """
        if (first == -2).any():
            worded = np.flatnonzero(first != -2)
            if not len(worded):
                return
            segment = np.cumsum(opens)
            left, right = worded[:-1], worded[1:]
            joined = segment[left] == segment[right]
            left, right = left[joined], right[joined]
        else:
            right = np.flatnonzero(~opens)
            left = right - 1
        found, pair = self._pairs.find(last[left], first[right])
        weights[right[found]] += self.arrays.pair_weights[pair]

    def _add_hits(
        self,
        lists: list[list[str]],
        logits: Floats,
        lengths: NDArray[np.intp],
        matters: NDArray[np.bool_],
    ) -> None:
        ends = np.cumsum(lengths)
        for text in np.unique(np.searchsorted(ends, np.flatnonzero(matters), side="right")):
            located = self.hits(lists[text])
            if located:
                logits[text, 3:] = np.max([logit for _, logit in located], axis=0)

    def hits(self, tokens: list[str]) -> list[tuple[Located, Floats]]:
        """The hits among the tokens of one text, each with its three logits."""
        readings = [read_token(token[:MAX_TOKEN]) for token in tokens]
        return [
            (place, self._hit_logit(names))
            for place, names in features.hits_in(tokens, readings, features.segment_starts(tokens))
        ]

    def _hit_logit(self, names: list[str]) -> Floats:
        known = [self._hit_ids[name] for name in names if name in self._hit_ids]
        total: Floats = self._hit_bias + self.arrays.hit_weights[known].sum(axis=0, dtype=np.float64)
        return total

    def _calibrate(self, logits: Floats) -> Floats:
        """Logits to probabilities, non-increasing within each label."""
        arrays = self.arrays
        scores = np.empty_like(logits)
        for column in range(6):
            scores[:, column] = np.interp(
                logits[:, column], arrays.calibration_x[column], arrays.calibration_y[column]
            )
        silent = np.isneginf(logits[:, 3])
        scores[silent, 3:] = arrays.no_hit
        for label in LABELS:
            part = scores[:, columns_of(label)]
            np.minimum.accumulate(part, axis=1, out=part)
        return scores

    def calibrated_hit(self, logit: Floats) -> Floats:
        """The three probabilities of one hit from its logits."""
        logits = np.concatenate((np.zeros(3), logit))[None]
        calibrated: Floats = self._calibrate(logits)[0, 3:]
        return calibrated

    # --- words ------------------------------------------------------------------------------------

    def unknown_word(self, word: str) -> Floats:
        """What a word outside the vocabulary contributes by its character n-grams."""
        ids = self._char_ids
        known = [ids[ngram] for ngram in features.char_ngrams(word) if ngram in ids]
        total: Floats = self.arrays.char_weights[known].sum(axis=0, dtype=np.float64)
        return total

    def pair_weight(self, first: int, second: int) -> Floats:
        found, pair = self._pairs.find(np.array([first], np.int32), np.array([second], np.int32))
        if len(found):
            weight: Floats = self.arrays.pair_weights[pair[0]].astype(np.float64)
            return weight
        return np.zeros(3)

    # --- levels -----------------------------------------------------------------------------------

    def levels(
        self, scores: Floats, thresholds: dict[Label, Triple] | None = None
    ) -> NDArray[np.int64]:
        """Levels ``(n, 2)`` from scores ``(n, 6)``: the highest level whose threshold is met."""
        thresholds = thresholds or self.thresholds
        levels = np.zeros((len(scores), len(LABELS)), np.int64)
        for place, label in enumerate(LABELS):
            reached = scores[:, columns_of(label)] >= np.array(thresholds[label])
            levels[:, place] = (reached * np.array(CUTS)).max(axis=1, initial=0)
        return levels


@dataclass
class _PairTable:
    """Finds the row of a word pair: an open-addressed hash table in numpy arrays."""

    pairs: NDArray[np.int32]
    words: int
    _slots: NDArray[np.int32] = field(init=False)
    _keys: NDArray[np.int64] = field(init=False)
    _probes: int = field(init=False)

    _MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio (Knuth, TAOCP 6.4)

    def __post_init__(self) -> None:
        bits = max(4, int(np.ceil(np.log2(max(1, len(self.pairs)) * 2.5))))
        self._shift = np.uint64(64 - bits)
        keys = self._key(self.pairs[:, 0], self.pairs[:, 1])
        self._keys = np.full((1 << bits) + 64, -1, np.int64)
        self._slots = np.zeros((1 << bits) + 64, np.int32)
        waiting = np.arange(len(keys), dtype=np.int32)
        place = self._place(keys)
        self._probes = 0
        while len(waiting):
            at = place[waiting] + self._probes
            free = self._keys[at] == -1
            self._keys[at[free]] = keys[waiting[free]]
            self._slots[at[free]] = waiting[free]
            # where several wanted one slot, the last written has it
            settled = self._keys[at] == keys[waiting]
            waiting = waiting[~settled]
            self._probes += 1
            if self._probes > 64:
                raise ValueError("word pairs repeat or cannot be hashed")

    def _key(self, first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.int64]:
        key: NDArray[np.int64] = first.astype(np.int64) * self.words + second
        return key

    def _place(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        hashed = (keys.astype(np.uint64) * self._MULTIPLIER) >> self._shift
        return hashed.astype(np.int64)

    def find(
        self, first: NDArray[np.int32], second: NDArray[np.int32]
    ) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """Which of the pairs are known, and their rows. Negative ids are never known."""
        keys = np.where((first >= 0) & (second >= 0), self._key(first, second), -2)
        place = self._place(keys)
        match = self._keys[place] == keys
        slots = self._slots[place]
        open_ = np.flatnonzero(~match & (self._keys[place] != -1) & (keys != -2))
        for probe in range(1, self._probes):
            if not len(open_):
                break
            at = place[open_] + probe
            hit = self._keys[at] == keys[open_]
            match[open_[hit]] = True
            slots[open_[hit]] = self._slots[at[hit]]
            open_ = open_[~hit]
        found = np.flatnonzero(match)
        return found, slots[found]
