"""What the page of new text holds of a document, and what it costs to put it there."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rich", reason="the extra 'eval' is not installed")

import classifier
from classifier.evaluate.judged import Judged, Totals
from classifier.evaluate.page import Page
from classifier.evaluate.reasons import MOST, WEAKEST, Asked, Reasons, readable
from classifier.evaluate.record import Records
from classifier.evaluate.texts import Text
from classifier.evidence import Explanation
from classifier.model import Contribution
from classifier.results import Document, Sentence
from classifier.taxonomy import LABELS, Label, Levels
from tests.evaluate_support import FakeModel


class Counting(FakeModel):
    """Remembers which sentences it was asked to explain."""

    def __init__(self) -> None:
        super().__init__()
        self.explained: list[str] = []

    def explain(self, sentence: str) -> Explanation:
        self.explained.append(sentence)
        return super().explain(sentence)


def judged(model: FakeModel, text: str, name: str = "a") -> Judged:
    return Judged(Text(name, text), model.predict(text))


def record(model: FakeModel, found: Judged) -> list[list[Any]]:
    make = Records(model)
    draft = make.draft(found)
    make.finish([draft])
    sentences: list[list[Any]] = draft["s"]
    return sentences


def test_a_clean_sentence_is_four_entries_and_a_flagged_one_seven() -> None:
    model = Counting()
    clean, flagged = record(model, judged(model, "All is well. He was stabbed."))
    assert clean == [0, 12, [0, 0], [200, 100, 0, 200, 100, 0]]
    scores = [9000, 7000, 1000, 200, 100, 0]
    assert flagged == [
        13, 28, [2, 0], scores, [[20, 27, 0, 2]], [[["stabbed", 2.0]], []], [0, 0],
    ]  # fmt: skip
    assert model.explained == ["He was stabbed."], "reasons are for what is flagged"


def test_offsets_behind_a_wide_character_count_utf16_units() -> None:
    [first] = record(FakeModel(), judged(FakeModel(), "\N{GRINNING FACE} Gore."))
    assert first[:2] == [0, 8]
    assert first[4] == [[3, 7, 0, 3]]


@pytest.mark.parametrize(
    ("score", "level", "entries", "fixed"),
    [
        (0.29, 0, 4, None),  # under 0.6 of the threshold 0.5
        (0.31, 0, 7, [0, 0]),  # near it: a moved threshold may flag it
        (0.6, 1, 7, [0, 0]),
        (0.6, 0, 7, [1, 0]),  # the house has taken the level away
        (0.6, 3, 7, [1, 0]),
    ],
)
def test_near_sentences_have_reasons_and_levels_of_the_house_are_fixed(
    score: float, level: int, entries: int, fixed: list[int] | None
) -> None:
    levels = Levels(violence=level, profanity=0)
    sentence = Sentence(0, 5, "Quiet", levels, (score, 0.0, 0.0, 0.0, 0.0, 0.0))
    [found] = record(FakeModel(), Judged(Text("a", "Quiet"), Document((sentence,), levels, ())))
    assert len(found) == entries
    assert fixed is None or found[6] == fixed


def test_only_documents_that_are_kept_are_explained(tmp_path: Path) -> None:
    model, totals = Counting(), Totals()
    with Page(tmp_path / "r.html", model, most=1) as page:
        for number, text in enumerate(("Damn.", "He was stabbed.", "Shit.", "Gore.", "Killed.")):
            found = judged(model, text, f"document {number}")
            totals.add(found)
            page.add(found)
        page.write(totals, [])
    assert model.explained == ["Gore."]
    written = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "document 3" in written
    assert "document 1" not in written


class Weighing(FakeModel):
    """Explains everything by one word of each weight given."""

    def __init__(self, weights: list[float]) -> None:
        super().__init__()
        self._given = weights

    def explain(self, sentence: str) -> Explanation:
        contributions = [
            Contribution("violence", f"w{n}", n, n + 1, (weight, 9.0, 9.0))
            for n, weight in enumerate(self._given)
        ]
        return Explanation(sentence, Levels(violence=1, profanity=0), (), tuple(contributions), ())


def test_reasons_are_the_strongest_of_either_sign_and_no_crumbs() -> None:
    why = Reasons(Weighing([0.5, -2.004, 0.04, -0.04, 1.0]))
    [violence, profanity] = why.of([Asked("any", "violence", 1), Asked("any", "profanity", 1)])
    assert [(one.feature, one.weight) for one in violence] == [
        ("w1", -2.0),
        ("w4", 1.0),
        ("w0", 0.5),
    ]
    assert profanity == []


def test_no_more_reasons_than_a_reader_takes_in() -> None:
    [found] = Reasons(Weighing([1.0] * 50)).of([Asked("any", "violence", 1)])
    assert len(found) == MOST


SENTENCES = [
    "Two men were stabbed to death, and the knife was found in a pool of blood.",
    "He was shot. It was a quiet day after the killing of 12 people.",
    "What a sh1t show, you bloody bastards!",
    "The pool was closed.",
    "\N{GRINNING FACE}  Damn -- they killed  the dog",
]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_reasons_of_many_sentences_are_those_that_explain_gives_of_each(
    label: Label, level: int
) -> None:
    model = classifier.load()
    asked = [Asked(sentence, label, level) for sentence in SENTENCES]
    for one, found in zip(asked, Reasons(model).of(asked), strict=True):
        told = [
            (entry.start, entry.end, round(entry.weights[one.cut], 2))
            for entry in model.explain(one.sentence).contributions
            if entry.label == label and abs(entry.weights[one.cut]) >= WEAKEST
        ]
        assert {(r.start, r.end, r.weight) for r in found} <= set(told)
        strongest = sorted((abs(weight) for *_, weight in told), reverse=True)[:MOST]
        assert [abs(reason.weight) for reason in found] == strongest


def test_reasons_of_labels_are_not_mixed_up() -> None:
    asked = [
        Asked("They shit on him.", "profanity", 2),
        Asked("He was stabbed.", "violence", 2),
        Asked("It rained.", "profanity", 0),
        Asked("What shit.", "profanity", 2),
    ]
    found = Reasons(classifier.load()).of(asked)
    assert [one[0].feature if one else None for one in found] == [
        "shit (listed as 2)", "stabbed", None, "shit (listed as 2)",
    ]  # fmt: skip
    assert Reasons(classifier.load()).of([]) == []


def test_numbers_are_called_numbers() -> None:
    assert readable("0 lives") == "[number] lives"
    assert readable("lost 0") == "lost [number]"
    assert readable("b00m (leet, lexicon level 0)") == "b00m (leet, lexicon level 0)"
