# ruff: noqa: E501 - a row of a table is read more easily as one line
"""News, feed and fediverse formats: what is read, where the tag goes, what is refused."""

import json
import re
from xml.etree import ElementTree

import pytest

from classifier.errors import InputError
from classifier.formats import read_items, tag, tag_item, untag
from classifier.formats.registry import find_format
from classifier.formats.source import read_source
from classifier.overrides import Override
from tests.fake_classifier import FakeClassifier

CLF = FakeClassifier()
CWARN = "http://cv.iptc.org/newscodes/contentwarning/"

NINJS3 = """{
  "standard": {"name": "ninjs", "version": "3.1"},
  "uri": "urn:x:1",
  "type": "text",
  "edNote": "Check names.",
  "headlines": [{"role": "main", "value": "Man stabbed"}],
  "descriptions": [{"role": "summary", "value": "What happened."}],
  "subjects": [{"name": "crime", "uri": "http://cv.iptc.org/newscodes/mediatopic/20000082"}],
  "associations": [{"name": "pic", "type": "picture", "headlines": [{"value": "A boat"}]}],
  "bodies": [
    {"role": "main", "contentType": "text/plain", "value": "read as HTML"},
    {"role": "main", "contentType": "text/html", "value": "<p>fu<b>ck<\\/b> \\u00e9</p>"}
  ]
}"""
NINJS1 = '{"uri":"u","headline":"fuck","body_html":"<p>x</p>","body_text":"x","versioncreated":"a"}'
NEWSML = """<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:1" standard="NewsML-G2">
  <itemMeta>
    <itemClass qcode="ninat:text"/>
    <provider uri="https://example.org"/>
    <versionCreated>2016-12-14T10:00:00Z</versionCreated>
    <pubStatus qcode="stat:usable"/>
    <link rel="irel:seeAlso" href="x"/>
  </itemMeta>
  <contentMeta>
    <urgency>3</urgency>
    <headline>stabbed</headline>
    <description role="drol:summary">A summary.</description>
  </contentMeta>
  <contentSet>
    <inlineXML contenttype="application/nitf+xml"><nitf xmlns="x"><body><body.head><hedline><hl1>Head</hl1>
    </hedline></body.head><body.content><p>fu<em>ck</em> &amp; <![CDATA[<on>]]></p><block><p>gore</p></block>
    </body.content></body></nitf></inlineXML>
  </contentSet>
</newsItem>"""
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:q="urn:q">
<channel><title>stabbed is not read here</title>
<item><title>A &amp; B</title><description>fu&lt;b&gt;ck&lt;/b&gt;</description><guid>1</guid><q:z a='1'/></item>
<item><title>Clean</title><content:encoded><![CDATA[<p>nothing</p>]]></content:encoded></item>
<item><title>Third stabbed</title><category>x</category></item>
</channel></rss>"""


def fields(source: str, **options: str) -> list[tuple[str, str]]:
    (item,) = read_items(source, **options)
    return [(p.field, item.text[p.start : p.end].strip()) for p in item.parts]


# --- ninjs ----------------------------------------------------------------------------------------


def test_ninjs_fields():
    assert fields(NINJS3) == [
        ("headline", "Man stabbed"),
        ("standfirst", "What happened."),
        ("body", "fuck é"),
        ("caption", "A boat"),
    ]


def test_ninjs3_slots():
    tagged = json.loads(tag(NINJS3, classifier=CLF))
    assert tagged["edNote"] == "Eds: Story includes vulgarity and graphic content. Check names."
    assert tagged["descriptions"][-1]["role"] == "contentWarning"
    assert [s["literal"] for s in tagged["subjects"][1:]] == ["cwarn:violence", "cwarn:language"]
    violence = tagged["subjects"][1]
    assert violence["uri"] == "http://cv.iptc.org/newscodes/contentwarning/violence"
    assert violence["rel"] == "contentWarning"
    assert violence["confidence"] == 90
    assert "model=feedfacecafe" in violence["creator"]


def test_ninjs1_slots():
    tagged = json.loads(tag(NINJS1, classifier=CLF))
    assert tagged["subject"][0]["scheme"] == "http://cv.iptc.org/newscodes/contentwarning/"
    assert tagged["subject"][0]["code"] == "cwarn:language"
    assert tagged["description_contentwarning"].startswith("Content warning")
    assert tagged["ednote"] == "Eds: Story includes vulgarity."


def test_ninjs1_names_bodies_after_their_role():
    item = '{"uri":"u","versioncreated":"x","headline_main":"A","body_main":"fuck","body_richtext":"<p>fu<b>ck</b></p>"}'
    assert find_format(read_source(item), None).name == "ninjs"
    assert fields(item) == [("headline", "A"), ("body", "fuck")]
    assert untag(tag(item, classifier=CLF)) == item


def test_ninjs2_has_lower_case_names():
    item = '{"uri":"u","headlines":[{"value":"A"}],"bodies":[{"contenttype":"text/plain","value":"fuck"}]}'
    tagged = json.loads(tag(item, classifier=CLF))
    assert "ednote" in tagged
    assert tagged["descriptions"][0]["contenttype"] == "text/plain"


def test_ninjs_rel_and_role_are_settings():
    house = FakeClassifier({"ninjs": {"rel": "cw", "role": "warning", "ed_note": False}})
    tagged = tag(NINJS3, classifier=house)
    assert json.loads(tagged)["subjects"][1]["rel"] == "cw"
    assert json.loads(tagged)["edNote"] == "Check names."
    assert untag(tagged) == NINJS3


def test_a_member_added_since_stays_when_ours_goes():
    tagged = tag(NINJS1, classifier=CLF)
    edited = tagged.replace('"uri":"u"', '"uri":"u","by":"me"')
    assert untag(edited) == NINJS1.replace('"uri":"u"', '"uri":"u","by":"me"')


@pytest.mark.parametrize("name", ["item", "_items"])
def test_items_in_the_answer_of_an_interface_are_found(name: str):
    answer = json.dumps({"total": 2, name: [json.loads(NINJS1), {"uri": "v", "headline": "x"}]})
    assert [item.key for item in read_items(answer)] == ["u", "v"]
    tagged = json.loads(tag(answer, classifier=CLF))
    assert ["subject" in item for item in tagged[name]] == [True, False]
    assert untag(tag(answer, classifier=CLF)) == answer


def test_json_without_an_item_is_no_clean_item():
    with pytest.raises(InputError, match=r"x\.json:1:1: no ninjs item: neither uri nor"):
        tag('{"total": 0, "items": []}', format="ninjs", classifier=CLF, name="x.json")


@pytest.mark.parametrize(
    "source",
    [
        '{"guid":"g","versioncreated":"a","pubstatus":"usable","headline":"fuck"}',
        '{"uri":"u","versionCreated":"a","descriptions":[{"role":"caption","value":"fuck"}],"urgency":5}',
    ],
)
def test_pictures_and_items_with_a_guid_are_ninjs(source: str):
    assert find_format(read_source(source), None).name == "ninjs"
    assert untag(tag(source, classifier=CLF)) == source != tag(source, classifier=CLF)


CLEAN = '{"uri":"c","headline":"boats","body_text":"x","versioncreated":"a"}'


@pytest.mark.parametrize(
    "source",
    [
        f"[{NINJS3}, {CLEAN},\n{NINJS1}]",
        f"{NINJS1}\n{CLEAN}\n{NINJS1}\n",
        f"{NINJS3}\r\n\r\n{NINJS1}",
    ],
    ids=["list", "JSON Lines", "blank lines"],
)
def test_many_ninjs_items_are_judged_alone(source: str):
    result = tag_item(source, classifier=CLF)
    assert result.format == "ninjs"
    assert [bool(item.verdict.tags) for item in result.items].count(True) == 2
    assert untag(result.output) == source
    assert tag(result.output, classifier=CLF) == result.output


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f'{NINJS1}\n{{"uri": 1,}}\n', r"x\.jsonl:2:11: not JSON"),
        (f'[{NINJS1}, "x"]', r'x\.jsonl:1:93: an item must be a JSON object, not "x"'),
        (f"{NINJS1}\n{NINJS1}}}", r"x\.jsonl:2:90: not JSON"),
        (f"{NINJS1}\n[[]]", r"x\.jsonl:2:2: an item must be a JSON object, not a list"),
    ],
)
def test_one_broken_item_among_many_is_refused_with_its_place(source: str, said: str):
    with pytest.raises(InputError, match=said):
        tag(source, classifier=CLF, name="x.jsonl", format="ninjs")


# --- NewsML-G2 ------------------------------------------------------------------------------------


def test_newsml_fields():
    assert fields(NEWSML) == [
        ("headline", "stabbed"),
        ("standfirst", "A summary."),
        ("headline", "Head"),
        ("body", "fuck & <on>\n\ngore"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        '<inlineData contenttype="text/plain"><![CDATA[\n<p>fu<b>ck</b></p>]]></inlineData>',
        '<inlineData contenttype="text/html">so &lt;p&gt;fu&lt;b&gt;ck</inlineData>',
        '<inlineData contenttype="application/xhtml+html">&lt;p&gt;fu&lt;i&gt;ck</inlineData>',
    ],
)
def test_markup_in_inline_data_is_read_as_markup(data: str):
    item = re.sub(r"<inlineXML.*</inlineXML>", lambda _: data, NEWSML, flags=re.DOTALL)
    assert fields(item)[-1][1].endswith("fuck")


def test_newsml_elements_and_their_order():
    etree = pytest.importorskip("lxml.etree")
    tagged = tag(NEWSML, classifier=CLF)
    root = etree.fromstring(tagged.encode())
    ns = "{http://iptc.org/std/nar/2006-10-01/}"
    meta = [e.tag.replace(ns, "") for e in root.find(ns + "itemMeta") if isinstance(e.tag, str)]
    assert meta == [
        "itemClass", "provider", "versionCreated", "pubStatus", "edNote", "signal", "signal", "link",
    ]  # fmt: skip
    content = [
        e.tag.replace(ns, "") for e in root.find(ns + "contentMeta") if isinstance(e.tag, str)
    ]
    assert content == ["urgency", "rating", "rating", "headline", "description"]
    signal = root.find(f".//{ns}signal")
    assert signal.attrib == {
        "qcode": "cwarn:violence",
        "uri": "http://cv.iptc.org/newscodes/contentwarning/violence",
    }
    rating = root.find(f".//{ns}rating")
    assert (rating.get("value"), rating.get("scalemin"), rating.get("scalemax")) == ("3", "0", "3")


def test_newsml_with_a_prefix_keeps_it():
    prefixed = NEWSML.replace("<newsItem xmlns=", "<g:newsItem xmlns:g=")
    for name in ("newsItem", "itemMeta", "itemClass", "provider", "versionCreated", "pubStatus", "link",
                 "contentMeta", "urgency", "headline", "description", "contentSet", "inlineXML"):  # fmt: skip
        prefixed = prefixed.replace(f"<{name}", f"<g:{name}").replace(f"</{name}", f"</g:{name}")
    tagged = tag(prefixed, classifier=CLF)
    assert "<g:signal " in tagged
    assert untag(tagged) == prefixed


# --- feeds ----------------------------------------------------------------------------------------


def test_rss_items_are_judged_alone():
    tagged = tag(RSS, classifier=CLF)
    category = '<category domain="http://cv.iptc.org/newscodes/contentwarning/">'
    assert tagged.count(category) == 2
    assert f"{category}language</category><!--/forewarn--></item>" in tagged
    assert "<q:z a='1'/>" in tagged
    assert untag(tagged) == RSS


def test_an_empty_item_has_no_inside_to_write_into():
    feed = "<rss><channel><item/></channel></rss>"
    forced = Override("x", "profanity", "add", "E", "today", "w")
    assert tag(feed, classifier=CLF, name="x", overrides=[forced]) == feed


def test_rss_keys_are_guids():
    assert [item.key for item in read_items(RSS)] == ["1", "", ""]


BROKEN = RSS.replace("<title>Clean</title>", "<title>A & B</titel>").replace("<category>x<", "<x><")


def test_every_broken_item_is_named_and_nothing_is_written():
    for write in (lambda: tag(BROKEN, classifier=CLF, name="feed.xml"),
                  lambda: untag(tag(RSS, classifier=CLF).replace("Clean<", "A & B<"), name="feed.xml")):  # fmt: skip
        with pytest.raises(InputError, match=r"^feed\.xml:\d+:17: not well-formed XML"):
            write()
    with pytest.raises(InputError, match=r"(?s)feed\.xml:5:17: .*\nfeed\.xml:6:4\d: "):
        tag(BROKEN, classifier=CLF, name="feed.xml")


def test_the_neighbours_of_a_broken_item_are_judged():
    result = tag_item(BROKEN, classifier=CLF, name="feed.xml", write=False)
    assert [bool(item.problem) for item in result.items] == [False, True, True]
    assert result.items[0].verdict.tags == ("profanity",)
    assert result.output == BROKEN


def test_a_truncated_feed_is_refused_with_its_place():
    with pytest.raises(InputError, match=r"feed\.xml:\d+:\d+: not well-formed XML"):
        tag(RSS[:-20], classifier=CLF, name="feed.xml")


RDF = """<RDF:RDF xmlns:RDF="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{space}">
<channel RDF:about="c"><title>x</title></channel>
<item RDF:about="1"><title>boats</title><description>oh fuck</description></item></RDF:RDF>"""


@pytest.mark.parametrize(
    "space",
    [
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://channel.netscape.com/rdf/simple/0.9/",
    ],
)
def test_rss_as_rdf_gets_a_subject_because_it_has_no_category(space: str):
    feed = RDF.format(space=space)
    tagged = tag(feed, classifier=CLF)
    (item,) = ElementTree.fromstring(tagged).iter(f"{{{space}}}item")
    assert [(child.tag, child.attrib, child.text) for child in item][2:] == [
        ("{http://purl.org/dc/elements/1.1/}subject", {}, f"{CWARN}language")
    ]
    assert "<category" not in tagged
    assert tag(tagged, classifier=CLF) == tagged
    assert untag(tagged) == feed


@pytest.mark.parametrize(
    "item",
    [
        '<dc:description xmlns:dc="http://purl.org/dc/elements/1.1/">oh fuck</dc:description>',
        '<i:summary xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd">oh fuck</i:summary>',
        '<body xmlns="http://www.w3.org/1999/xhtml"><p>oh fu<b>ck</b></p></body>',
        "<fullitem>&lt;p&gt;oh fuck</fullitem>",
    ],
)
def test_an_item_without_description_is_read_where_its_text_stands(item: str):
    (read,) = read_items(f"<rss><channel><item><title>x</title>{item}</item></channel></rss>")
    assert read.text == "x\n\noh fuck"
    (read,) = read_items(
        f"<rss><channel><item>{item}<description>d</description></item></channel></rss>"
    )
    assert read.text == "d"


def test_rss_under_a_prefix_or_a_namespace_of_its_own_is_read():
    own = '<rss xmlns="http://backend.userland.com/rss2"><channel><item><description>oh fuck</description></item></channel></rss>'
    prefixed = '<r:rss xmlns:r="http://purl.org/rss/1.0/"><r:channel><r:item><r:description>oh fuck</r:description></r:item></r:channel></r:rss>'
    assert [item.text for feed in (own, prefixed) for item in read_items(feed)] == ["oh fuck"] * 2


def test_an_empty_type_in_atom_is_text():
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="">fuck</title></entry></feed>'
    assert [item.text for item in read_items(feed)] == ["fuck"]


CODED = [
    ("rss", f'<rss><channel><item><title>fuck</title><category domain="{CWARN}">language</category></item></channel></rss>'),
    ("rss", RDF.format(space="http://purl.org/rss/1.0/").replace("</item>", f'<d:subject xmlns:d="http://purl.org/dc/elements/1.1/">{CWARN}language</d:subject></item>')),
    ("atom", f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>fuck</title><category scheme="{CWARN}" term="language"/></entry></feed>'),
    ("newsml", NEWSML.replace("<link", '<signal qcode="cwarn:language"/><link').replace("stabbed", "").replace("gore", "")),
    ("ninjs", '{"uri": "u", "headline": "fuck", "subject": [{"name": "L", "code": "cwarn:language"}]}'),
    ("ninjs", f'{{"uri": "u", "headline": "fuck", "subject": [{{"name": "L", "scheme": "{CWARN}", "code": "language"}}]}}'),
    ("ninjs", f'{{"uri": "u", "headlines": [{{"value": "fuck"}}], "subjects": [{{"uri": "{CWARN}language"}}]}}'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "source"), CODED)
def test_codes_that_others_gave_are_not_doubled(name: str, source: str):
    tagged = tag(source, format=name, classifier=CLF)
    assert tagged != source  # the receipt stands there
    for code in (f'">{CWARN}language', "<signal", 'term="language"', '"cwarn:language"'):
        assert tagged.count(code) == source.count(code)
    assert tag(tagged, format=name, classifier=CLF) == tagged
    assert untag(tagged, format=name) == source


MALFORMED = [
    ("x & y", "& is no markup before ' y'; write &amp;"),
    ("AT&T said", "& is no markup before ' said'; write &amp;"),
    ("a < b", "< is no markup before ' b'; write &lt;"),
    ("a&nbsp;b", "XML has no entity &nbsp;; write &#160;"),
    ("a&foo;b", "XML has no entity &foo;; write &amp; for the sign itself"),
]


@pytest.mark.parametrize(("text", "said"), MALFORMED)
def test_what_feeds_get_wrong_is_told_with_what_to_write(text: str, said: str):
    feed = f"<rss><channel><item><title>{text}\n</title></item></channel></rss>"
    with pytest.raises(InputError, match=re.escape(said)):
        tag(feed, classifier=CLF)


def test_xml_that_calls_itself_ascii_must_be_it():
    feed = '<?xml version="1.0" encoding="US-ASCII"?><rss><channel><item><title>é fuck</title></item></channel></rss>'
    with pytest.raises(InputError, match=r"f\.xml:1:\d+: not ascii at byte .*--encoding"):
        tag(feed.encode(), name="f.xml", classifier=CLF)
    tagged = tag(feed.encode(), encoding="utf-8", classifier=CLF)
    assert untag(tagged, encoding="utf-8") == feed.encode()


def test_atom_category():
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>fuck</title></entry></feed>'
    assert (
        '<category scheme="http://cv.iptc.org/newscodes/contentwarning/" term="language" label="Language"/>'
        in tag(feed, classifier=CLF)
    )


ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>boats</title>
<content type="text/html" mode="escaped">&lt;p&gt;fu&lt;b&gt;ck&lt;/b&gt;</content>
<summary mode="base64">ZnVjaw==</summary></entry></feed>"""


def test_atom_0_3_is_read_and_gets_a_category_of_atom_1():
    assert fields(ATOM_03) == [("headline", "boats"), ("body", "fuck")]
    tagged = tag(ATOM_03, classifier=CLF)
    assert '<category xmlns="http://www.w3.org/2005/Atom" scheme=' in tagged
    assert untag(tagged) == ATOM_03


ATTACKS = {
    "XXE": '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>{}',
    "billion laughs": '<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>{}',
    "parameter entity": '<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://x/">%a;]>{}',
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
def test_entities_are_refused(attack: str):
    feed = attack.format("<rss><channel><item><title>&a;</title></item></channel></rss>")
    with pytest.raises(InputError, match=r"feed\.xml:1:\d+: .*(entity|entities)"):
        tag(feed, classifier=CLF, name="feed.xml")


def test_a_doctype_without_declarations_is_let_through_and_not_fetched():
    feed = '<!DOCTYPE rss PUBLIC "-//X//DTD" "http://127.0.0.1:9/x.dtd">' + RSS.partition("?>\n")[2]
    assert untag(tag(feed, classifier=CLF)) == feed


def test_nesting_is_limited():
    deep = "<rss><channel>" + "<a>" * 600 + "</a>" * 600 + "</channel></rss>"
    with pytest.raises(InputError, match="nested deeper than 500"):
        tag(deep, classifier=CLF)


# --- fediverse ------------------------------------------------------------------------------------


def note(**members: object) -> str:
    whole = {"@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "id": "n"}
    return json.dumps({**whole, "content": "<p>fuck</p>", **members})


def test_a_note_is_folded_and_its_context_declared():
    tagged = json.loads(tag(note(), classifier=CLF))
    assert tagged["sensitive"] is True
    assert tagged["summary"].startswith("Content warning")
    assert tagged["@context"][1] == {"sensitive": "as:sensitive"}


def test_an_abstract_is_never_lost():
    article = note(type="Article", summary="What it is about.")
    tagged = json.loads(tag(article, classifier=CLF))
    assert tagged["summary"].endswith("\N{EM DASH} What it is about.")
    assert untag(tag(article, classifier=CLF)) == article


def test_the_summary_of_a_note_is_its_own_warning():
    warned = note(summary="strong language")
    tagged = json.loads(tag(warned, classifier=CLF))
    assert tagged["summary"] == "strong language"
    assert tagged["sensitive"] is True


def test_a_create_is_tagged_in_its_object():
    create = json.dumps({"@context": [], "type": "Create", "object": json.loads(note())})
    tagged = json.loads(tag(create, format="activitypub", classifier=CLF))
    assert tagged["object"]["sensitive"] is True
    assert "sensitive" not in tagged


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('{"@context":"x","type":"Create","object":"https://a/1"}', "by address only"),
        ('{"type":"Like","content":"x"}', "of type Like"),
        ("[1]", "1:2: an item must be a JSON object, not 1"),
        ('{"type":"Note",', "1:16: not JSON"),
    ],
)
def test_what_cannot_be_tagged_says_why(source: str, said: str):
    with pytest.raises(InputError, match=said):
        tag(source, format="activitypub", classifier=CLF)


NOTE = json.loads(note())
LIKE = {"type": "Like", "object": "https://a/1"}
CREATE = {"type": "Create", "object": {**NOTE, "@context": None}}


@pytest.mark.parametrize(
    "collection",
    [
        {"@context": "x", "type": "OrderedCollection", "orderedItems": [NOTE, LIKE, CREATE, "https://a/2"]},
        {"@context": ["x"], "type": "OrderedCollection", "first": {"type": "OrderedCollectionPage", "orderedItems": [CREATE, NOTE]}},
        {"@context": "x", "type": "Collection", "items": [CREATE, CREATE]},
        [NOTE, LIKE, {**CREATE, "@context": "y"}],
    ],
    ids=["outbox", "first page", "collection", "list"],
)  # fmt: skip
def test_posts_of_a_collection_are_judged_alone(collection: object):
    source = json.dumps(collection, indent=1)
    tagged = tag(source, classifier=CLF, format="activitypub")
    assert tagged.count('"sensitive": true') == 2
    assert tagged.count("_forewarn") == 2
    assert json.loads(tagged)
    assert tag(tagged, classifier=CLF, format="activitypub") == tagged
    assert untag(tagged, format="activitypub") == source


def test_sensitive_is_declared_once_where_it_holds():
    outbox = {"@context": "x", "type": "OrderedCollection", "orderedItems": [
        {"type": "Note", "content": "fuck"}, {"type": "Note", "content": "fuck"}]}  # fmt: skip
    tagged = json.loads(tag(json.dumps(outbox), classifier=CLF, format="activitypub"))
    assert tagged["@context"] == ["x", {"sensitive": "as:sensitive"}]


def test_json_lines_of_activities():
    lines = f"{note()}\n{json.dumps(LIKE)}\n{note(content='boats')}\n"
    result = tag_item(lines, classifier=CLF, name="inbox.jsonl")
    assert [bool(item.verdict.tags) for item in result.items] == [True, False]
    assert str(result.output).split("\n")[1:] == lines.split("\n")[1:]
    assert untag(result.output, name="inbox.jsonl") == lines


def test_a_timeline_of_statuses():
    timeline = (
        '[{"content": "<p>fuck</p>", "spoiler_text": ""}, {"content": "boats", "spoiler_text": ""}]'
    )
    tagged = tag(timeline, classifier=CLF)
    assert [status.get("sensitive") for status in json.loads(tagged)] == [True, None]
    assert untag(tagged) == timeline
    assert tag("[]", classifier=CLF, format="mastodon") == "[]"


@pytest.mark.parametrize("members", [{"summary": 5}, {"summary": {}}, {"sensitive": "no"}, {"sensitive": 0}])  # fmt: skip
def test_members_of_a_wrong_kind_are_let_be(members: dict[str, object]):
    source = note(**members)
    tagged = tag(source, classifier=CLF)
    assert json.loads(tagged) | members == json.loads(tagged)
    assert "_forewarn" in tagged
    assert untag(tagged) == source


@pytest.mark.parametrize("member", ['"text":"fuck"', '"text":"x","content":"<p>fu<b>ck</b>"'])
def test_a_status_that_mastodon_gives_back_for_editing(member: str):
    source = f'{{"id":"1","spoiler_text":"",{member},"media_attachments":[]}}'
    assert [item.text for item in read_items(source)] == ["fuck"]
    assert untag(tag(source, classifier=CLF)) == source != tag(source, classifier=CLF)


def test_a_list_without_any_post_does_not_pass_for_clean():
    reports = '[{"id":"1","comment":"fuck","statuses":[{"content":"x","spoiler_text":""}]}]'
    with pytest.raises(InputError, match=r"x:1:2: a status needs a text in status, content or"):
        tag(reports, classifier=CLF, name="x")
    likes = '{"@context":"https://www.w3.org/ns/activitystreams","type":"OrderedCollection","orderedItems":[{"type":"Like"}]}'
    assert tag(likes, classifier=CLF) == likes


def test_a_mastodon_status():
    tagged = json.loads(tag('{"status": "fuck", "spoiler_text": "soup"}', classifier=CLF))
    assert tagged["spoiler_text"].endswith("\N{EM DASH} soup")
    assert tagged["sensitive"] is True


def test_fediverse_profile_leaves_media_of_rude_posts_alone():
    tagged = json.loads(tag(note(), classifier=FakeClassifier("fediverse")))
    assert "sensitive" not in tagged
    assert tagged["summary"] == "CW: strong language"


# --- finding the format ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        (NINJS3, "x", "ninjs"),
        (NINJS1, "x.json", "ninjs"),
        (NEWSML, "x.xml", "newsml"),
        (RSS, "x.xml", "rss"),
        ("<!-- c --><feed xmlns='http://www.w3.org/2005/Atom'/>", "x", "atom"),
        (note(), "x.json", "activitypub"),
        ('{"status": "x"}', "x", "mastodon"),
        ("<!DOCTYPE html><p>x", "x", "html"),
        ("<p>x</p>", "x.md", "markdown"),
        ("<p>x</p>", "", "html"),
        ("---\ntitle: x\n---\n# Head\n", "", "markdown"),
        (
            "<!-- http://iptc.org/std/nar/2006-10-01/ newsItem -->\n# Head\n",
            "README.md",
            "markdown",
        ),
        ("<feed version='0.3' xmlns='http://purl.org/atom/ns#'/>", "x", "atom"),
        ('["ninjs formatter"]', "x", "text"),
        ("{Laughter.} They left.", "", "text"),
        ("x < y", "x.txt", "text"),
    ],
)
def test_formats_are_found(source: str, name: str, expected: str):
    assert find_format(read_source(source, name=name), None).name == expected


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("{}", "x.json"),
        ('{"a": 1}', ""),
        ("<a/>", "x.xml"),
        ("<?xml version='1.0'?><a/>", ""),
        ("a\0b", ""),
    ],
)
def test_what_no_format_knows_is_refused(source: str, name: str):
    with pytest.raises(InputError, match=r"format|NUL"):
        find_format(read_source(source, name=name), None)


def test_a_file_beyond_the_limit_is_refused_with_the_way_out():
    with pytest.raises(InputError, match=r"200 MB is more than the limit of 64 MB.*--max-size"):
        tag(b"x" * 200_000_000, classifier=CLF, name="big.txt")
    assert tag(b"x" * 2000, classifier=CLF, max_bytes=2000) == b"x" * 2000
