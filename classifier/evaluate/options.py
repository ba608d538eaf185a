"""The options of ``forewarn eval`` and ``python -m eval.run``; the standard library only."""

import argparse

DESCRIPTION = """\
Run the tagger on text and see everything.

New text (articles, folders, globs, - for standard input; plain text, Markdown, HTML, feeds, or
tables in JSON Lines, CSV or Parquet): which documents would be tagged, which sentences and words
carried it. Labelled tables (with a field "violence" or "profanity", levels 0-3): how far the
model can be trusted, every figure with a 95 % interval."""

EPILOG = """\
examples:
  %(prog)s article.html --html report.html        look at one article
  %(prog)s archive/ --json > found.json           a folder, for machines
  %(prog)s labelled.jsonl --html report.html      measure
  %(prog)s labelled.jsonl --fail-under violence.2.ap=0.6 --fail-under profanity.2.recall=0.9
exit code: 0 done; 1 something could not be read (with --strict: anything), or a figure is under
its --fail-under; 2 a wrong call"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Everything that ``command.run`` reads."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="file, folder, glob, or -")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--labelled", action="store_true", help="all tables hold labels")
    kind.add_argument("--unlabelled", action="store_true", help="read all as new text")
    parser.add_argument("--format", metavar="F", help="kind of all files, whatever their suffix")
    parser.add_argument("--encoding", metavar="E", help="of articles that do not declare it")
    parser.add_argument("--model", metavar="DIR", help="artefact folder (default: the shipped one)")
    parser.add_argument("--policy", metavar="P", help="policy profile or TOML file")
    parser.add_argument("--strict", action="store_true", help="exit 1 when anything was skipped")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")

    out = parser.add_argument_group("output")
    out.add_argument("--json", action="store_true", help="JSON on standard output, no tables")
    out.add_argument("--html", metavar="FILE", help="the report: one file, opens without network")
    out.add_argument("--markdown", metavar="FILE", help="figures of labelled text as Markdown")
    out.add_argument(
        "--figures-only", action="store_true", help="labelled: figures and row ids, no sentences"
    )
    out.add_argument(
        "--most",
        type=_count,
        default=1000,
        metavar="N",
        help="documents in the HTML report, the most severe (default: 1000)",
    )

    fields = parser.add_argument_group("fields of tables")
    for name in ("text", "violence", "profanity", "document"):
        fields.add_argument(f"--{name}-field", default=name, metavar="NAME", help=argparse.SUPPRESS)
    fields.add_argument(
        "--by",
        nargs="+",
        default=["source", "register", "slice"],
        metavar="FIELD",
        help="also figures by these fields (default: source register slice; length always). "
        "Other names for the fields: --text-field, --violence-field, --profanity-field, "
        "--document-field NAME",
    )

    more = parser.add_argument_group("labelled text")
    more.add_argument(
        "--compare", nargs=2, metavar=("A", "B"), help="two models (artefact folder, or 'shipped')"
    )
    more.add_argument(
        "--rivals",
        nargs="*",
        metavar="NAME",
        help="other tools on the same rows, all or those named (from a checkout; "
        "python -m eval.rivals install)",
    )
    more.add_argument(
        "--fail-under",
        action="append",
        default=[],
        type=_floor,
        metavar="PATH=VALUE",
        help="exit 1 when a figure is lower, such as violence.2.ap=0.6 or profanity.kappa=0.9",
    )
    more.add_argument(
        "--resamples",
        type=_count,
        default=1000,
        metavar="N",
        help="bootstrap resamples for the intervals (default: 1000; 0: none)",
    )


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def _floor(text: str) -> tuple[str, float]:
    path, sign, value = text.rpartition("=")
    try:
        return path.strip(), float(value) if sign and path.strip() else float("x")
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not PATH=VALUE, such as violence.2.ap=0.6"
        ) from None
