"""The count of files that nobody here wrote: what it calls good, refused and changed."""

from pathlib import Path

import pytest

from eval import real_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.html").write_text("<article><p>boats</p></article>")
    (tmp_path / "b.xml").write_text("<rss><channel><item><title>x</title></item></channel></rss>")
    (tmp_path / "c.xml").write_text("<rss>\n<channel>")
    (tmp_path / "d.json").write_text('{"a": 1}')
    (tmp_path / "e.bin").write_bytes(b"\0")
    return tmp_path


def counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["real_files", str(folder)])
    return real_files.main()


def test_files_are_counted_by_format_and_outcome(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert counted(folder, monkeypatch) == 0
    said = capsys.readouterr().out
    for kind in ("html", "rss"):
        assert f"{kind}: 1 files\n       1  tagged, untagged to the same bytes\n" in said
    assert "-: 2 files" in said
    assert "refused: not well-formed XML: no element found" in said


def test_a_file_that_comes_back_changed_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(real_files, "untag", lambda data, name: data)
    assert counted(folder, monkeypatch) == 1
    assert f"html\tCHANGED: untagged to other bytes\t{folder / 'a.html'}" in capsys.readouterr().out
