"""The linear heads: opinions as targets, and the solver that takes them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("sklearn", reason="the extra 'train' is not installed")

from scipy import sparse
from sklearn.linear_model import LogisticRegression

from training.fit import Instances, fit_heads, tempered

ROWS, FEATURES = 400, 12
CHANCE = np.random.default_rng(0)
#: Counts times something like an IDF, which single precision rounds.
X = sparse.csr_matrix(CHANCE.integers(0, 3, (ROWS, FEATURES)) * CHANCE.uniform(1, 9, FEATURES) / 3)
OPINIONS = 1 / (1 + np.exp(-(X @ CHANCE.normal(0, 1, FEATURES) - 1)))
WEIGHTS = CHANCE.choice([0.25, 0.5, 1.0], ROWS)


def fitted(targets: np.ndarray) -> tuple[np.ndarray, float]:
    instances = Instances(X, np.arange(ROWS), ROWS)
    heads = fit_heads(instances, np.column_stack([targets] * 3), WEIGHTS, 0.5)
    return heads.weights[:, 0], float(heads.bias[0])


def test_an_opinion_counts_as_both_in_parts() -> None:
    """As scikit-learn fits it when each row stands twice, once for either answer."""
    weights, bias = fitted(OPINIONS)
    twice = LogisticRegression(C=0.5, tol=1e-8, max_iter=1000).fit(
        sparse.vstack([X, X]),
        np.repeat([True, False], ROWS),
        np.concatenate([WEIGHTS * OPINIONS, WEIGHTS * (1 - OPINIONS)]),
    )
    assert np.allclose(weights, twice.coef_[0], rtol=0, atol=1e-3)
    assert bias == pytest.approx(twice.intercept_[0], abs=1e-3)


def test_nearly_labels_are_fitted_nearly_as_labels() -> None:
    labels = (OPINIONS > 0.5).astype(float)
    nearly = np.clip(labels, 1e-7, 1 - 1e-7)
    assert np.allclose(fitted(labels)[0], fitted(nearly)[0], rtol=0, atol=0.02)


def test_a_row_of_opinions_is_as_strong_as_its_strongest_instance() -> None:
    """Every second instance is noise beside one that speaks; the first weight is still found."""
    speaks = sparse.csr_matrix(np.tile([[1.0, 0.0], [0.0, 1.0]], (50, 1)))
    silent = sparse.csr_matrix(np.tile([[0.0, 1.0], [0.0, 1.0]], (50, 1)))
    instances = Instances(
        sparse.vstack([speaks, silent]).tocsr(), np.repeat(np.arange(100), 2), 100
    )
    target = np.repeat([0.9, 0.1], 50)
    heads = fit_heads(instances, np.column_stack([target] * 3), np.ones(100), 10.0)
    first, second = heads.weights[:, 0]
    assert first > second + 1
    assert heads.logits(instances)[:, 0].reshape(2, 50).mean(axis=1) == pytest.approx(
        [np.log(9), -np.log(9)], abs=0.4
    )


def test_temperature_by_hand() -> None:
    found = tempered(np.array([[0.8, 0.8, 0.8], [0.5, 0.5, 1.0]]), (1, 2, 2))
    assert found[:, 0].tolist() == [0.8, 0.5]
    assert found[0, 1] == pytest.approx(2 / 3)  # odds of 4 become odds of 2
    assert found[1, 1] == 0.5
    assert 0.9 < found[1, 2] < 0.96  # an opinion is never quite sure


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=2),
    st.floats(1, 5),
)
def test_temperature_keeps_order_and_side(opinions: list[float], temperature: float) -> None:
    rows = np.array(sorted(opinions))[:, None].repeat(3, axis=1)
    low, high = tempered(rows, [temperature] * 3)[:, 0]
    assert low <= high
    for before, after in zip(rows[:, 0], (low, high), strict=True):
        assert abs(after - 0.5) <= abs(before - 0.5) + 0.004
        assert (after - 0.5) * (before - 0.5) >= 0
