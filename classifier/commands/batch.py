"""``forewarn batch IN OUT``: tag big files of rows, with checkpoints."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from classifier.errors import ForewarnError

_ABOUT = """\
Reads JSONL, CSV/TSV or Parquet (by the ending; .gz and .zst are read), or a folder of .txt, .md
and .html files, and writes the same rows with result columns added. IN and OUT may be of
different kinds; a folder goes to a table, or to a folder of JSON files when OUT has no ending.

Added columns (with --prefix): tags, violence, profanity, not_assessed, sentences, scores, spans.
Rows that cannot be judged go to a rejects file with row number and reason. OUT appears when it is
complete. A run that was stopped goes on with --resume and ends with the same bytes."""


#: What a shell says of a command that Ctrl-C ended.
_INTERRUPTED = 130


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    parser = subparsers.add_parser(
        "batch",
        help="tag big files of rows (JSONL, CSV, Parquet, a folder)",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", type=Path, metavar="IN")
    parser.add_argument("target", type=Path, metavar="OUT")
    parser.add_argument("--text", default="text", metavar="COLUMN", help="default: text")
    parser.add_argument("--id", metavar="COLUMN", help="column that names a row among the rejects")
    parser.add_argument("--prefix", default="forewarn_", help="of the added columns: %(default)s")
    parser.add_argument("--delimiter", help="of CSV; default: comma, a tab for .tsv")
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="default: OUT.rejects.jsonl")
    parser.add_argument("--strict", action="store_true", help="stop at the first bad row")
    parser.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="processes; default: one a core"
    )
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    parser.add_argument(
        "--checkpoint", type=float, default=5.0, metavar="SECONDS", help="default: %(default)s"
    )
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="another model than ours")
    parser.add_argument("--policy", metavar="NAME_OR_FILE", help="profile or TOML file")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0: complete (rejects are told on stderr); 1: stopped, or nothing written; 2: wrong call;
    130: Ctrl-C."""
    from classifier import batch

    if args.jobs < 0 or args.checkpoint < 0:
        return _fail("--jobs and --checkpoint take no negative number", 2)
    if args.delimiter is not None and (len(args.delimiter) != 1 or args.delimiter in '"\r\n'):
        return _fail("--delimiter takes one character, not a quote or line break", 2)
    options = batch.Options(
        source=args.source,
        target=args.target,
        text=args.text,
        id=args.id,
        prefix=args.prefix,
        delimiter=args.delimiter,
        rejects=args.rejects,
        jobs=args.jobs or os.cpu_count() or 1,
        resume=args.resume,
        strict=args.strict,
        model=args.model,
        policy=args.policy,
        checkpoint=args.checkpoint,
    )
    shown = _Shown(args.quiet)
    try:
        done = batch.run(options, shown)
    except batch.Finished as finished:
        print(f"forewarn batch: {finished}", file=sys.stderr)
        return 0
    except batch.WrongCall as error:
        return _fail(str(error), 2)
    except ForewarnError as error:
        return _fail(str(error), 1)
    except OSError as error:
        return _fail(f"{error.filename or args.target}: {error.strerror}; go on with --resume", 1)
    except KeyboardInterrupt:
        return _fail("stopped; go on with --resume", _INTERRUPTED)
    shown.last(done)
    if done.rejected:
        print(
            f"forewarn batch: {done.rejected:,} of {done.rows:,} rows could not be judged; "
            f"see {options.rejects_path}",
            file=sys.stderr,
        )
    return 0


class _Shown:
    """Progress on stderr: a line rewritten on a terminal, a line every ten seconds elsewhere."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + (0 if self._terminal else 10)

    def __call__(self, progress: Any) -> None:
        now = time.monotonic()
        if self._quiet or now < self._next:
            return
        self._next = now + (0.5 if self._terminal else 10)
        share = progress.done / progress.total if progress.total else 1.0
        line = f"{progress.rows:,} rows, {share:.1%}, {progress.rate:,.0f} rows/s"
        left = progress.seconds_left
        if left is not None:
            line += f", {_duration(left)} left"
        if progress.rejected:
            line += f", {progress.rejected:,} rejected"
        self._print(line, end="" if self._terminal else "\n")

    def last(self, progress: Any) -> None:
        if not self._quiet:
            self._print(
                f"{progress.rows:,} rows in {_duration(progress.seconds)}, {progress.tagged:,} "
                f"tagged, {progress.rejected:,} rejected, {progress.rate:,.0f} rows/s"
            )

    def _print(self, line: str, end: str = "\n") -> None:
        start = "\r\x1b[K" if self._terminal else "forewarn batch: "
        print(start + line, end=end, file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02} min"
    return f"{minutes // 60}:{minutes % 60:02} h"


def _fail(message: str, code: int) -> int:
    print(f"forewarn batch: {message}", file=sys.stderr)
    return code


def main(arguments: list[str] | None = None) -> int:
    """The command alone: ``python -m classifier.commands.batch IN OUT``."""
    parser = argparse.ArgumentParser(prog="forewarn")
    add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args(["batch", *(sys.argv[1:] if arguments is None else arguments)])
    return int(args.run(args))


if __name__ == "__main__":
    sys.exit(main())
