"""Training end to end on a few hundred lines: the artefact, its bytes, and what is refused."""

import csv
import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the extra 'train' is not installed")

import classifier
import classifier.artefact
from training import train
from training.data import distinct, fold_of, group_of, own_rows
from training.labels import Row

#: Few enough to be quick, enough to have every level several times.
EVERY = 11
Cells = Sequence[dict[str, object]]


def sample() -> list[dict[str, object]]:
    return [
        {"text": row.text, "violence": row.violence, "profanity": row.profanity}
        for row in own_rows()[::EVERY]
    ]


def write_csv(path: Path, rows: Cells) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(out: Path, *options: object) -> int:
    return train.main(["--out", str(out), "--jobs", "1", "--folds", "2", *map(str, options)])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_csv(tmp_path_factory.mktemp("data") / "some.csv", sample())
    os.utime(path, (1_700_000_000, 1_700_000_000))  # 2023-11-14
    return path


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained") / "models"
    assert run(out, "--only-data", "--data", data) == 0
    return out


# --- what comes out ------------------------------------------------------------------------------


def test_a_few_hundred_lines_make_a_model_that_has_learned(trained: Path) -> None:
    clf = classifier.load(trained)
    scores = clf.score(["He was stabbed to death.", "The meeting was put off until Thursday."])
    assert scores[0, 0] > 0.5 > scores[1, 0]
    assert clf.predict("It was fucking awful.").levels["profanity"] == 3
    assert clf.predict("It was rather awful.").levels["profanity"] == 0


def test_the_metadata_says_where_it_came_from(trained: Path, data: Path) -> None:
    import hashlib

    metadata = json.loads((trained / "model.json").read_text(encoding="utf-8"))
    described, classes = metadata["data"]
    assert classes["name"] == "word classes"
    assert described["rows"] == len(distinct(own_rows()[::EVERY]))
    assert described["files"] == {"some.csv": hashlib.sha256(data.read_bytes()).hexdigest()}
    assert metadata["command"].startswith("python -m training.train --out ")
    assert set(metadata["versions"]) == {
        "numpy",
        "scipy",
        "scikit-learn",
        "joblib",
        "nupunkt",
        "python",
    }
    for label in classifier.LABELS:
        assert len(metadata["thresholds"][label]) == 3
        assert set(metadata["held_out"][label]) == {"1", "2", "3"}


def test_the_date_is_that_of_the_data(trained: Path) -> None:
    metadata = json.loads((trained / "model.json").read_text(encoding="utf-8"))
    assert metadata["date"] == "2023-11-14"


def test_one_command_twice_gives_the_same_two_files(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert run(tmp_path, "--only-data", "--data", data) == 0
    before = contents(tmp_path)
    assert json.loads(before["model.json"])["date"] == "1970-01-02"
    assert run(tmp_path, "--only-data", "--data", data) == 0
    assert contents(tmp_path) == before


def test_same_data_same_bytes(trained: Path, data: Path, tmp_path: Path) -> None:
    """Whatever the number of processes; only the command that is written down differs."""
    assert run(tmp_path, "--only-data", "--data", data, "--jobs", "2") == 0
    assert contents(tmp_path)["model.npz"] == contents(trained)["model.npz"]
    first, again = (
        json.loads((folder / "model.json").read_text(encoding="utf-8"))
        for folder in (trained, tmp_path)
    )
    assert first.pop("command") != again.pop("command")
    assert first == again


def test_the_seed_is_written_down(data: Path, tmp_path: Path) -> None:
    assert run(tmp_path, "--only-data", "--data", data, "--seed", "7") == 0
    metadata = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert "--seed 7" in metadata["command"]


# --- little to learn from ------------------------------------------------------------------------


@pytest.mark.parametrize("label", classifier.LABELS)
def test_one_label_alone(label: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"text": row["text"], label: row[label]} for row in sample()]
    data = write_csv(tmp_path / "one.csv", rows)
    assert run(tmp_path / "models", "--only-data", "--data", data) == 0
    clf = classifier.load(tmp_path / "models")
    (other,) = set(classifier.LABELS) - {label}
    document = clf.predict("They beat him and stabbed him to death. It was fucking awful.")
    assert document.levels[label] > 0  # type: ignore[literal-required]
    assert document.levels[other] == 0  # type: ignore[literal-required]
    assert "only 0 positives: too few to trust" in capsys.readouterr().out


def test_levels_too_rare_to_fit_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for row in sample() if row["violence"] in (0, 1)]
    strong = [row for row in sample() if row["violence"] == 2][:3]
    data = write_csv(tmp_path / "rare.csv", rows + strong)
    assert run(tmp_path / "models", "--only-data", "--data", data) == 0
    said = capsys.readouterr().out
    assert "violence >= 2          3" in said
    assert "only 3 positives: too few to trust" in said
    assert "only 0 positives: too few to trust" in said


def test_columns_by_other_names(tmp_path: Path) -> None:
    rows = [{"comment": row["text"], "swearing": row["profanity"]} for row in sample()]
    data = write_csv(tmp_path / "named.csv", rows)
    names = ("--text", "comment", "--profanity", "swearing")
    assert run(tmp_path / "models", "--only-data", "--data", data, *names) == 0


def test_jsonl_beside_our_own_corpus(tmp_path: Path) -> None:
    """The user's rows are added to ours, and a text that both have counts once."""
    own = own_rows()[:2]
    new = [
        {"text": f"The {n}th gig came home dry.", "violence": n % 2, "profanity": n % 3}
        for n in range(100)
    ]
    twins = [
        {"text": row.text.upper(), "violence": row.violence, "profanity": row.profanity}
        for row in own
    ]
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in new + twins), encoding="utf-8")
    args = train._parser().parse_args(["--data", str(path)])
    rows, described = train.gather(args, lambda _: None)
    assert len(rows) == len(distinct(own_rows())) + len(new)
    assert [part["name"] for part in described] == ["own corpus", "mine.jsonl"]


# --- refused, and the old model stays ------------------------------------------------------------


def refused(tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str], *said: str) -> None:
    before = contents(trained)
    data = next(tmp_path.glob("bad.*"))
    assert run(trained, "--only-data", "--data", data) == 2
    message = capsys.readouterr().err
    assert "Traceback" not in message
    for part in said:
        assert part in message
    assert contents(trained) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"violence": 4}, "bad.csv:4: violence '4' is not a level"),
        ({"profanity": "high"}, "bad.csv:4: profanity 'high' is not a level"),
        ({"text": " "}, "bad.csv:4: text ' ' is not text or is empty"),
        ({"text": "x" * 1_100_000}, "bad.csv:4: "),
    ],
    ids=["level 4", "a word", "empty", "a megabyte"],
)
def test_a_bad_line_is_named(
    change: dict[str, object],
    said: str,
    tmp_path: Path,
    trained: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = sample()
    rows[2] = {**rows[2], **change}
    write_csv(tmp_path / "bad.csv", rows)
    refused(tmp_path, trained, capsys, said)


def test_ten_lines_are_refused(
    tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path / "bad.csv", sample()[:10])
    refused(tmp_path, trained, capsys, "10 rows are too few to learn from; give 100 or more")


def test_one_class_is_refused(
    tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path / "bad.csv", [{**row, "violence": 1} for row in sample()])
    refused(tmp_path, trained, capsys, "violence is 1 in every row")


def test_no_column_is_refused(
    tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path / "bad.csv", [{"comment": row["text"]} for row in sample()])
    refused(tmp_path, trained, capsys, "no column 'text' for text; there are: comment")


def test_contradicting_twins_are_refused(
    tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = sample()
    write_csv(tmp_path / "bad.csv", [*rows, {**rows[0], "violence": 3, "profanity": 3}])
    refused(tmp_path, trained, capsys, "but the same text has", "decide which")


def test_a_missing_file_is_named(
    tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(trained, "--only-data", "--data", tmp_path / "none.csv") == 2
    assert "none.csv" in capsys.readouterr().err


FOREIGN = "Der Hund lief gestern über die Straße und bellte laut, Nummer {}."


def test_another_language_is_refused_by_line(
    tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**row, "text": FOREIGN.format(n)} for n, row in enumerate(sample())]
    write_csv(tmp_path / "bad.csv", rows)
    refused(tmp_path, trained, capsys, "rows do not read as English", "bad.csv:2: too few known")


def test_a_few_rows_in_another_language_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {**row, "text": FOREIGN.format(n)} if n % 40 == 5 else row for n, row in enumerate(sample())
    ]
    path = write_csv(tmp_path / "some.csv", rows)
    args = train._parser().parse_args(["--only-data", "--data", str(path)])
    said: list[str] = []
    found, _ = train.gather(args, said.append)
    assert f"{path}:7: too few known words" in said[0]
    assert sum("too few known words" in line for line in said) == 10
    assert any(line.startswith("... and ") for line in said)
    assert any(row.text == FOREIGN.format(5) for row in found)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bad.csv", b"", "bad.csv: empty; give labelled rows"),
        ("bad.jsonl", b"", "bad.jsonl: empty; give labelled rows"),
        ("bad.csv", bytes(range(256)) * 99, "bad.csv:1: holds a NUL byte, so it is no UTF-8 text"),
        ("bad.csv", "text,violence\nIt rained.,0\n".encode("utf-16"), "bad.csv:1: holds a NUL"),
        ("bad.csv", b"text,violence\nIt rained\xff,0\n", "bad.csv:2: byte 0xff"),
        ("bad.pdf", b"%PDF-1.4", "the name must end in .jsonl, .csv or .tsv"),
    ],
    ids=["empty", "empty JSONL", "binary", "UTF-16", "Latin-1", "PDF"],
)
def test_a_file_that_holds_no_rows_is_refused(
    name: str,
    content: bytes,
    said: str,
    tmp_path: Path,
    trained: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / name).write_bytes(content)
    refused(tmp_path, trained, capsys, said)


def test_a_folder_is_refused(
    tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.csv").mkdir()
    refused(tmp_path, trained, capsys, "bad.csv: cannot be read: Is a directory")


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "marked.csv"
    path.write_bytes(b"\xef\xbb\xbf" + data.read_bytes())
    rows = [
        train.gather(
            train._parser().parse_args(["--only-data", "--data", str(file)]), lambda _: None
        )[0]
        for file in (path, data)
    ]
    assert [row.text for row in rows[0]] == [row.text for row in rows[1]]


def test_the_same_text_with_another_level_in_another_file_is_named(tmp_path: Path) -> None:
    ours = own_rows()[0]
    rows = [*sample(), {"text": ours.text.upper(), "violence": (ours.violence or 0) ^ 1,
                        "profanity": ours.profanity}]  # fmt: skip
    path = write_csv(tmp_path / "mine.csv", rows)
    args = train._parser().parse_args(["--data", str(path)])
    said: list[str] = []
    train.gather(args, said.append)
    line = len(rows) + 1
    assert any(
        said_.startswith(f"{path}:{line}: violence is") and f"at {ours.origin}" in said_
        for said_ in said
    )


# --- an output that cannot be written ------------------------------------------------------------


def test_an_output_below_a_file_is_refused_before_training(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert run(tmp_path / "file" / "models", "--only-data", "--data", data) == 2
    said = capsys.readouterr().err
    assert "cannot be written" in said
    assert "is not a folder; choose another" in said
    assert "reading" not in said


def test_an_output_without_permission_is_refused_before_training(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert run(tmp_path / "models", "--only-data", "--data", data) == 2
    assert f"no permission for {tmp_path}" in capsys.readouterr().err


def test_a_full_disk_leaves_the_old_model(
    trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The arrays can be written, the metadata cannot: neither takes its place."""
    before = contents(trained)
    arrays = classifier.artefact.load_model(trained).arrays
    real = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name.startswith("model.json"):
            raise OSError(28, "No space left on device", str(path))
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"), train.folder_for(trained) as made:
        train.save_model(arrays, {"thresholds": {}}, made)
    assert contents(trained) == before


def test_nothing_to_learn_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "models", "--only-data") == 2
    assert "nothing to learn from: give --data FILE" in capsys.readouterr().err
    assert not (tmp_path / "models").exists()


def test_an_unknown_option_exits_2(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as left:
        run(tmp_path, "--onlydata")
    assert left.value.code == 2


# --- folds ---------------------------------------------------------------------------------------


def row(source: str, document: str, origin: str) -> Row:
    return Row(
        text="It rained.",
        violence=0,
        profanity=0,
        source=source,
        document=document,
        weight=None,
        stratum="",
        slice="",
        register="",
        origin=origin,
    )


def test_a_document_is_never_in_two_folds() -> None:
    one, two = row("masc", "letters/7", "a:1"), row("masc", "letters/7", "b:999")
    assert group_of(one) == group_of(two)
    assert group_of(one) != group_of(row("rams", "letters/7", "a:1"))


def test_neighbours_in_our_corpus_share_a_fold() -> None:
    groups = [group_of(row("own", "x", f"/somewhere/war.jsonl:{line}")) for line in range(1, 25)]
    assert len(set(groups)) == 4  # lines 1-7, 8-15, 16-23, 24
    assert groups[0] == group_of(row("own", "y", "/elsewhere/war.jsonl:2"))


def test_folds_are_even_and_do_not_depend_on_other_rows() -> None:
    folds = [fold_of(f"group {n}", 5) for n in range(1000)]
    assert folds == [fold_of(f"group {n}", 5) for n in range(1000)]
    assert min(folds.count(fold) for fold in range(5)) > 150
