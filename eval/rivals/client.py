"""A rival's worker process, spoken to in JSON lines."""

import json
import subprocess
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from eval.rivals.registry import Rival


class RivalError(Exception):
    """A worker did not start, died, or said that it failed."""


class Worker:
    """One running rival; a context manager, so that no process is left behind."""

    def __init__(self, rival: Rival) -> None:
        self.rival = rival
        self._process = subprocess.Popen(
            [str(rival.python), str(rival.script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        ready = self._hear()
        self.thresholds: dict[str, list[float]] | None = ready["thresholds"]
        self.probabilities = bool(ready["probabilities"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def train(self, data: dict[str, Any]) -> None:
        """Learn from texts and levels; the thresholds are the worker's own choice."""
        self.thresholds = self._ask({"train": data})["thresholds"]

    def score(self, texts: Sequence[str]) -> dict[str, list[list[float]]]:
        """For each label that the rival speaks of, one score a text or three, for the cuts."""
        scores: dict[str, list[list[float]]] = self._ask({"score": list(texts)})["scores"]
        return scores

    def _ask(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise RivalError("its process died") from None
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            raise RivalError(
                f"its process ended with code {code}; try: {self.rival.python} {self.rival.script}"
            )
        heard: dict[str, Any] = json.loads(line)
        if "error" in heard:
            raise RivalError(heard["error"])
        return heard
