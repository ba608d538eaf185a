"""``python -m eval.release LABELLED...``: write the committed reports and the README's plots.

Into ``eval/reports/``: figures of the shipped model on the labelled files and on the behavioural
cases, beside the rivals that are installed, as JSON and Markdown; into ``docs/img/``: plots.
Figures and row ids only: no sentence of anybody else's is written.

Exit code 0: done; 1: something could not be read; 2: a wrong call.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import classifier
from classifier.errors import ForewarnError
from classifier.evaluate import plots
from classifier.evaluate.files import Source, find
from classifier.evaluate.labelled import Fields, listed, read_labelled
from classifier.evaluate.labelled_markdown import markdown
from classifier.evaluate.labelled_report import Plan, labelled_report
from classifier.evaluate.writing import written
from eval import behaviour, behaviour_report
from eval.rivals.registry import RIVALS
from eval.rivals.scoring import score_all

HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m eval.release",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", metavar="LABELLED")
    parser.add_argument("--model", metavar="DIR", help="default: the shipped model")
    parser.add_argument("--rivals-train", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--resamples", type=int, default=1000, metavar="N")
    parser.add_argument("--reports", type=Path, default=HERE / "reports")
    parser.add_argument("--images", type=Path, default=HERE.parent / "docs" / "img")
    args = parser.parse_args(arguments)
    try:
        return _release(args)
    except ForewarnError as error:
        print(error, file=sys.stderr)
        return 1


def _release(args: argparse.Namespace) -> int:
    sources = []
    for entry in find(args.files):
        if not isinstance(entry, Source):
            print(entry, file=sys.stderr)
            return 1
        sources.append(entry)
    say = partial(print, file=sys.stderr)
    model = classifier.load(args.model)
    reports = []
    for source in sources:
        data = read_labelled([source], Fields())
        if data.problems:
            print("\n".join(listed(data.problems)), file=sys.stderr)
            return 1
        say(f"{source.name}: {len(data):,} rows")
        plan = Plan(
            resamples=args.resamples,
            texts=False,
            show=True,
            rivals=lambda rows, names: score_all(rows, names, args.rivals_train, say),
            rival_names=tuple(rival.name for rival in RIVALS),
        )
        report = {"files": [source.path.name]} | labelled_report(data, "shipped", model, plan)
        _write(args.reports / f"{source.path.stem}.json", _json(report))
        _write(args.reports / f"{source.path.stem}.md", markdown(report))
        reports.append(report)
    cases = behaviour.build("all", args.model, None, args.rivals_train)
    for failure in cases["failures"]:
        failure.pop("text")
    _write(args.reports / "behaviour.json", _json(cases))
    _write(args.reports / "behaviour.md", behaviour_report.markdown(cases))
    _write(args.images / "precision-recall.svg", plots.both_curves(reports[0]))
    _write(args.images / "rivals.svg", plots.systems(reports[0]))
    return 0


def _json(report: dict[str, Any]) -> str:
    return json.dumps(report, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def _write(path: Path, content: str) -> None:
    with written(path) as stream:
        stream.write(content)
    print(f"wrote {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
