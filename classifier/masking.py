"""Covering profane words of a text: ``f---``, ``f***`` or ``[expletive]``; off unless asked for.

Only in text, Markdown and HTML text nodes; never in addresses, attributes or code.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from classifier.policy import Policy
from classifier.results import Document, Span

if TYPE_CHECKING:
    from classifier.formats.item import Item
    from classifier.formats.splice import Edit

BRACKET: Final = "[expletive]"
_MASKED: Final = re.compile(r"[*\-–—_•.]{2,}")


def _starred(sign: str) -> Callable[[str], list[str]]:
    def mask(word: str) -> list[str]:
        letters = [place for place, c in enumerate(word) if c.isalnum()]
        first = letters[0] if letters else 0
        # Each letter behind the first becomes a sign; what is no letter ("mother-f") stays.
        return [c if p == first or not c.isalnum() else sign for p, c in enumerate(word)]

    return mask


def _bracketed(word: str) -> list[str]:
    return [BRACKET] + [""] * (len(word) - 1)


#: What each character of a word becomes, by style.
STYLES: Final[dict[str, Callable[[str], list[str]]]] = {
    "hyphen": _starred("-"),
    "asterisk": _starred("*"),
    "bracket": _bracketed,
}


def mask_word(word: str, style: str) -> str:
    """A word as a house of this style prints it.

    >>> mask_word("Fucking", "hyphen"), mask_word("shit", "asterisk"), mask_word("shit", "bracket")
    ('F------', 's***', '[expletive]')
    """
    return "".join(STYLES[style](word))


def mask_edits(
    item: "Item", document: Document, policy: Policy, *, escape_stars: bool = False
) -> "tuple[list[Edit], tuple[str, ...]]":
    """Edits that cover the profane spans at or above the policy's level, and the masks they leave.

    ``escape_stars`` writes Markdown's ``\\*``, which would otherwise be emphasis.
    """
    from classifier.formats.splice import Edit

    edits: list[Edit] = []
    masks: list[str] = []
    for span in _spans(document, policy.mask_level):
        ranges = _ranges(item, span)
        if ranges is None or _touches(ranges, item.protected):
            continue
        pieces = STYLES[policy.mask_style](span.text)
        mask = "".join(pieces)
        if mask == span.text or _is_mask(span.text):
            continue
        if escape_stars:
            pieces = [piece.replace("*", "\\*") for piece in pieces]
        masks.append(mask)
        changed = [
            Edit(start, end, piece)
            for piece, (start, end), before in zip(pieces, ranges, span.text, strict=True)
            if piece != before
        ]
        edits += changed
    return edits, tuple(dict.fromkeys(masks))


def _spans(document: Document, level: int) -> list[Span]:
    """Profane spans from ``level``, in order, none overlapping another."""
    found: list[Span] = []
    for sentence in document.sentences:
        for span in sorted(sentence.spans, key=lambda s: (s.start, -s.end)):
            wanted = span.label == "profanity" and span.level >= level
            if wanted and (not found or span.start >= found[-1].end):
                found.append(span)
    return found


def _is_mask(text: str) -> bool:
    """Whether the desk has covered the word already: ``f---``, ``[expletive]``, ``@#$%``."""
    return text[:1] in "[(" or not any(c.isalpha() for c in text) or bool(_MASKED.search(text))


def _ranges(item: "Item", span: Span) -> list[tuple[int, int]] | None:
    part = item.part_at(span.start)
    if part is None or span.end > part.end:
        return None
    return [part.map.range_of(place - part.start) for place in range(span.start, span.end)]


def _touches(ranges: Sequence[tuple[int, int]], protected: Sequence[tuple[int, int]]) -> bool:
    return any(s < end and e > start for s, e in ranges for start, end in protected)
