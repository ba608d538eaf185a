"""New text: articles, one a file or one a row, read one at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from classifier.errors import InputError
from classifier.evaluate.articles import read_articles
from classifier.evaluate.files import Problem, Source
from classifier.evaluate.tables import LONGEST, binary, open_binary, rows, too_long

#: Fields that name a row for a reader, the best first.
TITLES: Final = ("title", "headline", "name", "id", "url")


@dataclass(frozen=True, slots=True)
class Text:
    """One document: what it is called, and what a reader reads of it."""

    name: str
    text: str


def read_texts(
    sources: Iterable[Source | Problem], field: str, encoding: str | None = None
) -> Iterator[Text | Problem]:
    """Every document of ``sources``, in order, and a Problem for each that cannot be read."""
    for source in sources:
        if isinstance(source, Problem):
            yield source
        elif source.table:
            yield from _rows(source, field)
        else:
            yield from _article(source, encoding)


def _rows(source: Source, field: str) -> Iterator[Text | Problem]:
    seen = False
    for entry in rows(source):
        seen = True
        if isinstance(entry, Problem):
            yield entry
            continue
        number, row = entry
        where = f"{source.name}:{number}"
        text = row.get(field)
        if field not in row:
            has = ", ".join(map(repr, row)) or "none"
            yield Problem(where, f"no field {field!r}; there are {has}. Name it with --text-field")
            if number <= 2:  # the first row of a table: the others lack it too
                return
        elif not isinstance(text, str):
            yield Problem(where, f"field {field!r}: {str(text)[:60]!r} is not a text")
        elif not text.strip():
            yield Problem(where, f"field {field!r}: the text is empty")
        elif len(text) > LONGEST:
            yield Problem(where, f"field {field!r}: {too_long('text')}")
        else:
            title = next((str(row[name]) for name in TITLES if row.get(name)), None)
            yield Text(f"{title} ({where})" if title else where, text)
    if not seen:
        yield Problem(source.name, "empty: it has no rows")


def _article(source: Source, encoding: str | None) -> Iterator[Text | Problem]:
    try:
        with open_binary(source.path) as stream:
            data = stream.read(LONGEST + 1)
    except OSError as error:
        yield Problem(source.name, error.strerror or str(error))
        return
    if len(data) > LONGEST:
        line = data.find(b"\n") < 0
        yield Problem(f"{source.name}:1" if line else source.name, too_long(_unit(line)))
        return
    if complaint := binary(data):
        yield Problem(source.name, complaint)
        return
    empty = True
    try:
        for found in read_articles(data, source.name, source.kind, encoding):
            if isinstance(found, Problem):
                empty = False
                yield found
            elif found[1].strip():
                empty = False
                yield Text(*found)
    except InputError as error:
        yield _unread(source.name, str(error))
        return
    if empty:
        yield Problem(source.name, "empty: it has no text")


def _unread(name: str, message: str) -> Problem:
    """A complaint that begins with the name begins with line and column too, where known.

    >>> str(_unread("a.txt", "a.txt:2:8: not utf-8")), str(_unread("a.txt", "no such format"))
    ('a.txt:2:8: not utf-8', 'a.txt: no such format')
    """
    if not message.startswith(name):
        return Problem(name, message)
    place, _, what = message.removeprefix(name).partition(": ")
    return Problem(name + place, what)


def _unit(line: bool) -> str:
    return "line" if line else "article"
