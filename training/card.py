"""The figures of the model card, written from files and never by hand.

::

    python -m training.card            # rewrite the marked parts of models/README.md
    python -m training.card --check    # exit 1 when the card and the files differ

Between ``<!-- figures: NAME -->`` and ``<!-- end -->`` the card holds what this script makes of
``models/model.json`` and of the reports in ``eval/reports/`` (``python -m eval.run --json``,
``python -m eval.behaviour --json``).
Everything outside the markers is prose and stays. Exit code 2: a file is missing or no report.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from classifier.errors import ForewarnError, InputError
from classifier.taxonomy import CUTS, LABELS

ROOT = Path(__file__).parents[1]

_BLOCK = re.compile(r"(<!-- figures: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

#: Kinds of report: of labelled rows, and of the cases in ``tests/cases``.
_TOLD_OF = ("labelled", "behaviour")
_NO_REPORT = "No report in `eval/reports/` yet."

Metadata = dict[str, Any]
Reports = dict[str, dict[str, Any]]


def render(card: str, metadata: Metadata, reports: Reports) -> str:
    """The card with every marked part made anew. InputError names a part that does not exist."""

    def block(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in BLOCKS:
            raise InputError(f"no figures called {name!r}; there are {', '.join(BLOCKS)}")
        lines = "\n".join(BLOCKS[name](metadata, reports))
        return f"{match[1]}\n{lines}\n\n{match[3]}"

    return _BLOCK.sub(block, card)


# --- the parts -----------------------------------------------------------------------------------


def _model(metadata: Metadata, reports: Reports) -> Iterator[str]:
    arrays = metadata["arrays"]
    yield from _table(
        ("", ""),
        [
            ("version", metadata["version"]),
            ("trained", metadata["date"]),
            ("command", f"`{metadata['command']}`"),
            ("arrays", f"{arrays['bytes'] / 1e6:.2f} MB, SHA-256 `{arrays['sha256']}`"),
            ("made with", ", ".join(f"{k} {v}" for k, v in sorted(metadata["versions"].items()))),
        ],
    )


def _data(metadata: Metadata, reports: Reports) -> Iterator[str]:
    rows = [part for part in metadata["data"] if "rows" in part]
    yield from _table(
        ("data", "labelled sentences", "licence of the text"),
        [
            *((part["name"], f"{part['rows']:,}", part.get("licence", "")) for part in rows),
            ("**together, each text once**", f"**{metadata['held_out']['rows']:,}**", ""),
        ],
    )


def _held_out(metadata: Metadata, reports: Reports) -> Iterator[str]:
    yield f"Population: {metadata['population']}."
    yield ""
    yield f"Thresholds: {metadata['threshold_rule']}."
    yield ""
    cells = []
    for label in LABELS:
        for cut in CUTS:
            said = metadata["held_out"][label][str(cut)]
            cells.append(
                (
                    f"{label} >= {cut}",
                    f"{said['positives']:,}",
                    f"{metadata['thresholds'][label][cut - 1]:.4f}",
                    *(_plain(said.get(k)) for k in ("precision", "recall", "f1")),
                    *(_plain(said.get(k), 4) for k in ("ece", "ece_from_0.1")),
                )
            )
    head = ("column", "positives", "threshold", "precision", "recall", "F1", "ECE", "ECE from 0.1")
    yield from _table(head, cells)


def _reports(metadata: Metadata, reports: Reports) -> Iterator[str]:
    labelled = _of_kind("labelled", reports)
    if not labelled:
        yield _NO_REPORT
    for name, report in labelled.items():
        unit = report["bootstrap"]["unit"]
        yield f"**{name}**: {report['rows']:,} rows; 95 % bootstrap intervals by {unit}."
        yield ""
        cells = []
        for label in LABELS:
            for cut in CUTS:
                said = report[label][str(cut)]
                figures = (_interval(said[k]) for k in ("ap", "precision", "recall", "f1", "ece"))
                cells.append((f"{label} >= {cut}", f"{said['positives']:,}", *figures))
        head = ("column", "positives", "AP", "precision", "recall", "F1", "ECE")
        yield from _table(head, cells)
        yield ""
        for label in LABELS:
            yield (
                f"Quadratic weighted kappa of the {label} levels: "
                f"{_interval(report[label]['kappa'])}."
            )
        yield ""


def _groups(metadata: Metadata, reports: Reports) -> Iterator[str]:
    """Average precision by source, register and slice: where the model is weak."""
    found = False
    for name, report in _of_kind("labelled", reports).items():
        for field, grouped in report.get("groups", {}).items():
            found = True
            yield f"**{name}, by {field}** (average precision; positives in brackets)"
            yield ""
            columns = [(label, cut) for label in LABELS for cut in CUTS]
            cells = [
                (
                    group["name"],
                    f"{group['rows']:,}",
                    *(_by_group(group[label].get(str(cut))) for label, cut in columns),
                )
                for group in grouped["groups"]
            ]
            head = (field, "rows", *(f"{label[0].upper()} >= {cut}" for label, cut in columns))
            yield from _table(head, cells)
            yield ""
    if not found:
        yield _NO_REPORT


def _fairness(metadata: Metadata, reports: Reports) -> Iterator[str]:
    """How many sentences that name groups or are in a dialect are flagged, and of their twins."""
    found = _of_kind("behaviour", reports)
    if not found:
        yield _NO_REPORT
    for name, report in found.items():
        yield f"**{name}**:"
        yield ""
        areas = sorted(report["fairness"].items(), key=lambda item: (item[0] == "all", item[0]))
        yield from _table(
            ("area", "pairs", "sentences flagged", "twins flagged"),
            [(area, said["n"], said["flagged"], said["twins_flagged"]) for area, said in areas],
        )
        yield ""


def _release(metadata: Metadata, reports: Reports) -> Iterator[str]:
    """The set figure that fell the most when this model took over from the one before."""
    said = metadata.get("release")
    if said is None or said.get("first"):
        yield "Nothing to compare with: " + (
            "this is the first release." if said else "not released through the gate."
        )
        return
    before = said["compared_with"]
    yield (
        f"Compared with the model of {before['date']} (arrays `{before['sha256'][:12]}`): "
        f"{said['figures']:,} figures, none lost by more than {said['tolerance']:g} for sure. "
        "Of each set, the figure that fell the most or rose the least:"
    )
    yield ""
    cells = [
        (name, f"{one['rows']:,}" if one["rows"] else "-", one["worst"]["figure"],
         _plain(one["worst"]["old"]), _plain(one["worst"]["new"]),
         f"{_plain(one['worst']['low'])} to {_plain(one['worst']['high'])}")
        for name, one in said["sets"].items()
    ]  # fmt: skip
    yield from _table(("set", "rows", "figure", "before", "now", "difference, 95 %"), cells)


BLOCKS: dict[str, Callable[[Metadata, Reports], Iterator[str]]] = {
    "model": _model,
    "data": _data,
    "held-out": _held_out,
    "reports": _reports,
    "groups": _groups,
    "release": _release,
    "fairness": _fairness,
}


def _by_group(said: Any) -> str:
    if not said or not said.get("positives"):
        return "-"
    return f"{_plain(_value(said['ap']))} ({said['positives']:,})"


def _value(figure: Any) -> float | None:
    return figure.get("value") if isinstance(figure, dict) else figure


def _plain(value: float | None, places: int = 3) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def _interval(figure: dict[str, float | None]) -> str:
    if figure["value"] is None:
        return "-"
    return f"{_plain(figure['value'])} ({_plain(figure['low'])} to {_plain(figure['high'])})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str | int]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


def _of_kind(kind: str, reports: Reports) -> Reports:
    return {name: report for name, report in reports.items() if report["kind"] == kind}


# --- files ---------------------------------------------------------------------------------------


def read_reports(folder: Path) -> Reports:
    """The reports of a folder that the card tells of, by file name, sorted."""
    reports = {}
    for path in sorted(folder.glob("*.json")):
        report = _json(path)
        if isinstance(report, dict) and report.get("kind") in _TOLD_OF:
            reports[path.stem] = report
    return reports


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{path}: not JSON: {error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m training.card``."""
    parser = argparse.ArgumentParser(
        prog="python -m training.card", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("--models", type=Path, default=ROOT / "models", metavar="DIR")
    parser.add_argument("--reports", type=Path, default=ROOT / "eval" / "reports", metavar="DIR")
    parser.add_argument(
        "--check", action="store_true", help="only say whether the card is up to date"
    )
    args = parser.parse_args(arguments)
    card = args.models / "README.md"
    try:
        before = card.read_text(encoding="utf-8")
        after = render(before, _json(args.models / "model.json"), read_reports(args.reports))
    except (ForewarnError, OSError, KeyError) as error:
        said = f"no key {error} where a figure should be" if isinstance(error, KeyError) else error
        print(f"training.card: {said}", file=sys.stderr)
        return 2
    if args.check:
        if after != before:
            print(f"{card}: not what the files say; run python -m training.card", file=sys.stderr)
        return int(after != before)
    card.write_text(after, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
