"""The editor decides: overrides that force or remove a tag for one item.

A TOML file of overrides (a sidecar may carry the same keys in its ``overrides``)::

    [[override]]
    item = "story.html"              # file name, or the item's own id (uri, guid, id)
    tag = "profanity"
    action = "remove"                # or "add"
    who = "A. Editor"
    when = 2026-11-21
    why = "the quotation is the story"
"""

import datetime
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from classifier.errors import InputError
from classifier.policy_file import key_lines, toml_mistake
from classifier.taxonomy import TAGS, Tag

_KEYS: Final = ("item", "tag", "action", "who", "when", "why")


@dataclass(frozen=True, slots=True)
class Override:
    """One decision of an editor on one item."""

    item: str
    tag: Tag
    action: Literal["add", "remove"]
    who: str
    when: str
    why: str

    def to_dict(self) -> dict[str, str]:
        return {key: str(getattr(self, key)) for key in _KEYS}

    def to_line(self) -> str:
        """For the receipt inside an item, which needs no item id."""
        return "|".join((self.action, self.tag, self.who, self.when, self.why))

    @property
    def reason(self) -> str:
        verb = "forced" if self.action == "add" else "removed"
        return f"{verb} by {self.who}, {self.when}: {self.why}"

    def concerns(self, *names: str) -> bool:
        """Whether the override is for an item that has one of these names."""
        return self.item in names


def from_line(line: str, item: str) -> Override | None:
    """The override that a receipt carries; None when the line is not one."""
    try:
        action, tag, who, when, why = line.split("|", 4)
        return _override(
            {"item": item, "action": action, "tag": tag, "who": who, "when": when, "why": why}
        )
    except ValueError:
        return None


def load_overrides(path: str | os.PathLike[str]) -> tuple[Override, ...]:
    """The overrides of a TOML file; every mistake is named by line, all at once."""
    try:
        raw = Path(path).read_bytes()
        text = raw.decode("utf-8-sig")
        data = tomllib.loads(text)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: not UTF-8 at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(toml_mistake(str(path), error)) from None
    tables = data.get("override", [])
    strange = [key for key in data if key != "override"]
    if strange or not isinstance(tables, list):
        line = key_lines(text).get((strange[0],) if strange else ("override",), 1)
        raise InputError(f"{path}:{line}: only [[override]] tables may stand here")
    lines = [
        n for n, row in enumerate(text.split("\n"), 1) if row.strip().startswith("[[override]]")
    ]
    return parse_overrides(tables, [f"{path}:{line}" for line in lines] or [str(path)])


def parse_overrides(tables: Iterable[object], places: Sequence[str]) -> tuple[Override, ...]:
    """Overrides from plain data; ``places`` say where each stands, for messages."""
    found: list[Override] = []
    complaints: list[str] = []
    for number, table in enumerate(tables):
        place = places[min(number, len(places) - 1)]
        try:
            if not isinstance(table, Mapping):
                raise ValueError("an override must be a table")
            found.append(_override(table))
        except ValueError as error:
            complaints.append(f"{place}: override {number + 1}: {error}")
    if complaints:
        raise InputError("\n".join(complaints))
    return tuple(found)


def _override(table: Mapping[str, Any]) -> Override:
    values = {str(key): value for key, value in table.items()}
    if isinstance(values.get("when"), datetime.date):
        values["when"] = values["when"].isoformat()
    if mistakes := list(_mistakes(values)):
        raise ValueError("; ".join(mistakes))
    return Override(**values)


def _mistakes(values: Mapping[str, Any]) -> Iterator[str]:
    for key in values:
        if key not in _KEYS:
            yield f"unknown key {key!r}; known are {', '.join(_KEYS)}"
    choices = {"tag": tuple(TAGS), "action": ("add", "remove")}
    for key in _KEYS:
        value = values.get(key, "")
        if not isinstance(value, str):
            yield f"{key} must be a text, not {value!r}"
        elif not value:  # an item may be called " "
            yield f"{key} is {'empty' if key in values else 'missing'}"
        elif value not in choices.get(key, (value,)):
            yield f"{key} must be one of {', '.join(choices[key])}, not {value!r}"
