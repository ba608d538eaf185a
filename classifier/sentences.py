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

# White space as str.split knows it; one ASCII space replaces each, so offsets stay.
_ODD_SPACE = re.compile(r"[^\S ]")
_LINE_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LONG_RUN = re.compile(rf"([!?.…])[!?.…]{{{MAX_RUN},}}")
_LAST_END = re.compile(r"(?s:.*)[.!?…][\"'”’)\]]*\s|(?s:.*)\s")
_INNER_END = re.compile(r"[.!?…][\"'”’)\]]*\s")
# "war.Civilians", "next?They": an end that lost its space. Not URLs, handles, file names.
# The sign comes first, then what precedes it: the search jumps from sign to sign.
_GLUED = re.compile(r"[.!?](?<=[a-z]{2}.)[\"”’)]?(?=[A-Z“\"][a-z]{2})")
_RANK = re.compile(
    r"(?:^|[(“\"'])(?:Lt|Col|Gen|Capt|Sgt|Maj|Cpl|Cmdr|Adm|Brig|Pvt|Insp|Supt|Det|Const|Hon|Rev|"
    r"Sen|Rep|Gov|Pres|Prof|Dr|Mr|Mrs|Ms|St|No|vs|v|approx|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.$"
)
# Where nupunkt looks for an end. The group tells that whatever follows may begin a sentence: no
# further sign, nothing that may count a list ("B.", "(iv).", "12."), and no small letter after
# a quotation's end.
_MAYBE_END = re.compile(
    r"[.!?…](?:(?<!…)[!?]*(?:(?=\s+[\"'“(]?[A-Za-z0-9@#$])|[\"'”’)]+(?=\s+[\"'“(]?[A-Z0-9@#$]))"
    r"(?!\s+\W?\w{1,6}\)?\.)()|(?=[)\";}\]*:@({\[!?'”’»\s]))"
)
# A word before an end about which nupunkt has no doubt, unless it is an abbreviation.
_SURE_WORD = re.compile(r"[\"“(@#]?((?:[^\W\d_]\w*['’-])*([^\W\d_]\w*))")


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
                spans.append((start + first, start + last))
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
    """The sentences of one block that neither begins nor ends with white space."""
    glued = [match.end() for match in _GLUED.finditer(block)]
    ends = {len(block), *glued}
    if glued or _INNER_END.search(block):
        ends.update(_ends(block))
    return _cap(block, _merge(block, list(pairwise([0, *sorted(ends)]))))


def _ends(block: str) -> list[int]:
    """Where nupunkt ends a sentence within ``block``.

    Most ends are beyond doubt, and what stands before such an end has no influence on what
    stands behind it. So nupunkt is asked only about the stretches between them that hold a sign
    about which there is doubt.
    """
    plain = _ODD_SPACE.sub(" ", block)
    plain = _LONG_RUN.sub(lambda m: m.group(1) + " " * (len(m.group()) - 1), plain)
    found = []
    start = 0
    doubt = False
    for match in _MAYBE_END.finditer(plain):
        sign = match.start()
        if match.lastindex and _is_sure(plain, sign):
            end = match.end()
            if doubt:
                found += _asked(plain, start, end)
                doubt = False
            found.append(end)
            start = end
        else:
            doubt = True
    return found + _asked(plain, start, len(plain)) if doubt else found


def _is_sure(plain: str, sign: int) -> bool:
    """Whether the word before the sign leaves no doubt that a sentence ends."""
    start = plain.rfind(" ", 0, sign) + 1
    word = _SURE_WORD.fullmatch(plain, start, sign)
    if not word or not start or len(word[1]) == 1:  # what begins a line may count a list: "iv."
        return False
    known = _doubtful_words()
    return word[1].lower() not in known and word[2].lower() not in known


def _asked(plain: str, start: int, end: int) -> list[int]:
    """What nupunkt says about a stretch that follows an end beyond doubt."""
    while plain[start] == " ":
        start += 1
    return [start + last for _, last in _tokenizer().span_tokenize(plain[start:end])]


def _merge(block: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Undo cuts after a rank or title, and inside brackets."""
    merged: list[tuple[int, int]] = []
    for start, end in pieces:
        if merged:
            before, first = merged[-1]
            piece = block[before:first]
            unbalanced = (
                "(" in piece and piece.count("(") > piece.count(")") and end - before <= 400
            )
            last = piece.rsplit(None, 1)[-1:]
            if (
                block[start:end].isspace()
                or (last and _RANK.search(last[0]))
                or (unbalanced and ")" in block[start:end])
            ):
                merged[-1] = (before, end)
                continue
        merged.append((start, end))
    return merged


def _cap(block: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without the white space around, and cut what is longer than a sentence can be, at white
    space where there is any."""
    capped: list[tuple[int, int]] = []
    for start, end in pieces:
        # White space around a sentence is not of it, and must not cut it either.
        start, end = _stripped(block, start, end)
        if end - start <= MAX_SENTENCE:
            capped.append((start, end))
            continue
        while end - start > MAX_SENTENCE:
            cut = max(block.rfind(space, start + 1, start + MAX_SENTENCE) for space in " \t\xa0")
            cut = cut if cut > start else start + MAX_SENTENCE
            capped.append(_stripped(block, start, cut))
            start = cut
        capped.append(_stripped(block, start, end))
    return [(start, end) for start, end in capped if start < end]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


@cache
def _tokenizer() -> "PunktSentenceTokenizer":
    from nupunkt import load_default_model

    return load_default_model()


@cache
def _doubtful_words() -> frozenset[str]:
    """Words after which nupunkt doubts that a full stop ends a sentence, in lower case."""
    parameters = _tokenizer().parameters
    first = (word for word, _ in parameters.collocations)
    return frozenset(word.lstrip("“") for word in (*parameters.abbrev_types, *first))
