"""Sentence spans: one case for each rule, what holds for any text, and hostile input."""

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifier.sentences import (
    MAX_BLOCK,
    MAX_SENTENCE,
    WRAP_WIDTH,
    _asked,
    _ends,
    split_sentences,
)


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


# --- one case a rule -----------------------------------------------------------------------------

WRAPPED = """The pilot was on his way home from the meeting,
in a van that was stopped, as it had been before,
by men who knew the road."""

CASES = {
    "nothing": ("", []),
    "white space is nothing": (" \n\t\u00a0\u2003 ", []),
    "one sentence": ("It rained.", ["It rained."]),
    "no full stop": ("Three held", ["Three held"]),
    "two sentences": ("It rained. Nobody came.", ["It rained.", "Nobody came."]),
    "white space around is outside": ("  It rained.  \n", ["It rained."]),
    "question, exclamation": ("Why? Go! Now.", ["Why?", "Go!", "Now."]),
    "a line break ends a headline": (
        "Three held\nPolice arrested three men.",
        ["Three held", "Police arrested three men."],
    ),
    "Windows line breaks": ("One line\r\nAnother line", ["One line", "Another line"]),
    "old Mac line breaks": ("One line\rAnother line", ["One line", "Another line"]),
    "Unicode line and paragraph separators": ("One\u2028Two\u2029Three", ["One", "Two", "Three"]),
    "bullets": ("- bread\n- milk\n- eggs", ["- bread", "- milk", "- eggs"]),
    "a line that the margin broke goes on": (
        "The pilot was on his way home from the long meeting\nwhen the van was stopped.",
        ["The pilot was on his way home from the long meeting\nwhen the van was stopped."],
    ),
    "and over several lines": (WRAPPED, [WRAPPED]),
    "a short line was ended by its author": (
        "roses are red\nviolets are blue",
        ["roses are red", "violets are blue"],
    ),
    "a blank line always ends": (
        "The pilot was on his way home from the long meeting\n\nwhen the van was stopped.",
        ["The pilot was on his way home from the long meeting", "when the van was stopped."],
    ),
    "a title is no end": ("Mr. Tarrant met Dr. Pugh.", ["Mr. Tarrant met Dr. Pugh."]),
    "nor two ranks in a row": ("He met Lt. Col. Poe. Why?", ["He met Lt. Col. Poe.", "Why?"]),
    "a decimal point is no end": (
        "It rose by 3.5 points. Why?",
        ["It rose by 3.5 points.", "Why?"],
    ),
    "an address is no end": ("See www.example.org for more.", ["See www.example.org for more."]),
    "a quotation's end is an end": (
        '"It rained." Nobody came.',
        ['"It rained."', "Nobody came."],
    ),
    "a quoted question goes on": ('"Why?" he asked.', ['"Why?" he asked.']),
    "brackets are not torn": ("(He came. He left.) Why?", ["(He came. He left.)", "Why?"]),
    "an end that lost its space": (
        "Of the war.Civilians fled.",
        ["Of the war.", "Civilians fled."],
    ),
    "a question that lost its space": ("What next?They said no.", ["What next?", "They said no."]),
    "a run of signs is one end": ("No!!!!!! It rained.", ["No!!!!!!", "It rained."]),
    "a full stop after a no-break space": ("Plan B\u00a0. Why?", ["Plan B\u00a0.", "Why?"]),
    "half a character": ("\ud83d is broken. It rained.", ["\ud83d is broken.", "It rained."]),
    "an astral character is one": ("\U0001f600 fun. It rained.", ["\U0001f600 fun.", "It rained."]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_rule(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_a_line_just_short_of_the_margin_is_not_joined() -> None:
    short, long = "x" * (WRAP_WIDTH - 1), "x" * WRAP_WIDTH
    assert pieces(f"{short}\nand more") == [short, "and more"]
    assert pieces(f"{long}\nand more") == [f"{long}\nand more"]


def test_a_long_sentence_is_cut_at_white_space() -> None:
    found = pieces("word " * 1000)
    assert max(map(len, found)) <= MAX_SENTENCE
    assert " ".join(found).split() == ["word"] * 1000


def test_a_long_word_is_cut_anywhere() -> None:
    assert [len(piece) for piece in pieces("x" * (2 * MAX_SENTENCE + 7))] == [2000, 2000, 7]


def test_a_megabyte_without_a_line_break_is_still_cut_between_sentences() -> None:
    assert set(pieces("Nobody came. " * (3 * MAX_BLOCK // 13))) == {"Nobody came."}


# --- whatever the text ---------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    ["He came. ", "She left", "Mr. ", "Lt. Col. ", "U.S. ", "(", ")", '."', "” ", "“", "?!",
     "!" * 60, "… ", "3.5", "\n", "\r\n", "\r", "\n\n", "\u2028", "\x85", "\x0b", "\x1c",
     "\u00a0", "\u3000",
     "\u200b", "war.Civilians", "http://a.b/c.D", "\U0001f600", "\ud83d", "e\u0301", "f***",
     "and so the line went on until the margin came\n", "x" * 2100, "a. b. c. "]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=25).map("".join))


@given(TEXTS)
@example("Plan B\u00a0.")
def test_ordered_disjoint_and_only_white_space_between(text: str) -> None:
    end = 0
    for start, stop in split_sentences(text):
        assert text[end:start].strip() == ""
        assert end <= start < stop <= len(text)
        assert text[start:stop] == text[start:stop].strip()
        assert stop - start <= MAX_SENTENCE
        end = stop
    assert text[end:].strip() == ""


@given(TEXTS)
@example(' .". ')
def test_white_space_around_a_text_changes_nothing(text: str) -> None:
    moved = split_sentences(f"\n\n  {text}\n ")
    assert [(start - 4, end - 4) for start, end in moved] == split_sentences(text)


@given(TEXTS, TEXTS)
def test_paragraphs_do_not_influence_one_another(one: str, two: str) -> None:
    assert pieces(f"{one}\n\n{two}") == pieces(one) + pieces(two)


WORDS = st.sampled_from(
    ["He", "Poe", "ill", "the war", "Mr", "e.g", "U.S", "B", "(iv)", "12", "#fire", "don't",
     "mid-Jan", "“Why", "“He", '"Go', "(yes", "café", "№", "http://a.b/c", "v2", "al", ". .",
     "-"]
)  # fmt: skip
SIGNS = st.sampled_from(
    [".", ".", "!", "?", "?!", "!!!", ".!", "...", "…", '."', ".”", "?)", ".'", ",", ""]
)
GAPS = st.sampled_from([" ", " ", " ", "  ", ' "', " '", " (", " ! "])


@given(st.lists(st.tuples(WORDS, SIGNS, GAPS).map("".join), min_size=1, max_size=14).map("".join))
@example("It was an. iv. He left. B. He came. civic. Then")
@example('It rained. 12. He came. (b). she went. He said "go." and left. "No." he said')
def test_nupunkt_is_asked_about_parts_and_says_what_it_says_of_the_whole(block: str) -> None:
    block = " ".join(block.split())
    inner = {end for end in _ends(block) if end < len(block)}
    assert inner == {end for end in _asked(block, 0, len(block)) if end < len(block)}


# --- hostile input -------------------------------------------------------------------------------

HOSTILE: dict[str, Callable[[int], str]] = {
    "one word": lambda n: "a" * n,
    "no full stop": lambda n: "word " * (n // 5),
    "only stops": lambda n: "." * n,
    "only !?": lambda n: "!?" * (n // 2),
    "spaced stops": lambda n: "! " * (n // 2),
    "open brackets": lambda n: "(" * n,
    "a bracket never closed": lambda n: "(He came. " * (n // 10),
    "only line breaks": lambda n: "\n" * n,
    "only spaces": lambda n: " " * n,
    "titles": lambda n: "Mr. " * (n // 4),
    "initials": lambda n: "U.S. " * (n // 5),
    "ellipses": lambda n: "… " * (n // 2),
    "numbers": lambda n: "1. " * (n // 3),
    "wrapped lines": lambda n: "a line the margin broke, and it goes on and on\n" * (n // 47),
    "the same, old Mac": lambda n: "a line the margin broke, and it goes on and on\r" * (n // 47),
    "lost spaces": lambda n: "the end.Civilians " * (n // 18),
    "quotation marks": lambda n: '."' * (n // 2),
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_with_the_text_and_not_faster(text: Callable[[int], str]) -> None:
    """Eight times the text may take 40 times as long, for noise; quadratic would be 64."""
    split_sentences("The first call. It loads the model.")

    def seconds(size: int) -> float:
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            split_sentences(text(size))
            best = min(best, time.process_time() - started)
        return best

    assert seconds(160_000) <= 40 * max(seconds(20_000), 0.0005)
