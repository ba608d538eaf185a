"""Figures against tables counted by hand, and resampled figures against scikit-learn's."""

import math

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra 'eval' is not installed")

from sklearn.metrics import average_precision_score, cohen_kappa_score, roc_auc_score

from classifier.evaluate import calibration, metrics
from classifier.evaluate.bootstrap import design, draws
from classifier.evaluate.compare import mcnemar
from classifier.evaluate.curves import precision_recall
from classifier.evaluate.estimates import estimate
from classifier.evaluate.groups import lengths

TRUTH = np.array([True, True, True, False, False, False, False, False])
FLAGS = np.array([True, True, False, True, False, False, False, False])
SCORES = np.array([0.9, 0.8, 0.3, 0.8, 0.2, 0.2, 0.1, 0.1])


def test_precision_recall_f1_counted_by_hand() -> None:
    # 2 right, 1 false, 1 missed
    assert metrics.precision_recall_f1(TRUTH, FLAGS) == pytest.approx((2 / 3, 2 / 3, 2 / 3))


def test_precision_without_flags_is_undefined() -> None:
    precision, recall, f1 = metrics.precision_recall_f1(TRUTH, np.zeros(8, dtype=bool))
    assert math.isnan(precision)
    assert (recall, f1) == (0, 0)


def test_recall_without_positives_is_undefined() -> None:
    precision, recall, _ = metrics.precision_recall_f1(np.zeros(8, dtype=bool), FLAGS)
    assert math.isnan(recall)
    assert precision == 0


def test_average_precision_counted_by_hand() -> None:
    # from the top: .9 hit (1/1), .8 one hit of two (2/3), .3 hit (3/4); each adds 1/3 recall
    expected = (1 + 2 / 3 + 3 / 4) / 3
    assert metrics.average_precision(TRUTH, SCORES) == pytest.approx(expected)


def test_roc_auc_counted_by_hand() -> None:
    # 15 pairs: .9 beats 5; .8 beats 4 and ties 1; .3 beats 4
    assert metrics.roc_auc(TRUTH, SCORES) == pytest.approx((5 + 4.5 + 4) / 15)


def test_areas_are_undefined_with_one_class() -> None:
    assert math.isnan(metrics.average_precision(np.zeros(8, dtype=bool), SCORES))
    assert math.isnan(metrics.roc_auc(np.ones(8, dtype=bool), SCORES))


def test_confusion_kappa_and_missed_counted_by_hand() -> None:
    truth, given = np.array([0, 0, 1, 2, 3, 3]), np.array([0, 1, 1, 0, 3, 2])
    assert metrics.confusion(truth, given).tolist() == [
        [1, 1, 0, 0],
        [0, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 1, 1],
    ]
    assert metrics.missed(truth, given) == pytest.approx(1 / 3)
    # squared distances 0+1+0+4+0+1 = 6; expected over all 36 pairs: 116, over 6
    expected = sum((a - b) ** 2 for a in truth for b in given) / 6
    assert metrics.kappa(truth, given) == pytest.approx(1 - 6 / expected)


def test_kappa_of_one_constant_level_is_undefined() -> None:
    zeros = np.zeros(4, dtype=int)
    assert math.isnan(metrics.kappa(zeros, zeros))


def test_expected_calibration_error_counted_by_hand() -> None:
    scores = np.array([0.1, 0.1, 0.9, 0.9])
    truth = np.array([False, True, True, True])
    # bin 1: said .1, was .5; bin 2: said .9, was 1
    assert calibration.expected_error(truth, scores, 2) == pytest.approx((0.4 + 0.1) / 2)
    low, high = calibration.reliability(truth, scores, 2)
    assert (low.rows, low.said, low.observed) == (2, pytest.approx(0.1), 0.5)
    assert (high.rows, high.observed) == (2, 1.0)


def test_equal_scores_share_a_bin() -> None:
    assert set(calibration.bins_of(np.zeros(50)).tolist()) == {0}


def test_precision_recall_curve_counted_by_hand() -> None:
    assert precision_recall(TRUTH, SCORES) == [
        (1.0, 0.75, 0.3),
        (0.6667, 0.6667, 0.8),
        (0.3333, 1.0, 0.9),
    ]


def test_mcnemar_counts_only_the_rows_where_the_two_differ() -> None:
    first = np.array([True] * 50 + [True] * 9 + [False])
    second = np.array([True] * 50 + [False] * 9 + [True])
    # two sided binomial, 10 tosses, 9 or more on one side: 2 * 11 / 1024
    assert mcnemar(first, second) == {
        "only_first_right": 9,
        "only_second_right": 1,
        "p": round(22 / 1024, 4),
    }


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    truth = random.integers(0, 4, 300)
    scores = np.round(np.clip(truth / 3 + random.normal(0, 0.4, 300), 0, 1), 1)  # many ties
    given = np.digitize(scores, (0.25, 0.5, 0.75))
    weights = next(draws(design(truth), 20, 3))
    return truth, scores, given, weights


def test_resampled_figures_are_sklearns_with_the_draws_as_weights(
    rows: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    truth, scores, given, weights = rows
    yes = truth >= 2
    areas = metrics.average_precision_of(weights, yes, scores)
    curves = metrics.roc_auc_of(weights, yes, scores)
    kappas, missed = metrics.kappa_and_missed_of(weights, truth, given)
    for i, weight in enumerate(weights):
        assert areas[i] == pytest.approx(average_precision_score(yes, scores, sample_weight=weight))
        assert curves[i] == pytest.approx(roc_auc_score(yes, scores, sample_weight=weight))
        assert kappas[i] == pytest.approx(
            cohen_kappa_score(truth, given, weights="quadratic", sample_weight=weight)
        )
        repeated = np.repeat(np.arange(300), weight.astype(int))
        assert missed[i] == pytest.approx(metrics.missed(truth[repeated], given[repeated]))
        trio = metrics.precision_recall_f1_of(weight[None], yes, given >= 2)[:, 0]
        assert trio == pytest.approx(
            metrics.precision_recall_f1(yes[repeated], given[repeated] >= 2)
        )


def test_every_resample_keeps_the_size_of_each_level(
    rows: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    truth, _, _, weights = rows
    for level in range(4):
        assert (weights[:, truth == level].sum(axis=1) == (truth == level).sum()).all()


def test_rows_of_a_document_are_drawn_together() -> None:
    documents = np.array([0, 0, 0, 1, 1, 2, 3, 4])
    weights = next(draws(design(np.zeros(8, dtype=np.int64), documents), 50, 3))
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 3] == weights[:, 4]).all()
    assert (weights[:, 0] != weights[:, 3]).any()


def test_the_same_seed_draws_the_same_rows() -> None:
    plan = design(np.array([0, 0, 1, 1, 1]))
    assert (next(draws(plan, 5, 9)) == next(draws(plan, 5, 9))).all()


def test_an_interval_covers_the_true_value_about_as_often_as_it_says() -> None:
    # recall of 0.7 on 60 positives, 200 times: 95 % intervals should miss it about 10 times
    random = np.random.default_rng(7)
    truth = np.array([True] * 60 + [False] * 60)
    inside = 0
    for seed in range(200):
        flags = random.random(120) < np.where(truth, 0.7, 0.1)
        weights = next(draws(design(truth.astype(np.int64)), 400, seed))
        recall = metrics.precision_recall_f1_of(weights, truth, flags)[1]
        found = estimate(float(flags[:60].mean()), recall)
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 0.7 <= found.high
    assert 180 <= inside <= 198


def test_a_thousand_resamples_of_2500_rows_are_quick() -> None:
    from time import perf_counter

    random = np.random.default_rng(2)
    truth = random.random(2500) < 0.1
    scores = random.random(2500)
    started = perf_counter()
    for weights in draws(design(truth.astype(np.int64)), 1000):
        metrics.average_precision_of(weights, truth, scores)
        metrics.roc_auc_of(weights, truth, scores)
    assert perf_counter() - started < 5


def test_lengths_are_counted_in_words() -> None:
    assert lengths(["a b", "w " * 7, "w " * 8, "w " * 41]) == [
        "1-7 words",
        "1-7 words",
        "8-15 words",
        "41+ words",
    ]
