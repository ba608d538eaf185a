"""``forewarn tag``: articles with content warnings, or a sidecar beside them."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, Final

from classifier.commands.inputs import (
    Input,
    add_judging,
    add_output,
    add_reading,
    each_input,
    judging,
    overrides_for,
    said_empty,
    said_idle,
    said_not_assessed,
    targets,
    write,
)

if TYPE_CHECKING:
    from classifier.formats.tagging import Tagged
    from classifier.overrides import Override

_ABOUT: Final = """\
Writes each article with a content warning where its format has a place for one. What has nothing
to warn of comes out byte for byte as it went in; what was tagged before is tagged anew.

The format is found by looking at the file; --format names it. --format json writes a sidecar
instead (tags, IPTC codes, every sentence with its levels, evidence and place), whatever the format
of the article; with -o FOLDER or --in-place it is called NAME.forewarn.json. A sidecar beside an
article is read for the editor's overrides in it."""
_EXAMPLES: Final = """\
examples:
  forewarn tag story.html -o tagged.html
  forewarn tag story.html --wrap              fold flagged passages away
  forewarn tag *.html -o tagged/              a folder of them
  forewarn tag feed.xml --policy uk-broadcast
  forewarn tag item.json --format json        the sidecar to the screen
  forewarn tag story.txt --mask hyphen        f--- ; cannot be untagged
exit codes: 0 fine, 1 --strict and not assessed, 2 wrong use or input"""


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    parser = subparsers.add_parser(
        "tag",
        help="write content warnings into articles",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_reading(parser, "see `forewarn formats`; json writes a sidecar; default: look at the file")
    add_output(parser)
    add_judging(parser)
    parser.add_argument("--wrap", action="store_true", help="HTML: fold flagged passages away")
    parser.add_argument(
        "--mask",
        choices=("hyphen", "asterisk", "bracket"),
        help="cover profane words (text, Markdown, HTML): f---, f***, [expletive]",
    )
    parser.add_argument(
        "--mask-level", type=int, choices=(1, 2, 3), help="words from this level; default: policy"
    )
    parser.add_argument("--quiet", action="store_true", help="no line a file on stderr")


def run(args: argparse.Namespace) -> int:
    from classifier.formats.sidecar import SUFFIX

    as_sidecar = args.format == "json"
    target = targets(args, SUFFIX if as_sidecar else "")
    changes: dict[str, Any] = {}
    if args.wrap:
        changes["html"] = {"wrap": True}
    if args.mask or args.mask_level:
        mask = {"style": args.mask, "level": args.mask_level}
        changes["mask"] = {key: value for key, value in mask.items() if value}
    classifier = judging(args, changes)

    used: set[Override] = set()

    def tag_one(given: Input) -> int:
        from classifier.formats import tag_item
        from classifier.formats.tagging import refuse_broken

        overrides = overrides_for(args, given.path)
        tagged = tag_item(
            given.data,
            format=None if as_sidecar else args.format,
            classifier=classifier,
            overrides=overrides,
            name=given.name,
            encoding=args.encoding,
            max_bytes=args.max_size,
            write=not as_sidecar,
        )
        refuse_broken([item.item for item in tagged.items])
        if as_sidecar:
            data = _sidecar(args, given, tagged, classifier, overrides)
        else:
            assert isinstance(tagged.output, bytes)
            data = tagged.output
        place = target(given.path)
        write(place, data)
        if place is not None and not args.quiet:
            _tell(given.name, tagged)
        used.update(override for item in tagged.items for override in item.verdict.overrides)
        documents = [item.verdict.document for item in tagged.items]
        said_empty(given.name, documents)
        missed = said_not_assessed(given.name, [document.not_assessed for document in documents])
        return int(missed and args.strict)

    code = each_input(args, tag_one)
    if code < 2:
        said_idle(args, used)
    return code


def _sidecar(
    args: argparse.Namespace, given: Input, tagged: "Tagged", classifier: Any, overrides: Any
) -> bytes:
    from classifier.formats.sidecar import sidecar
    from classifier.formats.source import read_source
    from classifier.formats.tagging import model_digest

    read = read_source(given.data, name=given.name, encoding=args.encoding, max_bytes=args.max_size)
    found = sidecar(
        given.data,
        read,
        tagged,
        policy=classifier.policy,
        model=model_digest(classifier),
        overrides=overrides,
    )
    return (json.dumps(found, indent=2) + "\n").encode()


def _tell(name: str, tagged: "Tagged") -> None:
    for item in tagged.items:
        verdict = item.verdict
        nothing = "not assessed" if verdict.document.not_assessed else "nothing to warn of"
        said = ", ".join(f"{tag} ({verdict.why[tag]})" for tag in verdict.tags) or nothing
        warned = (
            "; the item warns already of " + ", ".join(verdict.existing) if verdict.existing else ""
        )
        gone = [o for o in verdict.overrides if o.action == "remove"]
        removed = "".join(f"; {override.tag} {override.reason}" for override in gone)
        which = f"{name} [{item.key}]" if len(tagged.items) > 1 else name
        print(f"{which}: {said}{removed}{warned}", file=sys.stderr)
