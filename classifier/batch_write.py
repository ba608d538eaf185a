"""Chunks of output -> a file that appears under its name only when it is complete.

Until then it is ``NAME.part``. ``state`` says, as plain JSON, what of it is safely on disk;
``start`` cuts it back to such a state, so that a run can go on as if it had never been killed.
"""

import contextlib
import os
import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from classifier.batch_read import Kind
from classifier.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

#: Arrow bytes of one row group of a Parquet output: large enough to compress, small in memory.
PIECE_BYTES: Final = 16 << 20


class Damaged(InputError):
    """What is on disk is not what the checkpoint says: there is nothing to go on from."""


class Target(Protocol):
    """Where output goes. ``safe`` tells whether all that was written can be part of a state."""

    @property
    def safe(self) -> bool: ...

    def start(self, state: dict[str, Any] | None) -> None: ...
    def write(self, data: Any) -> None: ...
    def state(self) -> dict[str, Any]: ...
    def complete(self) -> None: ...
    def publish(self) -> None: ...
    def close(self) -> None: ...


def target_for(kind: Kind, path: Path, header: bytes, schema: "pa.Schema | None") -> Target:
    """The target of an output of ``kind``: CSV has a header, Parquet a schema."""
    if kind == "parquet":
        assert schema is not None
        return ParquetTarget(path, schema)
    if kind == "folder":
        return FolderTarget(path)
    return TextTarget(path, header)


def part_of(path: Path) -> Path:
    return path.with_name(path.name + ".part")


class TextTarget:
    """JSONL or CSV: bytes are appended, and a state is a length."""

    safe = True

    def __init__(self, path: Path, header: bytes = b"", *, keep_empty: bool = True) -> None:
        self.path = path
        self._header = header
        self._keep_empty = keep_empty
        self._part = part_of(path)
        self._file: IO[bytes] | None = None

    def start(self, state: dict[str, Any] | None) -> None:
        self._file = self._part.open("a+b")
        lock(self._file.fileno(), self.path)
        length = state["bytes"] if state is not None else 0
        if self._part.stat().st_size < length:
            raise Damaged(f"{self._part}: is shorter than the checkpoint says")
        self._file.truncate(length)
        self._file.seek(length)
        if state is None:
            self._file.write(self._header)

    def write(self, data: bytes) -> None:
        assert self._file is not None
        self._file.write(data)

    def state(self) -> dict[str, Any]:
        assert self._file is not None
        self._file.flush()
        os.fsync(self._file.fileno())
        return {"bytes": self._file.tell()}

    def complete(self) -> None:
        self.state()

    def publish(self) -> None:
        if not self._part.exists():
            return
        if self._keep_empty or self._part.stat().st_size:
            os.replace(self._part, self.path)
        else:
            self._part.unlink()

    def close(self) -> None:
        if self._file is not None:
            # What cannot be written any more is written again after --resume.
            with contextlib.suppress(OSError):
                self._file.close()


class ParquetTarget:
    """Row groups, each a file of its own until all are there: a Parquet file without its end
    cannot be read, so a half-written one could not be gone on with."""

    def __init__(self, path: Path, schema: "pa.Schema") -> None:
        self.path = path
        self._schema = schema
        self._part = part_of(path)
        self._whole = self._part / "whole"
        self._tables: list[pa.Table] = []
        self._bytes = 0
        self._pieces = 0
        self._lock: int | None = None

    @property
    def safe(self) -> bool:
        return not self._tables

    def start(self, state: dict[str, Any] | None) -> None:
        self._part.mkdir(exist_ok=True)
        self._lock = os.open(self._part, os.O_RDONLY)
        lock(self._lock, self.path)
        self._pieces = state["pieces"] if state is not None else 0
        for piece in self._part.iterdir():
            if piece == self._whole or not piece.name.isdigit() or int(piece.name) >= self._pieces:
                piece.unlink()
        if len(list(self._part.iterdir())) < self._pieces:
            raise Damaged(f"{self._part}: holds fewer pieces than the checkpoint says")

    def write(self, table: "pa.Table | None") -> None:
        if table is None:
            return
        self._tables.append(table)
        self._bytes += table.nbytes
        if self._bytes >= PIECE_BYTES:
            self._write_piece()

    def _write_piece(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not self._tables:
            return
        table = pa.concat_tables(self._tables)
        place = self._part / f"{self._pieces:09}"
        pq.write_table(table, place, compression="zstd", row_group_size=max(1, len(table)))
        _sync(place)
        self._pieces += 1
        self._tables, self._bytes = [], 0

    def state(self) -> dict[str, Any]:
        self._write_piece()
        return {"pieces": self._pieces}

    def complete(self) -> None:
        import pyarrow.parquet as pq

        self._write_piece()
        pieces = [self._part / f"{number:09}" for number in range(self._pieces)]
        with pq.ParquetWriter(self._whole, self._schema, compression="zstd") as writer:
            for piece in pieces:
                table = pq.ParquetFile(piece).read(use_threads=False)
                writer.write_table(table, row_group_size=max(1, len(table)))
        _sync(self._whole)

    def publish(self) -> None:
        if self._whole.exists():
            os.replace(self._whole, self.path)
        shutil.rmtree(self._part, ignore_errors=True)

    def close(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class FolderTarget:
    """One small file for each document; writing one twice changes nothing."""

    safe = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = part_of(path)
        self._lock: int | None = None

    def start(self, state: dict[str, Any] | None) -> None:
        if state is None:
            shutil.rmtree(self._part, ignore_errors=True)
        self._part.mkdir(exist_ok=True)
        self._lock = os.open(self._part, os.O_RDONLY)
        lock(self._lock, self.path)

    def write(self, data: list[tuple[str, bytes]]) -> None:
        for name, content in data:
            place = self._part / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def state(self) -> dict[str, Any]:
        if hasattr(os, "sync"):
            os.sync()
        return {}

    def complete(self) -> None:
        self.state()

    def publish(self) -> None:
        if self._part.exists():
            os.replace(self._part, self.path)

    def close(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def lock(descriptor: int, path: Path) -> None:
    """Keep a second run off the same output; the lock goes with the process that holds it."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise InputError(f"{path}: another run is writing it") from None


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
