"""Short ways to what is true of one token: its reading, and what it may begin or go on.

Nothing here defines anything: ``quiet_reading`` gives what ``profanity.read_token`` gives, sooner,
and the others say of which tokens ``profanity.locate`` need not be asked (too many, never too
few). Tests hold them against the definitions.
"""

import re
from functools import cache

from classifier import normalize
from classifier.cut_words import read_across_spaces
from classifier.lexicon import is_ordinary, load_lexicon, ordinary_words, stem_pattern
from classifier.profanity import NOTHING, TokenReading, read_token

#: Signs that stand around words in ordinary text and change no reading of them.
SIGNS = "\"'“”‘’.,;:?!)…"
_NUMBER = re.compile(r"[$£€]?\d+(?:[.,:]\d+)*(?:%|s|st|nd|rd|th|am|pm|km|mph|bn)?")
_LINK = re.compile(r"https?://[\w./-]*")
#: Opening signs, which join SIGNS unless they open "[expletive".
OPENING = "(["
#: How the words begin that stand for a word that is not printed.
COVERS = (
    "expletive", "bleep", "profan", "obscen", "vulgar", "swear", "curse", "cuss", "racial", "slur",
    "censor", "redact", "delete",
)  # fmt: skip
#: A bracket that stands for a word that is not printed, or names it by its letter.
BRACKETED = re.compile(rf"[(\[](?:{'|'.join(COVERS)}|[a-z]-)", re.IGNORECASE)
_CONTRACTED = re.compile(r"([A-Za-z]{2,})['’](?:s|t|re|ve|ll|d|m)")
_COMPOUND = re.compile(r"[A-Za-z]{2,}(?:-[A-Za-z]{2,})+")
_DOUBLED = re.compile(r"(.)\1")

_EDGES = "\"'“”‘’.,:;!?()[]*_~-"


def inside_signs(token: str) -> str:
    """The token without the signs around it that change no reading."""
    part = token.strip(SIGNS)
    if part[:1] in OPENING and not BRACKETED.search(token):
        return part.lstrip(OPENING + SIGNS)
    return part


def quiet_word(word: str) -> TokenReading | None:
    """The reading of a plain lower-case word, however it is written and whatever signs of
    ``SIGNS`` stand around it; None when these may change it."""
    if not is_ordinary(word) and (stem_pattern().search(word) or _DOUBLED.search(word)):
        return None
    reading = read_token(word)
    return None if reading.hits or reading.may_join or reading.letter else reading


@cache
def quiet_words() -> frozenset[str]:
    """Words of edited English in which there is nothing to see, in any of the usual cases."""
    lexicon = load_lexicon()
    return ordinary_words() - lexicon.forms.keys() - lexicon.phrases.keys()


def quiet_reading(part: str) -> TokenReading | None:
    """The reading of a token from what is between its ``SIGNS``: numbers, links, contractions
    and compounds of ordinary words; None for others."""
    if _NUMBER.fullmatch(part) or _LINK.fullmatch(part):
        return NOTHING
    contracted = _CONTRACTED.fullmatch(part)
    if contracted:
        words = [contracted[1].lower()]
    elif _COMPOUND.fullmatch(part) and part.lower() not in load_lexicon().forms:
        words = part.lower().split("-")
    else:
        return None
    quiet = all(is_ordinary(word) and quiet_word(word) == NOTHING for word in words)
    return NOTHING if quiet else None


def core(token: str) -> str:
    """The token without the signs around it, folded."""
    return normalize.fold(token).text.strip(_EDGES)


def is_letter(part: str) -> bool:
    """Whether the core of a token is a lone letter, or nothing but signs."""
    return len(part) <= 1


def continues(part: str) -> bool:
    """Whether a lone letter before this core may be the beginning of a hit: it is another lone
    letter, signs between letters, or the rest of a stem ("f u c k", "f - u", "f uck")."""
    return len(part) <= 1 or part in stem_rests()


def needs_letter(reading: TokenReading) -> bool:
    """Whether a token can be in a hit only beside a lone letter: it is one itself, or it is
    the key of phrases such as "the f are" and "f you", and nothing else."""
    if reading.hits or reading.may_join:
        return False
    return not reading.phrase_key or reading.phrase_key in _keys_beside_letters()


@cache
def _keys_beside_letters() -> frozenset[str]:
    """Keys of which every phrase has a lone letter next to the key."""
    return frozenset(
        key
        for key, phrases in load_lexicon().phrases.items()
        if all(
            any(len(word) == 1 for word in phrase.words[max(0, phrase.key - 1) : phrase.key + 2])
            for phrase in phrases
        )
    )


@cache
def stem_rests() -> frozenset[str]:
    """What may follow the first letter of a spelling that is cut by spaces, up to any cut."""
    stems = {form for form, entry in load_lexicon().forms.items() if "stem" in entry.flags}
    spelled = stems.union(read_across_spaces())
    return frozenset(form[1:cut] for form in spelled for cut in range(2, len(form) + 1))
