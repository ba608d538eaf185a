"""``forewarn eval``: the same tool as ``python -m eval.run``, without the rivals."""

import argparse
import sys
from typing import Any

from classifier.evaluate.options import DESCRIPTION, EPILOG, add_options

#: What the extra ``eval`` brings; a missing one is the user's to install, not a fault.
_EXTRA = ("sklearn", "scipy", "matplotlib", "pyarrow", "rich")


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "eval",
        help="run on new or labelled text and see everything (extra 'eval')",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    try:
        from classifier.evaluate import command

        return command.run(args)  # which imports what it needs when it needs it
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        print(
            f"forewarn eval needs {error.name}: install the extra with "
            "pip install 'forewarn[eval]'",
            file=sys.stderr,
        )
        return 2
