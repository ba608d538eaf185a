"""Warnings that an item has already: whom they warn of what, so that ours does not double them."""

import re
from typing import Final

from classifier.taxonomy import LABELS, Label

#: A warning of somebody else stands at the very front; farther in it is part of the story.
_FRONT: Final = 700

_LEAD: Final = re.compile(
    r"(?im)(?:^[\W_]{0,8}(?:(?:content|trigger|language)\s+(?:warning|note|advisory)|warning|caution|"
    r"editor.?s.?\s+note|eds|(?:note to|attention) (?:readers|editors)|(?:please )?be warned|"
    r"parental advisory|parents)\b[\W_]*[:\N{EM DASH}-]"
    r"|^[\W_]{0,8}(?-i:[CT]W|CN)\b)"  # so short that people write nothing behind them
    r"(?P<said>[^\n]{0,300})"
)
_PHRASE: Final = re.compile(
    r"(?i)(?P<said>[^.\n]{0,160}\b(?:"
    r"some (?:readers|viewers|listeners|people|users) (?:may|might|will|could) "
    r"(?:find|be (?:upset|distressed|disturbed|offended))|"
    r"(?:reader|viewer|listener) (?:discretion|advisory)|discretion is advised|"
    r"(?:article|story|report|piece|post|video|item|following|account|page|interview|this) "
    r"(?:contains?|includes?|features?) (?:very |some |extremely |descriptions of )?"
    r"(?:graphic|explicit|strong|offensive|disturbing|distressing|upsetting)|"
    r"may be (?:offensive|upsetting|disturbing|distressing) to|NSFW)\b[^.\n]{0,160})"
)
_SAYS: Final[dict[Label, re.Pattern[str]]] = {
    "violence": re.compile(
        r"(?i)\b(?:violen\w*|graphic|gore|gory|blood\w*|death\w*|dying|injur\w*|abuse|assault\w*|rape|"
        r"tortur\w*|murder\w*|killing\w*|suicide|self-harm|distress\w*|disturb\w*|upset\w*|war|shooting)\b"
    ),
    "profanity": re.compile(
        r"(?i)\b(?:language|profan\w*|vulgar\w*|obscen\w*|swear\w*|curs(?:e|ing)|expletives?|slurs?|"
        r"explicit lyrics|four-letter|offens\w*)\b"
    ),
}
_CODE: Final = re.compile(
    r"(?:https?://cv\.iptc\.org/newscodes/contentwarning/|cwarn:)(?P<code>\w+)"
)
_ABOUT_EVERYTHING: Final = re.compile(
    r"(?i)\b(?:discretion|NSFW|trigger|sensitive|may find|explicit|adult|mature)\b"
)


def warned_of(*texts: str) -> dict[Label, str]:
    """The labels that a warning at the front of one of ``texts`` covers, with its words.

    >>> warned_of("Warning: strong language\\n\\nIt was the best of times.")
    {'profanity': 'strong language'}
    >>> warned_of("A warning was given. Nobody heard it.")
    {}
    """
    found: dict[Label, str] = {}
    for text in texts:
        front = text[:_FRONT]
        for match in (*_LEAD.finditer(front), *_PHRASE.finditer(front)):
            said = " ".join(match.group("said").split())
            named: list[Label] = [label for label in LABELS if _SAYS[label].search(said)]
            if not named and _ABOUT_EVERYTHING.search(match.group()):
                named = list(LABELS)
            for label in named:
                found.setdefault(label, said)
    return {label: found[label] for label in LABELS if label in found}


def coded(*names: str) -> set[str]:
    """The codes of IPTC's content warnings among URIs and QCodes.

    >>> coded("cwarn:violence", "medtop:02000000")
    {'violence'}
    """
    return {match["code"] for name in names if (match := _CODE.fullmatch(name.strip()))}
