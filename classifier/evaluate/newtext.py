"""New text, from the files to the table, the JSON and the page, one document at a time.

Memory does not grow with the number of documents: JSON is written as it comes, the table keeps
the most severe, and the page keeps its documents in a file until it is written.
"""

import heapq
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from classifier.evaluate import terminal
from classifier.evaluate.described import described
from classifier.evaluate.files import Problem, Source
from classifier.evaluate.judged import Judged, Totals, judge, summary
from classifier.evaluate.page import Page
from classifier.evaluate.progress import bar
from classifier.evaluate.texts import read_texts

#: Rows of the table on the terminal; problems that are printed and kept.
IN_TABLE: Final = 40
PROBLEMS: Final = 200


@dataclass(frozen=True, slots=True)
class Outputs:
    """What to write."""

    json: bool = False
    html: Path | None = None
    most: int = 1000
    show: bool = True
    encoding: str | None = None
    model: str = "shipped"


def judge_all(
    sources: Sequence[Source | Problem], field: str, model: Any, outputs: Outputs
) -> Totals:
    """Judge every document, write the outputs, and return the counts."""
    totals = Totals()
    problems: list[Problem] = []
    top: list[tuple[tuple[int, ...], int, Judged]] = []

    def report(problem: Problem) -> None:
        totals.skipped += 1
        if totals.skipped <= PROBLEMS:
            problems.append(problem)
            print(f"skipped: {problem}", file=sys.stderr)

    # How many documents a table holds is not known before it is read.
    tables = any(isinstance(source, Source) and source.table for source in sources)
    known = None if tables or len(sources) == 1 else len(sources)
    started = perf_counter()
    with (
        bar("reading", known, "documents", show=outputs.show) as step,
        _page(outputs, model) as page,
        _json(outputs, model) as emit,
    ):
        for judged in judge(model, read_texts(sources, field, outputs.encoding), report):
            totals.add(judged)
            if outputs.json:
                emit(summary(judged))
            else:
                _keep(top, judged, totals.documents)
            if page:
                page.add(judged)
            step(1)
        totals.seconds = perf_counter() - started
        if outputs.json:
            emit({"problems": [str(p) for p in problems], "totals": totals.to_dict()})
        if page:
            page.write(totals, problems)
    if totals.skipped > PROBLEMS:
        print(f"... and {totals.skipped - PROBLEMS:,} more skipped", file=sys.stderr)
    if totals.documents and not outputs.json:
        best = [judged for _, _, judged in sorted(top, key=lambda t: t[:2], reverse=True)]
        terminal.documents(terminal.console(), best, totals)
    if outputs.html and totals.documents:
        print(f"report: {outputs.html}", file=sys.stderr)
    return totals


def _keep(top: list[tuple[tuple[int, ...], int, Judged]], judged: Judged, number: int) -> None:
    entry = (judged.severity, -number, judged)
    if len(top) < IN_TABLE:
        heapq.heappush(top, entry)
    elif entry[:2] > top[0][:2]:
        heapq.heapreplace(top, entry)


@contextmanager
def _page(outputs: Outputs, model: Any) -> Iterator[Page | None]:
    if outputs.html is None:
        yield None
        return
    with Page(outputs.html, model, outputs.most) as page:
        yield page


@contextmanager
def _json(outputs: Outputs, model: Any) -> Iterator[Any]:
    """A function that writes one object; the last, with the totals, closes the whole."""
    if not outputs.json:
        yield None
        return
    out = sys.stdout
    head = json.dumps(
        {"kind": "text", "model": described(outputs.model, model)}, ensure_ascii=False
    )
    out.write(head[:-1] + ', "documents": [')
    first = True

    def emit(entry: dict[str, Any]) -> None:
        nonlocal first
        line = json.dumps(entry, ensure_ascii=False)
        if "totals" in entry:
            out.write("\n], " + line[1:] + "\n")
        else:
            out.write(("\n" if first else ",\n") + line)
            first = False

    yield emit
