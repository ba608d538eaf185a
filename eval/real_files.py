"""Files that nobody here wrote, through every format: ``python -m eval.real_files PATHS``.

Each file is tagged as if everything in it were to be warned of, tagged again, and untagged. Tagging
twice must equal once, and untagging must give the bytes from before; what is refused is counted by
what was said. No model is needed. Exit code 1 when a file came back changed or something broke.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from classifier.errors import ForewarnError
from classifier.formats import read_items, tag_item, untag
from classifier.formats.item import Item
from classifier.policy import load_policy
from classifier.results import Document, Sentence

SUFFIXES = frozenset(
    ".html .htm .xhtml .xml .rss .atom .rdf .json .jsonl .jsonld .md .markdown .txt".split()
)
# What it takes to have all that we can write in the file.
_POLICY = load_policy({"html": {"wrap": True, "content_rating": True}, "feed": {"notice": True}})
_LEVELS = {"violence": 3, "profanity": 3}


def flagged(item: Item) -> Document:
    """The item as if its whole text were of the highest levels."""
    if not item.text:
        return Document((), {"violence": 0, "profanity": 0}, ())
    whole = Sentence(0, len(item.text), item.text, _LEVELS, (0.9,) * 6, ())  # type: ignore[arg-type]
    return Document((whole,), _LEVELS, ("graphic-violence", "profanity"))  # type: ignore[arg-type]


def outcome(path: Path) -> tuple[str, str]:
    """The format of a file, and what became of it; "-" stands for no format."""
    data = path.read_bytes()
    kind = "-"
    try:
        documents = [flagged(item) for item in read_items(data, name=path.name)]
        once = tag_item(data, documents, policy=_POLICY, name=path.name)
        kind = once.format
        twice = tag_item(once.output, documents, policy=_POLICY, name=path.name)
        back = untag(once.output, name=path.name)
    except ForewarnError as error:
        return kind, "refused: " + _alike(str(error).splitlines()[0])
    except Exception as error:
        return kind, f"BROKE: {type(error).__name__}: {error}"
    if back != data:
        return kind, "CHANGED: untagged to other bytes"
    if twice.output != once.output:
        return kind, "CHANGED: tagged twice is not tagged once"
    if once.output == data:
        return kind, "nothing to read in it"
    return kind, "tagged, untagged to the same bytes"


def _alike(message: str) -> str:
    """A message without its place and what it quotes, so that equal ones count as one."""
    said = re.sub(r"^\S.*?(?::\d+:\d+)?: ", "", message)
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+(?:\.\d+)?|0x\w+|&\w+;", "…", said)[:110]


def files(paths: list[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (p for p in found if p.suffix.lower() in SUFFIXES and p.is_file())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", help="files, or folders of them")
    parser.add_argument("--list", action="store_true", help="also a line for each file")
    args = parser.parse_args()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for path in files(args.paths):
        kind, said = outcome(path)
        counts[kind][said] += 1
        if args.list or said.startswith(("BROKE", "CHANGED")):
            print(f"{kind}\t{said}\t{path}")
    for kind, sayings in sorted(counts.items()):
        print(f"{kind}: {sayings.total()} files")
        for said, number in sayings.most_common():
            print(f"  {number:6}  {said}")
    bad = any(said[:1].isupper() for sayings in counts.values() for said in sayings)
    return 1 if bad or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
