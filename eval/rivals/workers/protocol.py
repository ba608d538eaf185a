"""What a worker says and hears: one JSON object a line. Runs inside a rival's environment.

Heard: ``{"train": {"texts", "violence", "profanity", "groups"}}`` (levels, null unknown) and
``{"score": [text, ...]}``. Said: first ``{"ready": true, "thresholds", "probabilities"}``, then
``{"trained": true, "thresholds"}`` or ``{"scores": {label: [[three scores or one], ...]}}``, or
``{"error": message}``.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

Scores = dict[str, list[list[float]]]
Thresholds = dict[str, list[float]]


def serve(
    thresholds: Thresholds | None,
    score: Callable[[list[str]], Scores],
    train: Callable[[dict[str, Any]], Thresholds] | None = None,
    *,
    probabilities: bool = False,
) -> None:
    """Answer until the input ends. What a tool prints by itself goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(what: dict[str, Any]) -> None:
        answers.write(json.dumps(what) + "\n")
        answers.flush()

    say({"ready": True, "thresholds": thresholds, "probabilities": probabilities})
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if "train" in asked and train:
                say({"trained": True, "thresholds": train(asked["train"])})
            else:
                say({"scores": score(asked["score"])})
        except Exception as error:
            say({"error": f"{type(error).__name__}: {error}"})
