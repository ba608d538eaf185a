"""The ONE definition of a feature, for training, prediction and explanation.

Violence is read from segments, profanity from hits:

* A text falls into *segments* (its sentences, roughly: :func:`segment_starts`). A segment's
  features are its words, its word pairs and the character n-grams of its words; each counts as
  often as it occurs (TF), times its IDF, without length normalisation.
* A *hit* is a spelling that may be profane (``profanity.py``). Its features are the lexicon entry
  and, where a word has an innocent sense, the words around it within the segment.

A text is as strong as its strongest segment or hit: its score is the highest among them. So clean
words beside a strong one cannot outvote it, which is what a length-normalised bag of words does.
Because nothing is normalised by length, what a word contributes never depends on the others, and
``model.py`` computes it once for each distinct token.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from classifier import normalize
from classifier.profanity import EVASIVE, Hit, Located, TokenReading, locate, read_token

#: Length of the character n-grams of a word, edges marked ``<`` and ``>``.
CHAR_MIN, CHAR_MAX = 3, 5
#: Words looked at on each side of a hit that depends on its context.
CONTEXT = 4
#: Longer tokens are data, not words (a hash, an encoded image): only their beginning is read.
MAX_TOKEN = 120

_END = re.compile(r"(?:[\w)%][a-z0-9)%’'\"”]|^)[.!?…]+[\"'”’)\]]*$|[!?…][\"'”’)\]]*$")
_ABBREVIATED = frozenset(
    "mr. mrs. ms. dr. st. lt. col. gen. capt. sgt. maj. cpl. adm. sen. rep. gov. prof. rev. "
    "no. vs. jan. feb. aug. sept. oct. nov. dec. inc. ltd. co. corp. jr. sr. mt. ft. dept. "
    "det. insp. supt. pc. "
    "e.g. i.e. etc. al. u.s. u.k. u.n. a.m. p.m. d.c.".split()
)


def ends_segment(token: str) -> bool:
    """Whether a sentence may end with this token: "spot.", "why?!", a full stop by itself."""
    return bool(_END.search(token)) and token.lower().lstrip("(“\"'") not in _ABBREVIATED


def starts_segment(token: str) -> bool:
    """Whether a sentence may begin with this token: anything but a lower-case word or a sign."""
    for character in token[:3]:
        if character.isalnum():
            return not character.islower()
    return False


def segment_starts(tokens: Sequence[str]) -> list[int]:
    """Index of the first token of each segment; the first is 0.

    >>> segment_starts("He died. Nobody came, e.g. me.".split())
    [0, 2]
    """
    starts = [0]
    for index, (before, after) in enumerate(pairwise(tokens), 1):
        if ends_segment(before) and starts_segment(after):
            starts.append(index)
    return starts


def tokens_of(text: str) -> list[str]:
    """White-space tokens. Lone surrogates stay: they are read as nothing."""
    return text.split()


def char_ngrams(word: str) -> list[str]:
    """``#``-marked character n-grams of one word, edges included.

    >>> char_ngrams("shot")[:3]
    ['#<sh', '#sho', '#hot']
    """
    edged = f"<{word}>"
    length = len(edged) + 1
    sizes = range(CHAR_MIN, CHAR_MAX + 1)
    return ["#" + edged[i : i + size] for size in sizes for i in range(length - size)]


def segment_features(
    words: Sequence[str], classes: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Iterator[str]:
    """Every feature of a segment, as often as it occurs: words, pairs, character n-grams, and
    the classes that words bring along (``training/classes.py``; folded into words when shipped).
    """
    yield from words
    for first, second in pairwise(words):
        yield f"{first} {second}"
    for word in words:
        yield from char_ngrams(word)
    for word in words:
        yield from classes.get(word, ())


def segments(text: str) -> list[list[str]]:
    """The plain words of each segment of ``text``."""
    tokens = tokens_of(text)
    if not tokens:
        return []
    starts = segment_starts(tokens)
    return [
        [word for token in tokens[start:end] for word in normalize.words(token[:MAX_TOKEN])]
        for start, end in pairwise([*starts, len(tokens)])
    ]


def hits(text: str) -> list[tuple[Located, list[str]]]:
    """The hits of ``text`` in order, each with its features."""
    tokens = tokens_of(text)
    readings = [read_token(token[:MAX_TOKEN]) for token in tokens]
    if not any(reading.matters for reading in readings):
        return []
    return hits_in(tokens, readings, segment_starts(tokens))


def hits_in(
    tokens: Sequence[str], readings: Sequence[TokenReading], starts: Sequence[int]
) -> list[tuple[Located, list[str]]]:
    """As :func:`hits`, on tokens already read and cut into segments."""
    return [
        (place, hit_features(tokens[begin:end], place, begin, other_level))
        for place, begin, end, other_level in placed_in(tokens, readings, starts)
    ]


class Placed(NamedTuple):
    """A hit, its :func:`window`, the highest level of the clear hits of its segment: of a hit that
    depends on its context, of those beside it."""

    at: Located
    begin: int
    end: int
    other_level: int


def placed_in(
    tokens: Sequence[str], readings: Sequence[TokenReading], starts: Sequence[int]
) -> list[Placed]:
    """The hits of a text in order, each in its segment."""
    located = locate(tokens, readings)
    segments = [segment_at(place.first, starts, len(tokens)) for place in located]
    clear: dict[int, int] = {}
    for place, (begin, _) in zip(located, segments, strict=True):
        if not place.hit.depends_on_context:
            clear[begin] = max(clear.get(begin, 0), place.hit.entry.level)
    return [
        Placed(place, *window(place.first, place.last, begin, end), clear.get(begin, 0))
        for place, (begin, end) in zip(located, segments, strict=True)
    ]


def window(first: int, last: int, begin: int, end: int) -> tuple[int, int]:
    """The tokens that :func:`around` asks for, of a hit in the tokens ``first`` to ``last`` of a
    segment from ``begin`` to before ``end``: with all of a long segment, time would be quadratic.

    One token more than the words before it shows that the segment does not open with the hit. A
    hit over several tokens may go on behind the end of a sentence: "Ball... Sack".
    """
    return max(begin, first - CONTEXT - 1), min(max(end, last + 1), last + CONTEXT + 2)


def segment_at(token: int, starts: Sequence[int], length: int) -> tuple[int, int]:
    """The first token of the segment of a token, and the first behind the segment."""
    segment = bisect_right(starts, token)
    return starts[segment - 1], starts[segment] if segment < len(starts) else length


def hit_features(
    tokens: Sequence[str], place: Located, begin: int, other_level: int = 0
) -> list[str]:
    """Features of one hit; arguments as for :func:`around`."""
    features = itself(place.hit)
    if place.hit.depends_on_context:
        values, words = around(tokens, place, begin, other_level)
        for scope in (place.hit.entry.word, ANY):
            features += [
                f"{scope}|{kind}{value}" for kind, value in zip(KINDS, values, strict=True)
            ]
            features += [f"{scope}|{NEAR}{word}" for word in words]
    return features


#: Stands for whatever entry, where a feature of the words around is not of one entry alone.
ANY = "*"
#: What is said of the words on either side of a hit, and of how it is written among them, in the
#: order of :func:`of_words` and :func:`of_look`; ``NEAR`` is said of each word near it.
WORD_KINDS = ("-1:", "+1:", "-2:", "+2:", "around:")
LOOK_KINDS = ("shape:", "shape:", "before=", "sign:", "others:")
KINDS = WORD_KINDS + LOOK_KINDS
NEAR = "~"


class Around(NamedTuple):
    """What stands around a hit: a value for each of ``KINDS``, and the words near it."""

    values: tuple[str, ...]
    words: set[str]


def itself(hit: Hit) -> list[str]:
    """The features of a hit that depend on nothing around it."""
    entry = hit.entry
    if hit.depends_on_context:
        return [f"{entry.word}={hit.form}", f"{entry.word}", ANY, f"{ANY}level:{entry.level}"]
    return [
        f"level:{entry.level}",
        f"entry:{entry.word}",
        # Whatever the evasion, the intent is the same: rare ones are judged like common ones.
        "step:evasive" if hit.step in EVASIVE else f"step:{hit.step}",
        f"form:{hit.form}",
    ]


class Look(NamedTuple):
    """How a hit is written in its token: its capitals, and the signs on both sides of it."""

    capitals: str
    signs: str


def look_of(hit: Hit, tokens: Sequence[str]) -> Look:
    """How a hit is written in its tokens, mostly one."""
    first, last = tokens[0], tokens[-1]
    written = first[hit.start : hit.end] if len(tokens) == 1 else first[hit.start :]
    capitals = "caps" if written.isupper() else "title" if written[:1].isupper() else "lower"
    return Look(capitals, f"{first[: hit.start][-1:]}_{last[hit.end :][:1]}")


def of_look(
    look: Look, *, opens: bool, title_before: bool, title_after: bool, other_level: int
) -> tuple[str, ...]:
    """What is said by ``LOOK_KINDS``: whether the segment opens with the hit, whether there is a
    capital before and after it, and the highest level of a clear hit beside it."""
    shape = look.capitals + (",first" if opens else "")
    return (
        shape,
        f"{shape},next={'title' if title_after else 'no'}",
        f"{'title' if title_before else 'no'},{shape}",
        look.signs,
        f"{other_level}",
    )


def of_words(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    """What is said by ``WORD_KINDS``."""
    one, two = (left[-1] if left else "<"), (left[-2] if len(left) > 1 else "<")
    plus, plus2 = (right[0] if right else ">"), (right[1] if len(right) > 1 else ">")
    return one, plus, f"{two} {one}", f"{plus} {plus2}", f"{one} _ {plus}"


def has_capital(token: str) -> bool:
    """Whether a word begins with a capital, behind signs that open a quotation or a bracket."""
    return token.strip("\"'“‘(")[:1].isupper()


def around(tokens: Sequence[str], place: Located, begin: int, other_level: int = 0) -> Around:
    """The surroundings of a hit in ``tokens``: its segment, or the :func:`window` of it. They
    start at token ``begin``."""
    hit = place.hit
    first, last = place.first - begin, place.last - begin
    inner_left, inner_right = tokens[first][: hit.start], tokens[last][hit.end :]
    left = [*_words(tokens[max(0, first - CONTEXT) : first]), *normalize.words(inner_left)]
    right = [*normalize.words(inner_right), *_words(tokens[last + 1 : last + 1 + CONTEXT])]
    left, right = left[-CONTEXT:], right[:CONTEXT]
    looked = of_look(
        look_of(hit, tokens[first : last + 1]),
        opens=first == 0,
        title_before=first > 0 and has_capital(tokens[first - 1]),
        title_after=last + 1 < len(tokens) and has_capital(tokens[last + 1]),
        other_level=other_level,
    )
    return Around(of_words(left, right) + looked, {*left, *right})


def _words(tokens: Iterable[str]) -> list[str]:
    return [word for token in tokens for word in normalize.words(token[:MAX_TOKEN])]
