"""Why a sentence scored as it did, as plain data: the strongest contributions by label."""

from collections.abc import Mapping
from typing import Any, Final

from classifier.taxonomy import LABELS, Label

#: More than these are too weak to explain anything.
MOST: Final = 8

#: Weights (logits) below this move a probability by less than a point.
WEAKEST: Final = 0.05


def reasons(
    model: Any, sentence: str, levels: Mapping[Label, int]
) -> dict[str, list[dict[str, Any]]]:
    """``{label: [{"feature", "weight", "start", "end"}, ...]}``, the strongest first.

    The weight is that for the level the label has in ``levels`` (level 1 where it has none),
    because that is the decision an editor asks about. Offsets count from the sentence's start.
    """
    found: dict[Label, list[tuple[float, Any]]] = {label: [] for label in LABELS}
    cuts = {label: max(levels[label], 1) - 1 for label in LABELS}
    for entry in model.explain(sentence).contributions:
        weight = entry.weights[cuts[entry.label]]
        if not -WEAKEST < weight < WEAKEST:
            found[entry.label].append((weight, entry))
    return {
        label: [_plain(*pair) for pair in sorted(pairs, key=_strength, reverse=True)[:MOST]]
        for label, pairs in found.items()
        if pairs
    }


def _strength(pair: tuple[float, Any]) -> float:
    return abs(pair[0])


def _plain(weight: float, entry: Any) -> dict[str, Any]:
    return {
        "feature": readable(entry.feature),
        "weight": round(weight, 2),
        "start": entry.start,
        "end": entry.end,
    }


def readable(feature: str) -> str:
    """A feature as an editor reads it: numbers are all one word, which features write as 0."""
    if "0" not in feature:
        return feature
    return " ".join("[number]" if word == "0" else word for word in feature.split(" "))


def reasons_for(model: Any, sentence: str, label: Label, level: int) -> list[dict[str, Any]]:
    """The contributions to one label, weighed for ``level``."""
    levels = dict.fromkeys(LABELS, 0) | {label: level}
    return reasons(model, sentence, levels).get(label, [])
