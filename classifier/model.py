"""Model: arrays + metadata; ``score(sentences) -> (n, 6)``.

The arithmetic is that of a scikit-learn pipeline (TF-IDF without length normalisation, linear
models, calibration), rearranged for speed: since nothing is normalised by length, a token's
contribution is a constant, computed once and kept in a :class:`TokenTable`. What each step of a
pass costs: ``python -m eval.bench``.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import add
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier import features
from classifier.assess import count_all
from classifier.chunk_hits import Hits, Tokens, hits_of_chunk
from classifier.hit_logits import HitLogits, WeighedHit, strongest
from classifier.pair_table import Ids, PairTable
from classifier.single import SingleReader
from classifier.taxonomy import COLUMNS, CUTS, LABELS, Label, columns_of
from classifier.token_facts import ENDS, NO_WORD, STARTS, TokenReader
from classifier.token_keys import cut
from classifier.token_table import TableFull, TokenTable
from classifier.weights import Arrays, Floats, Triple, Weight, Weights

__all__ = ["Arrays", "Contribution", "Floats", "Model", "Scored", "Triple"]

#: Texts that go through the arrays together: enough to amortise numpy's calls, few enough to
#: stay in the cache. So many characters at most, unless one text alone has more.
CHUNK, WIDEST = 4096, 1 << 20
#: A text of at most so many characters that comes alone is summed without arrays, whose calls
#: would take longer (measured: at 400 characters they are alike).
SMALL = 400


Counts = NDArray[np.int64]
_NONE: Counts = np.zeros(0, np.int64)


class Scored(NamedTuple):
    """What one reading of some texts gives: probabilities ``(n, 6)`` and the hits behind them; how
    many tokens each text has, and the sum of their ``assess.count``, if that was asked for."""

    scores: Floats
    hits: Hits
    tokens: Counts = _NONE
    known: Counts = _NONE


_NO_SCORES: Floats = np.zeros((0, len(COLUMNS)))


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


class Model:
    """The six calibrated probabilities of a sentence, and why."""

    def __init__(self, arrays: Arrays, metadata: dict[str, Any]) -> None:
        self.arrays = arrays
        self.metadata = metadata
        self._weights = Weights(arrays)
        self._reader = TokenReader(self._weights)
        self._hits = HitLogits(arrays)
        self._table = TokenTable(self._reader, self._hits)
        self._single = SingleReader(self._reader, self._table, self._weights, self._hits)
        self._bias = arrays.violence_bias.astype(np.float64)
        self._bias_list = arrays.violence_bias.tolist()
        self._no_hit = arrays.no_hit.tolist()
        self._curves = list(
            zip(arrays.calibration_x.tolist(), arrays.calibration_y.tolist(), strict=True)
        )

    @property
    def thresholds(self) -> dict[Label, Triple]:
        """The shipped thresholds: a level is reached where its column is at least this."""
        return {label: tuple(self.metadata["thresholds"][label]) for label in LABELS}

    # --- scoring ----------------------------------------------------------------------------------

    def score(self, sentences: Sequence[str]) -> Floats:
        """Six probabilities for each string, each taken as one sentence: shape ``(n, 6)``."""
        parts = [part.scores for part in self._parts(sentences, whole=False)]
        return parts[0] if len(parts) == 1 else np.concatenate([_NO_SCORES, *parts])

    def read(self, sentences: Sequence[str]) -> Scored:
        """The scores of :meth:`score` and all else that is known by then, for sentences that are
        to be shown; for all of an archive it would fill the memory."""
        parts = list(self._parts(sentences, whole=True))
        hits: Hits = {}
        begin = 0
        for part in parts:
            hits |= {begin + text: those for text, those in part.hits.items()}
            begin += len(part.scores)
        return Scored(
            np.concatenate([_NO_SCORES, *(part.scores for part in parts)]),
            hits,
            np.concatenate([_NONE, *(part.tokens for part in parts)]),
            np.concatenate([_NONE, *(part.known for part in parts)]),
        )

    def _parts(self, sentences: Sequence[str], *, whole: bool) -> Iterator[Scored]:
        """Results of stretches of ``sentences``, in order."""
        if len(sentences) == 1 and len(sentences[0]) <= SMALL:
            tokens = sentences[0].split()
            if tokens:
                yield self._score_one(tokens, whole=whole)
                return
        for start, end in _pieces(sentences):
            yield from self._score_chunk(sentences[start:end], whole=whole)

    def _score_one(self, tokens: list[str], *, whole: bool) -> Scored:
        best, hits = self._single.read(tokens)
        logits = list(map(add, best, self._bias_list))
        row = self._calibrate_one(logits, strongest(hits) if hits else None)
        scored = Scored(np.array([row]), {0: hits} if hits else {})
        if not whole:
            return scored
        return scored._replace(tokens=np.array([len(tokens)]), known=np.array([count_all(tokens)]))

    def _score_chunk(self, chunk: Sequence[str], *, whole: bool) -> Iterator[Scored]:
        for _ in range(2):  # a table that was full is empty at the second attempt
            try:
                scored = self._score_cut(chunk, self._table, whole=whole)
            except TableFull:
                continue
            yield scored
            return
        if len(chunk) == 1:  # more tokens than it holds: a table of its own size, used once
            yield self._score_cut(chunk, TokenTable(self._reader, self._hits, np.inf), whole=whole)
            return
        half = len(chunk) // 2
        yield from self._score_chunk(chunk[:half], whole=whole)
        yield from self._score_chunk(chunk[half:], whole=whole)

    def _score_cut(self, chunk: Sequence[str], table: TokenTable, *, whole: bool) -> Scored:
        found = cut(chunk)
        logits = np.empty((len(chunk), 6))
        logits[:, :3] = self._bias
        logits[:, 3:] = -np.inf
        hits: Hits = {}
        tokens = found.ends.copy()
        tokens[1:] -= found.ends[:-1]
        known = np.zeros(len(chunk), np.int64)
        if len(found.starts):
            rows = table.rows_of(found)
            bits = table.bits.take(rows)
            filled = tokens > 0
            begins = (found.ends - tokens)[filled]
            opens = np.zeros(len(rows), bool)
            opens[1:] = (bits[:-1] & ENDS > 0) & (bits[1:] & STARTS > 0)
            opens[begins] = True
            segments = np.flatnonzero(opens)
            weights = table.weights.take(rows, axis=0)
            if len(self.arrays.pairs):
                first, last = table.first.take(rows), table.last.take(rows)
                weights += self._pair_weights(first, last, segments)
            sums = np.add.reduceat(weights, segments, axis=0)
            first_segments = np.searchsorted(segments, begins)
            logits[filled, :3] += np.maximum.reduceat(sums, first_segments, axis=0)[:, :3]
            held = Tokens(found, table, rows, segments)
            there = hits_of_chunk(self._hits, chunk, held, bits, whole=whole)
            logits[there.texts, 3:] = there.logits
            hits = there.hits
            if whole:
                known[filled] = np.add.reduceat(table.counts_of(found, rows), begins)
        return Scored(self._calibrate(logits), hits, tokens, known)

    def _pair_weights(self, first: Ids, last: Ids, segments: Counts) -> Weight:
        """Of each token the weights of the word pair that it completes, ``WIDE`` columns."""
        rows = self._weights.pairs.find(_words_before(last, segments), first)
        return self._weights.wide_pairs.take(rows, axis=0)

    def hits(self, tokens: list[str]) -> list[WeighedHit]:
        """The hits among the tokens of one text, each with its three logits."""
        readings = self._single.readings(tokens)
        return self._hits.each(tokens, readings, features.segment_starts(tokens))

    def _calibrate_one(self, violence: Sequence[float], hit: Triple | None) -> list[float]:
        """As ``_calibrate``, for one text."""
        both = []
        for column, logit in enumerate((*violence, *(hit or ()))):
            both.append(_interpolated(logit, *self._curves[column]))
        found = both if hit else [*both, *self._no_hit]
        for column in (1, 2, 4, 5):
            found[column] = min(found[column], found[column - 1])
        return found

    def _calibrate(self, logits: Floats) -> Floats:
        """Logits to probabilities, non-increasing within each label."""
        arrays = self.arrays
        scores = np.empty_like(logits)
        scores[:, 3:] = arrays.no_hit
        hit = np.flatnonzero(logits[:, 3] != -np.inf)
        for column in range(6):
            rows: Any = slice(None) if column < 3 else hit
            scores[rows, column] = np.interp(
                logits[rows, column], arrays.calibration_x[column], arrays.calibration_y[column]
            )
        for label in LABELS:
            part = scores[:, columns_of(label)]
            np.minimum.accumulate(part, axis=1, out=part)
        return scores

    def calibrated_hit(self, logit: Triple) -> list[float]:
        """The three probabilities of one hit from its logits."""
        return self._calibrate_one((0.0, 0.0, 0.0), logit)[3:]

    # --- words ------------------------------------------------------------------------------------

    def word_id(self, word: str) -> int:
        """The row of a word in ``arrays.word_weights``, -1 if it is not in the vocabulary."""
        return self._weights.word_id(word)

    def unknown_word(self, word: str) -> Floats:
        """What a word outside the vocabulary contributes by its character n-grams."""
        known = self._weights.ngrams(word)
        total: Floats = self.arrays.char_weights[known].sum(axis=0, dtype=np.float64)
        return total

    @property
    def pairs(self) -> PairTable:
        """Finds the row of ``arrays.pair_weights`` of two neighbouring words."""
        return self._weights.pairs

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


def _words_before(last: Ids, segments: Counts) -> Ids:
    """The id of the word before each token, from the last word of each.

    A token without words (a dash by itself) is looked through, but not over the beginning of a
    segment.
    """
    before = np.empty_like(last)
    before[0] = NO_WORD
    before[1:] = last[:-1]
    gaps = np.flatnonzero(before == NO_WORD)[1:]
    if len(gaps):
        heads = np.flatnonzero(np.diff(gaps, prepend=-1) != 1)  # of runs of wordless tokens
        worded = np.repeat(gaps[heads], np.diff(heads, append=len(gaps))) - 2
        here, there = (np.searchsorted(segments, at, side="right") for at in (gaps, worded))
        before[gaps] = np.where(here == there, last.take(worded), NO_WORD)
    before[segments] = NO_WORD
    return before


def _interpolated(x: float, knots: list[float], values: list[float]) -> float:
    """``numpy.interp`` for one number, to the last bit."""
    right = bisect_right(knots, x)
    if right == 0:
        return values[0]
    left = right - 1
    if right == len(knots) or x == knots[left]:
        return values[left]
    slope = (values[right] - values[left]) / (knots[right] - knots[left])
    return slope * (x - knots[left]) + values[left]


def _pieces(sentences: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches of sentences that go through the arrays together."""
    start = 0
    while start < len(sentences):
        lengths = list(accumulate(map(len, sentences[start : start + CHUNK])))
        end = start + max(1, bisect_right(lengths, WIDEST))
        yield start, end
        start = end
