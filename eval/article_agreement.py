"""How far our rule for article text agrees with trafilatura: ``python -m eval.article_agreement``.

Both read each page; the words (with their counts) are compared. Precision: the share of our words
that trafilatura has, too; recall: the share of its words that we have. trafilatura is no truth: it
drops repeated paragraphs and captions, and keeps some asides; what matters is that recall is high,
because a passage that is not read is not warned of.
"""

import argparse
import json
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from classifier.errors import ForewarnError
from classifier.formats import read_items

_WORD = re.compile(r"\w+")
#: Pages on which trafilatura finds less are lists, forms or error pages, not articles.
_FEWEST_WORDS = 80


@dataclass(frozen=True)
class Agreement:
    """One page: how many words each of the two found, and how many they share."""

    page: str
    ours: int
    theirs: int
    shared: int

    @property
    def precision(self) -> float:
        return self.shared / self.ours if self.ours else 0.0

    @property
    def recall(self) -> float:
        return self.shared / self.theirs if self.theirs else 0.0


def compare(page: str, data: bytes) -> Agreement | None:
    """The agreement on one page; None when it is no article, or not to be read."""
    import trafilatura

    theirs = trafilatura.extract(data, include_comments=False, include_tables=True) or ""
    expected = Counter(_WORD.findall(theirs.lower()))
    if expected.total() < _FEWEST_WORDS:
        return None
    try:
        items = read_items(data, format="html", name=page)
    except ForewarnError as error:
        print(error, file=sys.stderr)
        return None
    ours = Counter(_WORD.findall(" ".join(_body(item) for item in items).lower()))
    return Agreement(page, ours.total(), expected.total(), (ours & expected).total())


def _body(item: object) -> str:
    """Without the attributes of images, which trafilatura leaves out."""
    parts = [p for p in item.parts if p.field not in ("alt", "title")]  # type: ignore[attr-defined]
    return " ".join(item.text[p.start : p.end] for p in parts)  # type: ignore[attr-defined]


def pages(paths: list[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.htm*")) if path.is_dir() else [path]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", help="HTML files, or folders of them")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = [a for p in pages(args.paths) if (a := compare(str(p), p.read_bytes()))]
    if not found:
        print("no articles found", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps([asdict(a) for a in found], indent=1))
        return 0
    for a in sorted(found, key=lambda a: a.recall + a.precision):
        print(f"{a.precision:7.1%} {a.recall:7.1%} {a.ours:7} {a.theirs:7}  {a.page[-70:]}")
    shared, ours, theirs = (sum(getattr(a, k) for a in found) for k in ("shared", "ours", "theirs"))
    middle = [statistics.median(getattr(a, k) for a in found) for k in ("precision", "recall")]
    print(f"{len(found)} pages: precision, recall, all words {shared / ours:.1%}, "
          f"{shared / theirs:.1%}; median page {middle[0]:.1%}, {middle[1]:.1%}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
