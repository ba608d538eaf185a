"""Our own open prose: read whole, in order, and opinions of it find their sentences again."""

from pathlib import Path

import numpy as np
import pytest

from classifier.errors import InputError
from training import opinions, prose
from training.text import unlabelled

TWO = "Rain at last\nIt rained. Nobody cared.\n---\nA second headline\nThe sun came out.\n"


def test_articles_in_order_with_their_names(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("Last one\nIt ended.\n", encoding="utf-8")
    (tmp_path / "a.txt").write_text(TWO, encoding="utf-8")
    docs = list(prose.articles(tmp_path))
    assert [doc.document for doc in docs] == ["a:1", "a:2", "b:1"]
    assert {doc.source for doc in docs} == {prose.SOURCE}
    assert docs[1].text == "A second headline\nThe sun came out."


@pytest.mark.parametrize(
    ("text", "line"),
    [("---\nOne.\n", 1), ("One.\n---\n---\nTwo.\n", 3), ("One.\n---\n", 3), ("", 1)],
)
def test_an_article_without_text_is_named(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"a\.txt, line {line}: no article"):
        list(prose.articles(tmp_path))


def test_our_prose_is_varied() -> None:
    sentences = list(unlabelled(prose.articles()))
    every = [sentence.text for sentence in sentences]
    assert len(every) >= 10_000
    assert len({sentence.document for sentence in sentences}) >= 500
    beginnings = {" ".join(text.split()[:4]) for text in every}
    assert len(beginnings) > 0.85 * len(every), "templates, or one voice"


def test_the_command_counts_and_names_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prose.main() == 0
    assert capsys.readouterr().out.startswith(f"{len(prose.files())} files, ")
    (tmp_path / "a.txt").write_text("---\n", encoding="utf-8")
    articles = prose.articles
    monkeypatch.setattr(prose, "articles", lambda: articles(tmp_path))
    assert prose.main() == 2
    assert "a.txt, line 1: no article" in capsys.readouterr().err


def test_opinions_of_prose_find_their_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(TWO, encoding="utf-8")
    articles = prose.articles
    monkeypatch.setattr(opinions, "own_rows", list)
    monkeypatch.setattr(opinions, "source_rows", lambda *_: ([], {}))
    monkeypatch.setattr(opinions, "documents", lambda *_: iter(()))
    monkeypatch.setattr(opinions.prose, "articles", lambda: articles(tmp_path))
    found = list(opinions.origins(tmp_path))
    path = tmp_path / "opinions.npz"
    read = [(origin.key, number) for number in (1, 0) for origin in found]
    opinions.save(read, np.full((len(read), 3), 0.2), path)
    loaded = opinions.load(tmp_path, path=path)
    assert loaded is not None
    as_they_stand = [t for t, varied in zip(loaded.texts, loaded.varied, strict=True) if not varied]
    assert as_they_stand == [origin.text for origin in found]
    assert loaded.varied.sum() == len(found)
    plain = opinions.load(tmp_path, variants=0, path=path)
    assert plain is not None
    assert plain.texts == as_they_stand
    assert "Nobody cared." in loaded.texts
    assert set(loaded.groups) == {"own-prose|a:1", "own-prose|a:2"}
    without = opinions.load(tmp_path, without=[prose.SOURCE], path=path)
    assert without is not None
    assert not without.texts


def test_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(InputError, match=r"a\.txt: cannot be read: .*position 3"):
        list(prose.articles(tmp_path))
