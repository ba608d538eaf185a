"""Why sentences scored as they did, as plain data: the strongest contributions to one label.

A report asks this of thousands of sentences, so all of one call go through the arrays together,
and only the few contributions that are shown are looked at one by one. The answers are those of
``Classifier.explain``, which tells everything of one sentence.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np

from classifier.hit_logits import WeighedHit
from classifier.predict import Classifier
from classifier.profanity import Hit
from classifier.shares import Shares, token_starts
from classifier.taxonomy import Label

#: More than these are too weak to explain anything.
MOST: Final = 8

#: Weights (logits) below this move a probability by less than a point.
WEAKEST: Final = 0.05


class Asked(NamedTuple):
    """A sentence, and the label and level whose reasons are wanted. Level 0 asks what speaks for
    level 1, because that is the decision which was not taken."""

    sentence: str
    label: Label
    level: int

    @property
    def cut(self) -> int:
        """The place of the level among the three weights of a contribution."""
        return max(self.level, 1) - 1


class Reason(NamedTuple):
    """What a word, a pair of words or a profane hit adds to the decision, in log-odds. Offsets
    count from the start of the sentence."""

    feature: str
    weight: float
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        return self._asdict()


class Reasons:
    """Gives the reasons of one model."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._words = _Words(model.model) if isinstance(model, Classifier) else None

    def of(self, asked: Sequence[Asked]) -> list[list[Reason]]:
        """For each of ``asked`` at most MOST reasons, the strongest of either sign first."""
        if self._words is None:  # a model of somebody else explains itself
            return [self._explained(one) for one in asked]
        violent = [one for one in asked if one.label == "violence"]
        profane = [one for one in asked if one.label == "profanity"]
        words = iter(self._words.of_all(violent) if violent else ())
        hits = iter(self._profane(profane) if profane else ())
        return [next(words if one.label == "violence" else hits) for one in asked]

    def _profane(self, asked: Sequence[Asked]) -> list[list[Reason]]:
        hits = self._model.model.read([one.sentence for one in asked]).hits
        return [
            _strongest(_placed(one, hits[place])) if place in hits else []
            for place, one in enumerate(asked)
        ]

    def _explained(self, asked: Asked) -> list[Reason]:
        return _strongest(
            [
                Reason(readable(one.feature), one.weights[asked.cut], one.start, one.end)
                for one in self._model.explain(asked.sentence).contributions
                if one.label == asked.label
            ]
        )


class _Words(Shares):
    """What words and pairs add to the violence of many sentences at once."""

    def of_all(self, asked: Sequence[Asked]) -> list[list[Reason]]:
        """The strongest of each, all read from the same arrays."""
        found = self._strongest([one.sentence for one in asked])
        cuts = np.array([one.cut for one in asked], np.intp)
        weights = found.weights[np.arange(len(found.text)), cuts[found.text]]
        strength = np.abs(weights)
        kept = np.flatnonzero(strength >= WEAKEST)
        kept = kept[np.lexsort((-strength[kept], found.text[kept]))]
        text = found.text[kept]
        ends = np.searchsorted(text, np.arange(len(asked) + 1))
        strong = np.arange(len(kept)) - ends[text] < MOST
        kept, text = kept[strong], text[strong]
        words = list(chain.from_iterable(token.words for token in found.tokens))
        left, right = found.left[kept], found.right[kept]
        shown: list[list[Reason]] = [[] for _ in asked]
        for place, one, other, weight, first, last in zip(
            text.tolist(),
            left.tolist(),
            right.tolist(),
            weights[kept].tolist(),
            found.token[left].tolist(),
            found.token[right].tolist(),
            strict=True,
        ):
            name = words[one] if one == other else f"{words[one]} {words[other]}"
            start = found.starts[first] + found.tokens[first].start
            end = found.starts[last] + found.tokens[last].end
            shown[place].append(Reason(readable(name), round(weight, 2), start, end))
        return shown


def _placed(asked: Asked, hits: Sequence[WeighedHit]) -> list[Reason]:
    """The hits of a sentence by their places in it."""
    starts = token_starts(asked.sentence, asked.sentence.split())
    return [
        Reason(
            _called(place.hit),
            logits[asked.cut],
            starts[place.first] + place.hit.start,
            starts[place.last] + place.hit.end,
        )
        for place, logits in hits
    ]


def _strongest(found: list[Reason]) -> list[Reason]:
    kept = [one for one in found if abs(one.weight) >= WEAKEST]
    kept.sort(key=lambda one: -abs(one.weight))
    return [one._replace(weight=round(one.weight, 2)) for one in kept[:MOST]]


def _called(hit: Hit) -> str:
    """A hit as an editor reads it: the word that is meant, how it was read where it is not
    written plainly, and its level in the word list.

    >>> from classifier.profanity import read_token
    >>> _called(read_token("sh1t").hits[0])
    'shit (leet, listed as 2)'
    """
    how = "" if hit.step == "plain" else f"{hit.step}, "
    return f"{hit.form or 'mask'} ({how}listed as {hit.entry.level})"


def readable(feature: str) -> str:
    """A feature as an editor reads it: numbers are all one word, which features write as 0."""
    if "0" not in feature:
        return feature
    return " ".join("[number]" if word == "0" else word for word in feature.split(" "))
