"""Big files on one machine: rows in, the same rows with result columns out, in bounded memory.

>>> from classifier.batch import Options, run
>>> run(Options(Path("posts.jsonl"), Path("tagged.jsonl"), text="body"))  # doctest: +SKIP

The way through the house: ``batch_read`` cuts the input into chunks, ``batch_work`` judges each
(in ``jobs`` processes, ``batch_pool``), ``batch_arrow`` makes tables of them where the output is
one, ``batch_write`` appends them in order. A checkpoint beside the output (``batch_checkpoint``)
says up to where everything is on disk; ``resume`` cuts the output back to it and goes on, so a
run that was killed ends with exactly the bytes of one that was not.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from classifier.batch_checkpoint import Checkpoint, digest_input
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
from classifier.batch_write import Damaged, Target, TextTarget, target_for
from classifier.errors import ForewarnError, InputError

if TYPE_CHECKING:
    import pyarrow as pa

#: Seconds between two checkpoints: each costs an fsync, and a kill costs as much work at most.
CHECKPOINT_SECONDS: Final = 5.0


#: How to begin anew; takes the place of the checkpoint.
_AGAIN: Final = "delete {} to start again"


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
    _check_places(options)
    try:
        source_kind = kind_of(source)
        if is_compressed(target):
            raise WrongCall(f"{target}: output is not compressed; leave {target.suffix} off")
        if source_kind == "folder" and not target.suffix:
            target_kind: Kind = "folder"
        else:
            target_kind = kind_of(target)
    except InputError as error:
        raise WrongCall(str(error)) from None
    if target_kind == "folder" and source_kind != "folder":
        raise WrongCall(f"{target}: is a folder; name a file such as {target / 'out.jsonl'}")
    if source_kind == target_kind == "csv" and _delimiter(source) != _delimiter(target):
        raise WrongCall(
            f"{target}: records stay as they are written; give it the ending of {source.name}"
        )
    for kind in {source_kind, target_kind} & {"parquet"}:
        _need("pyarrow", kind)
    if source.suffix.lower() == ".zst":
        _need("zstandard", ".zst")
    return source_kind, target_kind


def _check_places(options: Options) -> None:
    """That nothing is overwritten, and that the input can be read again after a kill."""
    source, target, rejects = options.source, options.target, options.rejects_path
    for path in (source, target, rejects):
        if str(path) == "-":
            raise WrongCall(
                "-: batch takes files, so that a run can go on; for a pipe use forewarn predict"
            )
    if not source.exists():
        raise WrongCall(f"{source}: no such file or folder")
    if not (source.is_file() or source.is_dir()):
        raise WrongCall(f"{source}: cannot be read twice, as a resumed run must; save it to a file")
    for path in (target, rejects):
        if not path.parent.is_dir():
            raise WrongCall(f"{path.parent}: no such folder")
        if path.exists() and path.samefile(source):
            raise WrongCall(f"{path}: is the input; choose another name for what is written")
    if target.absolute() == rejects.absolute():
        raise WrongCall(f"{rejects}: rejects and output need a file each")


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
    schema: "pa.Schema | None" = field(default=None)

    def go(self) -> Progress:
        options = self.options
        saved = self._saved()
        source = _source(self.source_kind, self.target_kind, options)
        job, header, self.schema = _job(self.source_kind, self.target_kind, options, source)
        identity = self._identity()
        self.target = target_for(self.target_kind, options.target, header, self.schema)
        self.rejects = TextTarget(options.rejects_path, keep_empty=False)
        progress = Progress(total=source.total)
        if saved:
            _check_identity(saved.identity, identity, options)
            progress.rows = progress.resumed = saved.rows
            progress.rejected, progress.tagged = saved.rejected, saved.tagged
            progress.resumed_done = saved.read
        if not (saved and saved.done):
            self._rows(source, job, saved, identity, progress)
        self.target.publish()
        self.rejects.publish()
        options.checkpoint_path.unlink(missing_ok=True)
        return progress

    def _rows(
        self,
        source: "Lines | Parquet | Folder",
        job: Job,
        saved: Checkpoint | None,
        identity: dict[str, Any],
        progress: Progress,
    ) -> None:
        assert self.target is not None
        assert self.rejects is not None
        try:
            self.target.start(saved.output if saved else None)
            self.rejects.start(saved.rejects if saved else None)
        except (Damaged, KeyError, TypeError) as error:
            raise WrongCall(f"{error}; {_AGAIN.format(self.options.checkpoint_path)}") from None
        position = saved.position if saved else None
        began = last = time.monotonic()
        for (chunk, read), judged in self.pool.map(job, source.chunks(position)):
            output = judged
            if self.schema is not None:
                from classifier.batch_arrow import assemble

                output = assemble(job, chunk, judged, self.schema)
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

    def _saved(self) -> Checkpoint | None:
        """The checkpoint to go on from, if there is one and the caller wants it."""
        options = self.options
        path = options.checkpoint_path
        if options.resume and path.exists():
            try:
                return Checkpoint.load(path)
            except (ValueError, TypeError):
                raise WrongCall(
                    f"{path}: not a checkpoint of this version, or damaged; {_AGAIN.format('it')}"
                ) from None
        if path.exists():
            raise WrongCall(
                f"{options.target}: an earlier run was not finished. Go on with --resume, "
                f"or {_AGAIN.format(path)}"
            )
        if options.target.exists() and options.resume:
            raise Finished(f"{options.target}: complete, nothing to resume")
        for written in (options.target, options.rejects_path):
            if written.exists():
                raise WrongCall(f"{written}: exists already; delete it or choose another name")
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
        Checkpoint(
            identity=identity,
            position=position,
            read=read,
            rows=progress.rows,
            rejected=progress.rejected,
            tagged=progress.tagged,
            output=self.target.state(),
            rejects=self.rejects.state(),
            done=done,
        ).save(self.options.checkpoint_path)

    def _identity(self) -> dict[str, Any]:
        """What must be the same when a run goes on."""
        options = self.options
        return {
            "input": digest_input(options.source),
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


def _check_identity(before: dict[str, Any], now: dict[str, Any], options: Options) -> None:
    changed = [key for key in now if before.get(key) != now[key]]
    if changed:
        raise WrongCall(
            f"{options.checkpoint_path}: the run was begun with another {', '.join(changed)}; "
            f"go on with the same, or {_AGAIN.format('the file')}"
        )


def _source(kind: Kind, target: Kind, options: Options) -> "Lines | Parquet | Folder":
    source: Lines | Parquet | Folder
    if kind == "parquet":
        whole = target != "parquet"
        source = Parquet(options.source, options.text, options.id, whole=whole)
    elif kind == "folder":
        source = Folder(options.source)
        if not source.names:
            raise WrongCall(f"{options.source}: holds no .txt, .md or .html file")
    else:
        source = Lines(options.source, kind, options.delimiter or _delimiter(options.source))
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
    if isinstance(source, Parquet):
        from classifier.batch_arrow import is_text

        kind = source.schema.field(options.text).type
        if not is_text(kind):
            raise WrongCall(f"{options.source}: column {options.text!r} is {kind}, not string")


def _delimiter(path: Path) -> str:
    return "\t" if ".tsv" in (suffix.lower() for suffix in path.suffixes) else ","


def _job(
    source_kind: Kind, target_kind: Kind, options: Options, source: "Lines | Parquet | Folder"
) -> "tuple[Job, bytes, pa.Schema | None]":
    """The job of every chunk, the header of a CSV output and the schema of a Parquet one."""
    job = Job(
        source_kind,
        target_kind,
        options.source,
        options.text,
        options.id,
        options.prefix,
        tuple(source.header),
        options.delimiter or _delimiter(options.source if source_kind == "csv" else options.target),
    )
    if target_kind == "parquet":
        schema = _schema(job, source)
        return job if job.header else replace(job, header=tuple(schema.names)), b"", schema
    if target_kind != "csv":
        return job, b"", None
    if source_kind == "csv":
        assert isinstance(source, Lines)
        raw = source.header_raw.rstrip(b"\r\n")
        ending = source.header_raw[len(raw) :] or b"\n"
        added = job.delimiter + csv_line(job.columns, job.delimiter)
        return job, raw + added.encode() + ending, None
    if source_kind == "jsonl":
        job = replace(job, header=tuple(_first_columns(job, source)))
    header = csv_line([*job.header, *job.columns], job.delimiter) + "\n"
    return job, header.encode("utf-8", "backslashreplace"), None


def _first_rows(job: Job, source: "Lines | Parquet | Folder") -> list[dict[str, Any]]:
    for chunk, _ in source.chunks():
        rows = decode(job, chunk, [])
        if rows:
            return [row.values[1] for row in rows]
    return []


def _first_columns(job: Job, source: "Lines | Parquet | Folder") -> list[str]:
    """The columns of a table without a header: those of its first chunk."""
    return list(dict.fromkeys(name for row in _first_rows(job, source) for name in row))


def _schema(job: Job, source: "Lines | Parquet | Folder") -> "pa.Schema":
    """Of a Parquet output: the columns of the input, then those of the results."""
    from classifier.batch_arrow import result_schema, schema_of

    if isinstance(source, Parquet):
        schema = source.schema
    else:
        try:
            schema = schema_of(_first_rows(job, source))
        except InputError as error:
            raise WrongCall(f"{source.path}: {error}") from None
    for added in result_schema(job.prefix):
        schema = schema.append(added)
    return schema
