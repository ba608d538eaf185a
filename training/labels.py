"""Stand-off labels: levels that point at a sentence without carrying its text.

A label file (``training/labels/*.tsv``) holds a line for each labelled sentence: a key made from
its source and text, the document it stands in, where it stands there, and the two levels. The
text comes back from the source files: :func:`join` cuts it out of the document and believes it
only when its key is the one on the line.

::

    python -m training.labels import IN.jsonl --round NAME [--reader NAME] [--from DIR] [-o OUT]
    python -m training.labels check [FILE ...] [--from DIR]

Exit code 0: done; 1: a sentence is not where its label says; 2: a wrong call or a faulty file.
"""

import argparse
import hashlib
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from classifier.errors import ForewarnError, InputError
from classifier.taxonomy import LABELS
from training.sources import Doc, Source, documents, source_folder, train_sources

FOLDER = Path(__file__).with_name("labels")

#: Written into every label file and demanded of it. A new key function is a new version.
KEY_VERSION = "v1"

#: Bytes of one line of JSONL or CSV. A sentence has some hundreds; a file in which a line holds
#: this much is another kind of file, or one that lost its line breaks.
LONGEST_LINE = 100_000

# What str.split() takes for white space in Python 3.11, spelt out: the key outlives that Python.
_WHITE_SPACE = re.compile(
    "[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
)
_KEY = re.compile("[0-9a-f]{16}")
_WEIGHT = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Label:
    """A line of a label file. ``start`` and ``length`` count in ``collapsed(document text)``."""

    key: str
    source: str
    document: str
    start: int
    length: int
    violence: int
    profanity: int
    weight: float | None
    stratum: str
    round: str
    reader: str
    origin: str  # file:line


COLUMNS = tuple(field.name for field in fields(Label) if field.name != "origin")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence to learn from, wherever it came from.

    A level is None where a file labels only the other one. ``weight`` is how many sentences of
    its source the row stands for (None: not a random draw), ``stratum`` how it was drawn,
    ``slice`` what it was written for (own corpus only), ``register`` what kind of text it is.
    ``document`` is what cross-validation must not tear apart.
    """

    text: str
    violence: int | None
    profanity: int | None
    source: str
    document: str
    weight: float | None
    stratum: str
    slice: str
    register: str
    origin: str  # file:line


# --- The frozen key ------------------------------------------------------------------------------


def collapsed(text: str) -> str:
    """NFC, every stretch of white space one space, none at the ends.

    >>> collapsed(" It\\u00a0 rained.\\n")
    'It rained.'
    """
    return _WHITE_SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def sentence_key(source: str, text: str) -> str:
    """The name of a sentence in label files, version 1. FROZEN: labels are lost if it changes.

    >>> sentence_key("muc34", "It rained.") == sentence_key("muc34", "It  rained.\\n")
    True
    """
    named = f"{source}\n{collapsed(text)}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(named).hexdigest()[:16]


# --- Label files ---------------------------------------------------------------------------------


def label_files(folder: Path = FOLDER) -> list[Path]:
    """The label files of the repository, in the order of their names."""
    return sorted(folder.glob("*.tsv"))


def load(paths: Iterable[Path]) -> list[Label]:
    """The labels of some files, every line validated.

    Raises InputError with a line for each fault. A sentence may be labelled only once in all the
    files that are loaded together: two readings of one sentence are read apart, then decided.
    """
    labels: list[Label] = []
    faults: list[str] = []
    first: dict[str, Label] = {}
    for path in paths:
        for number, cells in _cells(path):
            origin = f"{path}:{number}"
            wrong = list(_faults(cells))
            faults += (f"{origin}: {fault}" for fault in wrong)
            if wrong:
                continue
            label = _label(cells, origin)
            labels.append(label)
            twin = first.setdefault(label.key, label)
            if twin is not label:
                faults.append(f"{origin}: {_repeated(label, twin)}")
    raise_faults(faults)
    return labels


def text_of_file(path: Path) -> str:
    """A whole file of ours in UTF-8; InputError names one that cannot be read, and where."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _cells(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines below the header, as column to text, with their number."""
    lines = text_of_file(path).split("\n")
    if f"# key: {KEY_VERSION}" not in lines:
        raise InputError(
            f"{path}: no line '# key: {KEY_VERSION}' at the top; files of another key version must "
            "be made anew with: python -m training.labels import"
        )
    header_seen = False
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header_seen:
            if tuple(cells) != COLUMNS:
                raise InputError(f"{path}:{number}: the columns must be {' '.join(COLUMNS)}")
            header_seen = True
        elif len(cells) != len(COLUMNS):
            raise InputError(f"{path}:{number}: {len(cells)} cells instead of {len(COLUMNS)}")
        else:
            yield number, dict(zip(COLUMNS, cells, strict=True))


def _faults(cells: dict[str, str]) -> Iterator[str]:
    if not _KEY.fullmatch(cells["key"]):
        yield f"key {cells['key']!r} is not 16 hex digits"
    known = [source.name for source in train_sources()]
    if cells["source"] not in known:
        yield f"source {cells['source']!r} is not in the catalogue; there are {', '.join(known)}"
    if not cells["document"]:
        yield "document '' is empty; name the document of the source"
    for name in ("start", "length"):
        if not (cells[name].isascii() and cells[name].isdecimal()):
            yield f"{name} {cells[name]!r} is not a number"
    for name in ("violence", "profanity"):
        if cells[name] not in {"0", "1", "2", "3"}:
            yield f"{name} {cells[name]!r} is not a level; write 0, 1, 2 or 3"
    if cells["weight"] and not _WEIGHT.fullmatch(cells["weight"]):
        yield f"weight {cells['weight']!r} is not a number; leave it empty when there is none"
    if not cells["round"]:
        yield "round '' is empty; say in which round the sentence was labelled"


def _label(cells: dict[str, str], origin: str) -> Label:
    return Label(
        key=cells["key"],
        source=cells["source"],
        document=cells["document"],
        start=int(cells["start"]),
        length=int(cells["length"]),
        violence=int(cells["violence"]),
        profanity=int(cells["profanity"]),
        weight=float(cells["weight"]) if cells["weight"] else None,
        stratum=cells["stratum"],
        round=cells["round"],
        reader=cells["reader"],
        origin=origin,
    )


def _repeated(label: Label, twin: Label) -> str:
    here, there = (label.violence, label.profanity), (twin.violence, twin.profanity)
    if here == there:
        return f"key {label.key} stands already at {twin.origin}; remove one"
    return (
        f"key {label.key} has violence, profanity {here} here and {there} at {twin.origin}; "
        "decide which, and remove the other"
    )


def raise_faults(faults: Sequence[str], most: int = 20) -> None:
    """Raise InputError with the first ``most`` faults, a line each; nothing when there are none."""
    if faults:
        rest = [f"... and {len(faults) - most} more"] if len(faults) > most else []
        raise InputError("\n".join([*faults[:most], *rest]))


# --- Back to text --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Joined:
    """Rows with their text, and the labels whose sentence is not where they say."""

    rows: list[Row]
    missing: list[Label]

    def report(self) -> str:
        """``source: matched n of m`` for each source, then every label without its sentence."""
        matched = Counter(row.source for row in self.rows)
        asked = matched + Counter(label.source for label in self.missing)
        lines = [f"{name}: matched {matched[name]:,} of {asked[name]:,}" for name in sorted(asked)]
        lines += [
            f"{label.origin}: no sentence {label.key} in {label.source} {label.document}"
            for label in self.missing
        ]
        return "\n".join(lines)


def join(labels: Sequence[Label], docs: Iterable[Doc]) -> Joined:
    """Cut each labelled sentence out of its document and verify it by its key.

    Rows come in the order of the labels. A document that is not among ``docs``, or has another
    text than when it was labelled, leaves its labels in ``missing``; nothing is guessed.
    """
    wanted: defaultdict[tuple[str, str], list[Label]] = defaultdict(list)
    for label in labels:
        wanted[label.source, label.document].append(label)
    texts: dict[str, str] = {}
    for doc in docs:
        # Only documents with labels are read into one line, and only their sentences are kept.
        if here := wanted.get((doc.source, doc.document)):
            whole = collapsed(doc.text)
            for label in here:
                text = whole[label.start : label.start + label.length]
                if sentence_key(label.source, text) == label.key:
                    texts[label.key] = text
    register = {source.name: source.register for source in train_sources()}
    rows = [
        Row(
            text=texts[label.key],
            violence=label.violence,
            profanity=label.profanity,
            source=label.source,
            document=label.document,
            weight=label.weight,
            stratum=label.stratum,
            slice="",
            register=register[label.source],
            origin=label.origin,
        )
        for label in labels
        if label.key in texts
    ]
    return Joined(rows, [label for label in labels if label.key not in texts])


def sources_of(names: Iterable[str]) -> list[Source]:
    """The train sources with these names, in catalogue order: the files a join has to read."""
    wanted = set(names)
    return [source for source in train_sources() if source.name in wanted]


# --- Import --------------------------------------------------------------------------------------


def import_jsonl(path: Path, folder: Path, *, round_name: str, reader: str = "") -> list[Label]:
    """Labelled JSONL (fields as in ``train.jsonl``) as labels, sorted by key.

    Every sentence is searched in its document below ``folder``; InputError names the lines whose
    sentence is not there, so no label is written that could not be joined again.
    """
    rows = _labelled_rows(path)
    wanted: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        wanted[row.source, row.document].append(row)
    labels: list[Label] = []
    absent: list[str] = []
    for doc in documents(folder, sources_of(row.source for row in rows)):
        here = wanted.pop((doc.source, doc.document), [])
        whole = collapsed(doc.text) if here else ""
        for row in here:
            start = whole.find(collapsed(row.text))
            if start < 0:
                absent.append(f"{row.origin}: the text is not in {row.source} {row.document}")
            labels.append(_label_of(row, start, round_name, reader))
    for (source, document), here in wanted.items():
        absent += (f"{row.origin}: {source} has no document {document!r}" for row in here)
    raise_faults(absent)
    return sorted(labels, key=lambda label: label.key)


def _label_of(row: Row, start: int, round_name: str, reader: str) -> Label:
    assert row.violence is not None  # _labelled_rows saw to it
    assert row.profanity is not None
    text = collapsed(row.text)
    return Label(
        key=sentence_key(row.source, text),
        source=row.source,
        document=row.document,
        start=start,
        length=len(text),
        violence=row.violence,
        profanity=row.profanity,
        weight=row.weight,
        stratum=row.stratum,
        round=round_name,
        reader=reader,
        origin=row.origin,
    )


def _labelled_rows(path: Path) -> list[Row]:
    """The lines of labelled JSONL, validated; other fields than ours are left alone."""
    rows: list[Row] = []
    faults: list[str] = []
    first: dict[str, str] = {}
    known = {source.name for source in train_sources()}
    for number, entry in json_lines(path, faults):
        origin = f"{path}:{number}"
        wrong = [*text_faults(entry, ("source", "document", "text")), *level_faults(entry)]
        if not wrong and entry["source"] not in known:
            wrong = [f"source {entry['source']!r} is not a train source of the catalogue"]
        weight = entry.get("weight")
        if weight is not None and (type(weight) not in (int, float) or not 0 < weight < 1e9):
            wrong.append(f"weight {weight!r} is not a number above 0; write null for none")
        if not wrong:
            key = sentence_key(entry["source"], entry["text"])
            if (twin := first.setdefault(key, origin)) != origin:
                wrong = [f"the same source and text stand already at {twin}; remove one"]
        faults += (f"{origin}: {fault}" for fault in wrong)
        if not wrong:
            rows.append(
                Row(
                    text=entry["text"],
                    violence=entry["violence"],
                    profanity=entry["profanity"],
                    source=entry["source"],
                    document=entry["document"],
                    weight=None if weight is None else float(weight),
                    stratum=entry.get("stratum") or "",
                    slice="",
                    register="",
                    origin=origin,
                )
            )
    raise_faults(faults)
    return rows


def dump(labels: Iterable[Label]) -> str:
    """Labels as the text of a label file; :func:`load` reads it back."""
    lines = [
        "# Labels by training/GUIDELINE.md. The sentences stay in their sources; see labels.py.",
        f"# key: {KEY_VERSION}",
        "# start, length: place in the text of the document, NFC, white space collapsed",
        "\t".join(COLUMNS),
    ]
    for label in labels:
        cells = ["" if (value := getattr(label, name)) is None else str(value) for name in COLUMNS]
        if any(mark in cell for cell in cells for mark in "\t\r\n"):
            raise InputError(f"{label.origin}: a tab or line break in {cells}; take it out")
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


# --- Lines of JSON, for every file of rows -------------------------------------------------------


def json_lines(path: Path, faults: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their line numbers; blank lines are passed over.

    A line that holds none is told to ``faults`` and passed over, so one run names them all.
    """
    for number, line in numbered_lines(path, faults):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError as error:
            faults.append(f"{path}:{number}: not JSON: {error}")
            continue
        if isinstance(entry, dict):
            yield number, entry
        else:
            faults.append(f"{path}:{number}: {line[:40].strip()!r} is not an object in braces")


def numbered_lines(path: Path, faults: list[str]) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file with their numbers from 1, a byte order mark taken off.

    A line that is too long or not UTF-8 is told to ``faults`` and comes as an empty one.
    """
    try:
        with path.open("rb") as stream:
            for number, raw in enumerate(stream, start=1):
                line = ""
                if len(raw) > LONGEST_LINE:
                    faults.append(
                        f"{path}:{number}: the line has {len(raw):,} bytes; a sentence a line has "
                        f"at most {LONGEST_LINE:,}"
                    )
                else:
                    try:
                        line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                    except UnicodeDecodeError as error:
                        faults.append(
                            f"{path}:{number}: byte {raw[error.start]:#04x} at place "
                            f"{error.start} is not UTF-8; save the file as UTF-8"
                        )
                yield number, line
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def text_faults(entry: dict[str, Any], names: Iterable[str]) -> Iterator[str]:
    """What is wrong with fields that must hold text."""
    for name in names:
        value = entry.get(name)
        if name not in entry:
            yield f"field {name!r} is missing; there are {', '.join(entry)}"
        elif not isinstance(value, str) or not value.strip():
            yield f"{name} {value!r} is not text or is empty"
        elif any("\ud800" <= char <= "\udfff" for char in value):
            yield f"{name} {value!r} holds half of a surrogate pair; write the whole character"


def level_faults(entry: dict[str, Any], names: Iterable[str] = LABELS) -> Iterator[str]:
    """What is wrong with fields that must hold a level. ``True`` is not 1, nor is ``1.0``."""
    for name in names:
        if name not in entry:
            yield f"field {name!r} is missing; there are {', '.join(entry)}"
        elif type(entry[name]) is not int or not 0 <= entry[name] <= 3:
            yield f"{name} {entry[name]!r} is not a level; write 0, 1, 2 or 3"


# --- The command ---------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m training.labels``."""
    parser = argparse.ArgumentParser(prog="python -m training.labels", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(dest="command", required=True)
    take = commands.add_parser("import", help="turn labelled JSONL into a label file")
    take.add_argument("input", type=Path, metavar="IN.jsonl")
    take.add_argument("--round", required=True, help="name of the labelling round")
    take.add_argument("--reader", default="", help="who read, where readings are told apart")
    take.add_argument("-o", dest="output", type=Path, help=f"default: {FOLDER.name}/ROUND.tsv")
    look = commands.add_parser("check", help="say how many labels find their sentence")
    look.add_argument("files", type=Path, nargs="*", metavar="FILE", help="default: all of ours")
    for command in (take, look):
        command.add_argument("--from", dest="origin", type=Path, metavar="DIR", help="source files")
    options = parser.parse_args(arguments)
    try:
        folder = source_folder(options.origin)
        if options.command == "import":
            output = options.output or FOLDER / f"{options.round}.tsv"
            labels = import_jsonl(
                options.input, folder, round_name=options.round, reader=options.reader
            )
            output.write_text(dump(labels), encoding="utf-8", newline="\n")
            print(f"{output}: {len(labels):,} labels")
            return 0
        labels = load(options.files or label_files())
        joined = join(labels, documents(folder, sources_of(label.source for label in labels)))
        print(joined.report())
        return 1 if joined.missing else 0
    except (ForewarnError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
