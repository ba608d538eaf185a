"""score() against the definition: features.segments and features.hits, one text at a time."""

from itertools import pairwise

import numpy as np
import pytest

import classifier
from classifier import features
from classifier.lexicon import load_lexicon
from classifier.model import Model
from tests.small_model import TEXTS, small_model
from tests.tricky import TRICKY


def by_definition(model: Model, text: str) -> np.ndarray:
    """The six logits of one text, feature by feature."""
    arrays = model.arrays
    ids = {word: row for row, word in enumerate(arrays.words)}
    pairs = {divmod(key, 1 << 32): row for row, key in enumerate(arrays.pairs.tolist())}
    logits = np.array([*arrays.violence_bias, *[-np.inf] * 3], np.float64)
    best = None
    for words in features.segments(text):
        total = np.zeros(3)
        for word in words:
            known = word in ids
            total += arrays.word_weights[ids[word]] if known else model.unknown_word(word)
        for first, second in pairwise(words):
            row = pairs.get((ids.get(first, -1), ids.get(second, -1)))
            total += arrays.pair_weights[row] if row is not None else 0
        best = total if best is None else np.maximum(best, total)
    if best is not None:
        logits[:3] += best
    places = {name: row for row, name in enumerate(arrays.hit_features)}
    for _, names in features.hits(text):
        rows = [places[name] for name in names if name in places]
        total = arrays.hit_bias + arrays.hit_weights[rows].sum(axis=0, dtype=np.float64)
        logits[3:] = np.maximum(logits[3:], total)
    return logits


@pytest.mark.parametrize("together", [True, False])
def test_scores_are_those_of_the_definition(together: bool) -> None:
    model = classifier.load(small_model()).model
    texts = [*TEXTS, *TRICKY, *(f"{a} {b}" for a, b in pairwise(TRICKY))]
    # words with none between them, also where a segment ends
    texts += [text.replace(" ", " - -- - ", 3) for text in TEXTS]
    texts += [f"- {text.replace(' ', ' — ', 2)} – -" for text in TEXTS]
    wanted = model._calibrate(np.array([by_definition(model, text) for text in texts]))
    calls = [texts] if together else [[text] for text in texts]
    found = np.vstack([model.score(call) for call in calls])
    different = np.abs(found - wanted).max(axis=1) > 1e-6
    assert [text for text, wrong in zip(texts, different, strict=True) if wrong] == []


def test_batches_hold_every_hit_of_words_that_spaces_cut() -> None:
    """Where a batch looks for hits is told from single tokens and their neighbours."""
    model = classifier.load(small_model()).model
    forms = [form for form in load_lexicon().forms if len(form) > 2][::5]
    texts = []
    for form in forms:
        cut = len(form) // 2
        texts += [
            f"the {form[0]} {form[1:]} off",
            f"{form[0].upper()}- {form[1:]}!",
            f"I am {form[:cut]} {form[cut:]}, de {form}",
            f"a {form[:cut]} - {form[cut:]}. A",
            f"I {form[0]} {form[1]} {form[2:]} a s",
            f"de {' '.join(form)} I am",
            f"{form[:cut].title()}... {form[cut:].title()}",
        ]
    found = model.read(texts).hits
    wanted = [[at for at, _ in features.hits(text)] for text in texts]
    here = [[at for at, _ in found.get(place, [])] for place in range(len(texts))]
    assert [text for text, a, b in zip(texts, wanted, here, strict=True) if a != b] == []
    assert sum(map(bool, wanted)) > len(texts) / 2
