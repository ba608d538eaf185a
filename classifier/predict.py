"""The predict module: load a model and a policy, and judge texts before they are republished.

>>> import classifier
>>> clf = classifier.load()
>>> clf.predict("It was a fucking disgrace.").tags
('profanity',)

``load``, ``Classifier`` and the result types are what other tools import. The stages, in order:
``text -> sentences -> scores -> levels -> evidence -> tags``. All sentences of all documents of
one call go through the model together.

Lone surrogates (half a character, as broken JSON holds them) are kept in the text, so offsets
stay true, and are read as nothing.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from classifier.artefact import load_model
from classifier.assess import MOST_WORDS, not_assessed, reason
from classifier.evidence import Explanation, Judge
from classifier.model import Floats, Model, Triple
from classifier.policy import Policy, decide, load_policy
from classifier.results import Document, Sentence, Span
from classifier.sentences import split_sentences
from classifier.taxonomy import LABELS, Label, Levels

__all__ = ["Classifier", "Document", "Explanation", "Sentence", "Span", "load"]

#: Characters of text that are judged together in predict_many: bounds memory, not answers.
_TOGETHER = 400_000


class Classifier:
    """A model with a policy. Get one from :func:`load`; it may be shared between threads
    that take turns, not used by two at the same time."""

    def __init__(self, model: Model, policy: Policy) -> None:
        self.model = model
        self.policy = policy
        shipped = model.thresholds
        #: The thresholds in force: the policy's, else the model's.
        self.thresholds: dict[Label, Triple] = {
            label: _in_force(policy.thresholds[label], shipped[label]) for label in LABELS
        }
        self._judge = Judge(model, policy, self.thresholds)

    def score(self, sentences: Sequence[str]) -> Floats:
        """Probabilities of shape ``(n, 6)`` in ``COLUMNS`` order, each string ONE sentence.

        Within a label they never rise with the level. The policy has no part in them. Raises
        TypeError for a single string, bytes or None.
        """
        return self.model.score(_strings(sentences, "score"))

    def levels(self, scores: Floats) -> Any:
        """Levels ``(n, 2)`` (violence, profanity) of rows of scores, by the thresholds in force."""
        return self.model.levels(scores, self.thresholds)

    def predict(self, text: str) -> Document:
        """Judge one text. An empty text has no sentences and no tags."""
        if not isinstance(text, str):
            raise TypeError(
                f"predict takes one text as str, not {type(text).__name__}; "
                "decode bytes first, and give several texts to predict_many"
            )
        return self._predict([text])[0]

    def predict_many(self, texts: Iterable[str]) -> Iterator[Document]:
        """Judge many texts, in order, with the answers that each alone would get. Lazy."""
        if isinstance(texts, str | bytes) or texts is None:
            raise TypeError(
                f"predict_many takes an iterable of texts, not {type(texts).__name__}; "
                "give one text to predict"
            )
        return self._predict_many(texts)

    def _predict_many(self, texts: Iterable[str]) -> Iterator[Document]:
        waiting: list[str] = []
        size = 0
        for place, text in enumerate(texts):
            if not isinstance(text, str):
                raise TypeError(f"predict_many: text {place} is {type(text).__name__}, not str")
            waiting.append(text)
            size += len(text)
            if size > _TOGETHER:
                yield from self._predict(waiting)
                waiting, size = [], 0
        yield from self._predict(waiting)

    def _predict(self, texts: list[str]) -> list[Document]:
        places = [split_sentences(text) for text in texts]
        sentences = [
            text[start:end]
            for text, those in zip(texts, places, strict=True)
            for start, end in those
        ]
        starts = [start for those in places for start, _ in those]
        scored = self.model.read(sentences)
        judged = self._judge.sentences(sentences, starts, scored)
        words = np.concatenate([[0], np.cumsum(scored.known)])
        tokens = np.concatenate([[0], np.cumsum(scored.tokens)])
        documents = []
        first = 0
        for text, those in zip(texts, places, strict=True):
            last = first + len(those)
            many, total = (int(sums[last] - sums[first]) for sums in (tokens, words))
            # where a token was cut in two, or there are more than are looked at, it counts anew
            if many > MOST_WORDS or any(a[1] == b[0] for a, b in pairwise(those)):
                unknown = not_assessed(text, self.policy.minimum_known)
            else:
                unknown = reason(total, self.policy.minimum_known)
            documents.append(self._document(tuple(judged[first:last]), unknown))
            first = last
        return documents

    def _document(self, sentences: tuple[Sentence, ...], unknown: str | None) -> Document:
        each = [sentence.levels for sentence in sentences]
        tags, why = decide(self.policy, each)
        highest: Levels = {
            "violence": max([row["violence"] for row in each], default=0),
            "profanity": max([row["profanity"] for row in each], default=0),
        }
        return Document(sentences, highest, tags, unknown, why)

    def explain(self, sentence: str) -> Explanation:
        """What carried the decision on one sentence: contributions, hits, overrides."""
        if not isinstance(sentence, str):
            raise TypeError(f"explain takes one sentence as str, not {type(sentence).__name__}")
        return self._judge.explain(sentence)


def load(
    path: str | os.PathLike[str] | None = None,
    *,
    policy: Policy | str | os.PathLike[str] | dict[str, Any] | None = None,
) -> Classifier:
    """The shipped model with the default policy, or the artefact folder at ``path``.

    ``policy`` is a shipped profile's name, a TOML file, or a policy. Raises ``ModelError`` or
    ``PolicyError``, which say what is wrong with which file.
    """
    return Classifier(load_model(path) if path is not None else _shipped(), load_policy(policy))


@cache
def _shipped() -> Model:
    return load_model(shipped_folder())


def shipped_folder() -> Path:
    """Where the shipped artefact lies: inside the wheel, or in ``models/`` of a checkout."""
    installed = Path(__file__).with_name("models")
    if (installed / "model.json").exists():
        return installed
    return Path(__file__).parents[1] / "models"


def _in_force(own: Sequence[float | None], shipped: Triple) -> Triple:
    first, second, third = (
        ours if theirs is None else theirs for theirs, ours in zip(own, shipped, strict=True)
    )
    return first, second, third


def _strings(sentences: Sequence[str], caller: str) -> list[str]:
    if isinstance(sentences, str | bytes) or sentences is None:
        raise TypeError(
            f"{caller} takes a list of sentences, not {type(sentences).__name__}; "
            f"write {caller}([text]) for one sentence, and decode bytes first"
        )
    listed = list(sentences)
    if {*map(type, listed)} <= {str}:  # as it should be, told without a step of ours for each
        return listed
    for place, sentence in enumerate(listed):
        if not isinstance(sentence, str):
            raise TypeError(f"{caller}: item {place} is {type(sentence).__name__}, not str")
    return listed
