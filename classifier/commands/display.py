"""Tables and colour for people; plain text when it is piped or NO_COLOR is set."""

import os
import sys
from collections.abc import Sequence
from typing import Final, TextIO

_CODES: Final = {"red": "31", "yellow": "33", "green": "32", "dim": "2", "bold": "1"}
#: How a level is shown.
LEVEL_COLOURS: Final = ("dim", "green", "yellow", "red")


def is_terminal(stream: TextIO) -> bool:
    return stream.isatty()


def has_colour(stream: TextIO) -> bool:
    """On a terminal, unless NO_COLOR (https://no-color.org) or a dumb terminal says no."""
    return (
        is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def painted(text: str, colour: str, stream: TextIO | None = None) -> str:
    if not has_colour(stream or sys.stdout):
        return text
    return f"\033[{_CODES[colour]}m{text}\033[0m"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell; two spaces between."""
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]


def printable(text: str) -> str:
    """``text`` without characters that could command a terminal, on one line."""
    joined = " ".join(text.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in joined)


def shortened(text: str, width: int) -> str:
    said = printable(text)
    return said if len(said) <= width else said[: width - 1] + "…"
