# ruff: noqa: E501 - a row of a table is read more easily as one line
"""The command: exit codes, messages, files written in one piece, pipes and terminals."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier import cli, predict
from classifier.commands import display
from classifier.results import Document
from tests.fake_classifier import FakeClassifier


@pytest.fixture(autouse=True)
def fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predict, "load", lambda path=None, *, policy=None: FakeClassifier(policy))


class Output:
    """All that was written so far, to each of the two streams."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._seen = ["", ""]

    def _read(self) -> list[str]:
        new = self._capsys.readouterr()
        self._seen = [self._seen[0] + new.out, self._seen[1] + new.err]
        return self._seen

    @property
    def text(self) -> str:
        return self._read()[0]

    @property
    def err(self) -> str:
        return self._read()[1]


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Output:
    return Output(capsys)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.html"
    path.write_bytes(b"<article><h1>Head</h1><p>He said fu<b>ck</b>.</p></article>")
    return path


def test_tag_to_standard_output(story: Path, out: Output):
    assert cli.main(["tag", str(story)]) == 0
    assert out.text.startswith("<article><aside ")


def test_tag_and_untag_to_files(story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tagged, plain = tmp_path / "tagged.html", tmp_path / "plain.html"
    assert cli.main(["tag", str(story), "-o", str(tagged)]) == 0
    assert "story.html: profanity (1 sentence of profanity >= 2" in capsys.readouterr().err
    assert cli.main(["untag", str(tagged), "-o", str(plain)]) == 0
    assert plain.read_bytes() == story.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plain.html", "story.html", "tagged.html"]


def test_in_place_keeps_the_mode(story: Path):
    story.chmod(0o640)
    assert cli.main(["tag", str(story), "--in-place", "--quiet"]) == 0
    assert b"<aside" in story.read_bytes()
    assert story.stat().st_mode & 0o777 == 0o640


def test_many_files_go_into_a_folder_and_a_bad_one_harms_no_other(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    bad = tmp_path / "bad.json"
    bad.write_text('{"uri":"ninjs",')
    late = tmp_path / "late.txt"
    late.write_text("fuck")
    folder = tmp_path / "out"
    assert cli.main(["tag", str(story), str(bad), str(late), "-o", f"{folder}/"]) == 2
    assert sorted(p.name for p in folder.iterdir()) == ["late.txt", "story.html"]
    assert f"forewarn: {bad}:1:16: not JSON" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tag", "none.txt"], "none.txt: No such file or directory"),
        (["tag", "{story}", "{story}"], "several files need -o FOLDER"),
        (["tag", "{story}", "{story}", "-o", "{folder}"], "two files are called story.html"),
        (["tag", "{folder}"], "is a folder"),
        (["tag", "-", "--in-place"], "do not go together"),
        (["tag", "{story}", "--format", "word"], "unknown format 'word'; known are"),
        (["tag", "{story}", "--policy", "wier"], "did you mean 'wire'"),
        (["tag", "{story}", "--max-size", "0.00001"], "more than the limit"),
        (["tag", "{story}", "-o", "{folder}/no/where.html"], "there is no folder"),
        (["tag", "{story}", "--overrides", "none.toml"], "none.toml: No such file"),
        (["tag", "{story}", "--encoding", "klingon"], "unknown encoding 'klingon'"),
        (["explain"], "give one sentence"),
        (["explain", "--file", "{story}", "--max-size", "0.00001"], "more than the limit"),
        (["policy", "check", "none.toml"], "no policy 'none.toml'"),
    ],
)
def test_mistakes_are_told_without_a_traceback(
    arguments: list[str], said: str, story: Path, tmp_path: Path, out: Output
):
    filled = [a.format(story=story, folder=tmp_path) for a in arguments]
    assert cli.main(filled) == 2
    message = out.err
    assert said in message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["tag"], ["tag", "x", "--max-size", "many"], ["policy"]]
)
def test_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert cli.main(arguments) == 2


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in ("tag", "untag", "predict", "explain", "policy", "formats"))])  # fmt: skip
def test_help(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out


def test_standard_input(monkeypatch: pytest.MonkeyPatch, out: Output):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"fuck")))
    assert cli.main(["tag", "-"]) == 0
    assert out.text.endswith("\n\nfuck")


def test_predict_prints_json_lines(story: Path, out: Output):
    assert cli.main(["predict", str(story), str(story)]) == 0
    first, second = (json.loads(line) for line in out.text.splitlines())
    assert first == second
    assert first["tags"] == ["profanity"]
    assert first["format"] == "html"
    assert first["sentences"][1]["text"] == "He said fuck."
    assert first["sentences"][1]["line"] == 1
    assert first["model"].startswith("feedface")
    assert len(first["policy"]) == 64


def test_predict_on_a_terminal_is_a_table(
    story: Path, monkeypatch: pytest.MonkeyPatch, out: Output
):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert cli.main(["predict", str(story)]) == 0
    coloured = out.text
    assert "\033[31m" in coloured
    assert "sentence" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert cli.main(["predict", str(story)]) == 0
    assert "\033[" not in out.text[len(coloured) :]


def test_predict_in_perspectives_shape(story: Path, out: Output):
    assert cli.main(["predict", str(story), "--shape", "perspective"]) == 0
    assert json.loads(out.text)["attributeScores"]["PROFANITY"]["summaryScore"]["value"] == 0.9


def test_not_assessed_is_told_and_strict_fails(
    story: Path, monkeypatch: pytest.MonkeyPatch, out: Output
):
    from dataclasses import replace

    original = FakeClassifier.predict_many

    def unsure(self: FakeClassifier, texts: list[str]) -> Iterator[object]:
        return (replace(d, not_assessed="too few known words") for d in original(self, texts))

    monkeypatch.setattr(FakeClassifier, "predict_many", unsure)
    assert cli.main(["predict", str(story)]) == 0
    assert json.loads(out.text)["not_assessed"] == "too few known words"
    assert "story.html: not assessed: too few known words" in out.err
    assert cli.main(["predict", str(story), "--strict"]) == 1
    assert cli.main(["tag", str(story), "--strict"]) == 1


def test_the_sidecar_keeps_the_editors_overrides(story: Path, out: Output):
    assert cli.main(["tag", str(story), "--format", "json", "--in-place", "--quiet"]) == 0
    path = story.with_name("story.html.forewarn.json")
    found = json.loads(path.read_text())
    assert found["items"][0]["tags"] == ["profanity"]
    found["overrides"] = [
        {"item": "story.html", "tag": "profanity", "action": "remove", "who": "E", "when": "today", "why": "w"}
    ]  # fmt: skip
    path.write_text(json.dumps(found))
    assert cli.main(["tag", str(story), "--format", "json", "--in-place", "--quiet"]) == 0
    again = json.loads(path.read_text())
    assert again["overrides"] == found["overrides"]
    assert again["items"][0]["tags"] == []
    assert cli.main(["tag", str(story)]) == 0
    assert out.text.startswith("<article><template ")
    assert "aside" not in out.text
    assert cli.main(["tag", str(story), "-o", str(story.with_name("o.html"))]) == 0
    assert "story.html: nothing to warn of; profanity removed by E, today: w" in out.err
    assert cli.main(["explain", "--file", str(story)]) == 0
    assert "profanity removed by E, today: w" in out.text


@pytest.mark.parametrize("command", ["tag", "predict"])
def test_an_override_for_no_item_is_told(command: str, story: Path, out: Output):
    overrides = story.with_name("o.toml")
    entry = '[[override]]\nitem = "{}"\ntag = "profanity"\naction = "remove"\n'
    entry += 'who = "E"\nwhen = 2026-11-22\nwhy = "w"\n'
    overrides.write_text(entry.format("story.html"))
    assert cli.main([command, str(story), "--overrides", str(overrides)]) == 0
    assert "is called" not in out.err
    overrides.write_text(entry.format("story.html") + entry.format("storry.html"))
    assert cli.main([command, str(story), "--overrides", str(overrides)]) == 0
    assert "o.toml: nothing that was read is called 'storry.html'; its override waits" in out.err


@pytest.mark.parametrize("command", ["tag", "predict"])
def test_a_file_without_text_is_told(command: str, story: Path, tmp_path: Path, out: Output):
    (tmp_path / "empty.txt").write_text(" \n")
    assert cli.main([command, str(story)]) == 0
    assert "no text" not in out.err
    assert cli.main([command, str(tmp_path / "empty.txt")]) == 0
    assert "empty.txt: no text in it" in out.err


def test_a_broken_feed_item_is_told_and_nothing_is_written(tmp_path: Path, out: Output):
    feed, late = tmp_path / "f.xml", tmp_path / "late.txt"
    feed.write_text("<rss><channel><item><title>fuck</title></item><item>&</item></channel></rss>")
    late.write_text("fuck")
    for options in ([], ["--format", "json"]):
        folder = tmp_path / f"out{len(options)}"
        assert cli.main(["tag", str(feed), str(late), "-o", f"{folder}/", *options]) == 2
        assert [path.name.startswith("late.txt") for path in folder.iterdir()] == [True]
    assert f"{feed}:1:54: not well-formed XML" in out.err
    assert out.text == ""
    assert cli.main(["predict", str(feed)]) == 2
    assert [json.loads(line)["assessed"] for line in out.text.splitlines()] == [True, False]
    before = len(out.text)
    assert cli.main(["predict", str(feed), "--shape", "perspective"]) == 2
    assert len(out.text[before:].splitlines()) == 1


def test_explain_tells_broken_items_and_clean_ones(tmp_path: Path, out: Output):
    feed = tmp_path / "f.xml"
    feed.write_text(
        "<rss><channel><item><title>It rained.</title></item><item>&</item></channel></rss>"
    )
    assert cli.main(["explain", "--file", str(feed)]) == 2
    assert "no tags" in out.text
    assert f"{feed}:1:60: not well-formed XML" in out.err


def test_what_could_not_be_assessed_is_not_called_clean(
    story: Path, tmp_path: Path, out: Output, monkeypatch: pytest.MonkeyPatch
):
    unread = Document((), {"violence": 0, "profanity": 0}, (), "too few known words")
    monkeypatch.setattr(FakeClassifier, "predict_many", lambda _, texts: [unread for _ in texts])
    assert cli.main(["tag", str(story), "-o", str(tmp_path / "o.html")]) == 0
    assert "story.html: not assessed\n" in out.err
    assert "nothing to warn of" not in out.err
    assert cli.main(["explain", "--file", str(story)]) == 0
    assert cli.main(["explain", "--file", str(story), "--strict"]) == 1
    assert "no tags" not in out.text


def test_policy_show_can_be_read_again(tmp_path: Path, out: Output):
    from classifier.policy import PROFILES, load_policy

    for name in PROFILES:
        before = len(out.text)
        assert cli.main(["policy", "show", name]) == 0
        path = tmp_path / f"{name}.toml"
        path.write_text(out.text[before:], encoding="utf-8")
        assert load_policy(path).digest == load_policy(name).digest


def test_policy_check(tmp_path: Path, out: Output):
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text("[tags]\nprofanity = 3\n")
    bad.write_text("[tags]\nprofanity = 7\ncolour = 1\n")
    assert cli.main(["policy", "check", str(good)]) == 0
    assert cli.main(["policy", "check", str(good), str(bad)]) == 2
    message = out.err
    assert f"{bad}:2: tags.profanity" in message
    assert f"{bad}:3: unknown key 'tags.colour'" in message


def test_formats_are_listed(out: Output):
    from classifier.formats import FORMATS

    assert cli.main(["formats", "--json"]) == 0
    assert [f["name"] for f in json.loads(out.text)] == list(FORMATS)


def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def missing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")

    monkeypatch.setattr(cli, "import_module", missing)
    assert cli.main(["batch", "x", "y"]) == 2
    assert "pip install 'forewarn[batch]'" in capsys.readouterr().err


def test_terminal_commands_in_a_text_are_made_harmless():
    assert display.printable("a\033[31mb\nc") == "a\N{REPLACEMENT CHARACTER}[31mb c"


def test_start_up_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from classifier import cli\n"
        "try:\n    cli.main(['tag', '--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('sklearn','scipy','pandas','lxml','jsonschema','xml.parsers.expat') if m in sys.modules],"
        " file=sys.stderr)"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=True,
    )
    assert done.stderr.strip() == "[]"
