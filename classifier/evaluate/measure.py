"""All figures of one label for one system: the value of each and its resamples.

Keys are the paths of the reports: ``kappa``, ``missed``, ``1.ap``, ``2.recall`` ...
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from classifier.evaluate import calibration, metrics
from classifier.evaluate.bootstrap import RESAMPLES, SEED, Design, design, draws
from classifier.evaluate.estimates import Estimate, Floats, estimate
from classifier.evaluate.labelled import UNKNOWN, Labelled
from classifier.evaluate.metrics import Levels
from classifier.evaluate.scored import Scored
from classifier.taxonomy import CUTS, LABELS, Label, columns_of

#: The figures of each cut, in the order in which they are shown.
OF_CUT: Final = ("precision", "recall", "f1", "ap", "auc", "ece", "ece_scored")
OF_LABEL: Final = ("kappa", "missed")


@dataclass(slots=True)
class Measured:
    """Values and resamples by path, for the rows that have the label."""

    values: dict[str, float] = field(default_factory=dict)
    resampled: dict[str, Floats] = field(default_factory=dict)

    def estimate(self, path: str) -> Estimate:
        return estimate(self.values.get(path), self.resampled.get(path))


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one label that a figure is about, as arrays."""

    truth: Levels
    scores: Floats
    flags: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    levels: Levels | None
    plan: Design
    probabilities: bool


def part_of(
    data: Labelled, system: Scored, label: Label, chosen: np.ndarray | None = None
) -> Part | None:
    """The rows (all, or those ``chosen``) that have the label; None when there are none or the
    system does not speak of it."""
    place = LABELS.index(label)
    known = data.levels[:, place] != UNKNOWN
    rows = np.flatnonzero(known if chosen is None else known & chosen)
    if not len(rows) or label not in system.labels:
        return None
    documents = data.document_codes()
    truth = data.levels[rows, place]
    return Part(
        truth=truth,
        scores=system.scores[rows, columns_of(label)],
        flags=system.flags[rows, columns_of(label)],
        levels=system.levels[rows, place] if system.has_levels(label) else None,
        plan=design(truth, None if documents is None else documents[rows]),
        probabilities=system.probabilities,
    )


def measure(part: Part, resamples: int = RESAMPLES, seed: int = SEED) -> Measured:
    """Every figure of ``part``; with ``resamples`` 0 the values alone."""
    into = Measured(values=_values(part))
    blocks: dict[str, list[Floats]] = {}
    for weights in draws(part.plan, resamples, seed):
        for path, numbers in _resampled(part, weights).items():
            blocks.setdefault(path, []).append(numbers)
    into.resampled = {path: np.concatenate(numbers) for path, numbers in blocks.items()}
    return into


def _values(part: Part) -> dict[str, float]:
    values: dict[str, float] = {}
    for place, cut in enumerate(CUTS):
        truth, scores, flags = part.truth >= cut, part.scores[:, place], part.flags[:, place]
        trio = metrics.precision_recall_f1(truth, flags)
        for name, value in zip(("precision", "recall", "f1"), trio, strict=True):
            values[f"{cut}.{name}"] = value
        values[f"{cut}.ap"] = metrics.average_precision(truth, scores)
        values[f"{cut}.auc"] = metrics.roc_auc(truth, scores)
        if part.probabilities:
            high = scores >= calibration.SCORED
            values[f"{cut}.ece"] = calibration.expected_error(truth, scores)
            values[f"{cut}.ece_scored"] = calibration.expected_error(truth[high], scores[high])
    if part.levels is not None:
        values["kappa"] = metrics.kappa(part.truth, part.levels)
        values["missed"] = metrics.missed(part.truth, part.levels)
    return values


def _resampled(part: Part, weights: Floats) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for place, cut in enumerate(CUTS):
        truth, scores, flags = part.truth >= cut, part.scores[:, place], part.flags[:, place]
        trio = metrics.precision_recall_f1_of(weights, truth, flags)
        for name, numbers in zip(("precision", "recall", "f1"), trio, strict=True):
            found[f"{cut}.{name}"] = numbers
        if truth.any():
            found[f"{cut}.ap"] = metrics.average_precision_of(weights, truth, scores)
            found[f"{cut}.auc"] = metrics.roc_auc_of(weights, truth, scores)
        if part.probabilities:
            high = scores >= calibration.SCORED
            found[f"{cut}.ece"] = calibration.expected_error_of(weights, truth, scores)
            if high.any():
                found[f"{cut}.ece_scored"] = calibration.expected_error_of(
                    weights[:, high], truth[high], scores[high]
                )
    if part.levels is not None:
        both = metrics.kappa_and_missed_of(weights, part.truth, part.levels)
        found["kappa"], found["missed"] = both
    return found
