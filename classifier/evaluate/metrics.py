"""The figures of one column, and of the levels of one label.

Each has two forms that mean the same: scikit-learn's on the rows as they are (``sample_weight``
left out), and a vectorised one on a block of resamples (``(b, rows)`` counts from ``bootstrap``),
which the tests hold against scikit-learn's with those counts as sample weights. Undefined is NaN:
a recall without positives, a precision without flags, an area with one class only.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    cohen_kappa_score,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
)

from classifier.evaluate.bootstrap import Weights
from classifier.evaluate.estimates import Floats

Bools = NDArray[np.bool_]
Levels = NDArray[np.int64]

LEVELS: Final = (0, 1, 2, 3)


# --- One column: is the level reached? ----------------------------------------------------------


def precision_recall_f1(truth: Bools, flagged: Bools) -> tuple[float, float, float]:
    """Precision, recall and F1 of the flags."""
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, flagged, average="binary", zero_division=np.nan
    )
    return float(precision), float(recall), float(f1)


def precision_recall_f1_of(weights: Weights, truth: Bools, flagged: Bools) -> Floats:
    """The same for each resample: shape (3, b)."""
    cells = np.stack([truth & flagged, ~truth & flagged, truth & ~flagged], axis=1)
    right, false, missed = (weights @ cells.astype(np.float64)).T
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack(
            [
                right / (right + false),
                right / (right + missed),
                2 * right / (2 * right + false + missed),
            ]
        )


def average_precision(truth: Bools, scores: Floats) -> float:
    """Area under the precision-recall curve as the sum of steps; NaN without positives."""
    return float(average_precision_score(truth, scores)) if truth.any() else float("nan")


def average_precision_of(weights: Weights, truth: Bools, scores: Floats) -> Floats:
    """The same for each resample: shape (b,)."""
    order, ends = _descending(scores)
    drawn = weights[:, order]
    total = np.cumsum(drawn, axis=1)[:, ends]
    hits = np.cumsum(drawn * truth[order], axis=1)[:, ends]
    steps = np.diff(hits, axis=1, prepend=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(total > 0, hits / total, 0.0)
        area: Floats = (steps * precision).sum(axis=1) / hits[:, -1]
    return area


def roc_auc(truth: Bools, scores: Floats) -> float:
    """Chance that a positive is scored above a negative, ties half; NaN with one class."""
    if truth.all() or not truth.any():
        return float("nan")
    return float(roc_auc_score(truth, scores))


def roc_auc_of(weights: Weights, truth: Bools, scores: Floats) -> Floats:
    """The same for each resample: shape (b,)."""
    order, ends = _descending(scores)
    drawn = weights[:, order]
    hits = np.cumsum(drawn * truth[order], axis=1)[:, ends]
    misses = np.cumsum(drawn * ~truth[order], axis=1)[:, ends]
    negatives = np.diff(misses, axis=1, prepend=0.0)
    below = hits - np.diff(hits, axis=1, prepend=0.0) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        area: Floats = (negatives * below).sum(axis=1) / (hits[:, -1] * misses[:, -1])
    return area


def _descending(scores: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows from the highest score down, and where each run of equal scores ends."""
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    return order, ends


# --- The levels 0-3 of one label ----------------------------------------------------------------


def confusion(truth: Levels, levels: Levels) -> NDArray[np.int64]:
    """Rows: the true level; columns: the level given."""
    table: NDArray[np.int64] = confusion_matrix(truth, levels, labels=list(LEVELS))
    return table


def kappa(truth: Levels, levels: Levels) -> float:
    """Quadratic weighted kappa; NaN when truth or levels are all the same one."""
    if len(np.unique(truth)) < 2 and len(np.unique(levels)) < 2:
        return float("nan")
    return float(cohen_kappa_score(truth, levels, labels=list(LEVELS), weights="quadratic"))


def missed(truth: Levels, levels: Levels) -> float:
    """Of the rows of true level 2 or 3, the share that comes out as 0."""
    serious = truth >= 2
    return float((levels[serious] == 0).mean()) if serious.any() else float("nan")


def kappa_and_missed_of(weights: Weights, truth: Levels, levels: Levels) -> Floats:
    """Both for each resample: shape (2, b)."""
    cells = np.eye(16)[truth * 4 + levels]
    tables = (weights @ cells).reshape(-1, 4, 4)
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    distance = np.subtract.outer(np.arange(4), np.arange(4)) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = rows[:, :, None] * columns[:, None, :] / rows.sum(axis=1)[:, None, None]
        agreement = 1 - (tables * distance).sum(axis=(1, 2)) / (expected * distance).sum(
            axis=(1, 2)
        )
        lost = tables[:, 2:, 0].sum(axis=1) / rows[:, 2:].sum(axis=1)
    return np.stack([agreement, lost])
