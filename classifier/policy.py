"""levels -> document tags, the wording of notices, house style: one frozen object.

>>> load_policy({"tags": {"profanity": 3}}).tag_levels["profanity"]
3
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from classifier.policy_file import PROFILES, Settings, lay_over, read_settings
from classifier.taxonomy import CUTS, LABELS, LEVEL_NAMES, TAGS, Label, Levels, Tag

__all__ = ["PROFILES", "Iptc", "Notice", "Piling", "Policy", "adjusted", "decide", "load_policy"]

Cuts = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Piling:
    """When violence told in summary is enough for the tag; ``sentences`` 0: never."""

    level: int
    sentences: int
    share: float


@dataclass(frozen=True, slots=True)
class Notice:
    """The wording of a notice; phrases are for levels 1, 2 and 3."""

    language: str
    lead: str
    sentence: str
    item: str
    join: str
    violence: tuple[str, str, str]
    profanity: tuple[str, str, str]
    eds: str
    eds_join: str
    eds_violence: str
    eds_profanity: str
    details: str
    details_violence: str
    details_profanity: str


@dataclass(frozen=True, slots=True)
class Iptc:
    """Whether IPTC's further codes are given, and the words that show them."""

    death: bool
    suffering: bool
    death_words: tuple[str, ...]
    suffering_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a house decides. Get one from :func:`load_policy`.

    ``settings`` is the effective policy as plain data, and ``digest`` its SHA-256: two files that
    say the same have the same digest, whatever their comments and order. Treat its mappings as
    read-only; they are plain dicts so that a policy can be sent to other processes.
    """

    settings: Mapping[str, Any]
    tag_levels: Mapping[Tag, int]
    piling: Piling
    #: Threshold of each level by label; None is the model's own.
    thresholds: Mapping[Label, Cuts]
    #: The house's own level of a word; 0 allows it.
    words: Mapping[str, int]
    #: Phrases in which nothing is counted.
    exceptions: tuple[str, ...]
    #: Share of known words under which a text is not assessed; None is the model's own.
    minimum_known: float | None
    notice: Notice
    iptc: Iptc
    mask_style: str
    mask_level: int
    digest: str = field(default="")

    def setting(self, table: str, key: str) -> Any:
        """One setting of a format, such as ``setting("html", "place")``."""
        return self.settings[table][key]


def load_policy(
    source: "str | os.PathLike[str] | Mapping[str, Any] | Policy | None" = None,
) -> Policy:
    """The policy called ``source``: a shipped profile, the path of a TOML file, or its keys.

    None is the default profile, and a :class:`Policy` comes back as it is. Raises
    :class:`~classifier.errors.PolicyError` that names every mistake with its line.
    """
    if isinstance(source, Policy):
        return source
    if source is None or (isinstance(source, str) and source in (*PROFILES, "default")):
        return _shipped("wire" if source in (None, "default") else str(source))
    return _policy(read_settings(source))


def adjusted(policy: Policy, changes: Mapping[str, Any]) -> Policy:
    """The policy with some settings changed, checked like a file: ``{"html": {"wrap": True}}``."""
    return _policy(lay_over(dict(policy.settings), changes))


@cache
def _shipped(name: str) -> Policy:
    return _policy(read_settings(name))


def _policy(settings: Settings) -> Policy:
    own = settings.get("thresholds", {})
    cuts: dict[Label, Cuts] = {}
    for label in LABELS:
        first, second, third = (own.get(label, {}).get(str(cut)) for cut in CUTS)
        cuts[label] = (first, second, third)
    effective = {key: value for key, value in settings.items() if key != "description"}
    return Policy(
        settings=settings,
        tag_levels={tag: settings["tags"][tag] for tag in TAGS},
        piling=Piling(**settings["piling"]),
        thresholds=cuts,
        words={word.lower(): level for word, level in settings["words"].items()},
        exceptions=tuple(settings["exceptions"]),
        minimum_known=settings.get("minimum_known"),
        notice=Notice(**_frozen(settings["notice"])),
        iptc=Iptc(**_frozen(settings["iptc"])),
        mask_style=settings["mask"]["style"],
        mask_level=settings["mask"]["level"],
        digest=hashlib.sha256(json.dumps(effective, sort_keys=True).encode()).hexdigest(),
    )


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}


def decide(policy: Policy, levels: Sequence[Levels]) -> tuple[tuple[Tag, ...], dict[Tag, str]]:
    """The tags of a document whose sentences have ``levels``, and for each tag the reason.

    >>> decide(load_policy(), [{"violence": 0, "profanity": 3}])
    (('profanity',), {'profanity': '1 sentence of profanity >= 2 (highest 3, strongest)'})
    """
    why: dict[Tag, str] = {}
    for tag, label in TAGS.items():
        cut = policy.tag_levels[tag]
        values = [row[label] for row in levels]
        top = max(values, default=0)
        if cut and top >= cut:
            reached = sum(value >= cut for value in values)
            why[tag] = (
                f"{_sentences(reached)} of {label} >= {cut} "
                f"(highest {top}, {LEVEL_NAMES[label][top]})"
            )
        elif cut and label == "violence" and (piled := _piled(policy.piling, values)):
            why[tag] = piled
    return tuple(why), why


def _piled(piling: Piling, values: Sequence[int]) -> str | None:
    if not piling.sentences:
        return None
    reached = sum([value >= piling.level for value in values])
    if reached < max(piling.sentences, 1):
        return None
    # Written as a product: 1 of 5 is 0.2 whatever the division rounds to.
    if reached < piling.share * len(values) - 1e-9:
        return None
    return (
        f"violence piles up: {_sentences(reached)} of violence >= {piling.level}, "
        f"{reached} in {len(values)} (from {piling.sentences} sentences and a share of "
        f"{piling.share:g})"
    )


def _sentences(count: int) -> str:
    return f"{count} sentence" if count == 1 else f"{count} sentences"
