"""Train a model: ``python -m training.train`` (add ``--help``).

Without options it learns from our own corpus alone and writes ``models/``. Further labelled JSONL
or CSV is given by ``--data``; labels of public sources are joined to their text by ``--sources``.
Same data, seed and library versions on one machine give the same bytes; the date in the metadata
is ``SOURCE_DATE_EPOCH``, or that of the newest data file. ``--release`` sets the new model beside
the one that is there and lets it take over only if nothing is lost (``release.py``).
"""

import argparse
import hashlib
import os
import platform
import shlex
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from classifier import __version__
from classifier.artefact import save_model
from classifier.errors import ForewarnError, InputError
from classifier.taxonomy import LABELS
from training import corpus, held_out, labels, opinions, prose, release, sources
from training.build import Built, Settings, build
from training.classes import CLASSES
from training.data import distinct, own_rows, source_rows
from training.inputs import check_file, check_language, check_output, conflicts, shortened
from training.labels import Row
from training.opinions import Soft

ROOT = release.ROOT
Progress = Callable[[str], None]

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "joblib", "nupunkt")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: a model was written; 1: the gate refused it; 2: wrong use or data. Unless it is
    0, the old model stays as it was."""
    args = _parser().parse_args(arguments)
    started = time.monotonic()

    def progress(message: str) -> None:
        print(f"[{time.monotonic() - started:6.1f} s] {message}", file=sys.stderr, flush=True)

    try:
        check_output(args.out)
        if (args.dev or args.first) and not args.release:
            raise InputError("--dev and --first go with --release")
        opened = release.open_gate(args.out, args.dev, first=args.first) if args.release else None
        rows, soft, described = learn_from(args, progress)
        built = build(
            rows, Settings(seed=args.seed, folds=args.folds, jobs=args.jobs), soft, progress
        )
        metadata = describe(built, described, args, arguments)
        with folder_for(args.out) as made:
            save_model(built.arrays, metadata, made)
            if opened:
                found = held_out.held_out(rows, built.held_out)
                metadata["release"], figures = release.judge(opened, made, rows, found, progress)
                save_model(built.arrays, metadata, made)
                held_out.save(found, made)
                if figures:
                    head = release.HEAD.format(count=len(figures))
                    reports = release.reports_folder(args.out)
                    release.write_report(reports, "release", head, figures)
    except release.RefusedError as refused:
        print(f"training.train: refused:\n{refused}", file=sys.stderr)
        return 1
    except (ForewarnError, OSError) as error:
        print(f"training.train: {error}", file=sys.stderr)
        return 2
    _tell(built)
    progress(f"written: {args.out}/model.npz and model.json")
    return 0


@contextmanager
def folder_for(out: Path) -> Iterator[Path]:
    """A folder to write a model into; its files move to ``out`` when the block ends well, and are
    gone when it does not."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".new-") as name:
        made = Path(name)
        yield made
        for path in sorted(made.iterdir()):
            path.replace(out / path.name)


def learn_from(
    args: argparse.Namespace, progress: Progress
) -> tuple[list[Row], Soft | None, list[dict[str, Any]]]:
    """Rows, the teacher's opinions that go with their sources, and where both came from."""
    rows, described = gather(args, progress)
    soft = None
    if args.sources and not args.no_teacher:
        soft = opinions.load(args.sources, without=left_out(args))
    if soft is not None:
        progress(f"{len(soft.texts):,} opinions of the teacher")
        described.append(
            {"name": "teacher's opinions", "sentences": len(soft.texts),
             "files": {opinions.OPINIONS.name: _digest(opinions.OPINIONS)}}
        )  # fmt: skip
        digests = {path.name: _digest(path) for path in prose.files()}
        described.append({"name": prose.SOURCE, "licence": "MIT", "files": digests})
    if CLASSES.exists():
        described.append({"name": "word classes", "files": {CLASSES.name: _digest(CLASSES)}})
    return rows, soft, described


def left_out(args: argparse.Namespace) -> list[str]:
    """The train sources a run does without; InputError names one that does not exist."""
    every = [source.name for source in sources.train_sources()]
    if unknown := sorted(set(args.without) - set(every)):
        raise InputError(f"--without {unknown[0]}: no such source; there are {', '.join(every)}")
    kept = sources.permissive() if args.permissive else every
    return [name for name in every if name in args.without or name not in kept]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.train", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("--data", type=Path, nargs="*", default=[], metavar="FILE",
                        help="further labelled JSONL, CSV or TSV")  # fmt: skip
    parser.add_argument("--text", metavar="COLUMN", help="its text column (text)")
    parser.add_argument(
        "--violence", metavar="COLUMN", help="its violence column (violence, if there)"
    )
    parser.add_argument(
        "--profanity", metavar="COLUMN", help="its profanity column (profanity, if there)"
    )
    parser.add_argument("--only-data", action="store_true", help="leave out our own corpus")
    parser.add_argument(
        "--sources", type=Path, metavar="DIR", help="folder with the public sources"
    )
    parser.add_argument(
        "--without", nargs="*", default=[], metavar="SOURCE", help="sources to leave out"
    )
    parser.add_argument(
        "--permissive", action="store_true",
        help="leave out sources under share-alike licences and tweets, and the opinions of both",
    )  # fmt: skip
    parser.add_argument(
        "--no-teacher", action="store_true", help="leave out the teacher's opinions"
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "models", metavar="DIR", help="where to write (models/)"
    )
    gate = parser.add_argument_group("release")
    gate.add_argument(
        "--release", action="store_true", help="refuse (exit 1) what is worse than the model there"
    )
    gate.add_argument("--dev", type=Path, action="append", default=[], metavar="FILE",
                      help="labelled file that may veto, never trained on; repeatable")  # fmt: skip
    gate.add_argument(
        "--first", action="store_true", help="the first release: nothing is there to compare with"
    )
    parser.add_argument(
        "--folds", type=_two_or_more, default=5, help="folds of the cross-validation (5)"
    )
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _two_or_more(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 2 or more")
    return int(text)


def gather(args: argparse.Namespace, progress: Progress) -> tuple[list[Row], list[dict[str, Any]]]:
    """All rows, and for the metadata where each part came from."""
    rows: list[Row] = []
    described: list[dict[str, Any]] = []
    if not args.only_data:
        own = own_rows()
        rows += own
        described.append(_described("own corpus", own, corpus.corpus_files(), "MIT"))
    if args.sources:
        without = left_out(args)
        names = [s.name for s in sources.train_sources() if s.name not in without]
        joined, counts = source_rows(args.sources, names)
        for name, (matched, asked) in counts.items():
            progress(f"{name}: matched {matched:,} of {asked:,} labels")
        rows += joined
        for source in sources.train_sources():
            part = [row for row in joined if row.source == source.name]
            if part:
                described.append(
                    {"name": source.name, "rows": len(part), "licence": source.licence,
                     "files": {file.file: file.sha256 for file in source.files}}
                )  # fmt: skip
        described.append(
            {"name": "labels", "files": {p.name: _digest(p) for p in labels.label_files()}}
        )
    for path in args.data:
        named = {"text": args.text, "violence": args.violence, "profanity": args.profanity}
        columns = {ours: theirs for ours, theirs in named.items() if theirs}
        check_file(path)
        found = corpus.read_labelled(path, columns)
        check_language(path, found, progress)
        rows += found
        described.append(_described(path.name, found, [path], "the user's"))
    for line in shortened(conflicts(rows)):
        progress(line)
    rows = distinct(rows)
    if not rows:
        raise InputError("nothing to learn from: give --data FILE, or leave out --only-data")
    progress(
        f"{len(rows):,} rows: "
        + ", ".join(f"{n} {c:,}" for n, c in Counter(r.source for r in rows).items())
    )
    return rows, described


def _described(
    name: str, rows: Sequence[Row], files: Sequence[Path], licence: str
) -> dict[str, Any]:
    return {
        "name": name,
        "rows": len(rows),
        "licence": licence,
        "files": {p.name: _digest(p) for p in files},
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def describe(
    built: Built,
    described: list[dict[str, Any]],
    args: argparse.Namespace,
    arguments: Sequence[str] | None,
) -> dict[str, Any]:
    """The readable half of the artefact."""
    words = arguments if arguments is not None else sys.argv[1:]
    # What "release" says already: the same model can be made again where one is by now.
    command = shlex.join(word for word in words if word != "--first")
    return {
        "name": "forewarn",
        "version": __version__,
        "date": _date(args),
        "command": f"python -m training.train {command}".strip(),
        "thresholds": built.thresholds,
        "threshold_rule": "on held-out folds, level 2: best F1 with recall >= 0.9 and precision "
        ">= 0.7, else best F1; levels 1 and 3: best F1",
        "held_out": built.report,
        "population": "calibrated and measured on the labelled rows named under data (enriched in "
        "violence and profanity), folds grouped by document",
        "data": described,
        "versions": {name: version(name) for name in _LIBRARIES}
        | {"python": platform.python_version()},
    }  # fmt: skip


def _date(args: argparse.Namespace) -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    files = [
        *([] if args.only_data else corpus.corpus_files()),
        *args.data,
        *(labels.label_files() if args.sources else []),
    ]
    seconds = int(epoch) if epoch else int(max(path.stat().st_mtime for path in files))
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def _tell(built: Built) -> None:
    print("held-out folds  positives  threshold  precision  recall     f1    ece")
    for label in LABELS:
        for cut, said in built.report[label].items():
            numbers = [said.get(name, float("nan")) for name in ("precision", "recall", "f1")]
            print(
                f"{label:>9} >= {cut} {said['positives']:>10} {said['threshold']:>10.3f}"
                f" {numbers[0]:>10.3f} {numbers[1]:>7.3f} {numbers[2]:>6.3f} {said['ece']:>6.3f}"
            )
            if "warning" in said:
                print(f"          warning: {said['warning']}")


if __name__ == "__main__":
    sys.exit(main())
