"""Documents as an editor sees them: judged, summed up, ordered by severity."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from classifier.evaluate.files import Problem
from classifier.evaluate.texts import Text
from classifier.results import Document, Sentence
from classifier.taxonomy import LABELS, TAGS, Label, Levels


@dataclass(frozen=True)
class Judged:
    """A document with what the model says about it."""

    text: Text
    document: Document

    @property
    def flagged(self) -> list[Sentence]:
        """Sentences with any level, in the order of the text."""
        return [s for s in self.document.sentences if max(_both(s))]

    @cached_property
    def severity(self) -> tuple[int, ...]:
        """Sorts documents: tagged ones first, then by level, then by how often it is reached;
        one that was not assessed stands above a clean one, because somebody must look."""
        highest = _levels(self.document.levels)
        levels = [max(_both(s)) for s in self.document.sentences] if max(highest) else []
        return (
            len(self.document.tags) > 0,
            max(highest),
            sum(highest),
            *(levels.count(cut) for cut in (3, 2, 1)),
            not self.document.assessed,
        )

    @property
    def worst(self) -> Sentence | None:
        """The sentence with the highest levels, the surest of equals; None when all are clean."""
        return max(self.flagged, key=_weight, default=None)


def _levels(levels: Levels) -> tuple[int, int]:
    return levels["violence"], levels["profanity"]


def _both(sentence: Sentence) -> tuple[int, int]:
    return _levels(sentence.levels)


def _weight(sentence: Sentence) -> tuple[float, ...]:
    levels = _both(sentence)
    return max(levels), sum(levels), sum(sentence.scores)


def judge(
    model: Any, texts: Iterable[Text | Problem], report: Callable[[Problem], None]
) -> Iterator[Judged]:
    """Each text with its document; problems go to ``report``. As lazy as ``predict_many``."""
    waiting: deque[Text] = deque()

    def given() -> Iterator[str]:
        for text in texts:
            if isinstance(text, Problem):
                report(text)
            else:
                waiting.append(text)
                yield text.text

    for document in model.predict_many(given()):
        yield Judged(waiting.popleft(), document)


@dataclass(slots=True)
class Totals:
    """Counts over all documents."""

    documents: int = 0
    tagged: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TAGS, 0))
    untagged: int = 0
    not_assessed: int = 0
    sentences: int = 0
    characters: int = 0
    levels: dict[Label, list[int]] = field(default_factory=lambda: {k: [0] * 4 for k in LABELS})
    skipped: int = 0
    seconds: float = 0.0

    def add(self, judged: Judged) -> None:
        document = judged.document
        self.documents += 1
        self.untagged += not document.tags
        self.not_assessed += not document.assessed
        self.sentences += len(document.sentences)
        self.characters += len(judged.text.text)
        for tag in document.tags:
            self.tagged[tag] += 1
        for sentence in document.sentences:
            for label in LABELS:
                self.levels[label][sentence.levels[label]] += 1

    def to_dict(self) -> dict[str, Any]:
        return {
            "documents": self.documents,
            "tagged": dict(self.tagged),
            "untagged": self.untagged,
            "not_assessed": self.not_assessed,
            "sentences": self.sentences,
            "characters": self.characters,
            "levels": {label: list(counts) for label, counts in self.levels.items()},
            "skipped": self.skipped,
            "seconds": round(self.seconds, 3),
        }


def summary(judged: Judged) -> dict[str, Any]:
    """One document for machines: tags, levels, counts, and its flagged sentences."""
    document = judged.document
    return {
        "name": judged.text.name,
        "tags": list(document.tags),
        "why": dict(document.why),
        "levels": dict(document.levels),
        "assessed": document.assessed,
        "not_assessed": document.not_assessed,
        "counts": document.counts(),
        "sentences": len(document.sentences),
        "flagged": [sentence.to_dict() for sentence in judged.flagged],
    }
