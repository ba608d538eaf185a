"""tokens -> what each contributes: word rows, what it may begin or end, what a reader sees in it.

Two ways to the same facts. :func:`see` asks the definitions about one token.
:meth:`TokenReader.many` reads thousands at once: a plain word in one of the usual shapes, with
the usual signs around it, is known from the word alone, and those are nine tokens in ten. The
tenth is asked about, one by one.
"""

from collections.abc import Sequence
from functools import cache
from itertools import chain, product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier import features, normalize, phrases
from classifier.features import MAX_TOKEN
from classifier.profanity import NOTHING, TokenReading, read_token
from classifier.quiet import holds_nothing
from classifier.token_keys import Cut, Keys, KeyTable, Places, keys, keys_of
from classifier.tokens import (
    OPENING,
    SIGNS,
    continues,
    core,
    inside_signs,
    is_letter,
    needs_letter,
    quiet_reading,
    quiet_words,
    stem_rests,
)
from classifier.weights import Weights
from classifier.word_table import (
    ASK,
    ASK_IN_BRACKETS,
    CONTINUES,
    FORM,
    ORDINARY,
    OWNER,
    PAIR,
    SHORTENED,
    STEM,
    WordTable,
)

#: What a token is, as bits: it may end or begin a segment; it holds a hit or may be part of one
#: over several tokens; that only beside a lone letter; it is a lone letter; it may follow one;
#: it may be part of a hit only beside a partner (``phrases.py``).
ENDS, STARTS, MATTERS, NEEDS_LETTER, LETTER, MAY_FOLLOW, NEEDS_PARTNER = 1, 2, 4, 8, 16, 32, 64

#: No word at all, and a word that the model does not know.
NO_WORD, UNKNOWN = -2, -1


class Seen(NamedTuple):
    """Of one token what no model has a say in: its plain words, its bits, its numbers as key and
    partner of phrases, and its reading if that matters."""

    words: Sequence[str]
    bits: int
    key: int
    partner: int
    reading: TokenReading | None


class Fact(NamedTuple):
    """What is seen in one token, the rows of all weights that it adds up to, and the ids of its
    first and last word."""

    seen: Seen
    rows: list[int]
    first: int
    last: int


class Facts(NamedTuple):
    """The same of many tokens, the weights summed; readings by place, where they matter."""

    weights: NDArray[np.float64]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    bits: NDArray[np.uint8]
    key: NDArray[np.uint16]
    partner: NDArray[np.uint16]
    readings: dict[int, TokenReading]


def see(token: str) -> Seen:
    """What is true of ``token``, asked of the definitions one after the other."""
    short = token[:MAX_TOKEN]
    bits = STARTS * features.starts_segment(token)
    if token[-1] in _LAST and features.ends_segment(token):
        bits |= ENDS
    part = inside_signs(token)
    word = part.lower()
    if _is_plain(part) and word in quiet_words():
        bits |= MAY_FOLLOW * (word in stem_rests())
        return Seen((word,), bits, phrases.NONE, phrases.partners().get(word, phrases.NONE), None)
    inner = core(short)
    bits |= LETTER * is_letter(inner) | MAY_FOLLOW * continues(inner)
    reading = quiet_reading(part)
    if reading is None:
        reading = NOTHING if holds_nothing(short) else read_token(short)
    if reading.matters:
        bits |= _need(reading)
    return Seen(
        normalize.words(short),
        bits,
        key=phrases.keys().get(reading.phrase_key, phrases.NONE),
        partner=phrases.partner_of(token),
        reading=reading if reading.matters else None,
    )


class TokenReader:
    """Reads tokens for one model."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    @property
    def _words(self) -> WordTable:
        return self._weights.table

    def one(self, token: str) -> Fact:
        """What is true of one token."""
        seen = see(token)
        ids = list(map(self._weights.word_id, seen.words))
        first, last = (ids[0], ids[-1]) if ids else (NO_WORD, NO_WORD)
        return Fact(seen, self._weights.rows(seen.words, ids), first, last)

    # --- many tokens ------------------------------------------------------------------------------

    def many(self, found: Cut, places: Places) -> Facts:
        """What is true of the tokens at ``places``."""
        ids, bits, partner, asked = self._at_a_glance(found, places)
        key = np.zeros(len(places), np.uint16)
        weights = np.zeros((len(places), 3))
        known = np.flatnonzero(ids >= 0)
        weights[known] = self._weights.words.take(ids.take(known), axis=0)
        first, last = ids, ids.copy()
        readings: dict[int, TokenReading] = {}
        if len(asked):
            seen = [see(found.token(place)) for place in places[asked].tolist()]
            bits[asked] = [one.bits for one in seen]
            key[asked] = [one.key for one in seen]
            partner[asked] = [one.partner for one in seen]
            words = [one.words for one in seen]
            weights[asked], first[asked], last[asked] = self._weigh(words)
            readings = {
                place: one.reading
                for place, one in zip(asked.tolist(), seen, strict=True)
                if one.reading
            }
        return Facts(weights, first, last, bits, key, partner, readings)

    def _weigh(
        self, words: Sequence[Sequence[str]]
    ) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
        """Of the words of each token the sum of their weights, the first id and the last."""
        counts = np.fromiter(map(len, words), np.intp, len(words))
        flat = list(chain.from_iterable(words))
        ids = self._weights.word_ids(flat)
        filled = counts > 0
        ends = np.cumsum(counts)[filled]
        first, last = np.full((2, len(words)), NO_WORD, np.int32)
        first[filled], last[filled] = ids.take(ends - counts[filled]), ids.take(ends - 1)
        return self._weights.sums(flat, ids, counts), first, last

    def _at_a_glance(
        self, found: Cut, places: Places
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint16], Places]:
        """The word of each token, its bits, its number as a partner, and which tokens must be
        asked about."""
        shape = _shapes(found, places)
        words = self._words
        low, high = keys(found.data, shape.starts, shape.sizes)
        low |= _SMALL & _BYTES.take(shape.sizes, mode="clip")
        high |= _SMALL & _BYTES.take(np.maximum(shape.sizes - 8, 0), mode="clip")
        rows = words.find(low, high)
        ids = np.where(rows < 0, UNKNOWN, words.ids.take(rows, mode="clip")).astype(np.int32)
        known = words.bits(rows)
        lead, tail = shape.lead, shape.tail

        sure = shape.plain & (known & ASK == 0)
        ordinary = sure & (known & ORDINARY > 0) & ~shape.mixed & (lead & (_AT | _HASH) == 0)
        ordinary &= ~((lead & _BRACKET > 0) & (known & ASK_IN_BRACKETS > 0))
        odd = np.flatnonzero(sure & ~ordinary & (lead & _BRACKET == 0))
        quiet = ordinary
        quiet[odd] = self._quiet_though_odd(low[odd], high[odd], shape, odd)
        if self._weights.has_ngrams:
            quiet &= ids >= 0
        quiet &= (known & OWNER == 0) | (tail & _POSSESSIVE == 0)
        quiet |= shape.number
        ids[shape.number] = self._weights.word_id("0")

        bits = np.where(shape.capital, lead & _STARTS_UPPER > 0, lead & _STARTS_LOWER > 0) * STARTS
        ends = np.where(
            shape.number,
            tail & _ENDS_DIGIT,
            np.where(shape.last_capital, tail & _ENDS_UPPER, tail & _ENDS_LOWER),
        )
        shortened = (tail & _STOP > 0) & (known & SHORTENED > 0) & (lead & _LOOKED_THROUGH > 0)
        bits |= ((ends > 0) & ~shortened) * ENDS
        bits |= (known & CONTINUES > 0) * MAY_FOLLOW
        partner = np.where(rows < 0, phrases.NONE, words.partners.take(rows, mode="clip"))
        asked = np.flatnonzero(~quiet)
        return ids, bits.astype(np.uint8), partner.astype(np.uint16), asked

    def _quiet_though_odd(
        self, low: Keys, high: Keys, shape: "_Shapes", odd: Places
    ) -> NDArray[np.bool_]:
        """Which words outside edited English, or written like a handle, hold nothing to see."""
        words = self._words
        letters = np.stack([low, high], axis=1).view(np.uint8)
        letters &= 31
        letters[:, 15] = 0
        lead = shape.lead[odd]
        begins = words.begins(letters)
        drawn = words.may_be_drawn_out(letters, shape.sizes[odd])
        plain = (begins & STEM == 0) & ~drawn
        possessive = shape.tail[odd] & _POSSESSIVE > 0
        plain &= ~possessive | (lead & _LOOKED_THROUGH > 0)
        # A handle, a tag or a glued word may hide any spelling in any part.
        glued = shape.mixed[odd] | (lead & _HASH > 0)
        handle = lead & _AT > 0
        hidden = begins & np.where(glued, STEM | FORM | PAIR, STEM | FORM) > 0
        hidden |= ((letters[:, 1:] == letters[:, :-1]) & (letters[:, 1:] > 0)).any(axis=1)
        for meant, written in (("a", handle), ("u", handle), ("h", lead & _HASH > 0)):
            sign = np.full((len(odd), 1), ord(meant) & 31, np.uint8)
            first = np.concatenate([sign, letters[:, :3]], axis=1)
            hidden |= written & (words.begin(first) > 0)
        quiet: NDArray[np.bool_] = np.where(glued | handle, ~hidden & ~possessive, plain)
        return quiet


def _is_plain(part: str) -> bool:
    """Whether a word is written in one of the usual ways: "word", "Word", "WORD"."""
    return (
        1 < len(part) <= MAX_TOKEN
        and part.isascii()
        and part.isalpha()
        and (part[1:].islower() or part.isupper())
    )


def _need(reading: TokenReading) -> int:
    """What must stand beside a token whose reading matters, as a bit."""
    if needs_letter(reading):
        # a letter that is the key itself needs another letter, or its phrase: "the S word"
        return NEEDS_LETTER | NEEDS_PARTNER * bool(reading.letter and reading.phrase_key)
    alone = not (reading.hits or reading.letter or reading.may_join)
    return NEEDS_PARTNER if alone else MATTERS


# --- the shape of a token ---------------------------------------------------------------------

#: With which character a token must end that ends a segment (features.ends_segment).
_LAST = frozenset(".!?…\"'”’)]")
_SMALL: Final = np.uint64(0x2020202020202020)
_BYTES: Final = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)

#: Of the signs before a word: a capital after them begins a segment; a small letter (never); the
#: last is a bracket; they are a handle's or a tag's; nobody minds them.
_STARTS_UPPER, _STARTS_LOWER, _BRACKET, _AT, _HASH, _LOOKED_THROUGH = 1, 2, 4, 8, 16, 32
#: Of the signs after a word: they end a segment after a small letter, a capital, a figure; they
#: are one full stop; an "'s" is among them.
_ENDS_LOWER, _ENDS_UPPER, _ENDS_DIGIT, _STOP, _POSSESSIVE = 1, 2, 4, 8, 16


class _Shapes(NamedTuple):
    """How tokens are written: signs, a run of letters or digits, signs."""

    starts: Places  # of the run, in the data
    sizes: Places  # of the run
    lead: NDArray[np.uint8]  # bits of the signs before
    tail: NDArray[np.uint8]  # and after
    plain: NDArray[np.bool_]  # letters between known signs
    number: NDArray[np.bool_]  # digits between known signs
    capital: NDArray[np.bool_]  # the run does not begin in lower case
    last_capital: NDArray[np.bool_]
    mixed: NDArray[np.bool_]  # capitals in unusual places


def _shapes(found: Cut, places: Places) -> _Shapes:
    starts, lengths = found.starts[places], found.lengths[places]
    codes = np.stack([found.low[places], found.high[places]], axis=1).view(np.uint8)
    codes[:, 15] = 0
    letters = (codes | 32) - ord("a") < 26
    digits = codes - ord("0") < 10
    both = letters | digits
    first = both.argmax(axis=1)
    each = np.arange(len(places))
    number = digits[each, first]
    run = np.where(number[:, None], digits, letters)
    run |= np.arange(16) < first[:, None]
    run[:, 15] = False
    end = run.argmin(axis=1)
    sizes = end - first
    capitals = letters & (codes < ord("a"))
    many = capitals.sum(axis=1)
    capital = capitals[each, first]
    mixed = (many > 1) & (many != sizes) | (many == 1) & ~capital
    lead, lead_known = _edges(_leads(), found, starts, first)
    tail, tail_known = _edges(_tails(), found, starts + end, lengths - end)
    usual = (sizes >= 2) & lead_known & tail_known & (lengths <= 15)
    return _Shapes(
        starts=starts + first,
        sizes=sizes,
        lead=lead,
        tail=tail,
        plain=usual & ~number,
        number=usual & number & (lead & (_AT | _HASH) == 0) & (tail & _POSSESSIVE == 0),
        capital=capital | number,
        last_capital=capitals[each, np.maximum(end - 1, 0)],
        mixed=mixed,
    )


_Edges = tuple[KeyTable, NDArray[np.uint8], int]


def _edges(
    table: _Edges, found: Cut, starts: Places, lengths: Places
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The bits of the signs at ``starts``, and whether they are known. No sign is known."""
    signs, bits, none = table
    result = np.full(len(starts), none, np.uint8)
    known = np.ones(len(starts), bool)
    some = np.flatnonzero(lengths)
    rows = signs.find(*keys(found.data, starts[some], lengths[some]))
    result[some] = bits.take(rows, mode="clip")
    known[some] = rows >= 0
    return result, known


def _edge_table(signs: list[str], bits: list[int]) -> _Edges:
    table = KeyTable(len(signs))
    rows, _ = table.add(*keys_of(signs[1:]))
    by_row = np.zeros(len(table), np.uint8)
    by_row[rows] = bits[1:]
    return table, by_row, bits[0]


@cache
def _leads() -> _Edges:
    """Signs before a word: none, one or two that change no reading, ``@`` and ``#``."""
    quiet = SIGNS + OPENING
    pairs = ("".join(pair) for pair in product(quiet, repeat=2))
    named = (sign + mark for mark in "@#" for sign in ("", *quiet))
    signs = ["", *quiet, *pairs, *named]
    return _edge_table(signs, [
        _STARTS_UPPER * features.starts_segment(lead + "Ab")
        | _STARTS_LOWER * features.starts_segment(lead + "ab")
        | _BRACKET * any(sign in OPENING for sign in lead)
        | _AT * ("@" in lead)
        | _HASH * ("#" in lead)
        | _LOOKED_THROUGH * (not lead.strip("(“\"'"))
        for lead in signs
    ])  # fmt: skip


@cache
def _tails() -> _Edges:
    """Signs after a word: none, one or two that change no reading, such an end after ``'s``."""
    pairs = ("".join(pair) for pair in product(SIGNS, repeat=2))
    possessive = (f"{sign}s{after}" for sign in "'’" for after in ("", *SIGNS))
    signs = ["", *SIGNS, *pairs, "...", "!!!", "???", *possessive]
    return _edge_table(signs, [
        _ENDS_LOWER * features.ends_segment("ab" + tail)
        | _ENDS_UPPER * features.ends_segment("aB" + tail)
        | _ENDS_DIGIT * features.ends_segment("12" + tail)
        | _STOP * (tail == ".")
        | _POSSESSIVE * ("s" in tail)
        for tail in signs
    ])  # fmt: skip
