"""Two systems on the same rows: paired bootstrap of each figure, McNemar's test of each cut."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from classifier.evaluate.bootstrap import RESAMPLES
from classifier.evaluate.estimates import estimate
from classifier.evaluate.labelled import Labelled
from classifier.evaluate.measure import Measured, measure, part_of
from classifier.evaluate.scored import Scored
from classifier.taxonomy import CUTS, LABELS

#: Compared for each cut and for each label.
OF_CUT = ("ap", "f1", "precision", "recall")
OF_LABEL = ("kappa",)


def compare(
    data: Labelled, first: Scored, second: Scored, resamples: int = RESAMPLES
) -> dict[str, Any]:
    """``{label: {"kappa": ..., "1": {"ap": ..., "mcnemar": ...}}}``; differences are second
    minus first, and both see the same resamples."""
    found: dict[str, Any] = {}
    for label in LABELS:
        a, b = part_of(data, first, label), part_of(data, second, label)
        if a is None or b is None:
            continue
        one, two = measure(a, resamples), measure(b, resamples)
        found[label] = {
            name: difference(one, two, name)
            for name in OF_LABEL
            if name in one.values and name in two.values
        }
        for place, cut in enumerate(CUTS):
            truth = a.truth >= cut
            right = a.flags[:, place] == truth, b.flags[:, place] == truth
            found[label][str(cut)] = {
                name: difference(one, two, f"{cut}.{name}") for name in OF_CUT
            } | {"mcnemar": mcnemar(*right)}
    return found


def difference(first: Measured, second: Measured, path: str) -> dict[str, Any]:
    """Both values, their difference with interval, and ``p``: twice the share of resamples on
    the thinner side of 0 (never below one over their number)."""
    a, b = first.values[path], second.values[path]
    found: dict[str, Any] = {
        "first": first.estimate(path).to_dict(),
        "second": second.estimate(path).to_dict(),
    }
    if path not in first.resampled or path not in second.resampled:
        return found | {"difference": estimate(b - a).to_dict(), "p": None}
    gaps = second.resampled[path] - first.resampled[path]
    kept = gaps[~np.isnan(gaps)]
    p = None
    if len(kept) and not np.isnan(b - a):
        thinner = min((kept <= 0).mean(), (kept >= 0).mean())
        p = round(float(min(1.0, max(2 * thinner, 1 / len(kept)))), 4)
    return found | {"difference": estimate(b - a, gaps).to_dict(), "p": p}


def mcnemar(first_right: NDArray[np.bool_], second_right: NDArray[np.bool_]) -> dict[str, Any]:
    """The exact test of whether two systems are wrong equally often on the same rows.

    >>> mcnemar(np.array([True] * 6 + [False]), np.array([False] * 6 + [True]))
    {'only_first_right': 6, 'only_second_right': 1, 'p': 0.125}
    """
    only_first = int((first_right & ~second_right).sum())
    only_second = int((second_right & ~first_right).sum())
    total = only_first + only_second
    p = binomtest(only_first, total).pvalue if total else 1.0
    return {
        "only_first_right": only_first,
        "only_second_right": only_second,
        "p": round(float(p), 4),
    }
