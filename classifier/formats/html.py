"""HTML: a visible, accessible notice before the article, codes for machines, folded passages."""

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from classifier.formats.article import Article, read_article
from classifier.formats.html_tokens import Token
from classifier.formats.html_tree import Element, Page, read_page
from classifier.formats.item import Item, Stripped
from classifier.formats.jsonld import article_of, extend_block, new_block, read_block, restore_block
from classifier.formats.notice import details_text
from classifier.formats.receipt import Receipt, find_receipt
from classifier.formats.source import Source
from classifier.formats.splice import Edit
from classifier.formats.verdict import Verdict
from classifier.policy import Policy
from classifier.results import Sentence
from classifier.taxonomy import LABELS, TAGS, Label

#: The attribute by which everything that is ours is found again.
MARK: Final = "data-forewarn"
#: What may stand before the first tag of a page.
_PROLOGUE: Final = re.compile(r"\A(?:\s+|<!--.*?-->|<\?.*?\?>)+", re.DOTALL)
#: Elements that a fragment of an article may begin with.
_FRAGMENT: Final = re.compile(
    r"<(?:p|div|article|body|h[1-6]|br|head|main|span|section|ul|ol|table|figure|blockquote|a|b|i|em|"
    r"strong|img|meta|title|link|script|style|template|header|nav|aside|pre|dl)[\s/>]"
)
_FOLD_END: Final = "</details><!--forewarn-->"


def ascii_markup(text: str) -> str:
    """Text as HTML that any charset can hold."""
    return escape(text).encode("ascii", "xmlcharrefreplace").decode("ascii")


def aside(verdict: Verdict, policy: Policy) -> str:
    """The notice as an ``<aside role="note">``; real text, named for screen readers."""
    codes = " ".join(code.qcode for code in verdict.codes)
    levels = " ".join(f"{label}={verdict.levels[label]}" for label in LABELS)
    lead = policy.notice.lead
    said = f"<strong>{ascii_markup(lead)}</strong> " if lead else ""
    return (
        f'<aside class="{ascii_markup(policy.setting("html", "css_class"))}" role="note" '
        f'aria-label="{ascii_markup(lead.rstrip(":") or "Content warning")}" '
        f'lang="{ascii_markup(policy.notice.language)}" data-content-warning="{codes}" '
        f'data-content-warning-severity="{levels}" {MARK}="{verdict.receipt.to_line()}">'
        f"<p>{said}{ascii_markup(verdict.notice_body)}</p></aside>\n"
    )


class Html:
    """Pages and fragments."""

    name = "html"
    title = "HTML: a notice before the article, JSON-LD, data-* attributes, --wrap"
    fields = (
        "article text: headline, standfirst, body, captions; image alt and title | "
        "aside before the body, JSON-LD"
    )
    suffixes = (".html", ".htm", ".xhtml")
    masks = True

    def detects(self, text: str) -> bool:
        head = _PROLOGUE.sub("", text[:20000]).lower()[:4096]
        if head.startswith(("<!doctype html", "<html")) or "<html" in head:
            return True
        return bool(_FRAGMENT.match(head))

    def read(self, source: Source) -> list[Item]:
        article = read_article(source.text)
        article.item.anchor = article
        return [article.item]

    def write(
        self, source: Source, items: Sequence[Item], verdicts: Sequence[Verdict], policy: Policy
    ) -> list[Edit]:
        verdict, article = verdicts[0], items[0].anchor
        assert isinstance(article, Article)
        place = article.insert_at
        if policy.setting("html", "place") == "after-headline" and article.headline_end:
            place = article.headline_end
        edits: list[Edit] = []
        front = ""
        if verdict.notice:
            front = aside(verdict, policy)
        if verdict.tags and policy.setting("html", "json_ld"):
            extended = _extend(source.text, article.page, verdict, policy)
            edits += extended
            if not extended:
                block = new_block(verdict, policy)
                front += f'<script type="application/ld+json" {MARK}="1">{block}</script>\n'
        if verdict.must_be_recorded and not edits and not front:
            # A template shows nothing and may stand wherever a notice may.
            front = f'<template {MARK}="{verdict.receipt.to_line()}"></template>\n'
        if front:
            edits.append(Edit(place, place, front))
        if policy.setting("html", "wrap"):
            edits += _fold(source.text, items[0], verdict, policy, place)
        return edits

    def strip(self, source: Source) -> Stripped:
        text = source.text
        if "forewarn" not in text:
            return Stripped(text, (None,))
        page = read_page(text)
        receipt: Receipt | None = None
        edits: list[Edit] = []
        for element in page.elements:
            found = None
            if MARK in element.token.raw and (mark := element.token.attribute(MARK)) is not None:
                if element.name == "details":
                    edits += _unfold(text, element, page)
                elif not _covered(element, edits):
                    end = element.end + (text[element.end : element.end + 1] == "\n")
                    edits.append(Edit(element.start, end, ""))
                    found = find_receipt(mark) or find_receipt(text[element.start : element.end])
            elif is_json_ld(element.token):
                undone, line = _restore(text, element)
                edits += undone
                found = find_receipt(line) if line else None
            receipt = receipt or found
        return Stripped.by(edits, text, (receipt,))


def is_json_ld(token: Token) -> bool:
    return (
        token.name == "script"
        and (token.attribute("type") or "").strip().lower() == "application/ld+json"
    )


def _shifted(edits: list[Edit], by: int) -> list[Edit]:
    return [Edit(e.start + by, e.end + by, e.new) for e in edits]


def _extend(text: str, page: Page, verdict: Verdict, policy: Policy) -> list[Edit]:
    for element in page.elements:
        if not is_json_ld(element.token):
            continue
        block = text[element.content_start : element.content_end]
        node = read_block(block)
        article = article_of(node) if node else None
        if article is not None:
            return _shifted(extend_block(block, article, verdict, policy), element.content_start)
    return []


def _restore(text: str, element: Element) -> tuple[list[Edit], str]:
    block = text[element.content_start : element.content_end]
    if "forewarn/" not in block:
        return [], ""
    node = read_block(block)
    article = article_of(node) if node else None
    if article is None:
        return [], ""
    edits, line = restore_block(article)
    return _shifted(edits, element.content_start), line


def _covered(element: Element, edits: list[Edit]) -> bool:
    return any(e.start <= element.start < e.end for e in edits)


def _fold(text: str, item: Item, verdict: Verdict, policy: Policy, place: int) -> list[Edit]:
    """``<details>`` around the blocks that hold a sentence for which a tag was given.

    Neighbours are folded together: two lines to click, one right under the other, are hard to hit.
    """
    flagged = [
        (item.locate(sentence.start, sentence.end)[1], labels)
        for sentence in verdict.document.sentences
        if (labels := _labels(sentence, verdict, policy))
    ]
    folds: list[tuple[int, int, set[Label]]] = []
    for start, end in item.blocks:
        last = folds[-1][1] if folds else 0
        found = set().union(*(labels for first, labels in flagged if start <= first < end))
        if not found or start < last or start < place < end:
            continue
        if folds and not text[last:start].strip() and not last <= place <= start:
            first, _, above = folds.pop()
            start, found = first, found | above
        folds.append((start, end, found))
    css = ascii_markup(policy.setting("html", "css_class"))
    edits: list[Edit] = []
    for start, end, found in folds:
        said = details_text(policy.notice, [label for label in LABELS if label in found])
        summary = f"<summary>{ascii_markup(said)}</summary>"
        edits.append(Edit(start, start, f'<details class="{css}" {MARK}="1">{summary}'))
        edits.append(Edit(end, end, _FOLD_END))
    return edits


def _labels(sentence: Sentence, verdict: Verdict, policy: Policy) -> set[Label]:
    """The labels for which a passage with this sentence is folded away."""
    found = {
        TAGS[tag]
        for tag in verdict.tags
        if sentence.levels[TAGS[tag]] >= (policy.tag_levels[tag] or 2)
    }
    if verdict.tags and _has_masks(sentence, verdict, policy):
        found.add("profanity")
    return found


def _has_masks(sentence: Sentence, verdict: Verdict, policy: Policy) -> bool:
    """Whether words of the sentence are masked now, or were by a former run that folded it."""
    return any(mask in sentence.text for mask in verdict.masks) or (
        policy.mask_style != "none"
        and any(s.label == "profanity" and s.level >= policy.mask_level for s in sentence.spans)
    )


def _unfold(text: str, element: Element, page: Page) -> list[Edit]:
    """Take a fold away and keep its content: the start tag with its summary, the end tag."""
    summary = next((e for e in page.elements if e.parent is element and e.name == "summary"), None)
    if summary is None or summary.start != element.content_start:
        return []
    end = text.find(_FOLD_END, element.start)
    if end < 0:
        return []
    return [Edit(element.start, summary.end, ""), Edit(end, end + len(_FOLD_END), "")]


FORMAT: Final = Html()
