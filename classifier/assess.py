"""Whether a text can be judged at all: enough of its words must be English words we know."""

from functools import lru_cache

from classifier import normalize
from classifier.lexicon import load_lexicon
from classifier.profanity import is_ordinary

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
    'too few known words: 0 o'
    """
    minimum = MINIMUM_KNOWN if minimum_known is None else minimum_known
    counts = [_count(token) for token in text.split(None, MOST_WORDS)[:MOST_WORDS]]
    if not counts:
        return None
    words, known, foreign = map(sum, zip(*counts, strict=True))
    if not words:
        return None
    if words < FEW_WORDS:
        return "not in Latin script" if foreign == words else None
    if known < minimum * words:
        share = f"{known} of {words} ({known / words:.0%})"
        return f"too few known words: {share}, at least {minimum:.0%} needed; is it English?"
    return None


@lru_cache(maxsize=1 << 15)
def _count(token: str) -> tuple[int, int, int]:
    """How many words a token holds, numbers left out; how many are known, how many foreign."""
    words = [word for word in normalize.words(token[:120]) if word != "0"]
    return len(words), sum(map(_is_known, words)), sum(not word.isascii() for word in words)


def _is_known(word: str) -> bool:
    return is_ordinary(word) or len(word) == 1 or "'" in word or word in load_lexicon().forms
