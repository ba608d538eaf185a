"""Curves and thresholds: by hand where it can be, else what must hold for any data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("sklearn", reason="the extra 'train' is not installed")

from training.calibrate import (
    FEW_POSITIVES,
    KNOTS,
    choose_threshold,
    expected_calibration_error,
    fit_curve,
)

# --- thresholds, counted by hand -----------------------------------------------------------------

#: sorted downwards: hit, hit, miss, hit, miss, miss
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.2, 0.1])
REACHED = np.array([True, True, False, True, False, False])


def flagged(threshold: float) -> int:
    return int((threshold <= SCORES).sum())


def test_best_f1() -> None:
    # at 4 flagged: precision 3/4, recall 1, F1 6/7; at 2: precision 1, recall 2/3, F1 4/5
    threshold, said = choose_threshold(SCORES, REACHED)
    assert flagged(threshold) == 4
    assert said == {"rule": "best F1", "precision": 0.75, "recall": 1.0, "f1": 0.8571}


def test_a_recall_that_precision_does_not_allow_is_not_forced() -> None:
    # recall 1 needs 4 flagged, of precision .75 < .8: best F1 after all
    threshold, said = choose_threshold(SCORES, REACHED, recall=0.9, precision=0.8)
    assert (flagged(threshold), said["rule"]) == (4, "best F1")


def test_a_recall_asked_for_wins_over_f1() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    reached = np.array([True, True, True, False, False, True])
    best, said = choose_threshold(scores, reached)
    assert (best > 0.6, said["f1"]) == (True, 0.8571)  # 3 of 3, one missed
    with_recall, said = choose_threshold(scores, reached, recall=0.9, precision=0.6)
    assert with_recall <= 0.4
    assert said["rule"] == "best F1 with recall >= 0.9 and precision >= 0.6"
    assert (said["precision"], said["recall"]) == (0.6667, 1.0)


def test_of_equally_good_thresholds_the_middle_or_the_lowest_is_taken() -> None:
    # 1,000 hits from .9 on; below them a miss and a hit in turn: F1 stays within a thousandth of
    # its best, whichever of these eight is the last one flagged; then a hundred misses at .3
    tail = np.linspace(0.85, 0.5, 8)
    scores = np.concatenate([np.linspace(1, 0.9, 1000), tail, np.full(100, 0.3)])
    reached = np.concatenate([np.ones(1000, bool), np.arange(8) % 2 == 1, np.zeros(100, bool)])
    cautious, said = choose_threshold(scores, reached, flat=0.001, cautious=True)
    assert cautious == pytest.approx(0.5, abs=1e-3)
    assert said["recall"] == 1.0
    middle, _ = choose_threshold(scores, reached, flat=0.001)
    assert 0.65 < middle < 0.75  # of .5 to a little above .9
    assert choose_threshold(scores, reached)[0] == pytest.approx(0.5, abs=1e-3)  # best F1 itself


def test_weights_count() -> None:
    # the miss at .7 stands for nine rows: flagging it costs more than losing the hit at .6
    weights = np.array([1.0, 1, 9, 1, 1, 1])
    assert flagged(choose_threshold(SCORES, REACHED)[0]) == 4
    assert flagged(choose_threshold(SCORES, REACHED, weights)[0]) == 2


def test_no_positives() -> None:
    threshold, said = choose_threshold(SCORES, np.zeros(6, bool))
    assert (threshold, said) == (0.5, {"rule": "no positives: 0.5"})


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60).filter(
        lambda rows: any(reached for _, reached in rows)
    )
)
def test_the_figures_given_are_those_of_the_threshold(rows: list[tuple[float, bool]]) -> None:
    # thresholds have four places, so scores must differ by more to be told apart
    scores = np.array([round(score, 3) for score, _ in rows])
    reached = np.array([reached for _, reached in rows])
    threshold, said = choose_threshold(scores, reached)
    flags = scores >= threshold
    assert 0 < threshold <= 1
    if threshold > 1e-4:
        assert said["precision"] == pytest.approx(reached[flags].mean(), abs=1e-4)
        assert said["recall"] == pytest.approx(flags[reached].mean(), abs=1e-4)


# --- curves --------------------------------------------------------------------------------------


def drawn(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits whose true probability is known: a logistic curve of slope 2 through 0.2."""
    random = np.random.default_rng(seed)
    logits = random.normal(-1, 2, rows)
    return logits, random.random(rows) < 1 / (1 + np.exp(-2 * (logits - 0.2)))


@pytest.mark.parametrize("rows", [300, 3_000, 30_000])
def test_the_curve_comes_back(rows: int) -> None:
    logits, reached = drawn(rows)
    at = np.linspace(-3, 3, 50)
    true = 1 / (1 + np.exp(-2 * (at - 0.2)))
    off = np.abs(fit_curve(logits, reached)(at) - true)
    assert off.mean() < 1.2 / np.sqrt(rows) + 0.006  # chance, and 24 knots for a curve


def test_a_step_that_no_logistic_curve_has() -> None:
    """Half the rows above 0 are positive and none below: isotonic bins show it."""
    random = np.random.default_rng(0)
    logits = random.uniform(-4, 4, 20_000)
    reached = (logits > 0) & (random.random(20_000) < 0.5)
    curve = fit_curve(logits, reached)
    assert curve(np.array([-2.0]))[0] < 0.03
    assert curve(np.array([2.0]))[0] == pytest.approx(0.5, abs=0.06)
    assert curve(np.array([3.9]))[0] < 0.62


def test_few_positives_get_the_smooth_curve() -> None:
    logits = np.linspace(-5, 5, 400)
    reached = np.zeros(400, bool)
    reached[-(FEW_POSITIVES - 1) :] = True
    values = fit_curve(logits, reached).y
    assert (np.diff(values) > 0).all()


@pytest.mark.parametrize(("value", "expected"), [(False, 0.001), (True, 0.999)])
def test_one_class_says_what_was_seen(value: bool, expected: float) -> None:
    curve = fit_curve(np.array([-1.0, 0.0, 2.0]), np.full(3, value))
    assert curve(np.array([-9.0, 0.5, 9.0])) == pytest.approx([expected] * 3, abs=6e-4)


def test_no_rows_at_all() -> None:
    curve = fit_curve(np.array([]), np.array([], bool))
    assert curve(np.array([0.0]))[0] < 0.01


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(-50, 50, allow_subnormal=False), st.booleans()), max_size=120))
def test_a_curve_rises_and_stays_a_probability(rows: list[tuple[float, bool]]) -> None:
    logits = np.array([logit for logit, _ in rows])
    reached = np.array([reached for _, reached in rows], bool)
    curve = fit_curve(logits, reached)
    assert curve.x.shape == curve.y.shape == (KNOTS,)
    assert (np.diff(curve.x) > 0).all()
    assert (np.diff(curve.y) > 0).all()
    assert curve.y[0] > 0
    assert curve.y[-1] <= 1


# --- calibration error ---------------------------------------------------------------------------


def test_calibration_error_by_hand() -> None:
    # two bins: means .1 and .9, frequencies 0 and .5: (2 * .1 + 2 * .4) / 4
    scores, reached = np.array([0.1, 0.1, 0.9, 0.9]), np.array([False, False, True, False])
    assert expected_calibration_error(scores, reached, bins=2) == pytest.approx(0.25)


def test_a_perfect_forecast_has_no_error() -> None:
    reached = np.array([True, False, True, False])
    assert expected_calibration_error(reached.astype(float), reached) == 0


def test_no_rows_have_no_error() -> None:
    assert expected_calibration_error(np.array([]), np.array([], bool)) == 0
