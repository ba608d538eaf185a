# ruff: noqa: E501 - a row of a table is read more easily as one line
"""tag then untag is the original, tagging twice is once, for every format, as properties."""

import json
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.formats import FORMATS, Tagged, tag, tag_item, untag
from classifier.formats.registry import find_format, get_format
from classifier.formats.source import read_source
from classifier.overrides import Override
from classifier.results import Document
from classifier.taxonomy import CWARN_SCHEME, TAGS
from tests.fake_classifier import FakeClassifier

WORDS = [
    "fuck",
    "damn",
    "stabbed",
    "killed",
    "gore",
    "boats",
    "the",
    "café",
    "\N{PILE OF POO}",
    "<b>x</b>",
    "&amp;",
    "***",
    "[a](b)",
    "`c`",
    "#",
]
SENTENCE = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=12).map(" ".join)
# XML can hold no controls and no surrogates; forewarn's own marks are not the original's.
PLAIN = SENTENCE.map(lambda s: "".join(c for c in s if c.isprintable()))
EXTRAS = st.dictionaries(st.sampled_from(["a", "slugline", "x y", "é"]), PLAIN, max_size=3)
POLICIES = st.sampled_from(
    [
        {},
        {"extends": "uk-broadcast"},
        {"extends": "fediverse"},
        {
            "feed": {"notice": True},
            "html": {"wrap": True, "place": "after-headline", "content_rating": True},
        },
        {"markdown": {"place": "front-matter"}},
        {"markdown": {"place": "notice"}, "html": {"json_ld": False}, "newsml": {"rating": False}},
    ]
)
# The search profile looks for what nobody has met yet: more examples, and new ones each time.
PROPERTY = settings(
    max_examples=60 if settings.get_current_profile_name() == "forewarn" else 150,
    suppress_health_check=list(HealthCheck),
)


def dumped(value: object, indent: int | None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=bool(indent))


@st.composite
def texts(draw: st.DrawFn) -> str:
    end = draw(st.sampled_from(["\n", "\r\n", "\n\n"]))
    return end.join(draw(st.lists(SENTENCE, max_size=6)))


@st.composite
def markdowns(draw: st.DrawFn) -> str:
    front = draw(
        st.sampled_from(
            [
                "",
                "---\ntitle: fuck\n---\n",
                "+++\nb = 1\n[c]\n+++\n",
                "---\r\na: b\r\n---",
                "---\n- x\n---\n",
            ]
        )
    )
    heading = draw(st.sampled_from(["", "# ", "> ", "- ", "```\n"]))
    return front + heading + draw(texts())


@st.composite
def pages(draw: st.DrawFn) -> str:
    tags = st.sampled_from(
        ["p", "article", "div", "h1", "li", "td", "nav", "b", "pre", "main", "aside"]
    )
    pieces = []
    for _ in range(draw(st.integers(0, 6))):
        name = draw(tags)
        pieces.append(
            draw(
                st.sampled_from(
                    [
                        f"<{name}>",
                        f"</{name}>",
                        f"<{name} class='a'>",
                        "<br/>",
                        "<!-- c -->",
                        "<img alt='gore'>",
                    ]
                )
            )
        )
        pieces.append(draw(SENTENCE))
    head = draw(
        st.sampled_from(
            [
                "",
                "<!doctype html><html><body>",
                '<script type="application/ld+json">{"@type":"NewsArticle","keywords":[]}</script>',
                '<script type="application/ld+json">{"@type":"Article", "isFamilyFriendly": true, "keywords": "a"}</script>',
            ]
        )
    )
    return head + "".join(pieces)


@st.composite
def alone_or_many(draw: st.DrawFn, item: st.SearchStrategy[dict[str, object]]) -> str:
    """One JSON object, a list of them, or one a line."""
    items = draw(st.lists(item, min_size=1, max_size=3))
    if len(items) == 1:
        return dumped(items[0], draw(st.sampled_from([None, 2])))
    if draw(st.booleans()):
        return dumped(items, draw(st.sampled_from([None, 1])))
    return "\n".join(dumped(one, None) for one in items)


@st.composite
def ninjs(draw: st.DrawFn) -> dict[str, object]:
    body = f"<p>{draw(PLAIN)}</p>"
    if draw(st.booleans()):
        item = {"uri": "u", "headline": draw(PLAIN), "body_html": body, "versioncreated": "x"}
        item |= draw(
            st.sampled_from(
                [
                    {},
                    {"subject": []},
                    {"subject": [{"name": "x"}]},
                    {"ednote": "hi"},
                    {"ednote": ""},
                ]
            )
        )
    else:
        item = {
            "standard": {"name": "ninjs", "version": "3.1"},
            "uri": "u",
            "headlines": [{"value": draw(PLAIN)}],
            "bodies": [{"contentType": "text/html", "value": body}],
        }
        item |= draw(
            st.sampled_from(
                [{}, {"subjects": []}, {"descriptions": [{"value": "d"}]}, {"edNote": "\u00e9 hi"}]
            )
        )
    return item | draw(EXTRAS)


@st.composite
def activities(draw: st.DrawFn) -> dict[str, object]:
    note = {
        "type": draw(st.sampled_from(["Note", "Article"])),
        "content": f"<p>{draw(PLAIN)}</p>",
        "id": "n",
    }
    note |= draw(
        st.sampled_from(
            [
                {},
                {"summary": None},
                {"summary": "An abstract"},
                {"summary": ""},
                {"sensitive": False},
                {"sensitive": True},
            ]
        )
    )
    context = draw(
        st.sampled_from(
            [
                "https://www.w3.org/ns/activitystreams",
                ["https://www.w3.org/ns/activitystreams", {"x": "y"}],
                ["https://www.w3.org/ns/activitystreams"],
            ]
        )
    )
    create = {"type": "Create", "object": note}
    outbox = {"type": "OrderedCollection", "orderedItems": [note, "https://a/1", create]}
    return {"@context": context, **draw(st.sampled_from([note, create, outbox])), **draw(EXTRAS)}


@st.composite
def statuses(draw: st.DrawFn) -> dict[str, object]:
    status = {"status": draw(PLAIN), "visibility": "public"}
    status |= draw(
        st.sampled_from([{}, {"spoiler_text": ""}, {"spoiler_text": "soup"}, {"sensitive": False}])
    )
    return status | draw(EXTRAS)


@st.composite
def feeds(draw: st.DrawFn, kind: str) -> str:
    gap = draw(st.sampled_from(["", "\n", "\n  ", "\r\n\t"]))
    items = []
    for _ in range(draw(st.integers(0, 3))):
        title, body = draw(PLAIN), draw(PLAIN)
        inner = f"<title>{escape(title)}</title>{gap}"
        if kind == "rss":
            inner += draw(
                st.sampled_from(
                    [
                        f"<description>{escape(body)}</description>",
                        f"<description><![CDATA[{body.replace(']]>', '')}]]></description>",
                        "<description/>",
                        '<z:q xmlns:z="urn:z"/>',
                    ]
                )
            )
            items.append(f"<item>{gap}{inner}</item>" if title else "<item/>")
        else:
            inner += draw(
                st.sampled_from(
                    [
                        f'<content type="html">{escape(body)}</content>',
                        f"<summary>{escape(body)}</summary>",
                        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(body)}</p></div></content>',
                    ]
                )
            )
            items.append(f"<entry>{gap}{inner}{gap}</entry>")
    if kind == "rss":
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{gap}{gap.join(items)}</channel></rss>'
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{gap}{gap.join(items)}</feed>'


@st.composite
def newsml(draw: st.DrawFn) -> str:
    gap = draw(st.sampled_from(["", "\n  "]))
    note = draw(st.sampled_from(["", "<edNote>hi</edNote>", '<link rel="x"/>']))
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid={quoteattr(draw(PLAIN))}><itemMeta>{gap}'
        f'<itemClass qcode="ninat:text"/>{gap}{note}</itemMeta><contentMeta>{gap}<headline>{escape(draw(PLAIN))}'
        f'</headline></contentMeta><contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body><p>'
        f"{escape(draw(PLAIN))}</p></body></html></inlineXML></contentSet></newsItem>"
    )


SOURCES = {
    "text": texts(),
    "markdown": markdowns(),
    "html": pages(),
    "ninjs": alone_or_many(ninjs()),
    "activitypub": alone_or_many(activities()),
    "mastodon": alone_or_many(statuses()),
    "rss": feeds("rss"),
    "atom": feeds("atom"),
    "newsml": newsml(),
}


def test_every_format_has_a_property():
    assert set(SOURCES) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_round_trip(name: str):
    @PROPERTY
    @given(SOURCES[name], POLICIES, st.booleans())
    def check(source: str, policy: dict[str, object], as_bytes: bool):
        given: str | bytes = source.encode("utf-8", "replace") if as_bytes else source
        classifier = FakeClassifier(policy)
        tagged = tag(given, format=name, classifier=classifier)
        assert type(tagged) is type(given)
        assert tag(tagged, format=name, classifier=classifier) == tagged
        assert untag(tagged, format=name) == given
        assert seen_as(tagged) == seen_as(given) or seen_as(given) != name

    check()


@pytest.mark.parametrize("name", FORMATS)
def test_places_are_those_in_the_file_that_was_given(name: str):
    @PROPERTY
    @given(SOURCES[name], POLICIES)
    def check(source: str, policy: dict[str, object]):
        classifier = FakeClassifier(policy)
        first = tag_item(source, format=name, classifier=classifier)
        second = tag_item(first.output, format=name, classifier=classifier, write=False)
        assert flagged(source, first) == flagged(str(first.output), second)

    check()


def flagged(source: str, tagged: Tagged) -> list[tuple[str, str]]:
    """The field of each flagged sentence, and what stands at its place."""
    found = [flag for item in tagged.items for flag in item.flags]
    for flag in found:
        before = source.rfind("\n", 0, flag.start) + 1
        assert (flag.line, flag.column) == (
            source.count("\n", 0, before) + 1,
            flag.start - before + 1,
        )
    return [(flag.field, source[flag.start : flag.end]) for flag in found]


def seen_as(source: str | bytes) -> str | None:
    """The format that is found by looking; what we write must not change it."""
    try:
        return find_format(read_source(source), None).name
    except InputError:
        return None


REMOVED = [Override("x", name, "remove", "E", "today", "w") for name in TAGS]


@pytest.mark.parametrize("name", FORMATS)
def test_a_tag_that_an_editor_removed_stays_away(name: str):
    @PROPERTY
    @given(SOURCES[name], POLICIES)
    def check(source: str, policy: dict[str, object]):
        classifier = FakeClassifier(policy)
        removed = tag_item(source, format=name, classifier=classifier, name="x", overrides=REMOVED)
        again = tag_item(removed.output, format=name, classifier=classifier, name="moved")
        assert again.output == removed.output
        read = [item for item in again.items if item.item.text]
        assert all(len(item.verdict.overrides) == len(TAGS) for item in read)
        assert not any(item.verdict.tags for item in again.items)
        assert CWARN_SCHEME not in str(again.output)
        assert untag(again.output, format=name) == source

    check()


@pytest.mark.parametrize("name", [name for name in FORMATS if get_format(name).masks])
def test_masking_twice_is_masking_once(name: str):
    @PROPERTY
    @given(
        SOURCES[name],
        st.sampled_from(["hyphen", "asterisk", "bracket"]),
        st.integers(1, 3),
        st.booleans(),
    )
    def check(source: str, style: str, level: int, wrap: bool):
        policy = {"mask": {"style": style, "level": level}, "html": {"wrap": wrap}}
        classifier = FakeClassifier(policy)
        masked = tag_item(source, format=name, classifier=classifier)
        assert tag(masked.output, format=name, classifier=classifier) == masked.output
        if masked.masked:
            with pytest.raises(InputError, match="cannot be brought back"):
                untag(masked.output, format=name)

    check()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_warn_of_changes_nothing(name: str):
    quiet = FakeClassifier({"tags": {"graphic-violence": 0, "profanity": 0}})

    @PROPERTY
    @given(SOURCES[name])
    def check(source: str):
        assert tag(source, format=name, classifier=quiet) == source

    check()


@pytest.mark.parametrize("name", FORMATS)
def test_a_warning_goes_when_nothing_is_left_to_warn_of(name: str):
    loud, quiet = (
        FakeClassifier(),
        FakeClassifier({"tags": {"graphic-violence": 0, "profanity": 0}}),
    )

    @PROPERTY
    @given(SOURCES[name])
    def check(source: str):
        tagged = tag(source, format=name, classifier=loud)
        assert tag(tagged, format=name, classifier=quiet) == source

    check()


def test_a_document_can_be_given():
    document = Document((), {"violence": 0, "profanity": 3}, ("profanity",))
    assert tag("x", document).startswith("Content warning: this article contains strong language.")


def test_documents_must_be_as_many_as_items():
    with pytest.raises(ValueError, match="1 items, but 2 documents"):
        tag("x", [FakeClassifier().predict("a")] * 2)
