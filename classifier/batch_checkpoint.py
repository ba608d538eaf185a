"""The checkpoint beside an unfinished output: up to where everything is on disk, and of what run.

It is written whole, under another name, and renamed; so a kill leaves the one before.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

import classifier
from classifier.batch_read import Folder, Position
from classifier.model import Model
from classifier.policy import Policy

#: Version of the checkpoint file.
FORMAT: Final = 2
#: Bytes of both ends of the input that are compared.
_ENDS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``position`` is behind the last chunk that is on disk, ``read`` is where progress stood;
    ``output`` and ``rejects`` are states of the two targets."""

    identity: dict[str, Any]
    position: Position
    read: int
    rows: int
    rejected: int
    tagged: int
    output: dict[str, Any]
    rejects: dict[str, Any]
    done: bool = False

    def save(self, path: Path) -> None:
        """Replace the checkpoint at ``path``; OSError when the disk is full."""
        partial = path.with_name(path.name + ".part")
        with partial.open("w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, **asdict(self)}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The checkpoint at ``path``. Raises ValueError for anything else."""
        data = json.loads(path.read_bytes())
        if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
            raise ValueError("another format")
        if data.keys() != {field.name for field in fields(cls)}:
            raise ValueError("other fields")
        numbers = [data[name] for name in ("read", "rows", "rejected", "tagged")]
        numbers += data["position"]
        states = [data[name] for name in ("identity", "output", "rejects")]
        if not all(type(number) is int and number >= 0 for number in numbers):
            raise ValueError("a count is no count")
        if not all(isinstance(state, dict) for state in states):
            raise ValueError("a state is no object")
        if len(data["position"]) != len(Position()):
            raise ValueError("the position is not one")
        data["position"] = Position(*data["position"])
        return cls(**data)


def digest_input(path: Path) -> str:
    """Tells whether the input changed: size, time of change and both ends of a file; names,
    sizes and times of the files in a folder."""
    digest = hashlib.sha256()
    if path.is_dir():
        for name in Folder(path).names:
            digest.update(f"{name} {_size_and_time(path / name)}\n".encode("utf-8", "replace"))
        return digest.hexdigest()
    size = path.stat().st_size
    with path.open("rb") as file:
        digest.update(file.read(_ENDS))
        file.seek(max(0, size - _ENDS))
        digest.update(file.read(_ENDS))
    return f"{_size_and_time(path)} {digest.hexdigest()}"


def _size_and_time(path: Path) -> str:
    try:
        found = path.stat()
    except OSError as error:
        return error.strerror or "unreadable"
    return f"{found.st_size} {found.st_mtime_ns}"


def digest_rules(model: Model, policy: Policy) -> dict[str, str]:
    """All that decides an answer: the version of forewarn, the model (with its thresholds) and
    the policy."""
    metadata = json.dumps(model.metadata, sort_keys=True, default=str)
    return {
        "version of forewarn": classifier.__version__,
        "model": hashlib.sha256(metadata.encode()).hexdigest(),
        "policy": policy.digest,
    }
