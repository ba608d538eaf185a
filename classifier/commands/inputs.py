"""What tag, untag, predict and explain share: options, reading files, writing in one piece."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from classifier.errors import ForewarnError, InputError
from classifier.formats.source import MAX_BYTES, check_size, too_large

if TYPE_CHECKING:
    from classifier.overrides import Override
    from classifier.policy import Policy
    from classifier.predict import Classifier
    from classifier.results import Document

STDIN: Final = "-"


def add_reading(parser: argparse.ArgumentParser, formats: str) -> None:
    """Options about the input."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="an article, or - for standard input"
    )
    parser.add_argument("--format", metavar="NAME", help=formats)
    add_decoding(parser)


def add_decoding(parser: argparse.ArgumentParser) -> None:
    """Options about how a file is read."""
    parser.add_argument(
        "--encoding",
        metavar="NAME",
        help="charset of files that declare none or a wrong one; default: the declared one, "
        "else UTF-8",
    )
    parser.add_argument(
        "--max-size",
        type=_megabytes,
        default=MAX_BYTES,
        metavar="MB",
        help=f"largest file that is read; default: {MAX_BYTES // 10**6}",
    )


def add_judging(parser: argparse.ArgumentParser) -> None:
    """Options about the judgement."""
    parser.add_argument(
        "--policy",
        metavar="NAME_OR_FILE",
        help="wire (default), uk-broadcast, us-family, fediverse, or a TOML file of yours",
    )
    parser.add_argument("--model", metavar="FOLDER", help="another model than the shipped one")
    parser.add_argument(
        "--overrides", metavar="FILE", help="TOML file of an editor's overrides ([[override]])"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit 1 when a text could not be assessed (it is never taken for clean)",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Options about where the output goes."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="file, or folder for several files; default: standard output",
    )
    group.add_argument("--in-place", action="store_true", help="write each file over itself")


def _megabytes(text: str) -> int:
    try:
        size = float(text)
    except ValueError:
        size = 0
    if not 0 < size < 1e7:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of megabytes")
    return int(size * 1_000_000)


@dataclass(frozen=True, slots=True)
class Input:
    """One file as it was read."""

    path: str
    data: bytes

    @property
    def name(self) -> str:
        return "<stdin>" if self.path == STDIN else self.path


def read_file(path: str, max_bytes: int) -> Input:
    """The bytes of a file or of standard input; too large ones are refused before they are read."""
    if path == STDIN:
        data = sys.stdin.buffer.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise too_large("<stdin>", max_bytes)
        return Input(path, data)
    place = Path(path)
    if place.is_dir():
        raise InputError(f"{path}: is a folder; name its files (for example {path}/*)")
    try:
        check_size(place.stat().st_size, path, max_bytes)
        return Input(path, place.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None


def each_input(args: argparse.Namespace, do: Callable[[Input], int]) -> int:
    """``do`` for every file. A bad one is reported, and the others are done all the same."""
    worst = 0
    for path in args.files:
        try:
            worst = max(worst, do(read_file(path, args.max_size)))
        except (ForewarnError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            report(str(error))
            worst = 2
    return worst


def report(message: str) -> None:
    """One line a problem, on stderr."""
    for line in message.splitlines():
        print(f"forewarn: {line}", file=sys.stderr)


def said_not_assessed(name: str, reasons: Sequence[str | None]) -> bool:
    """Tell what could not be assessed; whether there was anything."""
    told = [reason for reason in reasons if reason]
    for reason in told:
        report(f"{name}: not assessed: {reason}")
    return bool(told)


def said_empty(name: str, documents: Iterable["Document"]) -> None:
    """Tell of a file without a word to judge: it may be the wrong one, or cut off."""
    if not any(document.sentences for document in documents):
        report(f"{name}: no text in it")


def said_idle(args: argparse.Namespace, used: Collection["Override"]) -> None:
    """Tell which overrides of ``--overrides`` are for no item that was read: a name may be
    misspelled."""
    from classifier.overrides import load_overrides

    given = load_overrides(args.overrides) if args.overrides else ()
    for item in sorted({override.item for override in given} - {one.item for one in used}):
        report(f"{args.overrides}: nothing that was read is called {item!r}; its override waits")


def judging(args: argparse.Namespace, changes: dict[str, Any] | None = None) -> "Classifier":
    """The classifier that the options ask for, loaded."""
    from classifier.policy import adjusted, load_policy
    from classifier.predict import load

    policy: Policy = load_policy(args.policy)
    if changes:
        policy = adjusted(policy, changes)
    return load(args.model, policy=policy)


def overrides_for(args: argparse.Namespace, path: str) -> "list[Override]":
    """The overrides for one file: those of ``--overrides``, then those of its sidecar, if any."""
    from classifier.formats.sidecar import SUFFIX, sidecar_overrides
    from classifier.overrides import load_overrides

    found = list(load_overrides(args.overrides)) if args.overrides else []
    beside = Path(path + SUFFIX)
    if path != STDIN and beside.is_file():
        found += sidecar_overrides(beside.read_bytes(), str(beside))
    return found


def targets(args: argparse.Namespace, suffix: str = "") -> Callable[[str], Path | None]:
    """From an input's path to where its output goes; None is standard output.

    Raises :class:`InputError` when the options cannot hold for so many files.
    """
    if args.in_place:
        if STDIN in args.files:
            raise InputError("--in-place and - do not go together")
        return lambda path: Path(path + suffix)
    if args.output is None or args.output == STDIN:
        if len(args.files) > 1 and not suffix:
            raise InputError("several files need -o FOLDER or --in-place")
        return lambda path: None
    out = Path(args.output)
    if len(args.files) > 1 or out.is_dir() or args.output.endswith(("/", os.sep)):
        names = [Path(path).name for path in args.files]
        if doubled := next((n for n in names if names.count(n) > 1), None):
            raise InputError(f"two files are called {doubled}; in one folder they would be one")
        if out.exists() and not out.is_dir():
            raise InputError(f"{out}: is a file; several files need a folder")
        out.mkdir(parents=True, exist_ok=True)
        return lambda path: out / ((Path(path).name if path != STDIN else "stdin") + suffix)
    return lambda path: out


def write(target: Path | None, data: bytes) -> None:
    """To standard output, or to a temporary file that then takes the target's name."""
    if target is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if target.exists() and not target.is_file():  # a device or a pipe: it must stay what it is
        target.write_bytes(data)
        return
    folder = target.parent
    if not folder.is_dir():
        raise InputError(f"{target}: there is no folder {folder}")
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def lines(items: Sequence[str]) -> Iterator[bytes]:
    """Lines as UTF-8, whatever the terminal's charset."""
    for item in items:
        yield item.encode("utf-8", "surrogatepass") + b"\n"
