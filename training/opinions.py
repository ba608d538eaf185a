"""The teacher's opinions, kept without the sentences they are of, and joined to these again.

``opinions.npz`` holds for each opinion the key of a sentence (``labels.sentence_key``), the number
of a variant of it (``variants.py``; 0 is the sentence as it stands) and three probabilities of
violence in steps of 1/255. The text comes back from the public sources and our own corpus; made by
``python -m training.teacher``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import prose
from training.classes import load_classes
from training.data import document_group, group_of, own_rows, source_rows
from training.labels import Row, sentence_key
from training.sources import documents, train_sources
from training.text import Unlabelled, unlabelled
from training.variants import Alike, alike_by_class, variant

Floats = NDArray[np.float64]

OPINIONS = Path(__file__).with_name("opinions.npz")


@dataclass(frozen=True)
class Soft:
    """A teacher's opinion of sentences: probabilities ``(n, 3)`` of violence, the group of each
    sentence, so that a fold that holds out its document leaves it out too, and whether it is a
    variant of one ``(n,)``."""

    texts: list[str]
    probabilities: Floats
    groups: list[str]
    varied: NDArray[np.bool_]

    def only(self, kept: NDArray[np.intp]) -> "Soft":
        """The opinions at the places ``kept``."""
        texts, groups = ([part[place] for place in kept] for part in (self.texts, self.groups))
        return Soft(texts, self.probabilities[kept], groups, self.varied[kept])


@dataclass(frozen=True, slots=True)
class Origin:
    """A sentence that an opinion, or one of its variants, is of."""

    text: str
    key: str
    group: str
    #: its violence by our labels; None for an unlabelled sentence
    level: int | None = None

    @staticmethod
    def of_row(row: Row) -> "Origin":
        """A labelled sentence."""
        return Origin(row.text, sentence_key(row.source, row.text), group_of(row), row.violence)

    @staticmethod
    def of_text(item: Unlabelled) -> "Origin":
        """A sentence without a label."""
        key = sentence_key(item.source, item.text)
        return Origin(item.text, key, document_group(item.source, item.document))


def origins(folder: Path, without: Sequence[str] = ()) -> Iterator[Origin]:
    """Every sentence there can be an opinion of: labelled ones (our corpus, the public sources in
    ``folder``), then all others of these sources and of our own prose."""
    chosen = [source for source in train_sources() if source.name not in without]
    labelled = [*own_rows(), *source_rows(folder, [source.name for source in chosen])[0]]
    yield from map(Origin.of_row, labelled)
    docs = documents(folder, chosen)
    own = () if prose.SOURCE in without else prose.articles()
    yield from map(Origin.of_text, unlabelled(chain(docs, own)))


def load(
    folder: Path, without: Sequence[str] = (), variants: int = 255, path: Path = OPINIONS
) -> Soft | None:
    """The opinions joined to their texts, those of the sources ``without`` left out, and of each
    sentence at most ``variants`` variants; None if the file is missing."""
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as stored:
        keys, numbers = stored["keys"], stored["variants"]
        quantised = stored["probabilities"]
    wanted: dict[int, list[int]] = defaultdict(list)
    for row, (key, number) in enumerate(zip(keys.tolist(), numbers.tolist(), strict=True)):
        if number <= variants:
            wanted[key].append(row)
    alike = alike_by_class(load_classes())
    texts: list[str] = []
    groups: list[str] = []
    rows: list[int] = []
    for origin in origins(folder, without):
        for row in wanted.pop(int(origin.key, 16), ()):
            texts.append(text_of(origin, int(numbers[row]), alike))
            groups.append(origin.group)
            rows.append(row)
    return Soft(texts, quantised[rows].astype(np.float64) / 255, groups, numbers[rows] > 0)


def text_of(origin: Origin, number: int, alike: Alike) -> str:
    """The sentence itself for 0, else a variant of it."""
    return variant(origin.text, origin.key, number, alike) if number else origin.text


def save(found: Iterable[tuple[str, int]], probabilities: Floats, path: Path = OPINIONS) -> None:
    """Keep the opinions of (key, variant), sorted: same opinions, same bytes."""
    pairs = list(found)
    keys = np.array([int(key, 16) for key, _ in pairs], np.uint64)
    numbers = np.array([number for _, number in pairs], np.uint8)
    order = np.lexsort((numbers, keys))
    partial = path.with_name(path.stem + ".part.npz")
    np.savez_compressed(
        partial,
        keys=keys[order],
        variants=numbers[order],
        probabilities=np.rint(probabilities[order] * 255).astype(np.uint8),
    )
    partial.replace(path)
