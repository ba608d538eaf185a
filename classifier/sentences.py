"""text -> sentence spans: nupunkt on blocks, with guard rails.

Spans are ordered and disjoint, only white space lies between them, and offsets are born here
and carried; nothing later searches for a sentence again.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

#: A sentence longer than this is cut at white space: nothing a reader takes in at one look.
MAX_SENTENCE = 2000
#: nupunkt is quadratic in runs of these; longer runs are blanked beyond this many, one for one.
MAX_RUN = 40
#: nupunkt slows down on megabytes without a line break, so it gets no more than this at once.
MAX_BLOCK = 100_000
#: A line shorter than this ended because its author ended it, not because the margin came.
WRAP_WIDTH = 45

# Python's own idea of white space (str.split), one ASCII space for each: offsets stay.
_SPACES = {
    **dict.fromkeys((*range(0x09, 0x0E), *range(0x1C, 0x20), 0x85, 0xA0, 0x1680), " "),
    **dict.fromkeys((*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000), " "),
}
_LINE_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LONG_RUN = re.compile(rf"([!?.…])[!?.…]{{{MAX_RUN},}}")
_LAST_END = re.compile(r"(?s:.*)[.!?…][\"'”’)\]]*\s|(?s:.*)\s")
_INNER_END = re.compile(r"[.!?…][\"'”’)\]]*\s")
# "war.Civilians", "next?They": an end that lost its space. Not URLs, handles, file names.
_GLUED = re.compile(r"(?<=[a-z]{2})[.!?][\"”’)]?(?=[A-Z“\"][a-z]{2})")
_RANK = re.compile(
    r"(?:^|[\s(“\"'])(?:Lt|Col|Gen|Capt|Sgt|Maj|Cpl|Cmdr|Adm|Brig|Pvt|Insp|Supt|Det|Const|Hon|Rev|"
    r"Sen|Rep|Gov|Pres|Prof|Dr|Mr|Mrs|Ms|St|No|vs|v|approx|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.\s*$"
)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """The ``(start, end)`` of each sentence of ``text``, in order.

    >>> split_sentences("It rained. Nobody came.")
    [(0, 10), (11, 23)]
    >>> split_sentences("  ")
    []
    """
    spans: list[tuple[int, int]] = []
    for block in _blocks(text):
        for start, end in _windows(text, *block):
            # nupunkt tells a stop at the second place from one at the third
            start, end = _stripped(text, start, end)
            for first, last in _split_block(text[start:end]):
                first, last = _stripped(text, start + first, start + last)
                if first < last:
                    spans.append((first, last))
    return spans


def _blocks(text: str) -> list[tuple[int, int]]:
    """Stretches between line breaks; lines that the margin broke are joined again."""
    lines: list[tuple[int, int]] = []
    start = 0
    for match in _LINE_BREAK.finditer(text):
        lines.append((start, match.start()))
        start = match.end()
    lines.append((start, len(text)))
    blocks = lines[:1]
    for above, line in pairwise(lines):
        if _is_wrapped(text, above, line):
            blocks[-1] = (blocks[-1][0], line[1])
        else:
            blocks.append(line)
    return blocks


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A block in pieces of at most MAX_BLOCK, cut after a sentence, else at white space."""
    while end - start > MAX_BLOCK:
        match = _LAST_END.match(text, start, start + MAX_BLOCK)
        cut = match.end() if match else start + MAX_BLOCK
        yield start, cut
        start = cut
    yield start, end


def _is_wrapped(text: str, above: tuple[int, int], line: tuple[int, int]) -> bool:
    """Whether ``line`` goes on with the sentence of the line above it.

    It does when it begins in lower case and the line above was long and did not end a sentence.
    A capital may be a name in the middle of a sentence or a new bullet: we split, because a
    sentence in two halves is still read, and two headings in one are not two.
    """
    gap = text[above[1] : line[0]]
    if gap.count("\n") + (gap.count("\r") if "\n" not in gap else 0) > 1:
        return False
    before = text[above[0] : above[1]].rstrip()
    after = text[line[0] : line[0] + 80].lstrip()
    if before[-1:] == "-" and before[-2:-1].isalpha() and after[:1].islower():
        return True  # a word broken at the margin
    return (
        len(before) >= WRAP_WIDTH
        and before[-1] not in '.!?:;…"”'
        and bool(after)
        and (after[0].islower() or (before[-1] in ",-—–" and after[0].isalpha()))
    )


def _split_block(block: str) -> list[tuple[int, int]]:
    """Sentence ends within one block; the pieces touch and together are the whole block."""
    if not block or block.isspace():
        return []
    if _INNER_END.search(block) is None and _GLUED.search(block) is None:
        return _cap(block, [(0, len(block))])
    plain = _LONG_RUN.sub(
        lambda m: m.group(1) + " " * (len(m.group()) - 1), block.translate(_SPACES)
    )
    ends = [end for _, end in _tokenizer().span_tokenize(plain)]
    ends += [match.end() for match in _GLUED.finditer(block)]
    ends = sorted({*ends, len(block)})
    pieces = list(pairwise([0, *ends]))
    return _cap(block, _merge(block, pieces))


def _merge(block: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Undo cuts after a rank or title, inside brackets, and before a lower-case word."""
    merged: list[tuple[int, int]] = []
    for start, end in pieces:
        if merged:
            before, first = merged[-1]
            piece = block[before:first]
            follows = block[start:end].lstrip()
            unbalanced = piece.count("(") > piece.count(")") and end - before <= 400
            if not follows or _RANK.search(piece) or (unbalanced and ")" in follows):
                merged[-1] = (before, end)
                continue
        merged.append((start, end))
    return merged


def _cap(block: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut what is longer than a sentence can be, at white space where there is any."""
    capped: list[tuple[int, int]] = []
    for start, end in pieces:
        # White space around a sentence is not of it, and must not cut it either.
        start, end = _stripped(block, start, end)
        while end - start > MAX_SENTENCE:
            cut = max(block.rfind(space, start + 1, start + MAX_SENTENCE) for space in " \t\xa0")
            cut = cut if cut > start else start + MAX_SENTENCE
            capped.append((start, cut))
            start = cut
        capped.append((start, end))
    return capped


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


@cache
def _tokenizer() -> "PunktSentenceTokenizer":
    from nupunkt import load_default_model

    return load_default_model()
