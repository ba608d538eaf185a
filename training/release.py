"""The release gate of ``python -m training.train --release``: a new model must lose nothing.

The candidate is compared with the model that stands in the output folder on everything that is
fair to both (``sets.py``), by the rule of ``gate.py``. A refused one leaves every file as it was;
an accepted one brings its figures along: in short in ``model.json``, in full in ``release.json``
and ``release.md`` (in ``eval/reports/`` for the shipped model, else beside the model), and its
held-out figures for the next comparison (``held_out.py``). The labelled files of ``--dev`` can
only veto: they are scored when the candidate is made already.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import classifier
from classifier.evaluate.labelled import Labelled
from classifier.evaluate.writing import written
from classifier.predict import Classifier
from training import gate, held_out, sets
from training.gate import Compared
from training.held_out import HeldOut
from training.labels import Row

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "models"
REPORTS = ROOT / "eval" / "reports"


class RefusedError(Exception):
    """The gate did not let the model pass; the message says why."""


@dataclass(frozen=True)
class Gate:
    """What a candidate is held against: read, and found in order, before anything is trained."""

    folder: Path
    old: Classifier | None
    old_held_out: HeldOut | None
    dev: dict[str, Labelled]


def open_gate(folder: Path, dev: Sequence[Path], *, first: bool) -> Gate:
    """RefusedError when there is nothing to compare with and ``first`` does not say so, or when it
    says so and there is."""
    there = any((folder / name).exists() for name in ("model.json", "model.npz"))
    if first and there:
        raise RefusedError(f"--first: {folder} holds a model to compare with; leave --first out")
    if not first and not there:
        raise RefusedError(
            f"{folder} holds no model to compare with; a first release says so with --first"
        )
    old = classifier.load(folder) if there else None
    return Gate(folder, old, held_out.load(folder) if there else None, sets.read_dev(dev))


def judge(
    opened: Gate,
    candidate: Path,
    rows: Sequence[Row],
    found: HeldOut,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[dict[str, Any], list[Compared]]:
    """The record for ``model.json`` and every figure that was compared; RefusedError, with the
    table, when one is lost. ``candidate`` is the folder of the new model, ``found`` what its folds
    said of ``rows``."""
    new, old = classifier.load(candidate), opened.old
    if old is None:
        return {"first": True}, []
    record = old.model.metadata.get("release")
    if record is not None and _same(old, new):
        return record, []  # made again, not made anew: the bytes stay the same, too
    pairs = [*sets.dev_pairs(opened.dev, old, new), sets.case_pair(old, new)]
    if opened.old_held_out is None:
        progress("no held-out figures of the old model: training rows are not compared")
    else:
        before = old, opened.old_held_out
        pair = sets.held_out_pair(rows, before, (new, found))
        pairs += [pair] if pair else []
    figures: list[Compared] = []
    for pair in pairs:
        progress(f"gate: {pair.name}, {len(pair.data):,} rows")
        figures += gate.compare(pair)
    figures += sets.fairness(old, new)
    if not figures:
        raise RefusedError("nothing could be compared")
    if lost := gate.lost(figures):
        raise RefusedError(
            "\n".join(table(lost))
            + f"\n{len(lost)} of {len(figures)} figures are lost, that is, surely lower by more "
            f"than {gate.TOLERANCE:g}: whole sets by their interval, slices by a false discovery "
            f"rate of {gate.FALSE_DISCOVERIES:g}; {opened.folder} stays as it was"
        )
    for figure in (spared := gate.spared(figures)):
        progress(
            f"gate: spared, for of {len(figures)} some are low by chance: {figure.set}, "
            f"{figure.slice}, {figure.figure} {figure.old:.3f} to {figure.new:.3f}"
        )
    return _record(old, pairs, figures, spared), figures


def _same(old: Classifier, new: Classifier) -> bool:
    one, two = old.model.metadata, new.model.metadata
    return bool(
        one["arrays"]["sha256"] == two["arrays"]["sha256"]
        and one["thresholds"] == two["thresholds"]
    )


def _record(
    old: Classifier,
    pairs: Sequence[gate.Pair],
    figures: Sequence[Compared],
    spared: Sequence[Compared],
) -> dict[str, Any]:
    was = old.model.metadata
    counts = {pair.name: len(pair.data) for pair in pairs}
    return {
        "compared_with": {"sha256": was["arrays"]["sha256"], "date": was.get("date")},
        "tolerance": gate.TOLERANCE,
        "figures": len(figures),
        "spared": [{"set": f.set, "slice": f.slice, **_brief(f)} for f in spared],
        "sets": {
            name: {"rows": counts.get(name), "worst": _brief(worst(figures, name))}
            for name in dict.fromkeys(figure.set for figure in figures)
        },
    }


def worst(figures: Sequence[Compared], name: str) -> Compared:
    """The figure of a whole set that fell the most, or rose the least."""
    return min((f for f in figures if f.set == name and not f.slice), key=lambda f: f.difference)


def _brief(figure: Compared) -> dict[str, Any]:
    return {
        "figure": figure.figure,
        **{name: _rounded(getattr(figure, name)) for name in ("old", "new", "low", "high")},
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


# --- said and written ----------------------------------------------------------------------------

_HEAD = ("set", "slice", "figure", "positives", "old", "new", "difference", "95 % interval")


def table(figures: Sequence[Compared]) -> list[str]:
    """Markdown, a line a figure."""
    lines = ["| " + " | ".join(_HEAD) + " |", "|" + " --- |" * len(_HEAD)]
    for f in figures:
        between = "-" if f.low is None or f.high is None else f"{f.low:+.3f} to {f.high:+.3f}"
        cells = (f.set, f.slice, f.figure, f"{f.positives:,}", f"{f.old:.3f}", f"{f.new:.3f}",
                 f"{f.difference:+.3f}", between)  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return lines


def write_report(
    folder: Path, name: str, head: str, figures: Sequence[Compared], **more: Any
) -> None:
    """``name.json`` with every figure and ``name.md`` with the whole sets and the lower slices.

    Figures only: no text, and no row."""
    whole = [f for f in figures if not f.slice]
    lower = sorted((f for f in figures if f.slice and f.low is not None and f.difference < 0),
                   key=lambda f: f.difference)  # fmt: skip
    with written(folder / f"{name}.md") as stream:
        stream.write(f"{head}\n\n" + "\n".join(table(whole)) + "\n")
        if spared := gate.spared(figures):
            said = "\n## Slices that alone would have been lost\n\n"
            stream.write(said + "\n".join(table(spared)) + "\n")
        if lower:
            stream.write("\n## Slices that came out lower\n\n" + "\n".join(table(lower)) + "\n")
    report = {"kind": name, "tolerance": gate.TOLERANCE, "least": gate.LEAST,
              "false_discoveries": gate.FALSE_DISCOVERIES, "resamples": gate.RESAMPLES,
              **more}  # fmt: skip
    with written(folder / f"{name}.json") as stream:
        top = json.dumps(report, indent=1, ensure_ascii=False).removesuffix("\n}")
        rows = ",\n".join(
            json.dumps(
                {k: _rounded(v) if isinstance(v, float) else v for k, v in row.items()}
                | {"p": float(f"{row['p']:.3g}")}
            )
            for row in (figure.to_dict() for figure in figures)
        )
        stream.write(f'{top},\n "figures": [\n{rows}\n]\n}}\n')


def reports_folder(folder: Path) -> Path:
    """Where the report of a model goes."""
    return REPORTS if folder.resolve() == SHIPPED else folder


HEAD = f"""# The last release beside the one before

Old: the model that was shipped; new: the one that took its place (`python -m training.train \
--release`). {{count:,}} figures were compared, these and those of every slice with at least \
{gate.LEAST} positives; none is lost, that is, no 95 % interval (paired bootstrap by document, \
{gate.RESAMPLES} resamples) of a whole set lies below -{gate.TOLERANCE:g}, and of the slices \
together none is surely lower by more than that (false discovery rate \
{gate.FALSE_DISCOVERIES:g}; `training/gate.py`). Which sets, and why they are fair to both: \
`training/sets.py`."""
