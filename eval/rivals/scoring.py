"""Rivals as systems that the eval tool can measure."""

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

from classifier.errors import InputError
from classifier.evaluate.files import Source
from classifier.evaluate.labelled import UNKNOWN, Fields, Labelled, listed, read_labelled
from classifier.evaluate.labelled_report import Absent
from classifier.evaluate.scored import Scored
from classifier.taxonomy import CUTS, LABELS, columns_of
from eval.rivals.client import RivalError, Worker
from eval.rivals.registry import BY_NAME, RIVALS, Rival

#: Sentences a request: few enough that progress is seen, many enough for batches.
BLOCK: Final = 500

#: What the trained rivals learn from where nothing else is said: our own corpus.
CORPUS: Final = Path(__file__).parents[2] / "training" / "corpus"

Say = Callable[[str], None]


def score_all(
    data: Labelled, names: Sequence[str], train: Sequence[Path], say: Say
) -> Iterator[Scored | Absent]:
    """Each rival's scores for the rows, or why it cannot take part."""
    for rival in [BY_NAME[name] for name in names] or RIVALS:
        if not rival.installed:
            yield Absent(rival.name, f"absent: python -m eval.rivals install {rival.name}")
            continue
        say(f"rival {rival.name}: scoring")
        try:
            yield _scored(rival, data, train, say)
        except RivalError as error:
            yield Absent(rival.name, f"failed: {error}")


def _scored(rival: Rival, data: Labelled, train: Sequence[Path], say: Say) -> Scored:
    with Worker(rival) as worker:
        if rival.trained:
            rows = training_rows(train, set(data.texts))
            say(f"rival {rival.name}: training on {len(rows['texts']):,} sentences, none measured")
            worker.train(rows)
        started = perf_counter()
        parts = [
            worker.score(data.texts[start : start + BLOCK])
            for start in range(0, len(data.texts), BLOCK)
        ]
        seconds = perf_counter() - started
        return scored(rival, worker, parts, len(data.texts), seconds)


def scored(
    rival: Rival,
    worker: Worker,
    parts: Sequence[dict[str, list[list[float]]]],
    rows: int,
    seconds: float,
) -> Scored:
    """The answers as one system: a single score stands for all three cuts, without levels."""
    labels = tuple(label for label in LABELS if label in rival.labels)
    scores = np.zeros((rows, len(LABELS) * len(CUTS)))
    flags = np.zeros(scores.shape, dtype=bool)
    levels = np.full((rows, len(LABELS)), UNKNOWN, dtype=np.int64)
    thresholds = {}
    for label in labels:
        found = np.array([row for part in parts for row in part[label]], dtype=np.float64)
        cuts = np.array((worker.thresholds or {}).get(label, [0.5]))
        scores[:, columns_of(label)] = found
        flags[:, columns_of(label)] = found >= cuts
        thresholds[label] = tuple(np.broadcast_to(cuts, (len(CUTS),)).tolist())
        if found.shape[1] == len(CUTS):
            reached = (found >= cuts) * np.array(CUTS)
            levels[:, LABELS.index(label)] = reached.max(axis=1)
    return Scored(
        name=rival.name,
        labels=labels,
        scores=scores,
        flags=flags,
        levels=levels,
        thresholds=thresholds,
        seconds=seconds,
        probabilities=worker.probabilities,
    )


def training_rows(files: Sequence[Path], measured: Collection[str] = ()) -> dict[str, Any]:
    """Texts, levels and documents of labelled JSON Lines, our corpus where no file is named.

    Texts in ``measured`` are left out: who has learned them cannot be measured on them. Raises
    InputError that names file, line and field.
    """
    paths = files or sorted(CORPUS.glob("*.jsonl"))
    data = read_labelled([Source(path, "jsonl") for path in paths], Fields(groups=()))
    if data.problems:
        raise InputError("--rivals-train: " + "\n".join(listed(data.problems)))
    kept = [row for row, text in enumerate(data.texts) if text not in measured]
    found: dict[str, Any] = {
        "texts": [data.texts[row] for row in kept],
        "groups": [data.documents[row] for row in kept],
    }
    for place, label in enumerate(LABELS):
        found[label] = [_known(data.levels[row, place]) for row in kept]
    return found


def _known(level: np.int64) -> int | None:
    return None if level == UNKNOWN else int(level)
