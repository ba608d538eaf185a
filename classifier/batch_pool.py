"""The processes that judge chunks, in order and no further ahead than memory allows.

Workers need numpy and the model only; files, and Arrow with them, are the parent's. The parent
forks before it opens anything, and then lets go of the model, which its workers share.
"""

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
from ctypes import c_byte
from dataclasses import replace
from pathlib import Path
from typing import Self

from classifier.batch_checkpoint import digest_rules
from classifier.batch_read import Chunk, allow_long_fields
from classifier.batch_work import Job, Output, work
from classifier.errors import InputError
from classifier.predict import Classifier, load, shipped_folder

Read = tuple[Chunk, int]

#: The classifier of this process; forked workers find it there and share its memory.
_classifier: Classifier | None = None


class Pool:
    """``jobs`` workers, or none: with one job the work is done here."""

    def __init__(self, jobs: int, model: Path | None, policy: str | None) -> None:
        global _classifier
        # By its folder: load() would keep the shipped model for good.
        folder = model or shipped_folder()
        _classifier = load(folder, policy=policy)
        self._jobs = jobs
        self._executor: ProcessPoolExecutor | None = None
        self.identity = digest_rules(_classifier.model, _classifier.policy)
        if jobs > 1:
            self._executor = self._start(folder, policy)
            _classifier = None
            gc.unfreeze()
            gc.collect()

    def _start(self, model: Path, policy: str | None) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        # A plain byte: an Event waits for its sleepers to wake, and one may have been killed.
        self._leave = context.RawValue("b", 0)
        gc.freeze()
        executor = ProcessPoolExecutor(
            self._jobs,
            context,
            initializer=_start_worker,
            initargs=(model, policy, os.getpid(), self._leave),
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
                sent = replace(read[0], table=None)
                waiting.append((read, self._executor.submit(_work, job, sent)))
                if len(waiting) > 2 * self._jobs:
                    yield _taken(waiting)
            while waiting:
                yield _taken(waiting)
        except BrokenProcessPool:
            raise InputError("a worker process was killed (memory?); go on with --resume") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if self._executor is not None:
            if error is not None:  # Ctrl-C, a full disk: what they are at would be thrown away
                self._leave.value = 1
            self._executor.shutdown(wait=True, cancel_futures=True)


def _taken(waiting: deque[tuple[Read, Future[Output]]]) -> tuple[Read, Output]:
    read, future = waiting.popleft()
    return read, future.result()


def _start_worker(model: Path, policy: str | None, parent: int, leave: c_byte) -> None:
    global _classifier
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent, leave), daemon=True).start()
    allow_long_fields()
    if _classifier is None:
        _classifier = load(model, policy=policy)


def _leave_with(parent: int, leave: c_byte) -> None:
    """End this worker when it is told to or its parent was killed: a pipe that siblings hold
    never closes."""
    while not leave.value and os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


def _work(job: Job, chunk: Chunk) -> Output:
    assert _classifier is not None
    return work(_classifier, job, chunk)
