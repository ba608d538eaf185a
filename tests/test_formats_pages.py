# ruff: noqa: E501 - a row of a table is read more easily as one line
"""Awkward pages: what is read of them, and that tagging keeps every byte."""

import re

import pytest

from classifier.errors import InputError
from classifier.formats import read_items, tag, untag
from classifier.formats.article import read_text
from classifier.formats.html_tokens import tokens
from tests.fake_classifier import FakeClassifier
from tests.pages_data import awkward_pages

PAGES = awkward_pages()
IDS = [name for name, _, _ in PAGES]


def blocks(page: str | bytes) -> list[str]:
    (item,) = read_items(page, format="html")
    found = re.split(r"\n\n+", item.text)
    return [re.sub(r"\s*\n\s*", " / ", b.strip()).replace("\xa0", " ") for b in found if b.strip()]


def test_there_are_at_least_sixty_pages():
    assert len(PAGES) >= 60
    assert len(set(IDS)) == len(PAGES)


@pytest.mark.parametrize(("name", "page", "expected"), PAGES, ids=IDS)
def test_what_is_read(name: str, page: str, expected: list[str]):
    assert blocks(page) == [b.replace("\xa0", " ") for b in expected]


@pytest.mark.parametrize(("name", "page", "expected"), PAGES, ids=IDS)
@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("place", ["article-start", "after-headline"])
def test_round_trip(name: str, page: str, expected: list[str], wrap: bool, place: str):
    classifier = FakeClassifier({"html": {"wrap": wrap, "place": place}})
    tagged = tag(page, format="html", classifier=classifier)
    assert (tagged != page) == any("fuck" in block.lower() for block in expected)
    assert tag(tagged, format="html", classifier=classifier) == tagged
    assert untag(tagged, format="html") == page


@pytest.mark.parametrize(("name", "page", "expected"), PAGES, ids=IDS)
def test_the_notice_is_not_read_and_moves_no_text(name: str, page: str, expected: list[str]):
    tagged = tag(page, format="html", classifier=FakeClassifier({"html": {"wrap": True}}))
    assert blocks(tagged) == blocks(page)


@pytest.mark.parametrize(("name", "page", "expected"), PAGES, ids=IDS)
def test_tokens_cover_the_page(name: str, page: str, expected: list[str]):
    pieces = [page[t.start : t.end] for t in tokens(page)]
    assert "".join(pieces) == page


@pytest.mark.parametrize(("name", "page", "expected"), PAGES, ids=IDS)
def test_offsets_lead_to_the_characters(name: str, page: str, expected: list[str]):
    text, places = read_text(page)
    assert len(text) == len(places)
    for character, (start, end) in zip(text, places, strict=True):
        if character.isalnum() and page[start : start + 1] != "&":
            assert page[start:end] == character


@pytest.mark.parametrize(("name", "page", "expected"), PAGES, ids=IDS)
def test_masking_keeps_everything_but_the_words(name: str, page: str, expected: list[str]):
    classifier = FakeClassifier({"mask": {"style": "hyphen"}, "html": {"json_ld": False}})
    masked = tag(page, format="html", classifier=classifier)
    assert tag(masked, format="html", classifier=classifier) == masked
    body = re.sub(r"<aside.*?</aside>\n", "", masked, flags=re.DOTALL)
    readable = "".join(blocks(body)).lower()
    in_code = "<pre>" in page
    assert ("fuck" in readable) == in_code


ENCODED = [
    ("utf-8", "<p>fuck é</p>".encode(), "fuck é"),
    ("utf-8 with a mark", b"\xef\xbb\xbf<p>fuck \xc3\xa9</p>", "fuck é"),
    ("utf-16 little endian with a mark", b"\xff\xfe" + "<p>fuck é😀</p>".encode("utf-16-le"), "fuck é😀"),
    ("utf-16 big endian with a mark", b"\xfe\xff" + "<p>fuck é</p>".encode("utf-16-be"), "fuck é"),
    ("latin-1 is read as windows-1252", b"<meta charset=iso-8859-1><p>fuck \x93\xe9\x94</p>", "fuck “é”"),
    ("windows-1252 with a hole", b"<meta charset='windows-1252'><p>fuck \x81\xe9</p>", "fuck \x81é"),
    ("http-equiv", b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>fuck \xe6</p>', "fuck ж"),
    ("shift_jis", "<meta charset=Shift_JIS><p>fuck 日本</p>".encode("cp932"), "fuck 日本"),
    ("gb2312 is read as gb18030", "<meta charset=gb2312><p>fuck 中</p>".encode("gb18030"), "fuck 中"),
    ("koi8-r", "<meta charset=koi8-r><p>fuck ж</p>".encode("koi8-r"), "fuck ж"),
    ("a charset in a comment does not count", "<!-- <meta charset=latin1> --><p>fuck é</p>".encode(), "fuck é"),
    ("the mark wins over the meta", b"\xef\xbb\xbf<meta charset=latin1><p>fuck \xc3\xa9</p>", "fuck é"),
    ("the XML declaration", b'<?xml version="1.0" encoding="ISO-8859-1"?><html><body><p>fuck \xe9</p></body></html>', "fuck é"),
    ("utf-16 in a meta cannot be true", "<meta charset=utf-16><p>fuck é</p>".encode(), "fuck é"),
    ("carriage returns", b"<p>oh\r\nfuck</p>\r\n", "oh fuck"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "page", "expected"), ENCODED, ids=[e[0] for e in ENCODED])
def test_charsets(name: str, page: bytes, expected: str):
    assert blocks(page) == [expected]
    classifier = FakeClassifier()
    tagged = tag(page, format="html", classifier=classifier)
    assert isinstance(tagged, bytes)
    assert tagged != page
    assert tag(tagged, format="html", classifier=classifier) == tagged
    assert untag(tagged, format="html") == page


def test_undecodable_bytes_are_named_by_file_and_offset():
    with pytest.raises(
        InputError, match=r"page\.html:1:9: not utf-8 at byte 8 \(0xe9;.*--encoding"
    ):
        tag(b"<p>fuck \xe9</p>", name="page.html", classifier=FakeClassifier())


def test_the_encoding_can_be_given():
    page = b"<p>fuck \xe9</p>"
    tagged = tag(page, encoding="latin-1", format="html", classifier=FakeClassifier())
    assert untag(tagged, encoding="latin-1", format="html") == page


def test_a_notice_that_the_charset_cannot_hold_is_written_as_references():
    policy = {"notice": {"lead": "Ž\N{EM DASH}"}, "html": {"json_ld": False}}
    page = b"<meta charset=iso-8859-2><p>fuck</p>"
    tagged = tag(page, format="html", classifier=FakeClassifier(policy))
    assert b"&#381;&#8212;" in tagged
    assert untag(tagged, format="html") == page


@pytest.mark.parametrize(
    "hostile",
    [
        "<a " * 60_000,
        "<a b='" * 60_000,
        "<!--" * 60_000,
        "<!" * 60_000,
        "<" * 200_000,
        "&#" * 100_000,
        "</p" * 60_000,
        "<script>" * 40_000,
        "<div>" * 20_000,
        "<p>" * 40_000,
        "<b><p></b>" * 10_000,
        "<table><tr><td>" * 5_000,
        "<sup>" * 20_000,
        "<b>x" * 20_000,
        "<p><table><tr><td>" + "<b><div>" * 10_000,
        "fuck@" * 30_000,
    ],
    ids=lambda text: text[:8],
)
def test_hostile_pages_take_no_longer_than_their_size(hostile: str):
    import time

    start = time.process_time()
    read_items(hostile, format="html")
    assert time.process_time() - start < 5
