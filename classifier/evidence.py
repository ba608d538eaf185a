"""scores -> levels with evidence: which words carried a decision, house overrides, explanation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np

from classifier.hit_logits import WeighedHit
from classifier.lexicon import load_lexicon
from classifier.model import Contribution, Model, Scored, Triple
from classifier.policy import Policy
from classifier.profanity import Hit, Located
from classifier.results import Sentence, Span, clean_sentences
from classifier.shares import Shares, token_starts
from classifier.taxonomy import CUTS, Label, Levels


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a sentence has its levels: contributions, strongest first, and the house's overrides."""

    text: str
    levels: Levels
    scores: tuple[float, ...]
    contributions: tuple[Contribution, ...]
    overrides: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "levels": dict(self.levels),
            "scores": [round(score, 4) for score in self.scores],
            "contributions": [c.to_dict() for c in self.contributions],
            "overrides": list(self.overrides),
        }


@dataclass(frozen=True, slots=True)
class _Judged:
    """One profane hit: its place in the sentence and its level, perhaps by the house; its
    feature and logits, which a word that only the house knows has not."""

    start: int
    end: int
    level: int
    override: str | None = None
    feature: str = ""
    weights: Triple | None = None


#: Where a span stands in its sentence, its label and its level.
_Shown = tuple[int, int, Label, int]


class Judge:
    """Turns scored sentences into results, under a policy."""

    def __init__(self, model: Model, policy: Policy, thresholds: dict[Label, Triple]) -> None:
        self._model = model
        self._policy = policy
        self._thresholds = thresholds
        self._words = {word.lower(): level for word, level in policy.words.items()}
        counted = [word for word, own in self._words.items() if own]
        # A word of the lexicon is found by its reading, which knows its innocent neighbours.
        self._added = _pattern([w for w in counted if w not in load_lexicon().forms])
        self._exceptions = _pattern(policy.exceptions)
        self._shares = Shares(model)

    def sentences(
        self, texts: Sequence[str], starts: Sequence[int], scored: Scored
    ) -> list[Sentence]:
        """Results of sentences that begin at ``starts`` in their documents."""
        levels = self._model.levels(scored.scores, self._thresholds)
        # One tuple is made for each row and nothing else: rows of lists keep the collector busy.
        rows = zip(*scored.scores.T.tolist(), strict=True)
        found = clean_sentences(starts, texts, rows)
        # Most sentences are clean and finished with this.
        flagged = np.flatnonzero(levels.any(axis=1)).tolist()
        if self._added:
            flagged = [
                n for n, text in enumerate(texts) if any(levels[n]) or self._added.search(text)
            ]
        given = levels[flagged].tolist()
        judged = [self._excepted(texts[n], *both) for n, both in zip(flagged, given, strict=True)]
        violent = [(text, level) for text, level, _ in judged if level]
        places = iter(self._shares.spans(*zip(*violent, strict=True)) if violent else ())
        for n, (text, violence, profanity) in zip(flagged, judged, strict=True):
            clean = found[n]
            shown: list[_Shown] = []
            if violence:
                shown += [(*place, "violence", violence) for place in next(places)]
            if profanity or (self._added and self._added.search(text)):
                seen = scored.hits.get(n, ()) if text is texts[n] else None
                hits = [hit for hit in self._profane(text, seen) if hit.level]
                profanity = max((hit.level for hit in hits), default=0)
                shown += [(hit.start, hit.end, "profanity", hit.level) for hit in hits]
            found[n] = Sentence(
                clean.start,
                clean.end,
                clean.text,
                _levels(violence, profanity),
                clean.scores,
                _spans(clean, shown),
            )
        return found

    def _excepted(self, text: str, violence: int, profanity: int) -> tuple[str, int, int]:
        """The text without the house's exceptions, and its levels, if it has any of them."""
        if not (violence or profanity) or not self._exceptions or not self._exceptions.search(text):
            return text, violence, profanity
        judged = self._exceptions.sub(lambda match: " " * len(match.group()), text)
        again = self._model.levels(self._model.score([judged]), self._thresholds)[0]
        return judged, int(again[0]), int(again[1])

    # --- profanity --------------------------------------------------------------------------------

    def _profane(self, text: str, hits: Sequence[WeighedHit] | None = None) -> list[_Judged]:
        """Every hit with the level that the model, or the house, gives it. ``hits`` are those of
        the text, where scoring has told them already."""
        tokens = text.split()
        starts = token_starts(text, tokens)
        found = []
        for place, logit in self._model.hits(tokens) if hits is None else hits:
            start = starts[place.first] + place.hit.start
            end = starts[place.last] + place.hit.end
            level = self._hit_level(logit)
            override = None
            own = self._own_level(place)
            if own is not None and level:
                override = f"house: {place.hit.form or 'mask'} = {own} (model: {level})"
                level = own
            feature = _named(place.hit)
            found.append(_Judged(start, end, level, override, feature, logit))
        if self._added:
            for match in self._added.finditer(text):
                if not any(hit.start < match.end() and match.start() < hit.end for hit in found):
                    own = self._words[match.group().lower()]
                    override = f"house: {match.group().lower()} = {own} (not in the lexicon)"
                    found.append(_Judged(match.start(), match.end(), own, override))
        return found

    def _own_level(self, place: Located) -> int | None:
        hit = place.hit
        return self._words.get(hit.form, self._words.get(hit.entry.word))

    def _hit_level(self, logit: Triple) -> int:
        scores = self._model.calibrated_hit(logit)
        reached = [
            cut
            for cut, p, t in zip(CUTS, scores, self._thresholds["profanity"], strict=True)
            if p >= t
        ]
        return max(reached, default=0)

    # --- explanation ------------------------------------------------------------------------------

    def explain(self, text: str) -> Explanation:
        scores = self._model.score([text])
        given = self._model.levels(scores, self._thresholds)[0]
        judged, violence, profanity = self._excepted(text, int(given[0]), int(given[1]))
        hits = self._profane(text)
        if profanity or self._added:
            counted = hits if judged is text else self._profane(judged)
            profanity = max((hit.level for hit in counted), default=0)
        contributions = [Contribution("violence", *share) for share in self._shares.of(text)]
        contributions += [
            Contribution("profanity", hit.feature, hit.start, hit.end, hit.weights)
            for hit in hits
            if hit.weights
        ]
        contributions.sort(key=_strength)
        overrides = tuple(hit.override for hit in hits if hit.override)
        if self._exceptions and self._exceptions.search(text):
            overrides += tuple(
                f"house exception: nothing is counted in {match.group()!r}"
                for match in self._exceptions.finditer(text)
            )
        row: tuple[float, ...] = tuple(scores[0].tolist())
        return Explanation(text, _levels(violence, profanity), row, tuple(contributions), overrides)


def _strength(contribution: Contribution) -> float:
    """Sorts the strongest first, whichever cut it is strong for."""
    one, two, three = contribution.weights
    return -max(one, two, three, -one, -two, -three)


def _named(hit: Hit) -> str:
    return f"{hit.form or 'mask'} ({hit.step}, lexicon level {hit.entry.level})"


def _levels(violence: int, profanity: int) -> Levels:
    return {"violence": violence, "profanity": profanity}


def _spans(sentence: Sentence, shown: list[_Shown]) -> tuple[Span, ...]:
    """Spans of a sentence, sorted, from places that count from its start."""
    shown.sort(key=itemgetter(0, 1, 2))
    text, offset = sentence.text, sentence.start
    return tuple(
        Span(offset + start, offset + end, label, level, text[start:end])
        for start, end, label, level in shown
    )


def _pattern(phrases: Sequence[str]) -> re.Pattern[str] | None:
    if not phrases:
        return None
    alternatives = "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)
