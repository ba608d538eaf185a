"""Scores: by pencil on a tiny model, and against a scikit-learn pipeline on a trained one."""

import copy
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import classifier.model
from classifier import features, pair_table, token_table
from classifier.model import Model
from classifier.pair_table import PairTable, pair_keys, pairs_of
from tests.tiny import ARRAYS, tiny_model, violence_logits

# --- by pencil -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "logits"),
    [
        ("", [-1, -2, -3]),
        ("killed", [2, -1, -3]),
        ("KILLED!", [2, -1, -3]),
        ("killed killed", [5, 0, -3]),  # as often as it occurs
        ("was killed", [3, -0.75, -3]),  # the words and their pair
        ("killed was", [2.5, -1, -3]),  # a pair has an order
        ("was-killed", [3, -0.75, -3]),  # inside one token
        ("was — killed", [3, -0.75, -3]),  # through a token without words
        ("He was. Killed he", [2, -1, -3]),  # never from one segment to the next
        ("blood", [2, 1, 0]),  # unknown: by its character n-grams, edge and middle
        ("floods", [1, 0, -1]),
        ("zebra", [-1, -2, -3]),
    ],
)
def test_logits_by_pencil(text: str, logits: list[float]) -> None:
    assert violence_logits(tiny_model(), text) == [logits]


def test_a_text_is_as_strong_as_its_strongest_segment() -> None:
    one, more = violence_logits(
        tiny_model(), "The corpse was there.", "It rained. The corpse was there. Was it? It was."
    )
    assert one == more == [3.5, 0, -2]


def test_a_higher_level_is_never_likelier() -> None:
    weights = ARRAYS.word_weights.copy()
    weights[1] = [0, 5, 9]
    scores = tiny_model(word_weights=weights).score(["killed"])[0]
    assert scores[0] == scores[1] == scores[2] == pytest.approx(0.45)


def test_profanity_by_pencil() -> None:
    scores = tiny_model().score(["shit", "what a day", "shit, and worse: fuck"])[:, 3:]
    # -1 + 1 + 4 = 4 -> .7; -2 + 1 + 4 = 3 -> .65; -3 -> .35
    assert scores[0] == pytest.approx([0.7, 0.65, 0.35])
    assert scores[1] == pytest.approx([0.02, 0.01, 0.005])  # no hit: what was seen without one
    # each cut takes its strongest hit: -1 + 6, -2 + 6, -3 + 6
    assert scores[2] == pytest.approx([0.75, 0.7, 0.65])


def test_levels_are_the_highest_threshold_met() -> None:
    scores = np.array([[0.9, 0.6, 0.4, 0.5, 0.49, 0.4], [0.1, 0.1, 0.1, 0.9, 0.9, 0.9]])
    assert tiny_model().levels(scores).tolist() == [[2, 1], [0, 3]]


def test_a_threshold_met_exactly_is_met() -> None:
    scores = np.full((1, 6), 0.5)
    assert tiny_model().levels(scores).tolist() == [[3, 3]]


# --- the token table -----------------------------------------------------------------------------

SENTENCES = [
    "The corpse was there.",
    "He was killed - was killed!",
    "shit",
    "",
    "blood on the floods",
    "Nobody was there. The killed.",
    # "was" at the end of one text is not before "killed" in the next
    "it was",
    "- killed",
    "it was -",
    *(f"word{i} was killed other{i}" for i in range(40)),
]


def test_an_overflowing_table_changes_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = tiny_model().score(SENTENCES)
    monkeypatch.setattr(token_table, "MAX_TOKENS", 9)
    small = tiny_model()
    assert np.array_equal(small.score(SENTENCES), expected)
    assert np.array_equal(small.score(SENTENCES), expected)
    assert len(small._table) <= 9


def test_one_text_with_more_words_than_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "was killed " + " ".join(f"word{i}" for i in range(300))
    expected = tiny_model().score([text])
    monkeypatch.setattr(token_table, "MAX_TOKENS", 100)
    assert np.array_equal(tiny_model().score([text]), expected)


def test_the_table_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"killed{i}" for i in range(10_000)]  # more than the first 4,096 rows
    together = tiny_model()
    first = together.score(["was killed", *words])
    assert np.array_equal(together.score(["was killed", *words]), first)
    assert violence_logits(together, "was killed") == [[3, -0.75, -3]]


@given(st.lists(st.sampled_from(SENTENCES), max_size=12))
def test_batch_equals_singles(texts: list[str]) -> None:
    warm = tiny_model()
    batch = warm.score(texts)
    assert batch.shape == (len(texts), 6)
    for text, row in zip(texts, batch, strict=True):
        assert np.array_equal(tiny_model().score([text])[0], row)


@pytest.mark.parametrize("texts", [["it was", "- killed"], ["it was -", "- - killed"]])
def test_no_pair_spans_two_texts(texts: list[str]) -> None:
    assert violence_logits(tiny_model(), *texts) == [[-0.5, -2, -3], [2, -1, -3]]


def test_a_batch_goes_through_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of at most so many texts and characters; a text that is longer goes alone."""
    monkeypatch.setattr(classifier.model, "CHUNK", 5)
    monkeypatch.setattr(classifier.model, "WIDEST", 12)
    texts = ["a" * size for size in (3, 3, 3, 3, 1, 30, 0, 1, 1, 1, 1, 1, 13, 12, 1, 6)]
    pieces = list(classifier.model._pieces(texts))
    assert [place for piece in pieces for place in range(*piece)] == list(range(len(texts)))
    sizes = [[len(text) for text in texts[slice(*piece)]] for piece in pieces]
    assert sizes == [[3, 3, 3, 3], [1], [30], [0, 1, 1, 1, 1], [1], [13], [12], [1, 6]]
    assert list(classifier.model._pieces([])) == []


# --- the pair table ------------------------------------------------------------------------------


@given(
    st.integers(1, 60).flatmap(
        lambda words: st.tuples(
            st.just(words),
            st.sets(st.tuples(st.integers(0, words - 1), st.integers(0, words - 1)), max_size=200),
        )
    )
)
def test_pairs_are_found_as_in_a_dict(drawn: tuple[int, set[tuple[int, int]]]) -> None:
    words, chosen = drawn
    pairs = sorted(chosen)
    keys = pair_keys(*np.array(pairs, np.int32).reshape(-1, 2).T)
    asked = [(a, b) for a in range(-2, words) for b in range(-2, words)]
    first, second = (np.array(column, np.int32) for column in zip(*asked, strict=True))
    expected = {pair: row for row, pair in enumerate(pairs)}
    found = [expected.get(pair, -1) for pair in asked]
    table = PairTable(keys)
    assert [table.find_one(*pair) for pair in asked] == found
    assert table.find(first, second).tolist() == found  # by bisection
    if pairs:
        assert pair_table._Hashed(keys).find(pair_keys(first, second)).tolist() == found


def test_a_model_can_be_copied() -> None:
    """As pickle does, with which pools of processes hand it on."""
    texts = ["He was killed.", "Nobody came."]
    model = tiny_model()
    again = copy.deepcopy(model)
    assert np.array_equal(again.score(texts), model.score(texts))


def test_a_table_is_made_when_many_pairs_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_table, "_MANY", 5)
    first, second = np.array([[0, 0, 2, 2], [1, 5, 0, 3]], np.int32)
    table = PairTable(pair_keys(first, second))
    assert [table.find(first, second).tolist() for _ in range(3)] == [[0, 1, 2, 3]] * 3
    assert table._hashed is not None


def test_pairs_as_numbers_and_back() -> None:
    first, second = np.array([[0, 0, 7, 2**31 - 1], [0, 2**31 - 1, 0, 5]], np.int32)
    keys = pair_keys(first, second)
    assert (keys[1:] > keys[:-1]).all()
    assert np.array_equal(pairs_of(keys), [first, second])
    unknown = pair_keys(np.array([-1, 3, -1], np.int32), np.array([3, -1, -1], np.int32))
    every = {a << 32 | b for a in range(8) for b in range(8)}
    assert not every & set(unknown.tolist())


def test_a_larger_table_is_made_where_pairs_find_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = np.divmod(np.arange(0, 4000, 2, dtype=np.int32), 50)
    keys = pair_keys(first, second)
    usual = pair_table._Hashed(keys)
    monkeypatch.setattr(pair_table, "_MOST_ROUNDS", 2)
    larger = pair_table._Hashed(keys)
    assert len(larger._slots) > len(usual._slots)
    for table in (usual, larger):
        assert np.array_equal(table.find(keys), np.arange(len(keys)))
        assert (table.find(pair_keys(first, second + 1)) < 0).all()


def test_many_pairs_are_all_found() -> None:
    words = 50_000
    drawn = np.random.default_rng(0).choice(words * words, 100_000, replace=False)
    first, second = (part.astype(np.int32) for part in np.divmod(np.sort(drawn), words))
    keys = pair_keys(first, second)
    assert np.array_equal(PairTable(keys).find(first, second), np.arange(len(keys)))
    assert np.array_equal(pair_table._Hashed(keys).find(keys), np.arange(len(keys)))


# --- against scikit-learn ------------------------------------------------------------------------


class Pipeline:
    """CountVectorizer, TfidfTransformer and LogisticRegression, put together here from scratch.

    It shares nothing with ``training`` or with the run time but the definition of a feature.
    """

    def __init__(self, documents: list[list[str]], levels: Any, strength: float) -> None:
        from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        self.heads = [
            make_pipeline(
                CountVectorizer(analyzer=list, dtype=np.float64),
                TfidfTransformer(norm=None),
                LogisticRegression(C=strength, solver="liblinear", random_state=0, max_iter=200),
            ).fit(documents, levels >= cut)
            for cut in (1, 2, 3)
        ]

    def logits(self, documents: list[list[str]]) -> Any:
        return np.stack([head.decision_function(documents) for head in self.heads], axis=1)


def expected_scores(built: Model, violence: Any, profanity: Any) -> Any:
    """Calibrated, and non-increasing: what the artefact's curves make of the pipelines' logits."""
    x, y = built.arrays.calibration_x, built.arrays.calibration_y
    columns = []
    for label, logits in enumerate((violence, profanity)):
        if logits is None:
            columns.append(built.arrays.no_hit.astype(float))
            continue
        part = [np.interp(logits[c], x[3 * label + c], y[3 * label + c]) for c in range(3)]
        columns.append(np.minimum.accumulate(part))
    return np.concatenate(columns)


@pytest.mark.parametrize("chars", [True, False], ids=["with n-grams", "words and pairs"])
def test_scores_equal_a_scikit_learn_pipeline(chars: bool) -> None:
    pytest.importorskip("sklearn", reason="the extra 'train' is not installed")
    from training.build import Settings, build
    from training.classes import load_classes
    from training.data import own_rows

    rows = [row for row in own_rows()[::12] if len(features.segments(row.text)) == 1]
    rows = [row for row in rows if len(features.hits(row.text)) <= 1]
    assert len(rows) > 250
    settings = Settings(
        violence_strength=(0.1, 0.1, 0.1),
        profanity_strength=(0.3, 0.3, 0.3),
        least_word=1,
        least_pair=1,
        least_char=1,
        least_class=1,
        least_hit=1,
        prune=0.0,
        half=False,
        chars=chars,
        solver="liblinear",  # exact enough for a comparison to 1e-6
        folds=2,
        jobs=1,
    )

    def features_of(segment: list[str]) -> list[str]:
        every = features.segment_features(segment, load_classes())
        return [name for name in every if chars or not name.startswith("#")]

    built = build(rows, settings)
    ours = Model(built.arrays, {"thresholds": built.thresholds})

    violence = Pipeline(
        [features_of(features.segments(row.text)[0]) for row in rows],
        np.array([row.violence for row in rows]),
        0.1,
    )
    hit_rows = [row for row in rows if features.hits(row.text)]
    profanity = Pipeline(
        [features.hits(row.text)[0][1] for row in hit_rows],
        np.array([row.profanity for row in hit_rows]),
        0.3,
    )
    # Rows seen, rows unseen, and rows put together to longer texts of several segments and hits.
    texts = [row.text for row in own_rows()[::13]]
    texts += [f"{a} {b}" for a, b in pairwise(texts)]
    expected = []
    for text in texts:
        segments = [features_of(segment) for segment in features.segments(text)]
        hits = [names for _, names in features.hits(text)]
        expected.append(
            expected_scores(
                ours,
                violence.logits(segments).max(axis=0),
                profanity.logits(hits).max(axis=0) if hits else None,
            )
        )
    scores = ours.score(texts)
    assert sum(len(features.segments(text)) > 1 for text in texts) > 100
    assert sum(len(features.hits(text)) > 1 for text in texts) > 50
    assert np.abs(scores - np.array(expected)).max() < 1e-6
