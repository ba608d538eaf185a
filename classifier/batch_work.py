"""One chunk of rows -> one chunk of output: what a worker of a batch run does.

Where input and output are of one kind, the other columns stay as they were written: results are
spliced into the JSON line, appended to the CSV record, added to the Arrow table.
"""

import base64
import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from classifier.batch_read import MAX_ROW, Chunk, Kind, Row
from classifier.batch_rows import RESULTS, result
from classifier.predict import Classifier

#: Characters of a bad row that the rejects file shows.
SHOWN = 500


@dataclass(frozen=True, slots=True)
class Job:
    """What every chunk of a run has in common."""

    source: Kind
    target: Kind
    folder: Path
    text: str
    id: str | None
    prefix: str
    header: tuple[str, ...] = ()
    delimiter: str = ","

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.prefix + name for name in RESULTS)


#: Row and line of a row; no line in a table.
Place = tuple[int, int | None]


class Reject(NamedTuple):
    """A row that could not be judged."""

    row: int
    line: int | None
    id: Any
    reason: str
    raw: str

    def to_json(self) -> bytes:
        return (json.dumps(self._asdict(), ensure_ascii=True, default=str) + "\n").encode()


@dataclass(slots=True)
class Output:
    """What a chunk becomes: encoded rows with their places, and the rows that it could not use."""

    data: Any
    rows: int
    rejects: list[Reject] = field(default_factory=list)
    tagged: int = 0
    places: list[Place] = field(default_factory=list)


@dataclass(slots=True)
class Decoded:
    """A row that can be judged; ``values`` are its columns, or its raw bytes."""

    row: int
    line: int | None
    text: str
    values: Any


def work(classifier: Classifier, job: Job, chunk: Chunk) -> Output:
    """Judge the rows of one chunk."""
    rejects: list[Reject] = []
    rows = decode(job, chunk, rejects)
    documents = classifier.predict_many([row.text for row in rows])
    results = [result(document) for document in documents]
    tagged = sum(bool(found["tags"]) for found in results)
    if job.target == "parquet":
        rows, results = _known_columns(job, rows, results, rejects)
    data = _ENCODERS[job.target](job, rows, results, rejects)
    rejects.sort(key=lambda reject: reject.row)
    places = [(row.row, row.line) for row in rows] if job.target == "parquet" else []
    return Output(data, chunk.rows, rejects, tagged, places)


# --- rows in --------------------------------------------------------------------------------------


def decode(job: Job, chunk: Chunk, rejects: list[Reject]) -> list[Decoded]:
    """The rows of a chunk that have a text; the others are added to ``rejects``."""
    if job.source == "parquet":
        return _from_arrow(job, chunk, rejects)
    if job.source == "folder":
        return _from_files(job, chunk, rejects)
    read = _json_row if job.source == "jsonl" else _csv_row
    rows = []
    for row in chunk.payload:
        try:
            if row.problem:
                raise _BadRow(row.problem)
            text, values = read(job, row)
            rows.append(Decoded(row.number, row.line, text, values))
        except _BadRow as bad:
            shown = row.raw[:SHOWN].decode("utf-8", "replace").rstrip("\r\n")
            rejects.append(Reject(row.number, row.line, bad.id, bad.reason, shown))
    return rows


class _BadRow(Exception):
    def __init__(self, reason: str, id_: Any = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.id = id_


def _json_row(job: Job, row: Row) -> tuple[str, Any]:
    try:
        line = row.raw.decode("utf-8-sig" if row.line == 1 else "utf-8").strip()
        values = json.loads(line)
    except UnicodeDecodeError as error:
        raise _BadRow(f"not UTF-8 at byte {error.start}") from None
    except (ValueError, RecursionError) as error:
        raise _BadRow(f"not JSON: {error}") from None
    if not isinstance(values, dict):
        raise _BadRow(f"a JSON object was expected, not {type(values).__name__}")
    id_ = _id(job, values)
    text = _text(job, values, id_)
    for column in job.columns:
        if column in values:
            raise _BadRow(f"it has a column {column!r} already; choose another --prefix", id_)
    return text, (line, values)


def _id(job: Job, values: dict[str, Any]) -> Any:
    if job.id is None:
        return None
    if job.id not in values:
        raise _BadRow(f"no column {job.id!r}")
    return values[job.id]


def _text(job: Job, values: dict[str, Any], id_: Any) -> str:
    if job.text not in values:
        raise _BadRow(f"no column {job.text!r}", id_)
    text = values[job.text]
    if not isinstance(text, str):
        kind = "null" if text is None else type(text).__name__
        raise _BadRow(f"column {job.text!r} is {kind}, not a text", id_)
    return text


def _csv_row(job: Job, row: Row) -> tuple[str, Any]:
    try:
        line = row.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _BadRow(f"not UTF-8 at byte {error.start}") from None
    record = line.rstrip("\r\n")
    reader = csv.reader(io.StringIO(record, newline=""), delimiter=job.delimiter, strict=True)
    try:
        fields = next(reader, [])
    except csv.Error as error:
        raise _BadRow(f"not CSV: {error}") from None
    if len(fields) != len(job.header):
        raise _BadRow(f"{len(fields)} fields, the header has {len(job.header)}")
    values = dict(zip(job.header, fields, strict=True))
    return values[job.text], (line, values)


def _from_arrow(job: Job, chunk: Chunk, rejects: list[Reject]) -> list[Decoded]:
    texts, ids, whole = chunk.payload
    rows = []
    for place, (text, id_) in enumerate(zip(texts, ids, strict=True)):
        number = chunk.first + place
        shown = ""
        if text is None:
            reason = f"column {job.text!r} is null, not a text"
        elif isinstance(text, bytes):
            reason = f"not UTF-8 at byte {_first_wrong(text)}"
            shown = text[:SHOWN].decode("utf-8", "replace")
        elif len(text) > MAX_ROW:
            reason = f"the text has {len(text):,} characters, at most {MAX_ROW:,} are read"
            shown = text[:SHOWN]
        else:
            values = whole[place] if whole else {}
            rows.append(Decoded(number, None, text, (None, values)))
            continue
        rejects.append(Reject(number, None, id_, reason, shown))
    return rows


def _first_wrong(data: bytes) -> int:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _from_files(job: Job, chunk: Chunk, rejects: list[Reject]) -> list[Decoded]:
    rows = []
    for number, name in enumerate(chunk.payload, chunk.first):
        try:
            text = _document(job.folder / name)
        except _BadRow as bad:
            rejects.append(Reject(number, None, name, bad.reason, ""))
        else:
            rows.append(Decoded(number, None, text, (None, {"file": name})))
    return rows


def _document(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_ROW:
            raise _BadRow(f"the file has {size:,} bytes, at most {MAX_ROW:,} are read")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _BadRow(f"not UTF-8 at byte {error.start}") from None
    except OSError as error:
        raise _BadRow(f"cannot be read: {error.strerror}") from None


# --- rows out -------------------------------------------------------------------------------------

Results = list[dict[str, Any]]


def _to_jsonl(job: Job, rows: list[Decoded], results: Results, rejects: list[Reject]) -> bytes:
    lines = []
    for row, found in zip(rows, results, strict=True):
        added = json.dumps({job.prefix + key: value for key, value in found.items()})
        line, values = row.values
        if job.source != "jsonl":
            try:
                line = json.dumps(values, ensure_ascii=False, allow_nan=False, default=_plain)
            except ValueError as error:
                rejects.append(_reject(job, row, f"not to be written as JSON: {error}"))
                continue
        lines.append(f"{line[:-1].rstrip()}, {added[1:]}\n")
    # Lone surrogates come from escapes and go back to them; only ours are plain in the line.
    return "".join(lines).encode("utf-8", "backslashreplace")


def _to_csv(job: Job, rows: list[Decoded], results: Results, rejects: list[Reject]) -> bytes:
    lines = []
    for row, found in zip(rows, results, strict=True):
        line, values = row.values
        added = [_cell(found[name]) for name in RESULTS]
        if job.source == "csv":
            record = line.rstrip("\r\n")
            ending = line[len(record) :] or "\n"
            lines.append(record + job.delimiter + csv_line(added, job.delimiter) + ending)
        else:
            if strange := _strange_column(job, row):
                rejects.append(_reject(job, row, strange))
                continue
            cells = [_cell(values.get(name)) for name in job.header]
            lines.append(csv_line([*cells, *added], job.delimiter) + "\n")
    return "".join(lines).encode("utf-8", "backslashreplace")


def csv_line(fields: Iterable[str], delimiter: str) -> str:
    """One CSV record without its line end."""
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, lineterminator="").writerow(fields)
    return sink.getvalue()


def _cell(value: Any) -> str:
    """A value as a CSV field: lists of names and numbers parted by spaces, structures as JSON."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(v, str | int | float) for v in value):
        return " ".join(map(str, value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(_plain(value))


def _plain(value: Any) -> Any:
    """What JSON and CSV cannot hold as text: bytes in base64, times and decimals as written."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def _known_columns(
    job: Job, rows: list[Decoded], results: Results, rejects: list[Reject]
) -> tuple[list[Decoded], Results]:
    """The rows that have no other columns than the table; the others are rejected."""
    known = []
    for row, found in zip(rows, results, strict=True):
        if strange := _strange_column(job, row):
            rejects.append(_reject(job, row, strange))
        else:
            known.append((row, found))
    return [row for row, _ in known], [found for _, found in known]


def _strange_column(job: Job, row: Decoded) -> str:
    """What is wrong with the columns of a row for a table of ``job.header``."""
    for name in row.values[1]:
        if name not in job.header:
            return f"column {name!r} is not in the first rows"
    return ""


def _to_json(job: Job, rows: list[Decoded], results: Results, rejects: list[Reject]) -> bytes:
    """Lines for the parent to make a table of: of a Parquet input, which it has, results only."""
    lines = []
    for row, found in zip(rows, results, strict=True):
        added = {job.prefix + key: value for key, value in found.items()}
        lines.append(json.dumps(added if job.source == "parquet" else {**row.values[1], **added}))
        lines.append("\n")
    return "".join(lines).encode()


def _to_files(
    job: Job, rows: list[Decoded], results: Results, rejects: list[Reject]
) -> list[tuple[str, bytes]]:
    return [
        (row.values[1]["file"] + ".json", json.dumps({**row.values[1], **found}).encode() + b"\n")
        for row, found in zip(rows, results, strict=True)
    ]


def _reject(job: Job, row: Decoded, reason: str) -> Reject:
    values = row.values[1]
    id_ = values.get(job.id) if job.id and isinstance(values, dict) else None
    return Reject(row.row, row.line, id_, reason, row.text[:SHOWN])


_ENCODERS = {"jsonl": _to_jsonl, "csv": _to_csv, "parquet": _to_json, "folder": _to_files}
