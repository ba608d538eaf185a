"""instances -> weights: a linear model whose rows are as strong as their strongest instance.

A row (a labelled sentence) has instances: its segments for violence, its hits for profanity. The
row's logit is the highest of its instances' (``classifier/features.py`` says why), so the fit is
multiple-instance learning in the manner of MI-SVM (Andrews, Tsochantaridis, Hofmann 2003): a
first model from rows with one instance picks the instance that speaks for each positive row with
several; every instance of a negative row is negative.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

from classifier.taxonomy import CUTS

Matrix = sparse.csr_matrix
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Rounds of picking the instance that speaks for a row; more changed nothing in trials.
ROUNDS = 2
#: Steps of the solver in a round.
ITERATIONS = 100


@dataclass(frozen=True)
class Instances:
    """TF-IDF rows of all instances; ``row[i]`` is the labelled row that instance ``i`` is of."""

    features: Matrix  # (instances, features)
    row: Ints  # (instances,), not decreasing
    rows: int

    def of(self, chosen: Ints) -> "Instances":
        """The instances of the rows ``chosen`` (sorted), renumbered from 0."""
        place = np.full(self.rows, -1)
        place[chosen] = np.arange(len(chosen))
        kept = np.flatnonzero(place[self.row] >= 0)
        return Instances(self.features[kept], place[self.row[kept]], len(chosen))


@dataclass(frozen=True)
class Heads:
    """One linear model a cut: weights ``(features, 3)`` and bias ``(3,)``."""

    weights: Floats
    bias: Floats

    def logits(self, instances: Instances) -> Floats:
        """Shape ``(rows, 3)``; a row without instances has minus infinity."""
        each = np.asarray(instances.features @ self.weights) + self.bias
        logits = np.full((instances.rows, len(CUTS)), -np.inf)
        np.maximum.at(logits, instances.row, each)
        return logits


class Vocabulary:
    """Features by name with their IDF: scikit-learn's CountVectorizer and TfidfTransformer.

    ``least`` is the least number of instances a feature must stand in.
    """

    def __init__(self, least: int) -> None:
        self._count = CountVectorizer(analyzer=as_is, min_df=least, dtype=np.float64)
        # No length normalisation: a word's share must not depend on the words beside it.
        self._tfidf = TfidfTransformer(norm=None)

    def fit(self, documents: Sequence[Sequence[str]]) -> Matrix:
        counts = self._count.fit_transform(documents)
        return self._tfidf.fit_transform(counts).tocsr()

    @property
    def names(self) -> list[str]:
        return list(self._count.get_feature_names_out())

    @property
    def idf(self) -> Floats:
        idf: Floats = self._tfidf.idf_
        return idf


def as_is(document: Sequence[str]) -> Sequence[str]:
    """The analyzer of documents that are lists of features already."""
    return document


def fit_heads(
    instances: Instances,
    targets: Floats,
    weights: Floats,
    strength: float | Sequence[float],
    *,
    solver: str = "lbfgs",
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Heads:
    """A head for each cut. ``targets`` (rows, 3) are probabilities that the row reaches the cut:
    0 and 1 for labels, between for a teacher's opinion. ``strength`` is scikit-learn's C;
    ``solver`` its solver: "lbfgs" takes a tenth of the time of "liblinear", which is more exact.

    A cut that no row, or every row, reaches cannot be fitted: its weights are 0 and its bias says
    what was seen.
    """
    strengths = [strength] * len(CUTS) if isinstance(strength, float) else list(strength)
    columns, biases = [], []
    for cut, c in zip(range(len(CUTS)), strengths, strict=True):
        progress(f"head {cut + 1} of {len(CUTS)}")
        weight, bias = _fit_head(instances, targets[:, cut], weights, c, solver, seed)
        columns.append(weight)
        biases.append(bias)
    return Heads(np.column_stack(columns), np.array(biases))


def _fit_head(
    instances: Instances, target: Floats, weights: Floats, strength: float, solver: str, seed: int
) -> tuple[Floats, float]:
    row_target = target[instances.row]
    count = np.bincount(instances.row, minlength=instances.rows)
    alone = count[instances.row] == 1
    positive = row_target >= 0.5
    chosen = alone | ~positive
    if not (chosen & positive).any():
        chosen = np.ones(len(chosen), bool)
    if not positive.any() or positive.all():
        return np.zeros(instances.features.shape[1]), -10.0 if not positive.any() else 10.0
    # A negative row of many instances must not weigh as many rows.
    each_weight = weights[instances.row] / np.where(positive, 1, np.sqrt(count[instances.row]))
    # The second round starts from the first one's weights: few instances change.
    warm = solver != "liblinear"  # which cannot
    model = LogisticRegression(
        C=strength, solver=solver, max_iter=ITERATIONS, warm_start=warm, random_state=seed
    )
    for turn in range(ROUNDS):
        if turn:
            each = model.decision_function(instances.features)
            chosen = ~positive | _strongest(each, instances.row, instances.rows)
        _logistic(model, instances.features[chosen], row_target[chosen], each_weight[chosen])
        if count.max() <= 1:
            break
    return model.coef_[0].astype(np.float64), float(model.intercept_[0])


def _strongest(each: Floats, row: Ints, rows: int) -> NDArray[np.bool_]:
    """Which instance of each row is its highest (the first of equals)."""
    best = np.full(rows, -np.inf)
    np.maximum.at(best, row, each)
    top = np.flatnonzero(each == best[row])
    first = np.unique(row[top], return_index=True)[1]
    mask = np.zeros(len(each), bool)
    mask[top[first]] = True
    return mask


def _logistic(model: LogisticRegression, features: Matrix, target: Floats, weights: Floats) -> None:
    """Fit; a target between 0 and 1 counts as both, in parts."""
    sure = (target < 0.02) | (target > 0.98)
    if sure.all():
        x, y, w = features, target > 0.5, weights
    else:
        part = features[~sure]
        x = sparse.vstack([features[sure], part, part]).tocsr()
        y = np.concatenate(
            [target[sure] > 0.5, np.ones(part.shape[0], bool), np.zeros(part.shape[0], bool)]
        )
        soft, w_soft = target[~sure], weights[~sure]
        w = np.concatenate([weights[sure], w_soft * soft, w_soft * (1 - soft)])
    with warnings.catch_warnings():
        # ITERATIONS is where more of them no longer move the held-out figures, not convergence
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(x, y, sample_weight=w)


def targets_of(levels: Ints) -> Floats:
    """Levels (rows,) as 0/1 for each cut: (rows, 3)."""
    return (levels[:, None] >= np.array(CUTS)).astype(float)


def flatten(per_row: Sequence[Sequence[Any]]) -> tuple[list[Any], Ints]:
    """Instances of all rows in one list, and the row of each."""
    row = np.repeat(np.arange(len(per_row)), [len(found) for found in per_row])
    return list(chain.from_iterable(per_row)), row
