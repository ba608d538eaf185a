"""Shared by the tests."""

import os

import pytest
from hypothesis import settings

# A busy machine is no bug: what may take how long is tested where it is said, not by the clock
# of a single example. Everybody tries the same examples, so that a change is judged by what it
# changed; `pytest --hypothesis-profile=search` looks for new ones (CONTRIBUTING.md).
settings.register_profile("forewarn", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("forewarn")


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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With FOREWARN_REQUIRE_ALL=1 any skip fails the run, also one that never asked ``require``."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", ())) if reporter else 0
    if skipped and os.environ.get("FOREWARN_REQUIRE_ALL") == "1":
        reporter.write_line(f"\nFOREWARN_REQUIRE_ALL=1, but {skipped} skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
