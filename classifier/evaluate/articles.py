"""The text of an article, by the same rules by which articles are tagged."""

from collections.abc import Iterator

from classifier.errors import InputError


def read_articles(data: bytes, name: str, kind: str) -> Iterator[tuple[str, str]]:
    """(name, text) of each item in the bytes of a file; raises InputError that says where."""
    try:
        yield name, data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start} is not UTF-8 ({kind})") from None
