"""Everything measured on labelled rows, as one plain report that JSON, Markdown and HTML show.

The paths of ``--fail-under`` are its keys: ``violence.2.ap``, ``profanity.kappa``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from classifier.evaluate.bootstrap import SEED
from classifier.evaluate.compare import compare
from classifier.evaluate.described import described
from classifier.evaluate.errors import worst
from classifier.evaluate.estimates import COVERAGE
from classifier.evaluate.figures import figures
from classifier.evaluate.groups import by_group
from classifier.evaluate.labelled import Labelled
from classifier.evaluate.progress import bar
from classifier.evaluate.scored import Scored, score


@dataclass(frozen=True, slots=True)
class Absent:
    """A rival that cannot take part, and what to do about it."""

    name: str
    why: str


#: Asks the rivals of these names (none: all) to score the rows.
Rivals = Callable[[Labelled, Sequence[str]], Iterator[Scored | Absent]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure beside the figures themselves."""

    resamples: int
    texts: bool = True
    show: bool = False
    second: tuple[str, Any] | None = None
    rivals: Rivals | None = None
    rival_names: tuple[str, ...] = ()


def labelled_report(data: Labelled, name: str, model: Any, plan: Plan) -> dict[str, Any]:
    """Score every row and measure."""
    with bar("scoring", len(data), "sentences", show=plan.show) as step:
        ours = score(name, model, data.texts, step)
    report: dict[str, Any] = {
        "kind": "labelled",
        "model": described(name, model),
        "rows": len(data),
        "documents": len(set(data.documents)) if data.clustered else None,
        "bootstrap": {
            "resamples": plan.resamples,
            "unit": "document" if data.clustered else "row",
            "strata": "highest level of the unit",
            "coverage": COVERAGE,
            "seed": SEED,
        },
        "rate": _rate(ours, data),
    }
    with bar("measuring", None, "parts", show=plan.show) as step:
        report |= figures(data, ours, plan.resamples)
        step(1)
        report["groups"] = by_group(data, ours, plan.resamples)
        step(1)
        report["errors"] = worst(data, ours, model, texts=plan.texts)
    if plan.second:
        report["compare"] = _compared(data, ours, plan)
    if plan.rivals:
        report["rivals"] = [
            _rival(data, rival, plan) for rival in plan.rivals(data, plan.rival_names)
        ]
    return report


def _compared(data: Labelled, ours: Scored, plan: Plan) -> dict[str, Any]:
    assert plan.second is not None
    name, model = plan.second
    with bar("scoring the second", len(data), "sentences", show=plan.show) as step:
        other = score(name, model, data.texts, step)
    return {
        "first": ours.name,
        "second": name,
        "model": described(name, model),
        "figures": compare(data, ours, other, plan.resamples),
    }


def _rival(data: Labelled, rival: Scored | Absent, plan: Plan) -> dict[str, Any]:
    if isinstance(rival, Absent):
        return {"name": rival.name, "absent": rival.why}
    return {"name": rival.name, "rate": _rate(rival, data)} | figures(data, rival, plan.resamples)


def _rate(system: Scored, data: Labelled) -> float | None:
    return round(len(data) / system.seconds, 1) if system.seconds else None
