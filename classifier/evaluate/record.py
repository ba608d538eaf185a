"""A judged document as the script of the page reads it: short lists, offsets in UTF-16 units.

A sentence is ``[start, end, [levels], [six scores in 1/10,000]]``; where it has a level, or a
moved threshold may give it one, ``[evidence, reasons, [levels that the house has set]]`` follow.
Reasons are asked for last, for documents that are sure to be shown, and for many documents at
once: one by one they would cost more than all the rest.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any, Final

from classifier.evaluate.judged import Judged
from classifier.evaluate.reasons import Asked, Reasons
from classifier.results import Sentence
from classifier.taxonomy import CUTS, LABELS, columns_of

#: A sentence that is not flagged has reasons in the page from this share of its threshold on:
#: those are the ones that a moved slider may flag.
NEAR: Final = 0.6

#: Scores are whole numbers in the page, which are shorter; the calibration is not finer.
SCALE: Final = 10_000

Record = dict[str, Any]
_LEVELS: Final = 2
_REASONS: Final = 5


class Records:
    """Makes the records of a page, under the thresholds of one model."""

    def __init__(self, model: Any) -> None:
        self._why = Reasons(model)
        self._cuts = [tuple(map(float, model.thresholds[label])) for label in LABELS]
        self._near = [NEAR * cut for cuts in self._cuts for cut in cuts]

    def draft(self, judged: Judged) -> Record:
        """The document without reasons: in their place the words of the sentence and the labels
        that need them."""
        text, document = judged.text.text, judged.document
        at = _utf16(text)
        return {
            "name": judged.text.name,
            "text": text,
            "tags": list(document.tags),
            "why": dict(document.why),
            "na": document.not_assessed,
            "s": [self._sentence(sentence, at) for sentence in document.sentences],
        }

    def finish(self, drafts: Iterable[Record]) -> None:
        """Put the reasons into drafts: for each label the strongest ``[feature, weight]``."""
        asked: list[Asked] = []
        places: list[list[Any]] = []
        for draft in drafts:
            for sentence in draft["s"]:
                if len(sentence) > _REASONS:
                    words, labels = sentence[_REASONS]
                    reasons: list[list[Any]] = [[] for _ in LABELS]
                    sentence[_REASONS] = reasons
                    for place in labels:
                        asked.append(Asked(words, LABELS[place], sentence[_LEVELS][place]))
                        places.append(reasons[place])
        for place, found in zip(places, self._why.of(asked), strict=True):
            place += [[reason.feature, reason.weight] for reason in found]

    def _sentence(self, sentence: Sentence, at: Callable[[int], int]) -> list[Any]:
        levels = [sentence.levels[label] for label in LABELS]
        scores = sentence.scores
        record: list[Any] = [
            at(sentence.start),
            at(sentence.end),
            levels,
            [int(SCALE * score + 0.5) for score in scores],
        ]
        if any(levels) or self._is_near(scores, slice(None)):
            labels = [
                place
                for place, (label, level) in enumerate(zip(LABELS, levels, strict=True))
                if level or self._is_near(scores, columns_of(label))
            ]
            evidence = [
                [at(span.start), at(span.end), LABELS.index(span.label), span.level]
                for span in sentence.spans
            ]
            fixed = [
                int(level != _reached(scores[columns_of(label)], cuts))
                for label, level, cuts in zip(LABELS, levels, self._cuts, strict=True)
            ]
            record += [evidence, (sentence.text, labels), fixed]
        return record

    def _is_near(self, scores: Sequence[float], columns: slice) -> bool:
        return any(map(float.__ge__, scores[columns], self._near[columns]))


def _reached(scores: Sequence[float], cuts: Sequence[float]) -> int:
    """The level that the scores of one label give; the house may have set another."""
    return max((n for n, p, cut in zip(CUTS, scores, cuts, strict=True) if p >= cut), default=0)


def _utf16(text: str) -> Callable[[int], int]:
    """A function from code point offsets to UTF-16 offsets; characters above U+FFFF take two."""
    if text.isascii() or max(text) <= "\uffff":
        return int
    places = [0, *accumulate(1 + (character > "\uffff") for character in text)]
    return places.__getitem__
