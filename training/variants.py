"""Variants of a sentence for the teacher to read: windows of it, and other words in its place.

A linear student must learn from whole sentences which of their words and pairs matter. Short
windows and exchanged words show it directly, as many as wanted and without new labels (n-gram
sampling and word replacement: Tang et al. 2019, "Distilling task-specific knowledge from BERT
into simple neural networks"). A variant is a function of the sentence, its key and a number, so
``opinions.npz`` need not hold its text.
"""

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

#: A window's words, least and most.
SHORTEST, LONGEST = 4, 16
#: Share of the words that are exchanged, where the word has others to stand for it.
EXCHANGED = 0.3
#: Shorter words hold a sentence together; exchanging them breaks it.
LEAST_LETTERS = 4

_CORE = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")

Alike = Mapping[str, Sequence[str]]


def variant(text: str, key: str, number: int, alike: Alike) -> str:
    """The variant ``number`` (1 and up) of ``text``: in turn a window, the sentence with words
    exchanged, and a window with words exchanged. ``key`` seeds the choice.

    >>> variant("one two three four five six seven eight", "k", 1, {})
    'four five six seven eight'
    """
    chance = random.Random(f"{key}:{number}")
    words = text.split()
    if number % 3 != 2 and len(words) > SHORTEST:
        most = min(LONGEST, len(words) - 1)
        length = SHORTEST + int(chance.random() * (most - SHORTEST + 1))
        start = int(chance.random() * (len(words) - length + 1))
        words = words[start : start + length]
    if number % 3 != 1:
        words = [_exchanged(word, chance, alike) for word in words]
    return " ".join(words)


def _exchanged(word: str, chance: random.Random, alike: Alike) -> str:
    if chance.random() >= EXCHANGED:
        return word
    core = _CORE.search(word)
    if core is None or len(core[0]) < LEAST_LETTERS:
        return word
    others = alike.get(core[0].lower(), ())
    if not others:
        return word
    other = others[int(chance.random() * len(others))]
    if core[0].isupper():
        other = other.upper()
    elif core[0][0].isupper():
        other = other.capitalize()
    return word[: core.start()] + other + word[core.end() :]


def alike_by_class(classes: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """For each word the words of its finest class (``classes.load_classes``), itself included:
    an exchange may leave a word as it is."""
    members: dict[str, list[str]] = defaultdict(list)
    for word, kinds in classes.items():
        if len(word) >= LEAST_LETTERS:
            members[kinds[-1]].append(word)
    return {word: members[kinds[-1]] for word, kinds in classes.items() if kinds[-1] in members}
