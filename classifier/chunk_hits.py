"""The tokens of many texts -> the hits of each text, looked for only where there may be one.

Most texts with hits have sure ones alone: those are weighed together, as arrays. A text in which
something may go on from token to token (a phrase, letters in a row, a word cut in two) is read
token by token.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.around_weights import NO_WORD, Numbers
from classifier.features import CONTEXT, window
from classifier.hit_logits import HitLogits, WeighedHit, strongest, triple
from classifier.hit_places import Noted, noted
from classifier.hits import NOTHING, Located, TokenReading
from classifier.sure_hits import SEVERAL
from classifier.token_keys import Cut, Rows
from classifier.token_table import JOINS, UNSURE, TokenTable
from classifier.weights import Floats

#: The hits of texts by the place of the text, where it has any.
Hits = dict[int, list[WeighedHit]]


class ChunkHits(NamedTuple):
    """The texts that have hits, in order, and for each cut the highest logit of a hit of each,
    shape ``(n, 3)``; the hits themselves, by text, if they were asked for."""

    texts: Numbers
    logits: Floats
    hits: Hits


class Tokens(NamedTuple):
    """The tokens of a chunk: as they were cut, their rows in the table, where segments begin."""

    found: Cut
    table: TokenTable
    rows: Rows
    segments: Numbers


def hits_of_chunk(
    logits: HitLogits, chunk: Sequence[str], tokens: Tokens, bits: NDArray[np.uint8], *, whole: bool
) -> ChunkHits:
    """The hits of the texts of ``chunk``; ``bits`` are those of its tokens."""
    found, table, rows, _ = tokens
    here = noted(bits, rows, table.key, table.partner)
    texts = np.searchsorted(found.ends, here.places, side="right")
    kind = table.hit_kind.take(rows.take(here.places))
    joined = np.zeros(len(texts), bool)
    parts = np.flatnonzero(kind & JOINS)
    joined[parts] = table.may_join(found, rows, here.places.take(parts))
    unsure = here.phrased | joined | (kind & UNSURE > 0)
    slow = np.zeros(len(chunk), bool)
    slow[texts[unsure]] = True
    by_token = slow.take(texts)

    sure = _sure_hits(logits, tokens, here.places[~by_token], whole=whole)
    if not by_token.any():
        return sure
    hits = _read_by_token(logits, chunk, tokens, here, joined, by_token)
    every = np.concatenate([sure.texts, np.fromiter(hits, np.int64, len(hits))])
    order = np.argsort(every, kind="stable")
    highest = np.array([strongest(some) for some in hits.values()]).reshape(-1, 3)
    return ChunkHits(
        every[order],
        np.concatenate([sure.logits, highest])[order],
        sure.hits | hits if whole else {},
    )


def _read_by_token(
    logits: HitLogits,
    chunk: Sequence[str],
    tokens: Tokens,
    here: Noted,
    joined: NDArray[np.bool_],
    chosen: NDArray[np.bool_],
) -> Hits:
    """The hits of the texts whose noted tokens are ``chosen``, in the order of the texts."""
    found, table, rows, segments = tokens
    letters = here.letters.tolist()
    readings_at: list[tuple[int, TokenReading]] = []
    for number in np.flatnonzero(chosen).tolist():
        place = here.places.item(number)
        token = table.held[rows.item(place)]
        if here.phrased[number] or joined[number] or token.bare.hits:
            readings_at.append((place, token.reading if here.phrased[number] else token.bare))
        elif token.bare.letter:
            letters.append(place)
    letters.sort()
    hits: Hits = {}

    def text_of(wanted: tuple[int, TokenReading]) -> int:
        return int(np.searchsorted(found.ends, wanted[0], side="right"))

    for text, those in groupby(readings_at, text_of):
        begin, end = found.ends.item(text - 1) if text else 0, found.ends.item(text)
        readings = [NOTHING] * (end - begin)
        for place in letters[bisect_left(letters, begin) : bisect_left(letters, end)]:
            readings[place - begin] = table.held[rows.item(place)].passive
        for place, reading in those:
            readings[place - begin] = reading
        opened = segments[slice(*np.searchsorted(segments, (begin, end)))] - begin
        if some := logits.each(chunk[text].split(), readings, opened.tolist()):
            hits[text] = some
    return hits


# --- sure hits ------------------------------------------------------------------------------------


def _sure_hits(logits: HitLogits, tokens: Tokens, noted_at: Numbers, *, whole: bool) -> ChunkHits:
    """The hits of the tokens at ``noted_at``."""
    found, table, rows, _ = tokens
    own = rows.take(noted_at)
    counts = table.hit_count.take(own).astype(np.int64)
    total = int(counts.sum())
    if not total:
        return ChunkHits(np.zeros(0, np.int64), np.zeros((0, 3)), {})
    places = np.repeat(noted_at, counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    numbers = np.repeat(table.hit_begin.take(own).astype(np.int64), counts)
    numbers += np.arange(total) - before
    each = _weighed(logits, tokens, places, numbers)
    text_of = np.searchsorted(found.ends, places, side="right")
    first = np.flatnonzero(np.diff(text_of, prepend=-1))
    texts = text_of.take(first)
    hits: Hits = {}
    if whole:
        begins = np.where(text_of > 0, found.ends.take(text_of - 1), 0)
        at = (places - begins).tolist()
        located = [
            Located(n, n, table.sure.hits[hit]) for n, hit in zip(at, numbers.tolist(), strict=True)
        ]
        logits_of = map(triple, each.tolist())
        for text, one in zip(text_of.tolist(), zip(located, logits_of, strict=True), strict=True):
            hits.setdefault(text, []).append(one)
    return ChunkHits(texts, np.maximum.reduceat(each, first, axis=0), hits)


def _weighed(logits: HitLogits, tokens: Tokens, places: Numbers, numbers: Numbers) -> Floats:
    """The logits ``(n, 3)`` of hits in the tokens at ``places``, in order."""
    found, table, rows, segments = tokens
    sure = table.sure
    segment = np.searchsorted(segments, places, side="right")
    begin = segments.take(segment - 1)
    end = np.append(segments, len(rows)).take(segment)
    first = np.flatnonzero(np.diff(segment, prepend=0))
    levels = np.maximum.reduceat(sure.levels.take(numbers), first)
    beside = np.repeat(levels, np.diff(first, append=len(places)))

    steps = np.arange(1, CONTEXT + 1)
    left, right = places[:, None] - steps, places[:, None] + steps
    codes = []
    capitals = []
    for side, inside in ((left, left >= begin[:, None]), (right, right < end[:, None])):
        code = np.full(side.shape, NO_WORD, np.int64)
        capital = np.zeros(side.shape, bool)
        depends = inside & sure.depends.take(numbers)[:, None]
        seen = table.neighbours_of(found, rows, side[depends])
        code[depends], capital[depends] = seen.codes, seen.capitals
        codes.append(code)
        capitals.append(capital[:, 0])
    total = sure.by_themselves(numbers, places == begin, capitals[0], capitals[1], beside)
    several = ((codes[0] == SEVERAL) | (codes[1] == SEVERAL)).any(axis=1)
    alone = sure.glued.take(numbers) | several
    together = np.flatnonzero(sure.depends.take(numbers) & ~alone)
    around = (_packed(code[together]) for code in codes)
    total[together] += sure.of_words(numbers[together], *around)
    for one in np.flatnonzero(alone).tolist():
        at = places.item(one)
        start, stop = window(at, at, begin.item(one), end.item(one))
        near = [found.token(place) for place in range(start, stop)]
        located = Located(at, at, sure.hits[numbers.item(one)])
        total[one] = logits.weigh(near, located, start, beside.item(one))
    return total


def _packed(codes: Numbers) -> Numbers:
    """Words moved to the front of their rows, over places without one."""
    order = np.argsort(codes == NO_WORD, axis=1, kind="stable")
    return np.take_along_axis(codes, order, axis=1)
