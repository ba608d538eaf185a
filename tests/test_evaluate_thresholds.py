"""Thresholds that meet a stated recall, precision or cost, on rows counted by hand."""

import tomllib

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra 'eval' is not installed")

from classifier.evaluate.bootstrap import design
from classifier.evaluate.thresholds import Found, Rule, of_cut, policy_toml
from classifier.policy import load_policy

#: From the top: hit, hit, miss, hit, miss, miss, hit, miss.
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
TRUTH = np.array([True, True, False, True, False, False, True, False])


def found(rule: Rule, truth: np.ndarray = TRUTH, scores: np.ndarray = SCORES) -> Found:
    return of_cut("violence", 2, truth, scores, design(truth.astype(np.int64)), rule, 100)


def at(rule: Rule) -> float | None:
    return found(rule).threshold


def test_the_recall_is_met_with_the_best_precision() -> None:
    # three of four: down to .6, precision 3/4; the threshold lies between .6 and .5
    assert at(Rule(recall=0.75)) == 0.55
    assert at(Rule(recall=0.9)) == 0.25


def test_the_precision_is_met_with_the_best_recall() -> None:
    assert at(Rule(precision=0.75)) == 0.55
    assert at(Rule(precision=1.0)) == 0.75


def test_both_are_met_or_the_nearest_is_told() -> None:
    assert at(Rule(recall=0.5, precision=0.9)) == 0.75
    missed = found(Rule(recall=0.9, precision=0.9))
    assert missed.threshold is None
    assert "best precision is 0.571" in missed.why


def test_a_dear_miss_lowers_the_threshold_and_a_dear_alarm_raises_it() -> None:
    assert at(Rule(miss=10)) == 0.25
    assert at(Rule(miss=1, alarm=10)) == 0.75


def test_the_best_f1_is_the_default() -> None:
    assert at(Rule()) == 0.55  # 3 right, 1 false, 1 missed: 3/4


def test_the_threshold_flags_exactly_the_rows_that_were_counted() -> None:
    scores = np.array([0.50001, 0.50000, 0.49999])
    truth = np.array([True, True, False])
    threshold = found(Rule(precision=1.0), truth, scores).threshold
    assert threshold is not None
    assert ((scores >= threshold) == truth).all()


def test_figures_have_intervals() -> None:
    figures = found(Rule(recall=0.75)).figures
    assert figures["recall"]["value"] == 0.75
    assert figures["recall"]["low"] <= 0.75 <= figures["recall"]["high"]
    assert figures["threshold"]["low"] <= 0.55 <= figures["threshold"]["high"]


def test_a_level_without_rows_has_no_threshold() -> None:
    nothing = found(Rule(), np.zeros(8, dtype=bool))
    assert (nothing.threshold, nothing.positives) == (None, 0)


def test_the_policy_file_is_one_that_the_library_loads(tmp_path: object) -> None:
    rule = Rule(recall=0.75)
    text = policy_toml([found(rule)], rule, 8, "rows.jsonl")
    settings = tomllib.loads(text)
    assert settings == {"thresholds": {"violence": {"2": 0.55}}}
    assert load_policy(settings).thresholds["violence"] == (None, 0.55, None)


def test_rules_say_what_they_ask() -> None:
    assert str(Rule(recall=0.9, precision=0.7)) == "recall >= 0.9 and precision >= 0.7"
    assert str(Rule(miss=5)) == "least cost, a miss 5 and a false alarm 1"
