"""Labelled rows: texts with the levels a reader gave them, every mistake named by line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.evaluate.files import Problem, Source
from classifier.evaluate.tables import rows
from classifier.taxonomy import LABELS

Levels = NDArray[np.int64]
Ints = NDArray[np.intp]

#: Stands for a label that a row says nothing about.
UNKNOWN: Final = -1

#: Fields by which figures are also given, where a file has them.
GROUPS: Final = ("source", "register", "slice")


@dataclass(frozen=True, slots=True)
class Fields:
    """What the fields are called in the file."""

    text: str = "text"
    violence: str = "violence"
    profanity: str = "profanity"
    document: str = "document"
    groups: tuple[str, ...] = GROUPS

    @property
    def labels(self) -> tuple[str, str]:
        return self.violence, self.profanity


@dataclass(slots=True)
class Labelled:
    """The rows of all files, in order. ``levels`` is (n, 2) in the order of LABELS."""

    texts: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    levels: Levels = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    documents: list[str] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    clustered: bool = False

    def __len__(self) -> int:
        return len(self.texts)

    def document_codes(self) -> Ints | None:
        """A number for the document of each row; None when no file names documents."""
        if not self.clustered:
            return None
        codes: Ints = np.unique(np.array(self.documents), return_inverse=True)[1]
        return codes


def holds_labels(source: Source, names: Fields) -> bool:
    """Whether the first row of a table has a field with the name of a label."""
    if not source.table or source.name == "<stdin>":
        return False
    first = next((entry for entry in rows(source) if not isinstance(entry, Problem)), None)
    return first is not None and any(name in first[1] for name in names.labels)


def read_labelled(sources: Iterable[Source], names: Fields) -> Labelled:
    """Every row of ``sources``; wrong ones are in ``problems`` and not in the rows."""
    into = Labelled(groups={name: [] for name in names.groups})
    levels: list[tuple[int, int]] = []
    named_documents = 0
    for source in sources:
        before = len(into.texts), len(into.problems)
        for entry in rows(source):
            if isinstance(entry, Problem):
                into.problems.append(entry)
                continue
            number, row = entry
            where = f"{source.name}:{number}"
            if len(into) == before[0] and (lacking := _lacking(row, names)):
                into.problems.append(Problem(where, lacking))
                break
            wrong = list(_mistakes(row, names))
            if wrong:
                into.problems.extend(Problem(where, what) for what in wrong)
                continue
            levels.append((_level(row.get(names.violence)), _level(row.get(names.profanity))))
            into.texts.append(row[names.text])
            into.ids.append(str(row.get("id") or f"{source.path.name}:{number}"))
            document = row.get(names.document)
            named_documents += document not in (None, "")
            into.documents.append(
                f"{row.get('source', '')}\0{document}" if document not in (None, "") else where
            )
            for group in names.groups:
                into.groups[group].append(str(row.get(group) or ""))
        if (len(into.texts), len(into.problems)) == before:
            into.problems.append(Problem(source.name, "empty: it has no rows"))
    into.levels = np.array(levels, dtype=np.int64).reshape(-1, len(LABELS))
    into.groups = {name: values for name, values in into.groups.items() if any(values)}
    into.clustered = bool(named_documents)
    return into


def _lacking(row: dict[str, Any], names: Fields) -> str | None:
    has = ", ".join(map(repr, row)) or "none"
    if names.text not in row:
        return f"no field {names.text!r}; there are {has}. Name it with --text-field"
    if not any(name in row for name in names.labels):
        return (
            f"no field {names.violence!r} or {names.profanity!r}; there are {has}. "
            "Name them with --violence-field and --profanity-field"
        )
    return None


def _mistakes(row: dict[str, Any], names: Fields) -> Iterator[str]:
    text = row.get(names.text)
    if names.text not in row:
        yield f"no field {names.text!r}; there are {', '.join(map(repr, row)) or 'none'}"
    elif not isinstance(text, str):
        yield f"field {names.text!r}: {_shown(text)} is not a text"
    elif not text.strip():
        yield f"field {names.text!r}: the text is empty"
    wrong = [name for name in names.labels if name in row and _level(row[name]) is None]
    for name in wrong:
        yield f"field {name!r}: {_shown(row[name])} is not a level; levels are 0, 1, 2 and 3"
    if not wrong and all(_level(row.get(name)) == UNKNOWN for name in names.labels):
        yield f"neither {names.violence!r} nor {names.profanity!r} has a level"


def _level(value: Any) -> Any:
    """The level, UNKNOWN for an empty field, None for what is no level.

    >>> [_level(value) for value in (2, "3", 1.0, "", None, 7, True, "two")]
    [2, 3, 1, -1, -1, None, None, None]
    """
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number in (0, 1, 2, 3) else None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def listed(problems: Sequence[Problem], most: int = 20) -> list[str]:
    """The problems as lines, no more than ``most`` and a count of the rest."""
    lines = [str(problem) for problem in problems[:most]]
    if len(problems) > most:
        lines.append(f"... and {len(problems) - most:,} more")
    return lines
