"""Our lexicon of profanity: word, inflections, level, sense, slur marker, source of the level.

The table ``data/lexicon.tsv`` is kept by hand; its header says what the columns and flags mean,
``docs/profanity.md`` how a reading uses them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile
from pathlib import Path
from types import MappingProxyType

_DATA = Path(__file__).with_name("data")

#: Every flag that a row may carry.
FLAGS = frozenset({"homograph", "context", "slur", "stem", "name", "mask"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the lexicon; ``forms`` are all its spellings, lower case, ASCII."""

    word: str
    level: int
    flags: frozenset[str]
    source: str
    forms: tuple[str, ...]

    @property
    def depends_on_context(self) -> bool:
        """Whether the words around decide about the word, or about its level."""
        return "homograph" in self.flags or "context" in self.flags

    @property
    def slur(self) -> bool:
        """Whether a house that treats slurs apart would want to know this one."""
        return "slur" in self.flags


@dataclass(frozen=True, slots=True)
class Phrase:
    """A spelling of several words; ``words[key]`` is the one by which it is found, and
    ``words[first : last + 1]`` are the swear word itself, the others only tell its sense."""

    words: tuple[str, ...]
    key: int
    entry: Entry
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The entries and the look-ups that reading needs."""

    entries: tuple[Entry, ...]
    #: single-word spellings -> entry
    forms: Mapping[str, Entry]
    #: key word -> the phrases found by it, longest first
    phrases: Mapping[str, tuple[Phrase, ...]]
    #: spellings that are looked for inside longer words, longest first
    stems: Mapping[str, Entry]
    #: (length, first letter) -> spellings that a mask may stand for
    maskable: Mapping[tuple[int, str], tuple[str, ...]]
    #: the spellings of ``forms`` that no row has: a vowel less, two letters swapped
    respelled: frozenset[str]


#: What a printed mask becomes: the desk has covered the word, so it is mild whatever it was.
MASK = Entry("[mask]", 1, frozenset(), "guideline", ())
#: Asterisks without a letter: a mask, or a divider; the words around decide.
BARE_MASK = Entry("[***]", 1, frozenset({"homograph"}), "ours", ())


@cache
def load_lexicon() -> Lexicon:
    """Read ``data/lexicon.tsv`` once."""
    return parse_lexicon((_DATA / "lexicon.tsv").read_text(encoding="utf-8"))


def parse_lexicon(text: str) -> Lexicon:
    """The look-ups of a table in the format of ``data/lexicon.tsv``.

    Raises ValueError, naming the row, for a wrong column or a spelling that two rows claim.
    """
    entries = tuple(
        _entry(line, number)
        for number, line in enumerate(text.splitlines(), 1)
        if line and not line.startswith("#")
    )
    forms: dict[str, Entry] = {}
    several: list[tuple[tuple[str, ...], Entry]] = []
    claimed: dict[str, Entry] = {}
    for entry in entries:
        for form in entry.forms:
            other = claimed.setdefault(form, entry)
            if other is not entry or entry.forms.count(form) > 1:
                raise ValueError(
                    f"lexicon: {form!r} stands under {other.word!r} and {entry.word!r}"
                )
            words = tuple(form.split())
            if len(words) > 1:
                several.append((words, entry))
                if not entry.level:  # "stop-cock" is as innocent as "stop cock"
                    forms.setdefault("-".join(words), entry)
            else:
                forms[form] = entry
    respelled = {
        spelling: entry
        for entry in entries
        for form in _often_respelled(entry)
        for spelling in _respellings(form)
        if spelling not in forms and not is_ordinary(spelling)
    }
    maskable = _maskable(forms)
    forms |= respelled
    return Lexicon(
        entries,
        MappingProxyType(forms),
        _phrases(several, forms),
        MappingProxyType(_stems(entries)),
        maskable,
        frozenset(respelled),
    )


#: The plain inflections of a stem, in which other spellings of it are read.
INFLECTED = frozenset(("", "s", "es", "ed", "er", "ers", "in", "ing", "y", "ty"))
_VOWELS = "aeiou"
#: What is written so is a count, a county, or continued.
_ABBREVIATIONS = frozenset(("cnts", "cnty", "cntd", "cnted", "cnting", "cntng"))


def _often_respelled(entry: Entry) -> Iterator[str]:
    """A strong stem and its plain inflections."""
    if entry.level > 1 and "stem" in entry.flags:
        for form in entry.forms:
            if form.startswith(entry.word) and form[len(entry.word) :] in INFLECTED:
                yield form


def _respellings(form: str) -> Iterator[str]:
    """Spellings in which a reader still sees ``form``: without its vowels or one of them, v for u,
    two neighbouring letters swapped. None is shorter than four letters.

    >>> sorted(_respellings("shit"))
    ['hsit', 'shti', 'siht']
    """
    inner = [place for place in range(1, len(form)) if form[place] in _VOWELS]
    found = {form[:place] + form[place + 1 :] for place in inner}
    found.add(form[0] + "".join(letter for letter in form[1:] if letter not in _VOWELS))
    found.add(form.replace("u", "v"))
    found |= {
        form[:place] + form[place + 1] + form[place] + form[place + 2 :]
        for place in range(min(len(form) - 1, 5))
    }
    yield from sorted(s for s in found - {form} - _ABBREVIATIONS if len(s) > 3)


def _entry(line: str, number: int) -> Entry:
    columns = line.split("\t")
    if len(columns) != 5:
        raise ValueError(f"lexicon, line {number}: {len(columns)} columns instead of 5")
    word, level, flags, source, forms = columns
    if level not in ("0", "1", "2", "3"):
        raise ValueError(f"lexicon, line {number}: level {level!r} is not 0 to 3")
    marks = frozenset(flag for flag in flags.split(",") if flag)
    if marks - FLAGS:
        raise ValueError(f"lexicon, line {number}: unknown flag {min(marks - FLAGS)!r}")
    spelled = [form.replace("~", word) for form in forms.split(",") if form]
    return Entry(word, int(level), marks, source, (word, *spelled))


def _phrases(
    several: list[tuple[tuple[str, ...], Entry]], forms: Mapping[str, Entry]
) -> Mapping[str, tuple[Phrase, ...]]:
    """Phrases by a word that is looked at anyway (a lone letter, or one of the lexicon), else by
    their longest, which is rare."""
    found: dict[str, list[Phrase]] = {}
    for marked, entry in sorted(several, key=lambda item: (-len(item[0]), item[0])):
        words = tuple(word.strip("()") for word in marked)
        own = [place for place, word in enumerate(marked) if "(" not in word]
        known = [place for place, word in enumerate(words) if len(word) == 1 or word in forms]
        key = known[0] if known else max(range(len(words)), key=lambda place: len(words[place]))
        found.setdefault(words[key], []).append(Phrase(words, key, entry, own[0], own[-1]))
    return MappingProxyType({word: tuple(phrases) for word, phrases in found.items()})


def _stems(entries: tuple[Entry, ...]) -> dict[str, Entry]:
    stems = [entry for entry in entries if "stem" in entry.flags]
    return {entry.word: entry for entry in sorted(stems, key=lambda e: (-len(e.word), e.word))}


def _maskable(forms: Mapping[str, Entry]) -> Mapping[tuple[int, str], tuple[str, ...]]:
    found: dict[tuple[int, str], list[str]] = {}
    for form, entry in forms.items():
        if entry.level and ("homograph" not in entry.flags or "mask" in entry.flags):
            found.setdefault((len(form), form[0]), []).append(form)
    return MappingProxyType({key: tuple(value) for key, value in found.items()})


@cache
def ordinary_words() -> frozenset[str]:
    """Words of edited English that no de-obfuscation may touch (``data/words.txt``).

    Made by ``python -m training.wordlist`` from the open sources: facts about which words occur.
    """
    lines = (_DATA / "words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(dropwhile(lambda line: line.startswith("#"), lines))


def is_ordinary(word: str) -> bool:
    """Whether an edited text would spell a word like this, in any case."""
    return word in ordinary_words() or (word.endswith("s") and word[:-1] in ordinary_words())


@cache
def stem_pattern() -> re.Pattern[str]:
    """Finds a stem inside a word, longest alternatives first."""
    return re.compile("|".join(map(re.escape, load_lexicon().stems)))
