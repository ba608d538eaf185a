"""forewarn batch when something is wrong: with the call, the input, the disk, or in the middle."""

import csv
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import classifier
from classifier import batch_read
from classifier.batch import Finished, WrongCall, run
from classifier.commands.batch import main
from classifier.errors import InputError
from tests.conftest import require
from tests.small_model import TEXTS, small_model
from tests.test_batch import ROWS, options, read_jsonl, write_jsonl

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def rejects_of(target: Path) -> list[dict[str, Any]]:
    return read_jsonl(target.with_name(target.name + ".rejects.jsonl"))


def stopped(source: Path, target: Path, after: int = 2, **more: Any) -> None:
    """A run of chunks of one row that stops after so many."""

    def stop(progress: Any) -> None:
        if progress.rows == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(options(source, target, checkpoint=0, **more), stop)


@pytest.fixture
def single_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_read, "CHUNK_ROWS", 1)


# --- names that must not be written over ----------------------------------------------------------


def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", ROWS)
    before = source.read_bytes()
    link = tmp_path / "link.jsonl"
    link.symlink_to(source)
    for target, more in ((source, {}), (link, {}), (tmp_path / "out.jsonl", {"rejects": source})):
        with pytest.raises(WrongCall, match="is the input"):
            run(options(source, target, **more))
    target = tmp_path / "out.jsonl"
    with pytest.raises(WrongCall, match="need a file each"):
        run(options(source, target, rejects=target))
    assert source.read_bytes() == before


def test_rejects_of_an_earlier_run_are_not_written_over(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", ROWS)
    (tmp_path / "bad.jsonl").write_text("precious")
    with pytest.raises(WrongCall, match=r"bad\.jsonl: exists already"):
        run(options(source, tmp_path / "out.jsonl", rejects=tmp_path / "bad.jsonl"))
    assert (tmp_path / "bad.jsonl").read_text() == "precious"


def test_a_link_to_the_input_is_read_and_a_strange_name_written(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", ROWS)
    folder = tmp_path / "räksmörgås 'and' spaces"
    folder.mkdir()
    (folder / "ein gang\n.jsonl").symlink_to(source)
    run(options(folder / "ein gang\n.jsonl", folder / "ut \U0001f600.jsonl"))
    assert len(read_jsonl(folder / "ut \U0001f600.jsonl")) == len(ROWS)


CALLS = {
    "- out.jsonl": "for a pipe use forewarn predict",
    "in.jsonl -": "for a pipe use forewarn predict",
    "pipe.jsonl out.jsonl": "cannot be read twice",
    "in.csv out.tsv": "give it the ending of in.csv",
    "in.csv out.csv --delimiter '\"'": "--delimiter",
    "in.csv out.csv --delimiter ab": "--delimiter",
    "mixed.jsonl out.parquet": "column 'n' has no one Parquet type (int, str)",
    "in.jsonl out.txt": "the ending does not tell the format",
}


@pytest.mark.parametrize("line", CALLS)
def test_what_cannot_work_is_refused_with_exit_code_2(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_jsonl(Path("in.jsonl"), ROWS)
    write_jsonl(Path("mixed.jsonl"), [{"text": "a", "n": 1}, {"text": "b", "n": "x"}])
    Path("in.csv").write_text("id,text\n1,x\n")
    os.mkfifo("pipe.jsonl")
    words = [word.strip("'") for word in line.split()]
    assert main([*words, "--model", str(small_model())]) == 2
    assert CALLS[line] in capsys.readouterr().err


# --- inputs without rows, and broken ones ---------------------------------------------------------


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("source", ["empty.jsonl", "header.csv", "none.parquet", "nulls.parquet"])
def test_an_input_without_rows_makes_an_output_without_rows(
    tmp_path: Path, source: str, kind: str
) -> None:
    path, target = tmp_path / source, tmp_path / f"out.{kind}"
    if path.suffix == ".parquet":
        rows = [None, None] if "nulls" in source else []
        pq.write_table(pa.table({"text": pa.array(rows, pa.string())}), path)
    else:
        path.write_text("" if path.suffix == ".jsonl" else "text\n")
    done = run(options(path, target, jobs=2))
    assert done.rows == done.rejected == (2 if "nulls" in source else 0)
    if kind == "parquet":
        found = pq.read_table(target)
        assert len(found) == 0
        assert found.schema.names[-1] == "forewarn_spans"
    else:
        assert len(target.read_text().splitlines()) == (kind == "csv")


@pytest.mark.parametrize("damage", ["cut", "changed", "not gzip"])
@pytest.mark.parametrize("name", ["in.jsonl.gz", "in.csv.gz"])
def test_damaged_gzip_is_told(
    tmp_path: Path, damage: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "text\n" + "".join(f'{{"text": "{number * 7919}"}}\n' for number in range(5000))
    data = bytearray(gzip.compress(rows.encode()))
    if damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "changed":
        data[12:20] = bytes(8)
    else:
        data = bytearray(rows.encode())
    source = tmp_path / name
    source.write_bytes(data)
    assert main([str(source), str(tmp_path / "out.jsonl"), "--model", str(small_model())]) == 1
    message = capsys.readouterr().err
    assert f"{source}: cannot be read" in message
    assert not (tmp_path / "out.jsonl").exists()


def test_a_header_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes("id,text\n1,x\n".encode("utf-16"))
    with pytest.raises(InputError, match="the header is not UTF-8 at byte 0"):
        run(options(source, tmp_path / "out.csv"))


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_row_numbers_of_rejects_count_over_all_chunks(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_read, "CHUNK_ROWS", 3)
    path, target = tmp_path / f"in.{kind}", tmp_path / "out.jsonl"
    bad = [0, 2, 3, 10, 16]
    if kind == "parquet":
        texts = [None if n in bad else "Fine." for n in range(17)]
        pq.write_table(pa.table({"id": range(17), "text": texts}), path, row_group_size=7)
    elif kind == "csv":
        good = 'two\n\nlines, "'.replace('"', '""')
        lines = [f'{n},"{good}"' if n not in bad else f"{n},a,b" for n in range(17)]
        path.write_text("id,text\n" + "\n".join(lines) + "\n")
    else:
        rows = [{"id": n, "text": n if n in bad else "Fine."} for n in range(17)]
        write_jsonl(path, rows)
    done = run(options(path, target, id="id", jobs=2))
    assert (done.rows, done.rejected) == (17, 5)
    rejects = rejects_of(target)
    assert [row["row"] for row in rejects] == [n + 1 for n in bad]
    if kind != "csv":  # a record with too many fields has no id to trust
        assert [row["id"] for row in rejects] == bad
    assert sorted(int(row["id"]) for row in read_jsonl(target)) == sorted(set(range(17)) - {*bad})


def test_a_row_of_ten_megabytes_is_rejected_and_its_neighbours_kept(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    with source.open("w") as file:
        file.write('{"text": "a"}\n{"text": "' + "x" * 10_000_000 + '"}\n{"text": "c"}\n')
    run(options(source, tmp_path / "out.jsonl"))
    assert [row["text"] for row in read_jsonl(tmp_path / "out.jsonl")] == ["a", "c"]
    (reject,) = rejects_of(tmp_path / "out.jsonl")
    assert (reject["row"], reject["line"]) == (2, 2)


# --- tables ---------------------------------------------------------------------------------------


def test_nested_columns_stay_as_they_are_around_rejected_rows(tmp_path: Path) -> None:
    nested = pa.list_(pa.struct([("a", pa.int16()), ("b", pa.list_(pa.decimal128(9, 2)))]))
    count = 9
    table = pa.table(
        {
            "z": pa.array([[{"a": n, "b": [n]}] if n % 2 else None for n in range(count)], nested),
            "m": pa.array([[("k", n)] for n in range(count)], pa.map_(pa.string(), pa.int64())),
            "text": [None if n in (0, 3, 4, 8) else TEXTS[n % 6] for n in range(count)],
            "at": pa.array(range(count), pa.timestamp("ns")),
            "raw": [bytes([n, 255]) for n in range(count)],
        }
    )
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=5)
    run(options(tmp_path / "in.parquet", tmp_path / "out.parquet", jobs=2))
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.schema.names[:5] == ["z", "m", "text", "at", "raw"]
    assert out.select(table.schema.names).equals(table.take([1, 2, 5, 6, 7]))
    run(options(tmp_path / "in.parquet", tmp_path / "out.jsonl"))
    first = read_jsonl(tmp_path / "out.jsonl")[0]
    assert first["at"] == "1970-01-01 00:00:00.000000001"
    assert first["raw"] == "Af8="
    assert first["z"] == [{"a": 1, "b": ["1.00"]}]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_texts_of_a_table_that_are_not_utf_8_are_rejected(tmp_path: Path, kind: str) -> None:
    texts = pa.array([b"Fine.", b"caf\xe9", None]).view(pa.string())
    pq.write_table(pa.table({"text": texts}), tmp_path / "in.parquet")
    run(options(tmp_path / "in.parquet", tmp_path / f"out.{kind}"))
    rejects = rejects_of(tmp_path / f"out.{kind}")
    assert [row["reason"] for row in rejects] == [
        "not UTF-8 at byte 3",
        "column 'text' is null, not a text",
    ]


def test_json_that_a_table_cannot_hold_is_rejected_row_by_row(tmp_path: Path) -> None:
    rows = [
        {"text": "a", "n": 1, "o": {"k": [None]}, "x": 1.5},
        {"text": "b\udfff", "n": 1},
        {"text": "c", "n": 1 << 70},
        {"text": "d", "n": True},
        {"text": "e", "o": {"k": ["s"]}, "x": 2},
        {"text": "f", "o": {"other": 1}},
        {"text": "g", "n": None},
    ]
    source = tmp_path / "in.jsonl"
    write_jsonl(source, rows[:1])
    # The columns are those of the first chunk, so the others come in the second.
    filler = [{"text": "Fine.", "x": 0} for _ in range(batch_read.CHUNK_ROWS)]
    write_jsonl(source, [rows[0], *filler, *rows[1:]])
    done = run(options(source, tmp_path / "out.parquet", id="text", jobs=2))
    table = pq.read_table(tmp_path / "out.parquet")
    assert [row["text"] for row in table.to_pylist() if row["text"] != "Fine."] == ["a", "e", "g"]
    rejects = rejects_of(tmp_path / "out.parquet")
    assert done.rejected == 4
    assert [row["row"] - len(filler) for row in rejects] == [2, 3, 4, 6]
    assert [row["id"] for row in rejects] == ["b\udfff", "c", "d", "f"]
    assert all(row["reason"].startswith("does not fit the columns: ") for row in rejects)


def test_workers_need_neither_pyarrow_nor_pandas_for_tables() -> None:
    code = f"""
import sys
from pathlib import Path
from classifier.batch_pool import Pool
from classifier.batch_read import Chunk, Position, Texts
from classifier.batch_work import Job
job = Job("parquet", "parquet", Path("."), "text", None, "")
chunk = Chunk(Texts([{TEXTS[1]!r}], [None], None), 1, 1, Position(row=1))
with Pool(1, Path({str(small_model())!r}), None) as pool:
    ((_, output),) = pool.map(job, iter([(chunk, 1)]))
assert output.places == [(1, None)], output
sys.exit(", ".join({{"pyarrow", "pandas"}} & set(sys.modules)) or 0)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])


def test_a_run_over_tables_does_not_load_pandas(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [*TEXTS, None, "x"]}), tmp_path / "in.parquet")
    line = [str(tmp_path / "in.parquet"), str(tmp_path / "out.parquet")]
    line += ["--jobs", "2", "--model", str(small_model())]
    code = (
        f"import sys; from classifier.commands.batch import main; main({line!r}); "
        "sys.exit('pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
    assert len(pq.read_table(tmp_path / "out.parquet")) == len(TEXTS) + 1


# --- folders --------------------------------------------------------------------------------------


def test_a_folder_with_strange_and_broken_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "empty.txt").mkdir(parents=True)
    (folder / "a b\n\U0001f600.txt").write_text(TEXTS[0])
    (folder / "cut.txt").symlink_to(folder / "gone.txt")
    (folder / "link.md").symlink_to(folder / "a b\n\U0001f600.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "void.html").write_text("")
    os.mkfifo(folder / "pipe.txt")
    done = run(options(folder, tmp_path / "out.jsonl"))
    rows = read_jsonl(tmp_path / "out.jsonl")
    assert [row["file"] for row in rows] == ["a b\n\U0001f600.txt", "link.md", "void.html"]
    assert rows[0]["forewarn_tags"] == rows[1]["forewarn_tags"]
    (reject,) = rejects_of(tmp_path / "out.jsonl")
    assert (done.rows, reject["id"], reject["row"]) == (4, "cut.txt", 2)
    assert reject["reason"].startswith("cannot be read: No such file")


def test_a_document_that_goes_while_the_run_is_on_is_rejected(
    tmp_path: Path, single_rows: None
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.txt").write_text("Fine.")
    run(options(folder, tmp_path / "out.jsonl"), lambda _: (folder / "c.txt").unlink(True))
    assert [row["file"] for row in read_jsonl(tmp_path / "out.jsonl")] == ["a.txt", "b.txt"]
    assert rejects_of(tmp_path / "out.jsonl")[0]["id"] == "c.txt"


def test_a_document_that_changed_stops_a_resume(tmp_path: Path, single_rows: None) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.txt").write_text("Fine.")
    stopped(folder, tmp_path / "out.jsonl")
    (folder / "a.txt").write_text("Worse.")
    with pytest.raises(WrongCall, match="another input"):
        run(options(folder, tmp_path / "out.jsonl", resume=True))


# --- going on -------------------------------------------------------------------------------------


def test_a_damaged_checkpoint_is_told_whatever_the_damage(
    tmp_path: Path, single_rows: None
) -> None:
    source, target = write_jsonl(tmp_path / "in.jsonl", ROWS), tmp_path / "out.jsonl"
    stopped(source, target)
    place = options(source, target).checkpoint_path
    whole = place.read_text()
    saved = json.loads(whole)
    damaged = [whole[:length] for length in range(0, len(whole), 37)]
    damaged += ["[]", "null", '"x"', json.dumps({"format": saved["format"]})]
    damaged += [json.dumps({**saved, name: None}) for name in saved if name != "done"]
    damaged += [json.dumps({**saved, "rows": -1}), json.dumps({**saved, "position": [1]})]
    damaged += [json.dumps({**saved, "output": {}})]
    for text in damaged:
        place.write_text(text)
        with pytest.raises(WrongCall, match=r"delete .* to start again"):
            run(options(source, target, resume=True))
    place.write_text(whole)
    assert run(options(source, target, resume=True)).rows == len(ROWS)


def test_a_lost_or_short_part_is_told(tmp_path: Path, single_rows: None) -> None:
    source, target = write_jsonl(tmp_path / "in.jsonl", ROWS), tmp_path / "out.jsonl"
    stopped(source, target)
    part = tmp_path / "out.jsonl.part"
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(WrongCall, match="shorter than the checkpoint says; delete"):
        run(options(source, target, resume=True))
    part.unlink()
    with pytest.raises(WrongCall, match="shorter than the checkpoint says; delete"):
        run(options(source, target, resume=True))


def test_another_model_policy_or_version_is_not_gone_on_with(
    tmp_path: Path, single_rows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = write_jsonl(tmp_path / "in.jsonl", ROWS), tmp_path / "out.jsonl"
    stopped(source, target)
    other = shutil.copytree(small_model(), tmp_path / "model")
    metadata = json.loads((other / "model.json").read_text())
    metadata["thresholds"]["violence"] = [0.4, 0.5, 0.6]  # the arrays are the same
    (other / "model.json").write_text(json.dumps(metadata))
    with pytest.raises(WrongCall, match="begun with another model;"):
        run(options(source, target, resume=True, model=other))
    with pytest.raises(WrongCall, match="begun with another policy;"):
        run(options(source, target, resume=True, policy="us-family"))
    with monkeypatch.context() as patched:
        patched.setattr(classifier, "__version__", "0.0.0")
        with pytest.raises(WrongCall, match="another version of forewarn;"):
            run(options(source, target, resume=True))
    assert run(options(source, target, resume=True)).rows == len(ROWS)
    with pytest.raises(Finished):
        run(options(source, target, resume=True))


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    require(os.name == "posix", "SIGINT")
    rows = [{"n": n, "text": " ".join(TEXTS)} for n in range(30_000)]
    source, target = write_jsonl(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    line = [sys.executable, "-m", "classifier.commands.batch", str(source), str(target)]
    line += ["--model", str(small_model()), "--jobs", "2", "--checkpoint", "0", "--quiet"]
    root = Path(__file__).parents[1]
    process = subprocess.Popen(
        line,
        cwd=root,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # a shell starts what it runs in the background with Ctrl-C switched off
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not options(source, target).checkpoint_path.exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    _, message = process.communicate()
    assert (process.returncode, message) == (
        130,
        b"forewarn batch: stopped; go on with --resume\n",
    )
    assert not target.exists()
    subprocess.run([*line, "--resume"], cwd=root, check=True)
    assert [row["n"] for row in read_jsonl(target)] == list(range(30_000))


def test_csv_with_another_delimiter_keeps_it(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text('id;text;z\n1;"a; b\nc, ""d""";x\n2;e,f;y\n')
    run(options(source, tmp_path / "out.csv", delimiter=";"))
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [(row["text"], row["z"]) for row in rows] == [('a; b\nc, "d"', "x"), ("e,f", "y")]
    assert [row["forewarn_sentences"] for row in rows] == ["2", "1"]
