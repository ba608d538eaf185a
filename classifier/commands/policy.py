"""``forewarn policy check FILE`` and ``forewarn policy show [NAME_OR_FILE]``."""

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

_ABOUT: Final = """\
A policy says from which level a document is tagged, how summary violence piles up, how notices are
worded and where they stand, which words a house sees otherwise. It is a TOML file that extends one
of the shipped profiles: wire (the default), uk-broadcast, us-family, fediverse."""
_EXAMPLES: Final = """\
examples:
  forewarn policy show                     the default, every key explained by its name
  forewarn policy show uk-broadcast
  forewarn policy check house.toml         every mistake, with its line"""


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    parser = subparsers.add_parser(
        "policy",
        help="check or print a house's policy",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="check|show", required=True)
    check = actions.add_parser("check", help="name every mistake of a file, by line")
    check.add_argument("files", nargs="+", metavar="FILE")
    show = actions.add_parser("show", help="print the effective policy as TOML")
    show.add_argument("source", nargs="?", metavar="NAME_OR_FILE", help="default: wire")
    show.add_argument("--json", action="store_true", help="as JSON")


def run(args: argparse.Namespace) -> int:
    from classifier.commands.inputs import report
    from classifier.errors import PolicyError
    from classifier.policy import load_policy

    if args.action == "show":
        policy = load_policy(args.source)
        if args.json:
            print(json.dumps({"digest": policy.digest, "settings": policy.settings}, indent=2))
        else:
            print(f"# effective policy, digest {policy.digest}")
            print("\n".join(_toml(policy.settings)))
        return 0
    worst = 0
    for path in args.files:
        try:
            policy = load_policy(path)
            print(f"{path}: fine (digest {policy.digest[:12]})")
        except PolicyError as error:
            report(str(error))
            worst = 2
    return worst


def _toml(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """A mapping as TOML: its values first, then its tables."""
    for key, value in table.items():
        if not isinstance(value, Mapping):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield ""
            yield f"[{'.'.join(_key(part) for part in (*path, key))}]"
            yield from _toml(value, (*path, key))


def _key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isascii() and bare.isalnum() else json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    # JSON's texts, numbers, true and false are TOML's, if nothing is escaped beyond \\uXXXX.
    return json.dumps(value, ensure_ascii=False)
