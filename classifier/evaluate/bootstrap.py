"""Resamples: how often each row is drawn, in blocks, so that every figure is one product.

Rows of one document are alike, so whole documents are drawn where documents are known;
otherwise rows. Drawing is stratified by the highest level that a document (or row) has in the
label that is measured: every resample then holds as many documents of each level as the data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RESAMPLES: Final = 1000
SEED: Final = 20_261_121

#: Cells of one block of weights (32 MB as float64): the memory does not grow with the rows.
_BLOCK: Final = 4_000_000

Ints = NDArray[np.intp]
Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Design:
    """How rows are drawn: the unit each row belongs to, and the units of each stratum."""

    unit_of: Ints
    strata: tuple[Ints, ...]

    @property
    def rows(self) -> int:
        return len(self.unit_of)

    @property
    def units(self) -> int:
        return sum(map(len, self.strata))


def design(levels: NDArray[np.int64], documents: Ints | None = None) -> Design:
    """The design for rows of these levels; ``documents`` numbers the document of each row.

    >>> design(np.array([0, 2, 1]), np.array([7, 7, 9])).strata
    (array([1]), array([0]))
    """
    if documents is None:
        unit_of, highest = np.arange(len(levels)), levels
    else:
        names, unit_of = np.unique(documents, return_inverse=True)
        highest = np.zeros(len(names), dtype=np.int64)
        np.maximum.at(highest, unit_of, levels)
    return Design(unit_of, tuple(np.flatnonzero(highest == level) for level in np.unique(highest)))


def draws(plan: Design, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[Weights]:
    """Blocks of shape (some, rows): how often each resample holds each row.

    The same plan, number and seed give the same blocks, so two models are compared in pairs.
    """
    if not plan.rows:
        return
    random = np.random.default_rng(seed)
    size = max(1, min(resamples, _BLOCK // plan.rows))
    for start in range(0, resamples, size):
        count = min(size, resamples - start)
        times = np.zeros((count, plan.units), dtype=np.float64)
        for members in plan.strata:
            times[:, members] = _counts(random, count, len(members))
        yield times[:, plan.unit_of]


def _counts(random: np.random.Generator, count: int, size: int) -> NDArray[np.intp]:
    """``count`` draws with replacement of ``size`` out of ``size``, as counts."""
    picks = random.integers(size, size=(count, size))
    picks += np.arange(count)[:, None] * size
    return np.bincount(picks.ravel(), minlength=count * size).reshape(count, size)
