"""The catalogue, the fetching, and one small file for each reader."""

import csv
import functools
import hashlib
import http.server
import json
import os
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from classifier.errors import InputError
from tests.conftest import require
from training import sources, weak
from training.sources import Doc, Source, SourceFile, catalogue, documents, train_sources
from training.text import LONGEST, SHORTEST, Unlabelled, unlabelled
from training.text import main as text_main

SHARED = Path(os.environ.get("FOREWARN_SOURCES", "../shared/sources"))


# --- The catalogue -------------------------------------------------------------------------------


def test_every_entry_says_what_a_reader_of_it_wants_to_know() -> None:
    for source in catalogue():
        assert source.role in {"train", "wordlist"}
        assert source.licence
        assert source.attribution
        assert source.why.endswith(".")
        assert len(source.commit) == 40
        for file in source.files:
            assert file.address.startswith("https://raw.githubusercontent.com/")
            assert source.commit in file.address
            assert len(file.sha256) == 64
            assert file.bytes > 0


def test_every_train_source_has_a_reader_and_every_reader_a_source() -> None:
    assert {source.name for source in train_sources()} == set(sources.READERS)


def test_names_and_files_are_unique() -> None:
    names = [source.name for source in catalogue()]
    files = [file.file for source in catalogue() for file in source.files]
    assert len(set(names)) == len(names)
    assert len(set(files)) == len(files)


def test_catalogue_is_the_manifest() -> None:
    manifest = SHARED / "MANIFEST.jsonl"
    require(manifest.is_file(), f"{manifest} is not here")
    lines = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    ours = {file.file: (s.name, s.role, file) for s in catalogue() for file in s.files}
    assert set(ours) == {line["file"] for line in lines}
    for line in lines:
        name, role, file = ours[line["file"]]
        assert (name, role) == (line["name"], line["role"])
        assert (file.sha256, file.bytes) == (line["sha256"], line["bytes"])
        assert file.address.endswith(f"{line['commit']}/{line['path']}")


# --- Fetch and verify ----------------------------------------------------------------------------


def a_source(folder: Path, address: str = "http://127.0.0.1:9/none") -> Source:
    """A source of one file, whose right content is written below ``folder``."""
    path = folder / "muc34" / "train.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"docid": "D1", "doctext": "it rained."}\n', encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Source(
        name="muc34",
        role="train",
        register="news",
        repository="",
        commit="",
        licence="",
        attribution="",
        why="",
        share_alike=False,
        tweets=False,
        files=(SourceFile(address, "muc34/train.json", digest, path.stat().st_size),),
    )


@pytest.fixture
def only_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the one file of a catalogue of one source."""
    source = a_source(tmp_path / "files")
    monkeypatch.setattr(sources, "catalogue", lambda: (source,))
    return tmp_path / "files"


def test_check_is_content_with_the_right_file(
    only_one: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sources.main(["check", "--from", str(only_one)]) == 0
    assert "unchanged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_text("{}"), "bytes instead of"),
        (lambda path: path.write_bytes(path.read_bytes().swapcase()), "its sha256 is"),
    ],
    ids=["missing", "other size", "other content"],
)
def test_check_names_a_wrong_file(
    only_one: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Path], object],
    said: str,
) -> None:
    change(only_one / "muc34" / "train.json")
    assert sources.main(["check", "--from", str(only_one)]) == 1
    out = capsys.readouterr().out
    assert "muc34/train.json" in out
    assert said in out


def test_reading_refuses_a_changed_file(only_one: Path) -> None:
    (only_one / "muc34" / "train.json").write_text("{}")
    with pytest.raises(InputError, match=r"muc34/train\.json: changed"):
        documents(only_one, sources.catalogue())


def test_download_from_a_folder_copies_and_then_has_nothing_to_do(
    only_one: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["download", "--cache", str(tmp_path / "cache"), "--from", str(only_one)]
    assert sources.main(call) == 0
    assert "1 files are new" in capsys.readouterr().out
    assert sources.main(call) == 0
    assert "0 files are new" in capsys.readouterr().out
    assert sources.main(["check", "--from", str(tmp_path / "cache")]) == 0


def test_download_does_not_take_a_changed_file_from_a_folder(
    only_one: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (only_one / "muc34" / "train.json").write_text("{}")
    call = ["download", "--cache", str(tmp_path / "cache"), "--from", str(only_one)]
    assert sources.main(call) == 1
    assert "changed" in capsys.readouterr().err
    assert not (tmp_path / "cache" / "muc34" / "train.json").exists()


def test_a_folder_that_is_not_there_is_a_wrong_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sources.main(["check", "--from", str(tmp_path / "no")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_list_names_every_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert sources.main(["list"]) == 0
    out = capsys.readouterr().out
    assert all(source.name in out for source in catalogue())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a web server on this machine, and the folder it serves."""
    folder = tmp_path / "web"
    folder.mkdir()
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", folder
        running.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Requests are not news."""


def test_download_from_the_web_verifies_what_arrives(
    server: tuple[str, Path], tmp_path: Path
) -> None:
    pytest.importorskip("pooch")
    address, folder = server
    source = a_source(folder, f"{address}/muc34/train.json")
    assert sources.download(tmp_path / "cache", [source]) == 1
    assert [doc.text for doc in documents(tmp_path / "cache", [source])] == ["it rained."]
    assert sources.download(tmp_path / "cache", [source]) == 0


def test_download_replaces_a_changed_file_in_the_cache(
    server: tuple[str, Path], tmp_path: Path
) -> None:
    pytest.importorskip("pooch")
    address, folder = server
    source = a_source(folder, f"{address}/muc34/train.json")
    old = tmp_path / "cache" / "muc34" / "train.json"
    old.parent.mkdir(parents=True)
    old.write_text("stale")
    assert sources.download(tmp_path / "cache", [source]) == 1
    assert sources.check(tmp_path / "cache", [source]) == []


@pytest.mark.parametrize("wrong", ["changed", "absent"])
def test_download_says_which_address_failed(
    server: tuple[str, Path], tmp_path: Path, wrong: str
) -> None:
    pytest.importorskip("pooch")
    address, folder = server
    source = a_source(folder, f"{address}/muc34/train.json")
    served = folder / "muc34" / "train.json"
    served.write_text("other") if wrong == "changed" else served.unlink()
    with pytest.raises(InputError, match=r"muc34/train\.json: could not be fetched"):
        sources.download(tmp_path / "cache", [source])
    assert not (tmp_path / "cache" / "muc34" / "train.json").exists()


# --- Readers: one small file of our own each -----------------------------------------------------


def write_csv(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def write_json(path: Path, *rows: Mapping[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def texts(docs: Iterator[Doc]) -> dict[str, str]:
    return {doc.document: doc.text for doc in docs}


def test_crisislext26_reads_entities_and_gives_a_tweet_once(tmp_path: Path) -> None:
    header = ["Tweet ID", " Tweet Text", " Information Source"]
    one = write_csv(tmp_path / "a.csv", header, ["7", "Flood &amp; fire", "x"])
    two = write_csv(tmp_path / "b.csv", header, ["7", "Flood &amp; fire", "x"], ["8", "Safe", "x"])
    docs = list(sources.read_crisislext26([one, two]))
    assert docs == [Doc("crisislext26", "7", "Flood & fire"), Doc("crisislext26", "8", "Safe")]


def test_davidson_reads_entities_and_the_nameless_number(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["", "class", "tweet"], ["5", "2", '"quoted" &#128514;'])
    assert texts(sources.read_davidson([path])) == {"5": '"quoted" \N{FACE WITH TEARS OF JOY}'}


def test_goemotions_leaves_quotation_marks_and_odd_line_ends_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text('"So\u2028 it is.\t27\tabc\r\nNo.\t1,2\tdef\n', encoding="utf-8", newline="")
    assert texts(sources.read_goemotions([path])) == {"abc": '"So\u2028 it is.', "def": "No."}


def test_jigsaw_halves_doubled_quotation_marks(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["id", "comment_text"], ["a1", 'He said ""no"".\n\nBye'])
    assert texts(sources.read_jigsaw([path])) == {"a1": 'He said "no".\n\nBye'}


def test_masc_takes_tags_off_and_puts_marks_back(tmp_path: Path) -> None:
    path = tmp_path / "masc.zip"
    tagged = (
        "It_PRP 's_VBZ (_( nearly_RB )_) $_$ 5_CD ,_, is_VBZ n't_RB it_PRP ?_. \n__NN _UH Bye_UH"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("masc/written/b.txt", "Two_CD")
        archive.writestr("masc/written/a.txt", tagged)
        archive.writestr("masc/categories.txt", "a.txt jokes")
    assert list(texts(sources.read_masc([path])).items()) == [
        ("masc/written/a.txt", "It's (nearly) $5, isn't it?\n_  Bye"),
        ("masc/written/b.txt", "Two"),
    ]


def test_rams_joins_the_windows_of_one_article_each_once(tmp_path: Path) -> None:
    def window(*words: str) -> dict[str, object]:
        return {"source_url": "http://a", "sentences": [list(words)]}

    path = write_json(
        tmp_path / "a.jsonlines", window("One", "."), window("Two"), window("One", ".")
    )
    assert texts(sources.read_rams([path])) == {"http://a": "One.\n\nTwo"}


def test_toxic_spans_leaves_the_text_untouched(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "comments.csv", ["comment_id", "comment_text"], ["9", " Oh  dear\n"]
    )
    other = write_csv(tmp_path / "spans.csv", ["annotation", "type", "start", "end"])
    assert texts(sources.read_toxic_spans([other, path])) == {"9": " Oh  dear\n"}


def test_webis_joins_the_passages_of_one_work(tmp_path: Path) -> None:
    path = tmp_path / "dataset.zip"
    lines = [
        {"work_id": "1", "text": "a b"},
        {"work_id": "2", "text": "c"},
        {"work_id": "1", "text": "d"},
    ]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dataset.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert texts(sources.read_webis([path])) == {"1": "a b\n\nd", "2": "c"}


def test_wikinews_puts_the_headline_first_and_names_articles_by_place(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "w.csv", ["url", "date", "title", "text"], ["u", "d", "Rain", "It fell."]
    )
    assert texts(sources.read_wikinews([path])) == {"data__w.csv:0": "Rain\n\nIt fell."}


# --- Unlabelled sentences ------------------------------------------------------------------------


def test_unlabelled_gives_each_sentence_of_a_source_once_in_order() -> None:
    docs = [
        Doc("muc34", "1", "It rained\xa0all day. Nobody came to see it."),
        Doc("muc34", "2", "It rained all day."),
        Doc("rams", "3", "It rained all day."),
    ]
    assert list(unlabelled(docs)) == [
        Unlabelled("muc34", "1", "It rained all day."),
        Unlabelled("muc34", "1", "Nobody came to see it."),
        Unlabelled("rams", "3", "It rained all day."),
    ]


def test_unlabelled_leaves_out_the_very_short_and_the_very_long() -> None:
    lengths = [SHORTEST - 1, SHORTEST, LONGEST, LONGEST + 1]
    docs = [Doc("muc34", str(n), ("ab " * n)[: n - 1] + "x") for n in lengths]
    assert [len(sentence.text) for sentence in unlabelled(docs)] == [SHORTEST, LONGEST]


def test_the_text_command_leaves_no_file_when_sources_are_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    assert text_main(["--from", str(tmp_path), "-o", str(out)]) == 2
    assert "missing" in capsys.readouterr().err
    assert not out.exists()


# --- Weak marks ----------------------------------------------------------------------------------


def test_toxic_spans_mark_the_sentence_they_lie_in_when_half_agree(tmp_path: Path) -> None:
    paths = [
        write_csv(
            tmp_path / "comments.csv",
            ["comment_id", "comment_text"],
            ["9", "It is a fine day. What crap is this? Well, damn."],
        ),
        write_csv(
            tmp_path / "annotations.csv",
            ["annotation", "comment_id"],
            ["0", "9"],
            ["1", "9"],
            ["2", "9"],
        ),
        write_csv(
            tmp_path / "spans.csv",
            ["annotation", "type", "start", "end"],
            ["0", "Profane/Obscene", "23", "27"],
            ["1", "Profane/Obscene", "23", "27"],
            ["1", "Profane/Obscene", "43", "47"],
            ["2", "Insult", "0", "5"],
        ),
    ]
    rows = list(weak.toxic_spans(paths))
    assert [(row.text, row.column, row.value) for row in rows] == [
        ("What crap is this?", "profanity>=1", True)
    ]


def test_jigsaw_flag_speaks_for_every_sentence_only_when_it_is_not_set(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        ["id", "comment_text", "obscene"],
        ["1", "Nice work here. Keep going now.", "0"],
        ["2", "One of these is rude. Which is it?", "1"],
        ["3", "This one is rude.", "1"],
    )
    assert [(row.text, row.column, row.value) for row in weak.jigsaw([path])] == [
        ("Nice work here.", "profanity>=2", False),
        ("Keep going now.", "profanity>=2", False),
        ("This one is rude.", "profanity>=1", True),
    ]


def test_rams_marks_the_sentence_of_the_trigger(tmp_path: Path) -> None:
    window = {
        "source_url": "u",
        "sentences": [["They", "met", "."], ["He", "was", "slain", "."]],
        "evt_triggers": [
            [1, 1, [["contact.discussion.meet", 1.0]]],
            [5, 5, [["life.die.deathcausedbyviolentevents", 1.0]]],
        ],
    }
    path = write_json(tmp_path / "a.jsonlines", window)
    assert [row.text for row in weak.rams([path])] == ["He was slain."]


def test_webis_needs_two_votes_and_a_warning_of_violence(tmp_path: Path) -> None:
    def passage(warning: str, *labels: int) -> dict[str, object]:
        return {
            "work_id": "1",
            "text": f"{warning} {sum(labels)}",
            "warning": warning,
            "labels": labels,
        }

    lines = [passage("violence", 1, 1, 0), passage("death", 0, 0, 1), passage("racism", 1, 1, 1)]
    path = tmp_path / "dataset.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dataset.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert [row.text for row in weak.webis([path])] == ["violence 2"]
