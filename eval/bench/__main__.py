"""``python -m eval.bench [install | kills [N] | memory | spark [ROWS]] [--quick] [--write]``.

Exit code 0: all goals that could be measured are reached; 1: some are not; 2: a wrong call.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from classifier.predict import shipped_folder
from eval.bench import kills, memory, spark
from eval.bench.measure import SHORT, Sizes, account, measure
from eval.bench.peers import PEERS
from eval.bench.report import Report, wheel_bytes
from eval.bench.workloads import ROOT, sentences


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description=__doc__)
    parser.add_argument(
        "what",
        nargs="?",
        default="run",
        choices=("run", "install", "kills", "memory", "spark"),
    )
    parser.add_argument("rest", nargs="*", help="kills: how many; spark: how many rows")
    parser.add_argument(
        "--quick", "--short", action="store_true", help="one small round, to try the bench"
    )
    parser.add_argument(
        "--write", action="store_true", help="write bench.md and bench.json to --out; else print"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=ROOT / "eval" / "reports")
    args = parser.parse_args(arguments)
    if args.what == "install":
        from eval.rivals.install import install_all

        return 1 if install_all(list(PEERS.values()), _say) else 0
    if args.what == "kills":
        return kills.main(args.rest)
    if args.what == "memory":
        return memory.main(args.rest)
    if args.what == "spark":
        return spark.main(args.rest)
    model = args.model or shipped_folder()
    sizes = SHORT if args.quick else Sizes(rounds=args.rounds)
    found = measure(sizes, model, _say)
    artefact = sum((model / name).stat().st_size for name in ("model.json", "model.npz"))
    wheel = None if args.quick else wheel_bytes(ROOT)
    stages = account(model, sentences(sizes.large))
    report = Report(found, sizes, stages, artefact, wheel)
    checked = report.goals
    if args.write:
        report.write(args.out)
    else:
        print(report.markdown())
    for goal in checked:
        _say(
            f"{ {True: 'pass', False: 'FAIL', None: '-'}[goal.passed]:5} {goal.name}: {goal.value}"
        )
    if args.write:
        _say(f"written to {args.out / 'bench.md'}")
    return 1 if any(goal.passed is False for goal in checked) else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
