"""Weights of hits, looked up by the parts of a name, are those of ``features.hit_features``."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from classifier import features
from classifier.hit_logits import HitLogits
from tests.tiny import ARRAYS
from training.data import own_rows


def test_every_hit_of_the_corpus_weighs_what_its_features_weigh() -> None:
    """Alone and beside others, by a model that has a weight for each of their features."""
    texts = [row.text for row in own_rows()]
    texts = [text for text in texts if features.hits(text)]
    texts += [f"{one} {two}" for one, two in pairwise(texts[::3])]
    named = [features.hits(text) for text in texts]
    names = sorted({name for hits in named for _, own in hits for name in own})
    weights = np.random.default_rng(0).normal(0, 1, (len(names), 3)).astype(np.float32)
    logits = HitLogits(replace(ARRAYS, hit_features=names, hit_weights=weights))
    places = {name: place for place, name in enumerate(names)}
    depending = 0
    for text, hits in zip(texts, named, strict=True):
        tokens = features.tokens_of(text)
        readings = [features.read_token(token[: features.MAX_TOKEN]) for token in tokens]
        found = logits.each(tokens, readings, features.segment_starts(tokens))
        assert [at for at, _ in found] == [at for at, _ in hits]
        for (at, ours), (_, own) in zip(found, hits, strict=True):
            each = weights[[places[name] for name in own]].astype(np.float64)
            assert np.allclose(ours, ARRAYS.hit_bias + each.sum(axis=0), rtol=0, atol=1e-9), text
            depending += at.hit.depends_on_context
    assert depending > 3000
