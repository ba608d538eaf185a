"""schema.org in a page: codes in a script block of ours, or in the page's own NewsArticle block.

Only properties that schema.org has: ``keywords`` with DefinedTerms of IPTC's scheme,
``isFamilyFriendly`` (only ever false) and, if the house wants it, ``contentRating``.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from classifier.formats.json_scan import (
    Node,
    add_items,
    add_members,
    dumps,
    remove_items,
    remove_members,
    scan,
)
from classifier.formats.receipt import find_receipt
from classifier.formats.splice import Edit
from classifier.formats.verdict import Verdict
from classifier.policy import Policy
from classifier.taxonomy import CWARN_SCHEME, LEVEL_NAMES, TAGS

_ARTICLES: Final = frozenset(
    "Article NewsArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle "
    "OpinionNewsArticle ReportageNewsArticle ReviewNewsArticle BlogPosting LiveBlogPosting "
    "SocialMediaPosting Report".split()
)


def read_block(text: str) -> Node | None:
    """The nodes of a JSON-LD script; None when it is not JSON (which is not our business)."""
    try:
        json.loads(text)
        return scan(text)
    except (ValueError, RecursionError):
        return None


def article_of(node: Node) -> Node | None:
    """The object in a JSON-LD block that stands for the article."""
    for found in _objects(node, 0):
        if found.types() & _ARTICLES:
            return found
    return None


def _objects(node: Node, depth: int) -> Iterator[Node]:
    if depth > 3:
        return
    if node.kind == "array":
        for item in node.items:
            yield from _objects(item, depth + 1)
    elif node.kind == "object":
        yield node
        for item in node.values("@graph"):
            yield from _objects(item, depth + 1)


def _terms(verdict: Verdict, undo: str) -> list[dict[str, Any]]:
    """Each code as a DefinedTerm; the first carries the receipt."""
    terms = []
    for number, code in enumerate(verdict.codes):
        terms.append(
            {
                "@type": "DefinedTerm",
                "identifier": f"{verdict.receipt.to_line()} ld={undo}"
                if number == 0
                else "forewarn/1",
                "termCode": code.code,
                "name": code.name,
                "inDefinedTermSet": CWARN_SCHEME,
                "url": code.uri,
            }
        )
    return terms


def _facts(verdict: Verdict, policy: Policy) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    from_level = policy.setting("html", "not_family_friendly")
    highest = max((verdict.levels[TAGS[tag]] for tag in verdict.tags), default=0)
    if from_level and highest >= from_level:
        facts["isFamilyFriendly"] = False
    if policy.setting("html", "content_rating"):
        said = ", ".join(
            f"{TAGS[t]} {LEVEL_NAMES[TAGS[t]][verdict.levels[TAGS[t]]]}" for t in verdict.tags
        )
        facts["contentRating"] = {
            "@type": "Rating",
            "author": {"@type": "Organization", "name": "forewarn"},
            "ratingValue": highest,
            "worstRating": 0,
            "bestRating": 3,
            "ratingExplanation": said,
        }
    return facts


def new_block(verdict: Verdict, policy: Policy) -> str:
    """A JSON-LD object of our own, for a page that has none for its article."""
    block = {"@context": "https://schema.org", "@type": "NewsArticle"}
    return dumps({**block, **_facts(verdict, policy), "keywords": _terms(verdict, "new")})


def extend_block(text: str, article: Node, verdict: Verdict, policy: Policy) -> list[Edit]:
    """Edits that put the codes into the page's own block; what it says already stays."""
    facts = {k: v for k, v in _facts(verdict, policy).items() if article.get(k) is None}
    keywords = article.get("keywords")
    undo = "+".join(["new" if keywords is None else keywords.kind, *facts])
    terms = [dumps(term) for term in _terms(verdict, undo)]
    members = [(key, dumps(value)) for key, value in facts.items()]
    if keywords is None:
        return add_members(text, article, [*members, ("keywords", f"[{','.join(terms)}]")])
    edits = add_members(text, article, members)
    if keywords.kind == "array":
        return add_items(text, keywords, terms) + edits
    wrapped = [Edit(keywords.start, keywords.start, f"[{','.join(terms)},")]
    wrapped.append(Edit(keywords.end, keywords.end, "]"))
    return wrapped + edits


def restore_block(article: Node) -> tuple[list[Edit], str]:
    """Edits that take ours out of an article's block, and the receipt that was in it."""
    keywords = article.get("keywords")
    if keywords is None or keywords.kind != "array":
        return [], ""
    ours = [item.text("identifier").startswith("forewarn/") for item in keywords.items]
    if not any(ours):
        return [], ""
    line = next(
        item.text("identifier")
        for item, is_ours in zip(keywords.items, ours, strict=True)
        if is_ours
    )
    receipt = find_receipt(line)
    kind, *facts = (receipt.undo.get("ld", "array") if receipt else "array").split("+")
    gone = set(facts)
    rest = [item for item, is_ours in zip(keywords.items, ours, strict=True) if not is_ours]
    if kind == "new" and not rest:
        return remove_members(article, gone | {"keywords"}), line
    edits = remove_members(article, gone)
    if kind not in ("array", "new") and len(rest) == 1:
        edits += [Edit(keywords.start, rest[0].start, ""), Edit(rest[0].end, keywords.end, "")]
    else:
        edits += remove_items(keywords, ours)
    return edits, line
