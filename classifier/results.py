"""What a prediction returns: frozen objects, offsets in code points of the text that was given."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from classifier.taxonomy import LABELS, Label, Levels, Tag


@dataclass(frozen=True, slots=True)
class Span:
    """Words that carried a decision: ``text == document_text[start:end]``."""

    start: int
    end: int
    label: Label
    level: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "end": self.end,
            "label": self.label,
            "level": self.level,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, its levels, its six probabilities (``COLUMNS`` order) and its evidence.

    ``text == document_text[start:end]``. Spans are sorted, and their offsets count from the
    start of the document, not of the sentence.
    """

    start: int
    end: int
    text: str
    levels: Levels
    scores: tuple[float, ...]
    spans: tuple[Span, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types. Scores are rounded to 4 places here, and only here: the
        calibration is not finer than that."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "levels": dict(self.levels),
            "scores": [round(score, 4) for score in self.scores],
            "spans": [span.to_dict() for span in self.spans],
        }


@dataclass(slots=True)
class _Draft:
    """A sentence while it is made: the fields of :class:`Sentence` in its order."""

    start: int
    end: int
    text: str
    levels: Levels
    scores: tuple[float, ...]
    spans: tuple[Span, ...]


def clean_sentences(
    starts: Iterable[int], texts: Iterable[str], scores: Iterable[tuple[float, ...]]
) -> list[Sentence]:
    """Sentences of level 0, without spans, that begin at ``starts`` in their documents.

    Nearly all sentences are made here, and what ``__init__`` of a frozen class does to get round
    its own ``__setattr__`` would take as long as scoring them. So each is filled while it may
    be, and frozen by the name of its class.
    """
    found: list[Any] = [
        _Draft(start, start + len(text), text, {"violence": 0, "profanity": 0}, row, ())
        for start, text, row in zip(starts, texts, scores, strict=True)
    ]
    for draft in found:
        draft.__class__ = Sentence
    return found


@dataclass(frozen=True, slots=True)
class Document:
    """A whole text: its sentences in order, its highest levels and its tags.

    ``not_assessed`` gives the reason when the text cannot be judged (another language, mostly
    unknown words); what was found all the same is still in ``sentences`` and ``tags``.
    ``why`` says for each tag which rule of the policy applied it.
    """

    sentences: tuple[Sentence, ...]
    levels: Levels
    tags: tuple[Tag, ...]
    not_assessed: str | None = None
    why: dict[Tag, str] = field(default_factory=dict)

    @property
    def assessed(self) -> bool:
        return self.not_assessed is None

    def counts(self) -> dict[Label, list[int]]:
        """How many sentences stand at each level 0-3, by label."""
        return {
            label: [sum(s.levels[label] == level for s in self.sentences) for level in range(4)]
            for label in LABELS
        }

    def to_dict(self) -> dict[str, Any]:
        return {
            "tags": list(self.tags),
            "why": dict(self.why),
            "levels": dict(self.levels),
            "assessed": self.assessed,
            "not_assessed": self.not_assessed,
            "counts": self.counts(),
            "sentences": [sentence.to_dict() for sentence in self.sentences],
        }
