"""``forewarn untag``: our warnings out again, every other byte kept."""

import argparse
from typing import Any, Final

from classifier.commands.inputs import Input, add_output, add_reading, each_input, targets, write

_ABOUT: Final = """\
Takes out of each article what `forewarn tag` wrote into it, and nothing else: the bytes are those
from before. Warnings of other people stay. An article whose words were masked is refused, because
the words are gone."""
_EXAMPLES: Final = """\
examples:
  forewarn untag tagged.html -o story.html
  forewarn untag tagged/*.xml --in-place"""


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    parser = subparsers.add_parser(
        "untag",
        help="take our warnings out again",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_reading(parser, "see `forewarn formats`; default: look at the file")
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    from classifier.formats import untag

    target = targets(args)

    def untag_one(given: Input) -> int:
        plain = untag(
            given.data,
            format=args.format,
            name=given.name,
            encoding=args.encoding,
            max_bytes=args.max_size,
        )
        assert isinstance(plain, bytes)
        write(target(given.path), plain)
        return 0

    return each_input(args, untag_one)
