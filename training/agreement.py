"""How far two readers agree: ``python -m training.agreement``.

Raw second readings, made blind, lie in ``labels/readings/``; the first readings are the labels and
the corpus themselves. Printed for each label: quadratic weighted kappa of the levels, and Cohen's
kappa at each cut with the numbers of positives. The readers were alike (careful machine
annotators with one guideline), so this is an upper bound of how far people would agree.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from classifier.taxonomy import CUTS, LABELS
from training import corpus, labels

READINGS = labels.FOLDER / "readings"


def second_reading(path: Path) -> dict[str, tuple[int, ...]]:
    """Levels (violence, and profanity where it was read) by key or id."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[2:])
    return {name: tuple(map(int, levels)) for name, *levels in rows}


def first_reading_own() -> dict[str, tuple[int, ...]]:
    """Levels of our own corpus by id."""
    found = {}
    for path in corpus.corpus_files():
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            found[entry["id"]] = (entry["violence"], entry["profanity"])
    return found


def first_reading_sources(ruled: bool = False) -> dict[str, tuple[int, ...]]:
    """Levels of the labelled public sentences by key: as they are (``ruled``), or as they were
    before a ruling changed some (``readings/events.tsv``), which does not speak of how far readers
    of the former one agree."""
    changed = {} if ruled else second_reading(READINGS / "events.tsv")
    return {
        label.key: (changed.get(label.key, (label.violence,))[0], label.profanity)
        for label in labels.load(labels.label_files())
    }


def compare(
    first: dict[str, tuple[int, ...]], second: dict[str, tuple[int, ...]]
) -> Iterator[tuple[str, str, float, int, int]]:
    """Rows (label, measure, value, positives of the first reader, of the second)."""
    names = sorted(second)
    for place, label in enumerate(LABELS[: len(second[names[0]])]):
        one = [first[name][place] for name in names]
        two = [second[name][place] for name in names]
        weighted = cohen_kappa_score(one, two, weights="quadratic")
        yield label, "quadratic weighted kappa", weighted, len(names), len(names)
        for cut in CUTS:
            a, b = [x >= cut for x in one], [x >= cut for x in two]
            if not any(a + b):
                continue
            yield label, f"kappa at >= {cut}", cohen_kappa_score(a, b), sum(a), sum(b)


def main(arguments: Sequence[str] | None = None) -> int:
    for name, first in (
        ("own-second", first_reading_own()),
        ("own-borders-second", first_reading_own()),
        ("r1-second", first_reading_sources()),
        ("events-second", first_reading_sources(ruled=True)),
    ):
        second = second_reading(READINGS / f"{name}.tsv")
        print(f"{name}: {len(second)} sentences read twice")
        for label, measure, value, one, two in compare(first, second):
            print(f"  {label:>9} {measure:<25} {value:.3f}  ({one} and {two})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
