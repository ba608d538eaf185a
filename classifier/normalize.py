"""The ONE definition of how text is read, in training and in prediction.

Two questions are asked of every token (a stretch without white space):

* :func:`words` - which plain words stand in it? Lower case, accents and styled letters folded,
  split at hyphens and dashes; numbers become ``0``. These make the TF-IDF features.
* :func:`readings` - what else might a reader see in it? An ordered list of candidate spellings,
  each from a named step of :data:`STEPS`, with offsets back into the token. The profanity reader
  takes the first candidate that its lexicon knows.

Everything here looks at one token only, so it runs once for each distinct token. What each step
is for, and what is left alone on purpose: ``docs/profanity.md``.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Final

_APOSTROPHES = frozenset(
    "'"
    "\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{PRIME}"
    "\N{MODIFIER LETTER APOSTROPHE}\N{FULLWIDTH APOSTROPHE}\N{ACUTE ACCENT}"
)
_DASHES = frozenset(
    "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}"
    "\N{HORIZONTAL BAR}\N{MINUS SIGN}\N{SMALL HYPHEN-MINUS}\N{FULLWIDTH HYPHEN-MINUS}"
)

#: Letters, digits and inner apostrophes. Everything else parts words.
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_POSSESSIVE = re.compile(r"(?:'s|'|s')$")

# Left alone: addresses, handles with a host, paths, hashes, code.
_ADDRESS = re.compile(
    r"(?:https?|ftp|file)[:/]|^www\.|@[\w-]+\.\w|"
    r"\w\.(?:com|org|net|edu|gov|io|co|uk|au|ie|de|html?|"
    r"php|aspx?|jpe?g|png|gif|pdf|txt|py|js|csv|json|md)\b|"
    r"^[\w.-]+(?:/[\w.-]+){2,}$|^[/~\\](?!r/)\w|^[a-z]:\\|"
    r"^&?#?x?[0-9a-f]{8,}$|^0x[0-9a-f]+$|"
    r"::|->|\(\)|[\w\])](?:=|\((?=[^()]*\)|$|\w{0,2},))|=[\"'\w]|[{}<>]=?\w*;|_\w*\(",
    re.IGNORECASE,
)
#: "bitch(es)", "shit(s)": a bracketed ending, no call.
_ENDING_IN_BRACKETS = re.compile(r"\(\w{1,3}\)")
#: Single letters with one sign between each are no path and no sum: "f/u/c/k", "f=u=c=k".
_SPELLED = re.compile(r"[^\W\d_]([/=])[^\W\d_](?:\1[^\W\d_])+\W?")
_SNAKE = re.compile(r"^[^\W_]{2,}(?:_[^\W_]+)+$")


@dataclass(frozen=True, slots=True)
class Folded:
    """A token as plain lower-case characters; ``offsets[i]`` is where character ``i`` stood.

    ``offsets`` has one element more than ``text``: the end of the token. ``ends[i]`` is where
    character ``i`` ends with the combining marks on it; empty means one further.
    """

    text: str
    offsets: tuple[int, ...] | range
    ends: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Place in the token of ``text[start:end]``, marks and inner invisibles included."""
        if end <= start:
            return self.offsets[start], self.offsets[end]
        last = self.ends[end - 1] if self.ends else self.offsets[end - 1] + 1
        return self.offsets[start], last


@dataclass(frozen=True, slots=True)
class Reading:
    """One spelling a reader may see: where it stands in the token and which step found it."""

    text: str
    start: int
    end: int
    step: str


# --- characters -----------------------------------------------------------------------------------


@cache
def _look_alikes() -> MappingProxyType[str, str]:
    table = {}
    lines = Path(__file__).with_name("data").joinpath("confusables.tsv").read_text(encoding="utf-8")
    for line in lines.splitlines():
        if not line.startswith("#"):
            character, latin, _ = line.split("\t")
            table[character] = latin
    return MappingProxyType({**_BARRED, **table})


#: Signs of currency that are a letter with a bar, as "styled text" has them; the table of
#: look-alikes knows only some.
_BARRED = MappingProxyType(dict(zip("₳฿₵₡₢€₣₲₭₦₱₽₴₮₩¥", "abcccefgknppstwy", strict=True)))


#: Letters that NFKD leaves alone, or turns into "(a)", although they are drawn as one letter.
_STYLED = MappingProxyType(
    {
        first + i: chr(ord("a") + i)
        for first in (
            0x249C,  # parenthesized small
            0x1F110,  # parenthesized capital
            0x1F130,  # squared
            0x1F150,  # negative circled
            0x1F170,  # negative squared
            0x1F1E6,  # regional indicator
        )
        for i in range(26)
    }
)
#: Categories of what is not seen: format and control characters, combining marks, surrogates.
_UNSEEN = frozenset(("Cf", "Mn", "Me", "Cc", "Cs"))
#: Characters of other categories that are drawn as nothing.
_BLANK = frozenset(
    "\N{HANGUL FILLER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}"
    "\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}"
)
#: Drawn like y, written for u by those who type Cyrillic or Greek.
_Y_OR_U = frozenset("уУүҮұҰýÝγυΥϒў")


@cache
def _fold_character(character: str) -> tuple[str, bool]:
    """A character as a reader sees it, and whether that took a look-alike from another script.

    Invisible characters (zero width, bidi, soft hyphen, variation selectors) and combining marks
    become nothing; apostrophes and dashes become ASCII.
    """
    if character in _APOSTROPHES:
        return "'", False
    if character in _DASHES:
        return "-", False
    styled = _STYLED.get(ord(character))
    if styled:
        return styled, False
    if unicodedata.category(character) in _UNSEEN or character in _BLANK:
        return "", False
    shape = _look_alikes().get(character)
    if shape:  # before NFKD, which takes the lunate sigma for another letter
        return shape, True
    # Lower case may decompose again ("İ" becomes "i" with a dot above), so both until all is still.
    simpler = unicodedata.normalize("NFKD", character)
    if simpler == character:
        simpler = character.lower()
    if simpler != character:
        folded = [_fold_character(part) for part in simpler]
        plain, alike = "".join(text for text, _ in folded), any(taken for _, taken in folded)
        if plain.isascii():
            return plain, alike
    else:
        plain = character
    return plain, False


@cache
def _shows_latin(character: str) -> bool:
    return any(sign.isascii() and sign.isalnum() for sign in _fold_character(character)[0])


def shows_latin(token: str) -> bool:
    """Whether a reader may take any character of the token for a Latin letter or a digit.

    >>> shows_latin("ѕор"), shows_latin("नहीं।"), shows_latin("🅑🎈")
    (True, False, True)
    """
    return any(map(_shows_latin, token))


def _is_latin(character: str) -> bool:
    plain, alike = _fold_character(character)
    return plain.isascii() and plain.isalpha() and not alike


def mixes_scripts(written: str) -> bool:
    """Whether a letter is a look-alike from a script other than Latin.

    >>> mixes_scripts("dіck"), mixes_scripts("dıck")
    (True, False)
    """
    return any(
        _fold_character(character)[1] and not unicodedata.name(character, "").startswith("LATIN")
        for character in written
    )


@lru_cache(maxsize=256)  # the steps fold one token several times in a row
def fold(token: str, *, look_alikes: bool | None = None) -> Folded:
    """Case, accents, styled letters and invisibles folded; look-alike letters of other scripts
    only in a token that mixes scripts, unless ``look_alikes`` says so.

    >>> fold("Café\N{SOFT HYPHEN}s").text
    'cafes'
    """
    if token.isascii() and token.isprintable():
        return Folded(token.lower(), range(len(token) + 1))
    forced = look_alikes is True
    if look_alikes is None:
        look_alikes = any(map(_is_latin, token))
    text: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(token):
        plain, alike = _fold_character(character)
        # A sign of currency is a letter only where everything else failed: "£5m" is no "l5m".
        if alike and not (forced or (look_alikes and character.isalpha())):
            plain = _lower(character)
        text.extend(plain)
        offsets.extend([place] * len(plain))
        ends.extend([place + 1] * len(plain))
        if ends and not plain and unicodedata.category(character) in ("Mn", "Me"):
            ends[-1] = place + 1
    offsets.append(len(token))
    return Folded("".join(text), tuple(offsets), tuple(ends))


#: Longer tokens are data, not words (a hash, an encoded image): only their beginning is read.
MAX_TOKEN: Final = 120
#: Signs around a token that are no part of its word.
SIGNS_AROUND: Final = "\"'“”‘’«»‹›„‚.,:;!?()[]*_"


#: Marks that set the direction of text. A writer of Arabic or Hebrew leaves them around words of
#: other scripts, where unlike other invisible characters they tell nothing of what was meant.
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def without_directions(token: str) -> tuple[str, list[int]]:
    """The token without marks of direction, and where each character, and its end, stood.

    >>> without_directions("\u200eas")
    ('as', [1, 2, 3])
    """
    places = [place for place, sign in enumerate(token) if not _DIRECTIONS.match(sign)]
    return "".join(token[place] for place in places), [*places, len(token)]


def has_directions(token: str) -> bool:
    """Whether there is a mark of direction anywhere in the token."""
    return not token.isascii() and _DIRECTIONS.search(token) is not None


@lru_cache(maxsize=1 << 10)
def core(token: str) -> str:
    """The token folded, without the signs around it.

    >>> core("(Word!)")
    'word'
    """
    return fold(token[:MAX_TOKEN]).text.strip(SIGNS_AROUND)


def core_span(token: str) -> tuple[int, int]:
    """Where in the token its core stands; (0, 0) where it has none."""
    folded = fold(token[:MAX_TOKEN])
    inner = folded.text.strip(SIGNS_AROUND)
    start = folded.text.index(inner) if inner else 0
    return folded.span(start, start + len(inner))


def _lower(character: str) -> str:
    """A letter of another script as itself, in lower case where that is one letter."""
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


# --- plain words ----------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 12)  # near hits the same tokens come again and again
def words(token: str) -> tuple[str, ...]:
    """The plain words of a token, as features know them.

    >>> words("rebel-held"), words("O’Neill’s"), words("1,200"), words("—")
    (('rebel', 'held'), ("o'neill",), ('0',), ())
    """
    if token.isascii() and token.isalpha():
        return (token.lower(),)
    found = []
    for match in _WORD.finditer(fold(token).text):
        word = match.group()
        if word[0].isdigit():
            word = "0"
        elif "'" in word:
            word = _POSSESSIVE.sub(_keep_s, word)
        found.append(word)
    return tuple(found)


def _keep_s(match: re.Match[str]) -> str:
    return "s" if match.group() == "s'" else ""


# --- what else a reader may see -------------------------------------------------------------------

#: Symbols and digits that stand for letters; the first letter is the usual one.
LEET: Final = {
    "0": "ou", "1": "il", "3": "e", "4": "au", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g",
    "@": "au", "$": "s", "!": "il", "|": "li", "+": "t", "(": "c", "<": "c", "&": "a", "^": "a",
    "#": "h", "¡": "i",
}  # fmt: skip
#: Letters drawn with several signs.
_DRAWN = {
    "|_|": "u", "(_)": "u", "|<": "k", "|-|": "h", "/-\\": "a", "/\\": "a", "\\/": "v", "|)": "d",
    "|=": "f", "|3": "b",
}  # fmt: skip
_DRAWN_SIGN = re.compile("|".join(map(re.escape, _DRAWN)))
#: More symbols than this in one token make numbers of combinations, and no word.
_MAX_LEET = 4
_NUMBER_LIKE = re.compile(
    r"^[\d.,:+\-/()x%$#]+$|^[a-z]{1,2}\d+$|^\d+[a-z]\d+$|"
    r"^[$#]?\d[\d.,:]*(?:st|nd|rd|th|s|m|k|bn|g|kg|mg|km|cm|mm|ft|in|lbs?|oz|hrs?|mins?|sec|"
    r"[ap]m|mph|px|[kmgt]b|ml|l|x|d|y|yr)$"
)
_CAMEL = re.compile(r"[A-Z]?[a-z']+|[A-Z]+(?![a-z])|\d+")
_EDGE = "\"'`.,:;?!()[]{}<>«»“”‘’„…*_~-|/\\\N{EM DASH}"


#: What any mark-up in a token has: HTML a bracket or a reference, BBCode the end of a tag.
_MARKED_UP = re.compile(r"[<>&]|\[/[biu]\]")


def readings(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """Candidate spellings of ``token``, plainest first; see :data:`STEPS`.

    ``is_ordinary`` tells an ordinary word, which no step but the first may reread.
    """
    if _MARKED_UP.search(token) and (pieces := _visible(token)):
        for text, places in pieces:
            yield from _through(_steps(text, is_ordinary), places)
    else:
        yield from _steps(token, is_ordinary)


def is_address(token: str) -> bool:
    """Whether a token is left alone: an address, a path, a hash, code."""
    bare = _ENDING_IN_BRACKETS.sub("", token) if "(" in token else token
    return _ADDRESS.search(bare) is not None and not _SPELLED.fullmatch(token)


def shown(token: str) -> tuple[str, list[tuple[int, int]]]:
    """What a browser shows of a token, a blank for each tag that begins a line, and the place of
    each character.

    >>> shown("a<br>b&amp;")
    ('a b&', [(0, 1), (1, 1), (5, 6), (6, 11)])
    """
    pieces = _visible(token) if _MARKED_UP.search(token) else []
    if not pieces:
        return token, [(place, place + 1) for place in range(len(token))]
    text, places = pieces[0]
    places = list(places)
    for more, where in pieces[1:]:
        text += " " + more
        places += [(places[-1][1], places[-1][1]), *where]
    return text, places


def _steps(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    if not token.isascii() or not token.isalpha():
        if is_address(token):
            return
        if _SNAKE.match(token):
            yield from _snake(token, is_ordinary)
            return
    for step in STEPS:
        yield from step(token, is_ordinary)


# --- mark-up --------------------------------------------------------------------------------------

# A tag, a comment, the end of a tag that began in an earlier token, the beginning of one that
# ends in a later token.
_TAG = re.compile(
    r"</?([a-zA-Z][\w-]*)[^<>]*>|<!--.*?-->|^[^<>]*=[\"'][^<>]*>|</?[a-zA-Z][^<>]*$|\[/?[biu]\]"
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
#: Tags that begin a new line or cell: the letters on their two sides are not one word.
_BREAKING = frozenset(
    "p br div li ul ol td th tr table h1 h2 h3 h4 h5 h6 hr blockquote section article pre".split()
)

_Places = list[tuple[int, int]]


def _visible(token: str) -> list[tuple[str, _Places]]:
    """What a browser shows of a token: stretches of text, each character with its place.

    Empty when the token holds no mark-up.
    """
    pieces: list[tuple[str, _Places]] = []
    text: list[str] = []
    places: _Places = []
    found = False
    index = 0
    while index < len(token):
        tag = _TAG.match(token, index) if token[index] in "<[" or not index else None
        reference = _REFERENCE.match(token, index) if token[index] == "&" else None
        if tag and tag.end() > index:
            found = True
            if (tag.group(1) or "").lower() in _BREAKING:
                pieces.append(("".join(text), places))
                text, places = [], []
            index = tag.end()
        elif reference and (shown := unescape(reference.group())) != reference.group():
            found = True
            text.extend(shown)
            places.extend([reference.span()] * len(shown))
            index = reference.end()
        else:
            text.append(token[index])
            places.append((index, index + 1))
            index += 1
    pieces.append(("".join(text), places))
    return [piece for piece in pieces if piece[0]] if found else []


def _through(found: Iterable[Reading], places: _Places) -> Iterator[Reading]:
    """Readings of a visible text, back in the token; one that spans a tag is named for it."""
    for reading in found:
        if reading.start < reading.end:
            start, end = places[reading.start][0], places[reading.end - 1][1]
            whole = end - start == reading.end - reading.start
            yield Reading(reading.text, start, end, reading.step if whole else "markup")


# --- the steps ------------------------------------------------------------------------------------

#: Between letters these are more likely letters than stops.
_LETTER_LIKE = frozenset("*@$!|+^#%(<¢€£©")


def _plain(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """The token and its words as they stand, characters folded."""
    folded = fold(token)
    text = folded.text
    core = text.strip(_EDGE)
    if core:
        yield _reading(folded, text.index(core), len(core), "plain")
    for match in _WORD.finditer(text):
        word = match.group()
        if len(word) < 4 and (
            _goes_on(text, match.start() - 1, -1)
            or _goes_on(text, match.end(), 1)
            or _DIGITS_WITHIN.search(text, max(0, match.start() - 3), match.end() + 3)
        ):
            continue  # "bs" is no word of "b00bs"
        if word != core:
            yield _reading(folded, match.start(), len(word), "plain")
        stripped = _POSSESSIVE.sub(_keep_s, word)
        if stripped != word:
            yield _reading(folded, match.start(), len(stripped), "plain")


_DIGITS_WITHIN = re.compile(r"[^\W\d_]\d+[^\W\d_]")


def _goes_on(text: str, place: int, step: int) -> bool:
    """Whether the sign beside a part is a letter in disguise: "fu" is no word of "fu*k"."""
    beyond = place + step
    return (
        0 <= place < len(text)
        and 0 <= beyond < len(text)
        and text[place] in _LETTER_LIKE
        and text[beyond].isalnum()
    )


def _other_script(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """A word wholly or partly in look-alikes of another script."""
    if token.isascii():
        return
    folded = fold(token, look_alikes=True)
    as_u = "".join(
        "u" if character == "y" and token[place] in _Y_OR_U else character
        for character, place in zip(folded.text, folded.offsets, strict=False)
    )
    plain = fold(token).text.strip(_EDGE)
    for text in dict.fromkeys((folded.text, as_u)):
        core = text.strip(_EDGE)
        if core and core.isascii() and core != plain:
            yield _reading(folded, text.index(core), len(core), "look-alike", core)


_SEPARATED = re.compile(
    r"(?<![^\W\d_])[^\W\d_](?:[^\w\s]+[^\W\d_]){2,}(?![^\W\d_])|"
    r"(?<![^\W\d_])[^\W\d_](?:_[^\W\d_]){2,}(?![^\W\d_])"
)


def _separated(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """Single letters with a sign between each: ``f.u.c.k``, ``f-u-c-k``, ``f_u_c_k``."""
    folded = fold(token)
    match = _SEPARATED.search(folded.text)
    if match:
        letters = "".join(c for c in match.group() if c.isalpha())
        yield _reading(folded, match.start(), len(match.group()), "separated", letters)


_BETWEEN_PARTS = re.compile(r"\*\*|__|~~|[*.\-_/|~'^•·\[\]]")


def _one_sign(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """A word with a sign put between its letters: ``sh.it``, ``fu*ck``, ``fuc-king``."""
    folded = fold(token)
    text = folded.text.strip("\"'.,:;?!()“”…")
    signs = text if text.isascii() else "".join("*" if is_picture(c) else c for c in text)
    parts = _BETWEEN_PARTS.split(signs)
    if 2 <= len(parts) <= 4 and all(part.isalpha() for part in parts):
        if all(is_ordinary(part) or len(part) == 1 for part in parts) and "*" not in text:
            return
        yield _reading(folded, folded.text.index(text), len(text), "sign", "".join(parts))


#: A letter three times in a row.
LONG_RUN: Final = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)


#: Letters that no sign or digit goes on as a letter.
_LETTERS_ALONE = re.compile(r"(?<![\d*@$!|+])[^\W\d_]++(?![\d*@$|+]|!\w)")


def _repeated(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """Stretched letters: ``fuuuck``, ``daaamn``, ``asssss``; but ``gooood`` is "good"."""
    folded = fold(token)
    for match in _LETTERS_ALONE.finditer(folded.text):
        for text in collapsed(match.group()):
            yield _reading(folded, match.start(), len(match.group()), "repeated", text)


_RUN, _TWICE, _THRICE = (re.compile(rf"(.)\1{more}") for more in ("*", "+", "{2,}"))


def once_each(word: str) -> str:
    """The word with each run of a letter as one: "bitter" as "biter"."""
    return _TWICE.sub(r"\1", word)


def collapsed(word: str) -> Iterator[str]:
    """Spellings with runs of three or more letters shortened to two or to one, then all runs.

    >>> list(collapsed("fuuuck")), list(collapsed("shitt"))
    (['fuuck', 'fuck'], ['shit'])
    """
    if not _TWICE.search(word):
        return
    seen = {word}
    options = []
    if _THRICE.search(word):
        runs = [m.group() for m in _RUN.finditer(word)]
        choices = [(r[0] * 2, r[0]) if len(r) > 2 else (r,) for r in runs]
        if sum(len(c) > 1 for c in choices) <= 5:
            options += ["".join(choice) for choice in product(*choices)]
    options.append(once_each(word))
    for option in options:
        if option not in seen:
            seen.add(option)
            yield option


#: Signs around a token that are no letters, first all of them, then without ``$@#`` and the like.
_LEET_EDGES = (_EDGE + "#", "\"'`.,:;?([)]»“”‘’…")


#: What may be a letter, or a part of one that is drawn with several signs.
_LEET_SIGN = re.compile("[" + re.escape("".join({*LEET, *"".join(_DRAWN)})) + "]")


def _leet(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """Digits and symbols for letters: ``sh1t``, ``a$$``, ``b!tch``, ``ph@g``."""
    plain = fold(token)
    if not _LEET_SIGN.search(plain.text):
        return
    folded = _undrawn(plain)
    tried = dict.fromkeys(
        folded.text.rstrip("!").strip(signs).rstrip("!").strip(signs) for signs in _LEET_EDGES
    )
    for text in tried:
        signs = sum(c in LEET for c in text) + (folded is not plain)
        if not 0 < signs <= _MAX_LEET or _NUMBER_LIKE.match(text) or text.count("#") > 1:
            continue
        if not any(c.isalpha() for c in text) and text not in ("@$$", "@55"):
            continue
        if not all(c.isalpha() or c in LEET for c in text):
            continue
        start = folded.text.index(text)
        for choice in product(*(LEET.get(c, c) for c in text)):
            spelled = "".join(choice)
            yield _reading(folded, start, len(text), "leet", spelled)
            for shorter in collapsed(spelled):
                yield _reading(folded, start, len(text), "leet", shorter)


def _undrawn(folded: Folded) -> Folded:
    """Letters drawn with several signs as one letter each: ``f|_|ck``."""
    if not _DRAWN_SIGN.search(folded.text):
        return folded
    text, offsets, behind = [], list[int](), 0
    for match in [*_DRAWN_SIGN.finditer(folded.text), None]:
        start = match.start() if match else len(folded.text)
        text.append(folded.text[behind:start])
        offsets += folded.offsets[behind:start]
        if match:
            text.append(_DRAWN[match.group()])
            offsets.append(folded.offsets[start])
            behind = match.end()
    return Folded("".join(text), (*offsets, folded.offsets[-1]))


_SMALL = re.compile(r"[a-z]+")
_SMALL_AND_CAPITAL = re.compile(r"[a-z][A-Z]")


def _camel(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """The words of a hashtag or a glued CamelCase word: ``#ShitHappens``."""
    if "#" in token or _SMALL_AND_CAPITAL.search(token):
        for match in _CAMEL.finditer(token):
            if match.group() != token.strip("#"):
                yield Reading(match.group().lower(), match.start(), match.end(), "camel")
    if token.startswith("#") and token.isascii():
        for match in _SMALL.finditer(token.lower()):
            for start, end in _parted(match.group(), is_ordinary):
                part = match.group()[start:end]
                yield Reading(part, match.start() + start, match.start() + end, "camel")


def _parted(text: str, is_known: Callable[[str], bool]) -> list[tuple[int, int]]:
    """A glued run as the fewest known words, or nothing: "damnyou" is damn + you."""
    best: list[list[tuple[int, int]] | None] = [[], *([None] * min(len(text), 40))]
    for end in range(1, len(best)):
        for start in range(max(0, end - 16), end):
            before = best[start]
            if before is not None and end - start > 1 and is_known(text[start:end]):
                here = best[end]
                if here is None or len(before) + 1 < len(here):
                    best[end] = [*before, (start, end)]
    return (best[len(text)] or []) if len(text) < len(best) else []


def _snake(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """The parts of a name such as ``user_name_88``; what may be code gets few other readings."""
    parts = list(re.finditer(r"[^\W_]+", token))
    letters = [part.group() for part in parts]
    if all(map(str.isalpha, letters)) and not any(map(is_ordinary, map(str.lower, letters))):
        folded = fold(token)
        yield _reading(folded, 0, len(folded.text), "sign", "".join(letters).lower())
    for part in parts:
        for step in (_plain, _leet):
            for reading in step(part.group(), is_ordinary):
                start, end = part.start() + reading.start, part.start() + reading.end
                yield Reading(reading.text, start, end, "snake")


#: The steps in the order in which they are tried; mark-up is taken out before.
STEPS = (_plain, _other_script, _separated, _one_sign, _repeated, _leet, _camel)


def _reading(folded: Folded, start: int, length: int, step: str, text: str = "") -> Reading:
    first, last = folded.span(start, start + length)
    return Reading(text or folded.text[start : start + length], first, last, step)


# --- masks ----------------------------------------------------------------------------------------

_MASKED = re.compile(
    r"^(?P<head>[a-z]{0,9}?[a-z])(?P<mask>[*\-_#@$%&!.•·?^~+'/|:]+)"
    r"(?P<middle>[a-z]{0,3}?)(?P<mask2>[*\-_]*)(?P<tail>[a-z]*)$"
)
#: These stand for one letter, and never in a row: "can't-".
_UNLIKELY_MASK = re.compile(r"['/|:].*[^a-z]|[^a-z].*['/|:]")
_BRACKETED = re.compile(
    r"^[\[(<{](?:expletives?|bleep(?:ed|ing)?|beep|profanity|obscenity|vulgarity|swear(?:word)?|"
    r"[a-z]-word|racial|slur|redacted-slur|censored)\b|^(?:expletive|profanity|obscenity|slur)s?\]"
)
_BLEEPED = re.compile(r"\*(?:bleep|expletive|censored)(?:s|ed|ing)?\*")
_F_AND_DASHES = re.compile(r"^f\N{EM DASH}+$")
_GRAWLIX = re.compile(r"^[@#$%&!*?^+~]{4,}$")
#: A grade: "A*", "two A*s", "C--".
_GRADE = re.compile(r"[A-E][*+\-]{1,2}s?")


@dataclass(frozen=True, slots=True)
class Masked:
    """A printed mask: the pattern with ``.`` for each hidden letter, and how many are hidden."""

    pattern: str
    hidden: int
    start: int
    end: int
    #: the signs are also punctuation, so they are believed less
    dashes: bool
    #: they are hyphens, dashes or stops
    hyphens: bool = False


def is_picture(character: str) -> bool:
    """Whether a sign may stand for one letter as a picture or a block: a flame, "█", "×"."""
    return not character.isascii() and unicodedata.category(character) in ("So", "Sm", "Sc")


def masked(token: str) -> Masked | None:
    """The mask in ``token``: letters of which some are replaced by signs.

    >>> masked("f***ing").pattern, masked("sh*t").hidden, masked("[expletive]").pattern
    ('f...ing', 1, '')
    """
    folded = fold(token)
    text = folded.text
    opened = text.lstrip("\"'“”‘’«‹„‚.,:;*")
    if opened != text and _BLEEPED.match(text):
        return Masked("", 9, *folded.span(0, len(text)), False)
    if _BRACKETED.match(opened):
        start = len(text) - len(opened)
        closed = max(opened.find(c) for c in "])>}")
        end = start + closed + 1 if closed > 0 else len(text)
        return Masked("", 9, *folded.span(start, end), False)
    signs = text.strip("\"'“”‘’.,:;()[]")
    if _F_AND_DASHES.match(signs) or (
        _GRAWLIX.match(signs) and sum(c in "@#$%&" for c in signs) >= 2 and len(set(signs)) >= 3
    ):
        start = text.index(signs)
        return Masked("", 9, *folded.span(start, start + len(signs)), False)
    if _GRADE.fullmatch(token.strip("\"'“”‘’(),.;:?!")):
        return None
    core = text.strip("\"'`.,:;?()[]{}<>«»“”‘’„…").rstrip("!") or text
    start = text.index(core)
    core = _POSSESSIVE.sub("", core) or core
    # A long dash hides more than a letter: "f-k" may be one that was cut, "f—k" is a mask. A
    # picture hides one: a flame in the place of the u.
    core_long = "".join("--" if c == "\N{EM DASH}" else "*" if is_picture(c) else c for c in core)
    match = _MASKED.match(core_long)
    if not match or len(core_long) < 3 or _UNLIKELY_MASK.search(core_long):
        return None
    pattern = "".join(c if c.isalpha() else "." for c in core_long)
    hidden = "".join(c for c in core_long if not c.isalpha())
    place = folded.span(start, start + len(core))
    hyphens = not hidden.strip("-_.")
    return Masked(pattern, len(hidden), *place, hyphens or not hidden.strip("'/|:"), hyphens)
