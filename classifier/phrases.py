"""Which words must stand beside the key of a phrase, so that most keys need no second look.

"hand" is the key of "hand job" and stands in one sentence of a hundred. What is next to a key in
its phrases are its *partners*: beside anything else it is a plain word.
"""

from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.hits import NOTHING, TokenReading
from classifier.lexicon import load_lexicon
from classifier.normalize import core

#: The number of whatever is no key and no partner.
NONE: Final = 0


def partner_of(token: str) -> int:
    """The number of a token as a partner."""
    return partners().get(core(token), NONE)


@cache
def partners() -> dict[str, int]:
    """Every partner of some key, numbered from 1."""
    words = {word for sides in _beside().values() for side in sides for word in side}
    return {word: number for number, word in enumerate(sorted(words), 1)}


@cache
def keys() -> dict[str, int]:
    """Every key, numbered from 1."""
    return {key: number for number, key in enumerate(sorted(_beside()), 1)}


@cache
def fitting() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """``[key, partner]``: whether the partner may stand before the key, and after it."""
    shape = len(keys()) + 1, len(partners()) + 1
    before, after = np.zeros(shape, bool), np.zeros(shape, bool)
    for key, sides in _beside().items():
        for fits, side in zip((before, after), sides, strict=True):
            fits[keys()[key], [partners()[word] for word in side]] = True
    return before, after


def among(reading: TokenReading, token_before: str, token_after: str) -> TokenReading:
    """A reading without its phrase, where the words beside it are not the phrase's."""
    key = keys()[reading.phrase_key]
    before, after = fitting()
    if after[key, partner_of(token_after)] or before[key, partner_of(token_before)]:
        return reading
    return _without_phrase(reading)


@cache
def _without_phrase(reading: TokenReading) -> TokenReading:
    rest = replace(reading, phrase_key="")
    return rest if rest.matters else NOTHING


@cache
def _beside() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Of each key the words next to it in its phrases: before it where it is the last word,
    after it elsewhere."""
    found = {}
    for key, phrases in load_lexicon().phrases.items():
        last = [phrase for phrase in phrases if phrase.key == len(phrase.words) - 1]
        others = [phrase for phrase in phrases if phrase.key < len(phrase.words) - 1]
        found[key] = (
            frozenset(phrase.words[phrase.key - 1] for phrase in last),
            frozenset(phrase.words[phrase.key + 1] for phrase in others),
        )
    return found
