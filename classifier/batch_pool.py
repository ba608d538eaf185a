"""The processes that judge chunks, in order and no further ahead than memory allows."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Self

from classifier.batch_read import Chunk, allow_long_fields
from classifier.batch_work import Job, Output, work
from classifier.errors import InputError
from classifier.predict import Classifier, load

Read = tuple[Chunk, int]

#: The classifier of this process; forked workers find it there and share its memory.
_classifier: Classifier | None = None


class Pool:
    """``jobs`` workers, or none: with one job the work is done here."""

    def __init__(self, jobs: int, model: Path | None, policy: str | None) -> None:
        global _classifier
        _classifier = load(model, policy=policy)
        self._jobs = jobs
        self._executor: ProcessPoolExecutor | None = None
        self.identity = {
            "model": _classifier.model.metadata["arrays"]["sha256"],
            "policy": _classifier.policy.digest,
        }
        if jobs > 1:
            self._executor = self._start(model, policy)

    def _start(self, model: Path | None, policy: str | None) -> ProcessPoolExecutor:
        # Forked before any file is opened and before pyarrow has threads.
        method = "fork" if sys.platform == "linux" else "spawn"
        gc.freeze()
        executor = ProcessPoolExecutor(
            self._jobs,
            multiprocessing.get_context(method),
            initializer=_start_worker,
            initargs=(model, policy, os.getpid()),
        )
        for started in [executor.submit(os.getpid) for _ in range(self._jobs)]:
            started.result()
        return executor

    def map(self, job: Job, chunks: Iterator[Read]) -> Iterator[tuple[Read, Output]]:
        """Each chunk with its output, in order."""
        if self._executor is None:
            assert _classifier is not None
            allow_long_fields()
            for read in chunks:
                yield read, work(_classifier, job, read[0])
            return
        waiting: deque[tuple[Read, Future[Output]]] = deque()
        try:
            for read in chunks:
                waiting.append((read, self._executor.submit(_work, job, read[0])))
                if len(waiting) > 2 * self._jobs:
                    yield _taken(waiting)
            while waiting:
                yield _taken(waiting)
        except BrokenProcessPool:
            raise InputError("a worker process was killed (memory?); go on with --resume") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            gc.unfreeze()


def _taken(waiting: deque[tuple[Read, Future[Output]]]) -> tuple[Read, Output]:
    read, future = waiting.popleft()
    return read, future.result()


def _start_worker(model: Path | None, policy: str | None, parent: int) -> None:
    global _classifier
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    allow_long_fields()
    if _classifier is None:
        _classifier = load(model, policy=policy)


def _leave_with(parent: int) -> None:
    """End this worker when its parent was killed: a pipe that siblings hold never closes."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _work(job: Job, chunk: Chunk) -> Output:
    assert _classifier is not None
    return work(_classifier, job, chunk)
