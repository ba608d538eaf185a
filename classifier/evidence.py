"""scores -> levels with evidence: which words carried a decision, house overrides, explanation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from classifier import features, normalize
from classifier.lexicon import load_lexicon
from classifier.model import Contribution, Floats, Model, Triple
from classifier.policy import Policy
from classifier.profanity import Located
from classifier.results import Sentence, Span
from classifier.taxonomy import CUTS, Label, Levels

#: At most so many spans show a violence decision, each at least this share of the strongest.
MOST_SPANS = 4
LEAST_SHARE = 0.35


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
    """One profane hit: its place in the sentence and its level, perhaps by the house."""

    start: int
    end: int
    level: int
    override: str | None = None


class Judge:
    """Turns scored sentences into results, under a policy."""

    def __init__(self, model: Model, policy: Policy, thresholds: dict[Label, Triple]) -> None:
        self._model = model
        self._policy = policy
        self._thresholds = thresholds
        self._words = {word.lower(): level for word, level in policy.words.items()}
        # A word of the lexicon is found by its reading, which knows its innocent neighbours.
        known = load_lexicon().forms
        self._added = _pattern([w for w, own in self._words.items() if own and w not in known])
        self._exceptions = _pattern(policy.exceptions)

    def sentences(self, texts: Sequence[str], scores: Floats, levels: Any) -> list[Sentence]:
        """Results with offsets that count from the start of each sentence."""
        rows = scores.tolist()
        return [
            self.sentence(text, tuple(row), violence, profanity)
            for text, row, (violence, profanity) in zip(texts, rows, levels.tolist(), strict=True)
        ]

    def sentence(
        self, text: str, scores: tuple[float, ...], violence: int, profanity: int
    ) -> Sentence:
        """One result. A clean sentence, which most are, costs next to nothing here."""
        judged = text
        if self._exceptions and (violence or profanity) and self._exceptions.search(text):
            judged = self._exceptions.sub(lambda match: " " * len(match.group()), text)
            again = self._model.levels(self._model.score([judged]), self._thresholds)[0]
            violence, profanity = int(again[0]), int(again[1])
        spans: list[Span] = []
        if violence:
            spans += self._violence_spans(judged, violence)
        if profanity or (self._added and self._added.search(judged)):
            hits = [hit for hit in self._profane(judged) if hit.level]
            profanity = max((hit.level for hit in hits), default=0)
            spans += [
                Span(hit.start, hit.end, "profanity", hit.level, text[hit.start : hit.end])
                for hit in hits
            ]
        spans.sort(key=lambda span: (span.start, span.end, span.label))
        levels = Levels(violence=violence, profanity=profanity)
        return Sentence(0, len(text), text, levels, scores, tuple(spans))

    # --- profanity --------------------------------------------------------------------------------

    def _profane(self, text: str) -> list[_Judged]:
        """Every hit with the level that the model, or the house, gives it."""
        places = _token_places(text)
        tokens = [text[start:end] for start, end in places]
        found = []
        for place, logit in self._model.hits(tokens):
            start = places[place.first][0] + place.hit.start
            end = places[place.last][0] + place.hit.end
            level = self._hit_level(logit)
            override = None
            own = self._own_level(place)
            if own is not None and level:
                override = f"house: {place.hit.form or 'mask'} = {own} (model: {level})"
                level = own
            found.append(_Judged(start, end, level, override))
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

    # --- violence ---------------------------------------------------------------------------------

    def _violence_spans(self, text: str, level: int) -> list[Span]:
        """The strongest few n-grams of the strongest segment, neighbours joined."""
        contributions = self.violence_contributions(text)
        cut = level - 1
        strong = sorted(contributions, key=lambda c: -c.weights[cut])[: 3 * MOST_SPANS]
        if not strong or strong[0].weights[cut] <= 0:
            return []
        least = LEAST_SHARE * strong[0].weights[cut]
        chosen: list[tuple[int, int]] = []
        for contribution in strong:
            if contribution.weights[cut] < least:
                break
            touching = [
                s for s in chosen if s[0] <= contribution.end + 1 and contribution.start - 1 <= s[1]
            ]
            if not touching and len(chosen) >= MOST_SPANS:
                continue
            for span in touching:
                chosen.remove(span)
            places = [*touching, (contribution.start, contribution.end)]
            chosen.append((min(p[0] for p in places), max(p[1] for p in places)))
        return [
            Span(start, end, "violence", level, text[start:end]) for start, end in sorted(chosen)
        ]

    def violence_contributions(self, text: str) -> list[Contribution]:
        """Words and pairs of the segment that scores highest, with their logits."""
        places = _token_places(text)
        tokens = [text[start:end] for start, end in places]
        if not tokens:
            return []
        best: tuple[float, list[Contribution]] | None = None
        for first, last in pairwise([*features.segment_starts(tokens), len(tokens)]):
            found = self._segment_contributions(text, places[first:last])
            total = float(np.sum([c.weights for c in found], axis=0).max()) if found else -np.inf
            if best is None or total > best[0]:
                best = (total, found)
        return best[1] if best else []

    def _segment_contributions(
        self, text: str, places: Sequence[tuple[int, int]]
    ) -> list[Contribution]:
        model = self._model
        words: list[tuple[str, int, int]] = []
        for start, end in places:
            token = text[start : min(end, start + features.MAX_TOKEN)]
            core_start, core_end = _core(token)
            found = normalize.words(token)
            for word in found:
                words.append((word, start + core_start, start + core_end))
        contributions = []
        ids = [model.word_ids.get(word, -1) for word, _, _ in words]
        for (word, start, end), place in zip(words, ids, strict=True):
            weight = model.arrays.word_weights[place] if place >= 0 else model.unknown_word(word)
            contributions.append(Contribution("violence", word, start, end, _triple(weight)))
        for (one, two), pair in zip(pairwise(words), pairwise(ids), strict=True):
            weight = model.pair_weight(*pair)
            if weight.any():
                name = f"{one[0]} {two[0]}"
                contributions.append(
                    Contribution("violence", name, one[1], two[2], _triple(weight))
                )
        return contributions

    # --- explanation ------------------------------------------------------------------------------

    def explain(self, text: str) -> Explanation:
        scores = self._model.score([text])
        levels = self._model.levels(scores, self._thresholds)[0]
        result = self.sentence(text, tuple(scores[0].tolist()), int(levels[0]), int(levels[1]))
        contributions = self.violence_contributions(text)
        places = _token_places(text)
        tokens = [text[start:end] for start, end in places]
        for place, logit in self._model.hits(tokens):
            start = places[place.first][0] + place.hit.start
            end = places[place.last][0] + place.hit.end
            hit = place.hit
            name = f"{hit.form or 'mask'} ({hit.step}, lexicon level {hit.entry.level})"
            contributions.append(Contribution("profanity", name, start, end, _triple(logit)))
        contributions.sort(key=lambda c: -max(map(abs, c.weights)))
        overrides = tuple(hit.override for hit in self._profane(text) if hit.override)
        if self._exceptions and self._exceptions.search(text):
            overrides += tuple(
                f"house exception: nothing is counted in {match.group()!r}"
                for match in self._exceptions.finditer(text)
            )
        return Explanation(text, result.levels, result.scores, tuple(contributions), overrides)


def _token_places(text: str) -> list[tuple[int, int]]:
    """Where the white-space tokens of ``text`` stand (``str.split`` tells what, not where)."""
    places = []
    end = 0
    for token in text.split():
        start = text.index(token, end)
        end = start + len(token)
        places.append((start, end))
    return places


def _core(token: str) -> tuple[int, int]:
    """The part of a token without the signs around it."""
    inner = [place for place, character in enumerate(token) if character.isalnum()]
    return (inner[0], inner[-1] + 1) if inner else (0, len(token))


def _triple(weights: Any) -> Triple:
    return float(weights[0]), float(weights[1]), float(weights[2])


def _pattern(phrases: Sequence[str]) -> re.Pattern[str] | None:
    if not phrases:
        return None
    alternatives = "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)
