"""Does ``forewarn batch`` stay within its memory, whatever the size of the file?

Every kind of input is run at two sizes. The memory of the run is that of the command and all its
workers together, read from the kernel while it runs, and its highest value counts:

- RSS adds up what each process has mapped; what they share (the model that forked workers
  inherit, the libraries) is counted once in every process;
- PSS parts a shared page among those that share it, so the sum is what the machine gives away.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
#: The goal of issue 6: any size of file, two workers.
MOST_MB: Final = 400
JOBS: Final = 2
SIZES: Final = (20_000, 200_000)
#: Files of a folder: as many as a file has rows would test the file system.
FOLDER_SHARE: Final = 10
#: Input and output of each run, and the words that name it.
RUNS: Final = {
    "JSONL": ("in.jsonl", "out.jsonl"),
    "JSONL, .gz": ("in.jsonl.gz", "out.jsonl"),
    "JSONL, .zst": ("in.jsonl.zst", "out.jsonl"),
    "CSV": ("in.csv", "out.csv"),
    "Parquet": ("in.parquet", "out.parquet"),
    "Parquet, one row group": ("whole.parquet", "out.parquet"),
    "JSONL to Parquet": ("in.jsonl", "out.parquet"),
    "Parquet to JSONL": ("in.parquet", "out.jsonl"),
    "folder": ("documents", "out.jsonl"),
    "folder to folder": ("documents", "out"),
    "JSONL of articles": ("articles.jsonl", "out.jsonl"),
    "Parquet of articles": ("articles.parquet", "out.parquet"),
}


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest memory of one run, in MB, and its rate in rows a second."""

    run: str
    rows: int
    rss: float
    pss: float
    rate: float


def measure(line: Sequence[str]) -> tuple[float, float, float]:
    """Run a command; the peaks of its RSS and PSS in MB, its workers included, and seconds."""
    began = time.monotonic()
    process = subprocess.Popen(line, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    rss = pss = 0.0
    while process.poll() is None:
        now = [_memory(pid) for pid in _family(process.pid)]
        rss = max(rss, sum(one for one, _ in now))
        pss = max(pss, sum(one for _, one in now))
        time.sleep(0.05)
    seconds = time.monotonic() - began
    if process.returncode:
        assert process.stderr is not None
        raise RuntimeError(process.stderr.read()[-1000:])
    return rss, pss, seconds


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(below for child in children for below in _family(int(child)))]


def _memory(pid: int) -> tuple[float, float]:
    """RSS and PSS of a process in MB; nothing when it has just ended."""
    found = {"Rss": 0.0, "Pss": 0.0}
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, value = line.split(":")
            if name in found:
                found[name] = int(value.split()[0]) / 1024
    except (OSError, ValueError):
        return 0.0, 0.0
    return found["Rss"], found["Pss"]


def write_input(path: Path, rows: int) -> None:
    """``rows`` rows of posts (or an eighth as many articles) in the form the name tells."""
    from eval.bench.workloads import articles, sentences

    if path.name == "documents":
        _write_folder(path, sentences(rows // FOLDER_SHARE))
        return
    long = path.name.startswith("articles")
    texts = articles(max(1, rows // 80)) if long else sentences(rows)
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.table({"id": list(range(len(texts))), "text": texts})
        group = len(texts) if path.name.startswith("whole") else 50_000
        pq.write_table(table, path, row_group_size=group)
        return
    if ".csv" in path.suffixes:
        data = "id,text\n" + "".join(
            f'{number},"{text.replace(chr(34), 2 * chr(34))}"\n'
            for number, text in enumerate(texts)
        )
    else:
        data = "".join(
            json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts)
        )
    path.write_bytes(_packer(path)(data.encode()))


def _packer(path: Path) -> Callable[[bytes], Any]:
    if path.suffix == ".gz":
        import gzip

        return gzip.compress
    if path.suffix == ".zst":
        import zstandard

        return zstandard.compress
    return bytes


def _write_folder(folder: Path, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts):
        if number % 1000 == 0:
            (folder / str(number // 1000)).mkdir(parents=True)
        (folder / str(number // 1000) / f"{number}.txt").write_text(text, encoding="utf-8")


def run_all(sizes: Sequence[int], tell: Callable[[Peak], None], only: str = "") -> list[Peak]:
    """Every run at every size, told as it is done."""
    found = []
    for name, (source, target) in RUNS.items():
        if only not in name:
            continue
        for rows in sizes:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / source
                write_input(path, rows)
                line = [sys.executable, "-m", "classifier.commands.batch", str(path)]
                line += [str(Path(folder) / target), "--jobs", str(JOBS), "--quiet"]
                rss, pss, seconds = measure(line)
            found.append(Peak(name, rows, rss, pss, rows / seconds))
            tell(found[-1])
    return found


def main(arguments: Sequence[str]) -> int:
    """0 when the summed RSS stays within the goal in every run."""
    sizes = [int(size) for size in arguments if size.isdigit()] or SIZES
    only = next((word for word in arguments if not word.isdigit()), "")

    def tell(peak: Peak) -> None:
        print(
            f"{peak.run:24} {peak.rows:>9,} rows: RSS {peak.rss:4.0f} MB, PSS {peak.pss:4.0f} MB",
            flush=True,
        )

    found = run_all(sizes, tell, only)
    return 1 if any(peak.rss > MOST_MB for peak in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
