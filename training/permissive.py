"""Must the model learn from share-alike text and tweets? ``python -m training.permissive``

Trains the variant without them (``training.train --permissive``: neither their labels nor the
teacher's opinions of them) into ``--out``, or takes the one that is there, and sets it beside the
full model on every set of the release gate and on the sources it did without, where the full
model answers by held-out folds. Figures go to ``permissive.json`` and ``permissive.md``.

The rule: **the variant ships if it is within half a point everywhere**, that is, if on no set
average precision or F1 of a label and level, kappa or a fairness share is lower by more than
HALF_A_POINT, and no slice is lost by the rule of ``gate.py``. Exit code 0: measured, whatever the
verdict; 2: wrong use or data.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import classifier
from classifier.errors import ForewarnError, InputError
from classifier.evaluate.scored import score
from training import gate, held_out, release, sets, sources, train
from training.data import distinct, own_rows, source_rows
from training.gate import Compared

HALF_A_POINT = 0.005


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.permissive", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--sources", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="of the variant")
    parser.add_argument("--model", type=Path, default=release.SHIPPED, metavar="DIR",
                        help="the full model, released by training.train (models/)")  # fmt: skip
    parser.add_argument("--dev", type=Path, action="append", default=[], metavar="FILE")
    args = parser.parse_args(arguments)
    started = time.monotonic()

    def progress(message: str) -> None:
        print(f"[{time.monotonic() - started:6.0f} s] {message}", file=sys.stderr, flush=True)

    try:
        held_out_of(args.model)  # before minutes are spent on the variant
        sets.read_dev(args.dev)
        if (args.out / "model.json").exists():
            progress(f"{args.out}: taken as it is; remove it to train the variant anew")
        else:
            options = ["--permissive", "--release", "--first", "--sources", str(args.sources)]
            if code := train.main([*options, "--out", str(args.out)]):
                return code
        figures = list(compared(args, progress))
        below = verdict(figures)
        say = head(below)
        release.write_report(
            release.reports_folder(args.model), "permissive", say, figures, ships=not below
        )
    except (ForewarnError, OSError) as error:
        print(f"training.permissive: {error}", file=sys.stderr)
        return 2
    print("\n".join(release.table([f for f in figures if not f.slice])))
    print(say.splitlines()[-1])
    return 0


def compared(args: argparse.Namespace, progress: train.Progress) -> list[Compared]:
    """Every figure of the full model (old) and of the variant (new)."""
    full, variant = classifier.load(args.model), classifier.load(args.out)
    kept = held_out_of(args.model)
    rows = distinct([*own_rows(), *source_rows(args.sources)[0]])
    pairs = [*sets.dev_pairs(sets.read_dev(args.dev), full, variant),
             sets.case_pair(full, variant)]  # fmt: skip
    shared = sets.held_out_pair(rows, (full, kept), (variant, held_out_of(args.out)))
    pairs += [shared] if shared else []
    others = {source.name for source in sources.train_sources()} - set(sources.permissive())
    unseen = [row for row, known in zip(rows, kept.of(rows)[0], strict=True)
              if known and row.source in others]  # fmt: skip
    if unseen:
        data = sets.labelled(unseen)
        pairs.append(
            gate.Pair(
                "sources left out",
                data,
                sets.of_probabilities("old", full, kept.of(unseen)[1]),
                score("new", variant, data.texts),
            )
        )
    figures: list[Compared] = []
    for pair in pairs:
        progress(f"{pair.name}, {len(pair.data):,} rows")
        figures += gate.compare(pair)
    return figures + sets.fairness(full, variant)


def verdict(figures: Sequence[Compared]) -> list[Compared]:
    """What speaks against shipping the variant; nothing: it ships."""
    low = [f for f in figures if not f.slice and f.difference < -HALF_A_POINT]
    return low + [f for f in gate.lost(figures) if f not in low]


def head(below: Sequence[Compared]) -> str:
    """The rule and the verdict, in words."""
    said = (
        "**Ship the variant**: it is within half a point everywhere."
        if not below
        else f"**Keep the full model**: {len(below)} figures of the variant are too low, the "
        f"lowest {lowest(below)}."
    )
    return (
        "# Without share-alike sources and tweets\n\nOld: the full model; new: the variant that "
        "learned neither from labels nor from opinions of those sources (the teacher itself and "
        "the word classes did). Rule: it ships if no figure of a set is lower by more than "
        f"{HALF_A_POINT:g} and no slice is lost (`training/gate.py`).\n\n{said}"
    )


def lowest(figures: Sequence[Compared]) -> str:
    f = min(figures, key=lambda figure: figure.difference)
    return f"{f.figure} on {f.set}{', ' if f.slice else ''}{f.slice} by {-f.difference:.3f}"


def held_out_of(folder: Path) -> held_out.HeldOut:
    found = held_out.load(folder)
    if found is None:
        raise InputError(
            f"{folder}: no held-out figures of the model there; make it with "
            "python -m training.train --release"
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
