"""Rounds of all tools, interleaved; medians; growth; hostile input."""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final, Self
from unittest import mock

from classifier import features
from classifier.lexicon import load_lexicon
from eval.bench import workloads
from eval.bench.peers import OURS, PEERS, WORKER

ROOT = Path(__file__).parents[2]
TRAIN = ROOT.parent / "shared" / "labelling" / "train.jsonl"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured; the short ones are for trying the bench itself."""

    rounds: int = 5
    small: int = 2_000
    large: int = 50_000
    articles: int = 300
    singles: int = 2_000
    seconds: float = 2.0
    growth: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    hostile: bool = True


SHORT = Sizes(1, 200, 1_000, 10, 50, 0.5, (100, 1_000), False)


class Timed:
    """A worker process of one tool."""

    def __init__(self, name: str, setup: Path) -> None:
        python = sys.executable if name == OURS else str(PEERS[name].python)
        self._process = subprocess.Popen(
            [python, str(WORKER), name, str(setup)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_with_bytecode(setup.with_name("bytecode")) if name == OURS else None,
        )
        self.loaded = self._hear()

    def ask(self, **what: Any) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"worker ended with code {self._process.wait()}")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def _with_bytecode(folder: Path) -> dict[str, str]:
    """An environment in which we start as the peers do: pip compiles what it installs, but a source
    tree is compiled at every start where Python may not write bytecode beside it."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


@dataclass(slots=True)
class Found:
    """Everything measured: rounds of figures by tool and workload, as plain JSON."""

    rounds: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    growth: list[dict[str, Any]] = field(default_factory=list)
    hostile: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, tool: str, workload: str, figures: dict[str, Any]) -> None:
        self.rounds.setdefault(tool, {}).setdefault(workload, []).append(figures)

    def median(self, tool: str, workload: str, key: str) -> float | None:
        rounds = self.rounds.get(tool, {}).get(workload)
        return median(figures[key] for figures in rounds) if rounds else None

    def rate(self, tool: str, workload: str) -> float | None:
        """Texts a second of CPU time: others may use the machine at the same time."""
        rounds = self.rounds.get(tool, {}).get(workload)
        return median(f["texts"] / f["cpu"] for f in rounds) if rounds else None

    def megabytes(self, tool: str, workload: str) -> float | None:
        rounds = self.rounds.get(tool, {}).get(workload)
        return median(f["bytes"] / f["cpu"] / 1e6 for f in rounds) if rounds else None


def measure(sizes: Sizes, model: Path, say: Callable[[str], None]) -> Found:
    """All tools that are installed, and we."""
    found = Found()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        setup = _write(folder / "setup.json", _setup(model))
        files = {
            "small": _write(folder / "small.json", workloads.sentences(sizes.small)),
            "large": _write(folder / "large.json", workloads.sentences(sizes.large)),
            "articles": _write(folder / "articles.json", workloads.articles(sizes.articles)),
            "singles": _write(folder / "singles.json", workloads.sentences(sizes.singles)),
        }
        with Timed(OURS, setup):  # writes the bytecode and is not measured
            pass
        workers: dict[str, Timed] = {}
        for tool, rival in PEERS.items():
            if not rival.installed:
                found.missing[tool] = "not installed: python -m eval.bench install"
                continue
            try:
                workers[tool] = stack.enter_context(Timed(tool, setup))
            except (RuntimeError, OSError, ValueError) as error:
                found.missing[tool] = f"does not start: {error}"
        for number in range(sizes.rounds):
            say(f"round {number + 1} of {sizes.rounds}")
            _our_round(found, sizes, setup, files)
            for tool, worker in list(workers.items()):
                try:
                    _peer_round(found, sizes, tool, worker, files)
                except (RuntimeError, OSError) as error:
                    found.missing[tool] = f"died in round {number + 1}: {error}"
                    del workers[tool]
        for tool in workers:
            _loads(found, tool, setup)
        say("growth and hostile input")
        with Timed(OURS, setup) as worker:
            found.growth = list(_growth(worker, sizes, folder))
        if sizes.hostile:
            found.hostile = _hostile(setup, folder, files["articles"])
    return found


def _our_round(found: Found, sizes: Sizes, setup: Path, files: dict[str, Path]) -> None:
    """A new process, so that the first pass is over words it has never seen."""
    with Timed(OURS, setup) as worker:
        found.add(OURS, "load", worker.loaded)
        for workload in ("small", "large"):
            for state in ("cold", "warm"):
                figures = worker.ask(do="batch", texts=str(files[workload]), seconds=60.0)
                found.add(OURS, f"{workload} {state}", figures)
        found.add(OURS, "peak", figures)
        single = worker.ask(do="singles", texts=str(files["singles"]), seconds=sizes.seconds)
        found.add(OURS, "one sentence", single)
    with Timed(OURS, setup) as worker:
        articles = str(files["articles"])
        sentences = files["articles"].with_name("split.json")
        if not sentences.exists():
            _write(sentences, _split(json.loads(files["articles"].read_text())))
        for state in ("cold", "warm"):
            ask = {"do": "batch", "seconds": 60.0}
            found.add(OURS, f"split sentences {state}", worker.ask(texts=str(sentences), **ask))
            many = worker.ask(texts=articles, task="predict_many", **ask)
            found.add(OURS, f"articles {state}", many)
        one = worker.ask(do="singles", texts=articles, task="predict", seconds=sizes.seconds)
        found.add(OURS, "one article", one)


def _split(articles: list[str]) -> list[str]:
    from classifier.sentences import split_sentences

    return [text[start:end] for text in articles for start, end in split_sentences(text)]


def _peer_round(
    found: Found, sizes: Sizes, tool: str, worker: Timed, files: dict[str, Path]
) -> None:
    for workload in ("small", "large", "articles"):
        slow = PEERS[tool].name in (
            "better-profanity-0.6.1",
            "glin-profanity",
            "tfidf",
            "minilm-svm",
        )
        block = 100 if slow else 50_000
        ask = {"texts": str(files[workload]), "seconds": sizes.seconds, "block": block}
        found.add(tool, f"{workload} warm", worker.ask(do="batch", **ask))
    single = worker.ask(do="singles", texts=str(files["singles"]), seconds=sizes.seconds)
    found.add(tool, "one sentence", single)
    one = worker.ask(do="singles", texts=str(files["articles"]), seconds=sizes.seconds)
    found.add(tool, "one article", one)
    found.add(tool, "peak", {"memory": single["memory"]})


def _loads(found: Found, tool: str, setup: Path) -> None:
    """Import and load in new processes; tools that train at the start have no such figure."""
    if PEERS[tool].trained:
        return
    for _ in range(3):
        with Timed(tool, setup) as worker:
            found.add(tool, "load", worker.loaded)


def _growth(worker: Timed, sizes: Sizes, folder: Path) -> Iterator[dict[str, Any]]:
    """Ever more distinct sentences in slices, through one process: rate and peak memory.

    The rate is that of the stretch since the size before, not of all so far: an average over all
    would go on rising long after the last sentences had become slower.
    """
    done = 0
    stream = workloads.stream()
    for count in sizes.growth:
        first, cpu = done, 0.0
        while done < count:
            texts = [next(stream) for _ in range(min(20_000, count - done))]
            piece = _write(folder / "growth.json", texts)
            figures = worker.ask(do="batch", texts=str(piece), seconds=600.0)
            cpu += figures["cpu"]
            done += len(texts)
        rate = (done - first) / cpu
        yield {"sentences": done, "cpu": cpu, "rate": rate, "memory": figures["memory"]}


def _hostile(setup: Path, folder: Path, articles: Path) -> dict[str, dict[str, float]]:
    """Seconds a byte of each hostile input, and as a multiple of ordinary news."""
    with Timed(OURS, setup) as worker:
        plain = worker.ask(do="batch", texts=str(articles), task="predict", seconds=60.0)
        ordinary = plain["cpu"] / plain["bytes"]
        found = {"ordinary news": {"ns per byte": ordinary * 1e9, "times": 1.0}}
        for name, text in workloads.hostile().items():
            file = _write(folder / "hostile.json", [text])
            for task in ("predict", "score"):
                figures = worker.ask(do="batch", texts=str(file), task=task, seconds=60.0)
                each = figures["cpu"] / figures["bytes"]
                found[f"{name}, {task}"] = {"ns per byte": each * 1e9, "times": each / ordinary}
    return found


def _setup(model: Path) -> dict[str, Any]:
    rows = _labelled()
    return {
        "root": str(ROOT),
        "model": str(model),
        "char_ngrams": [features.CHAR_MIN, features.CHAR_MAX],
        "words": sorted(form for form, entry in load_lexicon().forms.items() if entry.level),
        "train": [row["text"] for row in rows],
        "violence": [row["violence"] or 0 for row in rows],
        "profanity": [row["profanity"] or 0 for row in rows],
    }


def _labelled() -> list[dict[str, Any]]:
    """Labelled sentences for the peers that learn: the shared ones, else our own corpus."""
    files = [TRAIN] if TRAIN.exists() else sorted(workloads.CORPUS.glob("*.jsonl"))
    rows = []
    for path in files:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                text = " ".join(str(row["text"]).split())
                levels = {label: row.get(label) for label in ("violence", "profanity")}
                rows.append({"text": text, **levels})
    return rows[:6000]


def _write(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


#: What ``score()`` calls: (module, what is in it, what it does), in the order of a pass.
STAGES: Final = (
    ("model", "cut", "cut: join, encode, white space, keys of tokens"),
    ("token_table.TokenTable", "rows_of", "look each key up"),
    ("model.Model", "_pair_weights", "look each word pair up and take its weights"),
    ("model", "hits_of_chunk", "hits: find the texts that may hold one, and read those"),
    ("model.Model", "_calibrate", "calibrate"),
)


def account(model: Path, texts: Sequence[str], repeats: int = 5) -> list[tuple[str, float]]:
    """What each stage of a warm pass takes: (stage, nanoseconds of CPU a byte).

    First what reading the bytes costs at the least, then the stages of ``score()`` while it runs,
    then all of it; of each the least of ``repeats``.
    """
    import numpy as np

    import classifier
    from classifier.model import CHUNK

    clf = classifier.load(model)
    texts = list(texts)
    clf.score(texts)
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    joined = " ".join(texts)
    raw = np.frombuffer(joined.encode("utf-8", "replace"), np.uint8)
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    seen = dict.fromkeys(joined.split(), 0)
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("read every byte once (numpy sum of 8-bit)", lambda: raw.sum()),
        ("copy the bytes (memory bandwidth)", lambda: raw.copy()),
        ("join the texts and encode", lambda: [
            " ".join(some).encode("utf-8", "surrogatepass") for some in chunks]),
        ("for comparison: str.split and a dict look-up a token", lambda: [
            list(map(seen.__getitem__, text.split())) for text in texts]),
    ]  # fmt: skip
    taken = [(name, min(_cpu(step) for _ in range(repeats))) for name, step in steps]
    runs = [_stages(lambda: clf.score(texts)) for _ in range(repeats)]
    stages = [(name, min(run[name] for run in runs)) for _, _, name in STAGES]
    whole = min(run[""] for run in runs)
    rest = whole - sum(seconds for _, seconds in stages)
    stages += [("gather and sum the weights, and the rest", rest), ("all of score()", whole)]
    return [(name, seconds / size * 1e9) for name, seconds in taken + stages]


def _stages(work: Callable[[], Any]) -> dict[str, float]:
    """Seconds of CPU in each of STAGES while ``work`` runs, and under "" in all of it."""
    spent = dict.fromkeys((name for _, _, name in STAGES), 0.0)

    def clocked(stage: Callable[..., Any], name: str) -> Callable[..., Any]:
        def run(*args: Any, **more: Any) -> Any:
            start = time.process_time()
            try:
                return stage(*args, **more)
            finally:
                spent[name] += time.process_time() - start

        return run

    with ExitStack() as stack:
        for place, attribute, name in STAGES:
            module, _, within = place.partition(".")
            owner = importlib.import_module(f"classifier.{module}")
            owner = getattr(owner, within) if within else owner
            stage = getattr(owner, attribute)
            stack.enter_context(mock.patch.object(owner, attribute, clocked(stage, name)))
        spent[""] = _cpu(work)
    return spent


def _cpu(step: Callable[[], Any]) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start
