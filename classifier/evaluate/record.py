"""A judged document as the script of the page reads it: short lists, offsets in UTF-16 units.

A sentence is ``[start, end, [levels], [six scores]]``; where it has a level, or a moved threshold
may give it one, ``[evidence, reasons, [levels that the house has set]]`` follow. Reasons cost more
than all the rest, so they come last, for documents that are sure to be shown.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, Final

from classifier.evaluate.judged import Judged
from classifier.evaluate.reasons import reasons
from classifier.results import Sentence
from classifier.taxonomy import CUTS, LABELS, columns_of

#: A sentence that is not flagged has reasons in the page from this share of its threshold on:
#: those are the ones that a moved slider may flag.
NEAR: Final = 0.6

Record = dict[str, Any]
_EVIDENCE: Final = 4
_REASONS: Final = 5


class Records:
    """Makes the records of a page, under the thresholds of one model."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._cuts = [tuple(map(float, model.thresholds[label])) for label in LABELS]
        self._near = [NEAR * cut for cuts in self._cuts for cut in cuts]

    def draft(self, judged: Judged) -> Record:
        """The document with the words of a sentence where its reasons will stand."""
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

    def finished(self, draft: Record) -> Record:
        """The draft with its reasons: for each label the strongest ``[feature, weight]``."""
        for sentence in draft["s"]:
            if len(sentence) > _REASONS:
                levels = dict(zip(LABELS, sentence[2], strict=True))
                found = reasons(self._model, sentence[_REASONS], levels)
                sentence[_REASONS] = [
                    [[entry["feature"], entry["weight"]] for entry in found.get(label, ())]
                    for label in LABELS
                ]
        return draft

    def _sentence(self, sentence: Sentence, at: Callable[[int], int]) -> list[Any]:
        levels = [sentence.levels[label] for label in LABELS]
        scores = sentence.scores
        record: list[Any] = [
            at(sentence.start),
            at(sentence.end),
            levels,
            [round(score, 4) for score in scores],
        ]
        if any(levels) or any(map(float.__ge__, scores, self._near)):
            evidence = [
                [at(span.start), at(span.end), LABELS.index(span.label), span.level]
                for span in sentence.spans
            ]
            fixed = [
                int(level != _reached(scores[columns_of(label)], cuts))
                for label, level, cuts in zip(LABELS, levels, self._cuts, strict=True)
            ]
            record += [evidence, sentence.text, fixed]
        return record


def _reached(scores: Sequence[float], cuts: Sequence[float]) -> int:
    """The level that the scores of one label give; the house may have set another."""
    return max((n for n, p, cut in zip(CUTS, scores, cuts, strict=True) if p >= cut), default=0)


def _utf16(text: str) -> Callable[[int], int]:
    """A function from code point offsets to UTF-16 offsets; characters above U+FFFF take two."""
    if text.isascii() or max(text) <= "\uffff":
        return int
    places = [0, *accumulate(1 + (character > "\uffff") for character in text)]
    return places.__getitem__
