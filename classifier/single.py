"""A text that comes alone: summed without arrays, whose calls would take longer than the sums.

The answers are those of the batch: sums of some half and single precision numbers of like size do
not depend on their order in float64, and the same readings of the tokens go to the same
``HitLogits``.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from classifier.held_readings import held
from classifier.hit_logits import HitLogits, WeighedHit
from classifier.hit_places import may_meet
from classifier.phrases import fitting
from classifier.profanity import NOTHING, TokenReading
from classifier.remembered import Remembered
from classifier.token_facts import (
    ENDS,
    MATTERS,
    NEEDS_LETTER,
    NEEDS_PARTNER,
    NO_WORD,
    STARTS,
    TokenReader,
)
from classifier.token_table import SingleFact, TokenTable
from classifier.weights import Triple, Weights

#: Distinct tokens remembered, about 500 bytes each; then the table starts again.
MAX_SINGLE: Final = 20_000

#: What stands before the first token and after the last is the partner of no key.
_NOBODY: Final = 0


class SingleReader:
    """Reads texts one by one for one model."""

    def __init__(
        self, reader: TokenReader, table: TokenTable, weights: Weights, hits: HitLogits
    ) -> None:
        """``table`` knows the tokens that came in batches, which need not be read again."""
        self._reader = reader
        self._table = table
        self._weights = weights
        self._hits = hits
        self._facts = Remembered(self._fact, MAX_SINGLE)

    def read(self, tokens: list[str]) -> tuple[Triple, list[WeighedHit]]:
        """For each cut the sum of the strongest segment of a text, and the hits of the text."""
        facts = list(map(self._facts.__getitem__, tokens))
        find, pair_weights = self._weights.pairs.find_one, self._weights.pair_weights
        best: Triple = (-np.inf, -np.inf, -np.inf)
        one = two = three = 0.0
        starts = []
        begins = []
        ended = True
        last = NO_WORD
        before = 0
        for place, (first, second, third, first_id, last_id, bits, _, _, _) in enumerate(facts):
            if ended and (bits & STARTS or not place):
                if place:
                    best = max(best[0], one), max(best[1], two), max(best[2], three)
                starts.append(place)
                one, two, three = first, second, third
                last = NO_WORD
            else:
                one, two, three = one + first, two + second, three + third
            if first_id != NO_WORD:
                if last >= 0 <= first_id and (pair := find(last, first_id)) >= 0:
                    first, second, third = pair_weights[pair].tolist()
                    one, two, three = one + first, two + second, three + third
                last = last_id
            ended = bits & ENDS > 0
            if bits & (MATTERS | NEEDS_PARTNER) or (before | bits) & NEEDS_LETTER:
                begins.append(place)
            before = bits
        best = max(best[0], one), max(best[1], two), max(best[2], three)
        if begins and any(_begins(facts, place) for place in begins):
            return best, self._hits.each(tokens, _readings(facts), starts)
        return best, []

    def readings(self, tokens: list[str]) -> list[TokenReading]:
        """What is seen in each token."""
        return _readings(map(self._facts.__getitem__, tokens))

    def _fact(self, token: str) -> SingleFact:
        known = self._table.fact_of(token)
        if known:
            return known
        (_, bits, key, partner, reading), rows, first, last = self._reader.one(token)
        seen = held(reading) if reading else None
        return SingleFact(*self._weights.sum_one(rows), first, last, bits, key, partner, seen)


def _readings(facts: Iterable[SingleFact]) -> list[TokenReading]:
    return [fact.held.reading if fact.held else NOTHING for fact in facts]


def _begins(facts: list[SingleFact], place: int) -> bool:
    """Whether a hit may begin at a token, or at the one before it: as ``hit_places.noted``."""
    bits = facts[place].bits
    before = facts[place - 1] if place else None
    if bits & MATTERS or (before and may_meet(before.bits, bits)):
        return True
    if not bits & NEEDS_PARTNER:
        return False
    key = facts[place].key
    fits_before, fits_after = fitting()
    following = facts[place + 1].partner if place + 1 < len(facts) else _NOBODY
    preceding = before.partner if before else _NOBODY
    return bool(fits_before[key, preceding] or fits_after[key, following])
