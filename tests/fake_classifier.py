"""A classifier of a dozen words, so that the formats are tested apart from the model."""

import re
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

from classifier.policy import Policy, decide, load_policy
from classifier.results import Document, Sentence, Span
from classifier.sentences import split_sentences
from classifier.taxonomy import LABELS, Label

WORDS: dict[str, tuple[Label, int]] = {
    "fuck": ("profanity", 3),
    "fucking": ("profanity", 3),
    "shit": ("profanity", 2),
    "damn": ("profanity", 1),
    "stabbed": ("violence", 2),
    "tortured": ("violence", 2),
    "gore": ("violence", 3),
    "killed": ("violence", 1),
}
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)


class FakeClassifier:
    """Flags the words above and nothing else; has what ``formats.tag`` asks of a classifier."""

    def __init__(self, policy: object = None) -> None:
        self.policy: Policy = load_policy(policy)  # type: ignore[arg-type]
        self.model = SimpleNamespace(digest="feedfacecafe" + "0" * 52)

    def predict(self, text: str) -> Document:
        return next(self.predict_many([text]))

    def predict_many(self, texts: Iterable[str]) -> Iterator[Document]:
        for text in texts:
            sentences = tuple(self._sentence(text, *place) for place in split_sentences(text))
            tags, why = decide(self.policy, [s.levels for s in sentences])
            highest = {
                label: max((s.levels[label] for s in sentences), default=0) for label in LABELS
            }
            yield Document(sentences, highest, tags, None, why)  # type: ignore[arg-type]

    def _sentence(self, text: str, start: int, end: int) -> Sentence:
        spans = []
        for match in _WORD.finditer(text, start, end):
            if found := WORDS.get(match.group().lower()):
                label, level = found
                spans.append(Span(match.start(), match.end(), label, level, match.group()))
        levels = {
            label: max((s.level for s in spans if s.label == label), default=0) for label in LABELS
        }
        scores = tuple(
            0.9 if levels[label] >= cut else 0.1 for label in LABELS for cut in (1, 2, 3)
        )
        return Sentence(start, end, text[start:end], levels, scores, tuple(spans))  # type: ignore[arg-type]
