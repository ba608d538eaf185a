"""Markdown: a block quote in front of the body, ``content_warnings`` in the front matter."""

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Final

from classifier.formats.item import Item, Stripped
from classifier.formats.receipt import find_receipt
from classifier.formats.source import Source
from classifier.formats.splice import Edit
from classifier.formats.text import addresses, line_end
from classifier.formats.textmap import TextMap
from classifier.formats.verdict import Verdict
from classifier.policy import Policy

_FRONT: Final = re.compile(
    r"\A(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<inside>(?:.*\r?\n)*?)(?P=fence)[ \t]*(?:\r?\n|\Z)"
)
_KEY: Final = "content_warnings"
_OUR_KEY: Final = re.compile(
    rf"^{_KEY}[ \t]*[:=][^\r\n]*# (?P<receipt>forewarn/\d+ [^\r\n]*)\r?\n", re.MULTILINE
)
_OUR_NOTICE: Final = re.compile(
    r"^<!--(?P<receipt>forewarn/\d+ [^\r\n>]*)-->\r?\n(?:> [^\r\n]*\r?\n)?\r?\n", re.MULTILINE
)
_THEIR_KEY: Final = re.compile(
    rf"^[\"']?{_KEY}[\"']?[ \t]*[:=](?P<value>.*(?:\r?\n[ \t]+.*|\r?\n- .*)*)", re.MULTILINE
)
_READ_KEYS: Final = re.compile(
    r"""^(?P<key>title|description|summary|subtitle|standfirst|excerpt|dek)[ \t]*[:=]"""
    r"""[ \t]*(?P<quote>["']?)"""
    r"""(?P<value>[^\r\n]*?)(?P=quote)[ \t]*\r?$""",
    re.MULTILINE,
)

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_PREFIX: Final = re.compile(
    r"^[ \t]*(?:>[ \t]?)*(?:(?P<heading>#{1,6})[ \t]+|[-*+][ \t]+|\d{1,9}[.)][ \t]+)?"
)
_RULE: Final = re.compile(
    r"^[ \t]*(?:[-=*_][ \t]*){3,}$|^[ \t]*\|?[ \t:|-]+\|[ \t:|-]*$|^\[[^\]]+\]:\s*\S+.*$"
)
_INLINE: Final = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))"
    r"|(?P<code>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<auto><(?:https?|ftp|mailto):[^<>\s]*>)"
    r"|(?P<tag></?[a-zA-Z][^<>]*>)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
    r"|(?P<image>!\[)"
    r"|(?P<target>\](?:\((?:[^()\\\n]|\\.|\([^()\n]*\))*\)|\[[^\]\n]*\]))"
    r"|(?P<open>\[)"
    r"|(?P<mark>\*{1,3}|_{1,3}|~~)",
    re.DOTALL,
)


class Markdown:
    """Markdown with or without front matter."""

    name = "markdown"
    title = "Markdown: a notice before the body, content_warnings in the front matter"
    fields = "front matter title, description; headings, body, image alt | notice, front matter"
    suffixes = (".md", ".markdown", ".mdown", ".mkd")
    masks = True

    def detects(self, text: str) -> bool:
        return bool(_FRONT.match(text)) or bool(
            re.search(r"(?m)^#{1,6} \S", text) or re.search(r"\[[^\]\n]+\]\(\S+\)", text)
        )

    def read(self, source: Source) -> list[Item]:
        text = source.text
        front = _FRONT.match(text)
        item = Item(anchor=front)
        body_start = front.end() if front else 0
        if front:
            for match in _READ_KEYS.finditer(text, front.start("inside"), front.end("inside")):
                field = TextMap()
                field.add(match["value"], match.start("value"), match.end("value"))
                item.add("headline" if match["key"] == "title" else "standfirst", field)
            item.protected.append((0, body_start))
            if theirs := _THEIR_KEY.search(front["inside"]):
                # Whoever sets the key shows its warnings: that is what it is for.
                item.around.append("Content warning: " + " ".join(theirs["value"].split()))
        body = TextMap()
        for start, end, heading in _paragraphs(text, body_start):
            _read_line(text, start, end, body, item)
            if heading == 1 and not any(part.field == "headline" for part in item.parts):
                if body.text.strip():
                    item.add("headline", body)
                body = TextMap()
        item.add("body", body)
        item.protected += addresses(text[body_start:], body_start)
        return [item]

    def write(
        self, source: Source, items: Sequence[Item], verdicts: Sequence[Verdict], policy: Policy
    ) -> list[Edit]:
        verdict, text = verdicts[0], source.text
        end = line_end(text)
        place = policy.setting("markdown", "place")
        front = _FRONT.match(text)
        edits: list[Edit] = []
        if verdict.tags and front and place != "notice" and _takes_a_key(front):
            edits.append(
                Edit(
                    front.start("inside"),
                    front.start("inside"),
                    _key_line(verdict, front["fence"]) + end,
                )
            )
        elif verdict.tags and not front and place == "front-matter":
            verdict.receipt.undo["made"] = "front"
            edits.append(Edit(0, 0, f"---{end}{_key_line(verdict, '---')}{end}---{end}"))
        quoted = ""
        if place != "front-matter" and verdict.notice:
            lead = policy.notice.lead.strip("*")
            quoted = f"> **{lead}** {verdict.notice_body}" if lead else f"> {verdict.notice_body}"
        if quoted or (verdict.must_be_recorded and not edits):
            start = front.end() if front else 0
            # Front matter that ends the file without a line end must not run into the notice.
            gap = end if front and not front.group().endswith("\n") else ""
            if gap:
                verdict.receipt.undo["gap"] = str(len(gap))
            note = f"<!--{verdict.receipt.to_line()}-->{end}{quoted}{end if quoted else ''}{end}"
            edits.append(Edit(start, start, gap + note))
        return edits

    def strip(self, source: Source) -> Stripped:
        text = source.text
        receipt = None
        edits: list[Edit] = []
        front = _FRONT.match(text)
        start = front.end() if front else 0
        if notice := _OUR_NOTICE.match(text, start):
            receipt = find_receipt(notice["receipt"])
            if receipt and receipt.undo.get("gap", "") in ("1", "2"):
                start -= int(receipt.undo["gap"])
            edits.append(Edit(start, notice.end(), ""))
        if front and (key := _OUR_KEY.search(text, 0, front.end("inside"))):
            receipt = receipt or find_receipt(key["receipt"])
            if receipt and receipt.undo.get("made") == "front" and key.group() == front["inside"]:
                edits.append(Edit(0, front.end(), ""))
            else:
                edits.append(Edit(key.start(), key.end(), ""))
        return Stripped.by(edits, text, (receipt,))


def _takes_a_key(front: re.Match[str]) -> bool:
    inside = front["inside"]
    return not inside.lstrip().startswith(("{", "[", "- ")) and not _THEIR_KEY.search(inside)


def _key_line(verdict: Verdict, fence: str) -> str:
    codes = [code.code for code in verdict.codes]
    listed = f": [{', '.join(codes)}]" if fence == "---" else f" = {json.dumps(codes)}"
    return f"{_KEY}{listed}  # {verdict.receipt.to_line()}"


def _paragraphs(text: str, start: int) -> Iterator[tuple[int, int, int]]:
    """``(start, end, heading level)`` of each line that is read; 0 is ordinary text.

    A line that goes on with the paragraph above it yields a start at the line break before it, so
    that the break is read as a space.
    """
    fence = ""
    open_line = False
    for match in _LINE.finditer(text, start):
        line = match.group().rstrip("\r\n")
        if not match.group():
            break
        opened = _FENCE.match(line)
        if fence:
            if opened and opened.group(1).startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        if opened:
            fence, open_line = opened.group(1), False
            continue
        if not line.strip() or _RULE.match(line):
            open_line = False
            continue
        prefix = _PREFIX.match(line)
        assert prefix is not None
        skip = prefix.end()
        marked = bool(prefix.group().strip())
        heading = len(prefix["heading"] or "")
        joined = open_line and not marked
        yield (
            (match.start() - 1 if joined else match.start() + skip),
            match.start() + len(line),
            heading,
        )
        open_line = not heading


def _read_line(text: str, start: int, end: int, body: TextMap, item: Item) -> None:
    if text[start : start + 1] in ("\n", "\r"):
        body.add(" ", start, start + 1)
        start += 1
        while start < end and text[start] in " \t>":
            start += 1
    elif len(body):
        body.gap("\n\n", start)
    marks = _emphasis(text, start, end)
    place = start
    for match in _INLINE.finditer(text, start, end):
        body.add(text[place : match.start()], place, match.start())
        place = match.end()
        kind = match.lastgroup if match.lastgroup != "ticks" else "code"
        found = match.group()
        if kind == "code":
            ticks = len(match["ticks"])
            item.protected.append(match.span())
            body.add(found[ticks:-ticks], match.start() + ticks, match.end() - ticks)
        elif kind == "escape":
            body.add(found[1], match.start() + 1, match.end())
        elif kind == "entity":
            body.add(unescape(found), *match.span())
        elif kind == "mark" and match.start() not in marks:
            body.add(found, *match.span())
        elif kind in ("tag", "target", "auto", "comment"):
            item.protected.append(match.span())
        elif kind == "open" and not _closes(text, match.end(), end):
            body.add(found, *match.span())
    body.add(text[place:end], place, end)


def _closes(text: str, start: int, end: int) -> bool:
    """Whether a bracket that opens before ``start`` is a link; ``[expletive]`` is not."""
    close = text.find("]", start, end)
    return close >= 0 and text[close + 1 : close + 2] in ("(", "[") and close + 1 < end


def _emphasis(text: str, start: int, end: int) -> set[int]:
    """Where signs are emphasis and not letters of a mask: ``fu**ck**`` but not ``f***``."""
    found: set[int] = set()
    opened: list[re.Match[str]] = []
    for match in re.finditer(r"\*{1,3}|_{1,3}|~~", text[start:end]):
        first, last = match.start() + start, match.end() + start
        before = text[first - 1] if first > start else " "
        after = text[last] if last < end else " "
        word_before, word_after = before.isalnum(), after.isalnum()
        partner = next((m for m in reversed(opened) if m.group() == match.group()), None)
        if partner is not None and not before.isspace():
            inside = text[partner.end() + start : first]
            ahead = partner.start() + start
            glued = ahead > start and text[ahead - 1].isalnum()
            if (
                inside
                and not (glued and (word_after or " " in inside or "*" in inside))
                and not (word_after and " " in inside and not glued and match.group()[0] == "_")
            ):
                found |= {ahead, first}
                opened.remove(partner)
                continue
        if not after.isspace() and (word_after or after in "\"'“‘([*_<" or not word_before):
            opened.append(match)
    return found


FORMAT: Final = Markdown()
