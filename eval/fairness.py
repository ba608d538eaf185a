"""Are groups and dialects flagged more often than their neutral twins? ``python -m eval.fairness``

``tests/cases/fairness.jsonl`` holds pairs of sentences of our own without profanity or violence:
one names a group or is written in a dialect, the other is its neutral twin. For each area: how
many of either are flagged at level 1 or more, and the mean difference of the probabilities.
Exit code 1 when the texts are flagged more often than their twins.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import classifier
from classifier.taxonomy import LABELS

PAIRS = Path(__file__).parents[1] / "tests" / "cases" / "fairness.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.fairness", description=__doc__)
    parser.add_argument("--model", type=Path, help="artefact folder (the shipped model)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args(arguments)
    clf = classifier.load(args.model)
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    scores = clf.score([pair["text"] for pair in pairs])
    twins = clf.score([pair["twin"] for pair in pairs])
    levels, twin_levels = clf.levels(scores), clf.levels(twins)
    areas: dict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        areas[pair["group"].split(":")[0]].append(place)
    areas["all"] = list(range(len(pairs)))
    figures: dict[str, dict[str, dict[str, float]]] = {}
    print(f"{'area':<22}{'pairs':>6}" + "".join(f"{n:>12} text{'twin':>6}" for n in LABELS))
    worse = False
    for area, places in sorted(areas.items()):
        line = f"{area:<22}{len(places):>6}"
        figures[area] = {}
        for column, label in enumerate(LABELS):
            text = int((levels[places, column] > 0).sum())
            twin = int((twin_levels[places, column] > 0).sum())
            gap = float((scores[places, 3 * column] - twins[places, 3 * column]).mean())
            figures[area][label] = {"text": text, "twin": twin, "mean_difference": round(gap, 4)}
            line += f"{text:>17}{twin:>6}"
            worse |= area == "all" and text > twin
        figures[area]["pairs"] = {"count": len(places)}
        print(line)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())
