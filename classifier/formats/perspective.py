"""The result shape of Perspective's comments:analyze, for those who move away from it.

What each field means here, and what it does not, stands in ``docs/formats.md``. In short: only
PROFANITY is given; a value is our calibrated probability that the strongest word of a sentence
reaches the policy's level for the tag ``profanity`` (2 by default), and the summary is the highest
of them. Perspective's own figures measure another thing on another scale: thresholds must be
chosen anew.
"""

from typing import Any

from classifier.policy import Policy
from classifier.results import Document
from classifier.taxonomy import COLUMNS


def perspective(document: Document, policy: Policy) -> dict[str, Any]:
    """``attributeScores.PROFANITY`` with ``summaryScore`` and ``spanScores`` (one a sentence).

    ``begin`` and ``end`` count code points of the text. ``forewarn`` is ours, and says what the
    shape has no place for.
    """
    column = COLUMNS.index(f"profanity>={policy.tag_levels['profanity'] or 2}")
    spans = [
        {
            "begin": sentence.start,
            "end": sentence.end,
            "score": _score(sentence.scores[column]),
        }
        for sentence in document.sentences
    ]
    highest = max((sentence.scores[column] for sentence in document.sentences), default=0.0)
    return {
        "attributeScores": {"PROFANITY": {"spanScores": spans, "summaryScore": _score(highest)}},
        "languages": ["en"],
        "detectedLanguages": ["en"] if document.assessed else [],
        "forewarn": {
            "tags": list(document.tags),
            "levels": dict(document.levels),
            "assessed": document.assessed,
            "not_assessed": document.not_assessed,
        },
    }


def _score(value: float) -> dict[str, Any]:
    return {"value": round(value, 4), "type": "PROBABILITY"}
