"""scores -> levels with evidence: which words carried a decision, house overrides, explanation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from classifier import features, normalize
from classifier.lexicon import load_lexicon
from classifier.model import Contribution, Floats, Model, Triple
from classifier.policy import Policy
from classifier.profanity import Hit, Located
from classifier.results import Sentence, Span
from classifier.taxonomy import CUTS, Label, Levels

#: At most so many spans show a violence decision, each at least this share of the strongest.
MOST_SPANS = 4
LEAST_SHARE = 0.35
#: Tokens whose words are remembered, some 500 bytes each; then they are read anew.
MOST_TOKENS = 20_000


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


class _Share(NamedTuple):
    """What one word or pair adds to the violence of a segment."""

    feature: str
    start: int
    end: int
    weights: Triple


class _Word(NamedTuple):
    """One word of a token: its id (-1 when it is not in the vocabulary) and what it adds."""

    word: str
    id: int
    weights: Triple


#: A token's words, and where in it they begin and end.
_Token = tuple[tuple[_Word, ...], int, int]


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
        self._tokens: dict[str, _Token] = {}

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
        judged, violence, profanity = self._excepted(text, violence, profanity)
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

    def _excepted(self, text: str, violence: int, profanity: int) -> tuple[str, int, int]:
        """The text without the house's exceptions, and its levels, if it has any of them."""
        if not (violence or profanity) or not self._exceptions or not self._exceptions.search(text):
            return text, violence, profanity
        judged = self._exceptions.sub(lambda match: " " * len(match.group()), text)
        again = self._model.levels(self._model.score([judged]), self._thresholds)[0]
        return judged, int(again[0]), int(again[1])

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

    # --- violence ---------------------------------------------------------------------------------

    def _violence_spans(self, text: str, level: int) -> list[Span]:
        """The strongest few n-grams of the strongest segment, neighbours joined."""
        cut = level - 1
        shares = self._violence_shares(text)
        strong = sorted(shares, key=lambda share: -share.weights[cut])[: 3 * MOST_SPANS]
        if not strong or strong[0].weights[cut] <= 0:
            return []
        least = LEAST_SHARE * strong[0].weights[cut]
        chosen: list[tuple[int, int]] = []
        for share in strong:
            if share.weights[cut] < least:
                break
            touching = [s for s in chosen if s[0] <= share.end + 1 and share.start - 1 <= s[1]]
            if not touching and len(chosen) >= MOST_SPANS:
                continue
            for span in touching:
                chosen.remove(span)
            places = [*touching, (share.start, share.end)]
            chosen.append((min(p[0] for p in places), max(p[1] for p in places)))
        return [
            Span(start, end, "violence", level, text[start:end]) for start, end in sorted(chosen)
        ]

    def _violence_shares(self, text: str) -> list[_Share]:
        """Words and pairs of the segment that scores highest."""
        places = _token_places(text)
        tokens = [text[start:end] for start, end in places]
        best: list[_Share] = []
        highest = -np.inf
        for first, last in pairwise([*features.segment_starts(tokens), len(tokens)]):
            found = self._segment_shares(tokens[first:last], places[first:last])
            total = max(map(sum, zip(*(share.weights for share in found), strict=True)), default=0)
            if found and total > highest:
                highest, best = total, found
        return best

    def _segment_shares(
        self, tokens: Sequence[str], places: Sequence[tuple[int, int]]
    ) -> list[_Share]:
        singles: list[_Share] = []
        pairs: list[_Share] = []
        before = -1
        for token, (place, _) in zip(tokens, places, strict=True):
            words, start, end = self._words_of(token)
            for word, number, weights in words:
                single = _Share(word, place + start, place + end, weights)
                if before >= 0 <= number:
                    weights = _triple(self._model.pair_weight(before, number))
                    if any(weights):
                        left = singles[-1]
                        name = f"{left.feature} {word}"
                        pairs.append(_Share(name, left.start, single.end, weights))
                singles.append(single)
                before = number
        return singles + pairs

    def _words_of(self, token: str) -> _Token:
        """The words of a token with their weights, remembered: most tokens come again."""
        found = self._tokens.get(token)
        if found is None:
            if len(self._tokens) >= MOST_TOKENS:
                self._tokens.clear()
            short = token[: features.MAX_TOKEN]
            words = tuple(map(self._word, normalize.words(short)))
            found = self._tokens[token] = (words, *_core(short))
        return found

    def _word(self, word: str) -> _Word:
        model = self._model
        place = model.word_ids.get(word, -1)
        weights = model.arrays.word_weights[place] if place >= 0 else model.unknown_word(word)
        return _Word(word, place, _triple(weights))

    # --- explanation ------------------------------------------------------------------------------

    def explain(self, text: str) -> Explanation:
        scores = self._model.score([text])
        given = self._model.levels(scores, self._thresholds)[0]
        judged, violence, profanity = self._excepted(text, int(given[0]), int(given[1]))
        hits = self._profane(text)
        if profanity or self._added:
            counted = hits if judged is text else self._profane(judged)
            profanity = max((hit.level for hit in counted), default=0)
        contributions = [Contribution("violence", *share) for share in self._violence_shares(text)]
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
        levels = Levels(violence=violence, profanity=profanity)
        row: tuple[float, ...] = tuple(scores[0].tolist())
        return Explanation(text, levels, row, tuple(contributions), overrides)


def _strength(contribution: Contribution) -> float:
    """Sorts the strongest first, whichever cut it is strong for."""
    one, two, three = contribution.weights
    return -max(one, two, three, -one, -two, -three)


def _named(hit: Hit) -> str:
    return f"{hit.form or 'mask'} ({hit.step}, lexicon level {hit.entry.level})"


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
