"""The behavioural cases of ``tests/cases`` and what a system makes of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from classifier.errors import InputError

CASES: Final = Path(__file__).parents[1] / "tests" / "cases"

#: Kinds whose cases say yes or no; ``fairness`` has twins instead and a table of its own.
FAIRNESS: Final = "fairness"

Half = Literal["build", "held", "all"]


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a file; ``violence`` is None where the case is not about it."""

    id: str
    kind: str
    text: str
    profanity: int
    violence: int | None
    type: str
    half: str
    pair: str | None = None
    span: str | None = None


@dataclass(frozen=True, slots=True)
class Twin:
    """A sentence that names a group or is in a dialect, and its neutral twin."""

    id: str
    group: str
    text: str
    twin: str


def read_cases(half: Half = "all", folder: Path = CASES) -> list[Case]:
    """The cases of one half, or all; a wrong line raises InputError that names it."""
    found = [
        Case(
            id=row["id"],
            kind=row["kind"],
            text=row["text"],
            profanity=row["profanity"],
            violence=row.get("violence"),
            type=row.get("type", "mft"),
            half=row["half"],
            pair=row.get("pair"),
            span=row.get("span"),
        )
        for row in _rows(folder, ("id", "kind", "text", "profanity", "half"), fairness=False)
    ]
    return [case for case in found if half in ("all", case.half)]


def read_twins(folder: Path = CASES) -> list[Twin]:
    """The fairness sentences with their twins."""
    return [
        Twin(row["id"], row["group"], row["text"], row["twin"])
        for row in _rows(folder, ("id", "group", "text", "twin"), fairness=True)
    ]


def _rows(folder: Path, fields: Sequence[str], *, fairness: bool) -> list[dict[str, Any]]:
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        if (path.stem == FAIRNESS) != fairness:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"{path}:{number}: not JSON: {error.msg}") from None
            if missing := [name for name in fields if name not in row]:
                raise InputError(f"{path}:{number}: no field {missing[0]!r}")
            rows.append(row)
    if not rows:
        raise InputError(f"{folder}: no cases")
    return rows
