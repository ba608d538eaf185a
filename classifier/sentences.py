"""text -> sentence spans: nupunkt on blocks, with guard rails.

Spans are ordered and disjoint, only white space lies between them, and offsets are born here
and carried; nothing later searches for a sentence again.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from classifier.cut_words import cut_by_line_end
from classifier.remembered import Remembered

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
#: Where ``str.splitlines`` parts lines.
_LINE_BREAKS = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_SIGNS = "!?.…"
_LONG_RUN = re.compile(rf"([{_SIGNS}])[{_SIGNS}]{{{MAX_RUN},}}")
_LAST_END = re.compile(r"(?s:.*)[.!?…][\"'”’)\]]*\s|(?s:.*)\s")
_INNER_END = re.compile(r"[.!?…][\"'”’)\]]*\s")
# "war.Civilians", "next?They": an end that lost its space. Not URLs, handles, file names.
# The sign comes first, then what precedes it: the search jumps from sign to sign.
_GLUED = re.compile(r"[.!?](?<=[a-z]{2}.)[\"”’)]?(?=[A-Z“\"][a-z]{2})")
_RANKS = (
    "Lt Col Gen Capt Sgt Maj Cpl Cmdr Adm Brig Pvt Insp Supt Det Const Hon Rev Sen Rep Gov Pres "
    "Prof Dr Mr Mrs Ms St No vs v approx Jan Feb Aug Sept Oct Nov Dec"
).split()
_RANK = re.compile(rf"(?:^|[(“\"'])(?:{'|'.join(_RANKS)})\.$")
_RANK_ENDS = frozenset(rank[-2:] for rank in _RANKS)
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
    for whole in text.splitlines(keepends=True):  # nine times sooner than an expression
        written = whole.rstrip(_LINE_BREAKS)
        if written:
            lines.append((start, start + len(written)))
        start += len(whole)
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
    if before and after[:1].islower() and cut_by_line_end(before.split()[-1], after.split()[0]):
        return True  # whoever cut this word at the margin did not want it found
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
    # Most blocks are plain as they are, which is told sooner than they are made so.
    plain = block if block.isprintable() else _ODD_SPACE.sub(" ", block)
    if sum(map(plain.count, _SIGNS)) > MAX_RUN:
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
    if not start:  # what begins a line may count a list: "iv."
        return False
    return _sure[plain[start:sign]]


def _is_sure_word(text: str) -> bool:
    word = _SURE_WORD.fullmatch(text)
    if not word or len(word[1]) == 1:
        return False
    known = _doubtful_words()
    return word[1].lower() not in known and word[2].lower() not in known


#: Words before an end that have been looked at: most come again.
_sure = Remembered(_is_sure_word, 1 << 14)


def _asked(plain: str, start: int, end: int) -> list[int]:
    """What nupunkt says about a stretch that follows an end beyond doubt."""
    while plain[start] == " ":
        start += 1
    return [start + last for _, last in _tokenizer().span_tokenize(plain[start:end])]


def _merge(block: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Undo cuts after a rank or title, and inside brackets."""
    merged: list[tuple[int, int]] = []
    before = 0  # where the last of them begins
    bracketed = "(" in block
    for start, end in pieces:
        if merged and (
            (block[end - 1].isspace() and block[start:end].isspace())
            or _ends_with_rank(block, before, start)
            or (bracketed and _goes_on_in_brackets(block, before, start, end))
        ):
            merged[-1] = (before, end)
        else:
            merged.append((start, end))
            before = start
    return merged


def _ends_with_rank(block: str, start: int, end: int) -> bool:
    """Whether the last word of a piece is a rank or title."""
    last = block[end - 1]
    if last == "." and block[end - 3 : end - 1] not in _RANK_ENDS and block[end - 2] != "v":
        return False  # as nearly all, without cutting the word out
    words = block[start:end].rsplit(None, 1)
    return bool(words) and _RANK.search(words[-1]) is not None


def _goes_on_in_brackets(block: str, before: int, start: int, end: int) -> bool:
    """Whether a bracket is opened in the piece before and closed in this one, not far from it."""
    return (
        block.find("(", before, start) >= 0
        and end - before <= 400
        and block.find(")", start, end) >= 0
        and block.count("(", before, start) > block.count(")", before, start)
    )


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
    """A stretch without the white space around it; an empty one may begin anywhere."""
    if start < end and text[start] == " ":
        start += 1  # as nearly all do, and with nothing else around
    if start < end and not (text[start].isspace() or text[end - 1].isspace()):
        return start, end
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
