"""The ONE definition of how text is read, in training and in prediction.

Two questions are asked of every token (a stretch without white space):

* :func:`words` - which plain words stand in it? Lower case, accents and styled letters folded,
  split at hyphens and dashes; numbers become ``0``. These make the TF-IDF features.
* :func:`readings` - what else might a reader see in it? An ordered list of candidate spellings,
  each from a named step of :data:`STEPS`, with offsets back into the token. The profanity reader
  takes the first candidate that its lexicon knows.

Everything here looks at one token only, so it runs once for each distinct token.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib.resources import files
from itertools import product
from types import MappingProxyType

_APOSTROPHES = "'\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{PRIME}\N{MODIFIER LETTER APOSTROPHE}\N{FULLWIDTH APOSTROPHE}`\N{ACUTE ACCENT}"
_DASHES = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}\N{MINUS SIGN}"

#: Letters, digits and inner apostrophes. Everything else parts words.
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_POSSESSIVE = re.compile(r"(?:'s|'|s')$")

# Left alone: addresses, handles with a host, paths, hashes, code.
_ADDRESS = re.compile(
    r"(?:https?|ftp|file)[:/]|^www\.|@[\w-]+\.\w|\w\.(?:com|org|net|edu|gov|io|co|uk|au|ie|de|html?|"
    r"php|aspx?|jpe?g|png|gif|pdf|txt|py|js|csv|json|md)\b|^[\w.-]+(?:/[\w.-]+){2,}$|^[/~\\](?!r/)\w|^[a-z]:\\|"
    r"^&?#?x?[0-9a-f]{8,}$|^0x[0-9a-f]+$|::|->|\(\)|[\w\])][=(]|=[\"'\w]|[{}<>]=?\w*;|_\w*\(|^--?\w+$",
    re.IGNORECASE,
)
_SNAKE = re.compile(r"^[^\W_]{2,}(?:_[^\W_]+)+$")


@dataclass(frozen=True, slots=True)
class Folded:
    """A token as plain lower-case characters; ``offsets[i]`` is where character ``i`` stood.

    ``offsets`` has one element more than ``text``: the end of the token.
    """

    text: str
    offsets: tuple[int, ...] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Place in the token of ``text[start:end]``, combining marks and invisibles included."""
        return self.offsets[start], self.offsets[end] if end < len(self.text) else self.offsets[-1]


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
    lines = (files("classifier") / "data" / "confusables.tsv").read_text(encoding="utf-8")
    for line in lines.splitlines():
        if not line.startswith("#"):
            character, latin, _ = line.split("\t")
            table[character] = latin
    return MappingProxyType(table)


#: Letters that NFKC leaves alone although they are drawn as a letter in a frame or upside down.
_STYLED = {
    **{0x1F130 + i: chr(97 + i) for i in range(26)},  # squared
    **{0x1F150 + i: chr(97 + i) for i in range(26)},  # negative circled
    **{0x1F170 + i: chr(97 + i) for i in range(26)},  # negative squared
    **{0x1F1E6 + i: chr(97 + i) for i in range(26)},  # regional indicators
}


@cache
def _fold_character(character: str) -> tuple[str, bool]:
    """A character as a reader sees it, and whether that took a look-alike from another script.

    Invisible characters (zero width, bidi, soft hyphen, variation selectors) and combining marks
    become nothing; apostrophes and dashes become ASCII.
    """
    if character in _APOSTROPHES:
        return "'", False
    if character in _DASHES and character != "\N{EM DASH}":
        return "-", False
    styled = _STYLED.get(ord(character))
    if styled:
        return styled, False
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me", "Cc", "Cs") or character == "\N{HANGUL FILLER}":
        return "", False
    decomposed = unicodedata.normalize("NFKD", character)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    if plain.isascii():
        return plain, False
    alike = _look_alikes().get(plain) or _look_alikes().get(character)
    return (alike, True) if alike else (plain, False)


def fold(token: str, *, look_alikes: bool | None = None) -> Folded:
    """Case, accents, styled letters and invisibles folded; look-alike letters of other scripts
    only in a token that mixes scripts, unless ``look_alikes`` says so.

    >>> fold("Café\N{SOFT HYPHEN}s").text
    'cafes'
    """
    if token.isascii():
        return Folded(token.lower(), range(len(token) + 1))
    if look_alikes is None:
        look_alikes = any(
            _fold_character(c)[0].isascii() and _fold_character(c)[0].isalpha() and not _fold_character(c)[1]
            for c in token
        )  # fmt: skip
    text: list[str] = []
    offsets: list[int] = []
    for place, character in enumerate(token):
        plain, alike = _fold_character(character)
        if alike and not look_alikes:
            plain = character.lower()
        text.extend(plain)
        offsets.extend([place] * len(plain))
    offsets.append(len(token))
    return Folded("".join(text), tuple(offsets))


# --- plain words ----------------------------------------------------------------------------------


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
        found.append("0" if word[0].isdigit() else _POSSESSIVE.sub(_keep_s, word))
    return tuple(found)


def _keep_s(match: re.Match[str]) -> str:
    return "s" if match.group() == "s'" else ""


# --- what else a reader may see -------------------------------------------------------------------

# Symbols and digits that stand for letters; the first letter is the usual one.
_LEET = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "|": "li", "+": "t", "(": "c", "<": "c", "&": "a", "#": "h",
    "v": "u", "{": "c", "^": "a", "?": "",
}  # fmt: skip
_LEET_SYMBOLS = "01345678@$!|+(<&9^"
#: More symbols than this in one token make numbers of combinations, and no word.
_MAX_LEET = 4
_MASK_CHARACTERS = "*-\N{EM DASH}_#@$%&!.•·?^~+x"
_NUMBER_LIKE = re.compile(
    r"^[\d.,:+\-/()x%$#]+$|^[a-z]{1,2}\d+$|^\d+[a-z]\d+$|"
    r"^[$#]?\d[\d.,:]*(?:st|nd|rd|th|s|m|k|bn|g|kg|mg|km|cm|mm|ft|in|lbs?|oz|hrs?|mins?|sec|[ap]m|mph|px|[kmgt]b|ml|l|x|d|y|yr)$"
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->")
_CAMEL = re.compile(r"[A-Z]?[a-z']+|[A-Z]+(?![a-z])|\d+")
_EDGE = "\"'`.,:;?!()[]{}<>«»“”‘’„…*_~-|/\\\N{EM DASH}"


def readings(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """Candidate spellings of ``token``, plainest first; see :data:`STEPS`.

    ``is_ordinary`` tells an ordinary word, which no step but the first may reread.
    """
    if not token.isascii() or not token.isalpha():
        lowered = token.lower()
        if _ADDRESS.search(lowered) and not _TAG.search(token):
            return
        if _SNAKE.match(token):
            yield from _snake(token)
            return
    for step in STEPS:
        yield from step(token, is_ordinary)


def _plain(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """The token and its words as they stand, characters folded."""
    folded = fold(token)
    core = folded.text.strip(_EDGE)
    if core:
        yield _reading(folded, folded.text.index(core), len(core), "plain")
    for match in _WORD.finditer(folded.text):
        word = match.group()
        if word != core:
            yield _reading(folded, match.start(), len(word), "plain")
        stripped = _POSSESSIVE.sub(_keep_s, word)
        if stripped != word:
            yield _reading(folded, match.start(), len(stripped), "plain")


def _other_script(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """A word wholly in look-alikes of another script."""
    if not token.isascii():
        folded = fold(token, look_alikes=True)
        core = folded.text.strip(_EDGE)
        if core and core.isascii() and core != fold(token).text.strip(_EDGE):
            yield _reading(folded, folded.text.index(core), len(core), "look-alike")


def _markup(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """Tags and character references inside a word: ``fu<b>ck</b>``, ``f&#117;ck``."""
    if "<" in token and ">" in token:
        kept = [i for i in range(len(token)) if not any(m.start() <= i < m.end() for m in _TAG.finditer(token))]
        bare = "".join(token[i] for i in kept)
        if bare != token:
            for reading in _plain(bare, is_ordinary):
                yield Reading(reading.text, kept[reading.start], kept[reading.end - 1] + 1, "markup")
    if "&" in token and ";" in token:
        bare = unescape(token)
        if bare != token:
            core = fold(bare).text.strip(_EDGE)
            for part in {core, *core.split()}:
                yield Reading(part, 0, len(token), "markup")


def _separated(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """Single letters with a sign between each: ``f.u.c.k``, ``f-u-c-k``, ``f_u_c_k``."""
    folded = fold(token)
    text = folded.text
    match = re.search(r"(?<![^\W\d_])[^\W\d_](?:[^\w\s]+[^\W\d_]){2,}(?![^\W\d_])|(?<![^\W\d_])[^\W\d_](?:_[^\W\d_]){2,}(?![^\W\d_])", text)
    if match:
        letters = "".join(c for c in match.group() if c.isalpha())
        start, end = folded.span(match.start(), match.end())
        yield Reading(letters, start, end, "separated")


def _one_sign(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """A word with a sign put between its letters: ``sh.it``, ``fu*ck``, ``fuc-king``."""
    folded = fold(token)
    text = folded.text.strip("\"'.,:;?!()[]“”…")
    parts = re.split(r"[*.\-_/|~'^•·]", text)
    if 2 <= len(parts) <= 4 and all(part.isalpha() for part in parts):
        if all(is_ordinary(part) or len(part) == 1 for part in parts) and "*" not in text:
            return
        yield _reading(folded, folded.text.index(text), len(text), "sign", "".join(parts))


def _repeated(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """Stretched letters: ``fuuuck``, ``daaamn``, ``asssss``."""
    folded = fold(token)
    for match in re.finditer(r"[^\W\d_]+", folded.text):
        for text in _collapsed(match.group()):
            yield _reading(folded, match.start(), len(match.group()), "repeated", text)


def _collapsed(word: str) -> Iterator[str]:
    """Spellings with runs of three or more letters shortened to one or to two, then all runs."""
    if re.search(r"(.)\1", word):
        seen = {word}
        long_run = re.search(r"(.)\1\1", word)
        options = []
        if long_run:
            runs = [m.group() for m in re.finditer(r"(.)\1*", word)]
            choices = [(r[0], r[0] * 2) if len(r) > 2 else (r,) for r in runs]
            if sum(len(c) > 1 for c in choices) <= 5:
                options += ["".join(choice) for choice in product(*choices)]
        options.append(re.sub(r"(.)\1+", r"\1", word))
        for option in options:
            if option not in seen:
                seen.add(option)
                yield option


#: Signs around a token that are no letters, first all of them, then without ``$@#`` and the like.
_LEET_EDGES = ("\"'`.,:;?([{<>)]}»“”‘’…*_~-\N{EM DASH}#", "\"'`.,:;?([)]»“”‘’…")


def _leet(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """Digits and symbols for letters: ``sh1t``, ``a$$``, ``b!tch``, ``ph@g``."""
    folded = fold(token)
    for text in dict.fromkeys(
        folded.text.rstrip("!").strip(signs).rstrip("!").strip(signs) for signs in _LEET_EDGES
    ):  # fmt: skip
        signs = [c for c in text if c in _LEET_SYMBOLS]
        if not signs or len(signs) > _MAX_LEET or _NUMBER_LIKE.match(text):
            continue
        if not any(c.isalpha() for c in text) and text not in ("@$$", "@55"):
            continue
        if not all(c.isalpha() or c in _LEET_SYMBOLS for c in text):
            continue
        start = folded.text.index(text)
        options = [tuple(_LEET[c]) if c in _LEET_SYMBOLS else (c,) for c in text]
        for choice in product(*options):
            spelled = "".join(choice)
            yield _reading(folded, start, len(text), "leet", spelled)
            for shorter in _collapsed(spelled):
                yield _reading(folded, start, len(text), "leet", shorter)


def _camel(token: str, is_ordinary: Callable[[str], bool]) -> Iterator[Reading]:
    """The words of a hashtag or a glued CamelCase word: ``#ShitHappens``."""
    if "#" in token or re.search(r"[a-z][A-Z]", token):
        for match in _CAMEL.finditer(token):
            if match.group() != token.strip("#"):
                yield Reading(match.group().lower(), match.start(), match.end(), "camel")
    if token.startswith("#"):
        for match in re.finditer(r"[a-z]+", token.lower()):
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


def _snake(token: str) -> Iterator[Reading]:
    """The parts of a name such as ``user_name_88``; what may be code gets no other reading."""
    for match in re.finditer(r"[^\W\d_]+", token):
        yield Reading(match.group().lower(), match.start(), match.end(), "snake")


#: The steps in the order in which they are tried.
STEPS = (_markup, _plain, _other_script, _separated, _one_sign, _repeated, _leet, _camel)


def _reading(folded: Folded, start: int, length: int, step: str, text: str = "") -> Reading:
    first, last = folded.span(start, start + length)
    return Reading(text or folded.text[start : start + length], first, last, step)


# --- masks ----------------------------------------------------------------------------------------

_MASKED = re.compile(
    r"^(?P<head>[a-z]{0,9}?[a-z])(?P<mask>[*\-\N{EM DASH}_#@$%&!.•·?^~+]+)(?P<middle>[a-z]{0,3}?)(?P<mask2>[*\-_]*)(?P<tail>[a-z]*)$"
)
_BRACKETED = re.compile(r"^[\[(<{](?:expletive|bleep|profanity|obscenity|vulgarity|swear|f-word|racial|slur)")
_GRAWLIX = re.compile(r"^[@#$%&!*?^+~]{4,}$")


@dataclass(frozen=True, slots=True)
class Masked:
    """A printed mask: the pattern with ``.`` for each hidden letter, and how many are hidden."""

    pattern: str
    hidden: int
    start: int
    end: int
    #: hyphens and dashes are also punctuation, so they are believed less
    dashes: bool


def masked(token: str) -> Masked | None:
    """The mask in ``token``: letters of which some are replaced by signs.

    >>> masked("f***ing").pattern, masked("sh*t").hidden, masked("[expletive]").pattern
    ('f...ing', 1, '')
    """
    folded = fold(token)
    text = folded.text
    if _BRACKETED.match(text):
        return Masked("", 9, 0, len(token), False)
    signs = text.strip("\"'“”‘’.,:;()[]")
    if re.match(r"^f\N{EM DASH}+$", signs):
        start = text.index(signs)
        return Masked("", 9, *folded.span(start, start + len(signs)), False)
    if _GRAWLIX.match(signs) and sum(c in "@#$%&" for c in signs) >= 2 and len(set(signs)) >= 3:
        start = text.index(signs)
        return Masked("", 9, *folded.span(start, start + len(signs)), False)
    core = text.strip("\"'`.,:;?()[]{}<>«»“”‘’„…").rstrip("!") or text
    if re.fullmatch(r"[A-Z][*+\-]{1,2}s?", token.strip("\"'“”‘’(),.;:?!")):
        return None  # a grade: "A*", "two A*s"
    match = _MASKED.match(core)
    if not match or len(core) < 3:
        return None
    pattern = "".join(c if c.isalpha() else "." for c in core)
    start = text.index(core)
    signs = "".join(c for c in core if not c.isalpha())
    return Masked(pattern, len(signs), *folded.span(start, start + len(core)), not signs.strip("-\N{EM DASH}_."))
