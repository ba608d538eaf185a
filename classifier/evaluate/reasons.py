"""Why a sentence scored as it did, as plain data: the strongest contributions by label."""

from typing import Any, Final

from classifier.taxonomy import LABELS, Label

#: More than these are too weak to explain anything.
MOST: Final = 8

#: Weights (logits) below this move a probability by less than a point.
WEAKEST: Final = 0.05


def reasons(model: Any, sentence: str, levels: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    """``{label: [{"feature", "weight", "start", "end"}, ...]}``, the strongest first.

    The weight is that for the level the label has in ``levels`` (level 1 where it has none),
    because that is the decision an editor asks about. Offsets count from the sentence's start.
    """
    found: dict[str, list[dict[str, Any]]] = {label: [] for label in LABELS}
    for entry in model.explain(sentence).to_dict()["contributions"]:
        label = entry["label"]
        weight = round(float(entry["weights"][max(levels[label], 1) - 1]), 2)
        if abs(weight) >= WEAKEST:
            found[label].append(
                {
                    "feature": entry["feature"],
                    "weight": weight,
                    "start": entry["start"],
                    "end": entry["end"],
                }
            )
    return {
        label: sorted(entries, key=lambda e: -abs(e["weight"]))[:MOST]
        for label, entries in found.items()
        if entries
    }


def reasons_for(model: Any, sentence: str, label: Label, level: int) -> list[dict[str, Any]]:
    """The contributions to one label, weighed for ``level``."""
    levels = dict.fromkeys(LABELS, 0) | {label: level}
    return reasons(model, sentence, {str(k): v for k, v in levels.items()}).get(label, [])
