"""``forewarn explain``: the strongest contributions to a decision, and who overrode what."""

import argparse
import json
from typing import Any, Final

from classifier.commands.display import painted, printable, table
from classifier.commands.inputs import (
    add_decoding,
    add_judging,
    judging,
    overrides_for,
    read_file,
    report,
    said_not_assessed,
)
from classifier.formats.source import MAX_BYTES
from classifier.taxonomy import LABELS, LEVEL_NAMES, columns_of

_ABOUT: Final = """\
Shows what carried the decision on a sentence: its probabilities, the words that weighed most, and
the house's overrides. With --file, what was decided on an article and why: the rule behind each
tag, the editor's overrides, and every flagged sentence."""
_EXAMPLES: Final = """\
examples:
  forewarn explain "It was a shithouse conflict."
  forewarn explain --file story.html
  forewarn explain --policy house.toml "Bloody hell." --json"""
#: So many contributions a label tell the story; the rest are crumbs.
_SHOWN: Final = 8


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    parser = subparsers.add_parser(
        "explain",
        help="show why a sentence or a file was flagged",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sentence", nargs="?", help="one sentence, in quotation marks; - for stdin")
    parser.add_argument("--file", metavar="FILE", help="explain an article instead")
    parser.add_argument("--format", metavar="NAME", help="of FILE; default: look at it")
    add_decoding(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    add_judging(parser)


def run(args: argparse.Namespace) -> int:
    from classifier.cli import complain

    if (args.sentence is None) == (args.file is None):
        return complain("give one sentence in quotation marks, or --file FILE")
    classifier = judging(args)
    if args.file is not None:
        return _explain_file(args, classifier)
    sentence = args.sentence
    if sentence == "-":
        sentence = read_file("-", MAX_BYTES).data.decode("utf-8", "replace").strip()
    found = classifier.explain(sentence).to_dict()
    if args.json:
        print(json.dumps(found))
    else:
        _show(found)
    return 0


def _show(found: dict[str, Any]) -> None:
    print(painted(printable(found["text"]), "bold"))
    for label in LABELS:
        level = found["levels"][label]
        scores = found["scores"][columns_of(label)]
        shares = "  ".join(f">={cut} {score:.1%}" for cut, score in enumerate(scores, start=1))
        print(f"{label}: {level} ({LEVEL_NAMES[label][level]})   {shares}")
        weighed = [c for c in found["contributions"] if c["label"] == label][:_SHOWN]
        if weighed:
            rows = [
                [
                    printable(found["text"][c["start"] : c["end"]]),
                    c["feature"],
                    *(f"{weight:+.2f}" for weight in c["weights"]),
                ]
                for c in weighed
            ]
            for line in table(["words", "feature", ">=1", ">=2", ">=3"], rows):
                print("  " + line)
    for override in found["overrides"]:
        print(f"override: {override}")


def _explain_file(args: argparse.Namespace, classifier: Any) -> int:
    from classifier.formats import tag_item
    from classifier.formats.tagging import model_digest

    given = read_file(args.file, args.max_size)
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
    for item in tagged.items:
        verdict = item.verdict
        if args.json:
            print(
                json.dumps(
                    {
                        "file": given.name,
                        "id": item.key,
                        "not_assessed": item.problem or verdict.document.not_assessed,
                        "tags": list(verdict.tags),
                        "why": verdict.why,
                        "overrides": [o.to_dict() for o in verdict.overrides],
                        "existing_warnings": verdict.existing,
                        "flags": [flag.to_dict() for flag in item.flags],
                        "model": model_digest(classifier),
                        "policy": classifier.policy.digest,
                    }
                )
            )
            continue
        print(painted(f"{given.name} {item.key}".strip(), "bold"))
        if not verdict.tags and item.problem is verdict.document.not_assessed is None:
            print("  no tags")
        for tag in verdict.tags:
            print(f"  {tag}: {verdict.why[tag]}")
        for override in verdict.overrides:
            print(f"  {override.tag} {override.reason}")
        for label, said in verdict.existing.items():
            print(f"  the item warns already of {label}: {printable(said)}")
        for flag in item.flags:
            levels = " ".join(f"{label}={flag.levels[label]}" for label in LABELS)
            print(f"  line {flag.line}, {flag.field}: {levels}: {printable(flag.text)}")
    problems = [item.problem for item in tagged.items if item.problem]
    for problem in problems:
        report(problem)
    reasons = [item.verdict.document.not_assessed for item in tagged.items]
    missed = said_not_assessed(given.name, reasons)
    return 2 if problems else int(missed and args.strict)
