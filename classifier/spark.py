"""Tag a text column of a Spark DataFrame (extra ``spark``): any archive, on an engine you run.

>>> from classifier.spark import tag_column
>>> tagged = tag_column(posts, "body")                              # doctest: +SKIP
>>> tagged.where("array_contains(forewarn.tags, 'profanity')")      # doctest: +SKIP

The artefact is read once, by the driver, and broadcast; each Python worker of an executor unpacks
it once and keeps it. Rows travel as Arrow batches and are judged like texts of ``predict_many``,
so the answers are those of one machine. The executors need ``forewarn`` and ``pyarrow``.

The new column is a struct (:data:`SCHEMA`, documented in ``batch_rows``); it is null where the
text is null.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from classifier.batch_checkpoint import digest_rules
from classifier.batch_rows import RESULTS, arrow_types, result
from classifier.errors import InputError
from classifier.policy import load_policy
from classifier.predict import Classifier, load, shipped_folder

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

#: The struct column, in Spark's own words.
SCHEMA: Final = (
    "tags array<string>, violence tinyint, profanity tinyint, not_assessed string, "
    "sentences int, scores array<float>, "
    "spans array<struct<start: int, end: int, label: string, level: tinyint>>"
)
_FILES: Final = ("model.json", "model.npz")

#: The classifiers of this Python worker, by digest of all that decides an answer.
_loaded: dict[tuple[str, ...], Classifier] = {}


def tag_column(
    df: "DataFrame",
    text: str,
    *,
    output: str = "forewarn",
    model: str | os.PathLike[str] | None = None,
    policy: Any = None,
) -> "DataFrame":
    """``df`` with a struct column ``output`` that says what forewarn says of column ``text``.

    ``model`` and ``policy`` are as for :func:`classifier.load`; both are read here, by the
    driver. Raises InputError when ``text`` is no string column or ``output`` is taken.
    """
    from pyspark.sql.types import StringType, StructField, StructType

    types = {field.name: field.dataType for field in df.schema.fields}
    if text not in types:
        raise InputError(f"tag_column: no column {text!r}; there are {', '.join(types)}")
    if not isinstance(types[text], StringType):
        kind = types[text].simpleString()
        raise InputError(f"tag_column: column {text!r} is {kind}, not string; cast it first")
    if output in types:
        raise InputError(f"tag_column: there is a column {output!r} already; give output=")
    folder = Path(model) if model is not None else shipped_folder()
    classifier = load(folder, policy=policy)  # a wrong model or policy fails here, not in a task
    key = tuple(digest_rules(classifier.model, classifier.policy).values())
    sent = df.sparkSession.sparkContext.broadcast(
        {
            "key": key,
            "files": {name: (folder / name).read_bytes() for name in _FILES},
            "policy": dict(load_policy(policy).settings),
        }
    )
    struct = StructType.fromDDL(SCHEMA)
    schema = StructType([*df.schema.fields, StructField(output, struct)])

    def tag(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        clf = _classifier_of(sent.value)
        for batch in batches:
            yield _tagged(clf, batch, text, output)

    return df.mapInArrow(tag, schema)


def _classifier_of(sent: dict[str, Any]) -> Classifier:
    """The broadcast classifier, unpacked once in each Python worker."""
    key = sent["key"]
    if key not in _loaded:
        with tempfile.TemporaryDirectory(prefix="forewarn-") as name:
            for file, data in sent["files"].items():
                (Path(name) / file).write_bytes(data)
            _loaded[key] = load(name, policy=sent["policy"])
    return _loaded[key]


def _tagged(clf: Classifier, batch: "pa.RecordBatch", text: str, output: str) -> "pa.RecordBatch":
    """The batch with the struct column appended."""
    import pyarrow as pa

    texts = batch.column(batch.schema.get_field_index(text)).to_pylist()
    documents = clf.predict_many([found for found in texts if found is not None])
    found = [None if one is None else result(next(documents)) for one in texts]
    types = arrow_types()
    columns = [
        pa.array([row[name] if row else None for row in found], types[name]) for name in RESULTS
    ]
    nulls = pa.array([row is None for row in found])
    struct = pa.StructArray.from_arrays(
        columns, fields=[pa.field(name, types[name]) for name in RESULTS], mask=nulls
    )
    return pa.RecordBatch.from_arrays([*batch.columns, struct], [*batch.schema.names, output])
