"""Which texts of a chunk need to be looked at for hits, told from the bits of their tokens.

Most texts hold no hit, and most tokens that could be part of one stand among words with which
they are none: "the" without a lone letter, "hand" without "job". Too many texts may be found
here, never too few: ``chunk_hits.py`` decides.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.phrases import fitting
from classifier.token_facts import LETTER, MATTERS, MAY_FOLLOW, NEEDS_LETTER, NEEDS_PARTNER
from classifier.token_keys import Rows

Places = NDArray[np.intp]


class Noted(NamedTuple):
    """Places of tokens that may begin a hit; whether a word of a phrase stands beside each; places
    of other lone letters, which may go on with what one of them began."""

    places: Places
    phrased: NDArray[np.bool_]
    letters: Places


def noted(
    bits: NDArray[np.uint8], rows: Rows, keys: NDArray[np.uint16], partners: NDArray[np.uint16]
) -> Noted:
    """Looks at tokens by their bits, and by the numbers as key and partner that their rows have."""
    places = np.flatnonzero(bits & (MATTERS | NEEDS_LETTER | NEEDS_PARTNER))
    own = bits.take(places)
    left, right = np.maximum(places - 1, 0), np.minimum(places + 1, len(bits) - 1)
    before, after = bits.take(left), bits.take(right)
    letter = own & LETTER > 0
    beside = np.where(letter, after & MAY_FOLLOW > 0, (before | after) & LETTER > 0)
    first, last = fitting()
    key = keys.take(rows.take(places))
    fits = first[key, partners.take(rows.take(left))] | last[key, partners.take(rows.take(right))]
    begins = own & MATTERS > 0
    begins |= (own & NEEDS_LETTER > 0) & beside
    begins |= (own & NEEDS_PARTNER > 0) & fits
    return Noted(places[begins], fits[begins], places[letter & ~begins])


def may_meet(before: int, bits: int) -> bool:
    """Whether one of two neighbours needs the other, for its lone letter, to be a hit."""
    if not (before | bits) & NEEDS_LETTER:
        return False
    if before & NEEDS_LETTER and bits & (MAY_FOLLOW if before & LETTER else LETTER):
        return True
    return bool(bits & NEEDS_LETTER and not bits & LETTER and before & LETTER)
