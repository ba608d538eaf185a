"""token readings -> hits in their places: in a token, over several, and phrases.

A set phrase such as "coal tit" takes its words out of the question; a phrase such as "jerk off"
is a hit that none of its words is.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from classifier.cut_words import cut_word, joint, spaced
from classifier.hits import NOTHING, Hit, Located, TokenReading
from classifier.lexicon import MASK, load_lexicon
from classifier.normalize import core, core_span
from classifier.printed_masks import spaced_mask


def locate(tokens: Sequence[str], readings: Sequence[TokenReading]) -> list[Located]:
    """All hits of a token sequence in order: inside tokens, spaced letters, joints, phrases.

    A hit over several tokens has ``start`` in its first and ``end`` in its last token.
    """
    found: list[Located] = []
    behind = 0
    for index, reading in enumerate(readings):
        if reading is NOTHING or index < behind or not reading.matters:
            continue
        located, used = _at(tokens, readings, index)
        if used and located:  # a phrase may begin before its key word
            found = [other for other in found if other.last < located[0].first]
        found += located
        behind = index + max(used, 1)
    # A set phrase such as "coal tit" has level 0: it took its words out of the question.
    return [place for place in found if place.hit.entry.level]


def _at(
    tokens: Sequence[str], readings: Sequence[TokenReading], index: int
) -> tuple[list[Located], int]:
    """The hits that begin at a token, and how many tokens they use (0: this one, as it is)."""
    reading = readings[index]
    if reading.may_join and (cut := cut_word(tokens, index)) is not None:
        return cut
    if reading.letter:
        letters, used = spaced(tokens, readings, index)
        if used:
            return letters, used
    if reading.may_join or reading.letter:
        place = joint(tokens, index) or spaced_mask(tokens, index)
        if place:
            return [place], place.last - index + 1
    among_letters = reading.letter and index + 2 < len(tokens) and readings[index + 2].letter
    # A printed mask is its own thing: "f*** it" is not "f it", and the "it" has no part in it.
    masked = any(hit.entry is MASK for hit in reading.hits)
    key = "" if among_letters or masked else reading.phrase_key
    phrase = _phrase(tokens, index, key) if key else None
    if phrase:
        before = [Located(index, index, hit) for hit in reading.hits if index < phrase.first]
        return [*before, phrase], max(phrase.last - index, 0) + 1
    return [
        _to_the_bracket(tokens, Located(index, index, hit))
        for hit in reading.hits
        if not _is_initial(tokens, index, hit)
    ], 0


def _to_the_bracket(tokens: Sequence[str], place: Located) -> Located:
    """ "[expletive" with " deleted]", which are two tokens and one mask."""
    hit, token = place.hit, tokens[place.first]
    if hit.entry is MASK and token[hit.start : hit.start + 1] == "[" and "]" not in token:
        for last in range(place.first + 1, min(place.first + 4, len(tokens))):
            end = tokens[last].find("]") + 1
            if end:
                return Located(place.first, last, replace(hit, end=end))
    return place


#: Before a capital and dashes these make it an initial: "Ms F---", "in the town of K----".
_BEFORE_INITIAL = frozenset(
    "mr mrs ms miss mx dr sir lady lord count countess baron baroness duke duchess prince princess "
    "king queen captain colonel major general sergeant lieutenant madame monsieur mme herr frau "
    "father sister brother st saint judge professor town village city parish county of at in near "
    "from to".split()
)
_INITIAL = re.compile(r"\W*[A-Z](?:-{2,}|\N{EM DASH}+)\W*")


def _is_initial(tokens: Sequence[str], index: int, hit: Hit) -> bool:
    """A name cut to its initial, as old books do; only a capital, only after a title or place."""
    return (
        hit.entry is MASK
        and index > 0
        and _INITIAL.fullmatch(tokens[index]) is not None
        and core(tokens[index - 1]) in _BEFORE_INITIAL
    )


def _phrase(tokens: Sequence[str], index: int, key: str) -> Located | None:
    """A spelling of several words around its key word: "jerk off", "coal tit"."""
    for phrase in load_lexicon().phrases[key]:
        first = index - phrase.key
        last = first + len(phrase.words) - 1
        if first < 0 or last >= len(tokens):
            continue
        if [core(token) for token in tokens[first : last + 1]] == list(phrase.words):
            begin, final = first + phrase.first, first + phrase.last
            step = "phrase" if final - begin + 1 == len(phrase.words) else "idiom"
            start, end = core_span(tokens[begin])[0], core_span(tokens[final])[1]
            hit = Hit(start, end, phrase.entry, " ".join(phrase.words), step)
            return Located(begin, final, hit)
    return None
