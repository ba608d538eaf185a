"""Six classifiers over one feature matrix, with thresholds of the best F1 out of fold."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import StratifiedGroupKFold

CUTS = (1, 2, 3)
FOLDS = 3


class Columns:
    """``make`` gives a fresh classifier. Decision values are turned into probabilities by a
    sigmoid fitted on those of held-out folds (documents kept together)."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._fitted: dict[str, list[tuple[Any, Any] | None]] = {}

    def fit(self, features: Any, levels: dict[str, list[Any]], groups: list[str]) -> dict[str, Any]:
        """Fit every column; the thresholds."""
        thresholds: dict[str, Any] = {}
        for label, given in levels.items():
            known = np.array([level is not None for level in given])
            rows = np.flatnonzero(known)
            truth = np.array([given[row] for row in rows])
            parts = [
                self._column(features[rows], truth >= cut, np.array(groups)[rows]) for cut in CUTS
            ]
            self._fitted[label] = [part and part[:2] for part in parts]
            thresholds[label] = [part[2] if part else 0.5 for part in parts]
        return thresholds

    def _column(self, features: Any, truth: Any, groups: Any) -> tuple[Any, Any, float] | None:
        if truth.sum() < 2 * FOLDS or (~truth).sum() < 2 * FOLDS:
            return None  # too few to learn or to hold out
        held_out = np.zeros(len(truth))
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=5)
        for fit, test in folds.split(features, truth, groups):
            model = self._make().fit(features[fit], truth[fit])
            held_out[test] = model.decision_function(features[test])
        sigmoid = LogisticRegression(C=1e6).fit(held_out[:, None], truth)
        chances = sigmoid.predict_proba(held_out[:, None])[:, 1]
        precision, recall, cuts = precision_recall_curve(truth, chances)
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        model = self._make().fit(features, truth)
        return model, sigmoid, float(cuts[f1[:-1].argmax()])

    def score(self, features: Any) -> dict[str, list[list[float]]]:
        found = {}
        for label, parts in self._fitted.items():
            columns = [
                part[1].predict_proba(part[0].decision_function(features)[:, None])[:, 1]
                if part
                else np.zeros(features.shape[0])
                for part in parts
            ]
            found[label] = np.stack(columns, axis=1).tolist()
        return found
