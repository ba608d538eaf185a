"""What a released model said of each row it learned from, by the fold that had not seen the row.

A released model cannot be measured on its own training rows again; its held-out figures can. So
the gate keeps them beside the model, in ``held_out.npz``, keyed like labels
(``labels.sentence_key``) and without text. The file is no part of the wheel.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError
from training.fit import Floats
from training.labels import Row, sentence_key

FILE = "held_out.npz"

#: Probabilities are kept in steps of 1/65534; the highest number stands for "no such label".
_STEPS = 65534
_NONE = 65535


@dataclass(frozen=True)
class HeldOut:
    """Held-out probabilities ``(n, 6)``, NaN where a label is missing, by key."""

    place: dict[int, int]
    probabilities: Floats

    def of(self, rows: Sequence[Row]) -> tuple[NDArray[np.bool_], Floats]:
        """Which of ``rows`` are kept here, and the probabilities of those, in their order."""
        places = [self.place.get(_number(row), -1) for row in rows]
        known = np.array(places, int) >= 0
        return known, self.probabilities[[place for place in places if place >= 0]]


def held_out(rows: Sequence[Row], probabilities: Floats) -> HeldOut:
    """The same from a run of training; rows with equal keys must not be among them."""
    return HeldOut({_number(row): place for place, row in enumerate(rows)}, probabilities)


def save(found: HeldOut, folder: Path) -> None:
    """Write it beside the model in ``folder``, sorted by key: same figures, same bytes."""
    keys = np.array(list(found.place), np.uint64)
    order = np.argsort(keys)
    values = found.probabilities[list(found.place.values())][order]
    steps = np.where(np.isnan(values), _NONE, np.rint(np.nan_to_num(values) * _STEPS))
    np.savez_compressed(
        folder / FILE,
        keys=keys[order],
        probabilities=steps.astype(np.uint16),
        model=np.frombuffer(_digest(folder / "model.npz"), np.uint8),
    )


def load(folder: Path) -> HeldOut | None:
    """What stands beside the model in ``folder``; None when nothing does, or another model's."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            loaded: dict[str, Any] = {name: stored[name] for name in stored.files}
        keys, steps, model = (loaded[name] for name in ("keys", "probabilities", "model"))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{path}: not held-out figures ({error}); remove it, and the gate goes without them"
        ) from None
    if model.tobytes() != _digest(folder / "model.npz"):
        return None
    values = np.where(steps == _NONE, np.nan, steps / _STEPS)
    return HeldOut({int(key): place for place, key in enumerate(keys)}, values)


def _number(row: Row) -> int:
    return int(sentence_key(row.source, row.text), 16)


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
