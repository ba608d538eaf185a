"""``python -m eval.rivals list | install [NAME...] [--again]``.

Exit code 0: done; 1: a rival could not be installed; 2: a wrong call.
"""

import argparse
import sys
from collections.abc import Sequence

from eval.rivals.install import install_all
from eval.rivals.registry import BY_NAME, RIVALS, environments


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.rivals", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show the rivals and which are installed")
    add = commands.add_parser("install", help="make their virtual environments")
    add.add_argument("names", nargs="*", metavar="NAME", help="default: all of them")
    add.add_argument("--again", action="store_true", help="remove and install afresh")
    args = parser.parse_args(arguments)
    if args.command == "list":
        print(f"environments in {environments()}")
        for rival in RIVALS:
            state = "installed" if rival.installed else "absent"
            print(f"  {rival.name:24} {state:10} {rival.about}")
        return 0
    if unknown := [name for name in args.names if name not in BY_NAME]:
        parser.error(f"no rival called {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
    chosen = [BY_NAME[name] for name in args.names] or list(RIVALS)
    failed = install_all(chosen, lambda line: print(line, file=sys.stderr), again=args.again)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
