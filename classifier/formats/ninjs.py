"""ninjs 1.x, 2.x and 3.x: IPTC's news in JSON.

No version has a property for content warnings, and 3.x refuses unknown ones. We use ``subjects``
(1.x ``subject``) with ``rel`` and the full URI, so that nobody takes a warning for a topic; the
notice goes into ``descriptions`` (1.x ``description_<role>``), the desk's line into ``edNote``.
``creator`` of the first subject carries the receipt.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from classifier.formats.article import looks_marked, read_article
from classifier.formats.existing import coded
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
from classifier.formats.receipt import Receipt, find_receipt
from classifier.formats.source import Source
from classifier.formats.splice import Edit
from classifier.formats.verdict import Verdict
from classifier.policy import Policy
from classifier.taxonomy import CWARN_SCHEME

_OURS: Final = "forewarn/"


@dataclass(frozen=True, slots=True)
class _Names:
    """How a version calls what we read and write."""

    subjects: str
    ed_note: str
    #: Version 1 has members named after the role
    flat: bool


_VERSIONS: Final = {
    1: _Names("subject", "ednote", flat=True),
    2: _Names("subjects", "ednote", flat=False),
    3: _Names("subjects", "edNote", flat=False),
}
#: Fields of versions 2 and 3 by what they are to a reader; ``role`` decides among descriptions.
_STANDFIRST: Final = frozenset(
    {"summary", "abstract", "standfirst", "description", "lead", "intro", ""}
)


def version_of(root: Node) -> int:
    """1, 2 or 3: by what the item says of itself, else by the names of its members."""
    said = root.get("standard")
    if said is not None and said.kind == "object" and said.text("version")[:1] in ("1", "2", "3"):
        return int(said.text("version")[:1])
    for key in ("$schema", "schema"):
        if match := re.search(r"ninjs-schema_([123])", root.text(key)):
            return int(match.group(1))
    keys = {key for key, _, _ in root.members}
    if not keys & {"bodies", "headlines", "subjects", "edNote"}:
        return 1
    # 2.x writes all names in lower case, 3.x in camel case.
    inner = {key for body in root.values("bodies") for key, _, _ in body.members}
    if inner & {"contenttype", "contentType"}:
        return 2 if "contenttype" in inner else 3
    return 2 if keys & {"ednote", "altids", "pubstatus", "contentcreated", "versioncreated"} else 3


_SAYS_SO: Final = re.compile(r'"name"\s*:\s*"ninjs"|ninjs-schema_')
#: Members that only ninjs has in this company; 1.x names bodies and headlines after their role.
_MEMBER: Final = re.compile(
    r'"(uri|guid|body_[a-z]+|headline(?:_[a-z]+)?|headlines|bodies|pubstatus|pubStatus|versioncreated|'
    r'versionCreated|copyrightnotice|copyrightNotice|ednote|edNote|urgency|usageterms)"\s*:'
)

_OF_AN_ITEM: Final = re.compile(r"(?:uri|guid|(?:headline|description|body|bodies)\w*)\Z")


class Ninjs:
    """News items as ninjs: one, a list of them, or one a line."""

    name = "ninjs"
    title = "ninjs 1.x, 2.x, 3.x: subjects, descriptions, edNote"
    fields = (
        "headline(s), description(s), body/bodies, associations' headline and description | "
        "subject(s), description, edNote"
    )
    suffixes = (".ninjs",)
    masks = False

    def detects(self, text: str) -> bool:
        if _SAYS_SO.search(text[:20000]):
            return True
        # A picture has no body, and some systems call the uri guid.
        found = set(_MEMBER.findall(text[:200000]))
        return bool(found & {"uri", "guid"}) and len(found) >= 3

    def read(self, source: Source) -> list[Item]:
        return [_read_item(source.text, root) for root in _items(source)]

    def write(
        self, source: Source, items: Sequence[Item], verdicts: Sequence[Verdict], policy: Policy
    ) -> list[Edit]:
        return [
            edit
            for item, verdict in to_write(items, verdicts)
            for edit in _write_item(source, item, verdict, policy)
        ]

    def strip(self, source: Source) -> Stripped:
        if _OURS not in source.text:
            return Stripped(source.text, ())
        stripped = [_strip_item(source.text, root) for root in _items(source)]
        edits = [edit for found, _ in stripped for edit in found]
        return Stripped.by(edits, source.text, (receipt for _, receipt in stripped))


def _items(source: Source) -> list[Node]:
    """The items of a file; an answer of an interface has them in a list (``item``, ``_items``)."""
    found: list[Node] = []
    for root in scan_json(source):
        inside = [entry for _, _, node in root.members for entry in node.items if _is_item(entry)]
        if not _is_item(root) and not inside:
            raise source.error(
                root.start, "no ninjs item: neither uri nor headline, description or body"
            )
        found += [root] if _is_item(root) else inside
    return found


def _is_item(node: Node) -> bool:
    return any(_OF_AN_ITEM.match(key) for key, _, _ in node.members)


def _read_item(text: str, root: Node) -> Item:
    item = Item(key=root.text("uri") or root.text("guid"), anchor=root)
    _read_object(text, root, item)
    for association in _associations(root):
        _read_object(text, association, item, within="caption")
    item.around += [root.text("edNote"), root.text("ednote")]
    for subject in root.values(_VERSIONS[version_of(root)].subjects):
        said = [subject.text(key) for key in ("uri", "literal", "code")]
        item.coded |= coded(*said, subject.text("scheme") + said[-1])
    return item


def _write_item(source: Source, item: Item, verdict: Verdict, policy: Policy) -> list[Edit]:
    root = item.anchor
    names = _VERSIONS[version_of(root)]
    undo = verdict.receipt.undo
    members: Members = []
    edits: list[Edit] = []
    if verdict.desk_note and policy.setting("ninjs", "ed_note"):
        added, undo["note"] = put_in_front(root, names.ed_note, verdict.desk_note, " ", members)
        edits += added
    if verdict.notice:
        edits += _description(source.text, root, names, verdict, policy, members, undo)
    subjects = root.get(names.subjects)
    if subjects is None:
        undo["subjects"] = "new"
    given = _subjects(item, verdict, names, policy)  # with the receipt, which is whole by now
    if subjects is None:
        members.append((names.subjects, f"[{','.join(given)}]"))
    elif subjects.kind == "array":
        edits += add_items(source.text, subjects, given)
    else:
        raise source.error(subjects.start, f"{names.subjects} must be a list")
    return edits + add_members(source.text, root, members)


def _strip_item(text: str, root: Node) -> tuple[list[Edit], Receipt | None]:
    names = _VERSIONS[version_of(root)]
    subjects = root.get(names.subjects)
    listed = subjects.items if subjects is not None else []
    ours = [entry.text("creator").startswith(_OURS) for entry in listed]
    if subjects is None or not any(ours):
        return [], None
    receipt = find_receipt(listed[ours.index(True)].text("creator"))
    undo = receipt.undo if receipt else {}
    gone: set[str] = set()
    edits: list[Edit] = []
    if undo.get("subjects") == "new" and all(ours):
        gone.add(names.subjects)
    else:
        edits += remove_items(subjects, ours)
    edits += take_from_front(text, root, names.ed_note, undo.get("note", ""), gone)
    edits += _undo_description(root, names, undo, gone)
    return edits + remove_members(root, gone), receipt


def _associations(root: Node) -> list[Node]:
    """Pictures and the like: a map in version 1, a list of named items later."""
    node = root.get("associations")
    if node is None:
        return []
    found = node.items if node.kind == "array" else [value for _, _, value in node.members]
    return [value for value in found if value.kind == "object"]


def _read_object(text: str, node: Node, item: Item, within: str = "") -> None:
    body = _first_body(node)
    for key, _, value in node.members:
        if value.kind == "string":
            if key in ("headline", "title") or key.startswith("headline_"):
                item.add(within or "headline", string_map(text, value))
            elif key == "description_caption":
                item.add("caption", string_map(text, value))
            elif key == "slugline" or key.startswith("description_contentwarning"):
                item.around.append(value.value)
            elif key.startswith("description_"):
                item.add(within or "standfirst", string_map(text, value))
            elif value is body:
                kind = "html" if "html" in key or looks_marked(value.value) else "text"
                _read_body(text, value, kind, item)
        elif value.kind == "array" and key in ("headlines", "descriptions", "bodies"):
            _read_list(text, key, value, item, within)


def _read_list(text: str, key: str, node: Node, item: Item, within: str) -> None:
    main = [entry for entry in node.items if entry.kind == "object"]
    if key == "bodies":
        # The same body may be given as HTML and as text: it is read once, as HTML.
        rich = [
            entry
            for entry in main
            if "html" in entry.text("contentType").lower()
            or "html" in entry.text("contenttype").lower()
        ]
        main = rich or main
    for entry in main:
        value = entry.get("value")
        if value is None or value.kind != "string":
            continue
        role = entry.text("role").lower()
        kind = (entry.text("contentType") or entry.text("contenttype")).lower()
        if key == "bodies":
            _read_body(
                text,
                value,
                "html" if "html" in kind or looks_marked(value.value) else "text",
                item,
            )
        elif key == "headlines":
            item.add(within or "headline", string_map(text, value))
        elif "warning" in role:
            item.around.append(value.value)
        elif role == "caption" or within:
            item.add("caption", string_map(text, value))
        elif role in _STANDFIRST or key == "descriptions":
            item.add("standfirst", string_map(text, value))


def _first_body(node: Node) -> Node | None:
    """The body of version 1 that is read, when one is given as HTML and as text: the HTML."""
    bodies = [
        (key, value)
        for key, _, value in node.members
        if key.startswith("body_") and value.kind == "string" and value.value.strip()
    ]
    rich = [pair for pair in bodies if "html" in pair[0] or looks_marked(pair[1].value)]
    chosen = rich or bodies
    return chosen[0][1] if chosen else None


def _read_body(text: str, value: Node, kind: str, item: Item) -> None:
    decoded = string_map(text, value)
    if kind == "text":
        item.add("body", decoded)
        return
    for part in read_article(decoded.text, decoded).item.parts:
        item.add(part.field, part.map)


def _subjects(item: Item, verdict: Verdict, names: _Names, policy: Policy) -> list[str]:
    """A subject for each new code; where there is none, one that holds the receipt alone.

    That is so where an editor removed all tags, or others have given all the codes.
    """
    rel = policy.setting("ninjs", "rel")
    line = verdict.receipt.to_line()
    codes = item.new_codes(verdict)
    if not codes:
        said = "; ".join(f"{o.tag} {o.reason}" for o in verdict.overrides) or "given by others"
        kind = "Noted" if verdict.codes else "Removed"
        return [dumps({"name": said, "rel": f"{rel}{kind}", "creator": line})]
    found = []
    for number, code in enumerate(codes):
        subject: dict[str, Any] = {"name": code.name}
        if names.flat:
            subject |= {"scheme": CWARN_SCHEME, "code": code.qcode}
        else:
            subject |= {"uri": code.uri, "literal": code.qcode}
        subject["rel"] = rel
        subject["creator"] = line if number == 0 else "forewarn/1"
        if code.confidence is not None:
            subject["confidence"] = code.confidence
        found.append(dumps(subject))
    return found


def _description(
    text: str,
    root: Node,
    names: _Names,
    verdict: Verdict,
    policy: Policy,
    members: Members,
    undo: dict[str, str],
) -> list[Edit]:
    role = str(policy.setting("ninjs", "role"))
    if names.flat:
        key = "description_" + re.sub(r"[^a-z0-9]", "", role.lower())
        if root.get(key) is None:
            undo["description"] = key
            members.append((key, dumps(verdict.notice)))
        return []
    kind = "contenttype" if names.ed_note == "ednote" else "contentType"
    entry = dumps({"role": role, kind: "text/plain", "value": verdict.notice})
    node = root.get("descriptions")
    if node is None:
        undo["description"] = "new"
        members.append(("descriptions", f"[{entry}]"))
        return []
    if node.kind != "array":
        return []
    undo["description"] = role
    return add_items(text, node, [entry])


def _undo_description(
    root: Node, names: _Names, undo: dict[str, str], gone: set[str]
) -> list[Edit]:
    said = undo.get("description", "")
    if not said:
        return []
    if names.flat:
        gone.add(said)
        return []
    node = root.get("descriptions")
    if node is None or node.kind != "array":
        return []
    if said == "new" and len(node.items) == 1:
        gone.add("descriptions")
        return []
    # Ours is the last of its role; with "new" others have joined it since, and it is the first.
    places = [
        n for n, entry in enumerate(node.items) if said == "new" or entry.text("role") == said
    ]
    ours = places[0] if said == "new" else (places[-1] if places else -1)
    return remove_items(node, [n == ours for n in range(len(node.items))])


FORMAT: Final = Ninjs()
