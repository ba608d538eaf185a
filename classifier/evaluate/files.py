"""Which files are meant: names, folders and globs become paths, each with its kind."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from classifier.formats import FORMATS

#: A table has one text a row; everything else is one article a file.
TABLES: Final = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
}
ARTICLES: Final = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    # What these are, their content tells.
    "": "detect",
    ".json": "detect",
    ".jsonld": "detect",
    ".ninjs": "detect",
    ".xml": "detect",
    ".rss": "detect",
    ".atom": "detect",
}
KINDS: Final = (*dict.fromkeys(TABLES.values()), *FORMATS)

STDIN: Final = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read; the path of standard input is ``-``."""

    path: Path
    kind: str

    @property
    def name(self) -> str:
        return "<stdin>" if str(self.path) == STDIN else str(self.path)

    @property
    def table(self) -> bool:
        return self.kind in TABLES.values()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out, and why: ``where`` is file, line and field as far as known."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def find(names: Iterable[str], kind: str | None = None) -> Iterator[Source | Problem]:
    """The files that ``names`` mean, in order; ``kind`` overrules their suffixes."""
    for name in names:
        if name == STDIN:
            yield Source(Path(STDIN), kind or "detect")
        elif any(sign in name for sign in "*?[") and not Path(name).exists():
            yield from _glob(name, kind)
        else:
            yield from _path(Path(name), kind)


def _glob(pattern: str, kind: str | None) -> Iterator[Source | Problem]:
    whole = Path(pattern)
    try:
        found = sorted(Path(whole.anchor or ".").glob(str(whole.relative_to(whole.anchor))))
    except ValueError as error:
        yield Problem(pattern, f"not a pattern: {error}")
        return
    if not found:
        yield Problem(pattern, "no file matches")
    for path in found:
        yield from _path(path, kind)


def _path(path: Path, kind: str | None) -> Iterator[Source | Problem]:
    if path.is_dir():
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not _hidden(p, path)]
        if not inside:
            yield Problem(str(path), "an empty folder")
        for file in inside:
            yield _file(file, kind)
    elif path.exists():
        yield _file(path, kind)
    else:
        yield Problem(str(path), "no such file")


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _file(path: Path, kind: str | None) -> Source | Problem:
    known = kind or TABLES.get(path.suffix.lower()) or ARTICLES.get(path.suffix.lower())
    if known is None:
        return Problem(
            str(path), f"unknown kind {path.suffix!r}; say which with --format {'|'.join(KINDS)}"
        )
    return Source(path, known)
