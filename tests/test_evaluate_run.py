"""The eval tool from its options to its outputs, on a model of four words."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rich", reason="the extra 'eval' is not installed")
pytest.importorskip("sklearn", reason="the extra 'eval' is not installed")

import classifier
from classifier.evaluate.command import run
from classifier.evaluate.judged import Judged
from classifier.evaluate.options import add_options
from classifier.evaluate.texts import Text
from tests.evaluate_support import FakeModel

Tool = Callable[..., int]

LABELLED = [
    {"id": "a", "text": "He was stabbed.", "violence": 2, "profanity": 0, "source": "x"},
    {"id": "b", "text": "Two were killed.", "violence": 1, "profanity": 0, "source": "x"},
    {"id": "c", "text": "It was quiet.", "violence": 0, "profanity": 0, "source": "x"},
    {"id": "d", "text": "A quiet beating.", "violence": 2, "profanity": 0, "source": "y"},
    {"id": "e", "text": "Killed it on stage.", "violence": 0, "profanity": 0, "source": "y"},
    {"id": "f", "text": "What shit.", "violence": 0, "profanity": 2, "source": "y"},
    {"id": "g", "text": "Fuck.", "violence": 0, "profanity": 3, "source": "y"},
]


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Tool:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(classifier, "load", lambda *_, **__: FakeModel())

    def call(*arguments: str, rivals: Any = None) -> int:
        parser = argparse.ArgumentParser()
        add_options(parser)
        return run(parser.parse_args([*arguments]), rivals)

    return call


@pytest.fixture
def labelled(tmp_path: Path) -> str:
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(map(json.dumps, LABELLED)), encoding="utf-8")
    return path.name


def put(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


# --- New text -------------------------------------------------------------------------------------


def test_the_table_names_documents_tags_and_flagged_sentences(
    tool: Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(put("a.txt", "All quiet. He was stabbed. What shit."), put("b.txt", "Fine.")) == 0
    out = capsys.readouterr().out
    assert "graphic-violence" in out
    assert "2 described" in out
    assert "He was stabbed." in out
    assert "2 documents: 1 graphic-violence, 1 profanity, 1 without a tag" in out


def test_json_holds_every_document_in_order_and_the_totals(
    tool: Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool("--json", put("a.txt", "Fine."), put("b.txt", "Gore. Fine.")) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["documents"]] == ["a.txt", "b.txt"]
    assert found["documents"][1]["tags"] == ["graphic-violence"]
    [flagged] = found["documents"][1]["flagged"]
    assert flagged["spans"] == [
        {"start": 0, "end": 4, "label": "violence", "level": 3, "text": "Gore"}
    ]
    assert found["totals"]["sentences"] == 3
    assert found["totals"]["levels"]["violence"] == [2, 0, 0, 1]


def test_a_document_that_is_not_assessed_is_shown_as_such(
    tool: Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(put("a.txt", "xyzzy damn.")) == 0
    assert "NOT ASSESSED" in capsys.readouterr().out
    assert tool("--json", "a.txt") == 0
    [one] = json.loads(capsys.readouterr().out)["documents"]
    assert one["not_assessed"] == "not English"
    assert one["flagged"], "what is found all the same is still told"


def test_a_rate_is_given_when_it_says_more_than_the_start(
    tool: Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(put("few.txt", "Fine. " * 10)) == 0
    assert "sentences/s" not in capsys.readouterr().out
    assert tool(put("many.txt", "Fine. " * 1000)) == 0
    assert "sentences/s" in capsys.readouterr().out


def test_what_cannot_be_read_is_skipped_counted_and_with_strict_an_error(
    tool: Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [put("a.txt", "Fine."), put("b.docx", "?"), "missing.txt"]
    assert tool(*arguments) == 0
    out = capsys.readouterr()
    assert "skipped: b.docx" in out.err
    assert "skipped: missing.txt: no such file" in out.err
    assert "2 skipped" in out.out
    assert tool("--strict", *arguments) == 1


def test_nothing_readable_at_all_is_an_error(tool: Tool) -> None:
    assert tool("missing.txt") == 1


def test_the_most_severe_come_first(tool: Tool, capsys: pytest.CaptureFixture[str]) -> None:
    names = [
        put("clean.txt", "Fine."),
        put("mild.txt", "Damn."),
        put("graphic.txt", "Gore."),
        put("unread.txt", "xyzzy."),
        put("described.txt", "He was stabbed."),
    ]
    assert tool(*names) == 0
    out = capsys.readouterr().out.split("Flagged")[0]
    wanted = ["graphic.txt", "described.txt", "mild.txt", "unread.txt", "clean.txt"]
    assert sorted(wanted, key=out.index) == wanted


def test_severity_counts_sentences_among_documents_of_one_level() -> None:
    model = FakeModel()
    once, twice = (
        Judged(Text("n", text), model.predict(text)) for text in ("Shit. Ok.", "Shit. Shit.")
    )
    assert twice.severity > once.severity


# --- Labelled text --------------------------------------------------------------------------------


def test_figures_are_those_counted_by_hand(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(labelled, "--json", "--resamples", "50") == 0
    report = json.loads(capsys.readouterr().out)
    any_violence = report["violence"]["1"]
    assert any_violence["positives"] == 3
    assert any_violence["flagged"] == 3
    assert any_violence["precision"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert any_violence["recall"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert report["violence"]["missed"]["value"] == 0.5
    assert report["violence"]["confusion"] == [
        [3, 1, 0, 0],
        [0, 1, 0, 0],
        [1, 0, 1, 0],
        [0, 0, 0, 0],
    ]
    assert report["profanity"]["kappa"]["value"] == 1.0
    assert report["violence"]["3"]["ap"]["value"] is None, "no row has the level"
    missed = next(k for k in report["errors"] if k["kind"] == "missed")
    assert [row["id"] for row in missed["worst"]] == ["d"]


def test_errors_carry_the_reasons_of_the_model(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(labelled, "--json", "--resamples", "0") == 0
    errors = json.loads(capsys.readouterr().out)["errors"]
    [row] = next(k for k in errors if k["kind"] == "overcalled")["worst"]
    assert row["text"] == "Killed it on stage."
    assert row["reasons"] == [{"feature": "killed", "weight": 2.0, "start": 0, "end": 6}]


def test_the_report_begins_with_what_the_figures_mean_in_sentences(
    tool: Tool, labelled: str
) -> None:
    assert tool(labelled, "--html", "r.html", "--resamples", "20") == 0
    content = Path("r.html").read_text(encoding="utf-8")
    assert "1 of 2 such sentences are flagged" in content
    assert "1 of 1 flagged sentences are such" in content
    assert "by chance .286" in content, "two of seven"


def test_figures_only_leaves_every_sentence_out(tool: Tool, labelled: str) -> None:
    files = ["--html", "r.html", "--markdown", "r.md"]
    assert tool(labelled, *files, "--figures-only", "--resamples", "20") == 0
    for name in ("r.html", "r.md"):
        content = Path(name).read_text(encoding="utf-8")
        assert not [row for row in LABELLED if row["text"] in content], name
        assert "missed" in content


def test_figures_only_leaves_sentences_and_their_words_out_of_json(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(labelled, "--json", "--figures-only", "--resamples", "0") == 0
    out = capsys.readouterr().out
    assert not [row for row in LABELLED if row["text"] in out]
    rows = [row for kind in json.loads(out)["errors"] for row in kind["worst"]]
    assert rows
    assert not [row for row in rows if {"text", "reasons"} & row.keys()]


def test_the_model_of_a_report_has_a_name_and_a_digest(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, name in (
        ([put("a.txt", "Gore."), "--model", "mine"], "mine"),
        ([labelled], "shipped"),
    ):
        assert tool(*arguments, "--json", "--resamples", "0") == 0
        model = json.loads(capsys.readouterr().out)["model"]
        assert model["name"] == name
        assert len(model["digest"]) == 64


@pytest.mark.parametrize(
    ("floor", "code", "said"),
    [
        ("profanity.kappa=0.9", 0, ""),
        ("violence.1.recall=0.9", 1, "violence.1.recall is 0.6667 < 0.9"),
        ("violence.3.ap=0.1", 1, "violence.3.ap is undefined"),
        ("violence.4.ap=0.1", 2, "under violence: "),
        ("violence.2=0.1", 2, "no figure"),
    ],
)
def test_fail_under(
    tool: Tool,
    labelled: str,
    capsys: pytest.CaptureFixture[str],
    floor: str,
    code: int,
    said: str,
) -> None:
    assert tool(labelled, "--resamples", "0", "--fail-under", floor) == code
    assert said in capsys.readouterr().err


def test_wrong_labels_stop_the_measuring(tool: Tool, capsys: pytest.CaptureFixture[str]) -> None:
    put("bad.csv", "text,violence\nA.,1\nB.,7\n")
    assert tool("bad.csv") == 1
    err = capsys.readouterr().err
    assert "bad.csv:3: field 'violence': '7' is not a level" in err
    assert "nothing was measured" in err


def test_two_models_are_compared_in_pairs(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(labelled, "--json", "--resamples", "50", "--compare", "one", "two") == 0
    found = json.loads(capsys.readouterr().out)["compare"]["figures"]["violence"]
    assert found["2"]["ap"]["difference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert found["1"]["mcnemar"] == {"only_first_right": 0, "only_second_right": 0, "p": 1.0}


def test_rivals_that_are_absent_are_reported(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from classifier.evaluate.labelled_report import Absent

    def rivals(*_: Any) -> Any:
        yield Absent("somebody", "absent: install it")

    code = tool(labelled, "--resamples", "0", "--rivals", "--html", "r.html", rivals=rivals)
    assert code == 0
    assert "somebody" in capsys.readouterr().out
    assert "absent: install it" in Path("r.html").read_text(encoding="utf-8")


def test_rivals_need_the_checkout(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(labelled, "--rivals") == 2
    assert "python -m eval.run" in capsys.readouterr().err


def test_labelled_and_new_text_together_give_both_reports(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    both = [labelled, put("a.txt", "Gore."), "--html", "r.html"]
    assert tool(*both, "--resamples", "0") == 0
    assert Path("r.html").exists()
    assert Path("r.labelled.html").exists()
    assert "1 document:" in capsys.readouterr().out
    assert tool(labelled, "a.txt", "--json") == 2


def test_unlabelled_reads_a_labelled_table_as_new_text(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(labelled, "--unlabelled") == 0
    assert "7 documents" in capsys.readouterr().out


def test_a_report_that_cannot_be_written_is_an_error_and_leaves_nothing(
    tool: Tool, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put("blocked", "a file")
    assert tool(labelled, "--resamples", "0", "--html", "blocked/r.html") == 1
    assert "blocked" in capsys.readouterr().err
    assert sorted(p.name for p in Path().iterdir()) == ["blocked", "labelled.jsonl"]


def test_text_mode_does_not_import_scikit_learn(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys, classifier.evaluate.command, classifier.evaluate.newtext;"
        "assert not {'sklearn', 'scipy', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
