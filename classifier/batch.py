"""Big files on one machine: rows in, the same rows with result columns out, in bounded memory.

>>> from classifier.batch import Options, run
>>> run(Options(Path("posts.jsonl"), Path("tagged.jsonl"), text="body"))  # doctest: +SKIP

The way through the house: ``batch_read`` cuts the input into chunks, ``batch_work`` judges each
(in ``jobs`` processes), ``batch_write`` appends them in order. A checkpoint beside the output
says up to where everything is on disk; ``resume`` cuts the output back to it and goes on, so a
run that was killed ends with exactly the bytes of one that was not.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from classifier.batch_pool import Pool
from classifier.batch_read import (
    Folder,
    Kind,
    Lines,
    Parquet,
    Position,
    is_compressed,
    kind_of,
)
from classifier.batch_rows import RESULTS
from classifier.batch_work import Job, Output, csv_line, decode
from classifier.batch_write import Target, TextTarget, target_for
from classifier.errors import ForewarnError, InputError

#: Seconds between two checkpoints: each costs an fsync, and a kill costs as much work at most.
CHECKPOINT_SECONDS: Final = 5.0
#: Version of the checkpoint file.
FORMAT: Final = 1


class WrongCall(InputError):
    """The options do not fit together or name what does not exist: nothing was begun."""


class Finished(ForewarnError):
    """The output is there and nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do; ``text`` and ``id`` are names of columns."""

    source: Path
    target: Path
    text: str = "text"
    id: str | None = None
    prefix: str = "forewarn_"
    delimiter: str | None = None
    rejects: Path | None = None
    jobs: int = 1
    resume: bool = False
    strict: bool = False
    model: Path | None = None
    policy: str | None = None
    checkpoint: float = CHECKPOINT_SECONDS

    @property
    def rejects_path(self) -> Path:
        return self.rejects or self.target.with_name(self.target.name + ".rejects.jsonl")

    @property
    def checkpoint_path(self) -> Path:
        return self.target.with_name(self.target.name + ".checkpoint")


@dataclass(slots=True)
class Progress:
    """How far a run is; ``done`` of ``total`` counts bytes of the file or rows."""

    rows: int = 0
    rejected: int = 0
    tagged: int = 0
    done: int = 0
    total: int = 0
    #: rows that an earlier run did
    resumed: int = 0
    #: where the earlier run stood, in the unit of ``total``
    resumed_done: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return (self.rows - self.resumed) / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        went = self.done - self.resumed_done
        if went <= 0 or not self.total:
            return None
        return (self.total - self.done) * self.seconds / went


def run(
    options: Options,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Progress:
    """Do all of it. ``tell`` is called after each chunk. Raises InputError for what a user can
    mend, and OSError when the disk fails; ``resume`` goes on after either."""
    source_kind, target_kind = _kinds(options)
    with Pool(options.jobs, options.model, options.policy) as pool:
        run_ = _Run(options, source_kind, target_kind, pool, tell)
        try:
            return run_.go()
        finally:
            run_.close()


def _kinds(options: Options) -> tuple[Kind, Kind]:
    source, target = options.source, options.target
    if not source.exists():
        raise WrongCall(f"{source}: no such file or folder")
    source_kind = kind_of(source)
    if is_compressed(target):
        raise WrongCall(f"{target}: output is not compressed; leave {target.suffix} off")
    if source_kind == "folder" and not target.suffix:
        target_kind: Kind = "folder"
    else:
        target_kind = kind_of(target)
    if target_kind == "folder" and source_kind != "folder":
        raise WrongCall(f"{target}: is a folder; name a file such as {target / 'out.jsonl'}")
    if not target.parent.is_dir():
        raise WrongCall(f"{target.parent}: no such folder")
    for kind in {source_kind, target_kind} & {"parquet"}:
        _need("pyarrow", kind)
    if source.suffix.lower() == ".zst":
        _need("zstandard", ".zst")
    return source_kind, target_kind


def _need(module: str, what: str) -> None:
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise WrongCall(f"{what} needs the package {module}: pip install 'forewarn[batch]'")


@dataclass(slots=True)
class _Run:
    options: Options
    source_kind: Kind
    target_kind: Kind
    pool: Pool
    tell: Callable[[Progress], None]
    target: Target | None = field(default=None)
    rejects: TextTarget | None = field(default=None)

    def go(self) -> Progress:
        options = self.options
        saved = self._saved()
        source = _source(self.source_kind, options)
        job, header = _job(self.source_kind, self.target_kind, options, source)
        identity = self._identity()
        self.target = target_for(self.target_kind, options.target, header)
        self.rejects = TextTarget(options.rejects_path, keep_empty=False)
        if saved:
            _check_identity(saved["identity"], identity, options)
        progress = Progress(total=source.total)
        if not (saved and saved["done"]):
            self._rows(source, job, saved, identity, progress)
        else:
            progress.rows = progress.resumed = saved["rows"]
            progress.rejected, progress.tagged = saved["rejected"], saved["tagged"]
        self.target.publish()
        self.rejects.publish()
        options.checkpoint_path.unlink(missing_ok=True)
        return progress

    def _rows(
        self,
        source: "Lines | Parquet | Folder",
        job: Job,
        saved: dict[str, Any] | None,
        identity: dict[str, Any],
        progress: Progress,
    ) -> None:
        assert self.target is not None
        assert self.rejects is not None
        self.target.start(saved["output"] if saved else None)
        self.rejects.start(saved["rejects"] if saved else None)
        position = Position(*saved["position"]) if saved else None
        if saved:
            progress.rows = progress.resumed = saved["rows"]
            progress.rejected, progress.tagged = saved["rejected"], saved["tagged"]
            progress.resumed_done = saved["read"]
        began = last = time.monotonic()
        chunks = source.chunks(position)
        for (chunk, read), output in self.pool.map(job, chunks):
            self._write(output)
            progress.rows += output.rows
            progress.rejected += len(output.rejects)
            progress.tagged += output.tagged
            progress.done = read
            now = time.monotonic()
            progress.seconds = now - began
            if now - last >= self.options.checkpoint and self.target.safe:
                self._save(identity, chunk.end, read, progress)
                last = time.monotonic()
            position = chunk.end
            self.tell(progress)
        progress.done = progress.total
        self._save(identity, position or Position(), progress.total, progress)
        self.target.complete()
        self._save(identity, position or Position(), progress.total, progress, done=True)

    def _write(self, output: Output) -> None:
        assert self.target is not None
        assert self.rejects is not None
        if output.rejects and self.options.strict:
            bad = output.rejects[0]
            raise InputError(f"{self.options.source}: row {bad.row}: {bad.reason} (--strict)")
        self.target.write(output.data)
        self.rejects.write(b"".join(reject.to_json() for reject in output.rejects))

    def _saved(self) -> dict[str, Any] | None:
        """The checkpoint to go on from, if there is one and the caller wants it."""
        options = self.options
        path = options.checkpoint_path
        if options.resume and path.exists():
            try:
                saved: dict[str, Any] = json.loads(path.read_bytes())
                if saved["format"] == FORMAT:
                    return saved
            except (ValueError, KeyError, TypeError):
                pass
            raise WrongCall(f"{path}: not a checkpoint of this version; delete it to start again")
        if path.exists():
            raise WrongCall(
                f"{options.target}: an earlier run was not finished. Go on with --resume, "
                f"or delete {path} to start again"
            )
        if options.target.exists():
            if options.resume:
                raise Finished(f"{options.target}: complete, nothing to resume")
            raise WrongCall(f"{options.target}: exists already; delete it or choose another name")
        return None

    def _save(
        self,
        identity: dict[str, Any],
        position: Position,
        read: int,
        progress: Progress,
        *,
        done: bool = False,
    ) -> None:
        assert self.target is not None
        assert self.rejects is not None
        data = {
            "format": FORMAT,
            "identity": identity,
            "position": list(position),
            "read": read,
            "rows": progress.rows,
            "rejected": progress.rejected,
            "tagged": progress.tagged,
            "output": self.target.state(),
            "rejects": self.rejects.state(),
            "done": done,
        }
        path = self.options.checkpoint_path
        partial = path.with_name(path.name + ".part")
        with partial.open("w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)

    def _identity(self) -> dict[str, Any]:
        """What must be the same when a run goes on."""
        options = self.options
        return {
            "input": _digest(options.source),
            "text column": options.text,
            "id column": options.id,
            "prefix": options.prefix,
            "delimiter": options.delimiter,
            "rejects file": str(options.rejects_path),
            **self.pool.identity,
        }

    def close(self) -> None:
        for target in (self.target, self.rejects):
            if target is not None:
                target.close()


def _digest(path: Path) -> str:
    """Size and digest of both ends of a file (of the names in a folder): whether it changed."""
    digest = hashlib.sha256()
    if path.is_dir():
        digest.update("\n".join(Folder(path).names).encode("utf-8", "surrogateescape"))
        return digest.hexdigest()
    size = path.stat().st_size
    with path.open("rb") as file:
        digest.update(file.read(1 << 20))
        file.seek(max(0, size - (1 << 20)))
        digest.update(file.read(1 << 20))
    return f"{size}:{digest.hexdigest()}"


def _check_identity(before: dict[str, Any], now: dict[str, Any], options: Options) -> None:
    changed = [key for key in now if before.get(key) != now[key]]
    if changed:
        raise WrongCall(
            f"{options.checkpoint_path}: the run was begun with another {', '.join(changed)}; "
            "go on with the same, or delete the file to start again"
        )


def _source(kind: Kind, options: Options) -> "Lines | Parquet | Folder":
    source: Lines | Parquet | Folder
    if kind == "parquet":
        source = Parquet(options.source)
    elif kind == "folder":
        source = Folder(options.source)
        if not source.names:
            raise WrongCall(f"{options.source}: holds no .txt, .md or .html file")
    else:
        source = Lines(options.source, kind, _delimiter(options.source, options))
    if kind in ("parquet", "csv"):
        _check_columns(source, options)
    return source


def _check_columns(source: "Lines | Parquet | Folder", options: Options) -> None:
    header = source.header
    wanted = [options.text, *([options.id] if options.id else [])]
    for name in wanted:
        if name not in header:
            raise WrongCall(
                f"{options.source}: no column {name!r}; it has {', '.join(header) or 'none'}"
            )
    if repeated := [name for name in header if header.count(name) > 1]:
        raise WrongCall(f"{options.source}: column {repeated[0]!r} stands there twice")
    for name in RESULTS:
        if options.prefix + name in header:
            raise WrongCall(
                f"{options.source}: has a column {options.prefix + name!r} already; "
                "choose another --prefix"
            )
    if isinstance(source, Parquet) and str(source.schema.field(options.text).type) not in (
        "string",
        "large_string",
        "string_view",
        "dictionary<values=string, indices=int32, ordered=0>",
    ):
        kind = source.schema.field(options.text).type
        raise WrongCall(f"{options.source}: column {options.text!r} is {kind}, not string")


def _delimiter(path: Path, options: Options) -> str:
    if options.delimiter:
        return options.delimiter
    return "\t" if ".tsv" in (suffix.lower() for suffix in path.suffixes) else ","


def _job(
    source_kind: Kind, target_kind: Kind, options: Options, source: "Lines | Parquet | Folder"
) -> tuple[Job, bytes]:
    """The job of every chunk, and the header of a CSV output."""
    job = Job(
        source_kind,
        target_kind,
        options.source,
        options.text,
        options.id,
        options.prefix,
        tuple(source.header),
        _delimiter(options.source if source_kind == "csv" else options.target, options),
    )
    if target_kind == "parquet" and source_kind != "parquet":
        job = replace(job, schema=_schema(job, source))
    if target_kind != "csv":
        return job, b""
    if source_kind == "csv":
        assert isinstance(source, Lines)
        raw = source.header_raw.rstrip(b"\r\n")
        ending = source.header_raw[len(raw) :] or b"\n"
        added = job.delimiter + csv_line(job.columns, job.delimiter)
        return job, raw + added.encode() + ending
    if source_kind == "jsonl":
        job = replace(job, header=tuple(_first_columns(job, source)))
    return job, (csv_line([*job.header, *job.columns], job.delimiter) + "\n").encode()


def _first_rows(job: Job, source: "Lines | Parquet | Folder") -> list[dict[str, Any]]:
    for chunk, _ in source.chunks():
        rows = decode(job, chunk, [])
        if rows:
            return [row.values[1] for row in rows]
    return []


def _first_columns(job: Job, source: "Lines | Parquet | Folder") -> list[str]:
    """The columns of a table without a header: those of its first chunk."""
    return list(dict.fromkeys(name for row in _first_rows(job, source) for name in row))


def _schema(job: Job, source: "Lines | Parquet | Folder") -> bytes:
    import pyarrow as pa

    rows = _first_rows(job, source)
    names = dict.fromkeys(name for row in rows for name in row)
    fields = []
    for name in names:
        try:
            kind = pa.array([row.get(name) for row in rows]).type
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise WrongCall(f"{source.path}: column {name!r} mixes types ({error})") from None
        fields.append((name, pa.string() if pa.types.is_null(kind) else kind))
    schema: bytes = pa.schema(fields).serialize().to_pybytes()
    return schema
