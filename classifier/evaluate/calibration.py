"""Do the probabilities mean what they say? Equal-mass bins, reliability, expected error."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.evaluate.bootstrap import Weights
from classifier.evaluate.estimates import Floats
from classifier.evaluate.metrics import Bools

#: Ten is the usual number (Guo et al. 2017 used 15 of equal width); equal mass, because most
#: sentences score near 0 and bins of equal width would be empty.
BINS: Final = 10

#: Rows scored below this are nearly all clean and hide a poor calibration of the rest.
SCORED: Final = 0.1


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of neighbouring scores: what was said, and what was so."""

    low: float
    high: float
    rows: int
    said: float
    observed: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "rows": self.rows,
            "said": round(self.said, 4),
            "observed": round(self.observed, 4),
        }


def bins_of(scores: Floats, count: int = BINS) -> NDArray[np.intp]:
    """The bin of each row: as equal in size as ties allow, equal scores in one bin.

    >>> bins_of(np.array([0.9, 0.1, 0.1, 0.2]), 2)
    array([1, 0, 0, 1])
    """
    ascending = np.sort(scores)
    edges = np.unique([part[0] for part in np.array_split(ascending, count) if len(part)])
    return np.searchsorted(edges, scores, side="right") - 1


def reliability(truth: Bools, scores: Floats, count: int = BINS) -> tuple[Bin, ...]:
    """The bins from the lowest scores to the highest."""
    if not len(scores):
        return ()
    where = bins_of(scores, count)
    return tuple(
        Bin(
            float(scores[inside].min()),
            float(scores[inside].max()),
            int(inside.sum()),
            float(scores[inside].mean()),
            float(truth[inside].mean()),
        )
        for inside in (where == number for number in np.unique(where))
    )


def expected_error(truth: Bools, scores: Floats, count: int = BINS) -> float:
    """Expected calibration error: the mean distance between said and observed, by mass."""
    if not len(scores):
        return float("nan")
    return float(expected_error_of(np.ones((1, len(scores))), truth, scores, count)[0])


def expected_error_of(weights: Weights, truth: Bools, scores: Floats, count: int = BINS) -> Floats:
    """The same for each resample, in the bins of the whole: shape (b,). Resampling adds noise
    to each bin, so these lie a little above the value itself where the calibration is good."""
    where = bins_of(scores, count)
    gaps = np.zeros((len(scores), where.max() + 1))
    gaps[np.arange(len(scores)), where] = scores - truth
    with np.errstate(invalid="ignore", divide="ignore"):
        error: Floats = np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)
    return error
