"""The public text we learn from: where it is, why we may, and how each file is read.

``sources.json`` is the catalogue: address, commit, sha256, licence, attribution. This module
fetches the files and verifies them, and holds one reader a source. Text never enters the
repository; labels (``training/labels.py``) point into the documents read here.

::

    python -m training.sources list
    python -m training.sources download [--cache DIR] [--from DIR]
    python -m training.sources check [--from DIR]

Exit code 0: done; 1: a file is missing, changed or could not be fetched; 2: a wrong call.
"""

import argparse
import csv
import hashlib
import html
import io
import json
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from classifier.errors import InputError

CATALOGUE = Path(__file__).with_name("sources.json")

#: A line of these files is one post or article; the csv module stops at 128 KB by itself.
_LONGEST_FIELD = 10_000_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: where it is on the web, where below a folder, and what is in it."""

    address: str
    file: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the catalogue. ``why`` says why a shipped model may learn from it."""

    name: str
    role: Literal["train", "wordlist"]
    register: str
    repository: str
    commit: str
    licence: str
    attribution: str
    why: str
    share_alike: bool
    tweets: bool
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class Doc:
    """A text as its source has it, white space and all, and the name its source gives it."""

    source: str
    document: str
    text: str


# --- The catalogue -------------------------------------------------------------------------------


@cache
def catalogue() -> tuple[Source, ...]:
    """Every source in the order of the file, which is the order of everything made from it."""
    return tuple(map(_source, json.loads(CATALOGUE.read_text(encoding="utf-8"))))


def train_sources() -> tuple[Source, ...]:
    """The sources that hold sentences (the others are word lists)."""
    return tuple(source for source in catalogue() if source.role == "train")


def permissive() -> list[str]:
    """Names of the train sources that are neither under a share-alike licence nor tweets."""
    return [s.name for s in train_sources() if not (s.share_alike or s.tweets)]


def _source(entry: dict[str, Any]) -> Source:
    raw = entry["repository"].replace("//github.com/", "//raw.githubusercontent.com/")
    files = tuple(
        SourceFile(f"{raw}/{entry['commit']}/{f['path']}", f["file"], f["sha256"], f["bytes"])
        for f in entry["files"]
    )
    return Source(**{**entry, "files": files})


# --- Files: fetch and verify ---------------------------------------------------------------------


def default_cache() -> Path:
    """``$XDG_CACHE_HOME/forewarn/sources``, by default below ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "forewarn" / "sources"


def problem(folder: Path, file: SourceFile) -> str | None:
    """What is wrong with a file below ``folder``, or None when it is the one we know."""
    path = folder / file.file
    if not path.is_file():
        return f"{path}: missing"
    if (size := path.stat().st_size) != file.bytes:
        return f"{path}: changed, it has {size:,} bytes instead of {file.bytes:,}"
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != file.sha256:
        return f"{path}: changed, its sha256 is {digest} instead of {file.sha256}"
    return None


def check(folder: Path, sources: Iterable[Source]) -> list[str]:
    """A line for each file that is missing or changed; an empty list when all is well."""
    found = (problem(folder, file) for source in sources for file in source.files)
    return [line for line in found if line is not None]


def require(folder: Path, sources: Sequence[Source]) -> None:
    """Raise InputError, naming every missing or changed file, unless all is well."""
    if problems := check(folder, sources):
        raise InputError(
            "\n".join(problems) + "\nFetch the files with: python -m training.sources download, "
            "or name a folder that has them with --from."
        )


def download(target: Path, sources: Iterable[Source], origin: Path | None = None) -> int:
    """Bring every file below ``target``, from ``origin`` or else from the web; count the new ones.

    A file that is there already and unchanged stays as it is. Whatever arrives is verified before
    it counts; the first that fails raises InputError, and what was fetched before it stays.
    """
    fetched = 0
    for source in sources:
        for file in source.files:
            if problem(target, file) is None:
                continue
            if origin is None:
                _fetch(target, file)
            else:
                _copy(target, file, origin)
            fetched += 1
    return fetched


def _copy(target: Path, file: SourceFile, origin: Path) -> None:
    if wrong := problem(origin, file):
        raise InputError(wrong)
    path = target / file.file
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(origin / file.file, path)


def _fetch(target: Path, file: SourceFile) -> None:
    try:
        import pooch  # type: ignore[import-untyped]
    except ImportError as error:
        raise InputError(
            f"{error.name} is needed to download: pip install 'forewarn[train]', or take the files "
            "from a folder with --from DIR"
        ) from error
    pooch.get_logger().setLevel("WARNING")
    path = target / file.file
    try:
        pooch.retrieve(file.address, f"sha256:{file.sha256}", fname=path.name, path=path.parent)
    except (OSError, ValueError) as error:
        raise InputError(f"{file.address}: could not be fetched: {error}") from error


# --- Documents -----------------------------------------------------------------------------------


def documents(folder: Path, sources: Sequence[Source] | None = None) -> Iterator[Doc]:
    """Every document of the train sources below ``folder``, always in the same order.

    A document is given once, whole: passages of one work, or windows cut from one article, come
    joined by a blank line. The files are verified first, so text cannot change unnoticed.
    """
    wanted = train_sources() if sources is None else sources
    require(folder, wanted)  # at the call, not when the first document is asked for
    return (
        doc
        for source in wanted
        for doc in READERS[source.name]([folder / file.file for file in source.files])
    )


def read_crisislext26(paths: Sequence[Path]) -> Iterator[Doc]:
    """Tweets on 26 disasters and attacks; one came up in two of them."""
    seen: set[str] = set()
    for path in paths:
        for row in csv_rows(path):
            if row["Tweet ID"] not in seen:
                seen.add(row["Tweet ID"])
                # The header has a space before each name.
                yield Doc("crisislext26", row["Tweet ID"], html.unescape(row[" Tweet Text"]))


def read_davidson(paths: Sequence[Path]) -> Iterator[Doc]:
    """Tweets found by swear words and slurs; the nameless first column numbers them."""
    for path in paths:
        for row in csv_rows(path):
            yield Doc("davidson", row[""], html.unescape(row["tweet"]))


def read_goemotions(paths: Sequence[Path]) -> Iterator[Doc]:
    """Reddit comments: text, emotion numbers, id. Not csv: a quotation mark is just that."""
    for path in paths:
        for line in text_lines(path):
            text, _, comment = line.split("\t")
            yield Doc("goemotions", comment, text)


def read_jigsaw(paths: Sequence[Path]) -> Iterator[Doc]:
    """Comments on Wikipedia talk pages. An export wrote quotation marks twice, or twice twice."""
    for path in paths:
        for row in csv_rows(path):
            yield Doc("jigsaw-sample", row["id"], re.sub('"+', '"', row["comment_text"]))


def read_masc(paths: Sequence[Path]) -> Iterator[Doc]:
    """American English of many kinds as ``word_TAG``; a document for each file of the archive."""
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".txt") and not name.endswith("/categories.txt"):
                    tagged = archive.read(name).decode("utf-8")
                    yield Doc("masc", name, "\n".join(map(_untagged, tagged.split("\n"))))


def read_muc34(paths: Sequence[Path]) -> Iterator[Doc]:
    """News agency reports of around 1990 on terrorism in Latin America, in lower case."""
    for path in paths:
        for line in text_lines(path):
            row = json.loads(line)
            yield Doc("muc34", row["docid"], row["doctext"])


def read_rams(paths: Sequence[Path]) -> Iterator[Doc]:
    """Windows of five sentences cut from news articles; those of one address are one document."""
    windows = (
        (row["source_url"], "\n".join(detokenized(words) for words in row["sentences"]))
        for path in paths
        for row in map(json.loads, text_lines(path))
    )
    return _joined("rams", windows)


def read_toxic_spans(paths: Sequence[Path]) -> Iterator[Doc]:
    """Comments on news sites. Their text is untouched: the spans of ``weak.py`` count in it."""
    comments = next(path for path in paths if path.name == "comments.csv")
    for row in csv_rows(comments):
        yield Doc("toxic-spans", row["comment_id"], row["comment_text"])


def read_webis(paths: Sequence[Path]) -> Iterator[Doc]:
    """Passages of fan fiction in lower case; those of one work are one document."""
    passages = (
        (row["work_id"], row["text"])
        for path in paths
        for row in map(json.loads, zipped_lines(path, "dataset.jsonl"))
    )
    return _joined("webis-passage-trigger", passages)


def read_wikinews(paths: Sequence[Path]) -> Iterator[Doc]:
    """Articles, headline first. They have no number of their own: file and place name them."""
    for path in paths:
        for place, row in enumerate(csv_rows(path)):
            yield Doc(
                "wikinews-2019-20", f"data__{path.name}:{place}", f"{row['title']}\n\n{row['text']}"
            )


Reader = Callable[[Sequence[Path]], Iterator[Doc]]

READERS: dict[str, Reader] = {
    "crisislext26": read_crisislext26,
    "davidson": read_davidson,
    "goemotions": read_goemotions,
    "jigsaw-sample": read_jigsaw,
    "masc": read_masc,
    "muc34": read_muc34,
    "rams": read_rams,
    "toxic-spans": read_toxic_spans,
    "webis-passage-trigger": read_webis,
    "wikinews-2019-20": read_wikinews,
}


# --- Shared by the readers -----------------------------------------------------------------------


def text_lines(path: Path) -> Iterator[str]:
    """Lines without their end. Only a line feed ends one: comments hold U+2028 and U+0085."""
    with path.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            if line := line.rstrip("\r\n"):
                yield line


def zipped_lines(path: Path, member: str) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8", newline="\n"):
            if line := line.rstrip("\r\n"):
                yield line


def csv_rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _joined(source: str, parts: Iterable[tuple[str, str]]) -> Iterator[Doc]:
    """One document for each name, its parts in order, each different part once."""
    texts: dict[str, dict[str, None]] = {}
    for name, text in parts:
        texts.setdefault(name, {})[text] = None
    for name, different in texts.items():
        yield Doc(source, name, "\n\n".join(different))


def _untagged(line: str) -> str:
    """``It_PRP 's_VBZ raining_VBG ._.`` as text. A word may itself hold the underscore."""
    return detokenized(token.rsplit("_", 1)[0] for token in line.split())


# Single marks and English endings that a tokeniser parted from the word before, and the three
# marks it parted from the word after. Quotation marks and hyphens stay apart: which side they
# belong to is lost. These are the rules the labelled sentences were drawn with.
_JOIN_BEFORE = re.compile(r" ([,.;:!?%)\]]|'s|n't|'re|'ve|'ll|'m|'d)(?= |$)")
_JOIN_AFTER = re.compile(r"(?<![^ ])([(\[$]) ")


def detokenized(words: Iterable[str]) -> str:
    return _JOIN_AFTER.sub(r"\1", _JOIN_BEFORE.sub(r"\1", " ".join(words)))


# --- The command ---------------------------------------------------------------------------------


def source_folder(chosen: Path | None) -> Path:
    """The folder a command reads: the one named by ``--from``, else the cache."""
    folder = chosen or default_cache()
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder. Fetch the files with: python -m training.sources download, "
            "or name a folder that has them with --from."
        )
    return folder


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m training.sources``."""
    parser = argparse.ArgumentParser(prog="python -m training.sources", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name every source, its licence and size")
    fetch = commands.add_parser("download", help="bring all files to the cache and verify them")
    fetch.add_argument("--cache", type=Path, metavar="DIR", help=f"default: {default_cache()}")
    look = commands.add_parser("check", help="name every file that is missing or changed")
    for command in (fetch, look):
        command.add_argument(
            "--from", dest="origin", type=Path, metavar="DIR", help="take from here"
        )
    options = parser.parse_args(arguments)
    try:
        if options.command == "list":
            return _list()
        if options.command == "check":
            return _check(source_folder(options.origin))
        origin = source_folder(options.origin) if options.origin else None
        return _download(options.cache or default_cache(), origin)
    except (InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _check(folder: Path) -> int:
    problems = check(folder, catalogue())
    print("\n".join(problems) or f"{folder}: every file is there and unchanged")
    return 1 if problems else 0


def _download(target: Path, origin: Path | None) -> int:
    try:
        fetched = download(target, catalogue(), origin)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{target}: complete, {fetched} files are new")
    return 0


def _list() -> int:
    for source in catalogue():
        size = sum(file.bytes for file in source.files)
        flags = [flag for flag in ("share_alike", "tweets") if getattr(source, flag)]
        print(f"{source.name}\t{source.role}\t{source.licence}\t{size:,} bytes\t{' '.join(flags)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
