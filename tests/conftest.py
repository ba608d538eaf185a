"""Shared by the tests."""

import os

import pytest


def require(condition: object, reason: str) -> None:
    """Skip the test, naming the reason, unless ``condition`` holds.

    With FOREWARN_REQUIRE_ALL=1 in the environment the test fails instead: a full run must not
    pass because half of it was not there.
    """
    if condition:
        return
    if os.environ.get("FOREWARN_REQUIRE_ALL") == "1":
        pytest.fail(f"required by FOREWARN_REQUIRE_ALL=1: {reason}")
    pytest.skip(reason)
