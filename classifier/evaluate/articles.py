"""The text of an article, by the same rules by which articles are tagged."""

from collections.abc import Iterator

from classifier.evaluate.files import Problem
from classifier.formats import read_items


def read_articles(
    data: bytes, name: str, kind: str, encoding: str | None
) -> Iterator[tuple[str, str] | Problem]:
    """(name, text) of each item in the bytes of a file; raises InputError that says where.

    ``kind`` "detect" lets the file's name and its first characters tell; a feed has many items.
    """
    items = read_items(
        data, format=None if kind == "detect" else kind, name=name, encoding=encoding
    )
    for number, item in enumerate(items, start=1):
        where = name if len(items) == 1 else f"{name}: {item.key or f'item {number}'}"
        yield Problem(where, item.problem) if item.problem else (where, item.text)
