"""Whether a text can be judged at all: enough of its words must be English words we know."""

import re
from collections.abc import Sequence
from typing import Final

from classifier import normalize
from classifier.lexicon import is_ordinary, load_lexicon
from classifier.remembered import Remembered

#: Share of known words under which a text is not assessed. English of the open sources, tweets
#: included, lies above 0.75 in 99 of 100 texts of ten words or more; Spanish, German, French and
#: Indonesian below 0.4 (measured by `python -m training.wordlist --measure`).
MINIMUM_KNOWN = 0.5
#: Texts with fewer words than this are judged like any other unless all are in another script.
FEW_WORDS = 5
#: Words looked at: the beginning of a long text tells its language.
MOST_WORDS = 2000


def not_assessed(text: str, minimum_known: float | None = None) -> str | None:
    """The reason why ``text`` cannot be judged, or None.

    >>> not_assessed("Der Hund lief gestern über die Straße und bellte laut.")[:24]
    'too few known words: 1 o'
    """
    tokens = text.split(None, MOST_WORDS)[:MOST_WORDS]
    return reason(count_all(tokens), minimum_known)


def reason(total: int, minimum_known: float | None = None) -> str | None:
    """The same from the sum of :func:`count` over the first :data:`MOST_WORDS` tokens."""
    minimum = MINIMUM_KNOWN if minimum_known is None else minimum_known
    words, known, foreign = total & _FIELD, total >> _BITS & _FIELD, total >> 2 * _BITS
    if not words:
        return None
    if words < FEW_WORDS:
        return "not in Latin script" if foreign == words else None
    if known < minimum * words:
        share = f"{known} of {words} ({known / words:.0%})"
        return f"too few known words: {share}, at least {minimum:.0%} needed; is it English?"
    return None


#: A token has at most 60 words, and MOST_WORDS tokens have fewer than 2**20.
_BITS: Final = 20
_FIELD: Final = (1 << _BITS) - 1
#: Signs around a word that are no part of it.
_SIGNS: Final = '.,;:!?"()'
#: "l'hiver", "qu'elle": French, where an English contraction has a whole word before its sign.
_ELISION: Final = re.compile(r"(?:[cdjlmnst]|qu)'\w{2}")


def count_all(tokens: Sequence[str]) -> int:
    """The sum of :func:`count` over some tokens, which are remembered."""
    return sum(map(_counts.__getitem__, tokens))


def count(token: str) -> int:
    """How many words a token has, numbers left out, how many are known and how many foreign, in
    one number, so that a sum over tokens adds up all three."""
    short = token[:120]
    plain = short.strip(_SIGNS)
    if plain.isascii() and plain.isalpha():  # as most are, and read at a glance
        return 1 | _is_known(plain.lower()) << _BITS
    words = [word for word in normalize.words(short) if word != "0"]
    known = sum(map(_is_known, words))
    foreign = sum(not word.isascii() for word in words)
    return len(words) | known << _BITS | foreign << 2 * _BITS


#: Of tokens seen in texts that come alone; some 150 bytes each.
_counts = Remembered(count, 1 << 16)


def _is_known(word: str) -> bool:
    contracted = "'" in word and not _ELISION.match(word)
    return is_ordinary(word) or len(word) == 1 or contracted or word in load_lexicon().forms
