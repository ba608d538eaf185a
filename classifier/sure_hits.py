"""Hits that are the same whatever stands beside their token, weighed by the thousand.

Those are all but the few that may begin or go on in another token. Of a hit there are a handful
of cases (how it is written, whether its segment opens with it, capitals beside it, how strong the
hits beside it are); what each adds up to without the words around is kept. What the words around
add is looked up for all at once (``around_weights.py``).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from classifier import normalize
from classifier.around_weights import NO_WORD, Numbers
from classifier.features import MAX_TOKEN, Look, has_capital, look_of, of_look
from classifier.hit_logits import HitLogits
from classifier.hits import Hit
from classifier.room import make_room
from classifier.taxonomy import CUTS
from classifier.weights import Floats

#: The code of a token of several words, beside those of ``around_weights.py``.
SEVERAL: Final = -1
#: Cases: bit 0, the segment opens with the hit; 1, a capital before it; 2, after it; then the
#: highest level beside it.
_OPENS, _BEFORE, _AFTER, _LEVEL = 1, 2, 4, 8
_CASES: Final = _LEVEL * (1 + max(CUTS))


class Neighbour(NamedTuple):
    """A token as hits near it see it: the code of its word, and whether it has a capital."""

    code: int
    capital: bool


class SureHits:
    """Hits by their numbers, which count from 0 in the order of entry."""

    def __init__(self, logits: HitLogits) -> None:
        self._logits = logits
        self.clear()

    def clear(self) -> None:
        """Forget all hits."""
        self.hits: list[Hit] = []
        self._looks: list[Look] = []
        #: of each hit, whether the words around decide; its level if they do not, else 0; whether
        #: they do and some of them are in its own token
        self.depends = np.zeros(64, bool)
        self.levels = np.zeros(64, np.int64)
        self.glued = np.zeros(64, bool)
        self._scopes = np.zeros(64, np.int64)
        #: of each hit in each case, the row of its weights, -1 while it has none
        self._rows = np.full((64, _CASES), -1, np.int32)
        self._weights = np.zeros((64, 3))
        self._count = 0

    def enter(self, token: str, hits: Sequence[Hit]) -> None:
        """Number the hits of a token."""
        begin = len(self.hits)
        self.hits += hits
        self._looks += [look_of(hit, [token]) for hit in hits]
        make_room(self, ("levels", "depends", "glued", "_scopes", "_rows"), len(self.hits))
        self._rows[begin : len(self.hits)] = -1
        for number, hit in enumerate(hits, begin):
            depends = hit.depends_on_context
            self.depends[number] = depends
            self.levels[number] = 0 if depends else hit.entry.level
            self._scopes[number] = self._logits.around.scope(hit.entry.word)
            beside = token[: hit.start], token[hit.end :]
            self.glued[number] = depends and any(map(normalize.words, beside))

    def neighbour(self, token: str) -> Neighbour:
        """What hits near a token see of it."""
        words = normalize.words(token[:MAX_TOKEN])
        code = SEVERAL if len(words) > 1 else self._logits.around.code(*words) if words else NO_WORD
        return Neighbour(code, has_capital(token))

    def by_themselves(
        self, numbers: Numbers, opens: Numbers, before: Numbers, after: Numbers, beside: Numbers
    ) -> Floats:
        """The logits of hits, shape ``(n, 3)``, without those of the words around.

        Whether the segment opens with each, whether the tokens beside it have capitals (0 or 1),
        and the highest level of a clear hit beside it.
        """
        cases = _OPENS * opens + _BEFORE * before + _AFTER * after + _LEVEL * beside
        cases[~self.depends.take(numbers)] = 0
        rows = self._rows[numbers, cases]
        for place in np.flatnonzero(rows < 0).tolist():
            rows[place] = self._row(numbers.item(place), cases.item(place))
        logits: Floats = self._weights.take(rows, axis=0)
        return logits

    def _row(self, number: int, case: int) -> int:
        row = self._rows.item(number, case)
        if row < 0:
            row, self._count = self._count, self._count + 1
            make_room(self, ["_weights"], self._count)
            look = of_look(
                self._looks[number],
                opens=bool(case & _OPENS),
                title_before=bool(case & _BEFORE),
                title_after=bool(case & _AFTER),
                other_level=case // _LEVEL,
            )
            self._weights[row] = self._logits.by_itself(self.hits[number], look)
            self._rows[number, case] = row
        return row

    def of_words(self, numbers: Numbers, left: Numbers, right: Numbers) -> Floats:
        """What the words around hits add to their logits: as ``AroundWeights.sums``."""
        return self._logits.around.sums(self._scopes.take(numbers), left, right)
