"""The eval tool: decide what the files are, judge or measure them, and write the outputs."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import classifier
from classifier.errors import ForewarnError
from classifier.evaluate.files import KINDS, Problem, Source, find
from classifier.evaluate.labelled import Fields, holds_labels, listed, read_labelled
from classifier.evaluate.writing import written

if TYPE_CHECKING:
    from classifier.evaluate.labelled_report import Rivals

# The two halves are imported where they are used: an editor need not wait for scikit-learn and
# matplotlib, which take a second and 150 MB.

DONE, FAILED, WRONG = 0, 1, 2


def run(args: argparse.Namespace, rivals: "Rivals | None" = None) -> int:
    """Do what the options say; the exit code."""
    try:
        if complaint := _wrong(args, rivals):
            _say(complaint)
            return WRONG
        return _run(args, rivals)
    except ForewarnError as error:
        _say(str(error))
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; Python would complain again when it flushes
        return FAILED
    except KeyboardInterrupt:
        _say("stopped")
        return 130


def _wrong(args: argparse.Namespace, rivals: "Rivals | None") -> str | None:
    if args.format and args.format not in KINDS:
        return f"--format {args.format!r}: there are {', '.join(KINDS)}"
    measuring = [
        name
        for name, given in (
            ("--compare", args.compare),
            ("--rivals", args.rivals is not None),
            ("--fail-under", args.fail_under),
            ("--markdown", args.markdown),
        )
        if given
    ]
    if args.unlabelled and measuring:
        return f"{measuring[0]} needs labels, and --unlabelled says that there are none"
    if args.compare and args.model:
        return "--compare names both models; leave --model out"
    if args.rivals is not None and rivals is None:
        return "--rivals needs the checkout, where the rivals live: python -m eval.run --rivals"
    args.labelled = args.labelled or bool(measuring)
    return None


def _run(args: argparse.Namespace, rivals: "Rivals | None") -> int:
    names = Fields(
        args.text_field,
        args.violence_field,
        args.profanity_field,
        args.document_field,
        tuple(dict.fromkeys(args.by)),
    )
    found = list(find(args.files, args.format))
    labelled: list[Source] = []
    new: list[Source | Problem] = []
    for source in found:
        if isinstance(source, Source) and _has_labels(args, source, names):
            labelled.append(source)
        else:
            new.append(source)
    both = bool(labelled) and any(isinstance(source, Source) for source in new)
    if both and args.json:
        _say("labelled tables and new text have different reports: run them apart with --json")
        return WRONG
    codes = []
    if new and (both or not labelled or args.strict):
        codes.append(_new_text(args, new))
    elif new:
        codes.append(_report_problems([p for p in new if isinstance(p, Problem)]) and DONE)
    if labelled:
        codes.append(_labelled(args, labelled, names, rivals, apart=both))
    return max(codes, default=FAILED)


def _has_labels(args: argparse.Namespace, source: Source, names: Fields) -> bool:
    if args.unlabelled or not source.table:
        return False
    return args.labelled or holds_labels(source, names)


# --- New text -------------------------------------------------------------------------------------


def _new_text(args: argparse.Namespace, sources: Sequence[Source | Problem]) -> int:
    from classifier.evaluate.newtext import Outputs, judge_all

    if args.labelled:
        strange = next((s.name for s in sources if isinstance(s, Source)), None)
        if strange:
            _say(
                f"{strange}: not a table, so it has no labels; tables are JSON Lines, CSV, Parquet"
            )
            return FAILED
    model = classifier.load(args.model, policy=args.policy)
    outputs = Outputs(
        json=args.json,
        html=Path(args.html) if args.html else None,
        most=args.most,
        show=not args.quiet,
        encoding=args.encoding,
        model=args.model or "shipped",
    )
    totals = judge_all(sources, args.text_field, model, outputs)
    if not totals.documents:
        return FAILED
    return FAILED if args.strict and totals.skipped else DONE


def _report_problems(problems: Sequence[Problem]) -> int:
    for line in listed(problems):
        _say(line)
    return len(problems)


# --- Labelled text --------------------------------------------------------------------------------


def _labelled(
    args: argparse.Namespace,
    sources: Sequence[Source],
    names: Fields,
    rivals: "Rivals | None",
    *,
    apart: bool,
) -> int:
    data = read_labelled(sources, names)
    if data.problems:
        _report_problems(data.problems)
        many = len(data.problems)
        _say(
            f"{many:,} mistake{'s' if many > 1 else ''} in the labelled rows, so nothing was "
            "measured: figures of the rest would mislead"
        )
        return FAILED
    from classifier.evaluate.labelled_report import Plan, labelled_report

    first, second = args.compare or (args.model or "shipped", None)
    model = _load(first, args.policy)
    plan = Plan(
        resamples=args.resamples,
        texts=not args.figures_only,
        show=not args.quiet,
        second=(second, _load(second, args.policy)) if second else None,
        rivals=rivals if args.rivals is not None else None,
        rival_names=tuple(args.rivals or ()),
    )
    report = labelled_report(data, first, model, plan)
    report = {"kind": "labelled", "files": [s.path.name for s in sources]} | report
    _write(args, report, apart=apart)
    return _floors(args.fail_under, report)


def _load(name: str, policy: str | None) -> Any:
    return classifier.load(None if name == "shipped" else name, policy=policy)


def _write(args: argparse.Namespace, report: dict[str, Any], *, apart: bool) -> None:
    if args.json:
        json.dump(report, sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        from classifier.evaluate import terminal

        terminal.labelled(terminal.console(), report)
    if args.html:
        from classifier.evaluate.labelled_html import write_labelled_html

        path = Path(args.html)
        path = path.with_name(f"{path.stem}.labelled{path.suffix}") if apart else path
        write_labelled_html(path, report)
        _say(f"report: {path}")
    if args.markdown:
        from classifier.evaluate.labelled_markdown import markdown

        with written(Path(args.markdown)) as stream:
            stream.write(markdown(report))
        _say(f"report: {args.markdown}")


def _floors(floors: Sequence[tuple[str, float]], report: dict[str, Any]) -> int:
    from classifier.evaluate.figures import look_up

    code = DONE
    for path, floor in floors:
        try:
            value = look_up(report, path)
        except KeyError as error:
            _say(f"--fail-under: {error.args[0]}")
            return WRONG
        if value is None or value < floor:
            _say(f"--fail-under: {path} is {'undefined' if value is None else value} < {floor:g}")
            code = FAILED
    return code


def _say(line: str) -> None:
    print(line, file=sys.stderr)
