"""A small artefact made on the spot, so that tests do not depend on the shipped model."""

from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from classifier import features
from classifier.artefact import save_model
from classifier.model import Arrays
from classifier.pair_table import pair_keys

TEXTS = (
    "The bomb killed nine people. Bodies lay in the street, torn by the blast!",
    "He was stabbed in the neck and bled to death on the shitty pavement.",
    "What the fuck is this? A damn disgrace, said O’Neill, 47.",
    "The cock crowed at dawn, and nobody was hurt in the rebel-held town.",
    "f***ing sh1t, f u c k this b!tch of a day... Scunthorpe won 3-1.",
    "Parliament met on Tuesday to vote on the budget for schools and roads.",
)


@cache
def small_model() -> Path:
    """The folder of the artefact: every feature of TEXTS, with weights drawn at random."""
    segments = [words for text in TEXTS for words in features.segments(text)]
    words = sorted({word for segment in segments for word in segment})[::2]
    ids = {word: place for place, word in enumerate(words)}
    known = [[ids[word] for word in segment if word in ids] for segment in segments]
    pairs = sorted({pair for row in known for pair in pairwise(row)})
    chars = sorted({n for segment in segments for w in segment for n in features.char_ngrams(w)})
    hits = sorted({name for text in TEXTS for _, names in features.hits(text) for name in names})
    chance = np.random.default_rng(0)

    def drawn(*shape: int, kind: type = np.float16) -> np.ndarray:
        return chance.normal(0, 0.5, shape).astype(kind)

    knots = np.tile(np.linspace(-9, 9, 40, dtype=np.float32), (6, 1))
    arrays = Arrays(
        words=words,
        word_weights=drawn(len(words), 3),
        pairs=pair_keys(*np.array(pairs, np.int32).reshape(-1, 2).T),
        pair_weights=drawn(len(pairs), 3),
        chars=chars,
        char_weights=drawn(len(chars), 3),
        violence_bias=np.array([-1, -2, -3], np.float32),
        hit_features=hits,
        hit_weights=drawn(len(hits), 3, kind=np.float32),
        hit_bias=np.array([2, 0, -2], np.float32),
        no_hit=np.array([0.02, 0.01, 0.005], np.float32),
        calibration_x=knots,
        calibration_y=(1 / (1 + np.exp(-knots))).astype(np.float32),
    )
    folder = Path(mkdtemp(prefix="forewarn-small-model-"))
    thresholds = {"violence": [0.5, 0.5, 0.5], "profanity": [0.5, 0.5, 0.5]}
    save_model(arrays, {"thresholds": thresholds}, folder)
    return folder
