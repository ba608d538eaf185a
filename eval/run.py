"""``python -m eval.run FILE...``: the eval tool from a checkout, with the rivals beside it.

The same as ``forewarn eval``; see ``--help``.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from classifier.evaluate.options import DESCRIPTION, EPILOG, add_options


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m eval.run",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_options(parser)
    parser.add_argument(
        "--rivals-train",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="labelled JSON Lines that the trained rivals learn from (default: training/corpus)",
    )
    args = parser.parse_args(arguments)

    from classifier.evaluate.command import run
    from eval.rivals.registry import BY_NAME
    from eval.rivals.scoring import score_all

    if unknown := [name for name in args.rivals or () if name not in BY_NAME]:
        parser.error(f"no rival called {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
    if missing := [str(path) for path in args.rivals_train if not path.is_file()]:
        parser.error(f"--rivals-train: no such file: {', '.join(missing)}")
    say = partial(print, file=sys.stderr)
    return run(args, lambda data, names: score_all(data, names, args.rivals_train, say))


if __name__ == "__main__":
    sys.exit(main())
