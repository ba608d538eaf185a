"""What is said of one item in the end: the prediction, the editor's overrides, earlier masks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from classifier.formats.existing import warned_of
from classifier.formats.notice import desk_note, notice_body, notice_text
from classifier.formats.receipt import Receipt
from classifier.overrides import Override
from classifier.policy import Policy
from classifier.results import Document
from classifier.taxonomy import COLUMNS, CWARN, CWARN_SCHEME, LABELS, TAGS, Label, Levels, Tag

_DIGEST_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Code:
    """A concept of IPTC's content warnings, and the tag that it stands for."""

    code: str
    name: str
    tag: Tag
    #: 0 to 100, or None when an editor forced the tag
    confidence: int | None = None

    @property
    def uri(self) -> str:
        return CWARN_SCHEME + self.code

    @property
    def qcode(self) -> str:
        return f"cwarn:{self.code}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Tags, levels and codes of one item, and the words in which it is warned of."""

    document: Document
    tags: tuple[Tag, ...]
    levels: Levels
    why: dict[Tag, str]
    codes: tuple[Code, ...]
    overrides: tuple[Override, ...]
    #: Labels that the item warns of by itself, with its words
    existing: dict[Label, str]
    #: Full text of our notice, and the same without its lead; empty when none is needed
    notice: str
    notice_body: str
    desk_note: str
    receipt: Receipt
    masks: tuple[str, ...] = field(default=())

    @property
    def must_be_recorded(self) -> bool:
        """Whether the receipt must stand in the item even if no warning does.

        An editor's decision outlives the next run, and masked words must not be untagged.
        """
        return bool(self.overrides or self.masks)


def judge(
    document: Document,
    policy: Policy,
    *,
    overrides: Sequence[Override] = (),
    earlier: Receipt | None = None,
    masks: Sequence[str] = (),
    warnings: Sequence[str] = (),
    model: str = "",
) -> Verdict:
    """The verdict on an item whose text was predicted as ``document``.

    ``earlier`` is the receipt of a former run: when it had masked words, its levels and tags stay,
    because the words that gave them can no longer be read. ``warnings`` are the texts in which the
    item may warn by itself.
    """
    levels: Levels = {
        "violence": document.levels["violence"],
        "profanity": document.levels["profanity"],
    }
    why = {tag: document.why.get(tag, "found in the text") for tag in document.tags}
    all_masks = tuple(masks)
    if earlier is not None and earlier.masks:
        all_masks = tuple(dict.fromkeys((*earlier.masks, *masks)))
        for label in LABELS:
            levels[label] = max(levels[label], earlier.levels[label])
        for tag in earlier.tags:
            if TAGS[tag] == "profanity":
                why.setdefault(tag, "recorded before words were masked")
    for override in overrides:
        if override.action == "add":
            why[override.tag] = override.reason
        else:
            why.pop(override.tag, None)
    tags = tuple(tag for tag in TAGS if tag in why)
    existing = warned_of(*warnings) if tags else {}
    new = tuple(tag for tag in tags if TAGS[tag] not in existing)
    receipt = Receipt(
        levels,
        tags,
        model[:_DIGEST_LENGTH],
        policy.digest[:_DIGEST_LENGTH],
        all_masks,
        tuple(override.to_line() for override in overrides),
    )
    return Verdict(
        document=document,
        tags=tags,
        levels=levels,
        why=why,
        codes=_codes(document, tags, policy, {o.tag for o in overrides if o.action == "add"}),
        overrides=tuple(overrides),
        existing=existing,
        notice=notice_text(policy.notice, new, levels),
        notice_body=notice_body(policy.notice, new, levels),
        desk_note=desk_note(policy.notice, new),
        receipt=receipt,
        masks=all_masks,
    )


def _codes(
    document: Document, tags: Sequence[Tag], policy: Policy, forced: set[Tag]
) -> tuple[Code, ...]:
    codes = []
    for tag in tags:
        confidence = None if tag in forced else _confidence(document, tag, policy)
        codes.append(Code(*CWARN[tag], tag, confidence))
        if tag == "graphic-violence":
            codes += _further(document, policy, confidence)
    return tuple(codes)


def _confidence(document: Document, tag: Tag, policy: Policy) -> int | None:
    """The highest probability, of all sentences, of the level from which the tag is given."""
    label = TAGS[tag]
    cut = min(policy.tag_levels[tag] or 2, document.levels[label] or 1)
    column = COLUMNS.index(f"{label}>={cut}")
    scores = [s.scores[column] for s in document.sentences if len(s.scores) == len(COLUMNS)]
    return round(100 * max(scores)) if scores else None


def _further(document: Document, policy: Policy, confidence: int | None) -> list[Code]:
    """``cwarn:death`` and ``cwarn:suffering``, by the words of sentences that show violence."""
    words = {
        word.strip(".,;:!?()'\"“”‘’").lower()
        for sentence in document.sentences
        if sentence.levels["violence"] >= 2
        for word in sentence.text.split()
    }
    found: list[Code] = []
    if policy.iptc.death and words & set(policy.iptc.death_words):
        found.append(Code("death", "Death", "graphic-violence", confidence))
    if policy.iptc.suffering and words & set(policy.iptc.suffering_words):
        found.append(Code("suffering", "Upsetting or Disturbing", "graphic-violence", confidence))
    return found
