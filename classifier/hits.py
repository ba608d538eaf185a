"""What the profanity reader finds: hits in a token, hits in a sequence, the reading of a token.

A :class:`Hit` is a candidate, not a verdict: whether "cock" is the bird is decided by the model
from the words around it (``features.hit_features``). A hit on a word without an innocent sense
carries its level from the lexicon.
"""

from dataclasses import dataclass

from classifier.lexicon import Entry

#: Steps of reading that show the writer meant the word: nobody spells a bird "c0ck", and the hell
#: of "what the hell" is no place.
EVASIVE = frozenset(
    {"look-alike", "markup", "separated", "sign", "leet", "spaced", "one-masked", "stretched",
     "glued", "unseen", "respelled", "idiom"}
)  # fmt: skip


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
class Located:
    """A hit in a list of tokens: it begins in token ``first`` and ends in token ``last``."""

    first: int
    last: int
    hit: Hit


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
