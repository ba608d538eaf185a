"""forewarn batch: every pair of formats, bad rows, checkpoints, kills, messages."""

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import classifier
from classifier import batch_read
from classifier.batch import Finished, Options, WrongCall, run
from classifier.batch_rows import RESULTS, result
from classifier.commands.batch import main
from classifier.errors import InputError
from tests.conftest import require
from tests.small_model import TEXTS, small_model

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

ROWS = [
    {"id": 1, "text": TEXTS[0], "size": 12345678901234567890, "tags": ["a", "b"]},
    {"id": 2, "text": TEXTS[1], "size": 0, "tags": []},
    {"id": 3, "text": "", "size": 0, "tags": []},
    {"id": 4, "text": 'Two\nlines, "quoted"; \U0001f600 fuck\udfff.', "size": 7, "tags": []},
]


def expected(texts: list[str]) -> list[dict[str, Any]]:
    clf = classifier.load(small_model())
    return [result(clf.predict(text)) for text in texts]


def options(source: Path, target: Path, **more: Any) -> Options:
    return Options(source, target, **{"model": small_model(), **more})


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def added(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row["forewarn_" + name] for name in RESULTS}


def test_jsonl_keeps_each_line_and_adds_the_results(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", ROWS)
    done = run(options(source, tmp_path / "out.jsonl"))
    assert (done.rows, done.rejected) == (4, 0)
    before = source.read_text().splitlines()
    after = (tmp_path / "out.jsonl").read_text().splitlines()
    assert all(new.startswith(old[:-1] + ", ") for old, new in zip(before, after, strict=True))
    assert [added(row) for row in read_jsonl(tmp_path / "out.jsonl")] == expected(
        [row["text"] for row in ROWS]
    )
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


def test_two_jobs_give_what_one_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_read, "CHUNK_ROWS", 7)
    rows = [{"n": n, "text": TEXTS[n % len(TEXTS)] * (1 + n % 3)} for n in range(200)]
    source = write_jsonl(tmp_path / "in.jsonl", rows)
    run(options(source, tmp_path / "one.jsonl", jobs=1))
    run(options(source, tmp_path / "two.jsonl", jobs=2))
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


@pytest.mark.parametrize("packed", [".gz", ".zst"])
def test_compressed_input_is_read(tmp_path: Path, packed: str) -> None:
    plain = write_jsonl(tmp_path / "in.jsonl", ROWS)
    path = tmp_path / ("in.jsonl" + packed)
    if packed == ".gz":
        path.write_bytes(gzip.compress(plain.read_bytes()))
    else:
        zstandard = pytest.importorskip("zstandard")
        path.write_bytes(zstandard.compress(plain.read_bytes()))
    run(options(plain, tmp_path / "a.jsonl"))
    run(options(path, tmp_path / "b.jsonl"))
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_csv_keeps_quotes_line_breaks_and_line_ends(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    records = ['1,"a ""b"", c",x', f'2,"{TEXTS[0]}\r\n\r\nEnd.",y', "3,plain,"]
    source.write_bytes(("\ufeffid,text,z\r\n" + "\r\n".join(records) + "\r\n").encode())
    run(options(source, tmp_path / "out.csv"))
    data = (tmp_path / "out.csv").read_bytes().decode()
    assert all(record + "," in data for record in records)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["z"] for row in rows] == ["x", "y", ""]
    assert [row["forewarn_violence"] for row in rows] == [
        str(row["violence"]) for row in expected(['a "b", c', TEXTS[0] + "\r\n\r\nEnd.", "plain"])
    ]


def test_csv_with_an_unclosed_quote_loses_that_row_only(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text('id,text\n1,one\n2,"two\n3,three\n4,"a\nb"\n5,five\n6,six,more\n')
    done = run(options(source, tmp_path / "out.csv", id="id"))
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["1", "3", "4", "5"]
    rejects = read_jsonl(tmp_path / "out.csv.rejects.jsonl")
    assert done.rejected == 2
    assert [(row["row"], row["line"]) for row in rejects] == [(2, 3), (6, 8)]
    assert "quote" in rejects[0]["reason"]
    assert rejects[1]["reason"] == "3 fields, the header has 2"


def test_parquet_keeps_types_and_metadata(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": pa.array([*TEXTS, None], pa.large_string()),
            "when": pa.array([0, 1, 2, 3, 4, 5, 6], pa.timestamp("us", "UTC")),
            "kind": pa.array(["a", "b", None, "a", "b", "a", "a"]).dictionary_encode(),
        }
    ).replace_schema_metadata({"made": "by us"})
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=2)
    done = run(options(tmp_path / "in.parquet", tmp_path / "out.parquet"))
    out = pq.read_table(tmp_path / "out.parquet")
    assert done.rejected == 1
    assert out.schema.metadata[b"made"] == b"by us"
    assert out.select(table.schema.names).equals(table.slice(0, 6))
    wanted = expected(list(TEXTS))
    for name in RESULTS:
        got = out.column("forewarn_" + name).to_pylist()
        if name == "scores":
            assert got == [pytest.approx(row[name]) for row in wanted]
        else:
            assert got == [row[name] for row in wanted]


@pytest.mark.parametrize("source", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("target", ["jsonl", "csv", "parquet"])
def test_every_format_goes_to_every_other(tmp_path: Path, source: str, target: str) -> None:
    rows = [{"id": n, "text": text} for n, text in enumerate(TEXTS)]
    path = tmp_path / f"in.{source}"
    if source == "jsonl":
        write_jsonl(path, rows)
    elif source == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["id", "text"])
            writer.writeheader()
            writer.writerows(rows)
    out = tmp_path / f"out.{target}"
    run(options(path, out))
    if target == "jsonl":
        found = read_jsonl(out)
    elif target == "parquet":
        found = pq.read_table(out).to_pylist()
    else:
        with out.open(newline="") as file:
            found = list(csv.DictReader(file))
    assert [str(row["id"]) for row in found] == [str(row["id"]) for row in rows]
    assert [row["text"] for row in found] == list(TEXTS)
    levels = [str(row["profanity"]) for row in expected(list(TEXTS))]
    assert [str(row["forewarn_profanity"]) for row in found] == levels


def test_json_rows_that_do_not_fit_a_parquet_output_are_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_read, "CHUNK_ROWS", 2)
    rows = [
        {"text": "a", "n": 1},
        {"text": "b", "n": 2},
        {"text": "c", "n": "x"},
        {"text": "d", "m": 1},
    ]
    source = write_jsonl(tmp_path / "in.jsonl", rows)
    run(options(source, tmp_path / "out.parquet"))
    assert pq.read_table(tmp_path / "out.parquet").column("text").to_pylist() == ["a", "b"]
    reasons = [row["reason"] for row in read_jsonl(tmp_path / "out.parquet.rejects.jsonl")]
    assert "does not fit" in reasons[0]
    assert reasons[1] == "column 'm' is not in the first rows"


def test_a_folder_of_documents_goes_to_a_table_or_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.txt").write_text(TEXTS[2])
    (folder / "sub" / "a.txt").write_text(TEXTS[0])
    (folder / "bad.txt").write_bytes(b"caf\xe9")
    (folder / "picture.png").write_bytes(b"")
    done = run(options(folder, tmp_path / "out.jsonl"))
    assert [row["file"] for row in read_jsonl(tmp_path / "out.jsonl")] == ["b.txt", "sub/a.txt"]
    assert done.rejected == 1
    run(options(folder, tmp_path / "out"))
    alone = json.loads((tmp_path / "out" / "sub" / "a.txt.json").read_text())
    assert alone == {"file": "sub/a.txt", **expected([TEXTS[0]])[0]}


BAD_LINES = {
    b'{"text": ': "not JSON",
    b"[1, 2]": "a JSON object was expected, not list",
    b'{"id": 7}': "no column 'text'",
    b'{"id": 7, "text": null}': "column 'text' is null, not a text",
    b'{"id": 7, "text": ["x"]}': "column 'text' is list, not a text",
    b'{"id": 7, "text": "caf\xe9"}': "not UTF-8 at byte 22",
    b'{"id": 7, "text": "x", "forewarn_tags": 1}': "it has a column 'forewarn_tags' already",
}


def test_bad_rows_are_named_and_the_run_goes_on(tmp_path: Path) -> None:
    good = b'{"id": 0, "text": "Fine."}\n'
    source = tmp_path / "in.jsonl"
    source.write_bytes(good + b"\n" + b"\n".join(BAD_LINES) + b"\n" + good)
    done = run(options(source, tmp_path / "out.jsonl", rejects=tmp_path / "bad"))
    assert (done.rows, done.rejected) == (9, 7)
    rejects = read_jsonl(tmp_path / "bad")
    assert [row["row"] for row in rejects] == list(range(2, 9))
    assert [row["line"] for row in rejects] == list(range(3, 10))
    for row, reason in zip(rejects, BAD_LINES.values(), strict=True):
        assert row["reason"].startswith(reason)


def test_strict_stops_at_the_first_bad_row(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "a"}\n{"text": 1}\n')
    with pytest.raises(InputError, match=r"row 2: column 'text' is int"):
        run(options(source, tmp_path / "out.jsonl", strict=True))
    assert not (tmp_path / "out.jsonl").exists()


def test_an_overlong_row_is_rejected_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_read, "MAX_ROW", 1000)
    source = tmp_path / "in.jsonl"
    rows = [{"text": "a"}, {"text": "b" * 5000}, {"text": "c"}]
    write_jsonl(source, rows)
    run(options(source, tmp_path / "out.jsonl"))
    assert [row["text"] for row in read_jsonl(tmp_path / "out.jsonl")] == ["a", "c"]
    (reject,) = read_jsonl(tmp_path / "out.jsonl.rejects.jsonl")
    assert reject["reason"].startswith("the row has 5,013 bytes")


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_chunks_after_a_position_are_those_of_a_whole_reading(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_read, "CHUNK_ROWS", 3)
    path = tmp_path / f"in.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table({"text": [str(n) for n in range(50)]}), path, row_group_size=8)
    else:
        texts = ['"x\ny"', '"unclosed', "plain", "\n"] * 12
        head = "text\n" if kind == "csv" else ""
        path.write_text(head + "\n".join(texts) + "\n")
    source = batch_read.Parquet(path, "text") if kind == "parquet" else batch_read.Lines(path, kind)  # type: ignore[arg-type]
    whole = [chunk for chunk, _ in source.chunks()]
    assert len(whole) > 4
    for place, chunk in enumerate(whole):
        assert [again for again, _ in source.chunks(chunk.end)] == whole[place + 1 :]


WRONG_CALLS = {
    "missing.jsonl out.jsonl": "missing.jsonl: no such file",
    "in.jsonl out.xyz": "the ending does not tell the format",
    "in.jsonl out.jsonl.gz": "output is not compressed",
    "in.jsonl in.jsonl": "in.jsonl: is the input; choose another name",
    "in.jsonl none/out.jsonl": "none: no such folder",
    "in.csv out.csv --text body": "no column 'body'; it has id, text",
    "in.jsonl out.jsonl --jobs -1": "take no negative number",
    "in.jsonl out.jsonl --policy nowhere.toml": "nowhere.toml",
    "in.jsonl out.jsonl --model nowhere": "no such file",
    "bad.parquet out.jsonl": "not a readable Parquet file",
    "empty out.jsonl": "holds no .txt, .md or .html file",
}


@pytest.mark.parametrize("line", WRONG_CALLS)
def test_a_wrong_call_is_told_without_a_traceback(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_jsonl(Path("in.jsonl"), ROWS)
    Path("in.csv").write_text("id,text\n1,x\n")
    Path("bad.parquet").write_text("no")
    Path("empty").mkdir()
    model = [] if "--model" in line else ["--model", str(small_model())]
    assert main([*line.split(), *model]) in (1, 2)
    assert WRONG_CALLS[line] in capsys.readouterr().err


def test_a_run_is_gone_on_with_only_when_asked_and_unchanged(tmp_path: Path) -> None:
    source, target = write_jsonl(tmp_path / "in.jsonl", ROWS), tmp_path / "out.jsonl"
    with source.open("a") as file:
        file.write('{"text": 1}\n')
    with pytest.raises(InputError):
        run(options(source, target, strict=True, checkpoint=0))
    run_options = options(source, target, checkpoint=0)
    checkpoint = run_options.checkpoint_path
    if not checkpoint.exists():  # all rows were one chunk: leave a checkpoint at the beginning
        checkpoint.write_text("{}")
    with pytest.raises(WrongCall, match="--resume"):
        run(run_options)
    checkpoint.write_text("{}")
    with pytest.raises(WrongCall, match="not a checkpoint"):
        run(options(source, target, resume=True))
    checkpoint.unlink()
    run(options(source, target, resume=True))
    with pytest.raises(Finished):
        run(options(source, target, resume=True))


def test_another_input_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_read, "CHUNK_ROWS", 1)
    source, target = write_jsonl(tmp_path / "in.jsonl", ROWS), tmp_path / "out.jsonl"

    def stop(progress: Any) -> None:
        if progress.rows == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(options(source, target, checkpoint=0), stop)
    before, data = source.stat(), source.read_bytes()
    source.write_bytes(data.replace(b"Two", b"Six"))  # as long as before
    with pytest.raises(WrongCall, match="begun with another input"):
        run(options(source, target, resume=True))
    source.write_bytes(data)
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(WrongCall, match="begun with another prefix"):
        run(options(source, target, resume=True, prefix="x_"))
    done = run(options(source, target, resume=True))
    assert (done.rows, done.resumed) == (4, 2)
    assert len(read_jsonl(target)) == 4


def test_a_killed_run_ends_with_the_same_bytes(tmp_path: Path) -> None:
    """Some kills for each format; `python -m eval.bench kills` does a hundred."""
    require(sys.platform == "linux", "SIGKILL and process groups as on Linux")
    from eval.bench.kills import run_kills

    texts = [" ".join(TEXTS)] * 1500
    for kind in ("jsonl", "parquet"):
        folder = tmp_path / kind
        folder.mkdir()
        found = run_kills(folder, kind, texts, kills=3, model=small_model())
        assert found.passed, found


def test_a_full_disk_is_told_and_gone_on_from(tmp_path: Path) -> None:
    require(sys.platform == "linux", "file size limits or tmpfs")
    from eval.bench.kills import full_disk

    assert full_disk(tmp_path, list(TEXTS) * 100, model=small_model()) == ""


def test_the_parent_stays_without_pyarrow_for_text_files(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", ROWS)
    code = (
        "import sys; from classifier.commands.batch import main; "
        f"main([{str(source)!r}, {str(tmp_path / 'o.jsonl')!r}, "
        f"'--model', {str(small_model())!r}]); "
        "sys.exit('pyarrow' in sys.modules or 'pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
