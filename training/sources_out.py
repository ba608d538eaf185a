"""How good is the model on a source it never saw? ``python -m training.sources_out --sources DIR``

For each train source with at least LEAST labelled sentences: the shipped fit without its labels
and without the teacher's opinions of it, and average precision there for every label and level,
positives in brackets; a line each, as soon as it is known. The teacher (and the word classes made
by it) has read the labels of all sources when it was fine-tuned, so the figures still flatter a
little; with ``--no-teacher`` the opinions are left out, too.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from classifier.errors import ForewarnError, InputError
from training import opinions
from training.data import distinct, own_rows, source_rows
from training.trial import average_precisions, cells, head

#: Fewer labelled sentences say little about a source.
LEAST = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: done; 2: wrong use or data."""
    parser = argparse.ArgumentParser(prog="python -m training.sources_out", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", metavar="SOURCE", help="default: all")
    parser.add_argument("--sources", type=Path, required=True, metavar="DIR")
    parser.add_argument("--no-teacher", action="store_true", help="leave out all opinions")
    args = parser.parse_args(arguments)
    started = time.monotonic()

    def progress(left_out: str, message: str) -> None:
        seconds = time.monotonic() - started
        print(f"[{seconds:6.0f} s] without {left_out}: {message}", file=sys.stderr, flush=True)

    try:
        rows = distinct([*own_rows(), *source_rows(args.sources)[0]])
        counts = Counter(row.source for row in rows)
        enough = [name for name in sorted(counts) if counts[name] >= LEAST and name != "own"]
        if unknown := sorted(set(args.names) - set(enough)):
            raise InputError(
                f"{unknown[0]}: no source with {LEAST} labelled sentences; there are "
                f"{', '.join(enough)}"
            )
        print(head("left out", "rows"), flush=True)
        for name in args.names or enough:
            soft = None if args.no_teacher else opinions.load(args.sources, without=[name])
            inside = [row for row in rows if row.source != name]
            outside = [row for row in rows if row.source == name]
            found = average_precisions(inside, outside, soft, partial(progress, name))
            print(f"| {name} | {len(outside):,} | {cells(found)} |", flush=True)
    except ForewarnError as error:
        print(f"training.sources_out: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
