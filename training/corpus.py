"""Rows written out with their text: our own corpus, and a user's labelled file.

``training/corpus/*.jsonl`` holds sentences we wrote for this library, an object a line::

    {"id": "war-0001", "text": "...", "violence": 0, "profanity": 0,
     "slice": "war-terror", "register": "wire-news", "note": "...", "word": "...", "pair": "..."}

``note``, ``word`` and ``pair`` are optional. ``python -m training.corpus [FILE ...]`` says what is
wrong with which line. Exit code 0: nothing; 1: something; 2: a wrong call.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from classifier.errors import InputError
from classifier.taxonomy import LABELS
from training.labels import (
    Row,
    collapsed,
    json_lines,
    level_faults,
    numbered_lines,
    raise_faults,
    text_faults,
)

FOLDER = Path(__file__).with_name("corpus")

#: What rows of our own corpus have as their source.
SOURCE = "own"

_REQUIRED = ("id", "text", "violence", "profanity", "slice", "register")
_OPTIONAL = ("note", "word", "pair")

#: Five folds and a calibration with fewer rows than this measure chance.
FEWEST_ROWS = 100


# --- Our own corpus ------------------------------------------------------------------------------


def corpus_files(folder: Path = FOLDER) -> list[Path]:
    """The files of our own corpus, in the order of their names."""
    return sorted(folder.glob("*.jsonl"))


def load_corpus(paths: Iterable[Path] | None = None) -> list[Row]:
    """Our own corpus as rows, every line validated; InputError names what is wrong.

    Ids, and texts but for case and white space, are unique over all the files: a sentence that
    stands in two folds would be its own proof.
    """
    faults: list[str] = []
    rows = list(_corpus_rows(corpus_files() if paths is None else paths, faults))
    raise_faults(faults)
    return rows


def _corpus_rows(paths: Iterable[Path], faults: list[str]) -> Iterator[Row]:
    first_id: dict[str, str] = {}
    first_text: dict[str, str] = {}
    for path in paths:
        for number, entry in json_lines(path, faults):
            origin = f"{path}:{number}"
            wrong = list(_corpus_entry_faults(entry))
            if not wrong:
                folded = collapsed(entry["text"]).casefold()
                if (twin := first_id.setdefault(entry["id"], origin)) != origin:
                    wrong.append(f"id {entry['id']!r} stands already at {twin}; choose another")
                if (twin := first_text.setdefault(folded, origin)) != origin:
                    wrong.append(f"text {entry['text']!r} stands already at {twin}; remove one")
            faults += (f"{origin}: {fault}" for fault in wrong)
            if not wrong:
                yield _corpus_row(entry, origin)


def _corpus_entry_faults(entry: dict[str, Any]) -> Iterator[str]:
    for name in entry:
        if name not in _REQUIRED + _OPTIONAL:
            yield f"field {name!r} is unknown; known are {', '.join(_REQUIRED + _OPTIONAL)}"
    yield from text_faults(entry, ("id", "text", "slice", "register"))
    yield from text_faults(entry, (name for name in _OPTIONAL if name in entry))
    yield from level_faults(entry)


def _corpus_row(entry: dict[str, Any], origin: str) -> Row:
    return Row(
        text=entry["text"],
        violence=entry["violence"],
        profanity=entry["profanity"],
        source=SOURCE,
        document=entry.get("pair") or entry["id"],  # twins stay in one fold
        weight=None,
        stratum="",
        slice=entry["slice"],
        register=entry["register"],
        origin=origin,
    )


# --- A user's labelled file ----------------------------------------------------------------------


def read_labelled(
    path: Path, columns: Mapping[str, str] | None = None, *, fewest: int = FEWEST_ROWS
) -> list[Row]:
    """A user's JSONL, CSV or TSV (told apart by the name) as rows, every line validated.

    The columns are ``text`` and ``violence`` or ``profanity`` or both; ``columns`` says what the
    file calls them, as in ``{"text": "comment", "profanity": "swearing"}``. A level of a label
    the file does not have is None. Raises InputError, naming line, field and value, also when the
    same text has two different levels, when there are fewer than ``fewest`` rows, or when a
    label never changes, for then there is nothing to learn.
    """
    faults: list[str] = []
    entries = list(_entries(path, faults))
    raise_faults(faults)
    theirs = _columns_there(path, entries, columns or {})
    labels = [label for label in LABELS if label in theirs]
    rows: list[Row] = []
    first: dict[str, Row] = {}
    for number, cells in entries:
        origin = f"{path}:{number}"
        for label in labels:
            _level_from_text(cells, theirs[label])
        wrong = [
            *text_faults(cells, [theirs["text"]]),
            *level_faults(cells, [theirs[label] for label in labels]),
        ]
        faults += (f"{origin}: {fault}" for fault in wrong)
        if wrong:
            continue
        row = Row(
            text=cells[theirs["text"]],
            violence=cells[theirs["violence"]] if "violence" in theirs else None,
            profanity=cells[theirs["profanity"]] if "profanity" in theirs else None,
            source=path.stem,
            document=origin,
            weight=None,
            stratum="",
            slice="",
            register="",
            origin=origin,
        )
        rows.append(row)
        twin = first.setdefault(collapsed(row.text), row)
        faults += (
            f"{origin}: {theirs[label]} is {getattr(row, label)}, but the same text has "
            f"{getattr(twin, label)} at {twin.origin}; decide which"
            for label in labels
            if getattr(row, label) != getattr(twin, label)
        )
    raise_faults(faults)
    _demand_enough(path, rows, labels, fewest)
    return rows


def _entries(path: Path, faults: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a file as column to value, by the kind its name gives it."""
    kind = path.suffix.lower()
    if kind in {".jsonl", ".ndjson"}:
        yield from json_lines(path, faults)
    elif kind in {".csv", ".tsv"}:
        yield from _csv_entries(path, faults, "," if kind == ".csv" else "\t")
    else:
        raise InputError(f"{path}: the name must end in .jsonl, .csv or .tsv")


def _csv_entries(
    path: Path, faults: list[str], delimiter: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    lines = (line or "\n" for _, line in numbered_lines(path, faults))
    table = csv.DictReader(lines, delimiter=delimiter, strict=True)
    try:
        for cells in table:
            # The number of the last line of a row: a quoted text may go over several.
            if None in cells:
                faults.append(
                    f"{path}:{table.line_num}: more cells than the header has; put text that "
                    "holds the separator into quotation marks"
                )
            else:
                yield table.line_num, dict(cells)
    except csv.Error as error:
        faults.append(f"{path}:{table.reader.line_num}: not CSV: {error}")


def _columns_there(
    path: Path, entries: Sequence[tuple[int, dict[str, Any]]], named: Mapping[str, str]
) -> dict[str, str]:
    """Our name to theirs for ``text`` and the labels the file has."""
    if unknown := sorted(set(named) - {"text", *LABELS}):
        raise InputError(
            f"{unknown[0]!r} is no column of ours; there are text, {', '.join(LABELS)}"
        )
    there = dict.fromkeys(name for _, cells in entries for name in cells)
    found = {ours: named.get(ours, ours) for ours in ("text", *LABELS)}
    for ours, theirs in found.items():
        if theirs not in there and (ours == "text" or ours in named):
            raise InputError(
                f"{path}: no column {theirs!r} for {ours}; there are: {', '.join(there) or 'none'}"
            )
    found = {ours: theirs for ours, theirs in found.items() if theirs in there}
    if len(found) == 1:
        raise InputError(
            f"{path}: no column with levels, neither {' nor '.join(LABELS)}; there are: "
            f"{', '.join(there)}"
        )
    return found


def _level_from_text(cells: dict[str, Any], name: str) -> None:
    """CSV knows text only; anything but a plain digit is left for the check to name."""
    if cells.get(name) in {"0", "1", "2", "3"}:
        cells[name] = int(cells[name])


def _demand_enough(path: Path, rows: Sequence[Row], labels: Iterable[str], fewest: int) -> None:
    if len(rows) < fewest:
        raise InputError(
            f"{path}: {len(rows)} rows are too few to learn from; give {fewest} or more"
        )
    for label in labels:
        levels = {getattr(row, label) for row in rows}
        if len(levels) == 1:
            raise InputError(
                f"{path}: {label} is {levels.pop()} in every row; give rows of another level, or "
                "leave the column out"
            )


# --- The command ---------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m training.corpus``."""
    parser = argparse.ArgumentParser(prog="python -m training.corpus", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="default: all of ours")
    options = parser.parse_args(arguments)
    try:
        faults: list[str] = []
        rows = list(_corpus_rows(options.files or corpus_files(), faults))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    for name, count in sorted(Counter(row.slice for row in rows).items()):
        print(f"{name}\t{count:,}")
    print(f"{len(rows):,} rows, {len(faults):,} faults")
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
