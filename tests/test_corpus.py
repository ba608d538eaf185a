"""Our own corpus and a user's labelled file: what is read, and what is refused in which words."""

import json
from pathlib import Path

import pytest

from classifier.errors import InputError
from training import corpus
from training.corpus import FEWEST_ROWS, load_corpus, read_labelled
from training.labels import LONGEST_LINE

# --- Our own corpus ------------------------------------------------------------------------------

GOOD: dict[str, object] = {
    "id": "rain-0001",
    "text": "It rained.",
    "violence": 0,
    "profanity": 0,
    "slice": "weather",
    "register": "broadcast",
}


def write(path: Path, *rows: dict[str, object] | str) -> Path:
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_line_becomes_a_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {**GOOD, "violence": 2, "note": "why", "word": "rain"})
    (row,) = load_corpus([path])
    assert (row.text, row.violence, row.profanity) == ("It rained.", 2, 0)
    assert (row.source, row.document) == ("own", "rain-0001")
    assert (row.slice, row.register) == ("weather", "broadcast")
    assert row.origin == f"{path}:1"


def test_twins_are_one_document(tmp_path: Path) -> None:
    twin = {**GOOD, "id": "rain-0002", "text": "It did not rain.", "pair": "rain-0001"}
    rows = load_corpus([write(tmp_path / "a.jsonl", GOOD, twin)])
    assert [row.document for row in rows] == ["rain-0001", "rain-0001"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{not json", "not JSON: "),
        ("[1, 2]", "'[1, 2]' is not an object"),
        ({**GOOD, "colour": "red"}, "field 'colour' is unknown; known are id, text"),
        ({k: v for k, v in GOOD.items() if k != "slice"}, "field 'slice' is missing; there are id"),
        ({**GOOD, "violence": 4}, "violence 4 is not a level; write 0, 1, 2 or 3"),
        ({**GOOD, "violence": -1}, "violence -1 is not a level"),
        ({**GOOD, "profanity": "1"}, "profanity '1' is not a level"),
        ({**GOOD, "profanity": True}, "profanity True is not a level"),
        ({**GOOD, "text": " \n"}, "text ' \\n' is not text or is empty"),
        ({**GOOD, "id": 7}, "id 7 is not text"),
        ({**GOOD, "word": ""}, "word '' is not text or is empty"),
        ({**GOOD, "text": "oh \ud83d"}, "text 'oh \\ud83d' holds half of a surrogate pair"),
    ],
)
def test_corpus_names_file_line_field_and_value(
    tmp_path: Path, row: dict[str, object] | str, said: str
) -> None:
    path = write(tmp_path / "a.jsonl", {**GOOD, "id": "0", "text": "Sun."}, row)
    with pytest.raises(InputError) as error:
        load_corpus([path])
    assert f"{path}:2: {said}" in str(error.value)


def test_ids_and_texts_are_unique_over_all_files(tmp_path: Path) -> None:
    one = write(tmp_path / "a.jsonl", GOOD)
    same_id = {**GOOD, "text": "Something else."}
    same_text = {**GOOD, "id": "rain-0009", "text": "IT\xa0 rained."}
    two = write(tmp_path / "b.jsonl", same_id, same_text)
    with pytest.raises(InputError) as error:
        load_corpus([one, two])
    assert f"{two}:1: id 'rain-0001' stands already at {one}:1" in str(error.value)
    assert f"{two}:2: text 'IT\\xa0 rained.' stands already at {one}:1" in str(error.value)


def test_the_command_counts_slices_and_names_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(tmp_path / "a.jsonl", GOOD)
    assert corpus.main([str(good)]) == 0
    assert "weather\t1" in capsys.readouterr().out
    bad = write(tmp_path / "b.jsonl", {**GOOD, "violence": 9})
    assert corpus.main([str(bad)]) == 1
    assert "violence 9" in capsys.readouterr().out
    assert corpus.main([str(tmp_path / "no.jsonl")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_our_own_corpus_is_in_order() -> None:
    assert load_corpus()


# --- A user's file -------------------------------------------------------------------------------


def many(count: int = FEWEST_ROWS) -> list[dict[str, object]]:
    return [{"text": f"Line {n}.", "violence": n % 4, "profanity": n % 2} for n in range(count)]


def as_csv(rows: list[dict[str, object]], separator: str = ",") -> str:
    lines = [separator.join(rows[0])]
    lines += [separator.join(map(str, row.values())) for row in rows]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("start", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"], ids=["plain", "BOM"])
@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv"])
def test_the_three_kinds_of_file_say_the_same(tmp_path: Path, suffix: str, start: str) -> None:
    separator = "\t" if suffix == ".tsv" else ","
    body = "".join(json.dumps(row) + "\n" for row in many())
    path = tmp_path / f"mine{suffix}"
    path.write_text(start + (body if suffix == ".jsonl" else as_csv(many(), separator)), "utf-8")
    rows = read_labelled(path)
    assert [(row.text, row.violence, row.profanity) for row in rows] == [
        (row["text"], row["violence"], row["profanity"]) for row in many()
    ]
    assert rows[0].source == "mine"


def test_columns_may_have_other_names_and_one_label_is_enough(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"comment": f"Line {n}.", "swearing": n % 3, "likes": n} for n in range(FEWEST_ROWS)
    ]
    path = tmp_path / "mine.csv"
    path.write_text(as_csv(rows), "utf-8")
    (first, *_) = read_labelled(path, {"text": "comment", "profanity": "swearing"})
    assert (first.text, first.violence, first.profanity) == ("Line 0.", None, 0)


def test_a_quoted_text_may_hold_commas_and_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text('text,violence\n"One,\ntwo.",1\nThree.,0\n', "utf-8")
    rows = read_labelled(path, fewest=2)
    assert [row.text for row in rows] == ["One,\ntwo.", "Three."]
    assert rows[1].origin == f"{path}:4"


def refusal(path: Path, columns: dict[str, str] | None = None, fewest: int = 1) -> str:
    with pytest.raises(InputError) as error:
        read_labelled(path, columns, fewest=fewest)
    return str(error.value)


def test_a_missing_column_lists_those_there_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"comment": "It rained.", "violence": 0, "likes": 3})
    assert "no column 'text' for text; there are: comment, violence, likes" in refusal(path)
    named = {"text": "comment", "profanity": "swearing"}
    assert "no column 'swearing' for profanity; there are: comment" in refusal(path, named)
    assert "'words' is no column of ours" in refusal(path, {"words": "comment"})
    unlabelled = write(tmp_path / "b.jsonl", {"text": "It rained.", "likes": 3})
    assert "no column with levels" in refusal(unlabelled)
    (tmp_path / "c.csv").write_text("")
    assert "there are: none" in refusal(tmp_path / "c.csv")


@pytest.mark.parametrize("cell", ["4", "-1", "", "1.0", "high", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_level_that_is_none_names_its_line(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"text,graphic\nOne.,0\nTwo.,{cell}\n", "utf-8")
    said = refusal(path, {"violence": "graphic"})
    assert f"{path}:3: graphic {cell!r} is not a level; write 0, 1, 2 or 3" in said


def test_a_line_without_a_field_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": "One.", "violence": 0}, {"text": "Two."})
    assert f"{path}:2: field 'violence' is missing; there are text" in refusal(path)


def test_contradictions_are_named_and_repetitions_are_not(tmp_path: Path) -> None:
    again = {"text": "One. ", "violence": 0, "profanity": 0}
    other = {"text": " One.", "violence": 2, "profanity": 0}
    path = write(tmp_path / "a.jsonl", {**again, "text": "One."}, again, other)
    assert refusal(path) == (
        f"{path}:3: violence is 2, but the same text has 0 at {path}:1; decide which"
    )


def test_a_line_of_a_megabyte_is_refused_by_number(tmp_path: Path) -> None:
    long = {"text": "a" * 1_000_000, "violence": 1}
    path = write(tmp_path / "a.jsonl", {"text": "One.", "violence": 0}, long)
    assert f"{path}:2: the line has 1,000,0" in refusal(path)
    assert f"at most {LONGEST_LINE:,}" in refusal(path)
    table = tmp_path / "a.csv"
    table.write_text(f"text,violence\nOne.,0\n{'a' * 1_000_000},1\n", "utf-8")
    assert f"{table}:3: the line has 1,000,0" in refusal(table)


def test_too_few_rows_and_a_label_that_never_changes(tmp_path: Path) -> None:
    ten = write(tmp_path / "a.jsonl", *many(10))
    said = refusal(ten, fewest=FEWEST_ROWS)
    assert f"10 rows are too few to learn from; give {FEWEST_ROWS} or more" in said
    same = write(tmp_path / "b.jsonl", *({**row, "violence": 0} for row in many()))
    assert "violence is 0 in every row" in refusal(same)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,violence\nOne, two.,1\n", "utf-8")
    assert f"{path}:2: more cells than the header has" in refusal(path)
    path.write_text('text,violence\n"One" two,1\n', "utf-8")
    assert f"{path}:2: not CSV" in refusal(path)
    path.write_bytes(b"text,violence\nCaf\xe9,1\n")
    assert f"{path}:2: byte 0xe9 at place 3 is not UTF-8" in refusal(path)
    assert "must end in .jsonl, .csv or .tsv" in refusal(tmp_path / "a.xlsx")
    assert "cannot be read" in refusal(tmp_path / "no.csv")
