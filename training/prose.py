"""Our own open prose: whole articles without labels, written for the teacher to read.

The linear model learns what the teacher says of unlabelled text, and of modern news and web
prose the open sources hold little. So we wrote some: news of all kinds, features, reviews,
forum threads and short forms in several Englishes, with harm and without. The wording is ours, and
what happens is invented, but for pieces on history, which state known facts. A file
(``training/prose/*.txt``) holds articles, a line of ``---`` between two; an article is a headline
and paragraphs, a line each. ``python -m training.prose`` counts them and names a faulty file; exit
code 2 then.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from classifier.errors import InputError
from training.labels import text_of_file
from training.sources import Doc
from training.text import unlabelled

FOLDER = Path(__file__).with_name("prose")
SOURCE = "own-prose"
BETWEEN = "---"


def files(folder: Path = FOLDER) -> list[Path]:
    """The files of articles, in the order of their names."""
    return sorted(folder.glob("*.txt"))


def articles(folder: Path = FOLDER) -> Iterator[Doc]:
    """The articles of ``folder`` in the order of their files, named ``file:number``.

    :class:`InputError` names a file that is not UTF-8, or the line of an article without text.
    """
    for path in files(folder):
        lines: list[str] = []
        number = 1
        for place, line in enumerate([*text_of_file(path).splitlines(), BETWEEN], start=1):
            if line != BETWEEN:
                lines.append(line)
                continue
            if not any(map(str.strip, lines)):
                raise InputError(f"{path}, line {place}: no article before {BETWEEN!r}")
            yield Doc(SOURCE, f"{path.stem}:{number}", "\n".join(lines))
            lines, number = [], number + 1


def main() -> int:
    try:
        docs = list(articles())
    except InputError as error:
        print(f"training.prose: {error}", file=sys.stderr)
        return 2
    sentences = sum(1 for _ in unlabelled(docs))
    print(f"{len(files())} files, {len(docs):,} articles, {sentences:,} sentences")
    return 0


if __name__ == "__main__":
    sys.exit(main())
