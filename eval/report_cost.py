"""``python -m eval.report_cost SENTENCES.jsonl``: what the HTML report costs beside prediction.

Joins the sentences of the file, neighbours of one document first, into documents, and runs bare
``predict_many`` and the report of the eval tool on them, each in a process of its own, in turns.
Printed: seconds and CPU seconds without imports and loading, peak memory at a tenth of the
documents and at all of them, and the throughput of the report as a share of bare prediction.

Exit code 0: the share is at least 0.6 and memory is flat; 1: it is not; 2: a wrong call.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
#: The goals of issue 5. Words seen are remembered up to a bound, by bare prediction as well, so
#: memory is "flat" when the report has what bare prediction has, and when the same documents
#: over and over, which bring no new words, need no more.
LEAST_SHARE: Final = 0.6
MOST_GROWTH: Final = 1.15
AGAIN: Final = 3
BARE, REPORT, WHOLE = "bare prediction", "report, 1,000 most severe", "report, every document"


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: wall and CPU seconds of the work, peak memory of the process in MB."""

    seconds: float
    cpu: float
    peak: float


# --- In the process that is measured --------------------------------------------------------------


def _bare(path: Path, _: Path) -> Callable[[], None]:
    import classifier

    model = classifier.load()

    def texts() -> Iterator[str]:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]

    def work() -> None:
        for _ in model.predict_many(texts()):
            pass

    return work


def _report(path: Path, out: Path, most: int = 1000) -> Callable[[], None]:
    import classifier
    from classifier.evaluate.files import find
    from classifier.evaluate.newtext import Outputs, judge_all

    model = classifier.load()
    outputs = Outputs(html=out, most=most, show=False)

    def work() -> None:
        judge_all(list(find([str(path)])), "text", model, outputs)

    return work


KINDS: Final[dict[str, Callable[[Path, Path], Callable[[], None]]]] = {
    BARE: _bare,
    REPORT: _report,
    WHOLE: lambda path, out: _report(path, out, sys.maxsize),
}


def _measured(kind: str, path: Path, out: Path) -> dict[str, float]:
    work = KINDS[kind](path, out)
    wall, cpu = time.perf_counter(), time.process_time()
    with redirect_stdout(StringIO()):
        work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": wall, "cpu": cpu, "peak": peak}


# --- In the process that asks ---------------------------------------------------------------------


def documents(sentences: Path, count: int) -> Iterator[str]:
    """JSON Lines of ``count`` documents of the same number of sentences, each used once."""
    rows = [json.loads(line) for line in sentences.read_text(encoding="utf-8").splitlines()]
    rows.sort(key=lambda row: (str(row.get("source")), str(row.get("document"))))
    each = len(rows) // count
    if not each:
        raise SystemExit(
            f"{sentences}: {len(rows):,} sentences are too few for {count:,} documents"
        )
    # Every part of the file in every part of the documents, so that a tenth is like the whole.
    step = next(step for step in range(int(count * 0.618), count + 2) if _coprime(step, count))
    for number in range(count):
        first = number * step % count * each
        text = " ".join(row["text"] for row in rows[first : first + each])
        yield json.dumps({"id": f"document {number + 1}", "text": text}) + "\n"


def _coprime(one: int, other: int) -> bool:
    while other:
        one, other = other, one % other
    return one == 1


def _run(kind: str, path: Path, out: Path) -> Cost:
    line = [sys.executable, "-m", "eval.report_cost", "--child", kind, str(path), str(out)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{kind}: {done.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return Cost(**found)


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments[:1] == ["--child"]:
        kind, path, out = arguments[1:]
        print(json.dumps(_measured(kind, Path(path), Path(out))))
        return 0
    parser = argparse.ArgumentParser(
        prog="python -m eval.report_cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sentences", type=Path, metavar="SENTENCES", help='rows with "text"')
    parser.add_argument("--documents", type=int, default=10_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    args = parser.parse_args(arguments)
    if not args.sentences.is_file():
        parser.error(f"no such file: {args.sentences}")
    if args.documents < 10 or args.rounds < 1:
        parser.error("--documents is at least 10, --rounds at least 1")
    with tempfile.TemporaryDirectory() as name:
        return _compare(args.sentences, args.documents, args.rounds, Path(name))


def _compare(sentences: Path, count: int, rounds: int, folder: Path) -> int:
    lines = list(documents(sentences, count))
    sizes = {count // 10: folder / "tenth.jsonl", count: folder / "all.jsonl"}
    for size, path in sizes.items():
        path.write_text("".join(lines[:size]), encoding="utf-8")
    out = folder / "report.html"
    costs: dict[tuple[str, int], list[Cost]] = {(k, size): [] for k in KINDS for size in sizes}
    for _ in range(rounds):
        for (kind, size), found in costs.items():
            found.append(_run(kind, sizes[size], out))
    print(f"medians of {rounds} rounds; documents of {_sentences(sentences, count)} sentences\n")
    print("| run | documents | seconds | CPU s | documents / CPU s | peak MB | share of bare |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    passed = True
    for (kind, size), found in costs.items():
        cpu = median(cost.cpu for cost in found)
        wall = median(cost.seconds for cost in found)
        bare = zip(costs[BARE, size], found, strict=True)
        share = median(one.cpu / other.cpu for one, other in bare)
        passed &= share >= LEAST_SHARE
        row = f"{size:,} | {wall:.2f} | {cpu:.2f} | {size / cpu:,.0f} | {_peak(found):.0f}"
        print(f"| {kind} | {row} | {share:.2f} |")
    small, large = sizes
    again = folder / "again.jsonl"
    again.write_text("".join(lines) * AGAIN, encoding="utf-8")
    often = _run(REPORT, again, out).peak / _peak(costs[REPORT, large])
    passed &= often <= MOST_GROWTH
    print(f"\n{REPORT}: memory of the {large:,} documents {AGAIN} times / once: {often:.2f}")
    for kind in KINDS:
        growth = _peak(costs[kind, large]) / _peak(costs[kind, small])
        above = _peak(costs[kind, large]) / _peak(costs[BARE, large])
        passed &= above <= MOST_GROWTH
        print(f"{kind}: memory of {large:,} / {small:,}: {growth:.2f}; of it / bare: {above:.2f}")
    print(f"\n{'passed' if passed else 'FAILED'}: share >= {LEAST_SHARE}, memory <= {MOST_GROWTH}")
    return 0 if passed else 1


def _peak(found: Sequence[Cost]) -> float:
    return median(cost.peak for cost in found)


def _sentences(path: Path, count: int) -> int:
    with path.open(encoding="utf-8") as lines:
        return sum(1 for _ in lines) // count


if __name__ == "__main__":
    sys.exit(main())
