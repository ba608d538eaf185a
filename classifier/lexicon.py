"""Our lexicon of profanity: word, inflections, level, sense, slur marker, source of the level.

The table ``data/lexicon.tsv`` is written by hand; levels follow ``training/GUIDELINE.md``, and the
column ``source`` says who else ranks the word (Ofcom 2016/2021, BBC 2010, BBFC) or ``ours``.
Flags:

``homograph``  the word has an innocent sense; the words around it decide
``context``    always profane, but its level depends on its neighbours ("piss", "piss off")
``slur``       a racial, ethnic, homophobic or religious slur; a house can treat these apart
``stem``       also read inside longer unknown words ("absofuckinglutely")
``name``       written with a capital it may be a name ("the Wank", a peak; "Thomas Crapper")
``mask``       read behind one hidden letter although it is a homograph ("h*ll", "b*tch")
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_DATA = files("classifier") / "data"


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
        return "homograph" in self.flags or "context" in self.flags

    @property
    def slur(self) -> bool:
        return "slur" in self.flags


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The entries and the look-ups that reading needs."""

    entries: tuple[Entry, ...]
    #: single-word spellings -> entry
    forms: Mapping[str, Entry]
    #: longest word of a spelling of several words -> [(words, entry)]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Entry], ...]]
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
    entries = tuple(
        _entry(line)
        for line in (_DATA / "lexicon.tsv").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
    forms: dict[str, Entry] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    stems: dict[str, Entry] = {}
    maskable: dict[tuple[int, str], list[str]] = {}
    for entry in entries:
        for form in entry.forms:
            words = tuple(form.split())
            if len(words) > 1:
                phrases.setdefault(max(words, key=len), []).append((words, entry))
                continue
            forms[form] = entry
            if "homograph" not in entry.flags or "mask" in entry.flags:
                maskable.setdefault((len(form), form[0]), []).append(form)
        if "stem" in entry.flags:
            stems[entry.word] = entry
    return Lexicon(
        entries,
        MappingProxyType(forms),
        MappingProxyType({key: tuple(value) for key, value in phrases.items()}),
        MappingProxyType(dict(sorted(stems.items(), key=lambda item: (-len(item[0]), item[0])))),
        MappingProxyType({key: tuple(value) for key, value in maskable.items()}),
    )


def _entry(line: str) -> Entry:
    word, level, flags, source, forms = line.split("\t")
    spelled = [form.replace("~", word) for form in forms.split(",") if form]
    return Entry(
        word,
        int(level),
        frozenset(flag for flag in flags.split(",") if flag),
        source,
        (word, *spelled),
    )


@cache
def ordinary_words() -> frozenset[str]:
    """Words of edited English that no de-obfuscation may touch (``data/words.txt``).

    Made by ``python -m training.wordlist`` from the open sources: facts about which words occur.
    """
    text = (_DATA / "words.txt").read_text(encoding="utf-8")
    return frozenset(text.split("\n")[1:]) - {""}


@cache
def stem_pattern() -> re.Pattern[str]:
    """Finds a stem inside a word, longest alternatives first."""
    return re.compile("|".join(map(re.escape, load_lexicon().stems)))
