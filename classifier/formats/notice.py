"""The words of a warning, from the tags, their levels and the house's wording."""

from collections.abc import Sequence

from classifier.policy import Notice
from classifier.taxonomy import TAGS, Label, Levels, Tag


def notice_text(notice: Notice, tags: Sequence[Tag], levels: Levels) -> str:
    """``Content warning: this article contains …``; empty when there is nothing to warn of."""
    body = notice_body(notice, tags, levels)
    return f"{notice.lead} {body}".strip() if body else ""


def notice_body(notice: Notice, tags: Sequence[Tag], levels: Levels) -> str:
    """The notice without its lead word."""
    if not tags:
        return ""
    what = notice.join.join(phrase(notice, tag, levels) for tag in tags)
    return notice.sentence.format(item=notice.item, what=what)


def phrase(notice: Notice, tag: Tag, levels: Levels) -> str:
    """What is said of one tag. An editor may force a tag where nothing was found: level 2 then."""
    label = TAGS[tag]
    phrases = notice.violence if label == "violence" else notice.profanity
    return phrases[(levels[label] or 2) - 1]


def desk_note(notice: Notice, tags: Sequence[Tag]) -> str:
    """``Eds: Story includes …`` for formats that have a slot for notes to editors."""
    if not tags or not notice.eds:
        return ""
    words = {"violence": notice.eds_violence, "profanity": notice.eds_profanity}
    # The desk reads "vulgarity and graphic content": language first, as agencies write it.
    what = notice.eds_join.join(words[TAGS[tag]] for tag in reversed(tags))
    return notice.eds.format(item=notice.item, what=what)


def details_text(notice: Notice, labels: Sequence[Label]) -> str:
    """The line that opens a folded passage in which ``labels`` were found."""
    words = {"violence": notice.details_violence, "profanity": notice.details_profanity}
    return notice.details.format(what=notice.eds_join.join(words[label] for label in labels))
