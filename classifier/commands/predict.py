"""``forewarn predict``: what was found, one JSON line a document; a table on a terminal."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, Final

from classifier.commands.display import LEVEL_COLOURS, is_terminal, painted, shortened, table
from classifier.commands.inputs import (
    Input,
    add_judging,
    add_reading,
    each_input,
    judging,
    overrides_for,
    report,
    said_empty,
    said_idle,
    said_not_assessed,
    write,
)

if TYPE_CHECKING:
    from classifier.overrides import Override

_ABOUT: Final = """\
Judges each article and prints one JSON line a document (an item of a feed is a document): tags and
why, levels, every sentence with its levels, probabilities, evidence and its place in the file. On a
terminal it prints a table of the flagged sentences instead; --json keeps the lines.

--shape perspective prints the result shape of Perspective's PROFANITY attribute; what its fields
mean here stands in docs/formats.md."""
_EXAMPLES: Final = """\
examples:
  forewarn predict story.html
  forewarn predict feed.xml --json | head -1
  cat story.txt | forewarn predict - --shape perspective
exit codes: 0 fine, 1 --strict and not assessed, 2 wrong use or input"""


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    parser = subparsers.add_parser(
        "predict",
        help="print levels, tags and evidence",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_reading(parser, "see `forewarn formats`; default: look at the file")
    add_judging(parser)
    parser.add_argument("--json", action="store_true", help="JSON lines on a terminal, too")
    parser.add_argument(
        "--shape", choices=("forewarn", "perspective"), default="forewarn", help="default: forewarn"
    )


def run(args: argparse.Namespace) -> int:
    classifier = judging(args)
    as_table = is_terminal(sys.stdout) and not args.json and args.shape == "forewarn"

    used: set[Override] = set()

    def predict_one(given: Input) -> int:
        from classifier.formats import tag_item
        from classifier.formats.sidecar import item_dict
        from classifier.formats.source import read_source
        from classifier.formats.tagging import model_digest

        tagged = tag_item(
            given.data,
            format=args.format,
            classifier=classifier,
            overrides=overrides_for(args, given.path),
            name=given.name,
            encoding=args.encoding,
            max_bytes=args.max_size,
            write=False,
        )
        read = read_source(
            given.data, name=given.name, encoding=args.encoding, max_bytes=args.max_size
        )
        for item in tagged.items:
            if item.problem:
                report(item.problem)
            if item.problem and args.shape == "perspective":
                continue  # a shape that cannot say "not assessed": a zero would look like clean
            if as_table:
                _show(given.name, item_dict(read, item))
                continue
            if args.shape == "perspective":
                from classifier.formats.perspective import perspective

                found = perspective(item.verdict.document, classifier.policy)
            else:
                found = {
                    "file": given.name,
                    "format": tagged.format,
                    **item_dict(read, item),
                    "model": model_digest(classifier),
                    "policy": classifier.policy.digest,
                }
            write(None, (json.dumps(found, ensure_ascii=True) + "\n").encode())
        used.update(override for item in tagged.items for override in item.verdict.overrides)
        documents = [item.verdict.document for item in tagged.items]
        if not any(item.problem for item in tagged.items):
            said_empty(given.name, documents)
        missed = said_not_assessed(given.name, [document.not_assessed for document in documents])
        if any(item.problem for item in tagged.items):
            return 2
        return int(missed and args.strict)

    code = each_input(args, predict_one)
    if code < 2:
        said_idle(args, used)
    return code


def _show(name: str, found: dict[str, Any]) -> None:
    tags = ", ".join(found["tags"]) or ("no tags" if found["assessed"] else "not assessed")
    key = f" [{shortened(found['id'], 60)}]" if found["id"] else ""
    print(painted(f"{name}{key}: {tags}", "bold"))
    for tag, why in found["why"].items():
        print(f"  {tag}: {why}")
    rows = [s for s in found["sentences"] if any(s["levels"].values())]
    if not rows:
        return
    cells = [
        [
            str(s["line"]),
            s["field"],
            str(s["levels"]["violence"]),
            str(s["levels"]["profanity"]),
            shortened(s["text"], 96),
        ]
        for s in rows
    ]
    head, *body = table(["line", "field", "V", "P", "sentence"], cells)
    print(painted("  " + head, "dim"))
    for row, line in zip(rows, body, strict=True):
        print("  " + painted(line, LEVEL_COLOURS[max(row["levels"].values())]))
