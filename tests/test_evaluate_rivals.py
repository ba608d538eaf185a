"""What the trained rivals learn from, and the documents of the measurement of costs."""

import json
from pathlib import Path

import pytest

pytest.importorskip("rich", reason="the extra 'eval' is not installed")

from classifier.errors import InputError
from eval.report_cost import documents
from eval.rivals.scoring import training_rows

ROWS = [
    {"text": "One.", "violence": 1, "profanity": 0, "source": "x", "document": "d"},
    {"text": "Two.", "violence": 2, "source": "x", "document": "d"},
    {"text": "Three.", "profanity": 3, "source": "y", "document": "d"},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return path


def test_rivals_learn_levels_and_a_missing_one_is_none(file: Path) -> None:
    rows = training_rows([file])
    assert rows["texts"] == ["One.", "Two.", "Three."]
    assert rows["violence"] == [1, 2, None]
    assert rows["profanity"] == [0, None, 3]
    first, second, third = rows["groups"]
    assert first == second != third, "the same document only within a source"


def test_rivals_do_not_learn_what_they_are_measured_on(file: Path) -> None:
    rows = training_rows([file], {"Two.", "Never seen."})
    assert rows["texts"] == ["One.", "Three."]
    assert len(rows["violence"]) == len(rows["profanity"]) == len(rows["groups"]) == 2


def test_a_mistake_in_the_training_rows_is_named(file: Path) -> None:
    file.write_text('{"text": "One.", "violence": 1}\n{"text": "Two.", "violence": 7}\n')
    with pytest.raises(InputError, match=r"train\.jsonl:2: field 'violence': 7 is not a level"):
        training_rows([file])


def test_the_measured_documents_use_each_sentence_once(tmp_path: Path) -> None:
    path = tmp_path / "pool.jsonl"
    rows = [{"text": f"S{n}.", "source": "x", "document": n // 3} for n in range(47)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    texts = [json.loads(line)["text"] for line in documents(path, 10)]
    assert len(texts) == 10
    words = " ".join(texts).split()
    assert len(words) == len(set(words)) == 40
    assert "S0. S1. S2. S3." in texts, "neighbours stay together"


def test_too_few_sentences_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "pool.jsonl"
    path.write_text('{"text": "One."}\n', encoding="utf-8")
    with pytest.raises(SystemExit, match="too few"):
        list(documents(path, 10))
