"""What counts as a text that can be judged."""

import pytest

from classifier.assess import not_assessed


def test_french_is_not_taken_for_english_by_its_apostrophes() -> None:
    reason = not_assessed("L'hiver n'arrive qu'à l'aube, j'attends l'été et l'eau d'ici.")
    assert reason is not None
    assert "known words" in reason


@pytest.mark.parametrize(
    "text",
    [
        "Y'all couldn't've known it wasn't the sailor's o'clock.",
        "They’re sure she’d said we’ll rock'n'roll.",
    ],
)
def test_english_apostrophes_are_english(text: str) -> None:
    assert not_assessed(text) is None
