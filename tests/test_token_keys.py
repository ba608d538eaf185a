"""Tokens as numbers: cut exactly as ``str.split`` cuts, found again exactly as in a ``dict``."""

from itertools import accumulate

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from classifier.token_keys import KEY_BYTES, Cut, KeyTable, cut, key_of

SPACES = [chr(code) for code in range(0x10000) if chr(code).isspace()]
PIECES = st.sampled_from(
    [*SPACES, *"ab\0", "\x1c", "é", "’", "\ud83d", "\U0001f600", "x" * 7, "y" * 8, "z" * 16]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join))


def tokens(found: Cut) -> list[str]:
    return [found.token(place) for place in range(len(found.starts))]


@given(st.lists(TEXTS, min_size=1, max_size=6))
@example([""])
@example(["a\x1cb", "", "c"])
@example(["\u3000", "a\u2028b"])
def test_texts_are_cut_as_split_cuts_them(texts: list[str]) -> None:
    found = cut(texts)
    split = [text.split() for text in texts]
    assert tokens(found) == [token for row in split for token in row]
    assert found.ends.tolist() == list(accumulate(map(len, split)))


def test_every_space_of_unicode_parts() -> None:
    texts = [f"a{chr(code)}b" for code in range(0x11000)]
    assert tokens(cut(texts)) == [token for text in texts for token in text.split()]


def test_nothing_stands_before_the_first_token_and_after_the_last() -> None:
    found = cut(["one two"])
    assert [found.token(place) for place in (-1, 0, 1, 2)] == ["", "one", "two", ""]


@given(st.lists(st.lists(st.sampled_from("a b ab a\0 é".split(" ")) | st.text(), max_size=30)))
def test_rows_are_found_as_in_a_dict(batches: list[list[str]]) -> None:
    table, known = KeyTable(1), dict[str, int]()
    for batch in batches:
        found = cut([" ".join(batch)])
        short = np.flatnonzero(found.high)
        low, high = found.low[short], found.high[short]
        rows = table.find(low, high)
        texts = [found.token(place) for place in short.tolist()]
        assert [known.get(text, -1) for text in texts] == rows.tolist()
        new = np.flatnonzero(rows < 0)
        rows[new], first = table.add(low[new], high[new])
        assert len(first) == len({texts[place] for place in new.tolist()})
        for text, row in zip(texts, rows.tolist(), strict=True):
            assert known.setdefault(text, row) == row
        assert len(table) == len(known) == len(set(known.values()))


def test_a_token_longer_than_a_key_has_none() -> None:
    found = cut(["x" * KEY_BYTES + " " + "x" * (KEY_BYTES + 1)])
    assert (found.high != 0).tolist() == [True, False]
    assert key_of(b"x" * KEY_BYTES)[1]
    assert key_of(b"x" * (KEY_BYTES + 1)) == (0, 0)


def test_many_keys_survive_growth_and_clearing() -> None:
    found = cut([" ".join(f"w{number}" for number in range(30_000))])
    table = KeyTable(10)
    for _ in range(2):
        rows, first = table.add(found.low, found.high)
        assert np.array_equal(rows, np.arange(30_000))
        assert len(first) == 30_000
        assert np.array_equal(table.find(found.low, found.high), rows)
        one_by_one = [table.find_one(*key_of(f"w{number}".encode())) for number in range(300)]
        assert one_by_one == list(range(300))
        assert table.find_one(*key_of(b"w")) < 0
        table.clear()
        assert (table.find(found.low, found.high) < 0).all()
