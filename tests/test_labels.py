"""The frozen key, label files, and the way back from a label to its sentence."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.errors import InputError
from tests.conftest import require
from training import labels, sources
from training.labels import KEY_VERSION, Label, collapsed, dump, join, load, sentence_key
from training.sources import Doc, documents

SHARED = Path(os.environ.get("FOREWARN_SHARED", "../shared"))


# --- The key -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text", "key"),
    [
        ("muc34", "it rained.", "9924d5bad630434e"),
        ("rams", "it rained.", "4bd32a8512706c48"),
        (
            "goemotions",
            "Caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{PILE OF POO}",
            "015b3c69ef1f1c63",
        ),
        ("goemotions", "", "e3d6c0a923438e53"),
        ("masc", "a\ud83d", "b8f5863637bd10e7"),
    ],
)
def test_key_v1_is_frozen(source: str, text: str, key: str) -> None:
    """Label files hold these. If this fails, mend the function, never the test."""
    assert sentence_key(source, text) == key


def test_key_v1_does_not_see_white_space_and_unicode_form() -> None:
    assert sentence_key(
        "rams", "\n Cafe\N{COMBINING ACUTE ACCENT}\xa0\t open\u2028"
    ) == sentence_key("rams", "Caf\N{LATIN SMALL LETTER E WITH ACUTE} open")


def test_key_v1_sees_case_marks_and_source() -> None:
    keys = {sentence_key("rams", text) for text in ("It rained.", "it rained.", "it rained")}
    assert len(keys | {sentence_key("masc", "it rained.")}) == 4


def test_white_space_is_that_of_python() -> None:
    every = "x".join(map(chr, range(sys.maxunicode + 1)))
    assert collapsed("x \t y") == "x y"
    assert labels._WHITE_SPACE.split(every) == every.split()


# --- Label files ---------------------------------------------------------------------------------


def a_label(text: str, **others: object) -> Label:
    values: dict[str, object] = {
        "key": sentence_key("muc34", text),
        "source": "muc34",
        "document": "D1",
        "start": 0,
        "length": len(text),
        "violence": 1,
        "profanity": 0,
        "weight": 2.5,
        "stratum": "v",
        "round": "starter",
        "reader": "",
        "origin": "",
    }
    return Label(**{**values, **others})  # type: ignore[arg-type]


def write(path: Path, *rows: Label) -> Path:
    path.write_text(dump(rows), encoding="utf-8")
    return path


def test_load_reads_what_dump_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    rows = [
        a_label("one", origin=f"{path}:5"),
        a_label("two", weight=None, reader="b", origin=f"{path}:6"),
    ]
    assert load([write(path, *rows)]) == rows


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("key", "xyz", "key 'xyz' is not 16 hex digits"),
        ("source", "nowhere", "source 'nowhere' is not in the catalogue"),
        ("source", "ofcom-garak", "source 'ofcom-garak' is not in the catalogue"),
        ("document", "", "document '' is empty"),
        ("start", "-1", "start '-1' is not a number"),
        ("length", "\N{SUPERSCRIPT TWO}", "length '\N{SUPERSCRIPT TWO}' is not a number"),
        ("violence", "4", "violence '4' is not a level; write 0, 1, 2 or 3"),
        ("profanity", "1.0", "profanity '1.0' is not a level"),
        ("profanity", "", "profanity '' is not a level"),
        ("weight", "much", "weight 'much' is not a number"),
        ("round", "", "round '' is empty"),
    ],
)
def test_load_names_file_line_field_and_value(
    tmp_path: Path, field: str, value: str, said: str
) -> None:
    path = write(tmp_path / "a.tsv", a_label("one"), a_label("two", **{field: value}))
    with pytest.raises(InputError) as error:
        load([path])
    assert f"{path}:6: {said}" in str(error.value)


def test_load_names_every_fault_up_to_a_number(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", *(a_label(str(n), violence=4) for n in range(25)))
    with pytest.raises(InputError) as error:
        load([path])
    assert str(error.value).count("is not a level") == 20
    assert "and 5 more" in str(error.value)


@pytest.mark.parametrize(
    ("violence", "said"), [(1, "stands already at"), (3, "(3, 0) here and (1, 0) at")]
)
def test_load_refuses_a_sentence_labelled_twice(tmp_path: Path, violence: int, said: str) -> None:
    one = write(tmp_path / "a.tsv", a_label("one"))
    two = write(tmp_path / "b.tsv", a_label("one", violence=violence))
    with pytest.raises(InputError) as error:
        load([one, two])
    assert f"{two}:5: key" in str(error.value)
    assert said in str(error.value)
    assert f"{one}:5" in str(error.value)


def test_load_refuses_another_key_version_and_other_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", a_label("one"))
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace(f"key: {KEY_VERSION}", "key: v9"), encoding="utf-8")
    with pytest.raises(InputError, match="no line '# key: v1'"):
        load([path])
    path.write_text(good.replace("\tlength", "\tend"), encoding="utf-8")
    with pytest.raises(InputError, match="the columns must be key source"):
        load([path])
    path.write_text(good + "a\tb\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.tsv:6: 2 cells instead of 11"):
        load([path])


def test_load_says_what_is_not_there_and_what_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load([tmp_path / "no.tsv"])
    (tmp_path / "b.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read"):
        load([tmp_path / "b.tsv"])


def test_dump_refuses_a_tab() -> None:
    with pytest.raises(InputError, match="a tab or line break"):
        dump([a_label("one", document="D\t1")])


# --- Join ----------------------------------------------------------------------------------------

RAIN = Doc("muc34", "D1", "it  rained.\n\nnobody\xa0came.")


def test_join_gives_the_sentence_back() -> None:
    joined = join([a_label("nobody came.", start=11), a_label("it rained.")], [RAIN])
    assert [row.text for row in joined.rows] == ["nobody came.", "it rained."]
    assert not joined.missing
    row = joined.rows[0]
    assert (row.violence, row.profanity, row.weight, row.register) == (1, 0, 2.5, "news")


def test_join_counts_and_names_what_it_does_not_find() -> None:
    wanted = [
        a_label("it rained."),
        a_label("nobody came.", start=10, origin="x.tsv:9"),  # one character off
        a_label("it rained twice.", document="D2", origin="x.tsv:10"),  # no such document
    ]
    joined = join(wanted, [RAIN])
    assert [row.text for row in joined.rows] == ["it rained."]
    assert joined.missing == wanted[1:]
    assert joined.report().splitlines() == [
        "muc34: matched 1 of 3",
        f"x.tsv:9: no sentence {wanted[1].key} in muc34 D1",
        f"x.tsv:10: no sentence {wanted[2].key} in muc34 D2",
    ]


def test_join_reads_documents_once_and_only_asks_for_those_with_labels() -> None:
    def docs() -> Iterator[Doc]:
        yield Doc("muc34", "D0", "something else")
        yield RAIN

    assert len(join([a_label("it rained.")], docs()).rows) == 1


# --- Import --------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two documents of one source, whose catalogue entry fits it."""
    path = tmp_path / "files" / "muc34" / "train.json"
    path.parent.mkdir(parents=True)
    docs = [{"docid": "D1", "doctext": RAIN.text}, {"docid": "D2", "doctext": "it rained again."}]
    path.write_text("".join(json.dumps(doc) + "\n" for doc in docs), encoding="utf-8")
    monkeypatch.setattr(sources, "check", lambda folder, wanted: [])
    return tmp_path / "files"


def jsonl(path: Path, *rows: dict[str, object]) -> Path:
    whole = {
        "source": "muc34",
        "document": "D1",
        "text": "it rained.",
        "violence": 0,
        "profanity": 0,
    }
    path.write_text("".join(json.dumps({**whole, **row}) + "\n" for row in rows), encoding="utf-8")
    return path


def test_import_and_join_are_a_round_trip(files: Path, tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "in.jsonl",
        {"text": "nobody came. ", "violence": 2, "weight": 3, "stratum": "vv", "id": "x"},
        {"text": "it rained again.", "document": "D2", "weight": None},
    )
    out = tmp_path / "round.tsv"
    call = ["import", str(path), "--round", "r1", "--reader", "a", "--from", str(files)]
    assert labels.main([*call, "-o", str(out)]) == 0
    found = load([out])
    assert [label.key for label in found] == sorted(label.key for label in found)
    assert {label.round for label in found} == {"r1"}
    docs = documents(files, labels.sources_of(["muc34"]))
    rows = {row.text: row for row in join(found, docs).rows}
    assert set(rows) == {"nobody came.", "it rained again."}
    assert rows["nobody came."].violence == 2
    assert rows["nobody came."].weight == 3.0
    assert "nobody" not in out.read_text(encoding="utf-8")
    assert labels.main(["check", str(out), "--from", str(files)]) == 0


def test_import_does_not_depend_on_the_order_of_lines(files: Path, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": "it rained."}, {"text": "nobody came."}]
    one = labels.import_jsonl(jsonl(tmp_path / "1.jsonl", *rows), files, round_name="r")
    two = labels.import_jsonl(jsonl(tmp_path / "2.jsonl", *rows[::-1]), files, round_name="r")
    assert dump(one) == dump(two)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": "it snowed."}, "the text is not in muc34 D1"),
        ({"document": "D3"}, "muc34 has no document 'D3'"),
        ({"source": "nowhere"}, "source 'nowhere' is not a train source"),
        ({"violence": 4}, "violence 4 is not a level"),
        ({"violence": True}, "violence True is not a level"),
        ({"profanity": None}, "profanity None is not a level"),
        ({"text": "  "}, "text '  ' is not text or is empty"),
        ({"weight": "heavy"}, "weight 'heavy' is not a number"),
    ],
)
def test_import_names_the_line_it_cannot_take_and_writes_nothing(
    files: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    row: dict[str, object],
    said: str,
) -> None:
    path = jsonl(tmp_path / "in.jsonl", {"text": "nobody came."}, row)
    out = tmp_path / "out.tsv"
    call = ["import", str(path), "--round", "r1", "--from", str(files), "-o", str(out)]
    assert labels.main(call) == 2
    assert f"{path}:2: {said}" in capsys.readouterr().err
    assert not out.exists()


def test_import_refuses_a_sentence_given_twice(files: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "in.jsonl", {}, {"text": "it rained. "})
    with pytest.raises(InputError, match=r"in\.jsonl:2: the same source and text"):
        labels.import_jsonl(path, files, round_name="r")


def test_check_tells_when_a_document_changed(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.tsv", a_label("it snowed."))
    assert labels.main(["check", str(path), "--from", str(files)]) == 1
    assert "muc34: matched 0 of 1" in capsys.readouterr().out


# --- What the repository ships -------------------------------------------------------------------


def test_our_label_files_are_in_order() -> None:
    assert load(labels.label_files())


def test_our_labels_find_their_sentences() -> None:
    folder = SHARED / "sources"
    require(folder.is_dir(), f"{folder} is not here")
    ours = load(labels.label_files())
    joined = join(ours, documents(folder))
    assert joined.missing == []
    assert len(joined.rows) == len(ours)


def test_starter_labels_are_those_that_were_given() -> None:
    path, folder = SHARED / "labelling" / "train.jsonl", SHARED / "sources"
    require(path.is_file() and folder.is_dir(), f"{path} or {folder} is not here")
    given = {
        sentence_key(row["source"], row["text"])
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }
    assert given == {label.key for label in load([labels.FOLDER / "starter.tsv"])}
