"""What is asked of a training run before it costs minutes: its files, its rows, its output."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from classifier.assess import not_assessed
from classifier.errors import InputError
from classifier.taxonomy import LABELS
from training.labels import Row, collapsed

#: Share of rows in another language from which a file is refused. Of the public sources the
#: tweets on disasters worldwide have the most, 13 in 100; the rest below 2.
FOREIGN = 0.2
#: Lines of one kind that are named; the rest are counted.
NAMED = 10

_HEAD = 8192  # bytes looked at to tell text from anything else


def check_file(path: Path) -> None:
    """Raise InputError unless ``path`` is a file that can be read and looks like UTF-8 text."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if not head:
        raise InputError(f"{path}: empty; give labelled rows")
    if b"\0" in head:
        line = head[: head.index(b"\0")].count(b"\n") + 1
        raise InputError(
            f"{path}:{line}: holds a NUL byte, so it is no UTF-8 text; save the table as CSV or "
            "JSON Lines in UTF-8"
        )


def check_output(folder: Path) -> None:
    """Raise InputError unless files could be written below ``folder``, which need not exist yet."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise InputError(f"{folder}: cannot be written: {there} is not a folder; choose another")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(f"{folder}: cannot be written: no permission for {there}; choose another")


def check_language(path: Path, rows: Sequence[Row], report: Callable[[str], None]) -> None:
    """Name the rows that do not read as English; InputError when they are FOREIGN or more.

    Fewer stay in: slang and runs of names are taken for another language now and then.
    """
    lines = [
        f"{row.origin}: {reason}" for row in rows if (reason := not_assessed(row.text)) is not None
    ]
    if len(lines) >= FOREIGN * len(rows) > 0:
        raise InputError(
            f"{path}: {len(lines):,} of {len(rows):,} rows do not read as English, which is all "
            f"this model knows; take them out:\n" + "\n".join(shortened(lines))
        )
    for line in shortened(lines):
        report(line)


def conflicts(rows: Sequence[Row]) -> list[str]:
    """A line for each row whose text an earlier row has with another level; the earlier counts."""
    first: dict[str, Row] = {}
    lines = []
    for row in rows:
        twin = first.setdefault(collapsed(row.text).casefold(), row)
        for label in LABELS:
            here, there = getattr(row, label), getattr(twin, label)
            if here != there and None not in (here, there):
                lines.append(
                    f"{row.origin}: {label} is {here}, but the same text has {there} at "
                    f"{twin.origin}, which counts"
                )
    return lines


def shortened(lines: Sequence[str], most: int = NAMED) -> list[str]:
    """The first ``most`` lines and a count of the rest."""
    rest = [f"... and {len(lines) - most:,} more"] if len(lines) > most else []
    return [*lines[:most], *rest]
