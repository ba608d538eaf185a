"""Reading a token: each step by its examples, and what must hold for any Unicode."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.normalize import collapsed, fold, masked, readings, words

#: Any code point, lone surrogates too, with the characters that reading cares about made likely.
TOKENS = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from(
            "abcfhiKstu135@$!*-_.'<>/&;#x=\"’—\u200b\u00ad\ud83d\U0001f1eb\U0001d4efсуѕІ"
        ),
    ),
    max_size=30,
)


def nothing_is_ordinary(word: str) -> bool:
    return False


def spelled(token: str, step: str | None = None) -> list[str]:
    found = readings(token, nothing_is_ordinary)
    return [reading.text for reading in found if step in (None, reading.step)]


# --- characters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "plain"),
    [
        ("CAFÉ", "cafe"),
        ("ｗｉｄｅ", "wide"),
        ("𝓯𝓪𝓷𝓬𝔂", "fancy"),
        ("ⓡⓞⓤⓝⓓ", "round"),
        ("⒫⒜⒭", "par"),
        ("🅱🅾🆇", "box"),
        ("🇫🇱🇦🇬", "flag"),
        ("ze\u200bro", "zero"),
        ("so\u00adft", "soft"),
        ("le\u202eft", "left"),
        ("jo\u2060in", "join"),
        ("bla\u2800nk", "blank"),
        ("fil\u3164ler", "filler"),
        ("s\u0336t\u0336r\u0336", "str"),
        ("o’clock", "o'clock"),
        ("re\u2011do", "re-do"),
        ("İI", "ii"),
        ("sсript", "script"),  # a Cyrillic letter among Latin ones
        ("lone\ud800surrogate", "lonesurrogate"),
    ],
)
def test_fold(token: str, plain: str) -> None:
    assert fold(token).text == plain


def test_a_word_of_another_script_is_left_alone_unless_asked() -> None:
    assert fold("сосна").text == "сосна"
    assert fold("сор", look_alikes=True).text == "cop"


def test_a_sign_of_currency_is_a_letter_only_when_asked() -> None:
    assert fold("£5m").text == "£5m"
    assert fold("¢at", look_alikes=True).text == "cat"


@given(TOKENS)
def test_folding_twice_changes_nothing(token: str) -> None:
    once = fold(token).text
    assert fold(once).text == once


@given(TOKENS)
def test_offsets_of_a_fold_are_in_order_and_in_the_token(token: str) -> None:
    folded = fold(token)
    offsets = list(folded.offsets)
    assert len(offsets) == len(folded.text) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(token)
    assert all(0 <= place < len(token) for place in offsets[:-1])


@given(TOKENS)
def test_a_folded_character_comes_from_the_place_it_names(token: str) -> None:
    folded = fold(token)
    for place in range(len(folded.text)):
        start, end = folded.span(place, place + 1)
        assert not fold(token[start + 1 : end]).text  # marks on it, which are unseen
        alone = fold(token[start:end], look_alikes=True).text
        assert folded.text[place] in alone + fold(token[start:end]).text


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "found"),
    [
        ("Word,", ("word",)),
        ("rebel-held", ("rebel", "held")),
        ("he/she", ("he", "she")),
        ("end—start", ("end", "start")),
        ("dogs'", ("dogs",)),
        ("dog’s", ("dog",)),
        ("don't", ("don't",)),
        ("£3.5m", ("0", "m")),
        ("10:45", ("0",)),
        ("…", ()),
        ("", ()),
    ],
)
def test_words(token: str, found: tuple[str, ...]) -> None:
    assert words(token) == found


@given(TOKENS)
def test_words_never_raise_and_hold_no_white_space(token: str) -> None:
    for word in words(token):
        assert word
        assert not any(map(str.isspace, word))


# --- the steps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "token", "text"),
    [
        ("plain", "(Duck!)", "duck"),
        ("plain", "duck's", "duck"),
        ("look-alike", "сор", "cop"),
        ("look-alike", "dуck", "duck"),  # the letter drawn as y is written for u
        ("markup", "du<b>ck</b>", "duck"),
        ("markup", "d&#117;ck", "duck"),
        ("markup", "d<!--x-->uck", "duck"),
        ("separated", "d.u.c.k", "duck"),
        ("separated", "d-u-c-k", "duck"),
        ("separated", "d_u_c_k", "duck"),
        ("sign", "du.ck", "duck"),
        ("sign", "du*ck", "duck"),
        ("sign", "du_ck", "duck"),
        ("repeated", "duuuuck", "duck"),
        ("repeated", "duckkk", "duck"),
        ("leet", "d4ck", "duck"),
        ("leet", "b1rd", "bird"),
        ("leet", "g@t", "gat"),
        ("leet", "b1rd!!", "bird"),
        ("camel", "#DuckPond", "pond"),
        ("camel", "BigDuck", "duck"),
        ("snake", "big_duck_88", "duck"),
        ("snake", "b1g_duck", "big"),
    ],
)
def test_a_step_reads(step: str, token: str, text: str) -> None:
    assert text in spelled(token, step)


@pytest.mark.parametrize(
    "token",
    [
        "https://example.org/duck", "www.duck.test", "duck@example.org", "duck.html", "C:\\duck",
        "/usr/bin/duck", "a/duck/c", "0xdeadbeef", "d3adb33fd3ad", "duck::pond", "p->duck",
        "duck()", "duck[1]=", "class=\"duck\"", "duck(x,", "{duck};",
    ],
)  # fmt: skip
def test_addresses_and_code_are_left_alone(token: str) -> None:
    assert "duck" not in spelled(token)


@pytest.mark.parametrize("token", ["455", "45:45", "1,200", "4th", "5s", "10k", "a1", "7x", "$400"])
def test_numbers_are_not_spelled(token: str) -> None:
    assert spelled(token, "leet") == []


def test_tags_that_begin_a_new_line_part_words() -> None:
    assert spelled("mal</p><p>lard", "plain") == ["mal", "lard"]
    assert "mallard" not in spelled("mal</td><td>lard")


def test_a_part_of_a_tag_is_not_text() -> None:
    assert spelled('class="duck">pond</a>', "plain") == ["pond"]
    assert spelled("pond<duck", "plain") == ["pond"]


def test_a_stretched_word_is_read_with_two_letters_first() -> None:
    assert list(collapsed("goooood")) == ["good", "god"]
    assert list(collapsed("duck")) == []


def test_a_word_between_letters_in_disguise_is_no_word() -> None:
    assert "du" not in spelled("du*ck", "plain")
    assert "bs" not in spelled("b00bs", "plain")
    assert "duck" in spelled("duck*", "plain")


def test_two_ordinary_parts_are_not_joined() -> None:
    ordinary = {"pus", "hit", "but", "its"}.__contains__
    assert not [r for r in readings("pus-hit", ordinary) if r.step == "sign"]
    assert not [r for r in readings("but/its", ordinary) if r.step == "sign"]


@given(TOKENS)
@settings(max_examples=400)
def test_a_reading_stands_in_its_token(token: str) -> None:
    for reading in readings(token, nothing_is_ordinary):
        assert 0 <= reading.start < reading.end <= len(token)
        assert reading.text


@given(st.text("abcÀéżＡ𝓯ⓕ’'.,-\u200b\u00ad", max_size=20))
def test_a_plain_reading_is_its_slice_folded(token: str) -> None:
    found = [r for r in readings(token, nothing_is_ordinary) if r.step == "plain"]
    for reading in found:
        assert fold(token[reading.start : reading.end]).text == reading.text


# --- masks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "pattern", "hidden"),
    [
        ("d*ck", "d.ck", 1),
        ("d**k", "d..k", 2),
        ("d***", "d...", 3),
        ("d---", "d...", 3),
        ("d—k", "d..k", 2),
        ("“d***ing,”", "d...ing", 3),
        ("D*** !", None, None),
        ("d***'s", "d...", 3),
        ("d🔥ck", "d.ck", 1),
        ("[expletive]", "", 9),
        ('"[slur],"', "", 9),
        ("(bleep)", "", 9),
        ("@#$%!", "", 9),
        ("duck", None, None),
        ("A*", None, None),
        ("B**s", None, None),
        ("***", None, None),
        ("[sic]", None, None),
    ],
)
def test_masked(token: str, pattern: str | None, hidden: int | None) -> None:
    mask = masked(token)
    assert (mask and mask.pattern, mask and mask.hidden) == (pattern, hidden)


@given(TOKENS)
def test_a_mask_stands_in_its_token(token: str) -> None:
    mask = masked(token)
    if mask:
        assert 0 <= mask.start < mask.end <= len(token)
        assert mask.hidden == 9 or mask.pattern.count(".") == mask.hidden


def test_the_table_of_look_alikes_is_the_one_the_script_makes() -> None:
    pytest.importorskip("confusable_homoglyphs")
    from training import confusables

    assert confusables.TARGET.read_text(encoding="utf-8").splitlines() == confusables.lines()
