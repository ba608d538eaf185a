"""All formats by name, and which of them a source is in."""

import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Final

from classifier.errors import InputError
from classifier.formats.item import Format
from classifier.formats.source import Source

# In the order in which they are tried; the first that recognises the text wins, text is last.
_MODULES: Final = {
    "newsml": "newsml",
    "rss": "feed",
    "atom": "feed",
    "ninjs": "ninjs",
    "activitypub": "activitypub",
    "mastodon": "activitypub",
    "html": "html",
    "markdown": "markdown",
    "text": "text",
}
#: Other names that people use.
_ALIASES: Final = {
    "txt": "text", "plain": "text", "md": "markdown", "htm": "html", "xhtml": "html",
    "newsml-g2": "newsml", "newsmlg2": "newsml", "feed": "rss", "as2": "activitypub",
}  # fmt: skip

FORMATS: Final = tuple(_MODULES)
_JSON_SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".jsonld", ".ninjs")
_XML_SUFFIXES: Final = (".xml", ".rss", ".atom", ".newsml", ".g2", ".rdf", ".nitf")


@cache
def get_format(name: str) -> Format:
    """The format called ``name``; imported on first use."""
    wanted = _ALIASES.get(name.lower(), name.lower())
    if wanted not in _MODULES:
        raise InputError(f"unknown format {name!r}; known are {', '.join(FORMATS)}")
    module = import_module(f"classifier.formats.{_MODULES[wanted]}")
    for candidate in vars(module).values():
        if not isinstance(candidate, type) and getattr(candidate, "name", None) == wanted:
            return candidate  # type: ignore[no-any-return]
    raise InputError(f"format {name!r} is not built in")  # pragma: no cover


def find_format(source: Source, name: str | None) -> Format:
    """The format asked for, else the one that the file's name and its first characters tell."""
    if name == "json":
        name = None  # the sidecar is written beside the item; the item itself is of any format
    if name is not None:
        return get_format(name)
    # What we put in front of text and Markdown must not be taken for JSON or markup.
    text = source.text
    for plain in ("markdown", "text"):
        text = get_format(plain).strip(replace(source, text=text)).text
    if (place := source.text.find("\0", 0, 4096)) >= 0:
        raise source.error(place, "holds NUL characters, so it is no text; give --encoding")
    begin = text.lstrip()[:1]
    suffix = "." + source.name.rpartition(".")[2].lower() if "." in source.name else ""
    if suffix in get_format("markdown").suffixes:
        return get_format("markdown")
    if begin in ("{", "[") and (found := _first(("ninjs", "activitypub", "mastodon"), text)):
        return found
    if begin == "<" and (found := _first(("newsml", "rss", "atom"), text)):
        return found
    for known in ("html", "text"):
        if suffix in get_format(known).suffixes:
            return get_format(known)
    if suffix in _JSON_SUFFIXES or (begin == "{" and re.match(r'\s*\{\s*"', text)):
        from classifier.formats.json_scan import scan_json

        scan_json(source)  # when it is no JSON at all, that is what to say, and where
        raise InputError(
            f"{source.name}: JSON, but neither ninjs nor ActivityPub nor a Mastodon status; "
            f"name its format with --format"
        )
    is_xml = suffix in _XML_SUFFIXES or text.lstrip().startswith("<?xml")
    if begin == "<" and (not is_xml or "<html" in text[:20000].lower()) and _first(("html",), text):
        return get_format("html")
    if is_xml:
        from classifier.formats.xml_scan import scan_xml

        scan_xml(source)
        raise InputError(
            f"{source.name}: XML, but neither NewsML-G2 nor RSS nor Atom nor XHTML; "
            f"name its format with --format"
        )
    if not suffix and text.startswith(("---\n", "---\r\n", "+++\n", "+++\r\n")):
        return get_format("markdown" if get_format("markdown").detects(text) else "text")
    return get_format("text")


def _first(names: tuple[str, ...], text: str) -> Format | None:
    """The first of these formats that recognises the text."""
    return next((f for f in map(get_format, names) if f.detects(text)), None)
