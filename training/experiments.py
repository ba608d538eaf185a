"""What was tried for violence, each row by a command: ``python -m training.experiments NAME ...``.

Every experiment fits on the documents of folds 1 to 4 and prints average precision for violence
>= 1, 2, 3 on fold 0: all rows, rows of public sources, and news (rams, wikinews, muc34, masc, and
news registers of our own). The teacher behind the opinions has not seen fold 0 either. Without a
name all are run; ``EXPERIMENTS.md`` keeps the figures.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from classifier.taxonomy import CUTS
from training import opinions
from training.build import Settings, fit_part, known_outside, violence_part
from training.data import distinct, fold_of, group_of, own_rows, source_rows
from training.fit import targets_of
from training.labels import Row
from training.opinions import Soft

PLAIN = Settings(classes=False)
#: name -> (settings, weight of the teacher's opinions or None, variants of a sentence)
EXPERIMENTS: dict[str, tuple[Settings, float | None, int]] = {
    "words+pairs": (PLAIN, None, 0),
    "words+pairs+chars": (replace(PLAIN, chars=True), None, 0),
    "words+pairs+classes": (Settings(), None, 0),
    "opinions of sentences": (PLAIN, 1.0, 0),
    "opinions of sentences, classes": (Settings(), 1.0, 0),
    "and of three variants": (Settings(), 1.0, 3),
    "and of six variants (shipped)": (Settings(), 1.0, 6),
    "weight 0.5": (Settings(), 0.5, 6),
    "weight 3": (Settings(), 3.0, 6),
    "C 0.01": (Settings(violence_strength=(0.01, 0.01, 0.01)), 1.0, 6),
    "C 0.1": (Settings(violence_strength=(0.1, 0.1, 0.1)), 1.0, 6),
}
_NEWS_SOURCES = {"rams", "wikinews-2019-20", "muc34", "masc"}
_NEWS_REGISTERS = {
    "wire-news", "broadsheet", "tabloid", "broadcast", "local-news", "court-report", "report",
    "health", "science", "history",
}  # fmt: skip


def is_news(row: Row) -> bool:
    return row.source in _NEWS_SOURCES or (row.source == "own" and row.register in _NEWS_REGISTERS)


def run(rows: Sequence[Row], settings: Settings, soft: Soft | None) -> dict[str, list[float]]:
    """Average precision for each cut on fold 0, by population."""
    folds = np.array([fold_of(group_of(row), settings.folds) for row in rows])
    levels = np.array([row.violence for row in rows])
    part = violence_part([row.text for row in rows], settings, soft)
    inside, outside = np.flatnonzero(folds != 0), np.flatnonzero(folds == 0)
    known = known_outside(soft, 0, settings.folds)
    strength = settings.violence_strength
    heads = fit_part(part, targets_of(levels), inside, strength, settings, soft, known)
    logits = heads.logits(part.instances.of(outside))
    held = [rows[place] for place in outside]
    populations = {
        "all": np.ones(len(held), bool),
        "sources": np.array([row.source != "own" for row in held]),
        "news": np.array([is_news(row) for row in held]),
    }
    return {
        name: [
            float(average_precision_score(levels[outside][mask] >= cut, logits[mask, cut - 1]))
            for cut in CUTS
        ]
        for name, mask in populations.items()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.experiments", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(EXPERIMENTS))
    parser.add_argument("--sources", type=Path, required=True, metavar="DIR")
    args = parser.parse_args(arguments)
    unknown = [name for name in args.names if name not in EXPERIMENTS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(EXPERIMENTS)}")
    rows = distinct([*own_rows(), *source_rows(args.sources)[0]])
    for name in args.names or EXPERIMENTS:
        settings, weight, variants = EXPERIMENTS[name]
        started = time.monotonic()
        given = opinions.load(args.sources, variants=variants) if weight else None
        soft = replace(given, weight=weight) if given and weight else None
        found = run(rows, settings, soft)
        cells = " | ".join(" ".join(f"{v:.3f}" for v in values) for values in found.values())
        print(f"| {name} | {cells} | {time.monotonic() - started:.0f} s |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
