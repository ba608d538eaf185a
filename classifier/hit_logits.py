"""tokens and their readings -> the hits among them, each with its logits.

What is added up are the weights of ``features.hit_features``. But a hit that depends on the words
around it has some forty of them, nearly all without a weight, and to write their names takes
longer than all else; so weights are looked up by the parts of which the names are made.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple

from classifier import features
from classifier.around_weights import AroundWeights
from classifier.features import ANY, KINDS, NEAR, WORD_KINDS
from classifier.profanity import Hit, Located, TokenReading
from classifier.weights import Arrays, Triple

#: A hit in the tokens of a text, and its logits for the cuts 1, 2, 3.
WeighedHit = tuple[Located, Triple]

#: Spellings whose logits are remembered; there are as many as spellings times steps.
_MOST_KNOWN: Final = 10_000

_KIND = re.compile("|".join(map(re.escape, dict.fromkeys([*KINDS, NEAR]))))

#: The character after the bar that stands behind the name of a scope.
_BEHIND_BAR: Final = chr(ord("|") + 1)

_Table = dict[str, Triple]


class _Scope(NamedTuple):
    """The weights of the words around one entry, or around any: for each of ``KINDS`` those of its
    values, and those of the words near it."""

    kinds: tuple[_Table, ...]
    near: _Table

    @property
    def looks(self) -> tuple[_Table, ...]:
        return self.kinds[len(WORD_KINDS) :]


class HitLogits:
    """The profanity weights: hits of one text, and what their features add up to."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._names = arrays.hit_features
        self._weights = arrays.hit_weights
        self._start: Triple = tuple(arrays.hit_bias.tolist())
        self._known: dict[tuple[str, str, str, bool], Triple] = {}
        self._scopes: dict[str, _Scope] = {}

    @cached_property
    def around(self) -> AroundWeights:
        """The weights of the words around, to be looked up for many hits at once."""
        return AroundWeights(self._arrays)

    def each(
        self, tokens: Sequence[str], readings: Sequence[TokenReading], starts: Sequence[int]
    ) -> list[WeighedHit]:
        """The hits of one text in order, each with its three logits."""
        return [
            (at, self.weigh(tokens[begin:end], at, begin, other_level))
            for at, begin, end, other_level in features.placed_in(tokens, readings, starts)
        ]

    def by_itself(self, hit: Hit, look: Sequence[str]) -> Triple:
        """The logits of one hit without the words around; ``look`` as ``features.of_look``."""
        start = self._itself(hit)
        if not hit.depends_on_context:
            return start
        scopes = self._scope(hit.entry.word), self._scope(ANY)
        return _sum(start, chain.from_iterable(map(dict.get, one.looks, look) for one in scopes))

    def _itself(self, hit: Hit) -> Triple:
        """What the features of a hit add up to that depend on nothing around it."""
        # the same spelling may be a name or not: with a capital it depends on its context
        key = hit.entry.word, hit.form, hit.step, hit.depends_on_context
        logits = self._known.get(key)
        if logits is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = map(self._weight, features.itself(hit))
            logits = self._known[key] = _sum(self._start, found)
        return logits

    def weigh(self, tokens: Sequence[str], at: Located, begin: int, other_level: int) -> Triple:
        """The logits of one hit; arguments as for ``features.around``."""
        start = self._itself(at.hit)
        if not at.hit.depends_on_context:
            return start
        values, words = features.around(tokens, at, begin, other_level)
        own, common = self._scope(at.hit.entry.word), self._scope(ANY)
        return _sum(
            start,
            chain(
                map(dict.get, own.kinds, values),
                map(own.near.get, words),
                map(dict.get, common.kinds, values),
                map(common.near.get, words),
            ),
        )

    def _weight(self, name: str) -> Triple | None:
        """The weights of one feature by its name."""
        place = bisect_left(self._names, name)
        if place == len(self._names) or self._names[place] != name:
            return None
        return triple(self._weights[place].tolist())

    def _scope(self, of: str) -> _Scope:
        """The weights of the words around an entry, gathered when it is first met."""
        scope = self._scopes.get(of)
        if scope is None:
            head = f"{of}|"
            tables: dict[str, _Table] = {}
            begin = bisect_left(self._names, head)
            end = bisect_left(self._names, of + _BEHIND_BAR, begin)
            rows = map(triple, self._weights[begin:end].tolist())
            for name, row in zip(self._names[begin:end], rows, strict=True):
                if kind := _KIND.match(name, len(head)):
                    tables.setdefault(kind.group(), {})[name[kind.end() :]] = row
            scope = self._scopes[of] = _Scope(
                tuple(tables.get(kind, {}) for kind in KINDS), tables.get(NEAR, {})
            )
        return scope


def triple(row: Sequence[float]) -> Triple:
    """Three logits as a tuple."""
    one, two, three = row
    return one, two, three


def _sum(start: Triple, weights: Iterable[Triple | None]) -> Triple:
    first, second, third = start
    # most features have no weight, and are passed over without a step of ours
    for one, two, three in filter(None, weights):
        first += one
        second += two
        third += three
    return first, second, third


def strongest(hits: Sequence[WeighedHit]) -> Triple:
    """For each cut the highest logit among some hits, of which there is at least one."""
    if len(hits) == 1:
        return hits[0][1]
    first, second, third = map(max, zip(*(logits for _, logits in hits), strict=True))
    return first, second, third
