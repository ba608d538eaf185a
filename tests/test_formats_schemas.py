"""What we write into NewsML-G2 and ninjs is legal there, in every company and in the right order.

No package carries IPTC's schemas (newsmlg2, Superdesk-Core, pyconverters-newsml were searched), so
those in ``tests/schemas`` are ours, for the parts that we read and write.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classifier.formats import tag, untag
from classifier.overrides import Override
from tests.conftest import require
from tests.fake_classifier import FakeClassifier

SCHEMAS = Path(__file__).with_name("schemas")
CLF = FakeClassifier()
#: Both tags, with the two further codes of IPTC.
ALL_CODES = FakeClassifier({"iptc": {"death": True, "suffering": True}})
SHOCKING = "He was tortured and killed. fuck."
REMOVED = [
    Override("item", tag_name, "remove", "E", "today", "w")
    for tag_name in ("graphic-violence", "profanity")
]

# --- NewsML-G2 ------------------------------------------------------------------------------------

FIRST = '<itemClass qcode="ninat:text"/><provider uri="x:y"/><versionCreated>2026</versionCreated>'
#: Optional children in the standard's order; those that come after signal and rating last.
ITEM_META = (
    "firstCreated embargoed pubStatus role fileName generator profile service title edNote "
    "memberOf instanceOf signal altRep deliverableOf hash expires origRep incomingFeedId "
    "metadataCreator link itemMetaExtProperty"
).split()
CONTENT_META = (
    "icon urgency contentCreated contentModified digitalSourceType located infoSource creator "
    "contributor audience exclAudience altId userInteraction language genre keyword subject "
    "slugline headline dateline by creditline description contentMetaExtProperty"
).split()


def news_item(item_meta: list[str], content_meta: list[str]) -> str:
    """A news item that shocks, with these children."""
    kept, content = ("".join(f"<{n}/>" for n in names) for names in (item_meta, content_meta))
    return (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="item" standard="NewsML-G2" '
        f'standardversion="2.34"><itemMeta>{FIRST}{kept}</itemMeta><contentMeta>{content}'
        f"</contentMeta><contentSet><inlineData>{SHOCKING}</inlineData></contentSet></newsItem>"
    )


@pytest.fixture(scope="module")
def newsml_mistakes() -> Callable[[str], list[str]]:
    try:
        from lxml import etree
    except ImportError:
        require(False, "lxml is not installed")
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "newsml-g2-parts.xsd"))

    def mistakes(text: str) -> list[str]:
        schema.validate(etree.fromstring(text.encode()))
        return [error.message for error in schema.error_log]

    return mistakes


@pytest.mark.parametrize(
    ("item_meta", "content_meta"),
    [
        *(([name], ["headline"]) for name in ITEM_META),
        *(([], [name]) for name in CONTENT_META),
        ([], []),
        (ITEM_META, CONTENT_META),
        (ITEM_META * 2, []),
    ],
    ids=lambda names: "-".join(names) if len(names) < 2 else "many",
)
def test_newsml_stays_valid_beside_any_other_element(
    item_meta: list[str], content_meta: list[str], newsml_mistakes: Callable[[str], list[str]]
):
    source = news_item(sorted(item_meta, key=ITEM_META.index), content_meta)
    # An item with two profiles is wrong before we touch it; ours must add no mistake of its own.
    before = newsml_mistakes(source)
    tagged = str(tag(source, classifier=ALL_CODES))
    assert tagged.count("<signal qcode=") == 4
    assert tagged.count("<rating ") == 2
    assert newsml_mistakes(tagged) == before
    assert untag(tagged) == source


def test_newsml_in_a_message_and_with_a_removed_tag_stays_valid(
    newsml_mistakes: Callable[[str], list[str]],
):
    item = news_item(["edNote", "link"], ["headline"])
    message = (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>'
        f"{item}{item}</itemSet></newsMessage>"
    )
    tagged = str(tag(message, classifier=CLF))
    assert tagged.count("<signal ") == 4
    assert newsml_mistakes(tagged) == []
    removed = str(tag(message, classifier=CLF, overrides=REMOVED))
    assert "<signal " not in removed
    assert newsml_mistakes(removed) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<signal ", "<pubStatus/><signal ", "'{http://iptc.org/std/nar/2006-10-01/}pubStatus'"),
        ("<rating ", "<icon/><rating ", "'{http://iptc.org/std/nar/2006-10-01/}icon'"),
        ("<edNote>", "<link/><edNote>", "'{http://iptc.org/std/nar/2006-10-01/}edNote'"),
        ('scalemin="0" ', "", "'scalemin' is required"),
        ('qcode="cwarn:violence"', 'qcode="violence"', "pattern"),
    ],
)
def test_the_schema_sees_mistakes(
    before: str, after: str, said: str, newsml_mistakes: Callable[[str], list[str]]
):
    tagged = str(tag(news_item(["pubStatus"], ["urgency", "headline"]), classifier=CLF))
    assert newsml_mistakes(tagged) == []
    assert any(said in mistake for mistake in newsml_mistakes(tagged.replace(before, after, 1)))


# --- ninjs ----------------------------------------------------------------------------------------

NINJS: dict[str, dict[str, Any]] = {
    "1": {"uri": "x:item", "headline": SHOCKING, "body_html": "<p>x</p>", "versioncreated": "2026"},
    "2": {
        "uri": "x:item",
        "headlines": [{"value": SHOCKING}],
        "bodies": [{"contenttype": "text/plain", "value": "x"}],
    },
    "3": {
        "standard": {"name": "ninjs", "version": "3.3"},
        "uri": "x:item",
        "headlines": [{"role": "main", "value": SHOCKING}],
        "bodies": [{"contentType": "text/html", "value": "<p>x</p>"}],
    },
}
#: What an item may have already where we write.
COMPANY: dict[str, list[dict[str, Any]]] = {
    "1": [{}, {"ednote": "Check."}, {"subject": [{"name": "a"}]}, {"description_text": "d"}],
    "2": [{}, {"ednote": ""}, {"subjects": []}, {"descriptions": [{"value": "d"}]}],
    "3": [{}, {"edNote": "Check."}, {"subjects": [{"uri": "a:b"}]}, {"descriptions": []}],
}


def ninjs_mistakes(version: str, item: object) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema")
    whole = json.loads((SCHEMAS / "ninjs-parts.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(whole)
    validator = jsonschema.Draft202012Validator({**whole, "$ref": f"#/$defs/{version}"})
    return [error.message for error in validator.iter_errors(item)]


@pytest.mark.parametrize(
    ("version", "company"), [(v, more) for v, cases in COMPANY.items() for more in cases]
)
def test_ninjs_stays_valid(version: str, company: dict[str, Any]):
    source = json.dumps(NINJS[version] | company)
    assert ninjs_mistakes(version, json.loads(source)) == []
    tagged = str(tag(source, classifier=ALL_CODES))
    assert tagged.count("cwarn:") == 4
    assert ninjs_mistakes(version, json.loads(tagged)) == []
    removed = str(tag(source, classifier=CLF, overrides=REMOVED, name="item"))
    assert "cwarn:" not in removed
    assert ninjs_mistakes(version, json.loads(removed)) == []
    assert untag(tagged) == untag(removed) == source


@pytest.mark.parametrize("version", NINJS)
def test_the_ninjs_schema_sees_mistakes(version: str):
    tagged = json.loads(str(tag(json.dumps(NINJS[version]), classifier=CLF)))
    assert "contentWarnings" in ninjs_mistakes(version, tagged | {"contentWarnings": []})[0]
    subjects = tagged["subject" if version == "1" else "subjects"]
    subjects[0]["severity"] = 3
    assert "severity" in ninjs_mistakes(version, tagged)[0]
    subjects[0] = {"confidence": 101}
    assert "101" in ninjs_mistakes(version, tagged)[0]
