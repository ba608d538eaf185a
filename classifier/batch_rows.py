"""What batch runs and Spark say of one text: the result columns and their types.

``tags``          list of strings, the document's tags
``violence``      highest level of violence, 0-3; ``profanity`` likewise
``not_assessed``  null, or why the text could not be judged
``sentences``     how many sentences it has
``scores``        the highest of each of the six probabilities (``COLUMNS`` order), 4 places;
                  null for a text without sentences
``spans``         the words that carried decisions: ``start``, ``end``, ``label``, ``level``;
                  offsets in code points of the text
"""

from typing import TYPE_CHECKING, Any, Final

from classifier.results import Document

if TYPE_CHECKING:
    import pyarrow as pa

RESULTS: Final = (
    "tags",
    "violence",
    "profanity",
    "not_assessed",
    "sentences",
    "scores",
    "spans",
)


def result(document: Document) -> dict[str, Any]:
    """The result columns of one document, as plain JSON types."""
    sentences = document.sentences
    scores = None
    if len(sentences) == 1:
        scores = [round(score, 4) for score in sentences[0].scores]
    elif sentences:
        columns = zip(*(sentence.scores for sentence in sentences), strict=True)
        scores = [round(max(column), 4) for column in columns]
    return {
        "tags": list(document.tags),
        "violence": document.levels["violence"],
        "profanity": document.levels["profanity"],
        "not_assessed": document.not_assessed,
        "sentences": len(sentences),
        "scores": scores,
        "spans": [
            {"start": span.start, "end": span.end, "label": span.label, "level": span.level}
            for sentence in sentences
            for span in sentence.spans
        ],
    }


def arrow_types() -> "dict[str, pa.DataType]":
    """The Arrow type of each result column."""
    import pyarrow as pa

    span = pa.struct(
        [
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("label", pa.string()),
            ("level", pa.int8()),
        ]
    )
    return {
        "tags": pa.list_(pa.string()),
        "violence": pa.int8(),
        "profanity": pa.int8(),
        "not_assessed": pa.string(),
        "sentences": pa.int32(),
        "scores": pa.list_(pa.float32()),
        "spans": pa.list_(span),
    }
