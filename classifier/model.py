"""Model: arrays + metadata; ``score(sentences) -> (n, 6)``.

The arithmetic is that of a scikit-learn pipeline (TF-IDF without length normalisation, linear
models, calibration), rearranged for speed: since nothing is normalised by length, a token's
contribution is a constant, computed once and kept in a :class:`TokenTable`. What each step of a
pass costs: ``python -m eval.bench``.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import features
from classifier.hit_logits import HitLogits
from classifier.hit_places import may_meet, noted
from classifier.pair_table import PairTable
from classifier.phrases import among
from classifier.profanity import NOTHING, Located, TokenReading
from classifier.taxonomy import COLUMNS, CUTS, LABELS, Label, columns_of
from classifier.token_facts import (
    ENDS,
    MATTERS,
    NEEDS_PARTNER,
    NO_WORD,
    STARTS,
    TokenReader,
)
from classifier.token_keys import Cut, Rows, cut
from classifier.token_table import SingleFact, SingleTable, TableFull, TokenTable
from classifier.weights import Arrays, Floats, Triple, Weights

__all__ = ["Arrays", "Contribution", "Floats", "Model", "Triple"]

#: Texts that go through the arrays together: enough to amortise numpy's calls, few enough to
#: stay in the cache. So many characters at most, unless one text alone has more.
CHUNK, WIDEST = 1024, 1 << 18
#: A text of at most so many characters that comes alone is summed without arrays, whose calls
#: would take longer (measured: at 400 characters they are alike).
SMALL = 400


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
        self._table = TokenTable(self._reader)
        self._singles = SingleTable(self._reader, self._weights)
        self._hits = HitLogits(arrays)
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
        if len(sentences) == 1 and len(sentences[0]) <= SMALL:
            tokens = sentences[0].split()
            if tokens:
                return np.array([self._score_one(tokens)])
        scores = np.empty((len(sentences), len(COLUMNS)))
        for start, end in _pieces(sentences):
            scores[start:end] = self._score_chunk(sentences[start:end])
        return scores

    def _score_one(self, tokens: list[str]) -> list[float]:
        """As ``_score_cut`` for one text, without arrays, whose calls would take longer than the
        sums. Sums of float32 numbers in float64 do not depend on their order."""
        facts = self._singles.facts_of(tokens)
        pairs, pair_weights = self._weights.pairs, self.arrays.pair_weights
        best: Sequence[float] = (-np.inf, -np.inf, -np.inf)
        one = two = three = 0.0
        starts = []
        ended = True
        last = NO_WORD
        matters = keyed = False
        before = 0
        for place, (weights, first_id, last_id, bits, _) in enumerate(facts):
            if ended and (bits & STARTS or not place):
                if place:
                    best = max(best[0], one), max(best[1], two), max(best[2], three)
                starts.append(place)
                one, two, three = weights
                last = NO_WORD
            else:
                one, two, three = one + weights[0], two + weights[1], three + weights[2]
            if first_id != NO_WORD:
                if last >= 0 <= first_id and (pair := pairs.find_one(last, first_id)) >= 0:
                    more = pair_weights[pair].tolist()
                    one, two, three = one + more[0], two + more[1], three + more[2]
                last = last_id
            ended = bits & ENDS > 0
            matters = matters or bits & MATTERS > 0 or may_meet(before, bits)
            keyed = keyed or bits & NEEDS_PARTNER > 0
            before = bits
        best = max(best[0], one), max(best[1], two), max(best[2], three)
        logits = [x + y for x, y in zip(best, self._bias_list, strict=True)]
        hit = None
        if matters or (keyed and _meets_partner(tokens, facts)):
            readings = [fact.reading or NOTHING for fact in facts]
            hit = self._hits.strongest(tokens, readings, starts)
        return self._calibrate_one(logits, hit)

    def _score_chunk(self, chunk: Sequence[str]) -> Floats:
        for _ in range(2):  # a table that was full is empty at the second attempt
            try:
                return self._score_cut(chunk, self._table)
            except TableFull:
                pass
        if len(chunk) == 1:  # more tokens than it holds: a table of its own size, used once
            return self._score_cut(chunk, TokenTable(self._reader, np.inf))
        half = len(chunk) // 2
        return np.vstack([self._score_chunk(chunk[:half]), self._score_chunk(chunk[half:])])

    def _score_cut(self, chunk: Sequence[str], table: TokenTable) -> Floats:
        found = cut(chunk)
        logits = np.empty((len(chunk), 6))
        logits[:, :3] = self._bias
        logits[:, 3:] = -np.inf
        if len(found.starts):
            rows = table.rows_of(found)
            bits = table.bits.take(rows)
            begins = np.concatenate(([0], found.ends[:-1]))
            filled = begins < found.ends
            begins = begins[filled]
            opens = np.zeros(len(rows), bool)
            opens[1:] = (bits[:-1] & ENDS > 0) & (bits[1:] & STARTS > 0)
            opens[begins] = True
            weights = table.weights.take(rows, axis=0)
            self._add_pairs(weights, table.last.take(rows), table.first.take(rows), opens)
            segments = np.flatnonzero(opens)
            sums = np.add.reduceat(weights, segments, axis=0)
            first_segments = np.searchsorted(segments, begins)
            logits[filled, :3] += np.maximum.reduceat(sums, first_segments, axis=0)
            self._add_hits(chunk, logits, found, table, rows, bits, opens)
        return self._calibrate(logits)

    def _add_pairs(
        self,
        weights: Floats,
        last: NDArray[np.int32],
        first: NDArray[np.int32],
        opens: NDArray[np.bool_],
    ) -> None:
        """Add to each token the weight of the word pair that it completes.

        A token without words (a dash by itself) is looked through: the pair spans it.
        """
        wordless = first == NO_WORD
        if wordless.any():
            worded = np.flatnonzero(~wordless)
            segment = np.cumsum(opens)
            left, right = worded[:-1], worded[1:]
            joined = segment[left] == segment[right]
            left, right = left[joined], right[joined]
        else:
            right = np.flatnonzero(~opens)
            left = right - 1
        found, pair = self._weights.pairs.find(last.take(left), first.take(right))
        weights[right.take(found)] += self.arrays.pair_weights.take(pair, axis=0)

    def _add_hits(
        self,
        chunk: Sequence[str],
        logits: Floats,
        found: Cut,
        table: TokenTable,
        rows: Rows,
        bits: NDArray[np.uint8],
        opens: NDArray[np.bool_],
    ) -> None:
        """The logits of the strongest hit of each text where there may be one."""
        places, letters = noted(bits, table.key.take(rows), table.partner.take(rows))
        if not len(places):
            return
        wanted: dict[int, list[tuple[int, TokenReading]]] = {}
        where = np.searchsorted(found.ends, places, side="right").tolist()
        flat = rows.take(places).tolist()
        for place, row, text in zip(places.tolist(), flat, where, strict=True):
            reading = table.readings[row]
            if reading.phrase_key:
                reading = among(reading, found.token(place - 1), found.token(place + 1))
            if reading is not NOTHING:
                wanted.setdefault(text, []).append((place, reading))
        ends, alone = found.ends.tolist(), letters.tolist()
        segments = np.flatnonzero(opens).tolist()
        for text, those in wanted.items():
            tokens = chunk[text].split()
            end = ends[text]
            begin = end - len(tokens)
            readings = [NOTHING] * len(tokens)
            for place in alone[bisect_left(alone, begin) : bisect_left(alone, end)]:
                readings[place - begin] = table.readings[rows.item(place)]
            for place, reading in those:
                readings[place - begin] = reading
            opened = segments[bisect_left(segments, begin) : bisect_left(segments, end)]
            starts = [place - begin for place in opened]
            strongest = self._hits.strongest(tokens, readings, starts)
            if strongest:
                logits[text, 3:] = strongest

    def hits(self, tokens: list[str]) -> list[tuple[Located, Triple]]:
        """The hits among the tokens of one text, each with its three logits."""
        readings = [fact.reading or NOTHING for fact in self._singles.facts_of(tokens)]
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

    @property
    def word_ids(self) -> Mapping[str, int]:
        """Word -> its row in ``arrays.word_weights``."""
        return self._weights.ids

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


def _meets_partner(tokens: list[str], facts: list[SingleFact]) -> bool:
    """Whether the key of a phrase stands beside a word of it."""
    around = ["", *tokens, ""]
    return any(
        fact.bits & NEEDS_PARTNER
        and among(fact.reading, around[place], around[place + 2]) is not NOTHING
        for place, fact in enumerate(facts)
        if fact.reading
    )


def _pieces(sentences: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches of sentences that go through the arrays together."""
    start = size = 0
    for place, length in enumerate(map(len, sentences)):
        if place - start == CHUNK or (size + length > WIDEST and place > start):
            yield start, place
            start, size = place, 0
        size += length
    if start < len(sentences):
        yield start, len(sentences)
