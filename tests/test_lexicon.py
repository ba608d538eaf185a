"""The lexicon: its table is well formed, and its look-ups say what the rows say."""

import pytest

from classifier.lexicon import FLAGS, Entry, load_lexicon, ordinary_words, parse_lexicon

ROWS = load_lexicon().entries


def row(word: str) -> Entry:
    return next(entry for entry in ROWS if entry.word == word)


@pytest.mark.parametrize("entry", ROWS, ids=lambda entry: entry.word)
def test_a_row_is_lower_case_ascii_with_known_flags_and_source(entry: Entry) -> None:
    assert entry.flags <= FLAGS
    assert entry.source in {"Ofcom", "BBC", "guideline", "ours"}
    for form in entry.forms:
        assert form.isascii()
        assert form == form.lower().strip()
        assert form


def test_a_spelling_has_one_row() -> None:
    spelled = [form for entry in ROWS for form in entry.forms]
    assert len(spelled) == len(set(spelled))


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("a\t1\t\tours", "4 columns"),
        ("a\t4\t\tours\t", "level '4'"),
        ("a\t1\tloud\tours\t", "unknown flag 'loud'"),
        ("a\t1\t\tours\tb\nb\t2\t\tours\t", "'b' stands under"),
        ("a\t1\t\tours\tb,b", "'b' stands under"),
    ],
)
def test_a_wrong_table_is_refused(table: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_lexicon(table)


def test_the_tilde_stands_for_the_word() -> None:
    lexicon = parse_lexicon("bother\t1\t\tours\t~s,~ed,no ~\n# a remark\n\n")
    assert lexicon.entries[0].forms == ("bother", "bothers", "bothered", "no bother")
    assert set(lexicon.forms) == {"bother", "bothers", "bothered"}


def test_a_phrase_is_found_by_the_word_that_is_looked_at_anyway() -> None:
    lexicon = parse_lexicon("tit\t2\thomograph\tours\t\ncoal tit\t0\t\tours\t")
    (phrase,) = lexicon.phrases["tit"]
    assert phrase.words == ("coal", "tit")
    assert phrase.key == 1
    assert lexicon.forms["coal-tit"].level == 0


def test_longer_phrases_come_first() -> None:
    lexicon = parse_lexicon("jerk\t1\thomograph\tours\t\nxx\t1\t\tours\tjerk off,jerk off now")
    assert [len(phrase.words) for phrase in lexicon.phrases["jerk"]] == [3, 2]


def test_a_mask_may_hide_clear_words_and_those_marked_for_it() -> None:
    lexicon = parse_lexicon(
        "shit\t2\t\tours\t\nshag\t2\thomograph\tours\t\nsods\t1\thomograph,mask\tours\t\n"
        "shed\t0\t\tours\t"
    )
    assert lexicon.maskable == {(4, "s"): ("shit", "sods")}


# Levels that the guideline names, one word for each of its lines.
@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("damn", 1), ("goddamn", 1), ("hell", 1), ("crap", 1), ("bloody", 1), ("arse", 1),
        ("badass", 1), ("jackass", 1), ("pissed", 1), ("bugger", 1), ("sod", 1), ("sucks", 1),
        ("freaking", 1), ("frigging", 1), ("effing", 1), ("christ", 1), ("turd", 1), ("fart", 1),
        ("wtf", 1), ("bs", 1), ("af", 1), ("lmao", 1), ("lmfao", 1), ("stfu", 1), ("gtfo", 1),
        ("fjb", 1), ("shit", 2), ("bullshit", 2), ("shithouse", 2), ("bitch", 2), ("bastard", 2),
        ("bollocks", 2), ("prick", 2), ("dick", 2), ("cock", 2), ("pussy", 2), ("tits", 2),
        ("balls", 2), ("asshole", 2), ("dickhead", 2), ("wanker", 2), ("tosser", 2), ("twat", 2),
        ("slut", 2), ("whore", 2), ("hoe", 2), ("ho", 2), ("retard", 2), ("tranny", 2),
        ("blowjob", 2), ("douchebag", 2), ("pecker", 2), ("batshit", 2), ("fuck", 3),
        ("fucking", 3), ("motherfucker", 3), ("cunt", 3), ("nigger", 3), ("nigga", 3),
        ("faggot", 3), ("fag", 3), ("kike", 3), ("paki", 3), ("spic", 3), ("chink", 3),
        ("nicca", 3), ("phuck", 3), ("fck", 3),
    ],
)  # fmt: skip
def test_a_word_of_the_guideline_has_its_level(word: str, level: int) -> None:
    assert load_lexicon().forms[word].level == level


@pytest.mark.parametrize("word", ["nigger", "faggot", "kike", "paki", "spic", "chink", "tranny"])
def test_slurs_of_level_3_are_marked(word: str) -> None:
    entry = load_lexicon().forms[word]
    assert entry.slur == (entry.level == 3)


def test_piss_off_is_stronger_than_pissed_off() -> None:
    assert row("piss off").level == 2
    assert load_lexicon().forms["pissed"].level == 1


def test_set_phrases_hold_a_word_of_the_lexicon_and_have_no_flags() -> None:
    forms = load_lexicon().forms
    for entry in ROWS:
        if entry.level == 0:
            assert not entry.flags
            for form in entry.forms:
                words = form.replace("-", " ").replace("'s", "").replace("s'", "s").split()
                assert len(words) > 1, form
                assert any(w in forms and forms[w].level for w in words), form


def test_ordinary_words_hold_no_clear_swear_word() -> None:
    clear = {
        form
        for form, entry in load_lexicon().forms.items()
        if entry.level and "homograph" not in entry.flags
    }
    assert not clear & ordinary_words()
    assert {"the", "assess", "scunthorpe", "cockpit", "shiitake"} <= ordinary_words()
