"""What the steps of reading cost: the same model with them and without, in interleaved rounds.

::

    python -m eval.reading_cost [--texts FILE] [--rounds N]

Without them a token is only looked up in the lexicon. Each round loads the model anew, so nothing
is remembered from the round before, and scores the same sentences both ways; the ratio is the
median over the rounds. Without ``--texts`` (one sentence a line) the sentences are the news of
our own corpus without profanity, homographs left out: they are rare in news.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import classifier
from classifier import profanity
from classifier.lexicon import load_lexicon
from classifier.predict import shipped_folder
from training.corpus import load_corpus
from training.labels import Row

_SIGNS = "\"'“”‘’.,:;?!()[]"
#: Registers of our corpus that a newsroom writes in.
_NEWS = frozenset(
    "wire-news broadsheet tabloid broadcast local-news sport court-report business science".split()
)
Read = Callable[[str], profanity.TokenReading]


def looked_up(token: str) -> profanity.TokenReading:
    """The reading of a token when nothing is read into it: the lexicon has it or has it not."""
    word = token.strip(_SIGNS).lower()
    entry = load_lexicon().forms.get(word)
    if entry is None or not entry.level:
        return profanity.TokenReading()
    start = token.lower().index(word)
    return profanity.TokenReading((profanity.Hit(start, start + len(word), entry, word, "plain"),))


@contextmanager
def read_by(read: Read) -> Iterator[None]:
    """Every module of the library that reads tokens does it by ``read``."""
    users = [
        module
        for name, module in sys.modules.items()
        if name.startswith("classifier.") and hasattr(module, "read_token")
    ]
    kept = [module.read_token for module in users]
    for module in users:
        module.read_token = read  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module, before in zip(users, kept, strict=True):
            module.read_token = before  # type: ignore[attr-defined]


def seconds(read: Read, texts: Sequence[str], model: str) -> float:
    """Processor time to score ``texts`` with a model that has just been loaded."""
    with read_by(read):
        scorer = classifier.load(model)  # by its folder: the shipped one is kept once loaded
        started = time.process_time()
        scorer.score(texts)
        return time.process_time() - started


def ratios(texts: Sequence[str], rounds: int, model: str) -> list[float]:
    """Time with the steps of reading to time without, for each round; both are begun in turn."""
    found = []
    for read in (profanity.read_token, looked_up):  # the tables of both are made once
        seconds(read, texts[:100], model)
    for turn in range(rounds):
        order = [profanity.read_token, looked_up]
        taken = {read: seconds(read, texts, model) for read in (order if turn % 2 else order[::-1])}
        found.append(taken[profanity.read_token] / taken[looked_up])
    return found


def _is_ordinary_news(row: Row) -> bool:
    return not row.profanity and row.register in _NEWS and "homograph" not in row.slice


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0; 1 when the sentences cannot be read; 2: a wrong call."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.reading_cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--texts", type=Path, metavar="FILE", help="a sentence a line")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument(
        "--model", metavar="DIR", default=str(shipped_folder()), help="default: the shipped model"
    )
    args = parser.parse_args(arguments)
    if args.rounds < 1:
        parser.error(f"--rounds is {args.rounds}; give 1 or more")
    try:
        texts = (
            args.texts.read_text(encoding="utf-8").splitlines()
            if args.texts
            else [row.text for row in load_corpus() if _is_ordinary_news(row)]
        )
    except OSError as error:
        print(f"eval.reading_cost: {error}", file=sys.stderr)
        return 1
    if not texts:
        print(f"eval.reading_cost: {args.texts} holds no sentence", file=sys.stderr)
        return 1
    found = ratios(texts, args.rounds, args.model)
    print(
        f"{len(texts):,} sentences, {args.rounds} rounds: reading costs "
        f"{median(found) - 1:+.1%} ({min(found) - 1:+.1%} to {max(found) - 1:+.1%})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
