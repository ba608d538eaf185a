"""Thresholds that meet a stated recall, precision or cost, with intervals, as a policy file."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.evaluate.bootstrap import RESAMPLES, SEED, Design, draws
from classifier.evaluate.estimates import Floats, estimate
from classifier.evaluate.labelled import Labelled
from classifier.evaluate.measure import part_of
from classifier.evaluate.metrics import Bools
from classifier.evaluate.scored import Scored
from classifier.taxonomy import CUTS, LABELS, Label

#: Places to which a threshold is written where that does not move it past a score.
PLACES: Final = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """What a threshold must meet. Several at once: the recall first, then the best precision.

    ``miss`` and ``alarm`` are what an overlooked and a falsely flagged sentence cost; with
    nothing stated the threshold of the best F1 is taken.
    """

    recall: float | None = None
    precision: float | None = None
    miss: float | None = None
    alarm: float = 1.0

    def __str__(self) -> str:
        if self.miss is not None:
            return f"least cost, a miss {self.miss:g} and a false alarm {self.alarm:g}"
        stated = [
            f"{name} >= {value:g}"
            for name, value in (("recall", self.recall), ("precision", self.precision))
            if value is not None
        ]
        return " and ".join(stated) or "best F1"


@dataclass(frozen=True, slots=True)
class Found:
    """The threshold of one cut: None where no threshold meets the rule, and ``why`` not."""

    label: Label
    cut: int
    threshold: float | None
    positives: int
    figures: dict[str, dict[str, Any]]
    why: str = ""


def find(data: Labelled, system: Scored, rule: Rule, resamples: int = RESAMPLES) -> list[Found]:
    """The thresholds of every label and cut that the rows speak of."""
    found = []
    for label in LABELS:
        part = part_of(data, system, label)
        if part is None:
            continue
        for place, cut in enumerate(CUTS):
            truth, scores = part.truth >= cut, part.scores[:, place]
            found.append(of_cut(label, cut, truth, scores, part.plan, rule, resamples))
    return found


def of_cut(
    label: Label,
    cut: int,
    truth: Bools,
    scores: Floats,
    plan: Design,
    rule: Rule,
    resamples: int = RESAMPLES,
) -> Found:
    """The threshold of one cut with its recall and precision, each with an interval; that of
    the threshold comes from choosing anew in each resample."""
    positives = int(truth.sum())
    if not positives:
        return Found(label, cut, None, 0, {}, "no row has this level")
    ladder = _Ladder(truth, scores)
    whole = ladder.counts(np.ones((1, len(truth))))
    step = int(_choose(whole, rule)[0])
    if step < 0:
        return Found(label, cut, None, positives, {}, _nearest(whole, rule))
    chosen, recalls, precisions = [], [], []
    for weights in draws(plan, resamples, SEED):
        drawn = ladder.counts(weights)
        steps = _choose(drawn, rule)
        chosen.append(np.where(steps >= 0, ladder.thresholds[steps], np.nan))
        recalls.append(drawn.recall[:, step])
        precisions.append(drawn.precision[:, step])
    figures = {
        "threshold": estimate(ladder.thresholds[step], _joined(chosen)),
        "recall": estimate(whole.recall[0, step], _joined(recalls)),
        "precision": estimate(whole.precision[0, step], _joined(precisions)),
    }
    return Found(
        label,
        cut,
        float(ladder.thresholds[step]),
        positives,
        {name: value.to_dict() for name, value in figures.items()},
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """For each resample and each step down the ladder of thresholds."""

    hits: Floats
    flagged: Floats

    @property
    def recall(self) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.hits / self.hits[:, -1:]

    @property
    def precision(self) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.hits / self.flagged


class _Ladder:
    """Every threshold that tells rows apart, from the highest down."""

    def __init__(self, truth: Bools, scores: Floats) -> None:
        self._order: NDArray[np.intp] = np.argsort(-scores, kind="stable")
        ordered = scores[self._order]
        self._truth = truth[self._order]
        self._ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
        tops = ordered[self._ends]
        self.thresholds = np.array(
            [_between(low, high) for high, low in zip(tops, [*tops[1:], None], strict=True)]
        )

    def counts(self, weights: Floats) -> _Counts:
        drawn = weights[:, self._order]
        return _Counts(
            np.cumsum(drawn * self._truth, axis=1)[:, self._ends],
            np.cumsum(drawn, axis=1)[:, self._ends],
        )


def _between(low: float | None, high: float) -> float:
    """A short number above ``low`` and not above ``high``: as far from both as may be."""
    middle = round(high if low is None else (low + high) / 2, PLACES)
    return middle if (low is None or low < middle) and middle <= high else float(high)


def _choose(counts: _Counts, rule: Rule) -> NDArray[np.intp]:
    """The step of each resample, -1 where none meets the rule."""
    recall, precision = np.nan_to_num(counts.recall), np.nan_to_num(counts.precision)
    steps: NDArray[np.intp]
    if rule.miss is not None:
        missed = counts.hits[:, -1:] - counts.hits
        cost = rule.miss * missed + rule.alarm * (counts.flagged - counts.hits)
        steps = np.argmin(cost, axis=1)
    elif rule.recall is None and rule.precision is None:
        steps = np.argmax(2 * counts.hits / (counts.hits[:, -1:] + counts.flagged), axis=1)
    else:
        meets = np.ones_like(recall, dtype=bool)
        if rule.recall is not None:
            meets &= recall >= rule.recall - 1e-12
        if rule.precision is not None:
            meets &= precision >= rule.precision - 1e-12
        best = precision if rule.recall is not None else recall
        steps = np.argmax(np.where(meets, best, -1.0), axis=1)
        steps[~meets.any(axis=1)] = -1
    return steps


def _nearest(whole: _Counts, rule: Rule) -> str:
    recall, precision = whole.recall[0], np.nan_to_num(whole.precision[0])
    if rule.recall is None:
        return f"no threshold reaches it; the best precision is {precision.max():.3f}"
    enough = recall >= rule.recall - 1e-12
    return (
        f"no threshold reaches both; at recall >= {rule.recall:g} the best precision is "
        f"{precision[enough].max():.3f}"
    )


def _joined(parts: list[Floats]) -> Floats | None:
    return np.concatenate(parts) if parts else None


def policy_toml(found: list[Found], rule: Rule, rows: int, files: str) -> str:
    """A policy file with these thresholds; cuts without one keep the model's own."""
    lines = [
        f"# Thresholds for {rule},",
        f"# chosen on {rows:,} labelled sentences of {files}.",
        "# Made by: python -m eval.thresholds",
    ]
    for label in LABELS:
        mine = [one for one in found if one.label == label and one.threshold is not None]
        if mine:
            lines += ["", f"[thresholds.{label}]"]
            lines += [f"{one.cut} = {one.threshold!r}" for one in mine]
    return "\n".join(lines) + "\n"
