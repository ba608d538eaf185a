"""The fediverse: ActivityPub objects, and the fields of Mastodon's REST interface.

``sensitive`` hides media, ``summary`` (``spoiler_text``) folds the text behind the words of the
warning. An abstract that already stands in ``summary`` is kept behind those words. No network.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from classifier.errors import InputError
from classifier.formats.article import read_article
from classifier.formats.item import Item, Stripped, to_write
from classifier.formats.json_scan import (
    Node,
    add_items,
    add_members,
    dumps,
    remove_items,
    remove_members,
    scan_json,
    string_map,
)
from classifier.formats.json_words import Members, put_in_front, take_from_front
from classifier.formats.receipt import find_receipt
from classifier.formats.source import Source
from classifier.formats.splice import Edit
from classifier.formats.verdict import Verdict
from classifier.policy import Policy

#: Our own member; readers of ActivityStreams and Mastodon leave out what they do not know.
MARK: Final = "_forewarn"
_OBJECTS: Final = frozenset("Note Article Page Event Question Document Image Video Audio".split())
_ACTIVITIES: Final = frozenset({"Create", "Update"})
_COLLECTIONS: Final = frozenset(
    "Collection OrderedCollection CollectionPage OrderedCollectionPage".split()
)
_TERM: Final = {"sensitive": "as:sensitive"}


@dataclass(frozen=True, slots=True)
class _Post:
    """A post, and the ``@context`` that holds for it: its own, else that of what is around it."""

    node: Node
    context: Node | None = None


class _Fediverse:
    """What both dialects share: where the posts are, and the names of their members."""

    name = ""
    title = ""
    fields = ""
    suffixes: tuple[str, ...] = ()
    masks = False
    #: The member that holds the words of the warning
    warning = ""

    def detects(self, text: str) -> bool:
        raise NotImplementedError

    def post(self, source: Source, around: list[Node]) -> _Post:
        """The post in the last of these nodes, each of which stands in the one before it."""
        raise NotImplementedError

    def posts(self, source: Source) -> list[_Post]:
        """All posts, in order.

        What is no post is let be among others and in a collection, which may hold likes alone; a
        file of nothing else is an error, lest it pass for clean.
        """
        found = []
        stranger: InputError | None = None
        for path in (path for root in scan_json(source) for path in _members([root])):
            try:
                found.append(self.post(source, path))
            except InputError as error:
                stranger = stranger or (error if len(path) == 1 else None)
        if stranger and not found:
            raise stranger
        return found

    def read(self, source: Source) -> list[Item]:
        items = []
        for post in self.posts(source):
            key = post.node.text("id") or post.node.text("uri")
            items.append(Item(key=key, anchor=post))
            self.read_post(source.text, post.node, items[-1])
        return items

    def read_post(self, text: str, post: Node, item: Item) -> None:
        raise NotImplementedError

    def write(
        self, source: Source, items: Sequence[Item], verdicts: Sequence[Verdict], policy: Policy
    ) -> list[Edit]:
        edits: list[Edit] = []
        declared: set[int] = set()
        for item, verdict in to_write(items, verdicts):
            post, context = item.anchor.node, item.anchor.context
            undo = verdict.receipt.undo
            members: Members = []
            if set(verdict.tags) & set(policy.setting("activitypub", "sensitive")):
                edits += _sensitive(post, members, undo)
                if context is not None and context.start not in declared:
                    edits += _declare(source.text, context, undo)
                    declared.add(context.start)
            if verdict.notice:
                added, undo["warning"] = put_in_front(
                    post, self.warning, verdict.notice, " \N{EM DASH} ", members
                )
                edits += added
            members.append((MARK, dumps(verdict.receipt.to_line())))
            edits += add_members(source.text, post, members)
        return edits

    def strip(self, source: Source) -> Stripped:
        if MARK not in source.text:
            return Stripped(source.text, ())
        posts = self.posts(source)
        receipts = tuple(find_receipt(post.node.text(MARK)) for post in posts)
        edits: list[Edit] = []
        for post, receipt in zip(posts, receipts, strict=True):
            if receipt is None:
                continue
            undo, gone = receipt.undo, {MARK}
            sensitive = post.node.get("sensitive")
            if undo.get("sensitive") == "new":
                gone.add("sensitive")
            elif "sensitive" in undo and sensitive is not None:
                edits.append(Edit(sensitive.start, sensitive.end, undo["sensitive"]))
            said = undo.get("warning", "")
            edits += take_from_front(source.text, post.node, self.warning, said, gone)
            if post.context is not None:
                edits += _undeclare(source.text, post.context, undo)
            edits += remove_members(post.node, gone)
        return Stripped.by(edits, source.text, receipts)


def _members(path: list[Node]) -> Iterator[list[Node]]:
    """The path to each member of a collection, the first page included; else ``path`` itself."""
    node = path[-1]
    if not node.types("type") & _COLLECTIONS:
        yield path
        return
    for key in ("first", "orderedItems", "items"):
        for member in node.values(key):
            if member.kind == "object":
                yield from _members([*path, member])


def _declare(text: str, context: Node, undo: dict[str, str]) -> list[Edit]:
    """Say in ``@context`` what ``sensitive`` means, if that is not said."""
    if '"sensitive"' in text[context.start : context.end]:
        return []
    if context.kind == "array":
        undo["context"] = "item"
        return add_items(text, context, [dumps(_TERM)])
    undo["context"] = "list"
    added = f",{dumps(_TERM)}]"
    return [Edit(context.start, context.start, "["), Edit(context.end, context.end, added)]


def _undeclare(text: str, context: Node, undo: dict[str, str]) -> list[Edit]:
    if context.kind != "array" or "context" not in undo:
        return []
    ours = [text[item.start : item.end] == dumps(_TERM) for item in context.items]
    if undo["context"] == "list" and ours == [False, True]:
        first = context.items[0]
        return [Edit(context.start, first.start, ""), Edit(first.end, context.end, "")]
    return remove_items(context, ours)


def _sensitive(post: Node, members: Members, undo: dict[str, str]) -> list[Edit]:
    node = post.get("sensitive")
    if node is None:
        undo["sensitive"] = "new"
        members.append(("sensitive", "true"))
        return []
    # By identity: 0 is no false, and must be itself again when ours goes.
    if node.kind != "other" or not (node.value is None or node.value is False):
        return []
    undo["sensitive"] = "null" if node.value is None else "false"
    return [Edit(node.start, node.end, "true")]


class ActivityPub(_Fediverse):
    """Note, Article and their kind: alone, inside a Create, in an outbox or another collection."""

    name = "activitypub"
    title = "ActivityPub (Note, Article, Create, outbox): sensitive, summary"
    fields = "name, summary (of an Article), content, attachments' name | summary, sensitive"
    suffixes = (".jsonld",)
    warning = "summary"

    def detects(self, text: str) -> bool:
        head = text[:200000]
        if "activitystreams" in head:
            return bool(re.search(r'"type"\s*:', head))
        kind = re.search(r'"type"\s*:\s*"(Note|Article|Create|Page|Question)"', head)
        return bool(kind) and bool(re.search(r'"(?:content|contentMap|attributedTo)"\s*:', head))

    def post(self, source: Source, around: list[Node]) -> _Post:
        node = around[-1]
        if node.types("type") & _ACTIVITIES:
            inner = node.get("object")
            if inner is None or inner.kind != "object":
                raise source.error(
                    (inner or node).start,
                    "the activity names its object by address only; give the object itself",
                )
            around = [*around, inner]
        elif not node.types("type") & _OBJECTS:
            kinds = ", ".join(sorted(node.types("type"))) or "nothing"
            raise source.error(
                node.start,
                f"of type {kinds}; only {', '.join(sorted(_OBJECTS))}, a Create of one, "
                f"or a collection of them",
            )
        contexts = (n.get("@context") for n in reversed(around))
        return _Post(around[-1], next((c for c in contexts if c is not None), None))

    def read_post(self, text: str, post: Node, item: Item) -> None:
        is_note = "Note" in post.types("type")
        for key, field in (("name", "headline"), ("summary", "standfirst")):
            node = post.get(key)
            if node is None or node.kind != "string":
                continue
            if key == "summary":
                item.around.append(node.value)
                if is_note:
                    item.around.append(f"CW: {node.value}")  # the summary of a Note IS its warning
                    continue
            item.add(field, string_map(text, node))
        content = post.get("content")
        if content is None or content.kind != "string":
            content = _english(post.get("contentMap"))
        if content is not None and content.kind == "string":
            _read_html(text, content, item)
        for attachment in post.values("attachment"):
            for key in ("name", "summary"):
                alt = attachment.get(key) if attachment.kind == "object" else None
                if alt is not None and alt.kind == "string":
                    item.add("alt", string_map(text, alt))
                    break


class Mastodon(_Fediverse):
    """Statuses as Mastodon's REST interface takes (``status``) or gives them.

    It gives ``content`` as HTML, or the plain ``text`` for writing a post anew.
    """

    name = "mastodon"
    title = "Mastodon REST status: spoiler_text, sensitive"
    fields = "status, content or text, media descriptions | spoiler_text, sensitive"
    suffixes = ()
    warning = "spoiler_text"

    def detects(self, text: str) -> bool:
        head = text[:200000]
        if re.search(r'"(?:spoiler_text|in_reply_to_id|media_ids|visibility)"\s*:', head):
            return bool(re.search(r'"(?:status|content|text)"\s*:\s*"', head))
        return bool(re.match(r'\s*\{\s*"status"\s*:\s*"', head))

    def post(self, source: Source, around: list[Node]) -> _Post:
        node = around[-1]
        if not any(node.get(name) for name in ("status", "content", "text")):
            raise source.error(node.start, "a status needs a text in status, content or text")
        return _Post(node)

    def read_post(self, text: str, post: Node, item: Item) -> None:
        spoiler = post.text("spoiler_text")
        if spoiler:
            item.around += [spoiler, f"CW: {spoiler}"]
        given = {key: node for key, _, node in post.members if node.kind == "string"}
        if node := given.get("status") or given.get("content") or given.get("text"):
            if node is given.get("content"):
                _read_html(text, node, item)
            else:
                item.add("body", string_map(text, node))
        for medium in post.values("media_attachments") + post.values("media"):
            alt = medium.get("description") if medium.kind == "object" else None
            if alt is not None and alt.kind == "string":
                item.add("alt", string_map(text, alt))


def _english(content: Node | None) -> Node | None:
    if content is None or content.kind != "object" or not content.members:
        return None
    english = [value for key, _, value in content.members if key.lower().startswith("en")]
    return (english or [content.members[0][2]])[0]


def _read_html(text: str, node: Node, item: Item) -> None:
    decoded = string_map(text, node)
    for part in read_article(decoded.text, decoded).item.parts:
        item.add(part.field, part.map)


ACTIVITYPUB: Final = ActivityPub()
MASTODON: Final = Mastodon()
