"""Precision-recall curves, thinned so that a report stays small."""

from typing import Final

import numpy as np
from sklearn.metrics import precision_recall_curve

from classifier.evaluate.estimates import Floats
from classifier.evaluate.metrics import Bools

#: More points than a plot of 400 pixels shows.
POINTS: Final = 200


def precision_recall(truth: Bools, scores: Floats) -> list[tuple[float, float, float]]:
    """(recall, precision, threshold), thresholds rising, so recall falls; [] without positives.

    Every point is reached by a threshold; the curve's conventional end at recall 0 is left out.
    """
    if not truth.any():
        return []
    precision, recall, thresholds = precision_recall_curve(truth, scores)
    steps = np.flatnonzero(np.diff(recall))  # of equal recalls, the most precise
    if len(steps) > POINTS:
        steps = steps[np.linspace(0, len(steps) - 1, POINTS).round().astype(int)]
    return [
        (round(float(recall[i]), 4), round(float(precision[i]), 4), round(float(thresholds[i]), 4))
        for i in steps
    ]
