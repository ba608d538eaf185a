"""What one token may hide: candidate spellings compete, the plainest believable one wins."""

import re

from classifier import normalize
from classifier.glued import inside
from classifier.hits import Hit
from classifier.lexicon import Entry, is_ordinary, load_lexicon
from classifier.normalize import LONG_RUN, SIGNS_AROUND, core
from classifier.printed_masks import COVERED, mask_hit


def find(token: str) -> tuple[Hit, ...]:
    """The hits of the first reading step that finds any."""
    lexicon = load_lexicon()
    if COVERED.search(token):
        mask = mask_hit(token)
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
            if not LONG_RUN.search(token):
                continue
        for hit in inside(text, reading, token):
            _add(found, hit)
        if reading.step == "plain":
            plain_is_ordinary = plain_is_ordinary and (is_ordinary(text) or text.isdigit())
            if plain_is_ordinary and token.isalpha():
                return tuple(found)
    if all(_is_scrap(hit, token) for hit in found):
        masked = mask_hit(token)
        found = [masked] if masked else found or weak
    return tuple(found)


def _is_scrap(hit: Hit, token: str) -> bool:
    """A part of the token that tells less than the whole, if that spells anything: a short
    homograph, as "fu" of "fu.cking", or letters that a digit goes on, as "wank" of "wank3r"."""
    if hit.step not in ("plain", "glued") or hit.end - hit.start == len(token.strip(SIGNS_AROUND)):
        return False
    short = len(hit.form) < 4 and "homograph" in hit.entry.flags
    return short or bool(_GOES_ON.match(token, hit.end) or _WENT_ON.search(token[: hit.start]))


_GOES_ON = re.compile(r"\d[^\W\d_]")
_WENT_ON = re.compile(r"[^\W\d_]\d+$")

#: Put between letters, these have no use but to hide the word; a soft hyphen has another.
_ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff\u180e\u3164\u2800]")
#: Steps that may find several words in one token.
_SEVERAL = frozenset({"plain", "markup", "snake", "camel"})


_CAPITAL_AND_DIGIT = re.compile(r"[A-Z]\d")


def _believable(entry: Entry, text: str, reading: normalize.Reading, token: str) -> bool:
    """Whether a reading by this step is enough for this entry.

    A de-obfuscated homograph needs more than a doubled letter ("Fagg", "Cocke"), and a short one
    more than a digit ("a5s" yes, "p0of" yes, "c0w" no).
    """
    if len(text) == 1:  # "what the f"; no letter of "f-stop" or "f/2.8"
        return core(token) == text
    if reading.step in ("plain", "markup"):
        # "kitchen-cum-diner": the Latin preposition
        return text != "cum" or token[max(0, reading.start - 1) : reading.end + 1] != "-cum-"
    homograph = "homograph" in entry.flags and "mask" not in entry.flags
    if reading.step == "repeated":
        written = token[reading.start : reading.end]
        return LONG_RUN.search(written) is not None or (
            "stem" in entry.flags and (token.islower() or token.isupper())
        )
    if reading.step == "sign":
        return not homograph and len(text) > 3 and ("stem" in entry.flags or "*" in token)
    if reading.step == "leet" and len(text) == 3 and _CAPITAL_AND_DIGIT.search(token):
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
