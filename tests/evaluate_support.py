"""A tiny stand-in for a model, so that tests of the tool do not depend on the shipped one.

Four words decide everything, and every score can be checked in the head.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from classifier.evidence import Explanation
from classifier.model import Contribution
from classifier.policy import decide, load_policy
from classifier.results import Document, Sentence, Span
from classifier.taxonomy import LABELS, Label, Levels, columns_of

#: Word -> label, level.
WORDS: dict[str, tuple[Label, int]] = {
    "killed": ("violence", 1),
    "stabbed": ("violence", 2),
    "gore": ("violence", 3),
    "damn": ("profanity", 1),
    "shit": ("profanity", 2),
    "fuck": ("profanity", 3),
}
#: The six numbers of a label at each level.
SCORES = {0: (0.02, 0.01, 0.0), 1: (0.8, 0.1, 0.02), 2: (0.9, 0.7, 0.1), 3: (0.97, 0.9, 0.85)}
#: What a word of each level weighs for the cuts 1, 2, 3.
WEIGHTS = {1: (2.0, -1.0, -1.0), 2: (2.0, 2.0, -1.0), 3: (2.0, 2.0, 2.0)}


class FakeModel:
    """The public API of a classifier, over WORDS."""

    def __init__(self) -> None:
        self.thresholds = dict.fromkeys(LABELS, (0.5, 0.5, 0.5))
        self.policy = load_policy()
        self.metadata = {"name": "fake"}

    def score(self, sentences: Sequence[str]) -> np.ndarray[Any, Any]:
        scores = np.zeros((len(sentences), 6))
        for row, sentence in enumerate(sentences):
            found = self._levels(sentence)
            for label in LABELS:
                scores[row, columns_of(label)] = SCORES[found[label]]
        return scores

    def levels(self, scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        levels = np.zeros((len(scores), 2), dtype=int)
        for place, label in enumerate(LABELS):
            levels[:, place] = (scores[:, columns_of(label)] >= self.thresholds[label]).sum(axis=1)
        return levels

    def predict(self, text: str) -> Document:
        sentences = [self._sentence(text, m) for m in re.finditer(r"[^\s.!?][^.!?]*[.!?]*", text)]
        tags, why = decide(self.policy, [s.levels for s in sentences])
        highest: Levels = {
            "violence": max((s.levels["violence"] for s in sentences), default=0),
            "profanity": max((s.levels["profanity"] for s in sentences), default=0),
        }
        strange = "not English" if "xyzzy" in text else None
        return Document(tuple(sentences), highest, tags, strange, why)

    def predict_many(self, texts: Iterable[str]) -> Iterator[Document]:
        for text in texts:
            yield self.predict(text)

    def explain(self, sentence: str) -> Explanation:
        contributions = [
            Contribution(label, match.group().lower(), match.start(), match.end(), WEIGHTS[level])
            for match, label, level in self._hits(sentence)
        ]
        return Explanation(sentence, self._levels(sentence), (), tuple(contributions), ())

    def _hits(self, text: str) -> list[tuple[re.Match[str], Label, int]]:
        matches = re.finditer(r"\w+", text)
        return [(m, *WORDS[m.group().lower()]) for m in matches if m.group().lower() in WORDS]

    def _levels(self, text: str) -> Levels:
        found: Levels = {"violence": 0, "profanity": 0}
        for _, label, level in self._hits(text):
            found[label] = max(found[label], level)
        return found

    def _sentence(self, text: str, match: re.Match[str]) -> Sentence:
        found = self._levels(match.group())
        spans = tuple(
            Span(match.start() + m.start(), match.start() + m.end(), label, level, m.group())
            for m, label, level in self._hits(match.group())
        )
        scores = tuple(float(p) for label in LABELS for p in SCORES[found[label]])
        return Sentence(match.start(), match.end(), match.group(), found, scores, spans)
