"""The artefact on disk: ``model.npz`` (plain arrays, no pickle) and ``model.json`` (readable).

``model.json`` holds the format version, columns, thresholds, feature settings, digests of the
training data with counts and licences, the command, library versions, and the SHA-256 of
``model.npz``. Loading checks all of it and never executes anything from the files.
"""

import hashlib
import io
import json
import os
import zipfile
import zlib
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from classifier import features
from classifier.errors import ModelError
from classifier.model import Arrays, Model
from classifier.pair_table import pair_keys, pairs_of
from classifier.taxonomy import COLUMNS, LABELS

#: Raised by one whenever an older library could not read, or would misread, a new artefact.
FORMAT = 2
_STRINGS = ("words", "chars", "hit_features")
#: The most of the artefact, so they may be half precision (``training.build.Settings.half``).
_SHORTENED = ("word_weights", "pair_weights", "char_weights")
#: How ``pairs`` stands in the file: how many begin with each word, and the second word of each.
_PAIRS = ("pair_counts", "pair_seconds")
#: What must agree between the library and the artefact, or features would mean other things.
FEATURE_SETTINGS = {
    "char_ngrams": [features.CHAR_MIN, features.CHAR_MAX],
    "context": features.CONTEXT,
    "max_token": features.MAX_TOKEN,
}


def save_model(arrays: Arrays, metadata: dict[str, Any], folder: Path) -> None:
    """Write both files; each appears under its name only when complete. Same input, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **_to_arrays(arrays))
    data = buffer.getvalue()
    metadata = {
        "format": FORMAT,
        "columns": list(COLUMNS),
        "features": FEATURE_SETTINGS,
        **metadata,
        "arrays": {"file": "model.npz", "bytes": len(data), "sha256": _sha256(data)},
    }
    _replace(folder / "model.npz", data)
    text = json.dumps(metadata, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    _replace(folder / "model.json", text.encode())


def load_model(folder: str | os.PathLike[str]) -> Model:
    """Read and check an artefact folder. Raises :class:`ModelError` naming what is wrong."""
    folder = Path(folder)
    metadata = _metadata(folder / "model.json")
    path = folder / "model.npz"
    data = _bytes(path)
    if _sha256(data) != metadata["arrays"]["sha256"]:
        expected = metadata["arrays"].get("bytes")
        size = "" if len(data) == expected else f"; it has {len(data)} bytes instead of {expected}"
        raise ModelError(
            f"{path}: not the arrays that model.json describes (SHA-256 differs{size}). "
            "The file is truncated or altered: copy it again or retrain."
        )
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            loaded = {name: stored[name] for name in stored.files}
    except (ValueError, OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise ModelError(f"{path}: not a readable .npz of plain arrays ({error})") from error
    return Model(_from_arrays(loaded, path), metadata)


def _metadata(path: Path) -> dict[str, Any]:
    try:
        metadata = json.loads(_bytes(path))
    except ValueError as error:
        raise ModelError(f"{path}: not valid JSON ({error}). Copy it again or retrain.") from error
    if not isinstance(metadata, dict) or "format" not in metadata:
        raise ModelError(f"{path}: has no key 'format'; this is not a forewarn model")
    if metadata["format"] != FORMAT:
        raise ModelError(
            f"{path}: format {metadata['format']!r}, but this version of forewarn reads format "
            f"{FORMAT}. Retrain, or install the version named under 'versions' in the file."
        )
    for key, expected in (("columns", list(COLUMNS)), ("features", FEATURE_SETTINGS)):
        if metadata.get(key) != expected:
            raise ModelError(f"{path}: {key} is {metadata.get(key)!r}, expected {expected!r}")
    arrays = metadata.get("arrays")
    if not isinstance(arrays, dict) or "sha256" not in arrays:
        raise ModelError(f"{path}: arrays.sha256 is missing")
    for label in LABELS:
        cuts = (metadata.get("thresholds") or {}).get(label)
        three = cuts if isinstance(cuts, list) and len(cuts) == 3 else [None]
        if not all(isinstance(cut, int | float) and 0 <= cut <= 1 for cut in three):
            raise ModelError(
                f"{path}: thresholds.{label} is {cuts!r}, expected three numbers 0 to 1"
            )
    return metadata


def _to_arrays(arrays: Arrays) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    for field in fields(Arrays):
        value = getattr(arrays, field.name)
        if field.name in _STRINGS:
            if any("\n" in string for string in value):
                raise ValueError(f"{field.name}: a feature holds a line break")
            value = np.frombuffer("\n".join(value).encode("utf-8"), np.uint8)
        stored[field.name] = value
    pairs = stored.pop("pairs")
    if not _in_order(pairs):
        raise ValueError("pairs: each must stand once, in order")
    first, second = pairs_of(pairs)
    stored["pair_counts"] = np.bincount(first, minlength=len(arrays.words)).astype(np.int32)
    stored["pair_seconds"] = second
    return stored


def _from_arrays(stored: dict[str, Any], path: Path) -> Arrays:
    expected = {field.name for field in fields(Arrays)} - {"pairs"} | set(_PAIRS)
    if set(stored) != expected:
        missing, extra = sorted(expected - set(stored)), sorted(set(stored) - expected)
        raise ModelError(f"{path}: missing arrays {missing}, unknown arrays {extra}")
    for name in _STRINGS:
        try:
            text = stored[name].tobytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise ModelError(f"{path}: array {name!r} is not UTF-8 text") from error
        stored[name] = text.split("\n") if text else []
    for name in ("words", "hit_features"):  # found by bisection
        if stored[name] != sorted(stored[name]):
            raise ModelError(f"{path}: array {name!r} is not in order; retrain")
    counts = {name: len(stored[name]) for name in _STRINGS}
    pairs = stored["pair_seconds"].size
    knots = stored["calibration_x"].size // 6
    shapes = {
        "word_weights": (counts["words"], 3),
        "pair_counts": (counts["words"],),
        "pair_seconds": (pairs,),
        "pair_weights": (pairs, 3),
        "char_weights": (counts["chars"], 3),
        "hit_weights": (counts["hit_features"], 3),
        "violence_bias": (3,),
        "hit_bias": (3,),
        "no_hit": (3,),
        "calibration_x": (6, max(knots, 2)),
        "calibration_y": (6, max(knots, 2)),
    }
    for name, shape in shapes.items():
        array = stored[name]
        kind: Any = np.int32 if name in _PAIRS else np.float32
        if name in _SHORTENED and array.dtype == np.float16:
            kind = np.float16
        if array.shape != shape or array.dtype != kind:
            raise ModelError(
                f"{path}: array {name!r} is {array.dtype}{array.shape}, "
                f"expected {np.dtype(kind)}{shape}"
            )
        if kind is not np.int32 and not np.isfinite(array).all():
            raise ModelError(f"{path}: array {name!r} holds a value that is not a number")
    for name in ("calibration_x", "calibration_y"):
        if (np.diff(stored[name], axis=1) < 0).any():
            raise ModelError(f"{path}: array {name!r} falls where it must rise")
    stored["pairs"] = _pairs(stored.pop("pair_counts"), stored.pop("pair_seconds"), path)
    return Arrays(**stored)


def _pairs(counts: Any, seconds: Any, path: Path) -> Any:
    """The pairs themselves, from how many begin with each word and what each ends with."""
    if counts.min(initial=0) < 0 or counts.sum() != len(seconds):
        raise ModelError(f"{path}: array 'pair_counts' does not count the {len(seconds):,} pairs")
    if len(seconds) and not 0 <= seconds.min() <= seconds.max() < len(counts):
        raise ModelError(f"{path}: array 'pair_seconds' points outside the words")
    pairs = pair_keys(np.repeat(np.arange(len(counts), dtype=np.int32), counts), seconds)
    if not _in_order(pairs):
        raise ModelError(f"{path}: array 'pair_seconds' is not in order; retrain")
    return pairs


def _in_order(pairs: Any) -> bool:
    """Whether each pair stands after a smaller one: they are found by bisection."""
    return bool((pairs[1:] > pairs[:-1]).all())


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(
            f"{path}: no such file. A model is a folder with model.json and model.npz; "
            "`python -m training.train` makes one."
        ) from error
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    os.replace(partial, path)
