"""What counts as a text that can be judged."""

import pytest

import classifier
from classifier.assess import not_assessed
from tests.small_model import small_model


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nobody came. Der Hund lief gestern über die Straße und bellte laut.",
        "Der Hund bellte.Nobody was there.Und dann lief er gestern laut fort.",  # ends in tokens
        "xyzzy " * 300 + "plugh. " * 200,
        "Niemand bellte gestern laut. " * 600 + "And so on and so on. " * 900,  # the beginning
        "Собака лаяла.",
        "Nobody was hurt, said the damned mayor.",
    ],
)
def test_a_document_counts_its_words_as_the_whole_text_does(text: str) -> None:
    judge = classifier.load(small_model())
    again = [judge.predict(text), *judge.predict_many([text, "It rained.", text])]
    assert [document.not_assessed for document in again] == [
        not_assessed(text),
        not_assessed(text),
        None,
        not_assessed(text),
    ]
