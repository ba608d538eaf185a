"""Figures by source, register, slice and length, and the mean over the groups of each."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.evaluate.bootstrap import RESAMPLES
from classifier.evaluate.estimates import Floats, estimate
from classifier.evaluate.labelled import Labelled
from classifier.evaluate.measure import Measured, measure, part_of
from classifier.evaluate.scored import Scored
from classifier.taxonomy import CUTS, LABELS

#: Upper ends of the lengths, in words: a headline, a short, a usual and a long sentence.
WORDS: Final = (7, 15, 25, 40)

#: Smaller groups say nothing by themselves; they are counted together as "(others)".
SMALLEST: Final = 20
OTHERS: Final = "(others)"

_SHOWN: Final = ("precision", "recall", "f1", "ap")


def by_group(data: Labelled, system: Scored, resamples: int = RESAMPLES) -> dict[str, Any]:
    """``{"source": {"groups": [...], "macro": {...}}, ..., "length": {...}}``."""
    kinds = {name: np.array(values) for name, values in data.groups.items()}
    kinds["length"] = np.array(lengths(data.texts))
    found = {}
    for kind, names in kinds.items():
        names = names if kind == "length" else _merged(names)
        if len(np.unique(names)) > 1:
            found[kind] = _of_kind(data, system, names, resamples)
    return found


def lengths(texts: list[str]) -> list[str]:
    """The length class of each text, so named that they sort by length.

    >>> lengths(["Yes.", "one " * 30])
    ['1-7 words', '26-40 words']
    """
    low = (1, *(end + 1 for end in WORDS))
    names = [f"{a}-{b} words" for a, b in zip(low, WORDS, strict=False)] + [f"{low[-1]}+ words"]
    places = np.searchsorted(WORDS, [len(text.split()) for text in texts])
    return [names[place] for place in places]


def _merged(names: NDArray[np.str_]) -> NDArray[np.str_]:
    kept, where, counts = np.unique(names, return_inverse=True, return_counts=True)
    shown = np.array(
        [n if c >= SMALLEST and n else OTHERS for n, c in zip(kept, counts, strict=True)]
    )
    merged: NDArray[np.str_] = shown[where]
    return merged


def _of_kind(
    data: Labelled, system: Scored, names: NDArray[np.str_], resamples: int
) -> dict[str, Any]:
    groups: list[dict[str, Any]] = []
    measured: dict[str, list[Measured]] = {label: [] for label in LABELS}
    for name in sorted(np.unique(names).tolist(), key=_in_order):
        chosen = names == name
        group: dict[str, Any] = {"name": name, "rows": int(chosen.sum())}
        for label in LABELS:
            part = part_of(data, system, label, chosen)
            if part is None:
                continue
            one = measure(part, resamples)
            measured[label].append(one)
            group[label] = {
                str(cut): {"positives": int((part.truth >= cut).sum())}
                | {name: one.estimate(f"{cut}.{name}").to_dict() for name in _SHOWN}
                for cut in CUTS
            } | {"kappa": one.estimate("kappa").to_dict(), "rows": len(part.truth)}
        groups.append(group)
    return {"groups": groups, "macro": {label: _macro(all_) for label, all_ in measured.items()}}


def _in_order(name: str) -> tuple[bool, int, str]:
    start = name.split("-")[0].split("+")[0]
    return name == OTHERS, int(start) if start.isdigit() else 0, name


def _macro(measured: list[Measured]) -> dict[str, Any]:
    """The mean over the groups in which the figure has a meaning, each group as heavy."""
    return {str(cut): {name: _mean(measured, f"{cut}.{name}") for name in _SHOWN} for cut in CUTS}


def _mean(measured: list[Measured], path: str) -> dict[str, Any]:
    kept = [one for one in measured if not np.isnan(one.values[path])]
    if not kept:
        return estimate(None).to_dict()
    drawn = [one.resampled[path] for one in kept if path in one.resampled]
    resampled: Floats | None = np.mean(drawn, axis=0) if drawn else None
    value = float(np.mean([one.values[path] for one in kept]))
    return estimate(value, resampled).to_dict() | {"groups": len(kept)}
