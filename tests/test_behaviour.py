"""The behavioural cases with the shipped model: each right, but for a list of known failures.

A known failure that comes right fails here too (strict), so the list cannot go stale; see
``tests/update_known_failures.py``.
"""

from functools import cache

import pytest

from eval.cases import read_cases
from tests.update_known_failures import fails, known

CASES = read_cases()
KNOWN = known()


@cache
def failures() -> dict[str, str]:
    return fails(CASES)


@pytest.mark.parametrize(
    "case_id",
    [
        pytest.param(c.id, marks=pytest.mark.xfail(strict=True, reason="known failure"))
        if c.id in KNOWN
        else c.id
        for c in CASES
    ],
)
def test_the_level_is_as_labelled(case_id: str) -> None:
    assert failures().get(case_id) is None


def test_the_list_names_cases_that_there_are() -> None:
    assert {case.id for case in CASES} >= KNOWN


def test_there_are_seven_hundred_cases_in_two_halves() -> None:
    assert len(CASES) >= 700
    halves = [case.half for case in CASES]
    assert min(halves.count("build"), halves.count("held")) >= 350
