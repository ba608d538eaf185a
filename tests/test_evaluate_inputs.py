"""What the eval tool reads, and what it says about files that it cannot read."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("rich", reason="the extra 'eval' is not installed")

from classifier.evaluate.files import Problem, Source, find
from classifier.evaluate.labelled import UNKNOWN, Fields, Labelled, holds_labels, read_labelled
from classifier.evaluate.texts import Text, read_texts

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        return path

    return put


def texts(*names: Path | str, field: str = "text") -> list[Text | Problem]:
    return list(read_texts(find([str(name) for name in names]), field))


def only(found: list[Text | Problem]) -> str:
    assert len(found) == 1
    return str(found[0])


def labelled(*paths: Path, fields: Fields | None = None) -> Labelled:
    sources = [source for source in find(map(str, paths)) if isinstance(source, Source)]
    return read_labelled(sources, fields or Fields())


# --- Files, folders, globs ------------------------------------------------------------------------


def test_a_folder_means_the_files_in_it_in_order_without_hidden_ones(write: Write) -> None:
    write("d/b.txt", "two")
    write("d/a/c.md", "one")
    write("d/.git/x.txt", "hidden")
    folder = write("d/z.txt", "three").parent
    found = [entry.path.name for entry in find([str(folder)]) if isinstance(entry, Source)]
    assert found == ["c.md", "b.txt", "z.txt"]


def test_a_glob_means_what_it_matches(write: Write) -> None:
    write("one.txt", "1")
    pattern = write("two.md", "2").parent / "*.txt"
    assert [entry.path.name for entry in find([str(pattern)]) if isinstance(entry, Source)] == [
        "one.txt"
    ]


def test_a_glob_without_a_match_is_a_problem(tmp_path: Path) -> None:
    assert "no file matches" in only(texts(tmp_path / "*.txt"))


def test_a_missing_file_and_an_empty_folder_are_problems(tmp_path: Path) -> None:
    assert "no such file" in only(texts(tmp_path / "nothing.txt"))
    (tmp_path / "empty").mkdir()
    assert "empty folder" in only(texts(tmp_path / "empty"))


def test_an_unknown_kind_is_named_with_what_to_do(write: Write) -> None:
    said = only(texts(write("story.docx", "text")))
    assert "story.docx" in said
    assert "'.docx'" in said
    assert "--format" in said


# --- Articles -------------------------------------------------------------------------------------


def test_text_markdown_and_html_give_what_a_reader_reads(write: Write) -> None:
    page = "<html><body><article><h1>Head</h1><p>He &amp; she.</p></article></body></html>"
    found = texts(
        write("a.txt", "Plain."), write("b.md", "# Head\n\nBody *here*."), write("c.html", page)
    )
    assert all(isinstance(one, Text) for one in found)
    assert "He & she." in found[2].text  # type: ignore[union-attr]
    assert "<p>" not in found[2].text  # type: ignore[union-attr]


def test_an_empty_article_is_named(write: Write) -> None:
    path = write("empty.txt", " \n")
    assert only(texts(path)) == f"{path}: empty: it has no text"


def test_a_binary_file_is_named_as_such(write: Write) -> None:
    said = only(texts(write("photo.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00")))
    assert "photo.txt" in said
    assert "binary" in said


def test_mixed_encodings_are_refused_at_the_byte(write: Write) -> None:
    said = only(texts(write("mixed.txt", "caf\u00e9 ".encode() + "caf\u00e9".encode("latin-1"))))
    assert said.count("mixed.txt") == 1
    assert "mixed.txt:1:" in said
    assert "byte 9" in said


def test_one_line_of_fifty_megabytes_is_refused_without_reading_it_whole(write: Write) -> None:
    said = only(texts(write("long.txt", b"word " * 10_000_000)))
    assert "long.txt:1" in said
    assert "one line of more than 10,000,000 bytes" in said


# --- Tables ---------------------------------------------------------------------------------------


def test_jsonl_csv_and_parquet_give_the_same_documents(write: Write) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{"id": "a", "text": "One."}, {"id": "b", "text": 'Two,\n"quoted".'}]
    jsonl = write("t.jsonl", "\n".join(map(json.dumps, rows)))
    table = write("t.csv", '\ufeffid,text\na,One.\nb,"Two,\n""quoted""."\n')
    parquet = jsonl.with_suffix(".parquet")
    pq.write_table(pa.Table.from_pylist(rows), parquet)
    for path in (jsonl, table, parquet):
        found = texts(path)
        assert [one.text for one in found if isinstance(one, Text)] == [r["text"] for r in rows]
        assert found[0].name.startswith("a (")  # type: ignore[union-attr]


def test_a_long_line_of_a_table_is_skipped_and_the_next_is_read(write: Write) -> None:
    lines = [b'{"text": "' + b"x" * 11_000_000 + b'"}', b'{"text": "Short."}']
    first, second = texts(write("t.jsonl", b"\n".join(lines)))
    assert "t.jsonl:1: one line of more than" in str(first)
    assert second == Text(second.name, "Short.")  # type: ignore[union-attr]


def test_a_missing_text_field_is_named_once_with_those_that_are_there(write: Write) -> None:
    said = only(texts(write("t.jsonl", '{"body": "a"}\n{"body": "b"}\n')))
    assert "t.jsonl:1" in said
    assert "no field 'text'; there are 'body'" in said
    assert "--text-field" in said


def test_broken_rows_are_named_by_line_and_field(write: Write) -> None:
    path = write("t.jsonl", '{"text": "ok"}\n{"text": 5}\nnot json\n[1]\n{"text": ""}\n')
    found = [str(one) for one in texts(path)]
    assert "t.jsonl:2: field 'text'" in found[1]
    assert "t.jsonl:3: not JSON" in found[2]
    assert "t.jsonl:4: a JSON list" in found[3]
    assert "t.jsonl:5: field 'text': the text is empty" in found[4]


def test_a_byte_that_is_not_utf8_is_named_by_line_and_offset(write: Write) -> None:
    path = write("t.jsonl", b'{"text": "ok"}\n{"text": "caf\xe9"}\n{"text": "also"}\n')
    found = texts(path)
    assert "t.jsonl:2: byte 0xe9 at offset 28" in str(found[1])
    assert found[2].text == "also"  # type: ignore[union-attr]


def test_a_csv_row_with_too_many_fields_is_named(write: Write) -> None:
    found = texts(write("t.csv", "id,text\na,One.,more\n"))
    assert "t.csv:2: more fields than the 2 named" in only(found)


def test_a_csv_row_with_too_few_fields_is_named(write: Write) -> None:
    found = texts(write("t.csv", "text,id\nOne.,a\nTwo.\n"))
    assert "t.csv:3: fewer fields than the 2 named" in str(found[1])


def test_a_later_row_without_the_text_field_is_named(write: Write) -> None:
    path = write("t.jsonl", '{"text": "One.", "violence": 0}\n{"violence": 1}\n')
    [problem] = labelled(path).problems
    assert str(problem).endswith("t.jsonl:2: no field 'text'; there are 'violence'")


def test_what_is_no_parquet_is_named(write: Write) -> None:
    assert "not a Parquet file" in only(texts(write("t.parquet", "text")))


# --- Labels ---------------------------------------------------------------------------------------


def test_a_table_with_a_label_field_is_labelled(write: Write) -> None:
    yes, no = write("y.csv", "text,violence\nA,1\n"), write("n.csv", "text,source\nA,x\n")
    assert [
        holds_labels(source, Fields())
        for source in find([str(yes), str(no)])
        if isinstance(source, Source)
    ] == [True, False]


def test_labels_documents_and_groups_are_read(write: Write) -> None:
    rows = [
        {"text": "A.", "violence": 2, "profanity": 0, "document": "d", "source": "s"},
        {"text": "B.", "violence": "1", "profanity": None, "document": "d", "source": "s"},
        {"text": "C.", "violence": 0, "profanity": 3, "document": "d", "source": "t"},
    ]
    data = labelled(write("t.jsonl", "\n".join(map(json.dumps, rows))))
    assert data.levels.tolist() == [[2, 0], [1, UNKNOWN], [0, 3]]
    codes = data.document_codes()
    assert codes is not None
    assert codes[0] == codes[1] != codes[2], "a document is known by its source and its name"
    assert data.groups == {"source": ["s", "s", "t"]}


@pytest.mark.parametrize("level", ["7", "-1", "1.5", '"two"', "true", "[1]"])
def test_a_level_that_is_none_is_named_by_file_line_and_field(write: Write, level: str) -> None:
    path = write("t.jsonl", f'{{"text": "A", "violence": 0}}\n{{"text": "B", "violence": {level}}}')
    [problem] = labelled(path).problems
    assert problem.where == f"{path}:2"
    assert "field 'violence'" in problem.what
    assert "levels are 0, 1, 2 and 3" in problem.what


def test_labelled_rows_without_labels_say_which_fields_there_are(write: Write) -> None:
    [problem] = labelled(write("t.csv", "text,violense\nA,1\nB,2\n")).problems
    assert "no field 'violence' or 'profanity'; there are 'text', 'violense'" in str(problem)
    assert "--violence-field" in str(problem)


def test_fields_may_have_other_names(write: Write) -> None:
    path = write("t.csv", "sentence,v\nA,1\nB,2\n")
    data = labelled(path, fields=Fields(text="sentence", violence="v"))
    assert data.levels.tolist() == [[1, UNKNOWN], [2, UNKNOWN]]


def test_an_empty_labelled_file_is_named(write: Write) -> None:
    [problem] = labelled(write("t.jsonl", "")).problems
    assert "empty: it has no rows" in str(problem)
