"""The plain linear models: what they count, and that fold 0 chooses nothing."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra 'train' is not installed")

from scipy import sparse

from training import explore
from training.fit import Floats, Matrix, targets_of

FOUND = ["he", "was", "shot"]


def test_what_is_counted() -> None:
    assert explore.words(1, 2)(FOUND) == ["he", "was", "shot", "he was", "was shot"]
    assert explore.chars(3, 3)(["shot"]) == ["#<sh", "#sho", "#hot", "#ot>"]
    assert explore.skips(2)(FOUND) == ["he .. was", "he .. shot", "was .. shot"]
    assert explore.skips(1)(FOUND) == ["he .. was", "was .. shot"]


@pytest.fixture
def toy() -> tuple[Matrix, Floats]:
    """Four levels; the feature of a level stands in its rows and in those above."""
    levels = np.tile(np.arange(4), 20)
    return sparse.csr_matrix(targets_of(levels)), targets_of(levels)


@pytest.mark.parametrize(
    "heads",
    [
        explore.each_cut(explore.logistic),
        explore.each_cut(explore.balanced),
        explore.ordered,
        explore.each_cut(explore.log_count_ratio),
        explore.each_cut(explore.best_features(2)),
    ],
    ids=["separate", "balanced", "ordered", "log-count", "best"],
)
def test_heads_rank_what_can_be_ranked(heads: explore.Heads, toy: tuple[Matrix, Floats]) -> None:
    x, targets = toy
    found = heads(x, targets, x, 10.0)
    assert found.shape == targets.shape
    assert explore.mean_precision(targets, found) > 0.99


def test_ordered_heads_differ_by_a_constant(toy: tuple[Matrix, Floats]) -> None:
    x, targets = toy
    found = explore.ordered(x, targets, x, 1.0)
    gaps = found[:, :2] - found[:, 1:]
    assert np.allclose(gaps, gaps[0])
    assert (gaps >= 0).all()


def test_fold_0_chooses_no_strength() -> None:
    # as many rows in each fold; the strength is what heads report, by the rows they score
    fold = np.repeat(np.arange(5), 8)
    data = explore.Data([["a"]] * 40, targets_of(np.tile(np.arange(4), 10)), fold)
    seen: list[tuple[int, int]] = []

    def heads(x: Matrix, targets: Floats, other: Matrix, strength: float) -> Floats:
        seen.append((x.shape[0], other.shape[0]))
        # fold 1 likes strength 3 alone
        return targets_of(np.tile(np.arange(4), 2)) * (1 if strength == 3.0 else -1)

    strength, _ = data.scores(explore.Trial(explore.words(1, 1), heads, least=1))
    assert strength == 3.0
    # chosen on fold 1 by what folds 2 to 4 say, then fitted on folds 1 to 4 for fold 0
    assert seen == [(24, 8)] * len(explore.STRENGTHS) + [(32, 8)]


def test_calibrators_of_a_calibrated_score() -> None:
    chance = np.random.default_rng(0)
    logits = chance.normal(0, 2, 4000)
    reached = chance.random(4000) < 1 / (1 + np.exp(-logits))
    for name, calibrate in explore.CALIBRATORS.items():
        found = calibrate(logits, reached, np.array([-2.0, 0.0, 2.0]))
        assert np.allclose(found, [0.12, 0.5, 0.88], atol=0.06), name
