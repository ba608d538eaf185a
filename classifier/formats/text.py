"""Plain text: a notice in the first line, the rest byte for byte."""

import re
from collections.abc import Sequence
from typing import Final

from classifier.formats.item import Item, Stripped
from classifier.formats.receipt import find_receipt
from classifier.formats.source import Source
from classifier.formats.splice import Edit
from classifier.formats.textmap import TextMap
from classifier.formats.verdict import Verdict
from classifier.policy import Policy

_OURS: Final = re.compile(r"\A[^\r\n]*\[(forewarn/\d+ [^\]\r\n]*)\](?:\r\n\r\n|\n\n)")
_ADDRESS: Final = re.compile(
    r"(?:https?|ftp)://\S+|\bwww\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]+", re.IGNORECASE
)


def line_end(text: str) -> str:
    """The line end that ``text`` uses."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def addresses(text: str, start: int = 0) -> list[tuple[int, int]]:
    """Where web and mail addresses stand; nothing is masked there."""
    if "@" not in text and "://" not in text and "www." not in text.lower():
        return []
    return [(m.start() + start, m.end() + start) for m in _ADDRESS.finditer(text)]


class Text:
    """Plain text."""

    name = "text"
    title = "plain text: a notice in the first line"
    fields = "the whole text (body) | notice in front"
    suffixes = (".txt", ".text")
    masks = True

    def detects(self, text: str) -> bool:
        return True

    def read(self, source: Source) -> list[Item]:
        whole = TextMap()
        whole.add(source.text, 0, len(source.text))
        item = Item(protected=addresses(source.text))
        item.add("body", whole)
        return [item]

    def write(
        self, source: Source, items: Sequence[Item], verdicts: Sequence[Verdict], policy: Policy
    ) -> list[Edit]:
        verdict = verdicts[0]
        if not verdict.notice and not verdict.must_be_recorded:
            return []
        end = line_end(source.text)
        line = f"{verdict.notice} [{verdict.receipt.to_line()}]".lstrip()
        return [Edit(0, 0, f"{line}{end}{end}")]

    def strip(self, source: Source) -> Stripped:
        match = _OURS.match(source.text)
        if not match:
            return Stripped(source.text, (None,))
        return Stripped.by([Edit(0, match.end(), "")], source.text, [find_receipt(match.group(1))])


FORMAT: Final = Text()
