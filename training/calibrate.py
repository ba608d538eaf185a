"""held-out logits -> probabilities and thresholds, by rules stated here.

Calibration is a monotone curve through knots: means of equal-mass bins of held-out logits, pulled
towards a logistic curve (Platt 1999) where a bin holds few rows, made increasing (isotonic
regression). Thresholds: see :func:`choose_threshold`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve

Floats = NDArray[np.float64]

#: Knots of a calibration curve; the artefact has as many in each column.
KNOTS = 24
#: The logistic curve counts as so many rows in each bin.
PRIOR_ROWS = 4.0
#: A column with fewer positives than this gets the logistic curve alone.
FEW_POSITIVES = 30
#: Thresholds whose F1 lies so near the best are equally good, for cuts 1, 2, 3. The first has two
#: to three times the positives of the others; the second earns the warning, and recall is what is
#: asked of it: where that cannot be had, more of F1 is given up for it.
FLAT = (0.001, 0.005, 0.003)


@dataclass(frozen=True)
class Curve:
    """Knots of one column: logits strictly increasing, probabilities strictly increasing."""

    x: Floats
    y: Floats

    def __call__(self, logits: Floats) -> Floats:
        result: Floats = np.interp(logits, self.x, self.y)
        return result


def fit_curve(logits: Floats, reached: NDArray[np.bool_]) -> Curve:
    """The curve of one column from held-out logits (finite) and whether the cut was reached."""
    low, high = (float(logits.min()), float(logits.max())) if len(logits) else (-8.0, 8.0)
    if not reached.any() or reached.all():
        flat = 0.001 if not reached.any() else 0.999
        x = np.linspace(low - 1, high + 1, KNOTS)
        return Curve(x, flat + np.linspace(-5e-4, 5e-4, KNOTS))
    platt = LogisticRegression(C=1e3).fit(logits[:, None], reached)
    slope, shift = max(float(platt.coef_[0, 0]), 1e-3), float(platt.intercept_[0])

    def prior(at: Floats) -> Floats:
        result: Floats = 1 / (1 + np.exp(-np.clip(slope * at + shift, -30, 30)))
        return result

    if reached.sum() < FEW_POSITIVES:
        x = np.linspace(min(low, high - 12), high + 1, KNOTS)
        return _increasing(x, prior(x))
    # Bins hold equal shares of the rows' spread in probability, so that they are fine where
    # the decision lies and not where the many clean rows lie.
    spread = np.maximum(prior(logits) * (1 - prior(logits)), 1e-4)
    order = np.argsort(logits, kind="stable")
    mass = np.cumsum(spread[order])
    bins = np.minimum((mass / mass[-1] * (KNOTS - 2)).astype(int), KNOTS - 3)
    x, y, w = [], [], []
    for place in range(KNOTS - 2):
        rows = order[bins == place]
        if not len(rows):
            continue
        at = float(np.average(logits[rows], weights=spread[rows]))
        guess = float(prior(np.array([at]))[0])
        x.append(at)
        y.append((float(reached[rows].sum()) + PRIOR_ROWS * guess) / (len(rows) + PRIOR_ROWS))
        w.append(len(rows))
    fitted = IsotonicRegression().fit(x, y, sample_weight=w)
    ends = np.array([min(low, x[0]) - 1, max(high, x[-1]) + 1])
    x_all = np.array([ends[0], *x, ends[1]])
    y_mid = fitted.predict(x)
    y_all = np.array(
        [
            min(y_mid[0], float(prior(ends[:1])[0])),
            *y_mid,
            max(y_mid[-1], float(prior(ends[1:])[0])),
        ]
    )
    return _increasing(x_all, y_all)


def _increasing(x: Floats, y: Floats) -> Curve:
    """Exactly KNOTS knots, strictly increasing: equal probabilities would tie in a ranking."""
    at = np.interp(np.linspace(0, len(x) - 1, KNOTS), np.arange(len(x)), x)
    value = np.clip(np.interp(at, x, y), 1e-5, 1 - 1e-5)
    at = np.maximum.accumulate(at) + np.arange(KNOTS) * 1e-5
    value = np.maximum.accumulate(value) + np.arange(KNOTS) * 2e-7
    return Curve(at, np.minimum(value, 1.0))


def choose_threshold(
    scores: Floats,
    reached: NDArray[np.bool_],
    weights: Floats | None = None,
    *,
    recall: float | None = None,
    precision: float = 0.7,
    flat: float = 0.0,
    cautious: bool = False,
) -> tuple[float, dict[str, Any]]:
    """The threshold of one column and what it does on the rows given.

    The rule: among thresholds with at least ``recall`` and ``precision``, that of best F1; where
    there is none, or no recall is asked, that of best F1. The top of F1 is flat, and where on it
    the best lies is chance: of all thresholds within ``flat`` of the best the one in the middle of
    their range is taken, or, being ``cautious``, the lowest, which misses least.
    """
    if not reached.any():
        return 0.5, {"rule": "no positives: 0.5"}
    p, r, t = precision_recall_curve(reached, scores, sample_weight=weights)
    p, r = p[:-1], r[:-1]
    f1 = 2 * p * r / np.maximum(p + r, 1e-12)
    allowed = np.ones(len(t), bool)
    rule = "best F1"
    if recall is not None and ((r >= recall) & (p >= precision)).any():
        allowed = (r >= recall) & (p >= precision)
        rule = f"best F1 with recall >= {recall:g} and precision >= {precision:g}"
    good = np.flatnonzero(allowed & (f1 >= f1[allowed].max() - flat))
    middle = (t[good[0]] + t[good[-1]]) / 2
    best = good[0] if cautious else good[np.argmin(np.abs(t[good] - middle))]
    threshold = float(np.round(t[best] - 5e-5, 4))
    measured = {"precision": p[best], "recall": r[best], "f1": f1[best]}
    return max(threshold, 1e-4), {
        "rule": rule,
        **{k: round(float(v), 4) for k, v in measured.items()},
    }


def expected_calibration_error(scores: Floats, reached: NDArray[np.bool_], bins: int = 15) -> float:
    """Mean gap between probability and frequency over equal-mass bins (Naeini et al. 2015)."""
    if not len(scores):
        return 0.0
    order = np.argsort(scores, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    gaps = [abs(scores[part].mean() - reached[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(order))
