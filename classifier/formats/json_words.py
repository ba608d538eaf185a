"""Words of ours in front of a string of a JSON object, and out again."""

from classifier.formats.json_scan import Node, dumps, quoted_inside
from classifier.formats.splice import Edit

Members = list[tuple[str, str]]


def put_in_front(
    node: Node, key: str, words: str, gap: str, members: Members
) -> tuple[list[Edit], str]:
    """Edits that put ``words`` in front of what stands at ``key``, with ``gap`` between.

    Where the object has no such member, one is added to ``members``. The second value is what
    :func:`take_from_front` must know; it is empty when the member is no string and is let be.
    """
    found = node.get(key)
    if found is None:
        members.append((key, dumps(words)))
        return [], "new"
    if found.kind == "string":
        added = quoted_inside(words + (gap if found.value else ""))
        return [Edit(found.start + 1, found.start + 1, added)], "+" + added
    if found.kind == "other" and found.value is None:
        return [Edit(found.start, found.end, dumps(words))], "null"
    return [], ""


def take_from_front(text: str, node: Node, key: str, said: str, gone: set[str]) -> list[Edit]:
    """The opposite; a member that was ours alone is added to ``gone``."""
    found = node.get(key)
    if found is None or not said:
        return []
    if said == "new":
        gone.add(key)
    elif said == "null":
        return [Edit(found.start, found.end, "null")]
    elif text.startswith(said[1:], found.start + 1):
        return [Edit(found.start + 1, found.start + len(said), "")]
    return []
