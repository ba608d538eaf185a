"""``forewarn formats``: what each format reads, and where its warnings go."""

import argparse
import json
from typing import Any, Final

from classifier.commands.display import painted

_ABOUT: Final = """\
Lists the formats that tag, untag and predict know. The format of a file is found by looking at it;
--format names it. `tag --format json` writes a sidecar beside an article of any kind."""


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    parser = subparsers.add_parser(
        "formats",
        help="list the formats",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(args: argparse.Namespace) -> int:
    from classifier.formats import FORMATS, get_format

    known = [get_format(name) for name in FORMATS]
    if args.json:
        found = []
        for kind in known:
            reads, _, writes = kind.fields.partition(" | ")
            found.append(
                {
                    "name": kind.name,
                    "title": kind.title,
                    "reads": reads,
                    "writes": writes,
                    "suffixes": list(kind.suffixes),
                    "masks": kind.masks,
                }
            )
        print(json.dumps(found, indent=2))
        return 0
    for kind in known:
        reads, _, writes = kind.fields.partition(" | ")
        print(f"{painted(kind.name.ljust(12), 'bold')} {kind.title}")
        print(f"{'':12} reads: {reads}")
        print(f"{'':12} tag:   {writes}")
    print(f"{painted('json'.ljust(12), 'bold')} sidecar beside an article of any format (tag only)")
    return 0
