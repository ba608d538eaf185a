"""The one line that each tagged item carries: what was found, by which model and policy.

``forewarn/1 violence=2 profanity=3 tags=graphic-violence,profanity model=… policy=…`` - the same
line in every format, so a second run can replace what the first wrote, and untag can take it out.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote

from classifier.taxonomy import LABELS, TAGS, Levels, Tag

#: Changes when old receipts could no longer be undone.
VERSION: Final = 1
_RECEIPT: Final = re.compile(r"forewarn/(\d+)((?: [a-z_]+=[^\s\"'<>\]]*)*)")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was written into an item; ``levels`` are those before any word was masked."""

    levels: Levels
    tags: tuple[Tag, ...]
    model: str
    policy: str
    #: What the masked words look like now
    masks: tuple[str, ...] = ()
    #: Overrides that were in force, as :meth:`Override.to_line` writes them
    overrides: tuple[str, ...] = ()
    #: What a format must know to take its edits back
    undo: dict[str, str] = field(default_factory=dict)

    def to_line(self) -> str:
        parts = [f"forewarn/{VERSION}"]
        parts += [f"{label}={self.levels[label]}" for label in LABELS]
        parts += [f"tags={','.join(self.tags)}", f"model={_quoted(self.model)}"]
        parts.append(f"policy={_quoted(self.policy)}")
        if self.masks:
            parts.append("masks=" + ",".join(_quoted(mask) for mask in self.masks))
        if self.overrides:
            parts.append("overrides=" + ",".join(_quoted(line) for line in self.overrides))
        parts += [f"{key}={_quoted(value)}" for key, value in sorted(self.undo.items())]
        return " ".join(parts)


def find_receipt(text: str) -> Receipt | None:
    """The first receipt in ``text``."""
    match = _RECEIPT.search(text)
    return _receipt(match) if match else None


def _receipt(match: re.Match[str]) -> Receipt:
    values = dict(part.split("=", 1) for part in match.group(2).split())
    known = {tag: tag for tag in TAGS}
    return Receipt(
        levels={
            "violence": _level(values.pop("violence", "0")),
            "profanity": _level(values.pop("profanity", "0")),
        },
        tags=tuple(known[tag] for tag in values.pop("tags", "").split(",") if tag in known),
        model=unquote(values.pop("model", "")),
        policy=unquote(values.pop("policy", "")),
        masks=_unlisted(values.pop("masks", "")),
        overrides=_unlisted(values.pop("overrides", "")),
        undo={key: unquote(value) for key, value in values.items()},
    )


def _level(text: str) -> int:
    return int(text) if text in ("0", "1", "2", "3") else 0


def _quoted(text: str) -> str:
    # Two hyphens may not stand in an XML comment.
    return quote(text, safe=":+").replace("-", "%2D").replace("~", "%7E")


def _unlisted(text: str) -> tuple[str, ...]:
    return tuple(unquote(part) for part in text.split(",") if part)
