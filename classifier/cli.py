"""The command ``forewarn``: finds the subcommand, imports that one alone, reports errors.

Exit codes: 0 fine, 1 something checked failed (``--strict`` and not assessed), 2 wrong use or
wrong input.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from classifier.errors import ForewarnError

FINE, FAILED, WRONG = 0, 1, 2

#: Subcommand -> what it does and the extra that it needs ("" for none), in the order of the help.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "tag": ("write content warnings into articles, or a JSON sidecar beside them", ""),
    "untag": ("take our warnings out again, byte for byte", ""),
    "predict": ("print levels, tags and evidence as JSON lines", ""),
    "explain": ("show why a sentence or a file was flagged", ""),
    "eval": ("judge new text, or measure the model on labelled text", "eval"),
    "batch": ("tag big files of rows (JSONL, CSV, Parquet)", "batch"),
    "policy": ("check or print a house's policy", ""),
    "formats": ("list the formats: what is read, where warnings go", ""),
}

_ABOUT: Final = """\
Flags graphic violence and profanity in English text, sentence by sentence, and writes content
warnings where republishers read them. Works offline."""
_EXAMPLES: Final = """\
examples:
  forewarn tag story.html -o tagged.html     the article with a warning in front
  forewarn tag story.txt                     the same to the screen
  forewarn tag story.html --format json      everything that was found, as a JSON sidecar
  forewarn untag tagged.html -o story.html   the original again
  cat story.txt | forewarn predict -         levels and tags, one JSON line a document
  forewarn explain "It was a shithouse conflict."
  forewarn COMMAND --help                    all options of a command"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; a user's mistake raises nothing."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments)
    except ForewarnError as error:
        return complain(str(error))
    except BrokenPipeError:
        # The reader has gone (`| head`); Python would complain once more when it flushes.
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        print("forewarn: stopped", file=sys.stderr)
        return 130
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return complain(f"{where}{error.strerror or error}")


def complain(message: str) -> int:
    """Say what is wrong on stderr; the exit code for it."""
    for line in message.splitlines():
        print(f"forewarn: {line}", file=sys.stderr)
    return WRONG


def _run(arguments: list[str]) -> int:
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    parser, subparsers = _parser()
    for name, (about, extra) in COMMANDS.items():
        if name != chosen:
            subparsers.add_parser(name, help=about, add_help=False)
        else:
            _import(name, extra).add_parser(subparsers)
    try:
        args = parser.parse_args(arguments)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    if not getattr(args, "command", None):
        parser.print_help()
        return WRONG
    run = _import(args.command, COMMANDS[args.command][1]).run
    return int(run(args))


def _parser() -> "tuple[argparse.ArgumentParser, argparse._SubParsersAction[Any]]":
    parser = argparse.ArgumentParser(
        prog="forewarn",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    return parser, parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        import classifier

        print(f"forewarn {classifier.__version__}")
        parser.exit(FINE)


def _import(name: str, extra: str) -> Any:
    try:
        return import_module(f"classifier.commands.{name}")
    except ModuleNotFoundError as error:
        if extra and error.name and not error.name.startswith("classifier."):
            raise ForewarnError(
                f"`forewarn {name}` needs {error.name!r}, which is not installed; "
                f"install it with: pip install 'forewarn[{extra}]'"
            ) from None
        if error.name == f"classifier.commands.{name}":
            raise ForewarnError(f"`forewarn {name}` is not part of this installation") from None
        raise


if __name__ == "__main__":
    sys.exit(main())
