"""``python -m eval.thresholds LABELLED... --recall 0.9``: thresholds that meet what you state.

Prints, for each label and level, the threshold with its recall and precision and their 95 %
intervals, and writes them as a policy file. They are chosen and measured on the same rows, so
keep other rows to confirm them.

Exit code 0: found for every level that has rows; 1: for some level no threshold meets it, or the
rows cannot be read; 2: a wrong call.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import classifier
from classifier.errors import ForewarnError
from classifier.evaluate import terminal, thresholds
from classifier.evaluate.files import Source, find
from classifier.evaluate.labelled import Fields, listed, read_labelled
from classifier.evaluate.progress import bar
from classifier.evaluate.scored import score
from classifier.evaluate.thresholds import Found, Rule
from classifier.evaluate.writing import written
from classifier.taxonomy import LABELS, LEVEL_NAMES


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(arguments)
    if args.cost and (args.recall is not None or args.precision is not None):
        parser.error("state a cost, or a recall and precision, not both")
    miss, alarm = args.cost or (None, 1.0)
    try:
        return _run(args, Rule(args.recall, args.precision, miss, alarm))
    except ForewarnError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval.thresholds",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", metavar="LABELLED", help="JSON Lines, CSV or Parquet")
    parser.add_argument("--recall", type=_share, metavar="R", help="at least this recall")
    parser.add_argument("--precision", type=_share, metavar="P", help="at least this precision")
    parser.add_argument(
        "--cost",
        type=_cost,
        metavar="MISS:ALARM",
        help="least cost, such as 5:1 (default: best F1)",
    )
    parser.add_argument("--label", choices=LABELS, action="append", help="default: both")
    parser.add_argument(
        "--level", type=int, choices=(1, 2, 3), action="append", help="default: all"
    )
    parser.add_argument("--model", metavar="DIR", help="default: the shipped model")
    parser.add_argument("--resamples", type=int, default=1000, metavar="N")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a policy file")
    parser.add_argument("--json", action="store_true", help="JSON on standard output")
    return parser


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share above 0 and up to 1")
    return value


def _cost(text: str) -> tuple[float, float]:
    parts = text.split(":")
    try:
        miss, alarm = map(float, parts)
    except ValueError:
        miss = alarm = -1.0
    if miss <= 0 or alarm <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not MISS:ALARM, such as 5:1")
    return miss, alarm


def _run(args: argparse.Namespace, rule: Rule) -> int:
    found = list(find(args.files))
    strange = [entry for entry in found if not isinstance(entry, Source) or not entry.table]
    for entry in strange:
        what = f"{entry.name}: not a table with labels" if isinstance(entry, Source) else str(entry)
        print(what, file=sys.stderr)
    if strange:
        return 1
    sources = [entry for entry in found if isinstance(entry, Source)]
    data = read_labelled(sources, Fields())
    if data.problems:
        print("\n".join(listed(data.problems)), file=sys.stderr)
        return 1
    model = classifier.load(args.model)
    with bar("scoring", len(data), "sentences", show=True) as step:
        ours = score("model", model, data.texts, step)
    chosen = [
        one
        for one in thresholds.find(data, ours, rule, args.resamples)
        if one.label in (args.label or LABELS) and one.cut in (args.level or (1, 2, 3))
    ]
    names = ", ".join(source.path.name for source in sources)
    if args.json:
        print(json.dumps({"rule": str(rule), "files": names, "found": list(map(_plain, chosen))}))
    else:
        _show(chosen, rule, len(data))
    if args.output:
        with written(args.output) as stream:
            stream.write(thresholds.policy_toml(chosen, rule, len(data), names))
        print(f"policy: {args.output}; use it with --policy {args.output}", file=sys.stderr)
    return 1 if any(one.threshold is None and one.positives for one in chosen) else 0


def _plain(one: Found) -> dict[str, object]:
    return {
        "label": one.label,
        "level": one.cut,
        "positives": one.positives,
        "threshold": one.threshold,
        "why": one.why,
        "figures": one.figures,
    }


def _show(chosen: Sequence[Found], rule: Rule, rows: int) -> None:
    out = terminal.console()
    table = terminal.table(out, f"Thresholds for {rule}, on {rows:,} sentences")
    for head in ("level", "rows", "threshold", "recall", "precision", ""):
        table.add_column(head, justify="left" if head in ("level", "") else "right")
    for one in chosen:
        table.add_row(
            f"{one.label} >= {one.cut} {LEVEL_NAMES[one.label][one.cut]}",
            f"{one.positives:,}",
            *(
                terminal.shown(one.figures.get(name))
                for name in ("threshold", "recall", "precision")
            ),
            one.why,
        )
    out.print(table)


if __name__ == "__main__":
    sys.exit(main())
