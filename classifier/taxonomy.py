"""The two labels, their levels 0-3, and the content-warning codes they become.

Levels are defined by ``training/GUIDELINE.md``; the IPTC codes by the NewsCodes scheme
http://cv.iptc.org/newscodes/contentwarning/ (release 2023-03-30, CC BY 4.0).
"""

from typing import Final, Literal, TypedDict

Label = Literal["violence", "profanity"]
Tag = Literal["graphic-violence", "profanity"]


class Levels(TypedDict):
    """The level, 0 to 3, of each label."""

    violence: int
    profanity: int


LABELS: Final[tuple[Label, Label]] = ("violence", "profanity")
CUTS: Final = (1, 2, 3)

#: The six ordered outputs of the model: the probability that a label reaches a level.
COLUMNS: Final = tuple(f"{label}>={cut}" for label in LABELS for cut in CUTS)

#: Document tags in the order in which they are always given, with the label each stands for.
TAGS: Final[dict[Tag, Label]] = {"graphic-violence": "violence", "profanity": "profanity"}

#: What each level means, in the words a reader of a report sees.
LEVEL_NAMES: Final[dict[Label, tuple[str, str, str, str]]] = {
    "violence": ("none", "mentioned", "described", "graphic"),
    "profanity": ("none", "mild", "strong", "strongest"),
}

CWARN_SCHEME: Final = "http://cv.iptc.org/newscodes/contentwarning/"
#: IPTC concept for each tag: (code, English name). IPTC knows no graded levels.
CWARN: Final[dict[Tag, tuple[str, str]]] = {
    "graphic-violence": ("violence", "Violence"),
    "profanity": ("language", "Language"),
}


def columns_of(label: Label) -> slice:
    """The three places of ``label`` in a row of :data:`COLUMNS`."""
    start = LABELS.index(label) * len(CUTS)
    return slice(start, start + len(CUTS))
