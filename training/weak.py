"""What the sources label themselves, where it says something honest about our levels.

Nobody at these sources read our guideline. So a mark of theirs becomes at most one bit about one
of our six columns, and only in the direction in which it holds; which level it is, it never says.

=============  =================================================  ===================  =======
function       their mark                                         our column           holds
=============  =================================================  ===================  =======
toxic_spans    half the annotators or more marked words in the    profanity>=1         49/54
               sentence as profane or obscene
jigsaw         a comment of one sentence, flagged obscene         profanity>=1         18/18
jigsaw         any sentence of a comment not flagged obscene      not profanity>=2     283/298
rams           the sentence holds the trigger of a violent        violence>=1          44/47
               death, an execution, shooting, stabbing, hanging
webis          a passage that two of the three annotators or      violence>=1          241/345
               more want a warning of violence or death for
=============  =================================================  ===================  =======

"Holds" is how many of the starter labels that speak to it agree; ``python -m training.weak --from
DIR`` counts again. The webis rows are whole passages, so our labels, which are of single
sentences, only bound them from below.

What is not here, because it does not map: insults, identity attacks and threats (a hostile
opinion without a swear word is profanity 0, a bare threat without harm is not marked as one),
"no span marked" (annotators were asked for toxic words, not for all swear words: a fifth of such
sentences have some), "war" votes and attack events (an attack that harms nobody on the page is
violence 0), davidson's classes and the emotions of goemotions.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.errors import ForewarnError
from classifier.sentences import split_sentences
from training.labels import Row, collapsed, join, label_files, load, sources_of
from training.sources import (
    csv_rows,
    detokenized,
    documents,
    read_jigsaw,
    read_toxic_spans,
    require,
    source_folder,
    text_lines,
    train_sources,
    zipped_lines,
)


@dataclass(frozen=True, slots=True)
class WeakRow:
    """One bit about a sentence (for webis: a passage): ``column`` holds, or does not.

    ``column`` is one of ``classifier.taxonomy.COLUMNS``; ``rule`` names the line of the table
    above that gave the bit. White space in ``text`` is collapsed.
    """

    text: str
    column: str
    value: bool
    source: str
    document: str
    rule: str


def weak_rows(folder: Path) -> Iterator[WeakRow]:
    """All weak rows of the sources below ``folder``, whose files are verified first."""
    sources = {source.name: source for source in train_sources() if source.name in _RULES}
    require(folder, list(sources.values()))
    return (
        row
        for name, rule in _RULES.items()
        for row in rule([folder / file.file for file in sources[name].files])
    )


# --- The rules -----------------------------------------------------------------------------------

_PROFANE = "Profane/Obscene"


def toxic_spans(paths: Sequence[Path]) -> Iterator[WeakRow]:
    """Sentences in which half the annotators or more marked words as profane or obscene."""
    by_name = {path.name: path for path in paths}
    spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in csv_rows(by_name["spans.csv"]):
        if row["type"] == _PROFANE:
            spans[row["annotation"]].append((int(row["start"]), int(row["end"])))
    annotations: defaultdict[str, list[str]] = defaultdict(list)
    for row in csv_rows(by_name["annotations.csv"]):
        annotations[row["comment_id"]].append(row["annotation"])
    for doc in read_toxic_spans(paths):
        readings = [spans[annotation] for annotation in annotations[doc.document]]
        if not any(readings):
            continue
        for start, end in split_sentences(doc.text):
            votes = sum(any(a < end and b > start for a, b in marked) for marked in readings)
            if 2 * votes >= len(readings):
                text = collapsed(doc.text[start:end])
                yield WeakRow(text, "profanity>=1", True, doc.source, doc.document, "toxic-spans")


def jigsaw(paths: Sequence[Path]) -> Iterator[WeakRow]:
    """Single sentences flagged obscene, and every sentence of a comment that is not."""
    obscene = {row["id"] for path in paths for row in csv_rows(path) if row["obscene"] == "1"}
    for doc in read_jigsaw(paths):
        sentences = [collapsed(doc.text[start:end]) for start, end in split_sentences(doc.text)]
        if doc.document not in obscene:
            for text in sentences:
                yield WeakRow(
                    text, "profanity>=2", False, doc.source, doc.document, "jigsaw not obscene"
                )
        elif len(sentences) == 1:
            yield WeakRow(
                sentences[0], "profanity>=1", True, doc.source, doc.document, "jigsaw obscene"
            )


#: Events that are harm to a body by name. Left out are "conflict.attack.n/a", which may hurt
#: nobody, "life.die.n/a", which may be an illness, and injuries, which our labels bear out in 15 of
#: 21 sentences only ("hurt", "damaged" and "crippled" are said of much else).
_HARM = frozenset({
    "life.die.deathcausedbyviolentevents",
    "justice.judicialconsequences.execute",
    "conflict.attack.firearmattack",
    "conflict.attack.hanging",
    "conflict.attack.stabbing",
})  # fmt: skip


def rams(paths: Sequence[Path]) -> Iterator[WeakRow]:
    """Sentences that hold the trigger of an event that is violent harm by its type."""
    for path in paths:
        for window in map(json.loads, text_lines(path)):
            # A trigger is [first word, last word, [[type, 1.0], ...]], counted over the window.
            triggers = {
                first
                for first, _, types in window["evt_triggers"]
                if any(kind in _HARM for kind, _ in types)
            }
            start = 0
            for words in window["sentences"]:
                end = start + len(words)
                if any(start <= trigger < end for trigger in triggers):
                    yield WeakRow(
                        collapsed(detokenized(words)),
                        "violence>=1",
                        True,
                        "rams",
                        window["source_url"],
                        "rams",
                    )
                start = end


def webis(paths: Sequence[Path]) -> Iterator[WeakRow]:
    """Passages that two of the three annotators or more want a warning of violence or death for."""
    for path in paths:
        for passage in map(json.loads, zipped_lines(path, "dataset.jsonl")):
            if passage["warning"] in {"violence", "death"} and sum(passage["labels"]) >= 2:
                yield WeakRow(
                    collapsed(passage["text"]),
                    "violence>=1",
                    True,
                    "webis-passage-trigger",
                    passage["work_id"],
                    "webis",
                )


_RULES = {
    "toxic-spans": toxic_spans,
    "jigsaw-sample": jigsaw,
    "rams": rams,
    "webis-passage-trigger": webis,
}


# --- How far they hold ---------------------------------------------------------------------------


def agreement(weak: Iterable[WeakRow], rows: Iterable[Row]) -> dict[str, tuple[int, int, int]]:
    """For each rule: how many weak rows it gave, and how many labels in them agree, of how many.

    A label speaks to a weak row when it stands in the same document and its sentence within it.
    """
    labelled: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        labelled[row.source, row.document].append(row)
    given, agreeing, heard = Counter[str](), Counter[str](), Counter[str]()
    for bit in weak:
        given[bit.rule] += 1
        label, cut = bit.column.split(">=")
        for row in labelled[bit.source, bit.document]:
            if row.text in bit.text:
                heard[bit.rule] += 1
                agreeing[bit.rule] += (getattr(row, label) >= int(cut)) == bit.value
    return {rule: (given[rule], agreeing[rule], heard[rule]) for rule in given}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m training.weak``; exit code 0: done, 2: it could not be."""
    parser = argparse.ArgumentParser(
        prog="python -m training.weak", description="How far the sources' own marks hold."
    )
    parser.add_argument("--from", dest="origin", type=Path, metavar="DIR", help="source files")
    options = parser.parse_args(arguments)
    try:
        folder = source_folder(options.origin)
        labels = [label for label in load(label_files()) if label.source in _RULES]
        rows = join(labels, documents(folder, sources_of(_RULES))).rows
        held = agreement(weak_rows(folder), rows)
    except (ForewarnError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for rule, (given, agreeing, heard) in held.items():
        print(f"{rule}: {given:,} rows; {agreeing} of {heard} labels agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
