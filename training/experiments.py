"""What was tried for violence, each row by a command: ``python -m training.experiments NAME ...``.

Every experiment fits on the documents of folds 1 to 4 and prints average precision for violence
>= 1, 2, 3 on fold 0: all rows, rows of public sources, news (rams, wikinews, muc34, masc, and
news registers of our own), and the starter labels. The teacher behind the opinions has not seen
fold 0 either. With ``--without SOURCE ...`` these sources are held out instead of a fold, labels
and opinions: how a kind of text that was never seen will fare. Without a name all are run;
``EXPERIMENTS.md`` keeps the figures.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from training import opinions
from training.build import Settings, fit_part, known_outside, violence_part
from training.data import distinct, fold_of, group_of, own_rows, source_of, source_rows
from training.fit import targets_of
from training.labels import Row
from training.opinions import Soft
from training.trial import precisions

#: Labels and opinions weigh the same, as they did until there were more than a million of these.
EQUAL = Settings(opinion_weights=(1.0, 1.0))
PLAIN = replace(EQUAL, classes=False, least_word=2, least_pair=2)
ALL = replace(EQUAL, least_word=2, least_pair=2)
#: name -> (settings, variants of a sentence; None: no opinions of the teacher)
EXPERIMENTS: dict[str, tuple[Settings, int | None]] = {
    "words+pairs": (PLAIN, None),
    "words+pairs+chars": (replace(PLAIN, chars=True), None),
    "words+pairs+classes": (ALL, None),
    "opinions": (PLAIN, 0),
    "opinions+classes": (ALL, 0),
    "opinions+classes, rare left out": (EQUAL, 0),
    "six variants": (ALL, 6),
    "six variants, C 0.01": (replace(ALL, violence_strength=(0.01, 0.01, 0.01)), 6),
    "fourteen variants": (ALL, 14),
    "fourteen variants, rare left out": (EQUAL, 14),
    "weight 0.5": (replace(EQUAL, opinion_weights=(0.5, 0.5)), 14),
    "weight 3": (replace(EQUAL, opinion_weights=(3.0, 3.0)), 14),
    "weights 0.5 and 0.25 (shipped)": (Settings(), 14),
    "weights 0.5 and 0.25, C 0.06": (Settings(violence_strength=(0.06, 0.06, 0.06)), 14),
}
_NEWS_SOURCES = {"rams", "wikinews-2019-20", "muc34", "masc"}
_NEWS_REGISTERS = {
    "wire-news", "broadsheet", "tabloid", "broadcast", "local-news", "court-report", "report",
    "health", "science", "history",
}  # fmt: skip


def is_news(row: Row) -> bool:
    return row.source in _NEWS_SOURCES or (row.source == "own" and row.register in _NEWS_REGISTERS)


def run(
    rows: Sequence[Row], settings: Settings, soft: Soft | None, without: Sequence[str] = ()
) -> dict[str, list[float]]:
    """Average precision for each cut on fold 0 or the sources ``without``, by population."""
    if without:
        held_out = np.array([row.source in without for row in rows])
        groups = soft.groups if soft else []
        known = np.array(
            [at for at, group in enumerate(groups) if source_of(group) not in without], int
        )
    else:
        held_out = np.array([fold_of(group_of(row), settings.folds) == 0 for row in rows])
        known = known_outside(soft, 0, settings.folds)
    targets = targets_of(np.array([row.violence for row in rows]))
    part = violence_part([row.text for row in rows], settings, soft)
    inside, outside = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    strength = settings.violence_strength
    heads = fit_part(part, targets, inside, strength, settings, soft, known)
    logits = heads.logits(part.instances.of(outside))
    held = [rows[place] for place in outside]
    populations = {
        "all": np.ones(len(held), bool),
        "sources": np.array([row.source != "own" for row in held]),
        "news": np.array([is_news(row) for row in held]),
        "starter": np.array(["starter" in row.origin for row in held]),
    }
    wanted = targets[outside]
    return {
        name: precisions(wanted[mask], logits[mask])
        for name, mask in populations.items()
        if mask.any()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.experiments", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(EXPERIMENTS))
    parser.add_argument("--sources", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--without", nargs="*", default=[], metavar="SOURCE", help="hold these out, not fold 0"
    )
    args = parser.parse_args(arguments)
    unknown = [name for name in args.names if name not in EXPERIMENTS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(EXPERIMENTS)}")
    rows = distinct([*own_rows(), *source_rows(args.sources)[0]])
    for name in args.names or EXPERIMENTS:
        settings, variants = EXPERIMENTS[name]
        started = time.monotonic()
        soft = None if variants is None else opinions.load(args.sources, variants=variants)
        found = run(rows, settings, soft, args.without)
        cells = " | ".join(" ".join(f"{v:.3f}" for v in values) for values in found.values())
        print(f"| {name} | {cells} | {time.monotonic() - started:.0f} s |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
