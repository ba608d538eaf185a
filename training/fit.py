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
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

from classifier.taxonomy import CUTS

Matrix = sparse.csr_matrix
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Rounds of picking the instance that speaks for a row; more changed nothing in trials.
ROUNDS = 2
#: Steps of the solver in a round: more no longer move the held-out figures.
ITERATIONS = 100


#: Nearer than this to 0 or 1 an opinion is not known: they are kept in 255ths.
FINEST = 0.003


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
    ``solver`` its solver where there are only labels: "lbfgs" takes a tenth of the time of
    "liblinear", which is more exact.

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
    fit = _Hard(strength, solver, seed) if _is_hard(target) else _Soft(strength)
    for turn in range(ROUNDS):
        if turn:
            each = instances.features @ fit.weights + fit.bias
            chosen = ~positive | _strongest(each, instances.row, instances.rows)
        fit.more(instances.features[chosen], row_target[chosen], each_weight[chosen])
        if count.max() <= 1:
            break
    return fit.weights.astype(np.float64), fit.bias


def _is_hard(target: Floats) -> bool:
    """Whether all targets are labels."""
    return bool(((target == 0) | (target == 1)).all())


class _Hard:
    """scikit-learn's logistic regression, for labels."""

    def __init__(self, strength: float, solver: str, seed: int) -> None:
        # The second round starts from the first one's weights: few instances change.
        warm = solver != "liblinear"  # which cannot
        self._model = LogisticRegression(
            C=strength, solver=solver, max_iter=ITERATIONS, warm_start=warm, random_state=seed
        )

    @property
    def weights(self) -> Floats:
        weights: Floats = self._model.coef_[0]
        return weights

    @property
    def bias(self) -> float:
        return float(self._model.intercept_[0])

    def more(self, features: Matrix, target: Floats, weights: Floats) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._model.fit(features, target > 0.5, sample_weight=weights)


class _Soft:
    """The same objective with targets between 0 and 1, which scikit-learn takes only as two rows
    each: twice the memory and the time, when there are two million of them."""

    def __init__(self, strength: float) -> None:
        self._strength = strength
        self._found: Floats = np.zeros(0)

    @property
    def weights(self) -> Floats:
        return self._found[:-1]

    @property
    def bias(self) -> float:
        return float(self._found[-1])

    def more(self, features: Matrix, target: Floats, weights: Floats) -> None:
        """Sum of the weighted log losses, times C, and half the squared weights, the bias free."""
        x = features.astype(np.float32)
        columns = x.T.tocsr()  # a product with it is faster than one with the transpose

        def objective(at: Floats) -> tuple[float, Floats]:
            own, bias = at[:-1], at[-1]
            each = (x @ own.astype(np.float32)).astype(np.float64) + bias
            loss = np.logaddexp(0, each) - target * each
            gap = weights * (expit(each) - target)
            slope = np.append(columns @ gap.astype(np.float32), gap.sum())
            slope *= self._strength
            slope[:-1] += own
            return self._strength * float(weights @ loss) + float(own @ own) / 2, slope

        start = self._found if len(self._found) else np.zeros(features.shape[1] + 1)
        # However it ends, what comes back is the best point seen: near the optimum of a small
        # problem it gives up because single precision shows no way down.
        self._found = minimize(
            objective, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}
        ).x


def _strongest(each: Floats, row: Ints, rows: int) -> NDArray[np.bool_]:
    """Which instance of each row is its highest (the first of equals)."""
    best = np.full(rows, -np.inf)
    np.maximum.at(best, row, each)
    top = np.flatnonzero(each == best[row])
    first = np.unique(row[top], return_index=True)[1]
    mask = np.zeros(len(each), bool)
    mask[top[first]] = True
    return mask


def targets_of(levels: Ints) -> Floats:
    """Levels (rows,) as 0/1 for each cut: (rows, 3)."""
    return (levels[:, None] >= np.array(CUTS)).astype(float)


def tempered(opinions: Floats, temperature: Sequence[float]) -> Floats:
    """Opinions ``(n, 3)`` as targets: logits divided by the temperature of each cut.

    A teacher that is sure of nearly everything tells little more than a label would; at a higher
    temperature the student also learns what the teacher finds more and less likely (Hinton,
    Vinyals and Dean 2015, "Distilling the knowledge in a neural network"). At 1 they stay as they
    are.

    >>> tempered(np.array([[0.9, 0.5, 0.0]]), (1, 2, 2)).round(3).tolist()
    [[0.9, 0.5, 0.052]]
    """
    warm = np.asarray(temperature, float)
    bounded = np.clip(opinions, FINEST, 1 - FINEST)
    return np.where(warm == 1, opinions, expit(logit(bounded) / warm))


def flatten(per_row: Sequence[Sequence[Any]]) -> tuple[list[Any], Ints]:
    """Instances of all rows in one list, and the row of each."""
    row = np.repeat(np.arange(len(per_row)), [len(found) for found in per_row])
    return list(chain.from_iterable(per_row)), row
