"""The editor's report: one HTML file that holds its documents, its style and its script."""

import heapq
import html
import json
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from classifier.evaluate.files import Problem
from classifier.evaluate.judged import Judged, Totals
from classifier.evaluate.reasons import reasons
from classifier.evaluate.writing import written
from classifier.results import Sentence
from classifier.taxonomy import LABELS, LEVEL_NAMES, TAGS

#: A sentence that is not flagged has reasons in the page from this share of its threshold on:
#: those are the ones that a moved slider may flag.
NEAR: Final = 0.6


class Page:
    """Collects documents, keeps the most severe in a temporary file, and writes the report.

    Memory holds a few numbers for each document that is kept, whatever its length.
    """

    def __init__(self, path: Path, model: Any, most: int) -> None:
        self._path = path
        self._model = model
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
        data = json.dumps(_record(judged), separators=(",", ":")).encode("ascii")
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

    def _records(self) -> Iterator[dict[str, Any]]:
        """The documents that are kept, the most severe first, with their reasons."""
        for *_, offset, length in sorted(self._kept, reverse=True):
            self._spool.seek(offset)
            record = json.loads(self._spool.read(length))
            yield _explained(record, self._model)

    def _places(self, totals: Totals, problems: Sequence[Problem]) -> dict[str, str]:
        shown = len(self._kept)
        meta = f"{totals.sentences:,} sentences read in {totals.seconds:.1f} s"
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
            "title": f"forewarn report: {totals.documents:,} documents",
            "css": _asset("base.css") + _asset("editor.css"),
            "meta": html.escape(meta),
            "tiles": _tiles(totals),
            "problems": _problems(totals, problems),
            "settings": _embedded(settings),
        }


def _record(judged: Judged) -> dict[str, Any]:
    """A document as the script reads it; offsets count UTF-16 units, as JavaScript does."""
    text, document = judged.text.text, judged.document
    at = _utf16(text)
    return {
        "name": judged.text.name,
        "text": text,
        "tags": list(document.tags),
        "why": dict(document.why),
        "na": document.not_assessed,
        "s": [
            [
                at(sentence.start),
                at(sentence.end),
                [sentence.levels[label] for label in LABELS],
                [round(score, 4) for score in sentence.scores],
                _evidence(sentence, at),
            ]
            for sentence in document.sentences
        ],
    }


def _evidence(sentence: Sentence, at: Any) -> list[list[int]]:
    return [
        [at(span.start), at(span.end), LABELS.index(span.label), span.level]
        for span in sentence.spans
    ]


def _utf16(text: str) -> Any:
    """A function from code point offsets to UTF-16 offsets; characters above U+FFFF take two."""
    if not text or max(text) <= "\uffff":
        return int
    wide = np.array([character > "\uffff" for character in text], dtype=np.int64)
    places = np.concatenate(([0], np.cumsum(wide + 1)))
    return lambda offset: int(places[offset])


def _explained(record: dict[str, Any], model: Any) -> dict[str, Any]:
    """Add to each sentence its reasons (or None) and which of its levels the house has set."""
    sentences = record["s"]
    if not sentences:
        return record
    scores = np.array([sentence[3] for sentence in sentences])
    given = np.array([sentence[2] for sentence in sentences])
    cuts = np.array([cut for label in LABELS for cut in model.thresholds[label]])
    wanted = np.any(given, axis=1) | np.any(scores >= NEAR * cuts, axis=1)
    # Scores are rounded in the record, so a level at its very threshold may differ without a
    # house rule; only those further away are held to be fixed.
    low, high = model.levels(scores - 1e-4), model.levels(scores + 1e-4)
    fixed = (given < low) | (given > high)
    places = _code_points(record["text"])
    for row, sentence in enumerate(sentences):
        found = None
        if wanted[row]:
            words = record["text"][places(sentence[0]) : places(sentence[1])]
            levels = dict(zip(LABELS, sentence[2], strict=True))
            found = reasons(model, words, {str(k): v for k, v in levels.items()}) or None
        sentence += [found, [int(value) for value in fixed[row]]]
    return record


def _code_points(text: str) -> Any:
    """The way back from UTF-16 offsets."""
    if not text or max(text) <= "\uffff":
        return int
    wide = np.array([character > "\uffff" for character in text], dtype=np.int64)
    places = np.concatenate(([0], np.cumsum(wide + 1)))
    return lambda offset: int(np.searchsorted(places, offset))


# --- Markup ---------------------------------------------------------------------------------------


def _embedded(data: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _filled(template: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        template = template.replace("{{" + name + "}}", value, 1)
    return template


def _tiles(totals: Totals) -> str:
    entries = [("", totals.documents, "documents")]
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
