"""``python -m eval.behaviour``: the behavioural cases by kind, for us and the rivals.

A case is right in the first table when the text is called profane exactly if it should be
(level above 0); in the second when our level is exactly the one expected; in the third when it
also stands to its pair as its type says. The text of failing cases of the ``build`` half is
listed with --failures; that of the ``held`` half never is, unless --show-held asks for it:
whoever reads it can no longer be measured by it.

Exit code 0: done; 1: the cases cannot be read; 2: a wrong call.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import classifier
from classifier.errors import ForewarnError
from classifier.evaluate.progress import bar
from classifier.evaluate.writing import written
from eval import behaviour_report
from eval.behaviour_figures import Answers, fairness, figures, ours
from eval.cases import Case, read_cases, read_twins
from eval.rivals.client import RivalError, Worker
from eval.rivals.registry import BY_NAME, RIVALS, Rival
from eval.rivals.scoring import training_rows


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(arguments)
    if unknown := [name for name in args.rivals or () if name not in BY_NAME]:
        parser.error(f"no rival called {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
    try:
        report = build(args.half, args.model, args.rivals, args.rivals_train)
    except (ForewarnError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if not args.show_held:
        _hide_held(report)
    if args.json:
        print(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        behaviour_report.show(report, failures=args.failures)
    if args.markdown:
        with written(args.markdown) as stream:
            stream.write(behaviour_report.markdown(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval.behaviour",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--half", choices=("build", "held", "all"), default="all")
    parser.add_argument("--model", metavar="DIR", help="default: the shipped model")
    parser.add_argument(
        "--rivals", nargs="*", metavar="NAME", help="which (default: all that are installed)"
    )
    parser.add_argument("--rivals-train", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--failures", action="store_true", help="list the failing build cases")
    parser.add_argument("--show-held", action="store_true", help="list failing held ones, too")
    parser.add_argument("--json", action="store_true", help="JSON on standard output")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    return parser


def build(
    half: Any, model: str | None, rivals: Sequence[str] | None, train: Sequence[Path]
) -> dict[str, Any]:
    """Run everybody over the cases; ``rivals`` None means those that are installed."""
    cases = read_cases(half)
    clf = classifier.load(model)
    with bar("our model", len(cases), "cases", show=True) as step:
        answers = {"forewarn": ours(clf, cases, step)}
    absent = {}
    wanted = [BY_NAME[name] for name in rivals] if rivals is not None else list(RIVALS)
    for rival in wanted:
        if not rival.installed:
            absent[rival.name] = f"absent: python -m eval.rivals install {rival.name}"
            continue
        print(f"rival {rival.name}", file=sys.stderr)
        try:
            answers[rival.name] = _rival(rival, cases, train)
        except RivalError as error:
            absent[rival.name] = f"failed: {error}"
    report = figures(cases, answers) | {"half": half, "absent": absent}
    report["fairness"] = fairness(clf, read_twins())
    return report


def _rival(rival: Rival, cases: Sequence[Case], train: Sequence[Path]) -> Answers:
    with Worker(rival) as worker:
        if rival.trained:
            worker.train(training_rows(train))
        scores = worker.score([case.text for case in cases])["profanity"]
        cuts = (worker.thresholds or {}).get("profanity", [0.5])
    levels = [
        max(
            (i + 1 for i, (p, cut) in enumerate(zip(row, cuts, strict=True)) if p >= cut), default=0
        )
        for row in scores
    ]
    return Answers(levels, exact=len(cuts) > 1)


def _hide_held(report: dict[str, Any]) -> None:
    for failure in report["failures"]:
        if failure["half"] != "build":
            failure.pop("text", None)


if __name__ == "__main__":
    sys.exit(main())
