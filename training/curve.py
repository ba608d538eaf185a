"""Does another label still help? ``python -m training.curve --sources DIR``

Fits on an eighth, a quarter, half and all of the labelled documents outside fold 0 (each part
holds the one before) and prints average precision on fold 0 for every label and level: first
without the teacher's opinions, then with all of them but those of documents in fold 0. The
opinions stay the same along a curve: they stand for a teacher that had read all labels (outside
fold 0, where it was made with ``training.teacher --hold-out 0``), so the second curve is flatter
than if a teacher were trained anew for each part.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from classifier.errors import ForewarnError
from training import opinions
from training.build import known_outside
from training.data import distinct, fold_of, group_of, own_rows, source_rows
from training.labels import Row
from training.opinions import Soft
from training.trial import average_precisions, cells, head

SHARES = (1 / 8, 1 / 4, 1 / 2, 1.0)
FOLDS, HELD = 5, 0


def part_of(rows: Sequence[Row], share: float) -> list[Row]:
    """The rows of a share of the documents, by a draw that depends on nothing but their names."""
    return [row for row in rows if _draw(group_of(row)) < share]


def _draw(group: str) -> float:
    """A number from 0 to below 1; another hash than that of ``fold_of``."""
    return int(hashlib.sha256(f"curve|{group}".encode()).hexdigest()[:8], 16) / 16**8


def outside_fold(soft: Soft) -> Soft:
    """The opinions of sentences whose document is not held out."""
    return soft.only(known_outside(soft, HELD, FOLDS))


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: done; 2: wrong use or data."""
    parser = argparse.ArgumentParser(prog="python -m training.curve", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--sources", type=Path, metavar="DIR", help="else our own corpus alone")
    parser.add_argument("--no-teacher", action="store_true", help="the first curve only")
    args = parser.parse_args(arguments)
    started = time.monotonic()

    def progress(message: str) -> None:
        print(f"[{time.monotonic() - started:6.0f} s] {message}", file=sys.stderr, flush=True)

    try:
        rows = own_rows()
        curves: list[tuple[str, Soft | None]] = [("none", None)]
        if args.sources:
            rows = distinct([*rows, *source_rows(args.sources)[0]])
            soft = None if args.no_teacher else opinions.load(args.sources)
            if soft is not None:
                soft = outside_fold(soft)
                curves.append((f"{len(soft.texts):,}", soft))
    except ForewarnError as error:
        print(f"training.curve: {error}", file=sys.stderr)
        return 2
    held = [row for row in rows if fold_of(group_of(row), FOLDS) == HELD]
    rest = [row for row in rows if fold_of(group_of(row), FOLDS) != HELD]
    print(head("opinions", "documents", "sentences"), flush=True)
    for name, soft in curves:
        for share in SHARES:
            chosen = part_of(rest, share)
            documents = len({group_of(row) for row in chosen})
            progress(f"opinions {name}: {share:.0%} of the documents, {len(chosen):,} rows")
            found = average_precisions(chosen, held, soft)
            print(f"| {name} | {documents:,} | {len(chosen):,} | {cells(found)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
