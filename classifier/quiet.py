"""Tokens in which surely nothing is hidden: handles, tags, compounds, contractions, bare signs.

``profanity.read_token`` takes such a token apart in every way a reader might; this takes a tenth
of the time to see that no spelling of the lexicon can come out. It says "surely nothing" or
leaves it open, and never the opposite of what ``read_token`` finds.
"""

import re
from functools import cache
from itertools import product
from typing import Final

from classifier import normalize
from classifier.cut_words import is_cut, stem_parts
from classifier.glued import OATHS
from classifier.lexicon import is_ordinary, load_lexicon, stem_pattern
from classifier.printed_masks import mask_hit
from classifier.tokens import BRACKETED

_BEFORE: Final = "[\"'“‘(.]{0,2}"
_AFTER: Final = r"(?:[\"'“”‘’.,:;?)\]…]{0,2}|!)"
_NAMED = re.compile(rf"{_BEFORE}([@#][A-Za-z0-9_]+){_AFTER}")
_JOINED = re.compile(rf"{_BEFORE}([A-Za-z]+(?:[-'’/.,…]+[A-Za-z]+)*){_AFTER}")
_COUNTED = re.compile(rf"{_BEFORE}[$£€]?\d[\d.,]*[-–]([A-Za-z]+(?:-[A-Za-z]+)*){_AFTER}")
_ACCENTED = re.compile(rf"{_BEFORE}([A-Za-z\u00c0-\u024f]{{2,}}){_AFTER}")
#: Figures and signs without those that may cover a word or be a letter of "@$$".
_NO_LETTER = re.compile(r"[0-9\"'“”‘’.,:;?!…—–`\[\](){}<>/=+~^|_\\£€-]+")
#: Signs in a link that may hide letters, or be mark-up.
_COVERING = re.compile(r"[*<>&]")
#: Signs that may cover a whole word.
_COVERING_LETTERS = frozenset("*@#$%&")
_LETTERS = re.compile("[A-Za-z]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_TWICE = re.compile(r"(.)\1")


def holds_nothing(token: str) -> bool:
    """Whether ``read_token(token)`` is surely the reading of nothing."""
    if token.startswith(("http://", "https://")):
        return _COVERING.search(token) is None and not is_cut(token)
    if not token.isascii() and not normalize.shows_latin(token):
        return _COVERING_LETTERS.isdisjoint(token)
    if BRACKETED.search(token) or ("]" in token and mask_hit(token)):
        return False
    named = _NAMED.fullmatch(token)
    if named:
        return _is_clear_name(named[1])
    joined = _JOINED.fullmatch(token)
    if joined:
        return _is_clear_compound(joined[1]) and _stands_alone(token)
    counted = _COUNTED.fullmatch(token)
    if counted:
        return _is_clear_compound(counted[1])
    accented = _ACCENTED.fullmatch(token)
    if accented:
        plain = normalize.fold(accented[1]).text
        same = plain == normalize.fold(accented[1], look_alikes=True).text
        letters = _LETTERS.fullmatch(plain) is not None
        return same and letters and _is_clear_compound(plain) and _stands_alone(token)
    return _NO_LETTER.fullmatch(token) is not None


def _stands_alone(token: str) -> bool:
    """Neither a lone letter nor the beginning or the key of a hit over several tokens."""
    core = normalize.core(token)
    if len(core.strip("-")) == 1:
        return not core.strip("-").isalpha()
    phrases = load_lexicon().phrases
    word = core[:-2] if core.endswith(("'s", "’s")) else core
    return not any(part in phrases or part in stem_parts() for part in (core, word))


def _is_clear_name(name: str) -> bool:
    """A handle or a tag: every part of it is looked at, digits read as letters too."""
    forms = load_lexicon().forms
    if any(part.lower() in forms for part in _parts(name)):
        return False
    lowered = name.lower()
    if lowered[0] == "#" and any(form in lowered for form in _shortest()):
        return False
    letters = lowered[1:]
    signs = [sign for sign in set(letters) if sign in normalize.LEET]
    if "_" in letters.strip("_"):
        signs = []  # a word parted by underscores is not spelled with digits
    if len(signs) > 2:
        return False
    spelled = [letters, letters.replace("_", "")] if "_" in letters else [letters]
    if signs:
        for meant in product(*(normalize.LEET[sign] for sign in signs)):
            spelled.append(letters.translate(str.maketrans("".join(signs), "".join(meant))))
    if any(map(_holds_spelling, spelled)):
        return False
    # The sign itself may be the first letter.
    first = normalize.LEET[lowered[0]]
    return not any(_begins_spelling(sign + text) for text in spelled for sign in first)


def _parts(name: str) -> list[str]:
    return [*_LETTERS.findall(name), *_CAMEL.findall(name)]


def _is_clear_compound(written: str) -> bool:
    """Words joined by a sign: no part is a spelling, nor are all together, nor hides a stem."""
    forms = load_lexicon().forms
    lowered = written.lower()
    parts = _LETTERS.findall(lowered)
    joined = "".join(parts)
    spelled = [lowered, joined, *parts]
    if not written.islower():
        spelled += [part.lower() for part in _CAMEL.findall(written)]
    if not forms.keys().isdisjoint(spelled) or len(joined) == 1:
        return False
    if sum(len(part) == 1 for part in parts) > 1:
        return False  # letters that may spell a word
    odd = [part for part in (joined, "".join(parts[:-1]), *parts) if not is_ordinary(part)]
    if any(map(_contains_form, odd)):
        return False
    if any(_TWICE.search(part) and _may_shorten(part) for part in odd):
        return False
    return len(parts) == 1 or parts[0] not in _mask_heads() or mask_hit(written) is None


@cache
def _mask_heads() -> frozenset[str]:
    """What may stand before the first hidden letter of a mask."""
    forms = {form for those in load_lexicon().maskable.values() for form in those}
    return frozenset(form[:cut] for form in forms for cut in range(1, len(form)))


def _may_shorten(part: str) -> bool:
    """Whether a letter written twice may be written once in a spelling."""
    forms = load_lexicon().forms
    return any(
        text in forms or stem_pattern().search(text) is not None
        for text in normalize.collapsed(part)
    )


def _holds_spelling(text: str) -> bool:
    """Whether a spelling of three letters or more stands anywhere in ``text``, or in it with its
    doubled letters written once."""
    if _TWICE.search(text) and any(map(_contains_form, normalize.collapsed(text))):
        return True
    return _contains_form(text)


def _begins_spelling(text: str) -> bool:
    """Whether ``text`` begins with a spelling, perhaps with its doubled letters written once."""
    texts = [text, *normalize.collapsed(text)] if _TWICE.search(text) else [text]
    return any(text.startswith(_begun().get(text[:3], ())) for text in texts)


def _contains_form(text: str) -> bool:
    begun = _begun()
    if begun.keys().isdisjoint(map("".join, zip(text, text[1:], text[2:], strict=False))):
        return False  # most words, in no time
    return any(
        text.startswith(begun[text[place : place + 3]], place)
        for place in range(len(text) - 2)
        if text[place : place + 3] in begun
    )


@cache
def _begun() -> dict[str, tuple[str, ...]]:
    """Spellings by their first three letters."""
    found: dict[str, list[str]] = {}
    for form in (*load_lexicon().forms, *re.findall("[a-z]+", OATHS.pattern)):
        if len(form) > 2:
            found.setdefault(form[:3], []).append(form)
    return {first: tuple(forms) for first, forms in found.items()}


@cache
def _shortest() -> tuple[str, ...]:
    """Spellings of two letters that may be a word among others in a tag."""
    return tuple(form for form in load_lexicon().forms if len(form) == 2 and is_ordinary(form))
