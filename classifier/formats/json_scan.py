"""JSON -> nodes with positions, so that it can be edited in place; ``json`` itself validates."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from classifier.formats.source import Source
from classifier.formats.splice import Edit
from classifier.formats.textmap import TextMap

_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_OTHER: Final = re.compile(r"[^\s,\]}]++")
_DECODER: Final = json.JSONDecoder()
_ESCAPE: Final = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)"
)


@dataclass(slots=True)
class Node:
    """A JSON value at ``text[start:end]``."""

    kind: Literal["object", "array", "string", "other"]
    start: int
    end: int
    value: Any = None
    #: Members of an object, in order: (key, start of the key, value)
    members: list[tuple[str, int, "Node"]] = field(default_factory=list)
    items: list["Node"] = field(default_factory=list)

    def get(self, key: str) -> "Node | None":
        """The value of ``key``; the last one when it stands there twice, as ``json`` reads it."""
        found = None
        for name, _, node in self.members:
            if name == key:
                found = node
        return found

    def text(self, key: str) -> str:
        """The string at ``key``; empty when there is none."""
        node = self.get(key)
        return node.value if node is not None and node.kind == "string" else ""

    def values(self, key: str) -> list["Node"]:
        """The items of the array at ``key``, or the one value that stands there instead."""
        node = self.get(key)
        if node is None:
            return []
        return node.items if node.kind == "array" else [node]

    def types(self, key: str = "@type") -> set[str]:
        return {n.value for n in self.values(key) if n.kind == "string"}


def scan_json(source: Source) -> list[Node]:
    """The objects of a JSON text: one, a list of them, or one a line (JSON Lines).

    :class:`InputError` with line and column when the text is no JSON, or something else in it.
    """
    try:
        values = list(_values(source))
    except RecursionError:
        raise source.error(0, "JSON nested too deep") from None
    objects = [
        item for value in values for item in (value.items if value.kind == "array" else [value])
    ]
    for found in objects:
        if found.kind != "object":
            raise source.error(found.start, f"an item must be a JSON object, not {_said(found)}")
    return objects


def _values(source: Source) -> Iterator[Node]:
    """The values of a text that holds one or more; ``json`` decides whether it does."""
    text = source.text
    place = _space(text, 0)
    while True:
        try:
            _, end = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise source.error(error.pos, f"not JSON: {error.msg}") from None
        except ValueError as error:
            raise source.error(place, f"not JSON: {error}") from None
        yield scan(text, place)
        place = _space(text, end)
        if place == len(text):
            return


def _said(node: Node) -> str:
    return "a list" if node.kind == "array" else json.dumps(node.value)[:40]


def scan(text: str, start: int = 0) -> Node:
    """The nodes of a text that is known to be JSON."""
    return _value(text, _space(text, start))


def _space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    assert match is not None
    return match.end()


def _string(text: str, place: int) -> Node:
    match = _STRING.match(text, place)
    assert match is not None
    return Node("string", place, match.end(), json.loads(match.group(), strict=False))


def _value(text: str, place: int) -> Node:
    first = text[place]
    if first == '"':
        return _string(text, place)
    if first == "{":
        node = Node("object", place, place)
        place = _space(text, place + 1)
        while text[place] != "}":
            key = _string(text, place)
            place = _space(text, _space(text, key.end) + 1)
            value = _value(text, place)
            node.members.append((key.value, key.start, value))
            place = _space(text, value.end)
            if text[place] == ",":
                place = _space(text, place + 1)
        node.end = place + 1
        return node
    if first == "[":
        node = Node("array", place, place)
        place = _space(text, place + 1)
        while text[place] != "]":
            item = _value(text, place)
            node.items.append(item)
            place = _space(text, item.end)
            if text[place] == ",":
                place = _space(text, place + 1)
        node.end = place + 1
        return node
    match = _OTHER.match(text, place)
    assert match is not None
    return Node("other", place, match.end(), json.loads(match.group()))


def string_map(text: str, node: Node) -> TextMap:
    """The decoded string of a node, each character with its place in the JSON text."""
    read = TextMap()
    place = node.start + 1
    for match in _ESCAPE.finditer(text, place, node.end - 1):
        read.add(text[place : match.start()], place, match.start())
        read.add(json.loads(f'"{match.group()}"'), match.start(), match.end())
        place = match.end()
    read.add(text[place : node.end - 1], place, node.end - 1)
    return read


# --- edits ----------------------------------------------------------------------------------------


def dumps(value: object) -> str:
    """Compact JSON, ASCII only: it can be written in any charset."""
    return json.dumps(value, separators=(",", ":"))


def quoted_inside(text: str) -> str:
    """``text`` as it stands inside a JSON string."""
    return json.dumps(text)[1:-1]


def add_members(text: str, node: Node, members: "list[tuple[str, str]]") -> list[Edit]:
    """Members at the end of an object, spaced as its other members are."""
    if not members:
        return []
    if not node.members:
        body = ",".join(f"{json.dumps(key)}:{value}" for key, value in members)
        return [Edit(node.start + 1, node.start + 1, body)]
    _, key_start, last = node.members[-1]
    before = node.members[-2][2].end if len(node.members) > 1 else node.start + 1
    space = text[before:key_start].replace(",", "")
    colon = ": " if text[last.start - 1].isspace() else ":"
    body = "".join(f",{space}{json.dumps(key)}{colon}{value}" for key, value in members)
    return [Edit(last.end, last.end, body)]


def add_items(text: str, node: Node, items: list[str]) -> list[Edit]:
    """Items at the end of an array, spaced as its other items are."""
    if not items:
        return []
    if not node.items:
        return [Edit(node.start + 1, node.start + 1, ",".join(items))]
    last = node.items[-1]
    before = node.items[-2].end if len(node.items) > 1 else node.start + 1
    space = text[before : last.start].replace(",", "")
    return [Edit(last.end, last.end, "".join(f",{space}{item}" for item in items))]


def remove_members(node: Node, keys: set[str]) -> list[Edit]:
    """Take members out; the exact opposite of :func:`add_members`."""
    spans = [(start, value.end) for _, start, value in node.members]
    gone = [key in keys for key, _, _ in node.members]
    return list(_removals(node, spans, gone))


def remove_items(node: Node, gone: list[bool]) -> list[Edit]:
    """Take items out of an array; the exact opposite of :func:`add_items`."""
    return list(_removals(node, [(item.start, item.end) for item in node.items], gone))


def _removals(node: Node, spans: list[tuple[int, int]], gone: list[bool]) -> Iterator[Edit]:
    kept_before: int | None = None
    place = 0
    while place < len(spans):
        if not gone[place]:
            kept_before = spans[place][1]
            place += 1
            continue
        stop = place
        while stop < len(spans) and gone[stop]:
            stop += 1
        if kept_before is not None:
            yield Edit(kept_before, spans[stop - 1][1], "")
        elif stop < len(spans):
            yield Edit(spans[place][0], spans[stop][0], "")
        else:
            yield Edit(spans[place][0], spans[-1][1], "")
        place = stop
