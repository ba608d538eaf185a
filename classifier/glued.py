"""Swear words inside longer words: "absofuckinglutely", "shutthefuckup", "kissmyass".

A longer word holds one where the rest parts into words, or where no word or name of English holds
the stem by accident. "Scunthorpe", "assessment" and "cockpit" hold none.
"""

import re

from classifier import normalize
from classifier.hits import Hit
from classifier.lexicon import Entry, is_ordinary, load_lexicon, stem_pattern

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


def inside(text: str, reading: normalize.Reading, token: str) -> list[Hit]:
    """Stems inside an unknown word: "absofuckinglutely", "shutthefuckup", "holyshit"."""
    if len(text) < 5 or not text.isalpha() or not text.isascii() or is_ordinary(text):
        return []
    innocent = _INNOCENT.search(text) is not None
    for match in stem_pattern().finditer(text):
        stem = match.group()
        entry = load_lexicon().stems[stem]
        if token.istitle() and entry.depends_on_context:
            continue  # "Bitchfield" is a village
        bold = stem in _BOLD or (stem in _BOLD_IN_HANDLES and token.startswith("@"))
        parted = oath_among_words(text, match.start(), match.end())
        if parted:
            return [_part_of(reading, text, parted, entry, stem)]
        if bold and not innocent:
            return [Hit(reading.start, reading.end, entry, stem, "glued")]
    return _glued(text, reading) if may_be_glued(token) else []


def oath_among_words(text: str, start: int, end: int) -> tuple[int, int] | None:
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


#: What :func:`_glued` reads besides the stems.
OATHS = re.compile(
    "damn|crap|hell|bloody|freaking|frigging|piss|arse|ass|tit|dick|cock|slut|whore|twat|turd|fart|prick|jizz|bollock|tosser|knobhead|douche"
)

#: Words that people write together with an oath: "damnyou", "kissmyass", "ohhellno".
_GLUE = frozenset(
    "a my the you your ya this that it its so no not oh ohh what why who how of up off out in on "
    "all me and is are for to him her them be dont yeah yes omg lol just get got kiss kick suck "
    "lick eat shut holy hot piece such total utter complete right likely well very really big "
    "little dumb lazy dirty stupid ugly old fat mad mega super dat da here there i aw us love hate "
    "show shame shaming lying silly fake cheap poor rich lucky absolute useless these those".split()
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


def may_be_glued(token: str) -> bool:
    """Whether glue words are looked for: in small letters, or shouted ("HELLYEAH"). One capital
    makes a name, and a few capitals an abbreviation."""
    return token.islower() or (token.isupper() and len(token) > 6)


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
            if len(part) > 3 and forms[part].level > 1 and not forms[part].depends_on_context
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
