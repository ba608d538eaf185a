"""NewsML-G2: ``itemMeta/signal`` for the codes, ``contentMeta/rating`` for the levels, ``edNote``.

All of ours stands between two comments, in the places that the schema's order demands.
"""

from collections.abc import Sequence
from typing import Final

from classifier.formats.article import looks_marked
from classifier.formats.existing import coded
from classifier.formats.feed import OURS_CLOSE, find_ours, ours_open, read_markup, strip_ours
from classifier.formats.html import ascii_markup
from classifier.formats.item import Item, Stripped, to_write
from classifier.formats.source import Source
from classifier.formats.splice import Edit
from classifier.formats.verdict import Verdict
from classifier.formats.xml_scan import XmlElement, scan_xml
from classifier.formats.xml_text import Names, element_text, read_mixed, text_map
from classifier.policy import Policy
from classifier.taxonomy import CWARN_SCHEME, TAGS

NAMESPACE: Final = "http://iptc.org/std/nar/2006-10-01/"
#: NITF and XHTML, the two that bodies are written in.
_NAMES: Final = Names(
    frozenset(
        "p hl1 hl2 block table tr td th li ul ol dl dt dd bq blockquote hr br h1 h2 h3 h4 h5 "
        "h6 div section article caption media media-caption media-producer figure figcaption "
        "header pre note fn byline dateline distributor hedline body.head body.content "
        "body.end body".split()
    ),
    {
        "hedline": "headline",
        "h1": "headline",
        "caption": "caption",
        "media-caption": "caption",
        "figcaption": "caption",
        "abstract": "standfirst",
    },
    frozenset("nav footer aside script style template head docdata media-metadata".split()),
)
# The children of itemMeta that come before signal, and of contentMeta before rating, in the
# schema's order (NAR 2.34, which only adds to the order of 2.0).
_BEFORE_NOTE: Final = frozenset(
    "itemClass provider versionCreated firstCreated embargoed pubStatus role fileName generator "
    "profile service title".split()
)
_BEFORE_SIGNAL: Final = _BEFORE_NOTE | {"edNote", "memberOf", "instanceOf"}
_BEFORE_RATING: Final = frozenset(
    "icon urgency contentCreated contentModified digitalSourceType located infoSource creator "
    "contributor audience exclAudience altId rating".split()
)
_ITEMS: Final = frozenset(
    {"newsItem", "packageItem", "knowledgeItem", "planningItem", "conceptItem"}
)


class NewsMl:
    """A news item, or every one of a news message."""

    name = "newsml"
    title = "NewsML-G2: signal, rating, edNote"
    fields = "headline, description, NITF/XHTML/plain body | signal, edNote, rating"
    suffixes = (".newsml", ".g2")
    masks = False

    def detects(self, text: str) -> bool:
        head = text[:8000]
        return NAMESPACE in head and any(
            f"{name}" in head for name in ("newsItem", "newsMessage", "packageItem")
        )

    def read(self, source: Source) -> list[Item]:
        items = [_read_item(source.text, e) for e in _news_items(scan_xml(source))]
        if not items:
            raise source.error(0, "NewsML-G2 without a newsItem")
        return items

    def write(
        self, source: Source, items: Sequence[Item], verdicts: Sequence[Verdict], policy: Policy
    ) -> list[Edit]:
        return [
            edit
            for item, verdict in to_write(items, verdicts)
            for edit in _write_item(source, item, verdict, policy)
        ]

    def strip(self, source: Source) -> Stripped:
        if not find_ours(source.text):
            return Stripped(source.text, ())
        elements = list(_news_items(scan_xml(source)))
        edits, receipts = strip_ours(source.text, [(e.start, e.end) for e in elements])
        return Stripped.by(edits, source.text, receipts)


def _news_items(root: XmlElement) -> list[XmlElement]:
    if root.name in _ITEMS and root.space == NAMESPACE:
        return [root]
    return [e for e in root.walk() if e.name in _ITEMS and e.space == NAMESPACE]


def _read_item(text: str, element: XmlElement) -> Item:
    item = Item(key=element.attributes.get("guid", ""), anchor=element)
    meta = element.child("contentMeta")
    for child in meta.children if meta else ():
        if child.name in ("headline", "description"):
            role = child.attributes.get("role", "")
            field = "headline" if child.name == "headline" else "standfirst"
            if "caption" in role:
                field = "caption"
            for name, read in read_mixed(text, child, _NAMES, field):
                item.add(name, read)
    item_meta = element.child("itemMeta") or element
    for note in item_meta.all("edNote"):
        item.around.append(element_text(text, note))
    for signal in item_meta.all("signal"):
        item.coded |= coded(signal.attributes.get("qcode", ""), signal.attributes.get("uri", ""))
    content = element.child("contentSet")
    bodies = content.children if content else []
    # Renditions of one text: the first that can be read is read.
    for body in sorted(bodies, key=lambda b: b.name != "inlineXML"):
        before = len(item.parts)
        if body.name == "inlineXML":
            for name, read in read_mixed(text, body, _NAMES, "body"):
                item.add(name, read)
        elif body.name == "inlineData":
            _read_data(text, body, item)
        if len(item.parts) > before:
            break
    return item


def _read_data(text: str, body: XmlElement, item: Item) -> None:
    """Escaped text, which may be HTML; of other types nothing can be read."""
    kind = body.attributes.get("contenttype", "text/plain")
    read = text_map(text, body.content_start, body.content_end)
    if "html" in kind or (kind.startswith("text/") and looks_marked(read.text)):
        read_markup(text, body, item, "body")
    elif kind.startswith("text/"):
        item.add("body", read)


def _write_item(source: Source, item: Item, verdict: Verdict, policy: Policy) -> list[Edit]:
    text, element = source.text, item.anchor
    meta = element.child("itemMeta")
    if meta is None or meta.is_empty_tag:
        raise source.error(element.start, "the news item has no itemMeta to carry a signal")
    prefix = element.prefix
    receipt = verdict.receipt
    edits: list[Edit] = []
    if verdict.desk_note and policy.setting("newsml", "ed_note"):
        note = f"<{prefix}edNote>{ascii_markup(verdict.desk_note)}</{prefix}edNote>"
        edits.append(_after(text, meta, _BEFORE_SIGNAL - {"memberOf", "instanceOf"}, [note], ""))
    scheme = ascii_markup(policy.setting("newsml", "prefix"))
    signals = [
        f'<{prefix}signal qcode="{scheme}:{code.code}" uri="{code.uri}">'
        f'<{prefix}name xml:lang="en">{code.name}</{prefix}name></{prefix}signal>'
        for code in item.new_codes(verdict)
    ]
    edits.append(_after(text, meta, _BEFORE_SIGNAL | {"signal"}, signals, receipt.to_line()))
    content = element.child("contentMeta")
    if content is not None and not content.is_empty_tag and policy.setting("newsml", "rating"):
        ratings = [
            f'<{prefix}rating value="{verdict.levels[TAGS[tag]]}" scalemin="0" scalemax="3" '
            f'scaleunituri="{ascii_markup(policy.setting("newsml", "scale"))}" '
            f'ratertypeuri="{ascii_markup(policy.setting("newsml", "rater"))}" '
            f'ratingtypeuri="{CWARN_SCHEME}{code.code}"/>'
            for tag in verdict.tags
            for code in verdict.codes
            if code.tag == tag and code.code in ("violence", "language")
        ]
        edits += [_after(text, content, _BEFORE_RATING, ratings, "")] if ratings else []
    return edits


def _after(
    text: str, parent: XmlElement, before: frozenset[str], pieces: list[str], line: str
) -> Edit:
    """Insert behind the last child that must come earlier, indented as the children are."""
    earlier = [c for c in parent.children if c.name in before]
    place = earlier[-1].end if earlier else parent.content_start
    indent = _indent(text, parent)
    body = indent.join(["", *pieces])
    return Edit(place, place, f"{ours_open(line)}{body}{OURS_CLOSE}")


def _indent(text: str, parent: XmlElement) -> str:
    """The white space in front of the first child."""
    if not parent.children:
        return ""
    space = text[parent.content_start : parent.children[0].start]
    return space if space.isspace() else ""


FORMAT: Final = NewsMl()
