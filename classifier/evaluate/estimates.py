"""A figure and how sure we are of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Two-sided share of the resamples that an interval covers.
COVERAGE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its 95 % interval. ``value`` is None where the figure has no meaning
    (a recall without positives); the interval is None where nothing could be resampled."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, rounded to 4 places: no interval here is finer than that."""
        return {"value": _round(self.value), "low": _round(self.low), "high": _round(self.high)}


def estimate(value: float | None, resampled: Floats | None = None) -> Estimate:
    """The value with the percentile interval of its resamples; NaN stands for undefined.

    >>> estimate(0.5, np.array([0.4, 0.5, 0.6]))
    Estimate(value=0.5, low=0.405, high=0.595)
    """
    if value is None or np.isnan(value):
        return Estimate(None)
    kept = resampled[~np.isnan(resampled)] if resampled is not None else np.empty(0)
    if not len(kept):
        return Estimate(float(value))
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(kept, (tail, 1 - tail))
    return Estimate(float(value), round(float(low), 12), round(float(high), 12))


def _round(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
