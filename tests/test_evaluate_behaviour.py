"""The behavioural tables on a handful of cases, and that held text stays unseen."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rich", reason="the extra 'eval' is not installed")

from classifier.errors import InputError
from eval import behaviour, behaviour_report
from eval.behaviour_figures import Answers, fairness, figures, ours
from eval.cases import Case, Twin, read_cases, read_twins
from tests.evaluate_support import FakeModel


def case(name: str, text: str, level: int, **more: Any) -> Case:
    usual = {"violence": None, "type": "mft", "half": "build"}
    return Case(name, "k", text, level, **(usual | more))


CASES = [
    case("a", "What shit.", 2, span="shit"),
    case("b", "What sh*t.", 2, pair="a", type="invariance"),
    case("c", "What s**t.", 1, pair="a", type="direction"),
    case("d", "A secret held text.", 1, half="held"),
    case("e", "He was stabbed.", 0, violence=2),
]


def test_cases_are_counted_by_kind_and_in_total() -> None:
    answers = {
        "forewarn": ours(FakeModel(), CASES, lambda _: None),
        "other": Answers([1, 1, 1, 1, 1], exact=False),
    }
    report = figures(CASES, answers)
    [kind] = report["kinds"]
    assert kind["n"] == 5
    assert kind["right"] == {"forewarn": 2, "other": 4}
    assert kind["exact"] == 2
    assert kind["pairs"] == {"n": 2, "right": 1}
    assert kind["violence"] == {"n": 1, "exact": 1}
    assert kind["spans"] == {"n": 1, "exact": 1}
    assert report["totals"]["specificity (should not)"]["right"] == {"forewarn": 1, "other": 0}
    assert [one["id"] for one in report["failures"]] == ["b", "c", "d"]


def test_text_of_the_held_half_is_hidden() -> None:
    report = figures(CASES, {"forewarn": ours(FakeModel(), CASES, lambda _: None)})
    behaviour._hide_held(report)
    report |= {"half": "all", "absent": {}, "fairness": fairness(FakeModel(), [])}
    assert "secret held" not in json.dumps(report)
    assert "secret held" not in behaviour_report.markdown(report)


def test_twins_are_counted_by_area() -> None:
    twins = [
        Twin("1", "ethnic:x", "Fine people.", "Fine."),
        Twin("2", "dialect:y", "Damn fine.", "Fine."),
    ]
    found = fairness(FakeModel(), twins)
    assert found["all"] == {"n": 2, "flagged": 1, "twins_flagged": 0, "apart": 1}
    assert found["ethnic"]["flagged"] == 0


def test_the_cases_of_this_repository_can_be_read() -> None:
    cases, twins = read_cases(), read_twins()
    assert len(cases) >= 700
    assert len(twins) >= 300
    assert {one.half for one in cases} == {"build", "held"}
    assert len(read_cases("build")) + len(read_cases("held")) == len(cases)


def test_a_broken_case_is_named(tmp_path: Path) -> None:
    (tmp_path / "k.jsonl").write_text('{"id": "a", "kind": "k"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"k\.jsonl:1: no field 'text'"):
        read_cases(folder=tmp_path)
