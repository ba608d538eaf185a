"""Masks: one hidden letter hides nothing ("f*ck" is the word), two or more are a printed mask.

A printed mask ("f***", "s--t", "[expletive]") is mild whatever it covers, and is never expanded.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from classifier import normalize
from classifier.glued import oath_among_words
from classifier.hits import Hit, Located
from classifier.lexicon import BARE_MASK, MASK, is_ordinary, load_lexicon

#: Letters with stars, perhaps hiding a word that shows through in part: "fuc***", "fu*k".
COVERED = re.compile(r"[^\W\d_]\*+[^\W\d_]|[^\W\d_]\*\*")
_HYPHENED = re.compile(r"\w-\w")
_BETWEEN_HYPHENS = re.compile(r"[^-]+")
_BARE = re.compile(r"\*{3,}\w{0,3}|\*{2,}\w{1,3}$")


def mask_hit(token: str) -> Hit | None:
    """The hit on a mask in ``token``: the word if it hides one letter of it, else the mask."""
    mask = normalize.masked(token)
    if "*" in token and _HYPHENED.search(token):  # one part of a compound: "f*ck-up"
        for part in _BETWEEN_HYPHENS.finditer(token):
            within = mask_hit(part.group()) if "*" in part.group() else None
            if within:
                return replace(
                    within, start=part.start() + within.start, end=part.start() + within.end
                )
        return None
    if mask is None:
        bare = _BARE.search(token)
        return Hit(bare.start(), bare.end(), BARE_MASK, "", "masked") if bare else None
    if not mask.pattern:
        return Hit(mask.start, mask.end, MASK, "", "masked")
    if mask.hidden == 1:
        return _one_masked(mask)
    head, tail = mask.pattern.split(".", 1)[0], mask.pattern.rsplit(".", 1)[1]
    if not tail and len(head) > 3 and head in load_lexicon().forms:
        return None  # "shit***": nothing is hidden
    if tail and _shows_all(mask.pattern.replace(".", "")):
        return None  # "f*u*ck": nothing is hidden
    if mask.dashes and len(mask.pattern) < 4:
        return None
    stretched = mask.hidden > 2 and bool(tail)
    loose = not mask.dashes or (mask.hyphens and stretched)
    if _matching(mask.pattern) or (loose and _loosely(mask.pattern, head, tail)):
        return Hit(mask.start, mask.end, MASK, "", "masked")
    return None


def _shows_all(letters: str) -> bool:
    """Whether letters with signs between them are a whole strong stem, perhaps inflected."""
    entry = load_lexicon().forms.get(letters)
    return entry is not None and "stem" in entry.flags and letters.startswith(entry.word)


def _one_masked(mask: normalize.Masked) -> Hit | None:
    """One hidden letter hides nothing: the hit is the word."""
    parts = [part for part in mask.pattern.split(".") if part]
    if mask.dashes and all(is_ordinary(part) or len(part) < 2 for part in parts):
        return None
    forms = _matching(mask.pattern)
    if mask.dashes and not mask.hyphens:  # signs that mask less often: only for what is clear
        forms = [f for f in forms if len(f) > 3 and load_lexicon().forms[f].level > 1]
    if not forms:
        return _one_masked_glued(mask)
    if len(mask.pattern) < 3:
        return None
    form = min(forms, key=_preference)
    return Hit(mask.start, mask.end, load_lexicon().forms[form], form, "one-masked")


def _one_masked_glued(mask: normalize.Masked) -> Hit | None:
    """A masked stem glued to words: "f*ckthis"."""
    pattern = mask.pattern
    if mask.dashes or mask.end - mask.start != len(pattern):
        return None
    hidden = pattern.index(".")
    for stem, entry in load_lexicon().stems.items():
        for start in range(len(pattern) - len(stem) + 1):
            end = start + len(stem)
            if start < hidden < end - 1 and _fits(pattern[start:end], stem):
                part = oath_among_words(pattern[:start] + stem + pattern[end:], start, end)
                if part:
                    first, last = mask.start + part[0], mask.start + part[1]
                    return Hit(first, last, entry, stem, "one-masked")
    return None


def _matching(pattern: str) -> list[str]:
    forms = load_lexicon().maskable.get((len(pattern), pattern[0]), ())
    return [form for form in forms if _fits(pattern, form)]


def _fits(pattern: str, form: str) -> bool:
    """Whether a pattern as long as ``form`` stands for it, ``.`` for any letter."""
    return all(sign in (".", letter) for sign, letter in zip(pattern, form, strict=True))


def _loosely(pattern: str, head: str, tail: str) -> bool:
    """A mask that did not count its letters: "f****ing", "s*****"."""
    if sum(map(str.isalpha, pattern)) < 2 or len(head) + len(tail) < 2:
        return False
    return any(
        form.startswith(head) and form.endswith(tail)
        for (length, first), forms in load_lexicon().maskable.items()
        if first == pattern[0] and abs(length - len(pattern)) <= 2 and length > 3
        for form in forms
    )


_PREFERRED = ("fuck", "shit", "bitch", "cunt", "dick", "pussy", "damn", "ass", "hell", "cock")


def _preference(form: str) -> tuple[int, int, str]:
    for place, stem in enumerate(_PREFERRED):
        if stem in form:
            return place, len(form), form
    return len(_PREFERRED), len(form), form


#: Initials of what is masked with spaces between its signs: "f - - -", "s _ _ _".
_SPACED_INITIALS = frozenset("fscbn")
_SPACED_SIGNS = re.compile(r"([*_-])(?: \1)+")


def spaced_mask(tokens: Sequence[str], index: int) -> Located | None:
    """A mask with spaces between its signs, from token ``index``: "f - - -"."""
    signs = tokens[index][1:]
    last = index
    while last + 1 < len(tokens) and last < index + 8 and tokens[last + 1] in ("-", "_", "*"):
        last += 1
        signs += (" " if signs else "") + tokens[last]
    initial = tokens[index][:1].lower()
    if initial not in _SPACED_INITIALS or len(signs) < 5 or not _SPACED_SIGNS.fullmatch(signs):
        return None
    return Located(index, last, Hit(0, len(tokens[last]), MASK, "", "masked"))
