"""The worst errors, by kind, each with the reasons of the model."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.evaluate.labelled import UNKNOWN, Labelled
from classifier.evaluate.reasons import Asked, Reasons
from classifier.evaluate.scored import Scored
from classifier.taxonomy import CUTS, LABELS, Label, columns_of

#: Shown of each kind.
MOST: Final = 10

#: Kinds from the one that hurts most: name, what it means, which (true, given) levels it holds.
KINDS: Final = (
    ("missed", "level 2 or 3, given 0: the reader was not warned"),
    ("false alarm", "level 0, given 2 or 3: a warning for nothing"),
    ("overlooked", "level 1, given 0"),
    ("overcalled", "level 0, given 1"),
    ("understated", "a level that is there, given too low"),
    ("overstated", "a level that is there, given too high"),
)


def worst(
    data: Labelled, system: Scored, model: Any, *, texts: bool = True, most: int = MOST
) -> list[dict[str, Any]]:
    """For each label and kind: how many there are, and the ``most`` surest of them.

    ``texts`` False leaves out whatever would repeat the words: sentence and reasons.
    """
    found = []
    why = Reasons(model)
    for label in LABELS:
        if not system.has_levels(label):
            continue
        place = LABELS.index(label)
        rows = np.flatnonzero(data.levels[:, place] != UNKNOWN)
        truth, given = data.levels[rows, place], system.levels[rows, place]
        surprise = _surprise(truth, given, system.scores[rows, columns_of(label)])
        for kind, meaning in KINDS:
            chosen = np.flatnonzero(_of_kind(kind, truth, given))
            if not len(chosen):
                continue
            order = chosen[np.argsort(-surprise[chosen], kind="stable")][:most]
            found.append(
                {
                    "label": label,
                    "kind": kind,
                    "meaning": meaning,
                    "count": len(chosen),
                    "worst": [_row(data, system, why, label, rows[i], texts) for i in order],
                }
            )
    return found


def _of_kind(kind: str, truth: NDArray[np.int64], given: NDArray[np.int64]) -> NDArray[np.bool_]:
    which: dict[str, NDArray[np.bool_]] = {
        "missed": (truth >= 2) & (given == 0),
        "false alarm": (truth == 0) & (given >= 2),
        "overlooked": (truth == 1) & (given == 0),
        "overcalled": (truth == 0) & (given == 1),
        "understated": (given >= 1) & (given < truth),
        "overstated": (truth >= 1) & (given > truth),
    }
    return which[kind]


def _surprise(
    truth: NDArray[np.int64], given: NDArray[np.int64], scores: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How sure the model was of what is wrong, in nats over the cuts between truth and given."""
    total = np.zeros(len(truth))
    for place, cut in enumerate(CUTS):
        chance = np.clip(scores[:, place], 1e-6, 1 - 1e-6)
        between = (truth >= cut) != (given >= cut)
        total += between * -np.log(np.where(truth >= cut, chance, 1 - chance))
    return total


def _row(
    data: Labelled, system: Scored, why: Reasons, label: Label, row: int, texts: bool
) -> dict[str, Any]:
    place = LABELS.index(label)
    found: dict[str, Any] = {
        "id": data.ids[row],
        "truth": int(data.levels[row, place]),
        "given": int(system.levels[row, place]),
        "scores": [round(float(p), 4) for p in system.scores[row, columns_of(label)]],
    }
    for name, values in data.groups.items():
        found[name] = values[row]
    if texts:
        found["text"] = data.texts[row]
        level = max(found["truth"], found["given"])
        [reasons] = why.of([Asked(data.texts[row], label, level)])
        found["reasons"] = [reason.to_dict() for reason in reasons]
    return found
