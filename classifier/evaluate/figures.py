"""The figures of one system as plain data: what JSON, Markdown and HTML all show."""

from typing import Any

from classifier.evaluate import calibration, metrics
from classifier.evaluate.bootstrap import RESAMPLES
from classifier.evaluate.curves import precision_recall
from classifier.evaluate.labelled import Labelled
from classifier.evaluate.measure import OF_CUT, OF_LABEL, Measured, Part, measure, part_of
from classifier.evaluate.metrics import LEVELS
from classifier.evaluate.scored import Scored
from classifier.taxonomy import CUTS, LABELS, Label


def figures(data: Labelled, system: Scored, resamples: int = RESAMPLES) -> dict[str, Any]:
    """``{label: {...}}`` for each label that the rows have and the system speaks of."""
    found: dict[str, Any] = {}
    for label in LABELS:
        part = part_of(data, system, label)
        if part is not None:
            found[label] = of_label(part, measure(part, resamples), label, system)
    return found


def of_label(part: Part, measured: Measured, label: Label, system: Scored) -> dict[str, Any]:
    """One label: counts, the figures of its levels, and those of each cut."""
    found: dict[str, Any] = {
        "rows": len(part.truth),
        "counts": [int((part.truth == level).sum()) for level in LEVELS],
    }
    if part.levels is not None:
        found |= {name: measured.estimate(name).to_dict() for name in OF_LABEL}
        found["confusion"] = metrics.confusion(part.truth, part.levels).tolist()
    thresholds = system.thresholds.get(label)
    for place, cut in enumerate(CUTS):
        found[str(cut)] = _of_cut(part, measured, cut, place) | {
            "threshold": thresholds[place] if thresholds else None
        }
    return found


def _of_cut(part: Part, measured: Measured, cut: int, place: int) -> dict[str, Any]:
    truth, scores = part.truth >= cut, part.scores[:, place]
    found: dict[str, Any] = {
        "positives": int(truth.sum()),
        "flagged": int(part.flags[:, place].sum()),
    }
    for name in OF_CUT:
        if f"{cut}.{name}" in measured.values:
            found[name] = measured.estimate(f"{cut}.{name}").to_dict()
    found["curve"] = precision_recall(truth, scores)
    if part.probabilities:
        found["reliability"] = [b.to_dict() for b in calibration.reliability(truth, scores)]
    return found


def look_up(report: dict[str, Any], path: str) -> float | None:
    """The figure at a dotted path such as ``violence.2.ap`` or ``profanity.kappa.low``.

    None when the figure is undefined; KeyError, which names what there is, for a wrong path.
    """
    here: Any = report
    walked: list[str] = []
    for key in path.split("."):
        if not isinstance(here, dict) or key not in here:
            there = ", ".join(_names(here)) if isinstance(here, dict) else "no more below"
            raise KeyError(f"no figure {path!r}: under {'.'.join(walked) or 'the top'}: {there}")
        here = here[key]
        walked.append(key)
    if isinstance(here, dict) and "value" in here:
        here = here["value"]
    if here is None or (isinstance(here, int | float) and not isinstance(here, bool)):
        return None if here is None else float(here)
    there = ", ".join(_names(here)) if isinstance(here, dict) else "not a number"
    raise KeyError(f"no figure {path!r}: it holds {there}")


def _names(table: dict[str, Any]) -> list[str]:
    return [key for key, value in table.items() if isinstance(value, dict | int | float | None)]
