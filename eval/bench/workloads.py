"""The texts that are timed: distinct real sentences, whole articles, and hostile input."""

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
POOL = ROOT.parent / "shared" / "labelling" / "pool.jsonl"
CORPUS = ROOT / "training" / "corpus"
SEED = 6


@cache
def _all_sentences() -> tuple[str, ...]:
    """Every distinct sentence there is, shuffled: the pool's, else our own corpus's."""
    files = [POOL] if POOL.exists() else sorted(CORPUS.glob("*.jsonl"))
    found: dict[str, None] = {}
    for path in files:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                text = " ".join(str(json.loads(line)["text"]).split())
                if text:
                    found[text] = None
    texts = list(found)
    random.Random(SEED).shuffle(texts)
    return tuple(texts)


def sentences(count: int) -> list[str]:
    """``count`` distinct sentences; beyond what the pool holds, halves of two are joined."""
    texts = _all_sentences()
    if count <= len(texts):
        return list(texts[:count])
    return [*texts, *_joined(texts, count - len(texts))]


def _joined(texts: tuple[str, ...], count: int) -> Iterator[str]:
    """New sentences from the first half of one and the second half of another."""
    chance = random.Random(SEED + 1)
    for _ in range(count):
        first, second = chance.choice(texts).split(), chance.choice(texts).split()
        yield " ".join(first[: len(first) // 2 + 1] + second[len(second) // 2 :])


def articles(count: int, words: int = 800) -> list[str]:
    """Articles of about ``words`` words: paragraphs of three to six sentences."""
    chance = random.Random(SEED + 2)
    texts = iter(_cycled(count * words))
    made = []
    for _ in range(count):
        paragraphs: list[str] = []
        length = 0
        while length < words:
            paragraph = " ".join(_ended(next(texts)) for _ in range(chance.randint(3, 6)))
            length += paragraph.count(" ") + 1
            paragraphs.append(paragraph)
        made.append("\n\n".join(paragraphs))
    return made


def _cycled(words: int) -> Iterator[str]:
    texts = _all_sentences()
    while True:
        yield from texts
        yield from _joined(texts, max(1, words // 20))


def _ended(sentence: str) -> str:
    return sentence if sentence[-1:] in ".!?\"'”’…" else sentence + "."


def hostile() -> dict[str, str]:
    """Inputs of about 1 MB that have been somebody's worst case."""
    chance = random.Random(SEED + 3)
    letters = "abcdefghijklmnopqrstuvwxyz"
    tokens = ["".join(chance.choices(letters, k=chance.randint(5, 14))) for _ in range(100_000)]
    return {
        "1 MB without a space": "".join(chance.choices(letters, k=1_000_000)),
        "1 MB of one letter": "a" * 1_000_000,
        "100 k distinct random tokens": " ".join(tokens),
        "deep combining marks": ("e" + "\N{COMBINING ACUTE ACCENT}" * 60 + " ") * 8_000,
        "runs of !?": ("no" + "!?" * 500 + " ") * 1_000,
        "one run of !?": "!?" * 500_000,
        "1 MB of stars": "*" * 1_000_000,
        "leet in every token": " ".join(f"s{n}h1t$@!{n}" for n in range(70_000)),
        "open brackets": "(a. " * 250_000,
    }


def stream() -> Iterator[str]:
    """Ever more distinct sentences, none of them kept."""
    texts = _all_sentences()
    yield from texts
    yield from _joined(texts, 1 << 40)
