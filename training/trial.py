"""One honest trial: fit on some rows, average precision on others, for all six columns."""

from collections.abc import Sequence

import numpy as np

from classifier.artefact import FEATURE_SETTINGS
from classifier.evaluate.metrics import average_precision
from classifier.model import Model
from classifier.taxonomy import COLUMNS, CUTS, LABELS, columns_of
from training.build import Progress, Settings, build
from training.fit import Floats
from training.labels import Row
from training.opinions import Soft

#: The fit is the shipped one; only a ranking is measured, for which two folds calibrate enough.
SETTINGS = Settings(folds=2)


def average_precisions(
    rows: Sequence[Row], held: Sequence[Row], soft: Soft | None, progress: Progress = lambda _: None
) -> dict[str, tuple[float, int]]:
    """Average precision and positives on ``held``, by column; NaN where there are no positives.

    ``rows`` and ``soft`` must not hold a document of ``held``: the caller sees to it.
    """
    built = build(rows, SETTINGS, soft, progress)
    metadata = {"features": FEATURE_SETTINGS, "thresholds": built.thresholds}
    scores = Model(built.arrays, metadata).score([row.text for row in held])
    found = {}
    for label in LABELS:
        levels = [getattr(row, label) for row in held]
        known = np.array([level is not None for level in levels])
        level = np.array([level for level in levels if level is not None], int)
        for cut, column in zip(CUTS, range(*columns_of(label).indices(len(COLUMNS))), strict=True):
            reached = level >= cut
            value = average_precision(reached, scores[known, column])
            found[COLUMNS[column]] = value, int(reached.sum())
    return found


def precisions(targets: Floats, scores: Floats) -> list[float]:
    """Average precision of each cut; ``targets`` and ``scores`` have the shape ``(rows, 3)``."""
    return [average_precision(*columns) for columns in zip(targets.T > 0.5, scores.T, strict=True)]


def cells(found: dict[str, tuple[float, int]]) -> str:
    """The six figures as cells of a Markdown table, positives in brackets."""
    return " | ".join(
        "-" if not positives else f"{value:.3f} ({positives:,})"
        for value, positives in found.values()
    )


def head(*first: str) -> str:
    """The two head lines of such a table."""
    names = [*first, *COLUMNS]
    return "| " + " | ".join(names) + " |\n|" + " --- |" * len(names)
