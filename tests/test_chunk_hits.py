"""Hits of many texts at once are those of each text by itself, logits included."""

import sys
from itertools import pairwise

import numpy as np
import pytest

from classifier import features, token_table
from classifier.hit_logits import strongest
from classifier.lexicon import load_lexicon
from tests.tiny import ARRAYS, tiny_model
from tests.tricky import TRICKY
from training.data import own_rows

NO_HIT = ARRAYS.no_hit.tolist()


def test_hits_of_many_texts_are_those_of_each() -> None:
    """By a model that has a weight for every feature of a hit; alone and in longer texts."""
    texts = [row.text for row in own_rows()]
    texts += [f"{one} {two}" for one, two in pairwise(texts[::3])]
    texts += [f"{one} — {two.lower()}" for one, two in pairwise(texts[::7])]
    names = {name for text in texts for _, own in features.hits(text) for name in own}
    weights = np.random.default_rng(0).normal(0, 1, (len(names), 3)).astype(np.float32)
    model = tiny_model(hit_features=sorted(names), hit_weights=weights)
    together = model.read(texts)
    scores = model.score(texts)
    assert np.array_equal(scores, together.scores)
    several = 0
    for place, text in enumerate(texts):
        alone = model.hits(text.split())
        assert together.hits.get(place, []) == alone, text
        several += len(alone) > 1
        expected = model.calibrated_hit(strongest(alone)) if alone else NO_HIT
        assert np.allclose(scores[place, 3:], expected, rtol=0, atol=1e-9), text
    assert len(together.hits) > 4000
    assert several > 1000


def test_a_full_table_forgets_its_hits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of hits begin anew with the rows of tokens."""
    texts = [row.text for row in own_rows()[:3000]]
    model = tiny_model()
    expected = model.read(texts)
    monkeypatch.setattr(token_table, "MAX_TOKENS", 700)
    found = tiny_model().read(texts)
    assert found.hits == expected.hits
    assert np.array_equal(found.scores, expected.scores)


def test_phrases_are_read_in_a_batch_as_alone() -> None:
    """With possessives too ("Offa's Dyke"): a batch knows partners of phrases by numbers."""
    phrases = [" ".join(p.words) for several in load_lexicon().phrases.values() for p in several]
    texts = [
        written
        for phrase in sorted({*phrases})
        for written in (
            phrase,
            phrase.title(),
            phrase.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"),
        )
    ]
    # by a model without n-grams, as the shipped one: words unknown to it are told at a glance
    plain = {"chars": [], "char_weights": np.zeros((0, 3), np.float16)}
    together = tiny_model(**plain).read([*texts, "x"])
    alone = tiny_model(**plain)
    for place, text in enumerate(texts):
        assert together.hits.get(place, []) == alone.hits(text.split()), text
    assert len(texts) > 1000


def test_joins_of_cut_words_are_forgotten_with_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are known by the rows of tokens, which begin anew."""
    monkeypatch.setattr(token_table, "MAX_TOKENS", 40)
    texts = [*TRICKY * 6, *TRICKY[::-1] * 3]
    model = tiny_model()
    for begin in range(0, len(texts), 5):
        some = texts[begin : begin + 5]
        found = model.read(some).hits
        for place, text in enumerate(some):
            assert found.get(place, []) == tiny_model().hits(text.split()), text


def test_few_joins_of_cut_words_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = tiny_model().read(TRICKY).hits
    monkeypatch.setattr(token_table, "_MOST_JOINS", 3)
    model = tiny_model()
    assert model.read(TRICKY).hits == expected
    assert 0 < len(model._table._joins) <= 3


@pytest.mark.parametrize("text", ["ass-hat saw ", "an ass sat—down here ", "fu ck ass saw "])
def test_time_grows_with_the_text(text: str) -> None:
    """What stands around a hit is a few tokens, however long its sentence is."""
    steps: list[int] = []

    def count(*_: object) -> None:
        steps[-1] += 1

    model = tiny_model()
    for size in (200, 800):
        long = text * size
        model.read([long, "x"])
        steps.append(0)
        sys.setprofile(count)
        try:
            model.read([long, "x"])
        finally:
            sys.setprofile(None)
    assert steps[1] < 4.5 * steps[0]
