"""Two models on the same rows: what the second one loses, and whether it may take over.

Compared are average precision and F1 (at each model's own thresholds) of every label and level,
and the quadratic weighted kappa of the levels, on every set and on each of its slices (source,
register, slice, kind, length) with at least LEAST positives. The rule, :func:`lost`:

* A figure of a whole set is lost when the whole 95 % interval of its difference (new minus old,
  paired bootstrap by document) lies below minus TOLERANCE. There are some thirty of these.
* Of slices there are six hundred figures, many of few positives. Between two models that are
  equally good several of them lie so low by chance: a rule for each alone lets no model pass. So
  they are judged together, with the false discovery rate controlled (Benjamini and Hochberg 1995).
  That has a price: of a slice of 70 sentences one in five may be newly missed before it is sure
  (simulated). :func:`spared` names those that alone would have been lost; whoever releases a model
  should read them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control
from scipy.stats import t as student

from classifier.evaluate.bootstrap import Design, design, draws
from classifier.evaluate.compare import difference
from classifier.evaluate.estimates import estimate
from classifier.evaluate.groups import lengths
from classifier.evaluate.labelled import Labelled
from classifier.evaluate.measure import Measured, measure, part_of
from classifier.evaluate.scored import Scored
from classifier.taxonomy import CUTS, LABELS, Label

#: A loss that nobody would notice, in average precision, F1, kappa or a share of rows.
TOLERANCE = 0.01
#: Positives a slice must have to count.
LEAST = 50
RESAMPLES = 500
#: The share of the slices named as lost that may be so by chance: that of one end of a 95 %
#: interval, which the rule asks of a single figure.
FALSE_DISCOVERIES = 0.025

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of both models. ``slice`` is "" for a whole set; ``figure`` such as
    ``violence.2.ap`` or ``profanity.kappa``. ``positives`` counts rows that reach the level (for
    kappa: any level). ``low`` and ``high`` are None where no interval was drawn: on a slice in
    which no figure of the label is lower by more than TOLERANCE. ``p`` is the probability of a
    difference as low as this one if the true loss were TOLERANCE; 1 without an interval."""

    set: str
    slice: str
    figure: str
    positives: int
    old: float
    new: float
    difference: float
    low: float | None
    high: float | None
    p: float

    @property
    def low_alone(self) -> bool:
        """Whether it is lost if nothing else is looked at."""
        return (self.difference if self.high is None else self.high) < -TOLERANCE

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Pair:
    """A set: labelled rows and what both models say of them."""

    name: str
    data: Labelled
    old: Scored
    new: Scored


def lost(figures: Iterable[Compared]) -> list[Compared]:
    """Those that the new model may not be released with; of slices, judge all there are at once.

    >>> slices = [Compared("dev", f"s{n}", "f1", 60, 0.8, 0.7, -0.1, -0.18, -0.02, p)
    ...           for n, p in enumerate([1e-5, 0.01, *[1.0] * 98])]
    >>> [figure.slice for figure in lost(slices)], [figure.slice for figure in lost(slices[:2])]
    (['s0'], ['s0', 's1'])
    """
    whole: list[Compared] = []
    parts: list[Compared] = []
    for figure in figures:
        (parts if figure.slice else whole).append(figure)
    rates = false_discovery_control([figure.p for figure in parts]) if parts else []
    sure = [f for f, rate in zip(parts, rates, strict=True) if rate <= FALSE_DISCOVERIES]
    return [figure for figure in whole if figure.low_alone] + sure


def spared(figures: Sequence[Compared]) -> list[Compared]:
    """The slices that would have been lost had each been looked at alone, the lowest first."""
    named = lost(figures)
    found = [f for f in figures if f.slice and f.high is not None and f.low_alone]
    return sorted((f for f in found if f not in named), key=lambda figure: figure.difference)


def compare(pair: Pair, resamples: int = RESAMPLES) -> Iterator[Compared]:
    """Every figure of a set that has a meaning, then those of its slices."""
    yield from _compare(pair, "", np.ones(len(pair.data), bool), resamples, least=1)
    for name, chosen in slices(pair.data):
        yield from _compare(pair, name, chosen, resamples, least=LEAST)


def slices(data: Labelled) -> Iterator[tuple[str, Bools]]:
    """``source: rams`` and so on, with the rows in it; rows without a value are in none."""
    kinds = {**data.groups, "length": lengths(data.texts)}
    for kind, values in kinds.items():
        column = np.array(values)
        for value in sorted(set(values) - {""}):
            yield f"{kind}: {value}", column == value


def compare_shares(
    name: str, figure: str, old: Sequence[float], new: Sequence[float], resamples: int = RESAMPLES
) -> Compared:
    """The mean of one number a row, the higher the better, of both models; paired like the rest."""
    gap = np.asarray(new, float) - np.asarray(old, float)
    plan = design(np.zeros(len(gap), np.int64))
    mean = float(gap.mean())
    drawn = np.concatenate([block @ gap / len(gap) for block in draws(plan, resamples)])
    between = estimate(mean, drawn)
    return Compared(
        name, "", figure, len(gap), float(np.mean(old)), float(np.mean(new)), mean,
        between.low, between.high, chance(mean, drawn, plan),
    )  # fmt: skip


def _compare(
    pair: Pair, name: str, chosen: Bools, resamples: int, *, least: int
) -> Iterator[Compared]:
    for label in LABELS:
        old = part_of(pair.data, pair.old, label, chosen)
        new = part_of(pair.data, pair.new, label, chosen)
        if old is None or new is None:
            continue
        figures = {path: positives for path, positives in _figures(old.truth) if positives >= least}
        if not figures:
            continue
        # Whole sets get every interval; of a slice, only a figure in doubt is worth the time.
        at_once = 0 if name else resamples
        both = measure(old, at_once), measure(new, at_once)
        if name and any(_lower(both, path) for path in figures):
            both = measure(old, resamples), measure(new, resamples)
        for path, positives in figures.items():
            found = _compared(pair.name, name, label, path, positives, both, old.plan)
            if found is not None:
                yield found


def _figures(truth: NDArray[np.int64]) -> Iterator[tuple[str, int]]:
    """Path of each compared figure within its label, and the positives it rests on."""
    for cut in CUTS:
        positives = int((truth >= cut).sum())
        yield f"{cut}.ap", positives
        yield f"{cut}.f1", positives
    yield "kappa", int((truth >= 1).sum())


def _lower(both: tuple[Measured, Measured], path: str) -> bool:
    return both[1].values[path] - both[0].values[path] < -TOLERANCE


def _compared(
    pair: str,
    name: str,
    label: Label,
    path: str,
    positives: int,
    both: tuple[Measured, Measured],
    plan: Design,
) -> Compared | None:
    one, two = both
    between = difference(one, two, path)["difference"]
    if between["value"] is None:  # undefined, such as kappa where all rows have one level
        return None
    old, new = float(one.values[path]), float(two.values[path])
    p = 1.0
    if path in one.resampled:
        p = chance(new - old, two.resampled[path] - one.resampled[path], plan)
    return Compared(
        pair, name, f"{label}.{path}", positives, old, new, new - old,
        between["low"], between["high"], p,
    )  # fmt: skip


def chance(found: float, drawn: NDArray[np.float64], plan: Design) -> float:
    """The ``p`` of a difference by Student's distribution with the spread of its resamples: of 500
    their share below a bound tells nothing finer than 1/500, and of a few documents the normal
    distribution is too sure. 1 where every stratum is a single document, so nothing varies."""
    freedom = plan.units - len(plan.strata)
    if freedom < 1:
        return 1.0
    kept = drawn[~np.isnan(drawn)]
    # resamples of n documents vary as means of n do, less the one that their own mean takes
    spread = float(np.std(kept)) * (plan.units / freedom) ** 0.5 if len(kept) else 0.0
    if spread == 0:
        return float(found >= -TOLERANCE)
    return float(student.cdf((found + TOLERANCE) / spread, freedom))
