"""rows -> a model: features, cross-validated logits, calibration, thresholds, arrays."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from classifier import features
from classifier.model import Arrays
from classifier.pair_table import pair_keys
from classifier.taxonomy import CUTS, LABELS, Label
from training.calibrate import FLAT, Curve, choose_threshold, expected_calibration_error, fit_curve
from training.classes import load_classes
from training.data import fold_of, group_of
from training.fit import (
    Floats,
    Heads,
    Instances,
    Matrix,
    Vocabulary,
    as_is,
    fit_heads,
    flatten,
    targets_of,
)
from training.labels import Row
from training.opinions import Soft

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """What was chosen on cross-validation (training/EXPERIMENTS.md), and how to measure it."""

    #: scikit-learn's C of the violence heads and of the profanity heads, for cuts 1, 2, 3.
    violence_strength: tuple[float, float, float] = (0.03, 0.03, 0.03)
    profanity_strength: tuple[float, float, float] = (0.05, 0.05, 0.05)
    #: What the teacher's opinion of a sentence weighs beside a label, and that of a variant of it.
    opinion_weights: tuple[float, float] = (0.5, 0.25)
    #: Segments a word, a pair and a character n-gram must stand in; hits for a hit feature.
    least_word: int = 3
    least_pair: int = 5
    least_char: int = 4
    least_class: int = 5
    least_hit: int = 2
    #: Whether character n-grams are features of all words or only stand in for unknown ones.
    chars: bool = False
    #: Whether words bring their classes along (training/classes.py).
    classes: bool = True
    #: scikit-learn's solver (training/fit.py).
    solver: str = "lbfgs"
    folds: int = 5
    seed: int = 0
    #: Where of equally good thresholds the lowest is taken: whether there is violence at all or of
    #: the kind that earns a warning, and profanity, of which a single word that is missed is a
    #: complaint. Between violence 2 and 3, which share their warning, neither side is worse.
    cautious: frozenset[tuple[Label, int]] = frozenset(
        {("violence", 1), ("violence", 2), ("profanity", 1), ("profanity", 2), ("profanity", 3)}
    )
    #: Asked of level 2 and more when thresholds are chosen, while precision stays >= 0.7.
    recall: float = 0.9
    #: Weights smaller than this share of a head's largest are left out of the artefact.
    prune: float = 0.002
    #: Weights of words, pairs and n-grams are rounded to half precision (eleven bits): a logit
    #: moves by some thousandths, and they take half the room.
    half: bool = True
    jobs: int = field(default_factory=lambda: min(2, os.cpu_count() or 1))


@dataclass(frozen=True)
class Built:
    """A model with what was measured on held-out folds."""

    arrays: Arrays
    thresholds: dict[Label, list[float]]
    #: held-out probabilities (rows, 6) in the order of the rows, NaN where a label is missing
    held_out: Floats
    report: dict[str, Any]


def build(
    rows: Sequence[Row],
    settings: Settings = Settings(),
    soft: Soft | None = None,
    progress: Progress = lambda _: None,
) -> Built:
    """Fit, calibrate and choose thresholds. Says in ``report`` what was too little to fit."""
    folds = np.array([fold_of(group_of(row), settings.folds) for row in rows])
    held_out = np.full((len(rows), 2 * len(CUTS)), np.nan)
    report: dict[str, Any] = {"rows": len(rows)}
    parts: dict[Label, _Part] = {}
    curves: list[Curve] = []
    thresholds: dict[Label, list[float]] = {}
    no_hit = np.full(3, 1e-3)
    for label in LABELS:
        levels = [getattr(row, label) for row in rows]
        chosen = np.array([place for place, level in enumerate(levels) if level is not None], int)
        texts = [rows[place].text for place in chosen]
        level = np.array([levels[place] for place in chosen], int)
        progress(f"{label}: reading {len(texts):,} rows")
        extra = soft if label == "violence" else None
        part = (
            violence_part(texts, settings, extra)
            if label == "violence"
            else _hit_part(texts, settings)
        )
        progress(f"{label}: {part.instances.features.shape[1]:,} features, {settings.folds} folds")
        strength = (
            settings.violence_strength if label == "violence" else settings.profanity_strength
        )
        logits = _held_out(part, targets_of(level), folds[chosen], strength, settings, extra)
        progress(f"{label}: all rows")
        part.heads = fit_part(
            part, targets_of(level), np.arange(len(level)), strength, settings, extra
        )
        parts[label] = part
        silent = np.isneginf(logits[:, 0])
        if label == "profanity" and silent.any():
            no_hit = np.clip(
                (targets_of(level)[silent].sum(axis=0) + 0.5) / (silent.sum() + 50), 1e-4, 0.5
            )
            no_hit = np.minimum.accumulate(no_hit)
        scores = np.empty((len(level), 3))
        for cut in range(3):
            reached = level >= cut + 1
            curve = fit_curve(logits[~silent, cut], reached[~silent])
            curves.append(curve)
            scores[:, cut] = curve(logits[:, cut])
        scores[silent] = no_hit
        scores = np.minimum.accumulate(scores, axis=1)
        thresholds[label], report[label] = _thresholds(label, scores, level, settings)
        held_out[chosen, LABELS.index(label) * 3 : LABELS.index(label) * 3 + 3] = scores
    arrays = _arrays(parts, curves, no_hit, settings)
    return Built(arrays, thresholds, held_out, report)


def _thresholds(
    label: Label, scores: Floats, level: Any, settings: Settings
) -> tuple[list[float], dict[str, Any]]:
    cuts, said = [], {}
    for cut in CUTS:
        column = scores[:, cut - 1]
        reached = level >= cut
        recall = settings.recall if cut == 2 else None
        threshold, measured = choose_threshold(
            column, reached, recall=recall, flat=FLAT[cut - 1],
            cautious=(label, cut) in settings.cautious,
        )  # fmt: skip
        cuts.append(threshold)
        high = column >= 0.1
        said[str(cut)] = {
            "positives": int(reached.sum()),
            "threshold": threshold,
            **measured,
            "ece": round(expected_calibration_error(column, reached), 4),
            "ece_from_0.1": round(expected_calibration_error(column[high], reached[high]), 4),
        }
        if reached.sum() < 20:
            said[str(cut)]["warning"] = f"only {int(reached.sum())} positives: too few to trust"
    return cuts, said


# --- one label's features -------------------------------------------------------------------------


@dataclass
class _Part:
    instances: Instances
    names: list[str]
    idf: Floats
    #: for violence: how many features are words, pairs, character n-grams, word classes
    sizes: tuple[int, int, int, int] = (0, 0, 0, 0)
    soft: Instances | None = None
    heads: Heads | None = None

    def weights(self) -> Floats:
        """Weight of one occurrence of each feature: the head's, times the IDF."""
        assert self.heads is not None
        return self.heads.weights * self.idf[:, None]


def _hit_part(texts: Sequence[str], settings: Settings) -> _Part:
    hits, row = flatten([[names for _, names in features.hits(text)] for text in texts])
    if not hits:
        empty = sparse.csr_matrix((0, 1))
        return _Part(Instances(empty, row, len(texts)), ["*"], np.ones(1))
    vocabulary = Vocabulary(min(settings.least_hit, len(hits)))
    matrix = vocabulary.fit(hits)
    return _Part(Instances(matrix, row, len(texts)), vocabulary.names, vocabulary.idf)


def violence_part(texts: Sequence[str], settings: Settings, soft: Soft | None) -> _Part:
    extra = soft.texts if soft else []
    segments, row = flatten([features.segments(text) or [[]] for text in [*texts, *extra]])
    size = len(segments)
    if not any(segments):  # a label that nobody gave, or rows without a single word
        empty = sparse.csr_matrix((size, 1))
        return _Part(Instances(empty, row, len(texts)), ["#"], np.ones(1))
    words = _Counted(segments, settings.least_word)
    pairs = _Counted(
        [[f"{a} {b}" for a, b in pairwise(segment)] for segment in segments], settings.least_pair
    )
    matrices: list[Matrix] = [words.matrix, pairs.matrix]
    names = [*words.names, *pairs.names]
    chars: list[str] = []
    if settings.chars:
        # Counting every n-gram of every word of every segment, by way of the distinct words.
        every = CountVectorizer(analyzer=as_is, dtype=np.float64)
        by_word = every.fit_transform(segments)
        spelled = CountVectorizer(analyzer=as_is, dtype=np.float64)
        ngrams = spelled.fit_transform(
            [list(features.char_ngrams(word)) for word in every.get_feature_names_out()]
        )
        counted = (by_word @ ngrams).tocsr()
        often = np.flatnonzero(
            np.bincount(counted.indices, minlength=counted.shape[1]) >= settings.least_char
        )
        matrices.append(counted[:, often])
        chars = list(spelled.get_feature_names_out()[often])
        names += chars
    classes = load_classes() if settings.classes else {}
    kinds = _Counted(
        [[kind for word in segment for kind in classes.get(word, ())] for segment in segments],
        settings.least_class,
    )
    matrices.append(kinds.matrix)
    names += kinds.names
    matrix = sparse.hstack(matrices).tocsr()
    tfidf = TfidfTransformer(norm=None).fit(matrix)
    matrix = tfidf.transform(matrix).tocsr()
    sizes = (len(words.names), len(pairs.names), len(chars), len(kinds.names))
    own = int(np.searchsorted(row, len(texts)))
    part = _Part(Instances(matrix[:own], row[:own], len(texts)), names, tfidf.idf_, sizes)
    if extra:
        part.soft = Instances(matrix[own:], row[own:] - len(texts), len(extra))
    assert own <= size
    return part


class _Counted:
    """Counts of a list of features a segment, those that stand in at least ``least`` segments."""

    def __init__(self, documents: Sequence[Sequence[str]], least: int) -> None:
        counter = CountVectorizer(analyzer=as_is, min_df=least, dtype=np.float64)
        try:
            self.matrix = counter.fit_transform(documents)
        except ValueError:  # no feature stands in so many documents
            self.matrix, self.names = sparse.csr_matrix((len(documents), 0)), []
            return
        self.names = list(counter.get_feature_names_out())


# --- fitting --------------------------------------------------------------------------------------


def _held_out(
    part: _Part, targets: Floats, folds: Any, strength: Any, settings: Settings, soft: Soft | None
) -> Floats:
    """Logits of each row by a model that has not seen its document."""
    present = [
        fold for fold in range(settings.folds) if (folds == fold).any() and (folds != fold).any()
    ]

    def one(fold: int) -> tuple[Any, Floats]:
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        known = known_outside(soft, fold, settings.folds)
        heads = fit_part(part, targets, inside, strength, settings, soft, known)
        return outside, heads.logits(part.instances.of(outside))

    logits = np.full((len(targets), 3), -np.inf)
    for outside, found in Parallel(n_jobs=settings.jobs)(delayed(one)(fold) for fold in present):
        logits[outside] = found
    return logits


def known_outside(soft: Soft | None, fold: int, folds: int) -> Any:
    """The opinions of sentences whose document is not in ``fold``: what may be learned from when
    this fold is held out."""
    return np.array([place for place, group in enumerate(soft.groups if soft else ())
                     if fold_of(group, folds) != fold], int)  # fmt: skip


def fit_part(
    part: _Part,
    targets: Floats,
    chosen: Any,
    strength: Any,
    settings: Settings,
    soft: Soft | None,
    known: Any = None,
) -> Heads:
    """Fit on the rows ``chosen`` and the opinions ``known`` (all of them if None)."""
    instances, target = part.instances.of(chosen), targets[chosen]
    weights = np.ones(len(chosen))
    if soft and part.soft:
        known = np.arange(part.soft.rows) if known is None else known
        of_sentence, of_variant = settings.opinion_weights
        instances = _together(instances, part.soft.of(known))
        target = np.vstack([target, soft.probabilities[known]])
        weights = np.concatenate([weights, np.where(soft.varied[known], of_variant, of_sentence)])
    if not instances.features.shape[0]:
        return Heads(np.zeros((part.instances.features.shape[1], 3)), np.full(3, -10.0))
    return fit_heads(
        instances, target, weights, strength, solver=settings.solver, seed=settings.seed
    )


def _together(one: Instances, other: Instances) -> Instances:
    """The rows of both. Neither is held on to: with millions of opinions each copy is a
    gigabyte."""
    return Instances(
        sparse.vstack([one.features, other.features]).tocsr(),
        np.concatenate([one.row, other.row + one.rows]),
        one.rows + other.rows,
    )


# --- into the artefact ----------------------------------------------------------------------------


def _arrays(
    parts: dict[Label, _Part], curves: list[Curve], no_hit: Floats, settings: Settings
) -> Arrays:
    violence, profanity = parts["violence"], parts["profanity"]
    assert violence.heads is not None
    assert profanity.heads is not None
    (words, word_weights), (pairs, pair_weights), (chars, char_weights), kinds = _split(violence)
    words, word_weights = _with_classes(words, word_weights, *kinds)
    char_kept = _worth(char_weights, settings)
    chars = [name for name, kept in zip(chars, char_kept, strict=True) if kept]
    char_weights = char_weights[char_kept]
    place = {name: row for row, name in enumerate(chars)}
    for row, word in enumerate(words):  # a word's n-grams are folded into its own weight
        known = [place[ngram] for ngram in features.char_ngrams(word) if ngram in place]
        word_weights[row] += char_weights[known].sum(axis=0)
    pair_kept = _worth(pair_weights, settings)
    ids = {word: row for row, word in enumerate(words)}
    kept_pairs = sorted(
        (ids[first], ids[second], row)
        for row in np.flatnonzero(pair_kept)
        for first, second in [pairs[row].split(" ")]
        if first in ids and second in ids
    )
    order = [row for _, _, row in kept_pairs]
    hit_weights = profanity.weights()
    kind = np.float16 if settings.half else np.float32
    hit_kept = _worth(hit_weights, settings)
    return Arrays(
        words=words,
        word_weights=word_weights.astype(kind),
        pairs=pair_keys(*np.array([pair[:2] for pair in kept_pairs], np.int32).reshape(-1, 2).T),
        pair_weights=pair_weights[order].astype(kind),
        chars=chars,
        char_weights=char_weights.astype(kind),
        violence_bias=violence.heads.bias.astype(np.float32),
        hit_features=[name for name, kept in zip(profanity.names, hit_kept, strict=True) if kept],
        hit_weights=hit_weights[hit_kept].astype(np.float32),
        hit_bias=profanity.heads.bias.astype(np.float32),
        no_hit=no_hit.astype(np.float32),
        calibration_x=np.array([curve.x for curve in curves], np.float32),
        calibration_y=np.array([curve.y for curve in curves], np.float32),
    )


def _split(part: _Part) -> list[tuple[list[str], Floats]]:
    """Names and weights of words, pairs, character n-grams and word classes."""
    weights = part.weights()
    ends = np.cumsum(part.sizes)
    return [
        (part.names[end - size : end], weights[end - size : end].copy())
        for size, end in zip(part.sizes, ends, strict=True)
    ]


def _with_classes(
    words: list[str], weights: Floats, kinds: list[str], kind_weights: Floats
) -> tuple[list[str], Floats]:
    """The words with the weights of their classes folded in, and further words that have only
    those: a word the rows never showed is known by its kind. Sorted."""
    place = {name: row for row, name in enumerate(kinds)}
    table = dict(zip(words, weights, strict=True))
    for word, features_of in load_classes().items():
        known = [place[kind] for kind in features_of if kind in place]
        if known:
            table[word] = table.get(word, 0) + kind_weights[known].sum(axis=0)
    ordered = sorted(table)
    return ordered, np.array([table[word] for word in ordered]).reshape(-1, len(CUTS))


def _worth(weights: Floats, settings: Settings) -> Any:
    """Rows with a weight that can be seen in a probability."""
    if not len(weights):
        return np.zeros(0, bool)
    return (np.abs(weights) > settings.prune * max(1.0, float(np.abs(weights).max()))).any(axis=1)
