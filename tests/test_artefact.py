"""The artefact on disk: what is written comes back, and every damage has its own message."""

import hashlib
import io
import json
import pickle
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import classifier
from classifier.artefact import FORMAT, load_model, save_model
from classifier.errors import ModelError
from classifier.pair_table import pair_keys
from classifier.predict import shipped_folder
from tests.tiny import ARRAYS, METADATA

TEXTS = ["The corpse was killed.", "shit", "blood", ""]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_model(ARRAYS, METADATA, tmp_path / "model")
    return tmp_path / "model"


def edit_metadata(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "model.json"
    metadata = json.loads(path.read_text(encoding="utf-8"))
    change(metadata)
    path.write_text(json.dumps(metadata), encoding="utf-8")


def sign(folder: Path) -> None:
    """Make model.json believe the arrays as they are, as a careless tool or an attacker would."""
    data = (folder / "model.npz").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    edit_metadata(folder, lambda m: m["arrays"].update(sha256=digest, bytes=len(data)))


def edit_arrays(folder: Path, **changes: Any) -> None:
    """Replace arrays (None leaves one out) and sign again."""
    with np.load(folder / "model.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays.update(changes)
    kept = {name: array for name, array in arrays.items() if array is not None}
    buffer = io.BytesIO()
    np.savez(buffer, **kept)
    (folder / "model.npz").write_bytes(buffer.getvalue())
    sign(folder)


def refuses(folder: Path, *said: str) -> None:
    """Loading raises a ModelError of one line that says all of ``said``."""
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    message = str(caught.value)
    assert "\n" not in message
    for part in said:
        assert part in message


# --- round trip ----------------------------------------------------------------------------------


def test_what_was_saved_comes_back(folder: Path) -> None:
    loaded = load_model(folder)
    assert loaded.arrays.words == ARRAYS.words
    assert np.array_equal(loaded.arrays.pairs, ARRAYS.pairs)
    assert loaded.thresholds == {"violence": (0.5, 0.5, 0.5), "profanity": (0.5, 0.5, 0.5)}
    from classifier.model import Model

    assert np.array_equal(loaded.score(TEXTS), Model(ARRAYS, METADATA).score(TEXTS))


def test_the_public_load_takes_a_folder(folder: Path) -> None:
    assert classifier.load(folder).predict("The corpse was killed.").levels["violence"] == 2
    assert classifier.load(str(folder)).score(TEXTS).shape == (4, 6)


def test_same_input_same_bytes(folder: Path, tmp_path: Path) -> None:
    save_model(ARRAYS, dict(reversed(METADATA.items())), tmp_path / "again")
    for name in ("model.npz", "model.json"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_nothing_but_the_two_files_is_left(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["model.json", "model.npz"]


def test_the_shipped_artefact_is_whole_and_small() -> None:
    folder = shipped_folder()
    model = load_model(folder)
    assert model.metadata["data"]
    assert model.metadata["versions"]["scikit-learn"]
    # held_out.npz is the release gate's memory; it is not installed (tests/test_wheel.py)
    installed = ("model.json", "model.npz", "README.md")
    assert sum((folder / name).stat().st_size for name in installed) < 10_000_000


# --- missing and damaged files -------------------------------------------------------------------


def test_no_folder(tmp_path: Path) -> None:
    refuses(tmp_path / "nowhere", "nowhere", "no such file", "python -m training.train")


def test_arrays_missing(folder: Path) -> None:
    (folder / "model.npz").unlink()
    refuses(folder, "model.npz: no such file")


def test_a_folder_where_a_file_should_be(folder: Path) -> None:
    (folder / "model.npz").unlink()
    (folder / "model.npz").mkdir()
    refuses(folder, "model.npz: cannot be read")


def test_truncated(folder: Path) -> None:
    data = (folder / "model.npz").read_bytes()
    (folder / "model.npz").write_bytes(data[: len(data) // 2])
    refuses(folder, "SHA-256 differs", f"{len(data) // 2} bytes instead of {len(data)}")


def test_truncated_when_the_size_was_not_noted(folder: Path) -> None:
    edit_metadata(folder, lambda m: m["arrays"].pop("bytes"))
    (folder / "model.npz").write_bytes(b"PK")
    refuses(folder, "SHA-256 differs")


def test_flipped_bit(folder: Path) -> None:
    data = bytearray((folder / "model.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.npz").write_bytes(data)
    refuses(folder, "SHA-256 differs)", "truncated or altered")


def test_signed_rubbish(folder: Path) -> None:
    (folder / "model.npz").write_bytes(b"not a zip file")
    sign(folder)
    refuses(folder, "model.npz: not a readable .npz of plain arrays")


def test_signed_truncation(folder: Path) -> None:
    data = (folder / "model.npz").read_bytes()
    (folder / "model.npz").write_bytes(data[:-100])
    sign(folder)
    refuses(folder, "model.npz: not a readable .npz of plain arrays")


@pytest.mark.parametrize(
    ("place", "value"),
    [(8, 1), (10, 99)],
    ids=["encrypted", "unknown compression"],
)
def test_a_zip_we_cannot_open(folder: Path, place: int, value: int) -> None:
    data = bytearray((folder / "model.npz").read_bytes())
    data[data.index(b"PK\x01\x02") + place] = value  # in the central directory
    (folder / "model.npz").write_bytes(data)
    sign(folder)
    refuses(folder, "model.npz: not a readable .npz of plain arrays")


# --- metadata ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("\x00\xff", "not valid JSON"),
        ("[]", "has no key 'format'"),
        ("{}", "has no key 'format'"),
    ],
)
def test_no_metadata(folder: Path, text: str, said: str) -> None:
    (folder / "model.json").write_bytes(text.encode("latin-1"))
    refuses(folder, "model.json: ", said)


@pytest.mark.parametrize("version", [FORMAT + 1, 0, "1", None])
def test_wrong_version(folder: Path, version: object) -> None:
    edit_metadata(folder, lambda m: m.update(format=version))
    refuses(folder, f"format {version!r}", f"reads format {FORMAT}")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("columns", ["violence>=1"], "columns is ['violence>=1'], expected"),
        ("columns", None, "columns is None, expected"),
        ("features", {"char_ngrams": [2, 5]}, "features is {'char_ngrams': [2, 5]}, expected"),
        ("arrays", None, "arrays.sha256 is missing"),
        ("arrays", {}, "arrays.sha256 is missing"),
        ("arrays", "sha256", "arrays.sha256 is missing"),
        ("thresholds", None, "thresholds.violence is None, expected three numbers"),
        ("thresholds", {"violence": [0.1, 0.2]}, "thresholds.violence is [0.1, 0.2], expected"),
        ("thresholds", {"violence": [0.5, 0.5, 1.5]}, "expected three numbers 0 to 1"),
        ("thresholds", {"violence": [0.5, 0.5, float("nan")]}, "expected three numbers 0 to 1"),
        ("thresholds", {"violence": ["a", 0, 0]}, "expected three numbers 0 to 1"),
        ("thresholds", {"violence": [0, 0, 0]}, "thresholds.profanity is None"),
    ],
)
def test_wrong_metadata(folder: Path, key: str, value: object, said: str) -> None:
    edit_metadata(folder, lambda m: m.update({key: value}))
    refuses(folder, "model.json: ", said)


# --- arrays whose digest is right ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["words", "pair_counts", "violence_bias", "calibration_x"])
def test_an_array_is_missing(folder: Path, name: str) -> None:
    edit_arrays(folder, **{name: None})
    refuses(folder, f"missing arrays ['{name}']")


def test_an_unknown_array(folder: Path) -> None:
    edit_arrays(folder, extra=np.zeros(2))
    refuses(folder, "unknown arrays ['extra']")


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("word_weights", np.zeros((3, 3), np.float16)),  # a word more than rows
        ("word_weights", np.zeros((4, 2), np.float16)),
        ("word_weights", np.zeros((4, 3), np.float64)),
        ("word_weights", np.float16(1)),
        ("pair_counts", np.zeros(3, np.int32)),
        ("pair_counts", np.zeros(4, np.int64)),
        ("pair_seconds", np.zeros((1, 2), np.int32)),
        ("pair_seconds", np.zeros(1, np.int64)),
        ("pair_seconds", np.int32(0)),
        ("pair_weights", np.zeros((2, 3), np.float16)),
        ("char_weights", np.zeros((2, 3, 1), np.float16)),
        ("hit_weights", np.zeros((0, 3), np.float32)),
        ("violence_bias", np.zeros(6, np.float32)),
        ("hit_bias", np.zeros((1, 3), np.float32)),
        ("no_hit", np.zeros(2, np.float32)),
        ("calibration_x", np.zeros((6, 0), np.float32)),
        ("calibration_x", np.float32(0)),
        ("calibration_y", np.zeros((6, 3), np.float32)),
        ("calibration_y", np.zeros((5, 2), np.float32)),
    ],
)
def test_wrong_shape_or_type(folder: Path, name: str, array: Any) -> None:
    edit_arrays(folder, **{name: array})
    refuses(folder, f"array '{name}' is ", f"{np.asarray(array).dtype}", "expected ")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["word_weights", "no_hit", "calibration_y"])
def test_not_a_number(folder: Path, name: str, value: float) -> None:
    array = getattr(ARRAYS, name).copy()
    array.flat[-1] = value
    edit_arrays(folder, **{name: array})
    refuses(folder, f"array '{name}' holds a value that is not a number")


@pytest.mark.parametrize("second", [4, -1, 2**31 - 1])
def test_pairs_out_of_range(folder: Path, second: int) -> None:
    edit_arrays(folder, pair_seconds=np.array([second], np.int32))
    refuses(folder, "array 'pair_seconds' points outside the words")


@pytest.mark.parametrize("seconds", [[1, 0], [1, 1]])
def test_pairs_not_in_order(folder: Path, seconds: list[int]) -> None:
    edit_arrays(
        folder,
        pair_counts=np.array([0, 0, 0, 2], np.int32),
        pair_seconds=np.array(seconds, np.int32),
        pair_weights=np.zeros((2, 3), np.float16),
    )
    refuses(folder, "array 'pair_seconds' is not in order")


@pytest.mark.parametrize("pairs", [[[3, 1], [0, 1]], [[3, 1], [3, 1]]])
def test_pairs_not_in_order_are_not_saved(tmp_path: Path, pairs: list[list[int]]) -> None:
    wrong = replace(
        ARRAYS,
        pairs=pair_keys(*np.array(pairs, np.int32).T),
        pair_weights=np.zeros((2, 3), np.float16),
    )
    with pytest.raises(ValueError, match="pairs: each must stand once, in order"):
        save_model(wrong, METADATA, tmp_path)


@pytest.mark.parametrize("counts", [[0, 0, 0, 0], [0, 0, 0, 2], [2, -1, 0, 0]])
def test_pairs_miscounted(folder: Path, counts: list[int]) -> None:
    edit_arrays(folder, pair_counts=np.array(counts, np.int32))
    refuses(folder, "array 'pair_counts' does not count the 1 pairs")


@pytest.mark.parametrize("name", ["calibration_x", "calibration_y"])
def test_a_falling_calibration(folder: Path, name: str) -> None:
    edit_arrays(folder, **{name: getattr(ARRAYS, name)[:, ::-1]})
    refuses(folder, f"array '{name}' falls where it must rise")


@pytest.mark.parametrize("name", ["words", "hit_features"])
def test_names_out_of_order(folder: Path, name: str) -> None:
    backwards = "\n".join(reversed(getattr(ARRAYS, name)))
    edit_arrays(folder, **{name: np.frombuffer(backwards.encode(), np.uint8)})
    refuses(folder, f"array '{name}' is not in order")


def test_words_that_are_not_text(folder: Path) -> None:
    edit_arrays(folder, words=np.array([0xFF, 0xFE], np.uint8))
    refuses(folder, "array 'words' is not UTF-8 text")


class Trap:
    """Unpickled, it makes the file whose path it was given."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_a_pickle_is_refused_and_never_run(folder: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    trap = np.array([Trap(sprung)], object)
    edit_arrays(folder, words=trap)
    refuses(folder, "model.npz: not a readable .npz of plain arrays")
    assert not sprung.exists()
    # and the trap does spring where pickles are read
    pickle.loads(pickle.dumps(Trap(sprung)))  # noqa: S301
    assert sprung.exists()


def test_a_line_break_in_a_feature_is_never_written(tmp_path: Path) -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="words: a feature holds a line break"):
        save_model(replace(ARRAYS, words=["a", "b\nc", "d", "e"]), METADATA, tmp_path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_damage_only_a_model_error(folder: Path, data: st.DataObject) -> None:
    """Bytes changed anywhere in either file: the model loads and scores, or ModelError."""
    copy = folder.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    name = data.draw(st.sampled_from(["model.npz", "model.json"]))
    content = bytearray((copy / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (copy / name).write_bytes(content)
    if name == "model.npz" and data.draw(st.booleans()):
        sign(copy)
    try:
        scores = load_model(copy).score(TEXTS)
    except ModelError as error:
        assert re.match(r".*model\.(npz|json): ", str(error))  # noqa: PT017
    else:
        assert scores.shape == (len(TEXTS), 6)
