"""Content warnings where republishers read them: one small module a format, one interface.

:func:`tag` writes warnings into an item, :func:`untag` takes them out again; bytes or str in, the
same kind out. The table of what is read and written stands in ``docs/formats.md``.
"""

from classifier.formats.registry import FORMATS, get_format
from classifier.formats.tagging import Flag, Tagged, TaggedItem, read_items, tag, tag_item, untag

__all__ = [
    "FORMATS",
    "Flag",
    "Tagged",
    "TaggedItem",
    "get_format",
    "read_items",
    "tag",
    "tag_item",
    "untag",
]
