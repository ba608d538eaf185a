"""Word classes: which words the teacher reads alike.

The fine-tuned teacher (``teacher.py``) turns each word of the sources into a vector; k-means at
four finenesses gives each word four classes. A word brings its classes along as TF-IDF features,
so a verb seen once ("garrotted") shares what is known of its kind. At run time this costs nothing:
class weights are folded into the weight of each word when the model is built.

Words that no source holds have a kind, too, and a text to be judged may well hold them: lists of
our own (``words/*.txt``, a word a line, inflections and both spellings) are classed with the rest.

``word_classes.npz`` holds words and class numbers, no text; made by ``python -m training.teacher``.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from classifier.errors import InputError
from training.labels import text_of_file

WORDS = Path(__file__).with_name("words")
#: What has a class: ASCII letters and apostrophes, up to 20.
WORD = re.compile(r"[a-z][a-z']{1,19}")
CLASSES = Path(__file__).with_name("word_classes.npz")
#: Numbers of classes. Chosen on a held-out fold: together they beat any one of them.
FINENESS = (100, 400, 1500, 4000)


@cache
def load_classes(path: Path = CLASSES) -> dict[str, tuple[str, ...]]:
    """Each word's class features, such as ``("%100:7", "%400:31")``; empty without the file."""
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        words = stored["words"].tobytes().decode("utf-8").split("\n")
        numbers = stored["classes"]
    return {
        word: tuple(f"%{k}:{number}" for k, number in zip(FINENESS, row, strict=True))
        for word, row in zip(words, numbers.tolist(), strict=True)
    }


def listed_words(folder: Path = WORDS) -> list[str]:
    """The words of our lists, sorted, each once; InputError names the file and line of another
    thing than a word."""
    found = set()
    for path in sorted(folder.glob("*.txt")):
        for place, line in enumerate(text_of_file(path).splitlines(), start=1):
            if not WORD.fullmatch(line):
                raise InputError(f"{path}, line {place}: {line!r} is no word in small letters")
            found.add(line)
    return sorted(found)


def make_classes(words: Sequence[str], vectors: Any, path: Path = CLASSES, seed: int = 0) -> None:
    """Cluster ``vectors`` (words, dimensions) by direction at each fineness and keep the result."""
    from sklearn.cluster import MiniBatchKMeans

    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    columns = [
        MiniBatchKMeans(k, random_state=seed, n_init=1, batch_size=8192, max_iter=30)
        .fit(directions)
        .labels_
        for k in FINENESS
    ]
    save_classes(words, np.column_stack(columns), path)


def save_classes(words: Sequence[str], classes: Any, path: Path = CLASSES) -> None:
    """Words sorted; same classes, same bytes."""
    order = np.argsort(np.array(words))
    text = "\n".join(words[place] for place in order)
    partial = path.with_name(path.stem + ".part.npz")
    np.savez_compressed(
        partial,
        words=np.frombuffer(text.encode("utf-8"), np.uint8),
        classes=classes[order].astype(np.uint16),
    )
    partial.replace(path)
