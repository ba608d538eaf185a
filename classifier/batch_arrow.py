"""Arrow at both ends of a batch run, in the parent alone: workers get texts and return JSON.

pyarrow costs a process 30 MB, and 50 MB more as soon as ``pa.array`` sees a list, because that
looks for pandas. So workers do without, and tables are read from JSON, which needs no pandas.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from classifier.batch_read import Chunk
from classifier.batch_rows import arrow_types
from classifier.batch_work import SHOWN, Job, Output, Place, Reject
from classifier.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa


def result_schema(prefix: str) -> "pa.Schema":
    """The columns that are added."""
    import pyarrow as pa

    return pa.schema([(prefix + name, kind) for name, kind in arrow_types().items()])


def is_text(kind: "pa.DataType") -> bool:
    """Whether a column of this type holds texts, plain or by dictionary."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or str(kind) == "string_view"
    )


def schema_of(rows: Sequence[dict[str, Any]]) -> "pa.Schema":
    """The columns of rows of JSON. Raises InputError when a column mixes types."""
    import pyarrow as pa

    names = dict.fromkeys(name for row in rows for name in row)
    return pa.schema([(name, _type_of(name, [row.get(name) for row in rows])) for name in names])


def _type_of(name: str, values: Iterable[Any]) -> "pa.DataType":
    """The Arrow type that holds all values; strings where all are null."""
    import pyarrow as pa

    given = [value for value in values if value is not None]
    kinds = {type(value) for value in given}
    if kinds <= {str}:
        return pa.string()
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64() if max(given) < 1 << 63 else pa.uint64()
    if kinds <= {int, float}:
        return pa.float64()
    if kinds == {list}:
        return pa.list_(_type_of(f"{name}[]", (item for value in given for item in value)))
    if kinds == {dict}:
        keys = dict.fromkeys(key for value in given for key in value)
        if keys:
            below = {key: [value.get(key) for value in given] for key in keys}
            return pa.struct([(key, _type_of(f"{name}.{key}", below[key])) for key in keys])
    mixed = ", ".join(sorted(kind.__name__ for kind in kinds))
    raise InputError(f"column {name!r} has no one Parquet type ({mixed}); write JSONL instead")


def assemble(job: Job, chunk: Chunk, output: Output, schema: "pa.Schema") -> Output:
    """The output of a worker with a table of ``schema`` (or None) as its data."""
    if job.source == "parquet":
        return replace(output, data=_with_results(chunk, output, schema))
    return _from_json(job, output, schema)


def _with_results(chunk: Chunk, output: Output, schema: "pa.Schema") -> "pa.Table | None":
    """The rows of the input that were judged, as they were, and the result columns."""
    import pyarrow as pa

    if not output.places:
        return None
    added = read_json(output.data, pa.schema(list(schema)[len(chunk.table.schema) :]))
    places = [row - chunk.first for row, _ in output.places]
    ends = [end for end, (one, two) in enumerate(pairwise(places), 1) if two != one + 1]
    runs = pairwise([0, *ends, len(places)])
    kept = [chunk.table.slice(places[first], last - first) for first, last in runs]
    table = pa.Table.from_batches(kept, chunk.table.schema)
    for name in added.schema.names:
        table = table.append_column(name, added.column(name))
    return table


def _from_json(job: Job, output: Output, schema: "pa.Schema") -> Output:
    """Rows of text as a table; one that does not fit ``schema`` is rejected."""
    import pyarrow as pa

    lines = output.data.splitlines(keepends=True)
    tables: list[pa.Table] = []
    rejects: list[Reject] = []

    def read(first: int, last: int) -> None:
        """Lines ``first`` to ``last``, by halves where they do not fit."""
        if first == last:
            return
        try:
            tables.append(read_json(b"".join(lines[first:last]), schema))
        except pa.ArrowInvalid as error:
            if last - first == 1:
                reason = str(error).removeprefix("JSON parse error: ").removesuffix(" in row 0")
                rejects.append(_misfit(job, lines[first], output.places[first], reason))
                return
            middle = (first + last) // 2
            read(first, middle)
            read(middle, last)

    read(0, len(lines))
    found = sorted([*output.rejects, *rejects], key=lambda reject: reject.row)
    table = pa.concat_tables(tables) if tables else None
    return replace(output, data=table, rejects=found)


def _misfit(job: Job, line: bytes, place: Place, reason: str) -> Reject:
    values = json.loads(line)
    id_ = values.get(job.id) if job.id else None
    shown = str(values.get(job.text, ""))[:SHOWN]
    return Reject(*place, id_, f"does not fit the columns: {reason}", shown)


def read_json(data: bytes, schema: "pa.Schema") -> "pa.Table":
    """Lines of JSON as a table of exactly ``schema``. Raises ArrowInvalid when they do not fit."""
    import pyarrow as pa
    from pyarrow import json as arrow_json

    return arrow_json.read_json(
        pa.BufferReader(data),
        arrow_json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
