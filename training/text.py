"""Sentences without labels, for semi-supervised work: every source, split as the library splits.

::

    python -m training.text --from ../shared/sources -o unlabelled.jsonl
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from classifier.errors import ForewarnError
from classifier.sentences import split_sentences
from training.sources import Doc, documents, source_folder

#: Shorter pieces are headings, signatures and smileys, longer ones tables and runs of names; both
#: teach a student little, and the labelled sentences hold hardly any.
SHORTEST, LONGEST = 12, 600


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A sentence, white space collapsed, and the document it stands in."""

    source: str
    document: str
    text: str


def unlabelled(docs: Iterable[Doc]) -> Iterator[Unlabelled]:
    """The sentences of ``docs`` in order, each once for a source.

    Retweets, quoted comments and the overlapping windows of one article would otherwise count
    many times. A sentence shorter than SHORTEST or longer than LONGEST is left out.
    """
    seen: set[tuple[str, str]] = set()
    for doc in docs:
        for start, end in split_sentences(doc.text):
            text = " ".join(doc.text[start:end].split())
            if SHORTEST <= len(text) <= LONGEST and (doc.source, text) not in seen:
                seen.add((doc.source, text))
                yield Unlabelled(doc.source, doc.document, text)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m training.text``; exit code 0: done, 2: it could not be."""
    parser = argparse.ArgumentParser(prog="python -m training.text", description=__doc__)
    parser.add_argument("--from", dest="origin", type=Path, metavar="DIR", help="the source files")
    parser.add_argument("-o", dest="output", type=Path, metavar="OUT.jsonl", required=True)
    options = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    try:
        docs = documents(source_folder(options.origin))
        # Under another name until it is whole: a file cut short looks like any other.
        part = options.output.with_name(options.output.name + ".part")
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            for sentence in unlabelled(docs):
                stream.write(json.dumps(asdict(sentence), ensure_ascii=False) + "\n")
                counts[sentence.source] += 1
        part.replace(options.output)
    except (ForewarnError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for source, count in counts.items():
        print(f"{source}\t{count:,}", file=sys.stderr)
    print(f"{options.output}: {counts.total():,} sentences", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
