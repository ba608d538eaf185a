"""What is kept of a token in which there is something to see, ready for a text around it."""

from typing import NamedTuple

from classifier.lexicon import MASK
from classifier.phrases import among
from classifier.profanity import NOTHING, TokenReading


class Passive(TokenReading):
    """A lone letter in a place where no hit begins. It may go on with what another began ("f u"
    + "c" + "k"); to ask at every "a" and "I" what begins there would take half of the time."""

    __slots__ = ()

    @property
    def matters(self) -> bool:
        return False


class Held(NamedTuple):
    """The reading of a token; the same where no phrase is around it, and where it begins nothing.

    Without a phrase around and where nothing is *joined* to it, a token may be *sure*: whatever
    stands beside it, its hits are the hits.
    """

    reading: TokenReading
    bare: TokenReading
    passive: TokenReading
    sure: bool


def held(reading: TokenReading) -> Held:
    """A reading that matters, ready for the texts that the token may stand in."""
    bare = among(reading, "", "") if reading.phrase_key else reading
    passive = Passive(letter=reading.letter) if reading.letter else NOTHING
    # a printed mask may be an initial after a title, or go on to a bracket in another token
    sure = not (bare.letter or any(hit.entry is MASK for hit in bare.hits))
    return Held(reading, bare, passive, sure)
