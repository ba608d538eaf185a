"""A model small enough to check with a pencil, and a few hundred rows to train on."""

from dataclasses import replace
from typing import Any

import numpy as np

from classifier.model import Arrays, Model

#: Probability is (logit + 10) / 20 in every column, so sums can be read off a score.
LOW, HIGH = -10.0, 10.0

ARRAYS = Arrays(
    words=["corpse", "killed", "the", "was"],
    word_weights=np.array([[4, 2, 1], [3, 1, 0], [0, 0, 0], [0.5, 0, 0]], np.float16),
    pairs=np.array([3 << 32 | 1], np.uint64),  # "was killed"
    pair_weights=np.array([[0.5, 0.25, 0]], np.float16),
    chars=["#<bl", "#ood"],
    char_weights=np.array([[1, 1, 1], [2, 2, 2]], np.float16),
    violence_bias=np.array([-1, -2, -3], np.float32),
    hit_features=["entry:shit", "level:2", "level:3"],
    hit_weights=np.array([[1, 1, 0], [4, 4, 0], [6, 6, 6]], np.float32),
    hit_bias=np.array([-1, -2, -3], np.float32),
    no_hit=np.array([0.02, 0.01, 0.005], np.float32),
    calibration_x=np.array([[LOW, HIGH]] * 6, np.float32),
    calibration_y=np.array([[0, 1]] * 6, np.float32),
)

METADATA: dict[str, Any] = {
    "name": "tiny",
    "thresholds": {"violence": [0.5, 0.5, 0.5], "profanity": [0.5, 0.5, 0.5]},
}


def tiny_model(**changes: Any) -> Model:
    """The model of :data:`ARRAYS`, with some arrays replaced."""
    return Model(replace(ARRAYS, **changes), METADATA)


def violence_logits(model: Model, *texts: str) -> list[list[float]]:
    """The three violence logits of each text, read back from the scores."""
    scores = model.score(list(texts))[:, :3]
    return [[round(float(p) * (HIGH - LOW) + LOW, 4) for p in row] for row in scores]
