"""The editor's report: one HTML file that holds its documents, its style and its script."""

import heapq
import html
import json
import marshal
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from classifier.evaluate.files import Problem
from classifier.evaluate.judged import Judged, Totals
from classifier.evaluate.record import Record, Records
from classifier.evaluate.terminal import counted
from classifier.evaluate.writing import written
from classifier.taxonomy import LABELS, LEVEL_NAMES, TAGS

#: Bytes of documents whose reasons are looked up together: bounds memory, not answers.
_TOGETHER: Final = 1_000_000


class Page:
    """Collects documents, keeps the most severe in a temporary file, and writes the report.

    Memory holds a few numbers for each document that is kept, whatever its length.
    """

    def __init__(self, path: Path, model: Any, most: int) -> None:
        self._path = path
        self._model = model
        self._make = Records(model)
        self._most = max(1, most)
        self._spool = tempfile.TemporaryFile("w+b", prefix="forewarn-")  # noqa: SIM115 closed in __exit__
        self._kept: list[tuple[tuple[int, ...], int, int, int]] = []
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._spool.close()

    def add(self, judged: Judged) -> None:
        """Keep the document if it is among the most severe so far."""
        self._seen += 1
        rank = judged.severity, -self._seen
        full = len(self._kept) >= self._most
        if full and rank < self._kept[0][:2]:
            return
        data = marshal.dumps(self._make.draft(judged))
        entry = (*rank, self._spool.tell(), len(data))
        self._spool.write(data)
        if full:
            heapq.heapreplace(self._kept, entry)
        else:
            heapq.heappush(self._kept, entry)

    def write(self, totals: Totals, problems: Sequence[Problem]) -> None:
        """The report; nothing when there is no document."""
        if not self._seen:
            return
        before, after = _template().split('<script type="application/json" id="documents">')
        with written(self._path) as out:
            out.write(_filled(before, self._places(totals, problems)))
            out.write('<script type="application/json" id="documents">[\n')
            for number, record in enumerate(self._records()):
                out.write((",\n" if number else "") + _embedded(record))
            out.write("\n]</script>\n<script>" + _asset("editor.js") + "</script>\n")
            out.write(after.strip() + "\n</body>\n</html>\n")

    def _records(self) -> Iterator[Record]:
        """The documents that are kept, the most severe first, with their reasons."""
        together: list[Record] = []
        size = 0
        for *_, offset, length in sorted(self._kept, reverse=True):
            self._spool.seek(offset)
            together.append(marshal.loads(self._spool.read(length)))
            size += length
            if size > _TOGETHER:
                self._make.finish(together)
                yield from together
                together, size = [], 0
        self._make.finish(together)
        yield from together

    def _places(self, totals: Totals, problems: Sequence[Problem]) -> dict[str, str]:
        shown = len(self._kept)
        meta = f"{counted(totals.sentences, 'sentence')} read in {totals.seconds:.1f} s"
        if shown < totals.documents:
            meta += f"; here are the {shown:,} most severe of {totals.documents:,} documents"
        settings = {
            "thresholds": self._model.thresholds,
            "tagLevels": dict(self._model.policy.tag_levels),
            "piling": {
                name: getattr(self._model.policy.piling, name)
                for name in ("level", "sentences", "share")
            },
            "names": LEVEL_NAMES,
        }
        return {
            "title": f"forewarn report: {counted(totals.documents, 'document')}",
            "css": _asset("base.css") + _asset("editor.css"),
            "meta": html.escape(meta),
            "tiles": _tiles(totals),
            "problems": _problems(totals, problems),
            "settings": _embedded(settings),
        }


# --- Markup ---------------------------------------------------------------------------------------


def _embedded(data: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _filled(template: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        template = template.replace("{{" + name + "}}", value, 1)
    return template


def _tiles(totals: Totals) -> str:
    entries = [("", totals.documents, "document" if totals.documents == 1 else "documents")]
    entries += [(LABELS.index(label), totals.tagged[tag], tag) for tag, label in TAGS.items()]  # type: ignore[misc]
    if totals.not_assessed:
        entries.append(("na", totals.not_assessed, "not assessed"))
    names = {0: "v", 1: "p"}
    return "".join(
        f'<li class="{names.get(kind, kind)}"><b>{count:,}</b> {what}</li>'  # type: ignore[call-overload]
        for kind, count, what in entries
    )


def _problems(totals: Totals, problems: Sequence[Problem]) -> str:
    if not totals.skipped:
        return ""
    lines = "".join(f"<li>{html.escape(str(problem))}</li>" for problem in problems)
    return (
        f'<details class="problems"><summary>{totals.skipped:,} skipped: could not be read'
        f"</summary><ul>{lines}</ul></details>"
    )


@cache
def _asset(name: str) -> str:
    return (files("classifier.evaluate") / "assets" / name).read_text(encoding="utf-8")


def _template() -> str:
    return _asset("editor.html")
