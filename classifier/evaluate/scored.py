"""What one system says about every row: ours, another model of ours, or a rival."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.evaluate.estimates import Floats
from classifier.evaluate.labelled import UNKNOWN
from classifier.evaluate.metrics import Levels
from classifier.taxonomy import CUTS, LABELS, Label, columns_of

#: Sentences scored between two moves of the progress bar.
BLOCK: Final = 2000


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores ``(n, 6)``, flags ``(n, 6)`` and levels ``(n, 2)``.

    A system that knows nothing of a label is not in ``labels``; one that answers yes or no
    without levels has UNKNOWN in ``levels``. ``probabilities`` is False where the scores only
    rank, so that no calibration is measured.
    """

    name: str
    labels: tuple[Label, ...]
    scores: Floats
    flags: NDArray[np.bool_]
    levels: Levels
    thresholds: dict[Label, tuple[float, ...]]
    seconds: float
    probabilities: bool = True

    def has_levels(self, label: Label) -> bool:
        return bool((self.levels[:, LABELS.index(label)] != UNKNOWN).all())


def score(
    name: str, model: Any, texts: Sequence[str], step: Callable[[int], None] | None = None
) -> Scored:
    """Ask a model of ours; ``step`` hears how many rows were done."""
    started = perf_counter()
    parts = []
    for start in range(0, len(texts), BLOCK):
        parts.append(model.score(list(texts[start : start + BLOCK])))
        if step:
            step(len(texts[start : start + BLOCK]))
    scores = np.concatenate(parts) if parts else np.zeros((0, len(LABELS) * len(CUTS)))
    levels = np.asarray(model.levels(scores), dtype=np.int64)
    return Scored(
        name=name,
        labels=LABELS,
        scores=np.asarray(scores, dtype=np.float64),
        flags=flags_of(levels),
        levels=levels,
        thresholds={label: tuple(map(float, model.thresholds[label])) for label in LABELS},
        seconds=perf_counter() - started,
    )


def flags_of(levels: Levels) -> NDArray[np.bool_]:
    """(n, 6): whether the level given reaches each cut."""
    flags = np.zeros((len(levels), len(LABELS) * len(CUTS)), dtype=bool)
    for place, label in enumerate(LABELS):
        flags[:, columns_of(label)] = levels[:, place, None] >= np.array(CUTS)
    return flags
