"""Rows of JSON Lines, CSV and Parquet files, one at a time, with the line each stands on."""

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from classifier.evaluate.files import STDIN, Problem, Source

#: The longest line or article that is read, in bytes: more is no text that somebody wrote, and
#: would be held in memory several times over.
LONGEST: Final = 10_000_000

Row = tuple[int, dict[str, Any]]


def rows(source: Source) -> Iterator[Row | Problem]:
    """Each row with its line number from 1 (row number for Parquet); what cannot be read comes
    as a Problem. A line that is too long or not UTF-8 ends a CSV file, and one line of JSON."""
    if source.kind == "parquet":
        yield from _parquet(source)
        return
    try:
        with open_binary(source.path) as stream:
            yield from (_jsonl if source.kind == "jsonl" else _csv)(stream, source)
    except OSError as error:
        yield Problem(source.name, error.strerror or str(error))


def open_binary(path: Path) -> BinaryIO:
    """The file, or standard input (left open) for ``-``."""
    if str(path) == STDIN:
        return io.BufferedReader(_Kept(sys.stdin.buffer))
    return path.open("rb")


class _Kept(io.RawIOBase):
    """Standard input that survives ``with``."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


# --- Lines ----------------------------------------------------------------------------------------


def _lines(stream: BinaryIO, source: Source) -> Iterator[tuple[int, str | Problem]]:
    """Decoded lines with their numbers; at a line that is too long the rest is skipped."""
    number = offset = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        where = f"{source.name}:{number}"
        if len(line) > LONGEST:
            yield number, Problem(where, too_long("line"))
            while line and not line.endswith(b"\n"):
                offset += len(line)
                line = stream.readline(LONGEST)
            offset += len(line)
            continue
        if number == 1:
            complaint = "UTF-16; save it as UTF-8" if line[:2] in _UTF16 else binary(line)
            if complaint:
                yield number, Problem(source.name, complaint)
                return
            line, offset = (
                line.removeprefix(b"\xef\xbb\xbf"),
                offset + 3 * line.startswith(b"\xef\xbb\xbf"),
            )
        try:
            yield number, line.decode("utf-8")
        except UnicodeDecodeError as error:
            yield number, Problem(where, undecodable(line, error, offset))
        offset += len(line)


def binary(data: bytes) -> str | None:
    """Why these first bytes are not text that is read here, or None."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None  # UTF-16, which has many zero bytes
    if (at := data.find(b"\0")) >= 0:
        return f"a binary file (byte 0x00 at offset {at}), not text"
    for name, start in _SIGNATURES.items():
        if data.startswith(start):
            return f"a binary file ({name}), not text"
    return None


_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")

_SIGNATURES: Final = {
    "PDF": b"%PDF-",
    "ZIP, or an office document": b"PK\x03\x04",
    "gzip": b"\x1f\x8b",
    "PNG": b"\x89PNG",
    "JPEG": b"\xff\xd8\xff",
    "Parquet": b"PAR1",
}


def undecodable(data: bytes, error: UnicodeDecodeError, offset: int = 0) -> str:
    """What is wrong with the byte that is not UTF-8; ``offset`` is where ``data`` starts."""
    byte = data[error.start]
    return (
        f"byte 0x{byte:02x} at offset {offset + error.start} is not UTF-8 "
        f"({error.reason}); the file may mix encodings: save it as UTF-8"
    )


def too_long(what: str) -> str:
    """The message for a line or article above the limit."""
    return f"one {what} of more than {LONGEST:,} bytes; no text is that long: break it up"


# --- The three kinds ------------------------------------------------------------------------------


def _jsonl(stream: BinaryIO, source: Source) -> Iterator[Row | Problem]:
    for number, line in _lines(stream, source):
        if isinstance(line, Problem):
            yield line
            continue
        if not line.strip():
            continue
        where = f"{source.name}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            yield Problem(where, f"not JSON: {error.msg} at column {error.colno}")
        except RecursionError:
            yield Problem(where, "JSON nested too deep")
        else:
            if isinstance(row, dict):
                yield number, row
            else:
                yield Problem(where, f"a JSON {type(row).__name__}, not an object with fields")


class _StopReading(Exception):
    """A line that the CSV reader must not see; it carries the Problem."""


def _csv(stream: BinaryIO, source: Source) -> Iterator[Row | Problem]:
    def good() -> Iterator[str]:
        for _, line in _lines(stream, source):
            if isinstance(line, Problem):
                raise _StopReading(line)
            yield line

    csv.field_size_limit(LONGEST)
    reader = csv.DictReader(good(), delimiter="\t" if source.kind == "tsv" else ",")
    try:
        for row in reader:
            where = f"{source.name}:{reader.line_num}"
            if None in row:
                yield Problem(where, f"more fields than the {len(reader.fieldnames or ())} named")
            elif None in row.values():
                yield Problem(where, f"fewer fields than the {len(reader.fieldnames or ())} named")
            else:
                yield reader.line_num, dict(row)
    except _StopReading as stop:
        yield stop.args[0]
    except csv.Error as error:
        yield Problem(f"{source.name}:{reader.line_num}", f"not CSV: {error}")


def _parquet(source: Source) -> Iterator[Row | Problem]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        where = sys.stdin.buffer if str(source.path) == STDIN else source.path
        file = pq.ParquetFile(io.BytesIO(where.read()) if where is sys.stdin.buffer else where)
        number = 0
        for batch in file.iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        yield Problem(source.name, f"not a Parquet file: {str(error).splitlines()[0]}")
