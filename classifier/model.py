"""Model: arrays + metadata; load, save, ``score(sentences) -> (n, 6)``.

The arithmetic is that of a scikit-learn pipeline (TF-IDF without length normalisation, linear
models, calibration), rearranged for speed: since nothing is normalised by length, a token's
contribution is a constant, computed once and kept in a :class:`TokenTable`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier import features, normalize
from classifier.features import MAX_TOKEN
from classifier.profanity import Located, TokenReading, read_token
from classifier.taxonomy import COLUMNS, CUTS, LABELS, Label, columns_of
from classifier.tokens import (
    continues,
    core,
    inside_signs,
    is_letter,
    needs_letter,
    quiet_reading,
    quiet_word,
)

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]
Triple = tuple[float, float, float]
#: Of one token: its weights, first and last word id, bits and reading.
Fact = tuple[Triple, int, int, int, TokenReading]

#: Texts that go through the arrays together: enough to amortise numpy's calls, few enough to
#: stay in the cache (measured without hits: 256 take 9 us a sentence, 1,024 take 7.5).
CHUNK = 1024
#: A text of at most so many characters that comes alone is summed without arrays, whose calls
#: would take longer (measured: at 400 characters they are alike).
SMALL = 400
#: Distinct tokens remembered, about 200 bytes each; then the table starts again.
MAX_TOKENS = 120_000

#: What a token is, as bits: it may end or begin a segment; it holds a hit or may be part of one
#: over several tokens; that only beside a lone letter; it is a lone letter; it may follow one.
_ENDS, _STARTS, _MATTERS, _NEEDS_LETTER, _LETTER, _CONTINUES = 1, 2, 4, 8, 16, 32


#: With which character a token must end that ends a segment (features.ends_segment).
_LAST = frozenset(".!?…\"'”’)]")


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

    def __init__(self, model: "Model", most: float | None = None) -> None:
        """``most`` distinct tokens, :data:`MAX_TOKENS` unless given."""
        self._model = model
        self._most = MAX_TOKENS if most is None else most
        self._capacity = 4096
        self._new_arrays()
        self.rows: dict[str, int] = {}
        self.readings: list[TokenReading] = []
        self._words: dict[str, _Word] = {}
        self._facts: dict[str, Fact] = {}

    def _new_arrays(self) -> None:
        self.weights = np.zeros((self._capacity, 3))
        self.first = np.zeros(self._capacity, np.int32)
        self.last = np.zeros(self._capacity, np.int32)
        self.flags = np.zeros(self._capacity, np.uint8)

    def rows_of(self, tokens: list[str]) -> NDArray[np.int32]:
        """The row of each token; unseen ones are read first."""
        try:
            return np.fromiter(map(self.rows.__getitem__, tokens), np.int32, len(tokens))
        except KeyError:
            self._read(set(tokens).difference(self.rows))
            return np.fromiter(map(self.rows.__getitem__, tokens), np.int32, len(tokens))

    def facts_of(self, tokens: list[str]) -> list["Fact"]:
        """What is in the arrays about each token, as plain numbers."""
        facts = self._facts
        try:
            return [facts[token] for token in tokens]
        except KeyError:
            new = [token for token in set(tokens) if token not in facts]
            for token, row in zip(new, self.rows_of(new).tolist(), strict=True):
                weights: Triple = tuple(self.weights[row].tolist())
                ids = int(self.first[row]), int(self.last[row])
                facts[token] = (weights, *ids, int(self.flags[row]), self.readings[row])
            return [facts[token] for token in tokens]

    def _read(self, new: set[str]) -> None:
        if len(self.rows) + len(new) > self._most:
            self.rows.clear()
            self.readings.clear()
            self._words.clear()
            self._facts.clear()
            raise _TableFull
        begin = len(self.rows)
        end = begin + len(new)
        if end > self._capacity:
            self._grow(end)
        tokens = sorted(new)
        described = [self._describe(token) for token in tokens]
        words, bits, readings = zip(*described, strict=True)
        self.first[begin:end] = [word.first for word in words]
        self.last[begin:end] = [word.last for word in words]
        self.flags[begin:end] = bits
        self.weights[begin:end] = self._model.sums([word.rows for word in words])
        self.readings += readings
        self.rows.update(zip(tokens, range(begin, end), strict=True))

    def _grow(self, needed: int) -> None:
        size = self._capacity
        weights, first, last, flags = self.weights, self.first, self.last, self.flags
        self._capacity = max(needed, int(min(2 * self._capacity, self._most)))
        self._new_arrays()
        self.weights[:size], self.first[:size] = weights, first
        self.last[:size], self.flags[:size] = last, flags

    def _describe(self, token: str) -> tuple["_Word", int, TokenReading]:
        """The words of a token, its bits and its reading."""
        token_bits = _STARTS * features.starts_segment(token)
        if token[-1] in _LAST and features.ends_segment(token):
            token_bits |= _ENDS
        part = inside_signs(token)
        if len(part) > 1 and part.isascii() and part.isalpha():
            word = self._plain(part.lower())
            reading = word.reading
            if reading is None or not (part[1:].islower() or part.isupper()):
                reading = read_token(token[:MAX_TOKEN])
            bits = word.bits
        else:
            short = token[:MAX_TOKEN]
            word = self._model.word_of(normalize.words(short))
            reading = quiet_reading(part) or read_token(short)
            inner = core(short)
            bits = _LETTER * is_letter(inner) | _CONTINUES * continues(inner)
        if reading.matters:
            bits |= _NEEDS_LETTER if needs_letter(reading) else _MATTERS
        return word, token_bits | bits, reading

    def _plain(self, text: str) -> "_Word":
        """What is true of a plain word in any case and with any signs around it."""
        word = self._words.get(text)
        if word is None:
            short = text[:MAX_TOKEN]
            rows, first, last, *_ = self._model.word_of((short,))
            word = _Word(rows, first, last, _CONTINUES * continues(short), quiet_word(short))
            self._words[text] = word
        return word


class _Word(NamedTuple):
    """The words of a token: rows of all weights they add up to, ids of the first and the last
    (-1 unknown, -2 no word); for a plain word its bits, and its reading if it is always that."""

    rows: list[int]
    first: int
    last: int
    bits: int = 0
    reading: TokenReading | None = None


def _where_hits_may_be(flags: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Places of tokens that hold a hit, or may open one with their neighbours."""
    matters = flags & _MATTERS > 0
    needs = np.flatnonzero(flags & _NEEDS_LETTER)
    if len(needs):
        before = flags[np.maximum(needs - 1, 0)]
        after = flags[np.minimum(needs + 1, len(flags) - 1)]
        letter = flags[needs] & _LETTER > 0
        matters[needs] = np.where(letter, after & _CONTINUES > 0, (before | after) & _LETTER > 0)
    return np.flatnonzero(matters)


def _may_meet(before: int, flags: int) -> bool:
    """The same of two neighbours: whether one of them needs the other to be a hit."""
    if before & _NEEDS_LETTER and flags & (_CONTINUES if before & _LETTER else _LETTER):
        return True
    return bool(flags & _NEEDS_LETTER and not flags & _LETTER and before & _LETTER)


class _TableFull(Exception):
    """The token table was emptied in the middle of a chunk; the chunk is begun again."""


class Model:
    """The six calibrated probabilities of a sentence, and why."""

    def __init__(self, arrays: Arrays, metadata: dict[str, Any]) -> None:
        self.arrays = arrays
        self.metadata = metadata
        self.word_ids = {word: row for row, word in enumerate(arrays.words)}
        self._char_ids = {ngram: row for row, ngram in enumerate(arrays.chars)}
        hit_rows = map(tuple, arrays.hit_weights.tolist())
        self._hit_weights = dict(zip(arrays.hit_features, hit_rows, strict=True))
        self._pairs = _PairTable(arrays.pairs, len(arrays.words))
        #: rows of words, then of character n-grams, then of pairs
        self._weights = np.vstack([arrays.word_weights, arrays.char_weights, arrays.pair_weights])
        self._table = TokenTable(self)
        self._bias = arrays.violence_bias.astype(np.float64)
        self._hit_start: Triple = tuple(arrays.hit_bias.tolist())
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
        for start in range(0, len(sentences), CHUNK):
            chunk = sentences[start : start + CHUNK]
            scores[start : start + len(chunk)] = self._score_chunk(chunk)
        return scores

    def _score_one(self, tokens: list[str]) -> list[float]:
        """As ``_score_tokens`` for one text, without arrays, whose calls would take longer than
        the sums. Sums of float32 numbers in float64 do not depend on their order."""
        table = self._table
        try:
            facts = table.facts_of(tokens)
        except _TableFull:
            return [float(p) for p in self._score_chunk([" ".join(tokens)])[0]]
        best = [-np.inf] * 3
        sums = [0.0, 0.0, 0.0]
        starts = []
        ended = True
        last = -2
        matters = False
        before = 0
        for place, (weights, first_id, last_id, flags, _) in enumerate(facts):
            if ended and (flags & _STARTS or not place):
                if place:
                    best = list(map(max, best, sums))
                starts.append(place)
                sums = list(weights)
                last = -2
            else:
                sums = [x + y for x, y in zip(sums, weights, strict=True)]
            if first_id != -2:
                pair = self._pairs.find_one(last, first_id) if last >= 0 else -1
                if pair >= 0:
                    more = self.arrays.pair_weights[pair].tolist()
                    sums = [x + y for x, y in zip(sums, more, strict=True)]
                last = last_id
            ended = bool(flags & _ENDS)
            matters = matters or bool(flags & _MATTERS) or _may_meet(before, flags)
            before = flags
        best = list(map(max, best, sums))
        logits = [x + y for x, y in zip(best, self._bias_list, strict=True)]
        hit = self._strongest(tokens, [fact[4] for fact in facts], starts) if matters else None
        return self._calibrate_one(logits, hit)

    def _score_chunk(self, chunk: Sequence[str]) -> Floats:
        lists = [text.split() for text in chunk]
        try:
            return self._score_tokens(lists)
        except _TableFull:
            if len(chunk) == 1:
                return self._score_apart(lists[0])
            return np.vstack([self._score_chunk([text]) for text in chunk])

    def _score_apart(self, tokens: list[str]) -> Floats:
        """One text with more distinct tokens than the table holds: in a table of its own size,
        which is thrown away afterwards."""
        kept = self._table
        self._table = TokenTable(self, np.inf)
        try:
            return self._score_tokens([tokens])
        finally:
            self._table = kept

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
            matters = _where_hits_may_be(flags)
            if len(matters):
                self._add_hits(lists, logits, lengths, matters, rows, opens)
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
        matters: NDArray[np.intp],
        rows: NDArray[np.int32],
        opens: NDArray[np.bool_],
    ) -> None:
        """The logits of the strongest hit of each text that has a token at ``matters``."""
        ends = np.cumsum(lengths)
        for text in np.unique(np.searchsorted(ends, matters, side="right")).tolist():
            tokens = lists[text]
            span = slice(int(ends[text]) - len(tokens), int(ends[text]))
            readings = [self._table.readings[row] for row in rows[span].tolist()]
            starts = np.flatnonzero(opens[span]).tolist()
            strongest = self._strongest(tokens, readings, starts)
            if strongest:
                logits[text, 3:] = strongest

    def _strongest(
        self, tokens: list[str], readings: list[TokenReading], starts: list[int]
    ) -> Triple | None:
        """For each cut the highest logit among the hits of one text, None without hits."""
        found = features.hits_in(tokens, readings, starts)
        if not found:
            return None
        first, second, third = map(max, zip(*(self._hit_logit(n) for _, n in found), strict=True))
        return first, second, third

    def hits(self, tokens: list[str]) -> list[tuple[Located, Triple]]:
        """The hits among the tokens of one text, each with its three logits."""
        try:
            rows = self._table.rows_of(tokens).tolist()
            readings = [self._table.readings[row] for row in rows]
        except _TableFull:
            readings = [read_token(token[:MAX_TOKEN]) for token in tokens]
        return [
            (place, self._hit_logit(names))
            for place, names in features.hits_in(tokens, readings, features.segment_starts(tokens))
        ]

    def _hit_logit(self, names: list[str]) -> Triple:
        first, second, third = self._hit_start
        weights = self._hit_weights
        for name in names:
            row = weights.get(name)
            if row is not None:
                first += row[0]
                second += row[1]
                third += row[2]
        return first, second, third

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

    def word_of(self, words: Sequence[str]) -> _Word:
        """The words of one token as rows of the weights: each by itself, and their pairs."""
        rows: list[int] = []
        ids = [self.word_ids.get(word, -1) for word in words]
        for word, place in zip(words, ids, strict=True):
            if place >= 0:
                rows.append(place)
            else:
                rows += self._char_rows(word)
        if len(ids) > 1:
            chars = len(self.word_ids) + len(self._char_ids)
            found = (self._pairs.find_one(*pair) for pair in pairwise(ids))
            rows += [chars + pair for pair in found if pair >= 0]
        return _Word(rows, ids[0] if ids else -2, ids[-1] if ids else -2)

    def _char_rows(self, word: str) -> list[int]:
        ids, words = self._char_ids, len(self.word_ids)
        return [words + ids[ngram] for ngram in features.char_ngrams(word) if ngram in ids]

    def sums(self, rows: Sequence[list[int]]) -> Floats:
        """The sum of each list of rows of the weights: shape ``(n, 3)``."""
        lengths = np.array([len(some) for some in rows], np.intp)
        flat = np.fromiter(chain.from_iterable(rows), np.intp, int(lengths.sum()))
        total = np.zeros((len(rows), 3))
        filled = np.flatnonzero(lengths)
        if len(filled):
            starts = (np.cumsum(lengths) - lengths)[filled]
            weights = self._weights[flat].astype(np.float64)
            total[filled] = np.add.reduceat(weights, starts, axis=0)
        return total

    def unknown_word(self, word: str) -> Floats:
        """What a word outside the vocabulary contributes by its character n-grams."""
        ids = self._char_ids
        known = [ids[ngram] for ngram in features.char_ngrams(word) if ngram in ids]
        total: Floats = self.arrays.char_weights[known].sum(axis=0, dtype=np.float64)
        return total

    def pair_weight(self, first: int, second: int) -> Floats:
        """What a pair of word ids contributes; nothing if it is not known."""
        pair = self._pairs.find_one(first, second)
        return self.arrays.pair_weights[pair].astype(np.float64) if pair >= 0 else np.zeros(3)

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

    def find_one(self, first: int, second: int) -> int:
        """The row of one pair, -1 if it is not known."""
        if first < 0 or second < 0:
            return -1
        key = first * self.words + second
        place = (key * int(self._MULTIPLIER) & 0xFFFFFFFFFFFFFFFF) >> int(self._shift)
        for probe in range(place, place + self._probes):
            found = self._keys.item(probe)
            if found == key:
                return self._slots.item(probe)
            if found == -1:
                return -1
        return -1

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
