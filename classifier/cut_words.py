"""Words that spaces, line ends or tags cut: "f u c k", "fu ck", "shi-" + "tting".

Two ordinary words are never joined: "but its" and "push it" are two words, whatever they spell.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from typing import Final, NamedTuple

from classifier.candidates import find
from classifier.hits import Hit, Located, TokenReading
from classifier.lexicon import INFLECTED, Entry, is_ordinary, load_lexicon
from classifier.normalize import LEET, core, core_span, is_address, shown


def is_cut(token: str) -> bool:
    """Whether the token ends within a word or a tag: "cock-", "fu<b"."""
    ends = token[-1:] in _LINE_HYPHENS and len(token) > 2 and token[-2].isalpha()
    return _opens_tag(token) or ends


def _opens_tag(token: str) -> bool:
    opened = token.rfind("<")
    return opened > 0 and ">" not in token[opened:] and token[opened - 1].isalpha()


@cache
def stem_parts() -> frozenset[str]:
    """What by itself is no word, and may be the beginning or the end of one that a space cuts."""
    begin = {word[:cut] for word in (*joinable(), *_compounds()) for cut in range(2, len(word))}
    odd = {part for part in begin if not is_ordinary(part)}
    return frozenset(odd | {rest for _, rest in _late_cuts()})


@cache
def joinable() -> dict[str, Entry]:
    """Words that are read across a space: those that are clear, or clear behind a mask; among
    long ones only stems."""
    return {
        entry.word: entry
        for entry in load_lexicon().entries
        if len(entry.word) >= 4
        and (len(entry.word) < 8 or "stem" in entry.flags)
        and entry.word.isalpha()
        and entry.level
        and ("homograph" not in entry.flags or "mask" in entry.flags)
        and ("slur" not in entry.flags or "stem" in entry.flags)
    }


@cache
def _compounds() -> frozenset[str]:
    """Longer spellings that are clear: "dipshit", "douchebag". No part of them may be a word."""
    return frozenset(
        form
        for form, entry in load_lexicon().forms.items()
        if len(form) > 6 and form.isalpha() and entry.level > 1 and not entry.depends_on_context
    )


@cache
def _late_cuts() -> dict[tuple[str, str], str]:
    """Strong stems cut into a word and a rest that is none: "bit ch", "wan ker"."""
    return {
        (form[:cut], form[cut:]): form
        for entry in joinable().values()
        if entry.level > 1 and "stem" in entry.flags
        for form in entry.forms
        if form.startswith(entry.word) and form[len(entry.word) :] in INFLECTED
        for cut in range(2, len(form) - 1)
        if is_ordinary(form[:cut])
        and form[:cut] not in load_lexicon().forms
        and not is_ordinary(form[cut:])
        and (cut > 2 or len(form) > 5)
    }


#: A tag with attributes ends within so many tokens, or is none.
_LONGEST_TAG = 12


def cut_word(tokens: Sequence[str], index: int) -> tuple[list[Located], int] | None:
    """Hits of a word that a line end or a tag with spaces cuts: "cock-" + "pit", "fu<b id=x>ck".

    None where nothing is cut; an empty list where the whole is an ordinary word.
    """
    token = tokens[index]
    if not is_cut(token):
        return None
    if not _opens_tag(token):
        if index + 1 >= len(tokens) or not tokens[index + 1][:1].isalpha():
            return None
        after = core(tokens[index + 1])
        before = core(token).rstrip(_LINE_HYPHENS)
        whole = before + after
        if not whole.isalpha():
            return None
        if is_ordinary(whole) and whole not in load_lexicon().forms:
            return [], 2
        entry = load_lexicon().forms.get(whole)
        if (
            entry is None
            or len(whole) < 4
            or ("homograph" in entry.flags and "mask" not in entry.flags)
        ):
            return None
        if all(map(is_ordinary, (before, after))) and "stem" not in entry.flags:
            return None
        start, end = core_span(token)[0], core_span(tokens[index + 1])[1]
        return [Located(index, index + 1, Hit(start, end, entry, whole, "sign"))], 2
    for last in range(index + 1, min(index + _LONGEST_TAG, len(tokens))):
        closed = tokens[last].find(">")
        if closed >= 0:
            break
    else:
        return None
    if not tokens[last][closed + 1 : closed + 2].isalpha():
        return None
    starts = [0]
    for part in tokens[index:last]:
        starts.append(starts[-1] + len(part) + 1)
    glued = " ".join(tokens[index : last + 1])
    located = []
    for hit in find(glued) or filter(None, [cut_inside(glued)]):
        first = max(i for i, start in enumerate(starts) if start <= hit.start)
        final = max(i for i, start in enumerate(starts) if start < hit.end)
        moved = replace(hit, start=hit.start - starts[first], end=hit.end - starts[final])
        located.append(Located(index + first, index + final, moved))
    return located, last - index + 1


#: No word of the lexicon is longer; a page of lone letters is looked at in pieces of this size.
_LONGEST_SPACED = 16


def spaced(
    tokens: Sequence[str], readings: Sequence[TokenReading], start: int
) -> tuple[list[Located], int]:
    """ "f u c k", "s h ! t": lone letters from ``start`` that spell a word."""
    places = [start]
    index = start + 1
    while index < len(tokens) and len(places) <= _LONGEST_SPACED:
        if readings[index].letter or tokens[index] in _SIGNS_FOR_LETTERS:
            places.append(index)
        elif tokens[index] not in _BETWEEN_LETTERS:
            break
        index += 1
    meant = [readings[place].letter or LEET[tokens[place]] for place in places]
    if sum(not readings[place].letter for place in places) > _MAX_SIGNS:
        return [], 0
    capitals = all(tokens[place].strip(".,").isupper() for place in places)
    # "a" and "i" are words: what follows them begins anew.
    goes_before = start > 0 and readings[start - 1].letter not in ("", "a", "i")
    for letters in map("".join, product(*meant)):
        for length in range(len(letters), 2, -1):
            entry = load_lexicon().forms.get(letters[:length])
            alone = length == len(letters) and not goes_before
            # "A S S" may be initials; among further letters only the clear words are read.
            if entry is None or (length == 3 and (capitals or not alone)):
                continue
            last = places[length - 1]
            signs = any(not readings[place].letter for place in places[:length])
            if "stem" in entry.flags or (alone and not signs):
                if not readings[last].letter:
                    continue
                start_at, end_at = core_span(tokens[start])[0], core_span(tokens[last])[1]
                hit = Hit(start_at, end_at, entry, letters[:length], "spaced")
                return [Located(start, last, hit)], last - start + 1
    return [], 0


_BETWEEN_LETTERS = frozenset("-_.*·•/|+~")
#: Signs that by themselves stand for a letter among lone letters, and how many of them may.
_SIGNS_FOR_LETTERS = frozenset(LEET) - _BETWEEN_LETTERS
_MAX_SIGNS: Final = 2


def joint(tokens: Sequence[str], index: int) -> Located | None:
    """A stem cut by spaces or a line end, of which token ``index`` is a part that is no word."""
    if index and (before := _late_joint(tokens, index - 1)):
        return before
    return _late_joint(tokens, index) or _early_joint(tokens, index)


class Part(NamedTuple):
    """A token as it matters to one that may be part of a cut word: its core; whether it ends
    within a word, and whether it is a sign that may stand between or for letters."""

    core: str
    cut: bool
    sign: bool


def part_of(token: str) -> Part:
    """What :func:`may_be_joined` asks of a token."""
    sign = token in _BETWEEN_LETTERS or token in _SIGNS_FOR_LETTERS
    return Part(core(token), is_cut(token), sign)


def may_be_joined(before: Part, own: Part, after: Part) -> bool:
    """Whether a token that may be part of a cut word, or a lone letter, can be so beside these
    neighbours. False only where :func:`cut_word`, :func:`spaced`, :func:`joint` and a mask with
    spaces find nothing that it begins.

    >>> may_be_joined(*map(part_of, ("the", "fu", "ck")))
    True
    >>> may_be_joined(*map(part_of, ("the", "de", "Souza")))
    False
    """
    if own.cut or after.sign:
        return True
    if len(own.core.strip("-")) == len(after.core.strip("-")) == 1:
        return True
    if (own.core, after.core) in _late_cuts() or (before.core, own.core) in _late_cuts():
        return True
    letters = own.core.rstrip("-") + after.core.rstrip("-")
    spellings = read_across_spaces()
    place = bisect_left(spellings, letters)
    return bool(after.core) and place < len(spellings) and spellings[place].startswith(letters)


@cache
def read_across_spaces() -> tuple[str, ...]:
    """Spellings that are read where spaces cut them, no part being a word; in order."""
    forms = load_lexicon().forms.items()
    return tuple(sorted({form for form, entry in forms if entry.word in joinable()} | _compounds()))


def cut_by_line_end(before: str, after: str) -> bool:
    """Whether the last token of a line and the first of the next are one strong word: "fu", "ck".

    >>> cut_by_line_end("fu", "ck"), cut_by_line_end("push", "it")
    (True, False)
    """
    both = [before.rstrip(_LINE_HYPHENS), after]
    if not both[0][-1:].isalpha() or not after[:1].islower():
        return False
    return any(joint(both, index) for index in range(2))


#: How a word is marked that goes on in the next line: hyphens, and the sign of e-mail.
_LINE_HYPHENS = "-\N{HYPHEN}\N{SOFT HYPHEN}=\N{NOT SIGN}"
_LETTERS = re.compile(r"[^\W\d_]+")
#: What may stand between the parts of a word and no part of another.
_CUTTING = re.compile(r"[^\w<>@#:]{1,4}|_{1,2}")


def cut_inside(token: str) -> Hit | None:
    """A word cut by signs or a line's tag within one token: "fu...ck", "sh<br>it"."""
    if token.isalnum() or is_address(token):
        return None
    text, places = shown(token)
    parts = list(_LETTERS.finditer(text))
    words = [part.group() for part in parts]
    for index in range(len(words) - 1):
        place = joint(words, index)
        if place is None or place.first != index:
            continue
        between = pairwise(parts[index : place.last + 1])
        if all(_CUTTING.fullmatch(text, one.end(), two.start()) for one, two in between):
            start = places[parts[index].start() + place.hit.start][0]
            end = places[parts[place.last].start() + place.hit.end - 1][1]
            return replace(place.hit, start=start, end=end, step="sign")
    return None


def _late_joint(tokens: Sequence[str], index: int) -> Located | None:
    """A word and a rest that spell a strong stem: "bit ch"; nothing stands between them."""
    if index + 1 >= len(tokens) or not tokens[index][-1:].isalpha():
        return None
    rest = tokens[index + 1]
    letters = _late_cuts().get((core(tokens[index]), core(rest)))
    if letters is None or not rest[:1].islower():
        return None
    start, end = core_span(tokens[index])[0], core_span(rest)[1]
    hit = Hit(start, end, load_lexicon().forms[letters], letters, "spaced")
    return Located(index, index + 1, hit)


def _early_joint(tokens: Sequence[str], index: int) -> Located | None:
    """A stem cut by spaces or a line end: "fu ck", "f u ck", "shi-" + "tting".

    No part may be an ordinary word: "but its" and "push it" are two words, whatever they spell;
    but the second of two may, where the first is no word at all and the whole is clear: "sh it".
    """
    first = letters = ""
    for last in range(index, min(index + 5, len(tokens))):
        part = core(tokens[last]).rstrip("-")
        ordinary = len(part) > 1 and is_ordinary(part)
        if last > index and tokens[last] in _BETWEEN_LETTERS:
            continue  # "fu - ck"
        second = bool(letters) and letters == first
        if not part.isalpha() or (ordinary and not (second and len(letters) > 1)):
            return None
        letters += part
        first = first or part
        entry = load_lexicon().forms.get(letters)
        short = entry is not None and entry.word in joinable() and len(letters) > 3
        if last > index and entry is not None and (short or letters in _compounds()):
            if ordinary and (
                not short
                or (entry.depends_on_context and "stem" not in entry.flags)
                or not tokens[index].islower()
                or core(tokens[index]) in load_lexicon().forms
            ):
                return None
            start, end = core_span(tokens[index])[0], core_span(tokens[last])[1]
            return Located(index, last, Hit(start, end, entry, letters, "spaced"))
        if ordinary or tokens[last][-1:] in ".,!?:;":
            return None
    return None
