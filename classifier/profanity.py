"""One token -> what a reader may take as profane in it.

The steps, in order, are described in ``docs/profanity.md``; each has a module of its own:
``candidates`` (what a token may hide), ``glued`` (swear words inside longer words),
``printed_masks``, ``cut_words`` (cut by spaces, line ends, tags) and ``locate`` (over several
tokens). What they find is in ``hits``.
"""

import re
from dataclasses import replace

from classifier.candidates import find
from classifier.cut_words import cut_inside, is_cut, stem_parts
from classifier.glued import OATHS, may_be_glued
from classifier.hits import EVASIVE, NOTHING, Hit, Located, TokenReading
from classifier.lexicon import is_ordinary, load_lexicon, stem_pattern
from classifier.locate import locate
from classifier.normalize import (
    LONG_RUN,
    MAX_TOKEN,
    core,
    fold,
    has_directions,
    once_each,
    without_directions,
)

__all__ = [
    "EVASIVE",
    "NOTHING",
    "Hit",
    "Located",
    "TokenReading",
    "is_ordinary",
    "locate",
    "read_token",
]


def read_token(token: str) -> TokenReading:
    """Hits inside one token and what it may contribute to hits over several.

    >>> [hit.form for hit in read_token("sh1t!").hits]
    ['shit']
    >>> read_token("Scunthorpe").hits
    ()
    """
    token = token[:MAX_TOKEN]
    if has_directions(token):
        return _read_without_directions(token)
    quick = _at_a_glance(token)
    if quick is not None:
        return quick
    hits = tuple(hit for hit in find(token) if hit.entry.level)
    # The "fu" of "fu...ck" is no word by itself.
    if all(hit.depends_on_context and len(hit.form) < 4 for hit in hits):
        cut = cut_inside(token)
        hits = (cut,) if cut else hits
    inner = core(token)
    letter = inner.strip("-")
    if len(letter) == 1 and letter.isalpha():
        letter = fold(letter, look_alikes=True).text
    if len(letter) == 1 and letter.isascii() and letter.isalpha():
        key = inner if inner in load_lexicon().phrases else ""
        return TokenReading(hits, letter=letter, phrase_key=key)
    quiet = _quiet(inner)
    joins = is_cut(token) or (quiet.may_join and all(hit.depends_on_context for hit in hits))
    if hits or joins or quiet.phrase_key:
        return TokenReading(hits, "", joins, quiet.phrase_key)
    return NOTHING


def _read_without_directions(token: str) -> TokenReading:
    """As without the marks; between the letters of one word they have no use but to hide it."""
    plain, places = without_directions(token)
    reading = read_token(plain)
    hits = []
    for hit in reading.hits:
        start, end = places[hit.start], places[hit.end - 1] + 1
        hidden = hit.step == "plain" and end - start > hit.end - hit.start
        hits.append(replace(hit, start=start, end=end, step="unseen" if hidden else hit.step))
    return replace(reading, hits=tuple(hits)) if hits else reading


_COMMON = re.compile(
    r"[\"'“‘]*+([A-Za-z]++(?:-[A-Za-z]++)*+)(?:['’]s)?[\"'”’).,:;?!…]*+|[\d.,:;%/()+–-]++"
)


def _at_a_glance(token: str) -> TokenReading | None:
    """What most tokens need: plain words with stops around them, numbers. None: look closer."""
    matched = _COMMON.fullmatch(token)
    if matched is None:
        return None
    written = matched.group(1)
    if written is None:
        return NOTHING
    word = written.lower()
    forms = load_lexicon().forms
    if word in forms or len(word) < 2:
        return None
    if "-" not in word:
        return None if _suspicious(word, written) else _quiet(word)
    plain = all(part not in forms and is_ordinary(part) for part in word.split("-"))
    return NOTHING if plain else None


def _suspicious(word: str, token: str) -> bool:
    """A quick look at a plain word outside the lexicon, that spares most of them the slow one."""
    if not (token.islower() or token[1:].islower() or token.isupper()):
        return True  # glued words: "HolyShit"
    if is_ordinary(word):
        return False
    if stem_pattern().search(word) or (may_be_glued(token) and OATHS.search(word)):
        return True
    doubled = _DOUBLED.search(word)
    if doubled is None:
        return False
    return LONG_RUN.search(word) is not None or once_each(word) in load_lexicon().stems


_DOUBLED = re.compile(r"(.)\1")


def _quiet(word: str) -> TokenReading:
    """A token without a hit of its own: it may still open a joint or be the key of a phrase."""
    join = word in stem_parts()
    key = word if word in load_lexicon().phrases else ""
    return TokenReading(may_join=join, phrase_key=key) if join or key else NOTHING


#: Names under which ``word_table.py`` knows them.
_OATHS = OATHS
_stem_beginnings = stem_parts
