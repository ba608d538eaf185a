"""token readings -> hits: which words of a text a reader may take as profane, and where.

A :class:`Hit` is a candidate, not a verdict: whether "cock" is the bird is decided by the model
from the words around it (``features.hit_features``). A hit on a word without an innocent sense
carries its level from the lexicon.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from classifier import normalize
from classifier.lexicon import BARE_MASK, MASK, Entry, load_lexicon, ordinary_words, stem_pattern

#: Steps of reading that show the writer meant the word: nobody spells a bird "c0ck".
EVASIVE = frozenset({"look-alike", "markup", "separated", "sign", "leet", "spaced", "one-masked"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A spelling in a token (or over several): ``start``/``end`` count from the token's start."""

    start: int
    end: int
    entry: Entry
    form: str
    step: str
    #: written with a capital at its head only, where that may make it a name
    titled: bool = False

    @property
    def depends_on_context(self) -> bool:
        if self.titled:
            return True
        return self.entry.depends_on_context and self.step not in EVASIVE


@dataclass(frozen=True, slots=True)
class TokenReading:
    """What the profanity reader knows of one token by itself."""

    hits: tuple[Hit, ...] = ()
    #: a lone letter, perhaps one of "f u c k"
    letter: str = ""
    #: the beginning of a stem cut in two ("fu ck"), or the key word of a phrase ("jerk off")
    may_join: bool = False
    phrase_key: str = ""

    @property
    def matters(self) -> bool:
        return bool(self.hits or self.letter or self.may_join or self.phrase_key)


_NOTHING = TokenReading()


def _is_known(word: str) -> bool:
    return is_ordinary(word) or word in load_lexicon().forms


def is_ordinary(word: str) -> bool:
    """Whether an edited text would spell a word like this, in any case."""
    return word in ordinary_words() or (word.endswith("s") and word[:-1] in ordinary_words())


def read_token(token: str) -> TokenReading:
    """Hits inside one token and what it may contribute to hits over several.

    >>> [hit.form for hit in read_token("sh1t!").hits]
    ['shit']
    >>> read_token("Scunthorpe").hits
    ()
    """
    if token.isascii() and token.isalpha():
        word = token.lower()
        lexicon = load_lexicon()
        if word not in lexicon.forms and len(word) > 1:
            if is_ordinary(word):
                return _quiet(word)
            if not _suspicious(word) and not re.search(r"[a-z][A-Z]", token):
                return _quiet(word)
    hits = _find(token)
    core = normalize.fold(token).text.strip("\"'“”‘’.,:;!?()[]")
    if len(core) == 1 and core.isalpha():
        return TokenReading(hits, letter=core)
    quiet = _quiet(core)
    if not hits:
        return quiet
    return TokenReading(hits, phrase_key=quiet.phrase_key)


def _quiet(word: str) -> TokenReading:
    """A token without a hit of its own: it may still open a joint or be the key of a phrase."""
    join = word in _stem_beginnings() and not is_ordinary(word)
    key = word if word in load_lexicon().phrases else ""
    return TokenReading(may_join=join, phrase_key=key) if join or key else _NOTHING


@cache
def _stem_beginnings() -> frozenset[str]:
    return frozenset(
        stem[:cut] for stem in load_lexicon().stems for cut in range(2, len(stem)) if len(stem) < 8
    )


def _suspicious(word: str) -> bool:
    """A quick look that spares most unknown words the slow one."""
    return stem_pattern().search(word) is not None or _DOUBLED.search(word) is not None


_DOUBLED = re.compile(r"(.)\1")
_LONG_RUN = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)


def _find(token: str) -> tuple[Hit, ...]:
    """The hits of the first reading step that finds any."""
    lexicon = load_lexicon()
    found: list[Hit] = []
    plain_is_ordinary = True
    for reading in normalize.readings(token, is_ordinary):
        if found and reading.step != found[0].step:
            break
        text = reading.text
        if reading.step != "plain" and reading.step != "markup" and found:
            continue
        entry = lexicon.forms.get(text)
        if entry is not None and _believable(entry, text, reading, token):
            titled = "name" in entry.flags and token[reading.start : reading.end].istitle()
            _add(found, Hit(reading.start, reading.end, entry, text, reading.step, titled))
            continue
        if reading.step != "repeated" or _LONG_RUN.search(token):
            for hit in _inside(text, reading, handle=token.startswith("@")):
                _add(found, hit)
        if reading.step == "plain":
            plain_is_ordinary = plain_is_ordinary and (is_ordinary(text) or text.isdigit())
            if plain_is_ordinary and token.isalpha():
                return tuple(found)
    if not found:
        hit = _mask_hit(token)
        if hit:
            found.append(hit)
    return tuple(found)


def _believable(entry: Entry, text: str, reading: normalize.Reading, token: str) -> bool:
    """Whether a reading by this step is enough for this entry.

    A de-obfuscated homograph needs more than a doubled letter ("Fagg", "Cocke"), and a short one
    more than a digit ("a5s" yes, "p0of" yes, "c0w" no).
    """
    if reading.step in ("plain", "markup"):
        return True
    homograph = "homograph" in entry.flags and "mask" not in entry.flags
    if reading.step == "repeated":
        return _LONG_RUN.search(token) is not None or ("stem" in entry.flags and (token.islower() or token.isupper()))
    if reading.step == "sign":
        return not homograph and len(text) > 3 and ("stem" in entry.flags or "*" in token)
    if reading.step == "separated":
        return not homograph or len(text) > 3
    if reading.step == "leet":
        return not homograph or len(text) > 3
    if reading.step in ("look-alike", "snake"):
        return "homograph" not in entry.flags
    return True


def _add(found: list[Hit], hit: Hit) -> None:
    """Keep the longer of two overlapping hits."""
    for other in found:
        if hit.start < other.end and other.start < hit.end:
            if hit.end - hit.start > other.end - other.start:
                found.remove(other)
                break
            return
    found.append(hit)
    found.sort(key=lambda h: h.start)


def _inside(text: str, reading: normalize.Reading, *, handle: bool) -> list[Hit]:
    """Stems inside an unknown word: "absofuckinglutely", "shutthefuckup", "holyshit"."""
    if len(text) < 5 or not text.isalpha() or not text.isascii() or is_ordinary(text):
        return []
    hits = []
    token_is_handle = handle and not text.startswith("scunthorpe")
    for match in stem_pattern().finditer(text):
        stem = match.group()
        entry = load_lexicon().stems[stem]
        before, after = text[: match.start()], text[match.end() :]
        bold = stem in _BOLD or (token_is_handle and stem in _BOLD_IN_HANDLES)
        if bold or (_reads_as_words(before) and _reads_as_words(after, ending=True)):
            hits.append(Hit(reading.start, reading.end, entry, stem, "glued"))
    return hits[:1]


#: Stems that no English name or word holds by accident.
_BOLD = frozenset({"fuck", "motherfuck", "motherfucker", "bullshit", "asshole", "arsehole", "faggot", "bitchy", "cocksucker", "wanker", "dickhead", "clusterfuck"})  # fmt: skip
_BOLD_IN_HANDLES = frozenset({"cunt", "nigger", "faggot", "shit", "bitch"})
_ENDINGS = frozenset(
    "s es ed er ers ing in y ty ting ted ter ters ier ish ness ly able ery ian iness ily".split()
)


def _reads_as_words(text: str, *, ending: bool = False) -> bool:
    """Whether ``text`` is nothing, an ending, or parts into ordinary words and swear words."""
    if not text or (ending and text in _ENDINGS):
        return True
    reach = {0}
    for end in range(2, len(text) + 1):
        for start in list(reach):
            part = text[start:end]
            known = is_ordinary(part)
            if known or part in load_lexicon().forms or (ending and end == len(text) and part in _ENDINGS):
                reach.add(end)
                break
    return len(text) in reach




_BARE = re.compile(r"\*{3,}\w{0,3}|\*{2,}\w{1,3}$")


def _mask_hit(token: str) -> Hit | None:
    mask = normalize.masked(token)
    if mask is None:
        bare = _BARE.search(token)
        return Hit(bare.start(), bare.end(), BARE_MASK, "", "masked") if bare else None
    if not mask.pattern:
        return Hit(mask.start, mask.end, MASK, "", "masked")
    if mask.hidden == 1:
        if mask.dashes and all(
            is_ordinary(part) or len(part) < 2 for part in mask.pattern.split(".") if part
        ):
            return None
        forms = _matching(mask.pattern)
        if not forms or len(mask.pattern) < 3:
            return None
        form = min(forms, key=_preference)
        return Hit(mask.start, mask.end, load_lexicon().forms[form], form, "one-masked")
    letters = sum(c.isalpha() for c in mask.pattern)
    if mask.dashes and (len(mask.pattern) < 4 or letters < 1):
        return None
    if _matching(mask.pattern) or (not mask.dashes and letters >= 2 and _loosely(mask.pattern)):
        return Hit(mask.start, mask.end, MASK, "", "masked")
    return None


def _matching(pattern: str) -> list[str]:
    forms = load_lexicon().maskable.get((len(pattern), pattern[0]), ())
    expression = re.compile(pattern)
    return [form for form in forms if expression.fullmatch(form)]


def _loosely(pattern: str) -> bool:
    """A mask that did not count its letters: "f****ing", "s*****"."""
    head = pattern.split(".", 1)[0]
    tail = pattern.rsplit(".", 1)[1]
    return any(
        form.startswith(head) and form.endswith(tail)
        for (length, first), forms in load_lexicon().maskable.items()
        if first == pattern[0] and abs(length - len(pattern)) <= 2 and length > 3
        for form in forms
    ) and (len(head) + len(tail) >= 2)


_PREFERRED = ("fuck", "shit", "bitch", "cunt", "dick", "damn", "ass", "hell", "cock", "crap")


def _preference(form: str) -> tuple[int, int, str]:
    for place, stem in enumerate(_PREFERRED):
        if stem in form:
            return place, len(form), form
    return len(_PREFERRED), len(form), form


# --- hits over several tokens ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Located:
    """A hit in a list of tokens: it begins in token ``first`` and ends in token ``last``."""

    first: int
    last: int
    hit: Hit


def locate(tokens: Sequence[str], readings: Sequence[TokenReading]) -> list[Located]:
    """All hits of a token sequence in order: inside tokens, spaced letters, joints, phrases.

    A hit over several tokens has ``start`` in its first and ``end`` in its last token.
    """
    found: list[Located] = []
    index = 0
    while index < len(tokens):
        reading = readings[index]
        if not reading.matters:
            index += 1
            continue
        if reading.letter:
            spaced, used = _spaced(tokens, readings, index)
            found.extend(spaced)
            if used:
                index += used
                continue
        phrase = _phrase(tokens, index, reading.phrase_key) if reading.phrase_key else None
        if phrase:
            found.append(phrase)
        elif reading.hits:
            found.extend(Located(index, index, hit) for hit in reading.hits)
        elif reading.may_join or reading.letter:
            joint = _joint(tokens, index)
            if joint:
                found.append(joint)
                index = joint.last
        index += 1
    return found


def _core(token: str) -> str:
    return normalize.fold(token).text.strip("\"'“”‘’.,:;!?()[]*_")


def _core_span(token: str) -> tuple[int, int]:
    folded = normalize.fold(token)
    core = _core(token)
    start = folded.text.index(core) if core else 0
    return folded.span(start, start + len(core))


def _spaced(
    tokens: Sequence[str], readings: Sequence[TokenReading], start: int
) -> tuple[list[Located], int]:
    """ "f u c k", "s h i t": a run of lone letters that spells a word."""
    places = [start]
    index = start + 1
    while index < len(tokens):
        if readings[index].letter:
            places.append(index)
        elif not (tokens[index] in "-_.*·•/|+~" and len(tokens[index]) == 1):
            break
        index += 1
    if len(places) < 3:
        return [], 0
    letters = "".join(readings[place].letter for place in places)
    forms = load_lexicon().forms
    capitals = all(tokens[place].strip(".,").isupper() for place in places)
    for length in range(len(letters), 2, -1):
        for offset in range(len(letters) - length + 1):
            entry = forms.get(letters[offset : offset + length])
            if entry is None or (length == 3 and (capitals or len(letters) > 3)):
                continue
            if length < len(letters) and "stem" not in entry.flags:
                continue
            first, last = places[offset], places[offset + length - 1]
            hit = Hit(
                _core_span(tokens[first])[0],
                _core_span(tokens[last])[1],
                entry,
                letters[offset : offset + length],
                "spaced",
            )
            return [Located(first, last, hit)], index - start
    return [], 0


def _joint(tokens: Sequence[str], index: int) -> Located | None:
    """A stem cut by spaces or a line end: "fu ck", "f u ck", "shi-" + "tting".

    No part may be an ordinary word: "but its" and "push it" are two words, whatever they spell.
    """
    letters = ""
    for last in range(index, min(index + 4, len(tokens))):
        part = _core(tokens[last]).rstrip("-")
        if not part.isalpha() or (len(part) > 1 and is_ordinary(part)):
            return None
        letters += part
        entry = load_lexicon().forms.get(letters)
        if last > index and entry is not None and "stem" in entry.flags and len(letters) > 3:
            start, end = _core_span(tokens[index])[0], _core_span(tokens[last])[1]
            return Located(index, last, Hit(start, end, entry, letters, "spaced"))
        if tokens[last][-1:] in ".,!?:;":
            return None
    return None


def _phrase(tokens: Sequence[str], index: int, key: str) -> Located | None:
    """A spelling of several words around its longest word: "jerk off"."""
    for phrase, entry in load_lexicon().phrases[key]:
        first = index - phrase.index(key)
        last = first + len(phrase) - 1
        if first < 0 or last >= len(tokens):
            continue
        if all(_core(tokens[first + i]) == word for i, word in enumerate(phrase)):
            start, end = _core_span(tokens[first])[0], _core_span(tokens[last])[1]
            return Located(first, last, Hit(start, end, entry, " ".join(phrase), "plain"))
    return None
