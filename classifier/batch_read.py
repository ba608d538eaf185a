"""A big input -> chunks of rows, each with the position behind it, so that a run can go on there.

Chunks depend on nothing but the input and the position where they begin: a run that was killed
and one that was not cut the same chunks.
"""

import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal, NamedTuple

from classifier.errors import InputError

Kind = Literal["jsonl", "csv", "parquet", "folder"]

#: A longer row is rejected: it is no article, and one of them must not fill the memory.
MAX_ROW: Final = 4 << 20
#: A chunk is complete with so many bytes or rows. Small enough to keep two workers within
#: 400 MB, large enough that handing it over costs nothing (measured: 64 KB to 1 MB are alike).
CHUNK_BYTES: Final = 256 << 10
CHUNK_ROWS: Final = 2_000
#: A quoted CSV field may hold line breaks; with more of them its quote was never closed.
_MAX_LINES: Final = 2_000

#: Bytes read at once of each column of a Parquet file: a table may have hundreds of columns.
_PARQUET_BUFFER: Final = 64 << 10

_ENDINGS: dict[str, Kind] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}
#: What is read in a folder of documents.
DOCUMENTS: Final = (".txt", ".md", ".markdown", ".html", ".htm")


class Position(NamedTuple):
    """Where a chunk ends: bytes, lines and rows before it (Parquet and folders: rows only)."""

    offset: int = 0
    line: int = 0
    row: int = 0


class Row(NamedTuple):
    """One raw row: its number and line from 1, its bytes, how many it has in the file, and
    what is wrong with it already."""

    number: int
    line: int
    raw: bytes
    length: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows for one worker: raw rows of text, the texts of a table, or file names."""

    payload: Any
    rows: int
    first: int
    end: Position
    #: the Arrow rows that the texts stand in; they stay with the parent
    table: Any = None


class Texts(NamedTuple):
    """What a worker needs of a chunk of a table; a text that is not UTF-8 comes as bytes."""

    texts: list[str | bytes | None]
    ids: list[Any]
    rows: list[dict[str, Any]] | None


def allow_long_fields() -> None:
    """Let the csv module read fields as long as a row may be, in this process."""
    csv.field_size_limit(MAX_ROW)


def kind_of(path: Path) -> Kind:
    """The kind of table ``path`` is, by its ending. Raises InputError for any other ending."""
    if path.is_dir():
        return "folder"
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in (".gz", ".zst"):
        suffixes.pop()
    if not suffixes or suffixes[-1] not in _ENDINGS:
        known = ", ".join(_ENDINGS)
        raise InputError(f"{path}: the ending does not tell the format; known are {known}")
    return _ENDINGS[suffixes[-1]]


def is_compressed(path: Path) -> bool:
    return path.suffix.lower() in (".gz", ".zst")


class Lines:
    """Rows of JSONL or CSV, compressed or not."""

    def __init__(self, path: Path, kind: Kind, delimiter: str = ",") -> None:
        self.path = path
        self._csv = kind == "csv"
        self._delimiter = delimiter
        self.total = path.stat().st_size
        self.header: list[str] = []
        self.header_raw = b""
        self._start = Position()
        if self._csv:
            allow_long_fields()
            self._read_header()

    def _read_header(self) -> None:
        with _open(self.path) as (stream, _):
            try:
                raw = stream.readline(MAX_ROW)
            except (OSError, EOFError, zlib.error, _zstd_error()) as error:
                raise InputError(f"{self.path}: cannot be read ({error})") from None
        try:
            text = raw.decode("utf-8-sig")
            self.header = next(csv.reader([text], delimiter=self._delimiter, strict=True), [])
        except UnicodeDecodeError as error:
            raise InputError(
                f"{self.path}: the header is not UTF-8 at byte {error.start}; convert the file"
            ) from None
        except csv.Error as error:
            raise InputError(f"{self.path}: the header cannot be read ({error})") from None
        self.header_raw = raw
        self._start = Position(len(raw), 1, 0)

    def chunks(self, position: Position | None = None) -> Iterator[tuple[Chunk, int]]:
        """Chunks from ``position`` on, each with the bytes of the file read so far."""
        position = position or self._start
        with _open(self.path) as (stream, file):
            try:
                _skip(stream, position.offset)
                yield from self._chunks(_Reader(stream, position), file)
            except (OSError, EOFError, zlib.error, _zstd_error()) as error:
                raise InputError(f"{self.path}: cannot be read further ({error})") from None

    def _chunks(self, reader: "_Reader", file: IO[bytes]) -> Iterator[tuple[Chunk, int]]:
        rows: list[Row] = []
        size = 0
        for row in self._records(reader) if self._csv else reader.lines():
            rows.append(row)
            size += len(row.raw)
            if size >= CHUNK_BYTES or len(rows) >= CHUNK_ROWS:
                yield Chunk(rows, len(rows), rows[0].number, reader.position()), file.tell()
                rows, size = [], 0
        if rows:
            yield Chunk(rows, len(rows), rows[0].number, reader.position()), file.tell()

    def _records(self, reader: "_Reader") -> Iterator[Row]:
        """CSV records: a line, or several where a quoted field holds line breaks."""
        for row in reader.lines():
            if row.raw.count(b'"') % 2 == 0 or row.problem:
                yield row
                continue
            lines = [row]
            size = len(row.raw)
            closed = False
            for more in reader.lines(same_row=True):
                lines.append(more)
                size += len(more.raw)
                closed = more.raw.count(b'"') % 2 == 1
                if closed or more.problem or size > MAX_ROW or len(lines) > _MAX_LINES:
                    break
            whole = Row(row.number, row.line, b"".join(line.raw for line in lines), size)
            if closed and self._is_record(whole.raw):
                yield whole
            else:
                reader.push_back(lines[1:])
                yield row._replace(problem="a quote is not closed, or stands inside a field")

    def _is_record(self, raw: bytes) -> bool:
        text = io.StringIO(raw.decode("utf-8", "replace"), newline="")
        try:
            records = list(csv.reader(text, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return len(records) == 1 and len(records[0]) == len(self.header)


class _Reader:
    """Lines with their numbers; some may be given back, to be read again."""

    def __init__(self, stream: IO[bytes], position: Position) -> None:
        self._stream = stream
        self._offset, self._line, self._row = position
        self._again: deque[Row] = deque()
        self._again_bytes = 0

    def position(self) -> Position:
        line = self._again[0].line - 1 if self._again else self._line
        return Position(self._offset - self._again_bytes, line, self._row)

    def push_back(self, rows: list[Row]) -> None:
        self._again.extendleft(reversed(rows))
        self._again_bytes += sum(row.length for row in rows)

    def lines(self, *, same_row: bool = False) -> Iterator[Row]:
        """The lines that are not blank. ``same_row`` keeps blank ones, and counts no rows."""
        while True:
            if self._again:
                row = self._again.popleft()
                self._again_bytes -= row.length
            else:
                read = self._read()
                if read is None:
                    return
                row = read
            if not same_row:
                if not row.raw.strip() and not row.problem:
                    continue
                self._row += 1
            yield row._replace(number=self._row)

    def _read(self) -> Row | None:
        raw = self._stream.readline(MAX_ROW)
        if not raw:
            return None
        self._line += 1
        self._offset += len(raw)
        if len(raw) < MAX_ROW or raw.endswith(b"\n"):
            return Row(0, self._line, raw, len(raw))
        length = len(raw)
        rest = raw
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(MAX_ROW)
            length += len(rest)
        self._offset += length - len(raw)
        problem = f"the row has {length:,} bytes, at most {MAX_ROW:,} are read"
        return Row(0, self._line, raw[:200], length, problem)


class Parquet:
    """Rows of a Parquet file: texts and ids for the workers, beside the Arrow rows themselves.

    ``whole`` hands the workers all columns, for an output that is not Parquet.
    """

    def __init__(
        self, path: Path, text: str, id_: str | None = None, *, whole: bool = False
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path = path
        self._text, self._id, self._whole = text, id_, whole
        try:
            # Without pre-buffering a row group is read page by page, whatever its size.
            self._file = pq.ParquetFile(path, pre_buffer=False, buffer_size=_PARQUET_BUFFER)
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(f"{path}: not a readable Parquet file ({error})") from None
        self.schema = self._file.schema_arrow
        self.header = list(self.schema.names)
        self.total = int(self._file.metadata.num_rows)

    def chunks(self, position: Position | None = None) -> Iterator[tuple[Chunk, int]]:
        import pyarrow as pa

        start = position.row if position else 0
        row = 0
        try:
            for group in range(self._file.metadata.num_row_groups):
                rows = self._file.metadata.row_group(group).num_rows
                if row + rows > start:
                    yield from self._group(group, row, start)
                row += rows
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(f"{self.path}: after row {row}: cannot be read ({error})") from None

    def _group(self, group: int, row: int, start: int) -> Iterator[tuple[Chunk, int]]:
        """Chunks of one row group. They never cross its end, so they are the same in any run."""
        about = self._file.metadata.row_group(group)
        step = CHUNK_BYTES * about.num_rows // max(1, about.total_byte_size)
        step = max(1, min(CHUNK_ROWS, step))
        for batch in self._file.iter_batches(batch_size=step, row_groups=[group]):
            row += len(batch)
            if row > start:
                first = row - len(batch) + 1
                payload = self._payload(batch)
                yield Chunk(payload, len(batch), first, Position(row=row), batch), row

    def _payload(self, batch: Any) -> Texts:
        texts = _values(batch.column(self._text))
        ids = _values(batch.column(self._id)) if self._id else [None] * len(texts)
        if not self._whole:
            return Texts(texts, ids, None)
        columns = [_values(column) for column in batch.columns]
        rows = [dict(zip(self.header, row, strict=True)) for row in zip(*columns, strict=True)]
        return Texts(texts, ids, rows)


def _values(column: Any) -> list[Any]:
    """A column as Python values; texts that are not UTF-8 stay bytes, times are told to the
    nanosecond as text, which Python's own cannot."""
    import pyarrow as pa

    kind = column.type
    if (pa.types.is_timestamp(kind) or pa.types.is_time64(kind)) and kind.unit == "ns":
        column = column.cast(pa.string())
    try:
        values: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        if pa.types.is_dictionary(kind):
            column = column.dictionary_decode()
        values = [_text_or_bytes(value) for value in column.cast(pa.large_binary()).to_pylist()]
    return values


def _text_or_bytes(value: bytes | None) -> str | bytes | None:
    try:
        return value and value.decode()
    except UnicodeDecodeError:
        return value


class Folder:
    """Documents in a folder, one row a file, sorted by name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header = ["file"]
        self.names = sorted(
            found.relative_to(path).as_posix()
            for found in path.rglob("*")
            if found.suffix.lower() in DOCUMENTS and (found.is_file() or _is_broken_link(found))
        )
        self.total = len(self.names)

    def chunks(self, position: Position | None = None) -> Iterator[tuple[Chunk, int]]:
        start = position.row if position else 0
        names: list[str] = []
        size = 0
        for row, name in enumerate(self.names[start:], start + 1):
            names.append(name)
            size += _size(self.path / name)
            if size >= CHUNK_BYTES or len(names) >= CHUNK_ROWS or row == self.total:
                yield Chunk(names, len(names), row - len(names) + 1, Position(row=row)), row
                names, size = [], 0


def _is_broken_link(path: Path) -> bool:
    """A document is meant to be there: it goes to the rejects rather than unnoticed."""
    return path.is_symlink() and not path.exists()


def _size(path: Path) -> int:
    """Bytes of a document; 0 when it has gone, which the worker will say."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def _open(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The stream of a file, and the file itself, whose place tells how much was read."""
    try:
        file: IO[bytes] = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    with file:
        suffix = path.suffix.lower()
        if suffix == ".gz":
            unpacked: Any = gzip.GzipFile(fileobj=file)
        elif suffix == ".zst":
            import zstandard

            unpacked = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        else:
            yield file, file
            return
        yield io.BufferedReader(unpacked, 1 << 18), file


def _skip(stream: IO[bytes], offset: int) -> None:
    """To ``offset`` of the uncompressed bytes; a compressed stream is read up to there."""
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO):
        stream.seek(offset)
        return
    while offset:
        read = len(stream.read(min(offset, 1 << 20)))
        if not read:
            raise EOFError("it is shorter than at the checkpoint")
        offset -= read


def _zstd_error() -> type[Exception]:
    try:
        import zstandard
    except ImportError:
        return OSError
    error: type[Exception] = zstandard.ZstdError
    return error
