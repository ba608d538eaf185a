"""token readings -> hits: which words of a text a reader may take as profane, and where.

A :class:`Hit` is a candidate, not a verdict: whether "cock" is the bird is decided by the model
from the words around it (``features.hit_features``). A hit on a word without an innocent sense
carries its level from the lexicon. The steps, in order, are described in ``docs/profanity.md``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from classifier import normalize
from classifier.lexicon import (
    BARE_MASK,
    MASK,
    Entry,
    is_ordinary,
    load_lexicon,
    stem_pattern,
)

#: Steps of reading that show the writer meant the word: nobody spells a bird "c0ck", and the hell
#: of "what the hell" is no place.
EVASIVE = frozenset(
    {"look-alike", "markup", "separated", "sign", "leet", "spaced", "one-masked", "stretched",
     "glued", "unseen", "respelled", "idiom"}
)  # fmt: skip
#: Longer tokens are data, not words (a hash, an encoded image): only their beginning is read.
MAX_TOKEN = 120


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
        """Whether the words around decide about this hit or its level."""
        if self.titled or "context" in self.entry.flags:
            return True
        return self.entry.depends_on_context and self.step not in EVASIVE


@dataclass(frozen=True, slots=True)
class TokenReading:
    """What the profanity reader knows of one token by itself."""

    hits: tuple[Hit, ...] = ()
    #: a lone letter, perhaps one of "f u c k"
    letter: str = ""
    #: the beginning of a stem cut in two ("fu ck", "shi-"), or of a tag ("fu<b class=...")
    may_join: bool = False
    #: the key word of a phrase ("jerk off"), or nothing
    phrase_key: str = ""

    @property
    def matters(self) -> bool:
        """Whether a text with this token needs to be looked at at all."""
        return bool(self.hits or self.letter or self.may_join or self.phrase_key)


#: The reading of a token that no hit can be part of, as nearly all are: one object for all.
NOTHING = TokenReading()


# --- hits inside one token ------------------------------------------------------------------------


def read_token(token: str) -> TokenReading:
    """Hits inside one token and what it may contribute to hits over several.

    >>> [hit.form for hit in read_token("sh1t!").hits]
    ['shit']
    >>> read_token("Scunthorpe").hits
    ()
    """
    token = token[:MAX_TOKEN]
    quick = _at_a_glance(token)
    if quick is not None:
        return quick
    hits = tuple(hit for hit in _find(token) if hit.entry.level)
    core = _core(token)
    letter = core.strip("-")
    if len(letter) == 1 and letter.isalpha():
        key = core if core in load_lexicon().phrases else ""
        return TokenReading(hits, letter=letter, phrase_key=key)
    quiet = _quiet(core)
    joins = _is_cut(token) or (quiet.may_join and all(hit.depends_on_context for hit in hits))
    if hits or joins or quiet.phrase_key:
        return TokenReading(hits, "", joins, quiet.phrase_key)
    return NOTHING


_COMMON = re.compile(
    r"[\"'“‘]*+([A-Za-z]++(?:-[A-Za-z]++)*+)(?:['’]s)?[\"'”’).,:;?!…]*+|[\d.,:;%/()+–-]++"
)


def _at_a_glance(token: str) -> TokenReading | None:
    """What most tokens need: plain words with stops around them, numbers. None: look closer."""
    matched = _COMMON.fullmatch(token)
    if matched is None:
        return None
    written = matched.group(1)
    if written is None:
        return NOTHING
    word = written.lower()
    forms = load_lexicon().forms
    if word in forms or len(word) < 2:
        return None
    if "-" not in word:
        return None if _suspicious(word, written) else _quiet(word)
    plain = all(part not in forms and is_ordinary(part) for part in word.split("-"))
    return NOTHING if plain else None


def _suspicious(word: str, token: str) -> bool:
    """A quick look at a plain word outside the lexicon, that spares most of them the slow one."""
    if not (token.islower() or token[1:].islower() or token.isupper()):
        return True  # glued words: "HolyShit"
    if is_ordinary(word):
        return False
    if stem_pattern().search(word) or (token.islower() and _OATHS.search(word)):
        return True
    doubled = _DOUBLED.search(word)
    if doubled is None:
        return False
    return _LONG_RUN.search(word) is not None or _undoubled(word) in load_lexicon().stems


#: What :func:`_glued` reads besides the stems.
_OATHS = re.compile(
    "damn|crap|hell|bloody|freaking|frigging|piss|arse|ass|tit|dick|cock|slut|whore|twat|turd|fart|prick|jizz|bollock"
)
_DOUBLED = re.compile(r"(.)\1")
_LONG_RUN = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)


def _undoubled(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _quiet(word: str) -> TokenReading:
    """A token without a hit of its own: it may still open a joint or be the key of a phrase."""
    join = word in _stem_beginnings() and not is_ordinary(word)
    key = word if word in load_lexicon().phrases else ""
    return TokenReading(may_join=join, phrase_key=key) if join or key else NOTHING


def _is_cut(token: str) -> bool:
    """Whether the token ends within a word or a tag: "cock-", "fu<b"."""
    return _opens_tag(token) or (token.endswith("-") and len(token) > 2 and token[-2].isalpha())


def _opens_tag(token: str) -> bool:
    opened = token.rfind("<")
    return opened > 0 and ">" not in token[opened:] and token[opened - 1].isalpha()


@cache
def _stem_beginnings() -> frozenset[str]:
    return frozenset(word[:cut] for word in _joinable() for cut in range(2, len(word)))


@cache
def _joinable() -> frozenset[str]:
    """Words that are read across a space: short ones that are clear, or clear behind a mask."""
    return frozenset(
        entry.word
        for entry in load_lexicon().entries
        if 4 <= len(entry.word) < 8
        and entry.word.isalpha()
        and entry.level
        and ("homograph" not in entry.flags or "mask" in entry.flags)
        and ("slur" not in entry.flags or "stem" in entry.flags)
    )


def _find(token: str) -> tuple[Hit, ...]:
    """The hits of the first reading step that finds any."""
    lexicon = load_lexicon()
    if _COVERED.search(token):
        mask = _mask_hit(token)
        if mask is not None:
            return (mask,)
    found: list[Hit] = []
    weak: list[Hit] = []
    step = ""
    plain_is_ordinary = True
    for reading in normalize.readings(token, is_ordinary):
        if found and reading.step != step:
            if not all(_is_scrap(hit, token) for hit in found):
                break
            weak, found = found, []
        step, text = reading.step, reading.text
        if step not in _SEVERAL and found:
            continue
        entry = lexicon.forms.get(text)
        if entry is not None and _believable(entry, text, reading, token):
            written = token[reading.start : reading.end]
            titled = "name" in entry.flags and step == "plain" and written.istitle()
            kind = "respelled" if text in lexicon.respelled else step
            if step == "repeated" and len(text) > 3:
                kind = "stretched"
            elif kind == "plain" and not written.isascii():
                if _ZERO_WIDTH.search(written):
                    kind = "unseen"
                elif normalize.mixes_scripts(written):
                    kind = "look-alike"
            _add(found, Hit(reading.start, reading.end, entry, text, kind, titled))
            if reading.step == "repeated":
                return tuple(found)
            continue
        if reading.step == "repeated":
            if is_ordinary(text):  # "gooood" is "good", whatever else it may be
                return tuple(found or weak)
            if not _LONG_RUN.search(token):
                continue
        for hit in _inside(text, reading, token):
            _add(found, hit)
        if reading.step == "plain":
            plain_is_ordinary = plain_is_ordinary and (is_ordinary(text) or text.isdigit())
            if plain_is_ordinary and token.isalpha():
                return tuple(found)
    if all(_is_scrap(hit, token) for hit in found):
        masked = _mask_hit(token)
        found = [masked] if masked else found or weak
    return tuple(found)


def _is_scrap(hit: Hit, token: str) -> bool:
    """A part of the token that tells less than the whole, if that spells anything: a short
    homograph, as "fu" of "fu.cking", or letters that a digit goes on, as "wank" of "wank3r"."""
    if hit.step not in ("plain", "glued") or hit.end - hit.start == len(token.strip(_SIGNS_AROUND)):
        return False
    short = len(hit.form) < 4 and "homograph" in hit.entry.flags
    return short or bool(_GOES_ON.match(token, hit.end) or _WENT_ON.search(token[: hit.start]))


_GOES_ON = re.compile(r"\d[^\W\d_]")
_WENT_ON = re.compile(r"[^\W\d_]\d+$")


#: Put between letters, these have no use but to hide the word; a soft hyphen has another.
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u180e\u3164\u2800]")
#: Steps that may find several words in one token.
_SEVERAL = frozenset({"plain", "markup", "snake", "camel"})


def _believable(entry: Entry, text: str, reading: normalize.Reading, token: str) -> bool:
    """Whether a reading by this step is enough for this entry.

    A de-obfuscated homograph needs more than a doubled letter ("Fagg", "Cocke"), and a short one
    more than a digit ("a5s" yes, "p0of" yes, "c0w" no).
    """
    if len(text) == 1:  # "what the f"; no letter of "f-stop" or "f/2.8"
        return _core(token) == text
    if reading.step in ("plain", "markup"):
        # "kitchen-cum-diner": the Latin preposition
        return text != "cum" or token[max(0, reading.start - 1) : reading.end + 1] != "-cum-"
    homograph = "homograph" in entry.flags and "mask" not in entry.flags
    if reading.step == "repeated":
        written = token[reading.start : reading.end]
        return _LONG_RUN.search(written) is not None or (
            "stem" in entry.flags and (token.islower() or token.isupper())
        )
    if reading.step == "sign":
        return not homograph and len(text) > 3 and ("stem" in entry.flags or "*" in token)
    if reading.step == "leet" and len(text) == 3 and re.search(r"[A-Z]\d", token):
        return False  # "A5S" is a model of a car
    if reading.step in ("separated", "leet"):
        return not homograph or len(text) > 3
    if reading.step in ("look-alike", "snake"):
        return "homograph" not in entry.flags or "mask" in entry.flags
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


# --- stems inside longer words --------------------------------------------------------------------

#: Stems that no English name or word holds by accident.
_BOLD = frozenset(
    {
        "fuck", "motherfuck", "motherfucker", "bullshit", "asshole", "arsehole", "faggot", "bitchy",
        "cocksucker", "wanker", "dickhead", "clusterfuck", "cunt", "nigger",
    }
)  # fmt: skip
#: A handle is written by its owner: "@bitchpudding" is meant.
_BOLD_IN_HANDLES = frozenset({"shit", "bitch"})
#: Ordinary words and names that hold a bold stem.
_INNOCENT = re.compile(r"scunth|snigger|cunth[ao]")
_ENDINGS = frozenset(
    "s es ed er ers ing in y ty ting ted ter ters ier ish ness ly able ery ian iness ily".split()
)


def _inside(text: str, reading: normalize.Reading, token: str) -> list[Hit]:
    """Stems inside an unknown word: "absofuckinglutely", "shutthefuckup", "holyshit"."""
    if len(text) < 5 or not text.isalpha() or not text.isascii() or is_ordinary(text):
        return []
    innocent = _INNOCENT.search(text) is not None
    for match in stem_pattern().finditer(text):
        stem = match.group()
        entry = load_lexicon().stems[stem]
        bold = stem in _BOLD or (stem in _BOLD_IN_HANDLES and token.startswith("@"))
        parted = _oath_among_words(text, match.start(), match.end())
        if parted:
            return [_part_of(reading, text, parted, entry, stem)]
        if bold and not innocent:
            return [Hit(reading.start, reading.end, entry, stem, "glued")]
    return _glued(text, reading) if token.islower() else []


def _oath_among_words(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the swear word around a stem begins and ends, when the rest of ``text`` parts into
    words: the longest spelling of the lexicon, an ending, the stem again ("shitshitshit")."""
    forms, stem = load_lexicon().forms, text[start:end]
    if is_ordinary(text[end:]) and stem + text[end:] not in forms:
        before = _reads_as_words(text[:start])
        return (start, end) if before else None
    for last in range(len(text), end - 1, -1):
        for first in range(start + 1):
            part = text[first:last]
            spelled = (
                (part in forms and part[len(stem) :] not in _GLUE)
                or part == stem * (len(part) // len(stem))
                or (part.startswith(stem) and part[len(stem) :] in _ENDINGS)
            )
            if spelled and _reads_as_words(text[:first]) and _reads_as_words(text[last:]):
                return first, last
    if _reads_as_words(text[:start]) and _reads_as_words(text[end:], ending=True):
        return start, len(text)
    return None


def _part_of(
    reading: normalize.Reading, text: str, part: tuple[int, int], entry: Entry, form: str
) -> Hit:
    """A hit on a part of a reading; on the whole where its letters have no places of their own."""
    start, end = reading.start, reading.end
    if end - start == len(text):
        start, end = start + part[0], start + part[1]
    return Hit(start, end, entry, form, "glued")


#: Words that people write together with an oath: "damnyou", "kissmyass", "ohhellno".
_GLUE = frozenset(
    "a my the you your ya this that it its so no not oh ohh what why who how of up off out in on "
    "all me and is are for to him her them be dont yeah yes omg lol just get got kiss kick suck "
    "lick eat shut holy hot piece such total utter complete right likely well very really big "
    "little dumb lazy dirty stupid ugly old fat mad mega super dat da here there i aw us love hate "
    "show shame shaming".split()
)
#: Oaths that are put inside another word: "absobloodylutely".
_INSERTED = re.compile("(?<=[a-z]{2})(?:bloody|goddamn|damn|freaking|freakin|frigging)(?=[a-z]{3})")


#: "crapface", "twatbadger": an oath and a second half that makes a person or a heap of it.
_INSULT = re.compile(
    "(ass|arse|crap|piss|turd|twat|fart|prick|dick|cock|jizz|bollock|whore|slut|tit)"
    "(?:bag|badger|bandit|biscuit|bite|brain|breath|burger|canoe|face|fest|goblin|gobbler|hat|head|"
    "hole|load|monger|muncher|nozzle|nugget|pants|rag|show|stain|storm|tard|wad|waffle|weasel|wipe|"
    "wit|womble)s?"
)


def _glued(text: str, reading: normalize.Reading) -> list[Hit]:
    """A swear word among glue words and nothing else; a capital would make it a name."""
    if reading.step not in ("plain", "markup") or len(text) > 24:
        return []
    forms = load_lexicon().forms
    insult = _INSULT.fullmatch(text)
    if insult and _glues(forms.get(insult[1]), insult[1]):
        return [Hit(reading.start, reading.end, forms[insult[1]], insult[1], "glued")]
    inserted = _INSERTED.search(text)
    if inserted and is_ordinary(text[: inserted.start()] + text[inserted.end() :]):
        form = inserted.group()
        return [Hit(reading.start, reading.end, forms[form], form, "glued")]
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(text) + 1):
        for start, parts in list(best.items()):
            part = text[start:end]
            if part in _GLUE or _glues(forms.get(part), part) or _is_long_word(part):
                best[end] = (*parts, part)
                break
    parts = best.get(len(text), ())
    oaths = [part for part in parts if _glues(forms.get(part), part)]
    if not all(
        part in _GLUE or part in oaths for part in parts
    ):  # other words: only what is strong and clear
        oaths = [
            part
            for part in oaths
            if len(part) > 3 and forms[part].level > 1 and not forms[part].flags
        ]
    if not oaths or len(parts) < 2 + ("a" in parts) or parts[-1] == "a":
        return []
    worst = max(oaths, key=lambda part: forms[part].level)
    start = sum(map(len, parts[: parts.index(worst)]))
    return [_part_of(reading, text, (start, start + len(worst)), forms[worst], worst)]


def _is_long_word(part: str) -> bool:
    return len(part) > 3 and is_ordinary(part)


def _glues(entry: Entry | None, part: str) -> bool:
    """Whether a form is long and clear enough to be read among glue words."""
    if entry is None or not entry.level or "slur" in entry.flags:
        return False
    if "homograph" in entry.flags:
        return "mask" in entry.flags and (len(part) > 3 or part == "ass")
    return len(part) > 2


def _reads_as_words(text: str, *, ending: bool = False) -> bool:
    """Whether ``text`` is nothing, an ending, or parts into ordinary words and swear words."""
    if text in ("", "a") or (ending and text in _ENDINGS):
        return True
    forms = load_lexicon().forms
    reach = {0}
    for end in range(2, len(text) + 1):
        for start in reach:
            part = text[start:end]
            closing = ending and end == len(text) and part in _ENDINGS
            known = (len(part) > 1 and part in forms) or is_ordinary(part) or part == "aw"
            if closing or known:
                reach.add(end)
                break
    return len(text) in reach


# --- masks ----------------------------------------------------------------------------------------

#: Letters with stars, perhaps hiding a word that shows through in part: "fuc***", "fu*k".
_COVERED = re.compile(r"[^\W\d_]\*+[^\W\d_]|[^\W\d_]\*\*")
_HYPHENED = re.compile(r"\w-\w")
_BARE = re.compile(r"\*{3,}\w{0,3}|\*{2,}\w{1,3}$")


def _mask_hit(token: str) -> Hit | None:
    mask = normalize.masked(token)
    if "*" in token and _HYPHENED.search(token):  # one part of a compound: "f*ck-up"
        for part in re.finditer(r"[^-]+", token):
            within = _mask_hit(part.group()) if "*" in part.group() else None
            if within:
                return replace(
                    within, start=part.start() + within.start, end=part.start() + within.end
                )
        return None
    if mask is None:
        bare = _BARE.search(token)
        return Hit(bare.start(), bare.end(), BARE_MASK, "", "masked") if bare else None
    if not mask.pattern:
        return Hit(mask.start, mask.end, MASK, "", "masked")
    if mask.hidden == 1:
        return _one_masked(mask)
    head, tail = mask.pattern.split(".", 1)[0], mask.pattern.rsplit(".", 1)[1]
    if not tail and len(head) > 3 and head in load_lexicon().forms:
        return None  # "shit***": nothing is hidden
    if mask.dashes and len(mask.pattern) < 4:
        return None
    stretched = mask.hidden > 2 and bool(tail)
    loose = not mask.dashes or (mask.hyphens and stretched)
    if _matching(mask.pattern) or (loose and _loosely(mask.pattern, head, tail)):
        return Hit(mask.start, mask.end, MASK, "", "masked")
    return None


def _one_masked(mask: normalize.Masked) -> Hit | None:
    """One hidden letter hides nothing: the hit is the word."""
    parts = [part for part in mask.pattern.split(".") if part]
    if mask.dashes and all(is_ordinary(part) or len(part) < 2 for part in parts):
        return None
    forms = _matching(mask.pattern)
    if mask.dashes and not mask.hyphens:  # signs that mask less often: only for what is clear
        forms = [f for f in forms if len(f) > 3 and load_lexicon().forms[f].level > 1]
    if not forms:
        return _one_masked_glued(mask)
    if len(mask.pattern) < 3:
        return None
    form = min(forms, key=_preference)
    return Hit(mask.start, mask.end, load_lexicon().forms[form], form, "one-masked")


def _one_masked_glued(mask: normalize.Masked) -> Hit | None:
    """A masked stem glued to words: "f*ckthis"."""
    pattern = mask.pattern
    if mask.dashes or mask.end - mask.start != len(pattern):
        return None
    for stem, entry in load_lexicon().stems.items():
        for start in range(len(pattern) - len(stem) + 1):
            end = start + len(stem)
            fits = re.fullmatch(pattern[start:end], stem)
            if fits and "." in pattern[start + 1 : end - 1]:
                part = _oath_among_words(pattern[:start] + stem + pattern[end:], start, end)
                if part:
                    first, last = mask.start + part[0], mask.start + part[1]
                    return Hit(first, last, entry, stem, "one-masked")
    return None


def _matching(pattern: str) -> list[str]:
    forms = load_lexicon().maskable.get((len(pattern), pattern[0]), ())
    expression = re.compile(pattern)
    return [form for form in forms if expression.fullmatch(form)]


def _loosely(pattern: str, head: str, tail: str) -> bool:
    """A mask that did not count its letters: "f****ing", "s*****"."""
    if sum(map(str.isalpha, pattern)) < 2 or len(head) + len(tail) < 2:
        return False
    return any(
        form.startswith(head) and form.endswith(tail)
        for (length, first), forms in load_lexicon().maskable.items()
        if first == pattern[0] and abs(length - len(pattern)) <= 2 and length > 3
        for form in forms
    )


_PREFERRED = ("fuck", "shit", "bitch", "cunt", "dick", "pussy", "damn", "ass", "hell", "cock")


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
    behind = 0
    for index, reading in enumerate(readings):
        if reading is NOTHING or index < behind or not reading.matters:
            continue
        located, used = _at(tokens, readings, index)
        if used and located:  # a phrase may begin before its key word
            found = [other for other in found if other.last < located[0].first]
        found += located
        behind = index + max(used, 1)
    # A set phrase such as "coal tit" has level 0: it took its words out of the question.
    return [place for place in found if place.hit.entry.level]


def _at(
    tokens: Sequence[str], readings: Sequence[TokenReading], index: int
) -> tuple[list[Located], int]:
    """The hits that begin at a token, and how many tokens they use (0: this one, as it is)."""
    reading = readings[index]
    if reading.may_join and (joined := _joined(tokens, index)) is not None:
        return joined
    if reading.letter:
        spaced, used = _spaced(tokens, readings, index)
        if used:
            return spaced, used
    if reading.may_join or reading.letter:
        joint = _joint(tokens, index) or _spaced_mask(tokens, index)
        if joint:
            return [joint], joint.last - index + 1
    among_letters = reading.letter and index + 2 < len(tokens) and readings[index + 2].letter
    # A printed mask is its own thing: "f*** it" is not "f it", and the "it" has no part in it.
    masked = any(hit.entry is MASK for hit in reading.hits)
    key = "" if among_letters or masked else reading.phrase_key
    phrase = _phrase(tokens, index, key) if key else None
    if phrase:
        before = [Located(index, index, hit) for hit in reading.hits if index < phrase.first]
        return [*before, phrase], max(phrase.last - index, 0) + 1
    return [
        _to_the_bracket(tokens, Located(index, index, hit))
        for hit in reading.hits
        if not _is_initial(tokens, index, hit)
    ], 0


def _to_the_bracket(tokens: Sequence[str], place: Located) -> Located:
    """ "[expletive" with " deleted]", which are two tokens and one mask."""
    hit, token = place.hit, tokens[place.first]
    if hit.entry is MASK and token[hit.start : hit.start + 1] == "[" and "]" not in token:
        for last in range(place.first + 1, min(place.first + 4, len(tokens))):
            end = tokens[last].find("]") + 1
            if end:
                return Located(place.first, last, replace(hit, end=end))
    return place


_SIGNS_AROUND = "\"'“”‘’.,:;!?()[]*_"


@lru_cache(maxsize=1 << 14)
def _core(token: str) -> str:
    return normalize.fold(token[:MAX_TOKEN]).text.strip(_SIGNS_AROUND)


def _core_span(token: str) -> tuple[int, int]:
    folded = normalize.fold(token[:MAX_TOKEN])
    core = folded.text.strip(_SIGNS_AROUND)
    start = folded.text.index(core) if core else 0
    return folded.span(start, start + len(core))


#: Before a capital and dashes these make it an initial: "Ms F---", "in the town of K----".
_BEFORE_INITIAL = frozenset(
    "mr mrs ms miss mx dr sir lady lord count countess baron baroness duke duchess prince princess "
    "king queen captain colonel major general sergeant lieutenant madame monsieur mme herr frau "
    "father sister brother st saint judge professor town village city parish county of at in near "
    "from to".split()
)
_INITIAL = re.compile(r"\W*[A-Z](?:-{2,}|\N{EM DASH}+)\W*")


def _is_initial(tokens: Sequence[str], index: int, hit: Hit) -> bool:
    """A name cut to its initial, as old books do; only a capital, only after a title or place."""
    return (
        hit.entry is MASK
        and index > 0
        and _INITIAL.fullmatch(tokens[index]) is not None
        and _core(tokens[index - 1]) in _BEFORE_INITIAL
    )


#: A tag with attributes ends within so many tokens, or is none.
_LONGEST_TAG = 12


def _joined(tokens: Sequence[str], index: int) -> tuple[list[Located], int] | None:
    """Hits of a word that a line end or a tag with spaces cuts: "cock-" + "pit", "fu<b id=x>ck".

    None where nothing is cut; an empty list where the whole is an ordinary word.
    """
    token = tokens[index]
    if not _is_cut(token):
        return None
    if not _opens_tag(token):
        if index + 1 >= len(tokens) or not tokens[index + 1][:1].isalpha():
            return None
        after = _core(tokens[index + 1])
        joined = _core(token).rstrip("-") + after
        if not joined.isalpha():
            return None
        if is_ordinary(joined) and joined not in load_lexicon().forms:
            return [], 2
        entry = load_lexicon().forms.get(joined)
        if (
            entry is None
            or len(joined) < 4
            or ("homograph" in entry.flags and "mask" not in entry.flags)
        ):
            return None
        if all(map(is_ordinary, (_core(token).rstrip("-"), after))) and "stem" not in entry.flags:
            return None
        start, end = _core_span(token)[0], _core_span(tokens[index + 1])[1]
        return [Located(index, index + 1, Hit(start, end, entry, joined, "sign"))], 2
    for last in range(index + 1, min(index + _LONGEST_TAG, len(tokens))):
        closed = tokens[last].find(">")
        if closed >= 0:
            break
    else:
        return None
    if not tokens[last][closed + 1 : closed + 2].isalpha():
        return None
    starts = [0]
    for part in tokens[index:last]:
        starts.append(starts[-1] + len(part) + 1)
    glued = " ".join(tokens[index : last + 1])
    located = []
    for hit in _find(glued):
        first = max(i for i, start in enumerate(starts) if start <= hit.start)
        final = max(i for i, start in enumerate(starts) if start < hit.end)
        moved = replace(hit, start=hit.start - starts[first], end=hit.end - starts[final])
        located.append(Located(index + first, index + final, moved))
    return located, last - index + 1


#: No word of the lexicon is longer; a page of lone letters is looked at in pieces of this size.
_LONGEST_SPACED = 16


def _spaced(
    tokens: Sequence[str], readings: Sequence[TokenReading], start: int
) -> tuple[list[Located], int]:
    """ "f u c k", "s h i t": lone letters from ``start`` that spell a word."""
    places = [start]
    index = start + 1
    while index < len(tokens) and len(places) <= _LONGEST_SPACED:
        if readings[index].letter:
            places.append(index)
        elif tokens[index] not in _BETWEEN_LETTERS:
            break
        index += 1
    letters = "".join(readings[place].letter for place in places)
    capitals = all(tokens[place].strip(".,").isupper() for place in places)
    # "a" and "i" are words: what follows them begins anew.
    goes_before = start > 0 and readings[start - 1].letter not in ("", "a", "i")
    for length in range(len(letters), 2, -1):
        entry = load_lexicon().forms.get(letters[:length])
        alone = length == len(letters) and not goes_before
        # "A S S" may be initials; among further letters only the clear words are read.
        if entry is None or (length == 3 and (capitals or not alone)):
            continue
        if alone or "stem" in entry.flags:
            last = places[length - 1]
            start_at, end_at = _core_span(tokens[start])[0], _core_span(tokens[last])[1]
            hit = Hit(start_at, end_at, entry, letters[:length], "spaced")
            return [Located(start, last, hit)], last - start + 1
    return [], 0


_BETWEEN_LETTERS = frozenset("-_.*·•/|+~")


def _joint(tokens: Sequence[str], index: int) -> Located | None:
    """A stem cut by spaces or a line end: "fu ck", "f u ck", "shi-" + "tting".

    No part may be an ordinary word: "but its" and "push it" are two words, whatever they spell;
    but the second of two may, where the first is no word at all and the whole is clear: "sh it".
    """
    letters = ""
    for last in range(index, min(index + 4, len(tokens))):
        part = _core(tokens[last]).rstrip("-")
        ordinary = len(part) > 1 and is_ordinary(part)
        if not part.isalpha() or (ordinary and (last != index + 1 or len(letters) < 2)):
            return None
        letters += part
        entry = load_lexicon().forms.get(letters)
        if last > index and entry is not None and entry.word in _joinable() and len(letters) > 3:
            if ordinary and (
                entry.depends_on_context
                or not tokens[index].islower()
                or _core(tokens[index]) in load_lexicon().forms
            ):
                return None
            start, end = _core_span(tokens[index])[0], _core_span(tokens[last])[1]
            return Located(index, last, Hit(start, end, entry, letters, "spaced"))
        if ordinary or tokens[last][-1:] in ".,!?:;":
            return None
    return None


#: Initials of what is masked with spaces between its signs: "f - - -", "s _ _ _".
_SPACED_INITIALS = frozenset("fscbn")
_SPACED_SIGNS = re.compile(r"([*_-])(?: \1)+")


def _spaced_mask(tokens: Sequence[str], index: int) -> Located | None:
    signs = tokens[index][1:]
    last = index
    while last + 1 < len(tokens) and last < index + 8 and tokens[last + 1] in ("-", "_", "*"):
        last += 1
        signs += (" " if signs else "") + tokens[last]
    initial = tokens[index][:1].lower()
    if initial not in _SPACED_INITIALS or len(signs) < 5 or not _SPACED_SIGNS.fullmatch(signs):
        return None
    return Located(index, last, Hit(0, len(tokens[last]), MASK, "", "masked"))


def _phrase(tokens: Sequence[str], index: int, key: str) -> Located | None:
    """A spelling of several words around its key word: "jerk off", "coal tit"."""
    for phrase in load_lexicon().phrases[key]:
        first = index - phrase.key
        last = first + len(phrase.words) - 1
        if first < 0 or last >= len(tokens):
            continue
        if [_core(token) for token in tokens[first : last + 1]] == list(phrase.words):
            begin, final = first + phrase.first, first + phrase.last
            step = "phrase" if final - begin + 1 == len(phrase.words) else "idiom"
            start, end = _core_span(tokens[begin])[0], _core_span(tokens[final])[1]
            hit = Hit(start, end, phrase.entry, " ".join(phrase.words), step)
            return Located(begin, final, hit)
    return None
