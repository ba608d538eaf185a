"""Which words have a class, and that a word of our lists shares the class of its like."""

from pathlib import Path

import numpy as np
import pytest

from classifier.errors import InputError
from training import teacher
from training.classes import FINENESS, listed_words, load_classes, make_classes
from training.labels import Row
from training.text import Unlabelled


def row(text: str, source: str) -> Row:
    return Row(text, 0, 0, source, "d", None, "", "", "", "f:1")


def test_words_of_lists_each_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hacksaw\nmaul\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("maul\ncudgel\n", encoding="utf-8")
    assert listed_words(tmp_path) == ["cudgel", "hacksaw", "maul"]


@pytest.mark.parametrize("line", ["two words", "Maul", "x", "", "café", "a" * 21])
def test_another_thing_than_a_word_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text(f"maul\n{line}\nhacksaw\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.txt, line 2: "):
        listed_words(tmp_path)


def test_our_lists_are_words() -> None:
    words = listed_words()
    assert len(words) > 5_000
    assert {"garrotted", "pummelled", "shrapnel"} <= set(words)


def test_a_source_must_say_a_word_twice_we_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teacher, "listed_words", lambda: ["cudgel", "river"])
    items = [
        Unlabelled("masc", "1", "The river rose, the rivr rose."),
        Unlabelled("own-prose", "a:1", "A heron waited."),
    ]
    rows = [row("The river fell at dusk.", "masc"), row("Ospreys left.", "own")]
    found = teacher.known_words(items, rows)
    assert found[0] == "the"
    assert {"river", "heron", "ospreys", "cudgel"} <= set(found)
    assert not {"rivr", "dusk"} & set(found)
    assert len(found) == len(set(found))


def test_classes_put_like_words_together(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    places = np.repeat(np.eye(8), 1_000, axis=0) + chance.normal(0, 0.02, (8_000, 8))
    words = [
        f"{'abcdefgh'[n // 1_000]}{chr(97 + n % 26)}{n:04d}".translate(_LETTERS)
        for n in range(8_000)
    ]
    path = tmp_path / "classes.npz"
    make_classes(words, places, path)
    found = load_classes(path)
    assert set(found) == set(words)
    assert all(len(classes) == len(FINENESS) for classes in found.values())
    kinds: dict[str, set[str]] = {}
    for word, classes in found.items():
        kinds.setdefault(classes[0], set()).add(word[0])
    assert all(len(first) == 1 for first in kinds.values())


_LETTERS = str.maketrans("0123456789", "qrstuvwxyz")


def test_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(InputError, match=r"a\.txt: cannot be read: .*position 3"):
        listed_words(tmp_path)
