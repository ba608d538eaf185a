"""Our lexicon of profanity: word, inflections, level, sense, slur marker, source of the level.

The table ``data/lexicon.tsv`` is kept by hand; its header says what the columns and flags mean,
``docs/profanity.md`` how a reading uses them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_DATA = files("classifier") / "data"

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
    """A spelling of several words; ``words[key]`` is the one by which it is found."""

    words: tuple[str, ...]
    key: int
    entry: Entry


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
    return Lexicon(
        entries,
        MappingProxyType(forms),
        _phrases(several, forms),
        MappingProxyType(_stems(entries)),
        _maskable(forms),
    )


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
    """Phrases by a word that is looked at anyway, else by their longest, which is rare."""
    found: dict[str, list[Phrase]] = {}
    for words, entry in sorted(several, key=lambda item: (-len(item[0]), item[0])):
        known = [place for place, word in enumerate(words) if word in forms]
        key = known[0] if known else max(range(len(words)), key=lambda place: len(words[place]))
        found.setdefault(words[key], []).append(Phrase(words, key, entry))
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
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def stem_pattern() -> re.Pattern[str]:
    """Finds a stem inside a word, longest alternatives first."""
    return re.compile("|".join(map(re.escape, load_lexicon().stems)))
