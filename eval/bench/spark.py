"""Spark against ``forewarn batch`` on the same cores: equal answers, a worker killed, the rate.

``python -m eval.bench spark`` writes ``eval/reports/scale.json`` and ``scale.md``: the rates, and
what a billion documents need at those rates (docs/scale.md has the formula).
"""

import importlib.util
import json
import math
import os
import platform
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classifier.batch import Options, run
from classifier.batch_rows import RESULTS

ROOT = Path(__file__).parents[2]
CORES = 2
#: The share of one machine's rate that Spark keeps (issue 6).
GOAL = 0.6
#: The worked example: a large archive, a usual cluster, the order of cloud prices.
DOCUMENTS, CLUSTER, PRICE = 1_000_000_000, 96, 0.05


@dataclass(frozen=True, slots=True)
class SparkRun:
    """What one comparison found."""

    what: str
    rows: int
    partitions: int
    workers_killed: int
    equal: bool
    spark_seconds: float
    #: the same rows, nothing done to them: what Spark and Parquet cost by themselves
    idle_seconds: float
    batch_seconds: float

    @property
    def ratio(self) -> float:
        """Spark's rate as a share of ``forewarn batch`` on as many cores."""
        return self.batch_seconds / self.spark_seconds

    @property
    def rate(self) -> float:
        """Rows a second and core on Spark."""
        return self.rows / self.spark_seconds / CORES

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio, "rate": self.rate}


@dataclass(frozen=True, slots=True)
class Need:
    """What a cluster needs for so many documents at a rate of documents a second and core."""

    documents: int
    rate: float

    @property
    def core_hours(self) -> float:
        return self.documents / self.rate / 3600

    def hours(self, cores: int) -> float:
        return self.core_hours / cores

    def cores(self, hours: float) -> int:
        """The cores that are done within ``hours``."""
        return math.ceil(self.core_hours / hours)

    def cost(self, price: float) -> float:
        """``price`` is that of a core hour."""
        return self.core_hours * price


def missing() -> str:
    """What is missing for a run with Spark; the empty string when nothing is."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (extra 'spark')"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "there is no JVM (Debian: openjdk-17-jre-headless)"
    return ""


def session() -> Any:
    """A local Spark on two cores that tries a failed task again: ``local[2,4]``."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    spark = (
        SparkSession.builder.master(f"local[{CORES},4]")
        .appName("forewarn-test")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.files.maxPartitionBytes", str(4 << 20))
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    return spark


def compare(
    spark: Any,
    texts: Sequence[str],
    *,
    what: str = "posts",
    model: Path | None = None,
    kill: bool = False,
) -> SparkRun:
    """Tag ``texts`` on Spark and with ``forewarn batch``; compare the answers and the time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from classifier.spark import tag_column

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = pa.table({"id": list(range(len(texts))), "text": list(texts)})
        pq.write_table(table, folder / "in.parquet", row_group_size=max(1, len(texts) // 16))
        rows = spark.read.parquet(str(folder / "in.parquet")).repartition(4 * CORES)
        tag_column(rows.limit(10), "text", model=model).collect()  # starts the Python workers
        idle = _timed(lambda: _write(rows, folder / "idle"))
        killer = _Killer() if kill else None
        if killer:
            killer.start()
        tagged = tag_column(rows, "text", model=model)
        seconds = _timed(lambda: _write(tagged, folder / "spark"))
        if killer:
            killer.stop()
        options = Options(
            folder / "in.parquet", folder / "batch.parquet", prefix="", jobs=CORES, model=model
        )
        batch = run(options).seconds
        return SparkRun(
            what=what,
            rows=len(texts),
            partitions=len(list((folder / "spark").glob("*.parquet"))),
            workers_killed=killer.killed if killer else 0,
            equal=_spark_rows(folder / "spark") == _batch_rows(folder / "batch.parquet"),
            spark_seconds=seconds,
            idle_seconds=idle,
            batch_seconds=batch,
        )


def _write(frame: Any, folder: Path) -> None:
    frame.write.parquet(str(folder))


def _timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _spark_rows(folder: Path) -> dict[int, dict[str, Any]]:
    import pyarrow.parquet as pq

    table = pq.read_table(folder, columns=["id", "forewarn"])
    return dict(zip(table["id"].to_pylist(), table["forewarn"].to_pylist(), strict=True))


def _batch_rows(path: Path) -> dict[int, dict[str, Any]]:
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["id", *RESULTS])
    return {row.pop("id"): row for row in table.to_pylist()}


class _Killer:
    """Kills one Python worker of our own Spark, a moment after the work has begun."""

    def __init__(self) -> None:
        self.killed = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        self._stopped.wait(1.5)
        while not self._stopped.is_set() and not self.killed:
            for worker in _workers():
                os.kill(worker, signal.SIGKILL)
                self.killed += 1
                return
            self._stopped.wait(0.05)


def _workers() -> list[int]:
    """Python workers below this process: children of a ``pyspark.daemon`` of ours."""
    parents: dict[int, int] = {}
    daemons = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        parents[int(entry.name)] = int(stat.rsplit(")", 1)[1].split()[1])
        if b"pyspark.daemon" in line:
            daemons.add(int(entry.name))
    ours = []
    for process in daemons:
        above = parents.get(process, 0)
        if above in daemons and _descends(above, parents):
            ours.append(process)
    return ours


def _descends(process: int, parents: dict[int, int]) -> bool:
    while process > 1:
        if process == os.getpid():
            return True
        process = parents.get(process, 0)
    return False


_REPORT = """\
# Spark on one machine, and what a billion documents need

Made by `python -m eval.bench spark` on {machine}, {cores} cores (`local[{cores},4]`), Python
{python}.
A row is a post of one sentence or an article of about 800 words; each run tags them on Spark and
with `forewarn batch --jobs {cores}`.

| rows | workers killed | answers equal | Spark, rows/s a core | of `forewarn batch` | untouched |
|---|---|---|---|---|---|
{runs}

"untouched" is what Spark and Parquet need to read and write the same rows, of the whole time.

At the lowest undisturbed rate, {documents:,} documents need, with a core hour at an assumed
{price} (put in your own price):

| documents | core hours | hours on {cluster} cores | cores for one day | cost |
|---|---|---|---|---|
{needs}
"""


def report(runs: Sequence[SparkRun]) -> str:
    """The rates and what follows from them, as Markdown."""
    calm: dict[str, float] = {}
    for done in runs:
        if not done.workers_killed:
            calm[done.what] = min(done.rate, calm.get(done.what, done.rate))
    return _REPORT.format(
        machine=platform.machine(),
        cores=CORES,
        python=platform.python_version(),
        runs="\n".join(map(_run_line, runs)),
        documents=DOCUMENTS,
        price=PRICE,
        cluster=CLUSTER,
        needs="\n".join(_need_line(what, Need(DOCUMENTS, rate)) for what, rate in calm.items()),
    )


def _run_line(done: SparkRun) -> str:
    equal = "yes" if done.equal else "NO"
    return (
        f"| {done.rows:,} {done.what} | {done.workers_killed} | {equal} | {done.rate:,.0f} | "
        f"{done.ratio:.2f} | {done.idle_seconds:.1f} s of {done.spark_seconds:.1f} s |"
    )


def _need_line(what: str, need: Need) -> str:
    return (
        f"| {what} | {need.core_hours:,.0f} | {need.hours(CLUSTER):,.1f} | {need.cores(24):,} | "
        f"{need.cost(PRICE):,.0f} |"
    )


def main(arguments: Sequence[str]) -> int:
    """Posts undisturbed, twice; with a worker killed on the way; and articles.

    0 when all answers are equal and the rate reaches the goal. ``arguments``: how many rows, the
    folder of a model, the folder for the report.
    """
    from eval.bench.workloads import articles, sentences

    if lacking := missing():
        print(f"spark: not measured, {lacking}")
        return 1
    rows = int(arguments[0]) if arguments else 200_000
    model = Path(arguments[1]) if len(arguments) > 1 else None
    out = Path(arguments[2]) if len(arguments) > 2 else ROOT / "eval" / "reports"
    posts, long = sentences(rows), articles(max(1, rows // 80))
    spark = session()
    try:
        runs = [compare(spark, posts, model=model, kill=kill) for kill in (False, False, True)]
        runs.append(compare(spark, long, what="articles", model=model))
    finally:
        spark.stop()
    (out / "scale.json").write_text(json.dumps([done.to_dict() for done in runs], indent=1) + "\n")
    (out / "scale.md").write_text(report(runs))
    print(report(runs))
    calm = [done.ratio for done in runs if not done.workers_killed]
    equal = all(done.equal for done in runs)
    return 0 if equal and runs[2].workers_killed and min(calm) >= GOAL else 1
