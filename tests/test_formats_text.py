# ruff: noqa: E501 - a row of a table is read more easily as one line
"""Text, Markdown, HTML: notices, existing warnings, masks, overrides, the sidecar."""

import json
import re

import pytest

from classifier.errors import InputError
from classifier.formats import read_items, tag, tag_item, untag
from classifier.formats.article import read_text
from classifier.formats.existing import warned_of
from classifier.formats.perspective import perspective
from classifier.formats.sidecar import schema, sidecar, sidecar_overrides
from classifier.formats.source import read_source
from classifier.formats.tagging import model_digest
from classifier.masking import mask_word
from classifier.overrides import Override, load_overrides
from classifier.policy import load_policy
from tests.fake_classifier import FakeClassifier

CLF = FakeClassifier()


# --- notices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fuck", "contains strong language."),
        ("shit", "contains language that some readers may find offensive."),
        ("He was stabbed.", "contains descriptions of violence."),
        (
            "gore",
            "contains graphic descriptions of violence that some readers may find distressing.",
        ),
        ("killed. killed. killed.", "contains repeated reports of violence."),
        ("stabbed. fuck.", "contains descriptions of violence, and strong language."),
    ],
)
def test_wording(text: str, said: str):
    assert tag(text, classifier=CLF).partition(" [")[0] == f"Content warning: this article {said}"


def test_a_policy_gives_the_words_of_another_language():
    policy = {"notice": {"lead": "Achtung:", "sentence": "dieser {item} enthält {what}.", "item": "Text",
                         "profanity": ["a", "b", "derbe Sprache"]}}  # fmt: skip
    assert tag("fuck", classifier=FakeClassifier(policy)).startswith(
        "Achtung: dieser Text enthält derbe Sprache."
    )


def test_notices_are_replaced_when_the_levels_change():
    tagged = tag("shit", classifier=CLF)
    assert "strong language" in tag(tagged + " fuck", classifier=CLF)
    assert tag(tagged, classifier=CLF) == tagged


def test_line_ends_are_kept():
    assert tag("fuck\r\nx", classifier=CLF).count("\r\n") == 3


def test_aside_is_accessible():
    lxml = pytest.importorskip("lxml.html")
    page = lxml.fromstring(tag("<article><h1>x</h1><p>fuck</article>", classifier=CLF))
    (aside,) = page.iter("aside")
    assert aside.get("role") == "note"
    assert aside.get("aria-label") == "Content warning"
    assert aside.get("lang") == "en"
    assert aside.text_content() == "Content warning: this article contains strong language."
    assert aside.get("data-content-warning") == "cwarn:language"
    assert next(page.iter("h1")).getprevious().tag == "script"


def test_json_ld_never_says_family_friendly_true():
    mild = tag("<p>shit</p>", format="html", classifier=CLF)
    strong = tag("<p>fuck</p>", format="html", classifier=CLF)
    assert "isFamilyFriendly" not in mild
    assert '"isFamilyFriendly":false' in strong


def test_json_ld_of_the_page_is_extended_and_stays_json():
    page = '<script type="application/ld+json">{"@type": "NewsArticle", "keywords": "a, b"}</script><p>fuck</p>'
    tagged = tag(page, format="html", classifier=CLF)
    block = json.loads(tagged.partition('json">')[2].partition("</script>")[0])
    assert block["keywords"][-1] == "a, b"
    assert block["keywords"][0]["termCode"] == "language"
    assert block["isFamilyFriendly"] is False
    assert tagged.count("ld+json") == 1


def test_what_the_page_says_of_itself_stays():
    page = '<script type="application/ld+json">{"@type":"Article","isFamilyFriendly":true}</script><p>fuck</p>'
    assert '"isFamilyFriendly":true' in tag(page, format="html", classifier=CLF)


def test_iptc_extras():
    policy = {"iptc": {"death": True, "suffering": True}, "markdown": {"place": "front-matter"}}
    tagged = tag(
        "He was tortured until he was killed.", format="markdown", classifier=FakeClassifier(policy)
    )
    assert "content_warnings: [violence, death, suffering]" in tagged


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Head\n\nOne *two*\nthree **fu**ck.\n", "Head\n\nOne two three fuck."),
        ("f***ing and s*** and [expletive]", "f***ing and s*** and [expletive]"),
        ("a [link](http://fuck.com) b", "a link b"),
        ("![alt](x.png) b", "alt b"),
        ("- one\n- two\n> three", "one\n\ntwo\n\nthree"),
        ("```\nfuck\n```\nx", "x"),
        ("x <!-- fuck --> y", "x  y"),
        (r"f\*\*k &amp; co", "f**k & co"),
        ("Head\n====\ntext", "Head\n\ntext"),
        ("snake_case_word", "snake_case_word"),
    ],
)
def test_markdown_is_read(source: str, text: str):
    assert read_items(source, format="markdown")[0].text.strip() == text


def test_markdown_agrees_with_a_commonmark_reader():
    markdown_it = pytest.importorskip("markdown_it")
    source = (
        "# A *b* c\n\nOne **two** `three` [four](x) five  \nsix &amp; seven\n\n1. eight\n2. nine\n"
    )
    html = markdown_it.MarkdownIt().render(source)
    ours = read_items(source, format="markdown")[0].text.split()
    assert ours == read_items(html, format="html")[0].text.split()


# --- existing warnings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Warning: strong language\n\nx", ["profanity"]),
        ("WARNING: This story contains graphic violence.\nx", ["violence"]),
        ("CW: gore, swearing\nx", ["violence", "profanity"]),
        ("TW // blood\nx", ["violence"]),
        ("CN injury, slurs\nx", ["violence", "profanity"]),
        ("cn tower murder trial opens\nx", []),
        ("ATTENTION EDITORS - VISUAL COVERAGE OF SCENES OF INJURY OR DEATH\nx", ["violence"]),
        ("Please be warned: strong language below\nx", ["profanity"]),
        ("TW - suicide\nx", ["violence"]),
        ("Eds: Story includes vulgarity.\nx", ["profanity"]),
        ("Editor's note: this story may be offensive to some readers.", ["profanity"]),
        ("This article contains descriptions of violence that some readers may find distressing.", ["violence"]),
        ("Viewer discretion is advised.", ["violence", "profanity"]),
        ("NSFW\nx", ["violence", "profanity"]),
        ("Warning: floods are expected.\nx", []),
        ("He gave a warning about violence in June.", []),
        ("Some people may be killed by the violence, they said.", []),
        ("x\n" * 500 + "Warning: strong language", []),
    ],
)  # fmt: skip
def test_warnings_of_others_are_recognised(text: str, labels: list[str]):
    assert list(warned_of(text)) == labels


def test_a_warning_is_not_doubled():
    source = "Warning: this article contains strong language.\n\nfuck"
    assert tag(source, classifier=CLF) == source
    page = '<div class="warning">Contains strong language</div><article>fuck</article>'
    assert "<aside" not in tag(page, format="html", classifier=CLF)


def test_only_what_is_missing_is_added():
    tagged = tag("Warning: strong language\n\nfuck. stabbed.", classifier=CLF)
    assert tagged.startswith("Content warning: this article contains descriptions of violence. [")


# --- masks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "masked"), [("hyphen", "f---"), ("asterisk", "f***"), ("bracket", "[expletive]")]
)
def test_masks(style: str, masked: str):
    assert mask_word("fuck", style) == masked
    house = FakeClassifier({"mask": {"style": style}})
    tagged = tag("fuck and damn", classifier=house)
    assert tagged.endswith(f"{masked} and damn")
    assert "profanity=3" in tagged
    assert tag(tagged, classifier=house) == tagged
    with pytest.raises(InputError) as caught:
        untag(tagged, name="x.txt")
    assert "x.txt: cannot untag" in str(caught.value)
    assert masked in str(caught.value)


def test_the_mask_stays_known_without_the_option():
    tagged = tag("fuck", classifier=FakeClassifier({"mask": {"style": "hyphen"}}))
    assert "profanity=3" in tag(tagged, classifier=CLF)


@pytest.mark.parametrize(
    ("format", "source"),
    [
        ("html", '<p title="fuck">x</p><img alt="fuck"><code>fuck</code><a href="/fuck">http://fuck.com/fuck</a>'),
        ("markdown", "`fuck` <http://fuck.com> [x](fuck) http://x.com/fuck fuck@fuck.com"),
        ("text", "http://x.com/fuck www.fuck.com/fuck fuck@fuck.com"),
    ],
)  # fmt: skip
def test_addresses_attributes_and_code_are_never_masked(format: str, source: str):
    house = FakeClassifier({"mask": {"style": "asterisk"}, "html": {"json_ld": False}})
    assert tag(source, format=format, classifier=house).endswith(source)


def test_markdown_stars_are_escaped():
    house = FakeClassifier({"mask": {"style": "asterisk"}})
    assert tag("fuck", format="markdown", classifier=house).endswith("f\\*\\*\\*")


def test_other_formats_refuse_masks():
    house = FakeClassifier({"mask": {"style": "hyphen"}})
    with pytest.raises(InputError, match="not in mastodon"):
        tag('{"status": "fuck"}', classifier=house)


# --- the editor decides ---------------------------------------------------------------------------


def override(action: str, tag_name: str = "profanity", item: str = "x.txt") -> Override:
    return Override(item, tag_name, action, "A. Editor", "2026-11-21", "the quote is the story")  # type: ignore[arg-type]


def test_a_tag_can_be_removed_and_forced():
    removed = tag("fuck", classifier=CLF, overrides=[override("remove")], name="x.txt")
    assert removed.startswith("[forewarn/1 violence=0 profanity=3 tags= ")
    assert removed.endswith("]\n\nfuck")
    forced = tag("boats", classifier=CLF, overrides=[override("add")], name="a/x.txt")
    assert forced.startswith("Content warning: this article contains language that some")


def test_overrides_of_other_items_do_not_count():
    assert tag("fuck", classifier=CLF, overrides=[override("remove")], name="y.txt") != "fuck"


def test_an_override_survives_tagging_again_and_is_shown():
    forced = tag("boats", classifier=CLF, overrides=[override("add")], name="x.txt")
    again = tag_item(forced, classifier=CLF, name="x.txt")
    assert again.output == forced
    assert again.items[0].verdict.why == {
        "profanity": "forced by A. Editor, 2026-11-21: the quote is the story"
    }
    assert untag(forced) == "boats"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'[[override]]\nwho = "\xff"', r"o\.toml:2: not UTF-8 at byte 20"),
        (b"#\n[[override]\n", r"o\.toml:2:11: not TOML"),
    ],
)
def test_an_overrides_file_that_cannot_be_read_is_named_by_line(tmp_path, text: bytes, said: str):
    path = tmp_path / "o.toml"
    path.write_bytes(text)
    with pytest.raises(InputError, match=said):
        load_overrides(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff{}", "x.json: not utf-8 at byte 0"),
        ('{"schema":', "x.json:1:11: not JSON"),
        ('{"schema": "urn:forewarn:sidecar:1", "overrides": 5}', "overrides must be a list, not 5"),
        ("[]", "not a sidecar of forewarn"),
    ],
)
def test_a_broken_sidecar_is_named(text: str | bytes, said: str):
    with pytest.raises(InputError, match=said):
        sidecar_overrides(text, "x.json")


def test_utf_16_without_a_mark_can_be_named():
    source = "He said fuck.".encode("utf-16-le")
    with pytest.raises(InputError, match=r"x\.txt:1:2: holds NUL characters"):
        tag(source, classifier=CLF, name="x.txt")
    tagged = tag(source, classifier=CLF, encoding="utf-16")
    assert tagged.decode("utf-16-le").startswith("Content warning")
    assert untag(tagged, encoding="utf-16") == source


def test_wrong_bytes_are_named_by_line_and_column():
    with pytest.raises(
        InputError, match=r"x\.html:2:4: not utf-8 at byte 24 \(0xe9; it declares utf-8\)"
    ):
        tag(b"<meta charset=utf-8>\n<p>\xe9", classifier=CLF, name="x.html")


def test_a_later_override_takes_the_place_of_an_earlier_one():
    removed = tag("fuck", classifier=CLF, overrides=[override("remove")], name="x.txt")
    forced = tag(removed, classifier=CLF, overrides=[override("add")], name="x.txt")
    assert forced.startswith("Content warning: ")
    assert untag(forced) == "fuck"


def test_a_removed_tag_leaves_nothing_to_be_seen():
    page = "<article><h1>x</h1><p>fuck</article>"
    removed = tag(
        page, classifier=CLF, overrides=[override("remove", item="a.html")], name="a.html"
    )
    assert removed.startswith("<article><template data-forewarn=")
    assert read_items(removed)[0].text == read_items(page)[0].text
    note = tag("# fuck\n", classifier=CLF, overrides=[override("remove", item="a.md")], name="a.md")
    assert note.startswith("<!--forewarn/1 ")
    assert note.endswith("-->\n\n# fuck\n")


def test_masks_are_recorded_even_when_no_notice_is_needed():
    house = FakeClassifier({"mask": {"style": "hyphen"}})
    masked = tag("Warning: strong language\n\nfuck", classifier=house)
    assert masked.startswith("[forewarn/1 ")
    with pytest.raises(InputError, match="cannot be brought back: f---"):
        untag(masked)


def test_override_files(tmp_path):
    path = tmp_path / "o.toml"
    path.write_text(
        '[[override]]\nitem = "x"\ntag = "profanity"\naction = "add"\nwho = "E"\nwhen = 2026-11-21\nwhy = "w"\n'
    )
    assert load_overrides(path) == (Override("x", "profanity", "add", "E", "2026-11-21", "w"),)
    path.write_text('[[override]]\nitem = "x"\ntag = "gore"\n\n[[override]]\nitm = "x"\n')
    with pytest.raises(InputError) as caught:
        load_overrides(path)
    assert f"{path}:1: override 1: tag must be one of" in str(caught.value)
    assert f"{path}:5: override 2: unknown key 'itm'" in str(caught.value)


# --- the sidecar and Perspective ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.txt", "He said fuck. They were killed."),
        ("a.html", "<article><h1>stabbed</h1><p>fu<b>ck</b> &eacute;</p><img alt='gore'></article>"),
        ("a.xml", "<rss><channel><item><guid>1</guid><title>fuck</title></item><item><title>a & b</titel></item></channel></rss>"),
        ("a.json", '{"status": "clean"}'),
        ("a.txt", ""),
    ],
)  # fmt: skip
def test_sidecars_follow_the_schema(name: str, source: str):
    jsonschema = pytest.importorskip("jsonschema")
    tagged = tag_item(
        source, classifier=CLF, name=name, overrides=[override("add", item=name)], write=False
    )
    read = read_source(source, name=name)
    found = sidecar(source, read, tagged, policy=CLF.policy, model=model_digest(CLF), overrides=[override("add", item=name)])  # fmt: skip
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(found)
    for item, read_item in zip(found["items"], tagged.items, strict=True):
        for sentence in item["sentences"]:
            assert read_item.item.text[sentence["start"] : sentence["end"]] == sentence["text"]
    assert sidecar_overrides(json.dumps(found), "x") == (override("add", item=name),)


def test_the_result_says_where_each_flagged_sentence_stands():
    source = "<article><h1>stabbed</h1>\n<p>oh\nfu<b>ck</b>.</p><img alt='gore'></article>"
    flags = tag_item(source, classifier=CLF, name="a.html").items[0].flags
    assert [(f.field, f.line, f.column, source[f.start : f.end]) for f in flags] == [
        ("headline", 1, 14, "stabbed"),
        ("body", 2, 4, "oh\nfu<b>ck</b>."),
        ("alt", 3, 27, "gore"),
    ]


def test_perspective_shape():
    found = perspective(CLF.predict("Nice. fuck."), load_policy())
    score = found["attributeScores"]["PROFANITY"]
    assert score["summaryScore"] == {"value": 0.9, "type": "PROBABILITY"}
    assert [(s["begin"], s["end"], s["score"]["value"]) for s in score["spanScores"]] == [
        (0, 5, 0.1),
        (6, 11, 0.9),
    ]
    assert found["languages"] == ["en"]


def test_neighbouring_passages_are_folded_together_and_say_what_they_hold():
    clf = FakeClassifier({"html": {"wrap": True}})
    page = "<p>fuck</p>\n<p>stabbed</p> <p>boats</p><p>gore</p>"
    tagged = tag(page, format="html", classifier=clf)
    assert re.findall("<summary>(.*?)</summary>", tagged) == [
        "Show the passage (violence and strong language)",
        "Show the passage (violence)",
    ]
    assert "</summary><p>fuck</p>\n<p>stabbed</p></details><!--forewarn--> <p>boats" in tagged
    assert tag(tagged, format="html", classifier=clf) == tagged
    assert untag(tagged, format="html") == page


def test_every_word_of_a_desk_note_is_a_setting():
    notice = {
        "eds": "Red.: {what}.",
        "eds_join": " und ",
        "eds_violence": "A",
        "eds_profanity": "B",
    }
    item = '{"uri":"u","headline":"stabbed fuck","versioncreated":"x"}'
    tagged = tag(item, format="ninjs", classifier=FakeClassifier({"notice": notice}))
    assert json.loads(tagged)["ednote"] == "Red.: B und A."


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ("content_warnings: [violence, language]", None),
        ("content_warnings:\n- violence\n- language", None),
        ("content_warnings:\n  - violence", "strong language"),
        ("content_warnings: []", "descriptions of violence, and strong language"),
    ],
)
def test_warnings_in_the_front_matter_are_warnings(theirs: str, said: str | None):
    source = f"---\n{theirs}\na: b\n---\n\nHe was stabbed. fuck\n"
    tagged = tag(source, format="markdown", classifier=FakeClassifier())
    assert (tagged == source) if said is None else f"this article contains {said}." in tagged
    assert untag(tagged, format="markdown") == source


def test_places_count_what_we_wrote():
    first = tag("stabbed.\n", classifier=FakeClassifier())
    (item,) = tag_item(first, classifier=FakeClassifier(), write=False).items
    (flag,) = item.flags
    assert (flag.line, flag.column) == (3, 1)
    assert first[flag.start : flag.end] == "stabbed."
    text, places = read_text("<aside data-forewarn='1'></aside><p>ab</p>")
    assert (text, places) == ("ab", [(36, 37), (37, 38)])


def test_all_mistakes_of_an_override_are_named(tmp_path):
    path = tmp_path / "o.toml"
    path.write_text('\n[[override]]\nitem = "x"\ntag = "gore"\naction = 3\nwho = ""\nhow = 1\n')
    with pytest.raises(InputError) as caught:
        load_overrides(path)
    for said in ("o.toml:2: override 1: unknown key 'how'", "tag must be one of graphic-violence",
                 "action must be a text, not 3", "who is empty", "when is missing", "why is missing"):  # fmt: skip
        assert said in str(caught.value)


def test_an_override_of_an_item_called_by_a_blank_is_remembered():
    feed = "<rss><channel><item><guid> </guid><title>fuck</title></item></channel></rss>"
    item = '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid=" "><itemMeta><a/></itemMeta></newsItem>'
    removed = Override("x", "profanity", "remove", "E", "today", "w")
    for source in (feed, item):
        first = tag(source, classifier=CLF, name="x", overrides=[removed])
        assert first != source
        assert tag(first, classifier=CLF, name="moved") == first
