"""The fediverse: ActivityPub objects, and the fields of Mastodon's REST interface.

``sensitive`` hides media, ``summary`` (``spoiler_text``) folds the text behind the words of the
warning. An abstract that already stands in ``summary`` is kept behind those words. No network.
"""

import re
from collections.abc import Sequence
from typing import Final

from classifier.formats.article import read_article
from classifier.formats.item import Item, Stripped
from classifier.formats.json_scan import (
    Node,
    add_items,
    add_members,
    dumps,
    quoted_inside,
    remove_items,
    remove_members,
    scan_json,
    string_map,
)
from classifier.formats.receipt import find_receipt
from classifier.formats.source import Source
from classifier.formats.splice import Edit, splice
from classifier.formats.verdict import Verdict
from classifier.policy import Policy

#: Our own member; readers of ActivityStreams and Mastodon leave out what they do not know.
MARK: Final = "_forewarn"
_OBJECTS: Final = frozenset("Note Article Page Event Question Document Image Video Audio".split())
_ACTIVITIES: Final = frozenset({"Create", "Update"})
_TERM: Final = {"sensitive": "as:sensitive"}


class _Fediverse:
    """What both dialects share: where the post is, and the names of its members."""

    name = ""
    title = ""
    fields = ""
    suffixes: tuple[str, ...] = ()
    masks = False
    #: The member that holds the words of the warning
    warning = ""

    def detects(self, text: str) -> bool:
        raise NotImplementedError

    def post(self, source: Source, root: Node) -> Node:
        raise NotImplementedError

    def read(self, source: Source) -> list[Item]:
        root = scan_json(source)
        post = self.post(source, root)
        item = Item(key=post.text("id") or post.text("uri"), anchor=(root, post))
        self.read_post(source.text, post, item)
        return [item]

    def read_post(self, text: str, post: Node, item: Item) -> None:
        raise NotImplementedError

    def write(
        self, source: Source, items: Sequence[Item], verdicts: Sequence[Verdict], policy: Policy
    ) -> list[Edit]:
        root, post = items[0].anchor
        verdict = verdicts[0]
        if not verdict.tags:
            return []
        undo = verdict.receipt.undo
        members: list[tuple[str, str]] = []
        edits: list[Edit] = []
        if set(verdict.tags) & set(policy.setting("activitypub", "sensitive")):
            edits += _sensitive(post, members, undo)
            edits += self.declare(source.text, root, undo)
        if verdict.notice:
            edits += self.warn(source.text, post, verdict, policy, members, undo)
        members.append((MARK, dumps(verdict.receipt.to_line())))
        return edits + add_members(source.text, post, members)

    def declare(self, text: str, root: Node, undo: dict[str, str]) -> list[Edit]:
        return []

    def warn(
        self,
        text: str,
        post: Node,
        verdict: Verdict,
        policy: Policy,
        members: list[tuple[str, str]],
        undo: dict[str, str],
    ) -> list[Edit]:
        """The words of the warning, in front of what stands there already."""
        node = post.get(self.warning)
        if node is None:
            undo["warning"] = "new"
            members.append((self.warning, dumps(verdict.notice)))
            return []
        if node.kind != "string":
            undo["warning"] = "null"
            return [Edit(node.start, node.end, dumps(verdict.notice))]
        added = quoted_inside(verdict.notice + (" \N{EM DASH} " if node.value else ""))
        undo["warning"] = "+" + added
        return [Edit(node.start + 1, node.start + 1, added)]

    def strip(self, source: Source) -> Stripped:
        if MARK not in source.text:
            return Stripped(source.text, (None,))
        root = scan_json(source)
        post = self.post(source, root)
        receipt = find_receipt(post.text(MARK))
        if receipt is None:
            return Stripped(source.text, (None,))
        undo = receipt.undo
        gone = {MARK}
        edits: list[Edit] = []
        sensitive = post.get("sensitive")
        if undo.get("sensitive") == "new":
            gone.add("sensitive")
        elif "sensitive" in undo and sensitive is not None:
            edits.append(Edit(sensitive.start, sensitive.end, undo["sensitive"]))
        edits += _undo_warning(source.text, post, self.warning, undo.get("warning", ""), gone)
        edits += self.undeclare(source.text, root, undo)
        edits += remove_members(post, gone)
        return Stripped(splice(source.text, edits), (receipt,))

    def undeclare(self, text: str, root: Node, undo: dict[str, str]) -> list[Edit]:
        return []


def _sensitive(post: Node, members: list[tuple[str, str]], undo: dict[str, str]) -> list[Edit]:
    node = post.get("sensitive")
    if node is None:
        undo["sensitive"] = "new"
        members.append(("sensitive", "true"))
        return []
    if node.value is True:
        return []
    undo["sensitive"] = "false" if node.value is False else "null"
    return [Edit(node.start, node.end, "true")] if node.value in (False, None) else []


def _undo_warning(text: str, post: Node, key: str, said: str, gone: set[str]) -> list[Edit]:
    node = post.get(key)
    if node is None or not said:
        return []
    if said == "new":
        gone.add(key)
    elif said == "null":
        return [Edit(node.start, node.end, "null")]
    elif text.startswith(said[1:], node.start + 1):
        return [Edit(node.start + 1, node.start + len(said), "")]
    return []


class ActivityPub(_Fediverse):
    """Note, Article and their kind, alone or inside a Create."""

    name = "activitypub"
    title = "ActivityPub (Note, Article, Create): sensitive, summary"
    fields = "name, summary (of an Article), content, attachments' name | summary, sensitive"
    suffixes = (".jsonld",)
    warning = "summary"

    def detects(self, text: str) -> bool:
        head = text[:200000]
        if "activitystreams" in head:
            return bool(re.search(r'"type"\s*:', head))
        kind = re.search(r'"type"\s*:\s*"(Note|Article|Create|Page|Question)"', head)
        return bool(kind) and bool(re.search(r'"(?:content|contentMap|attributedTo)"\s*:', head))

    def post(self, source: Source, root: Node) -> Node:
        if root.kind != "object":
            raise source.error(root.start, "an ActivityPub object must be a JSON object")
        if root.types("type") & _ACTIVITIES:
            inner = root.get("object")
            if inner is None or inner.kind != "object":
                raise source.error(
                    (inner or root).start,
                    "the activity names its object by address only; give the object itself",
                )
            return inner
        if not root.types("type") & _OBJECTS:
            kinds = ", ".join(sorted(root.types("type"))) or "nothing"
            raise source.error(
                root.start,
                f"of type {kinds}; only {', '.join(sorted(_OBJECTS))}, or a Create of one",
            )
        return root

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

    def declare(self, text: str, root: Node, undo: dict[str, str]) -> list[Edit]:
        """Say in ``@context`` what ``sensitive`` means, if that is not said."""
        node = root.get("@context")
        if node is None or '"sensitive"' in text[node.start : node.end]:
            return []
        if node.kind == "array":
            undo["context"] = "item"
            return add_items(text, node, [dumps(_TERM)])
        undo["context"] = "list"
        return [Edit(node.start, node.start, "["), Edit(node.end, node.end, f",{dumps(_TERM)}]")]

    def undeclare(self, text: str, root: Node, undo: dict[str, str]) -> list[Edit]:
        node = root.get("@context")
        if node is None or node.kind != "array" or "context" not in undo:
            return []
        ours = [text[item.start : item.end] == dumps(_TERM) for item in node.items]
        if undo["context"] == "list" and ours == [False, True]:
            first = node.items[0]
            return [Edit(node.start, first.start, ""), Edit(first.end, node.end, "")]
        return remove_items(node, ours)


class Mastodon(_Fediverse):
    """A status as Mastodon's REST interface takes it (``status``) or gives it (``content``)."""

    name = "mastodon"
    title = "Mastodon REST status: spoiler_text, sensitive"
    fields = "status or content, media descriptions | spoiler_text, sensitive"
    suffixes = ()
    warning = "spoiler_text"

    def detects(self, text: str) -> bool:
        head = text[:200000]
        if re.search(r'"(?:spoiler_text|in_reply_to_id|media_ids|visibility)"\s*:', head):
            return bool(re.search(r'"(?:status|content)"\s*:\s*"', head))
        return bool(re.match(r'\s*\{\s*"status"\s*:\s*"', head))

    def post(self, source: Source, root: Node) -> Node:
        if root.kind != "object":
            raise source.error(root.start, "a status must be a JSON object")
        if (
            root.text("content") == root.text("status") == ""
            and root.get("status") is None
            and root.get("content") is None
        ):
            raise source.error(root.start, "a status needs a text in status or content")
        return root

    def read_post(self, text: str, post: Node, item: Item) -> None:
        spoiler = post.text("spoiler_text")
        if spoiler:
            item.around += [spoiler, f"CW: {spoiler}"]
        node = post.get("status")
        if node is not None and node.kind == "string":
            item.add("body", string_map(text, node))
        elif (node := post.get("content")) is not None and node.kind == "string":
            _read_html(text, node, item)
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
