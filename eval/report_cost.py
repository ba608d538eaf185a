"""``python -m eval.report_cost SENTENCES.jsonl``: what the HTML report costs beside prediction.

Joins the sentences of the file, neighbours of one document first, into documents, and answers
two questions about the eval tool on them, each run in a process of its own:

- **Time.** Bare ``predict_many`` and the report in turns; CPU seconds without imports and loading.
- **Does memory grow with the number of documents?** The model remembers the words it has met, up
  to a bound that 10,000 documents do not reach. More documents bring more new words, so a peak
  taken from a cold start would grow whatever the report does. Therefore every process first
  predicts all documents and keeps nothing, which fills what the model remembers; only then the
  kernel's mark of the highest memory is set back, and the report of a quarter, a half or all of
  the documents is made. What still grows from a quarter to all is the report's own. (Needs Linux.)

Exit code 0: every report of all documents has at least 0.6 of the throughput of bare prediction,
and none needs 1.15 times the memory of a quarter of them; 1: it is not so; 2: a wrong call.
"""

import argparse
import json
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
#: The goals of issue 5; what memory may grow by is the noise of one run.
LEAST_SHARE: Final = 0.6
MOST_GROWTH: Final = 1.15
#: The parts of the documents whose memory is compared.
PARTS: Final = (4, 2, 1)
BARE, REPORT, WHOLE = "bare prediction", "report, 1,000 most severe", "report, every document"


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: wall and CPU seconds of the work, and the highest memory of the process in MB."""

    seconds: float
    cpu: float
    peak: float


# --- In the process that is measured --------------------------------------------------------------


Work = Callable[[], None]


def _texts(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def _bare(path: Path, _: Path, model: Any) -> Work:
    import classifier

    model = model or classifier.load()

    def work() -> None:
        for _ in model.predict_many(_texts(path)):
            pass

    return work


def _report(path: Path, out: Path, model: Any, most: int = 1000) -> Work:
    import classifier
    from classifier.evaluate.files import find
    from classifier.evaluate.newtext import Outputs, judge_all

    model = model or classifier.load()
    outputs = Outputs(html=out, most=most, show=False)

    def work() -> None:
        judge_all(list(find([str(path)])), "text", model, outputs)

    return work


KINDS: Final[dict[str, Callable[[Path, Path, Any], Work]]] = {
    BARE: _bare,
    REPORT: _report,
    WHOLE: lambda path, out, model: _report(path, out, model, sys.maxsize),
}


def _measured(kind: str, path: Path, out: Path, warm: Path | None) -> dict[str, float]:
    """The cost of one run; with ``warm`` its documents were predicted before, uncounted."""
    if warm:
        work = KINDS[kind](path, out, _warmed(warm))
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    else:
        work = KINDS[kind](path, out, None)
    wall, cpu = time.perf_counter(), time.process_time()
    with redirect_stdout(StringIO()):
        work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"seconds": wall, "cpu": cpu, "peak": _highest()}


def _warmed(path: Path) -> Any:
    """A model that has met every word of the documents."""
    import classifier

    model = classifier.load()
    for _ in model.predict_many(_texts(path)):
        pass
    return model


def _highest() -> float:
    """The highest memory since the mark was set back, in MB."""
    with Path("/proc/self/status").open(encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


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


def _run(kind: str, path: Path, out: Path, warm: Path | None = None) -> Cost:
    line = [sys.executable, "-m", "eval.report_cost", "--child", kind, str(path), str(out)]
    line += [str(warm)] if warm else []
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{kind}: {done.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return Cost(**found)


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments[:1] == ["--child"]:
        kind, path, out, *warm = arguments[1:]
        found = _measured(kind, Path(path), Path(out), Path(warm[0]) if warm else None)
        print(json.dumps(found))
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
    if not Path("/proc/self/clear_refs").exists():
        parser.error("memory is measured by /proc/self/clear_refs, which only Linux has")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = list(documents(args.sentences, args.documents))
        paths = {}
        for part in PARTS:
            count = len(lines) // part
            paths[count] = folder / f"part-{part}.jsonl"
            paths[count].write_text("".join(lines[:count]), encoding="utf-8")
        fast = _times(paths[args.documents], args.documents, args.rounds, folder / "report.html")
        flat = _memory(paths, folder / "report.html")
    print(
        f"\n{'passed' if fast and flat else 'FAILED'}: share of bare >= {LEAST_SHARE}, "
        f"memory of all / of a quarter <= {MOST_GROWTH}"
    )
    return 0 if fast and flat else 1


def _times(path: Path, count: int, rounds: int, out: Path) -> bool:
    """Print the cost of every kind from a cold start; whether all are fast enough."""
    costs: dict[str, list[Cost]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind, found in costs.items():
            found.append(_run(kind, path, out))
    print(f"{count:,} documents, medians of {rounds} rounds\n")
    print("| run | seconds | CPU s | documents / CPU s | peak MB | share of bare |")
    print("|---|---:|---:|---:|---:|---:|")
    fast = True
    for kind, found in costs.items():
        cpu = median(cost.cpu for cost in found)
        wall = median(cost.seconds for cost in found)
        peak = median(cost.peak for cost in found)
        share = median(a.cpu / b.cpu for a, b in zip(costs[BARE], found, strict=True))
        fast &= share >= LEAST_SHARE
        print(
            f"| {kind} | {wall:.2f} | {cpu:.2f} | {count / cpu:,.0f} | {peak:.0f} | {share:.2f} |"
        )
    return fast


def _memory(paths: dict[int, Path], out: Path) -> bool:
    """Print how the memory of every kind grows with the documents; whether it is flat."""
    sizes = sorted(paths)
    everything = paths[sizes[-1]]
    print("\npeak MB when all words were met before\n")
    print("| run | " + " | ".join(f"{size:,}" for size in sizes) + " | all / quarter | kB each |")
    print("|---|" + "---:|" * (len(sizes) + 2))
    flat = True
    for kind in KINDS:
        peaks = [_run(kind, paths[size], out, everything).peak for size in sizes]
        growth = peaks[-1] / peaks[0]
        slope = 1024 * (peaks[-1] - peaks[0]) / (sizes[-1] - sizes[0])
        flat &= growth <= MOST_GROWTH
        cells = " | ".join(f"{peak:.0f}" for peak in peaks)
        print(f"| {kind} | {cells} | {growth:.2f} | {slope:.1f} |")
    return flat


if __name__ == "__main__":
    sys.exit(main())
