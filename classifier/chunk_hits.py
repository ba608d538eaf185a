"""The tokens of many texts -> the hits of each text, looked for only where there may be one."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.cut_words import may_be_joined
from classifier.held_readings import Held
from classifier.hit_logits import HitLogits, WeighedHit
from classifier.hit_places import noted
from classifier.profanity import NOTHING, Located
from classifier.token_keys import Cut, Rows
from classifier.token_table import TokenTable


class _Wanted(NamedTuple):
    """A token in which, or from which on, there may be a hit: whether a phrase is around it, and
    whether its hits are the hits whatever is around."""

    place: int
    token: Held
    phrased: bool
    alone: bool


def hits_of_chunk(
    logits: HitLogits,
    chunk: Sequence[str],
    found: Cut,
    table: TokenTable,
    rows: Rows,
    bits: NDArray[np.uint8],
    opens: NDArray[np.bool_],
) -> dict[int, list[WeighedHit]]:
    """The hits of each text of ``chunk`` that has any, by its place.

    ``rows`` and ``bits`` are of its tokens, ``opens`` tells which of them begin a segment.
    """
    here = noted(bits, rows, table.key, table.partner)
    if not len(here.places):
        return {}
    wanted: dict[int, list[_Wanted]] = {}
    where = np.searchsorted(found.ends, here.places, side="right").tolist()
    held = map(table.held.__getitem__, rows.take(here.places).tolist())
    each = zip(here.places.tolist(), held, here.phrased.tolist(), where, strict=True)
    letters = here.letters.tolist()
    for place, token, phrased, text in each:
        bare = token.bare
        joined = (bare.may_join or bare.letter != "") and may_be_joined(
            found.token(place - 1), found.token(place), found.token(place + 1)
        )
        if phrased or joined or bare.hits:
            alone = token.sure and not (phrased or joined)
            wanted.setdefault(text, []).append(_Wanted(place, token, phrased, alone))
        elif bare.letter:
            letters.append(place)

    ends = found.ends.tolist()
    letters.sort()
    segments = np.flatnonzero(opens).tolist()
    hits: dict[int, list[WeighedHit]] = {}
    for text, those in wanted.items():
        begin, end = ends[text - 1] if text else 0, ends[text]
        if all(one.alone and one.token.clear for one in those):
            hits[text] = [
                hit for one in those for hit in logits.clear(one.place - begin, one.token.bare)
            ]
            continue
        tokens = chunk[text].split()
        opened = segments[bisect_left(segments, begin) : bisect_left(segments, end)]
        starts = [place - begin for place in opened]
        first = those[0]
        if first.alone and len(those) == len(first.token.bare.hits) == 1:
            at = Located(first.place - begin, first.place - begin, first.token.bare.hits[0])
            hits[text] = [logits.lone(tokens, at, starts)]
            continue
        readings = [NOTHING] * len(tokens)
        for place in letters[bisect_left(letters, begin) : bisect_left(letters, end)]:
            readings[place - begin] = table.held[rows.item(place)].passive
        for place, token, phrased, _ in those:
            readings[place - begin] = token.reading if phrased else token.bare
        if some := logits.each(tokens, readings, starts):
            hits[text] = some
    return hits
