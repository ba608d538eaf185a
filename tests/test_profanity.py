"""Hits: what the lexicon finds in a token and over several, exactly where it stands."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.profanity import Located, is_ordinary, locate, read_token
from tests.test_normalize import TOKENS


def located(text: str) -> list[Located]:
    tokens = text.split()
    return locate(tokens, [read_token(token) for token in tokens])


def found(text: str) -> list[tuple[str, int]]:
    """The text of each hit, and the level of its entry."""
    tokens = text.split()
    pieces = []
    for place in located(text):
        hit = place.hit
        if place.first == place.last:
            piece = tokens[place.first][hit.start : hit.end]
        else:
            inner = tokens[place.first + 1 : place.last]
            piece = " ".join(
                [tokens[place.first][hit.start :], *inner, tokens[place.last][: hit.end]]
            )
        pieces.append((piece, hit.entry.level))
    return pieces


@pytest.mark.parametrize(
    ("text", "span", "level"),
    [
        # as it stands
        ("what the fuck,", "fuck", 3),
        ("Fuck's sake", "Fuck", 3),
        ("(shit)", "shit", 2),
        ("he/shit", "shit", 2),
        ("un-fucking-likely", "fucking", 3),
        # characters
        ("fu\u200bck", "fu\u200bck", 3),
        ("sh\u00adit", "sh\u00adit", 2),
        ("ｓｈｉｔ", "ｓｈｉｔ", 2),
        ("𝓯𝓾𝓬𝓴", "𝓯𝓾𝓬𝓴", 3),
        ("🅂🄷🄸🅃", "🅂🄷🄸🅃", 2),
        ("🇫🇺🇨🇰", "🇫🇺🇨🇰", 3),
        ("f̶u̶c̶k̶", "f̶u̶c̶k̶", 3),
        ("fuсk", "fuсk", 3),  # a Cyrillic letter
        ("cуnt", "cуnt", 3),  # one drawn like y
        ("фусk", "фусk", 3),
        ("ѕһіт", "ѕһіт", 2),
        ("😀fuck😀", "fuck", 3),
        ("fuck\ud83d", "fuck", 3),
        # leet and signs
        ("sh1t!", "sh1t", 2),
        ("b!tch", "b!tch", 2),
        ("a$$hole", "a$$hole", 2),
        ("assh0le", "assh0le", 2),
        ("f4cking", "f4cking", 3),
        ("n1gger", "n1gger", 3),
        ("c0ck", "c0ck", 2),
        ("sh.it", "sh.it", 2),
        ("fu_ck", "fu_ck", 3),
        ("sh1tl0rd_77", "sh1tl0rd", 2),
        # repeats
        ("fuuuuck", "fuuuuck", 3),
        ("shitttt", "shitttt", 2),
        ("daaaamn", "daaaamn", 1),
        ("asssss", "asssss", 1),
        ("baaastard", "baaastard", 2),
        # spaces, line ends, tags
        ("f u c k this", "f u c k", 3),
        ("s.h.i.t", "s.h.i.t", 2),
        ("s - h - i - t", "s - h - i - t", 2),
        ("a d a m n shame", "d a m n", 1),
        ("fu ck", "fu ck", 3),
        ("da mn it", "da mn", 1),
        ("shi-\ntting", "shi- tting", 2),
        ("bull-\nshit", "bull- shit", 2),
        ("fuc-\nking", "fuc- king", 3),
        ("the fu\nck", "fu ck", 3),
        ("motherf ucker", "motherf ucker", 3),
        ("bullsh it", "bullsh it", 2),
        ("bitc hes", "bitc hes", 2),
        ("a bit ch", "bit ch", 2),  # a word, and a rest that is none
        ("wan ker!", "wan ker", 2),
        ("douc hebag", "douc hebag", 2),
        ("f u с k", "f u с k", 3),  # a Cyrillic letter by itself
        ("fu<b>ck</b>", "fu<b>ck", 3),
        ('fu<span class="x">ck</span>', 'fu<span class="x">ck', 3),
        ("f<!-- no -->uck", "f<!-- no -->uck", 3),
        ("f&#117;ck", "f&#117;ck", 3),
        ("fu[b]ck[/b]", "fu[b]ck", 3),
        ("f**u**ck", "f**u**ck", 3),
        ("f*u*ck", "f*u*ck", 3),
        ("fu__ck", "fu__ck", 3),
        # glued
        ("absofuckinglutely", "absofuckinglutely", 3),
        ("shutthefuckup", "fuck", 3),
        ("#fuckthis", "fuck", 3),
        ("#ShitHappens", "Shit", 2),
        ("HolyShit", "HolyShit", 2),
        ("kissmyass", "ass", 1),
        ("ohhellno", "hell", 1),
        ("HELLYEAH", "HELL", 1),
        ("pissoff", "pissoff", 2),
        ("stupidwanker", "wanker", 2),
        ("twatbadger", "twatbadger", 2),
        ("bloody<b>hell</b>", "bloody<b>hell", 1),
        # masks
        ("f*ck", "f*ck", 3),
        ("sh*t", "sh*t", 2),
        ("f-ck", "f-ck", 3),
        ("p*ssy", "p*ssy", 2),
        ("f🔥ck", "f🔥ck", 3),
        ("f*ck-up", "f*ck", 3),
        ("f***", "f***", 1),
        ("f*** it", "f***", 1),  # no "f it", which is a phrase
        ("F** CANCER", "F**", 1),
        ("f---", "f---", 1),
        ("f—k", "f—k", 1),
        ("s**t's", "s**t", 1),
        ("fuc***", "fuc***", 1),
        ("motherf***er", "motherf***er", 1),
        ("“[expletive]”", "[expletive]", 1),
        ("«[slur]»", "[slur]", 1),
        ("f**king", "f**king", 1),  # "fking" is a spelling, but here letters are hidden
        ("[expletive deleted].", "[expletive deleted]", 1),
        ("[slur]", "[slur]", 1),
        ("@#$%!", "@#$%!", 1),
        # phrases
        ("he was jerking off", "jerking off", 2),
        ("«what the hell»", "hell", 1),
        ("Piss off, you", "Piss off", 2),
        ("son of a bitch", "son of a bitch", 2),
    ],
)
def test_one_hit_exactly_there(text: str, span: str, level: int) -> None:
    assert found(text) == [(span, level)]


@pytest.mark.parametrize(
    "text",
    [
        # substrings
        "Scunthorpe", "Penistone", "Lightwater", "assessment", "cockpit", "shuttlecocks", "Essex",
        "Matsushita", "Shittu", "Akshita", "sniggering", "swanky", "titration", "Hancock",
        "massachusetts", "shellac", "DICKINSON", "HELLMANN", "th[i]s", "circumstance",
        "Dickinson", "peacock", "shiitake", "assai",
        # over word borders
        "but its effect", "push it", "as she said", "bas s", "this hit", "class hole",
        "bit chilly", "a bit, ch", "bit Ch", "wan keratin", "wan, ker", "Shi T", "as she", "pi ss",
        "a s a p", "b u t", "cock-\npit", "but-\nton", "as-\nsess",
        # numbers, code, addresses
        "455", "45 45", "4th", "a5s1", "5:45", "$455", "51.5074,-0.1278", "f(u)ck()", "x[5]=h1t",
        "https://example.org/fuck", "shit@example.org", "/usr/share/dict", "d3adb33f5h1t",
        "std::shit", "fuck.html",
        # repeats and accents of ordinary words
        "goooood", "sooooo", "hmmmm", "coool", "Aaaah", "naïve",
        # not masks
        "A*", "C**", "5 * 4", "**bold**", "self-made", "f-stop", "a—b", "[sic]", "rock'n'roll",
        "Ms F--- said", "in the town of K----.", "e-mail", "T-shirt", "3-2-1",
        # mark-up
        "<b>Ass</b>essment", "mas</p><p>s", 'class="fuck"',
        # set phrases
        "a coal tit", "spotted dick", "Tom, Dick and Harry", "tennis balls", "stop-cock",
        "fag ends",
        "git clone", "Maine Coon", "bastard sword", "magna cum laude", "kitchen-cum-diner",
        "queer theory", "damning", "Hell's Kitchen", "spick and span",
    ],
)  # fmt: skip
def test_no_hit(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "depends"),
    [
        ("the cock sat", True),
        ("the c0ck", False),
        ("the coooock", False),
        ("fuck", False),
        ("Fuck", True),  # perhaps the place
        ("FUCK", False),
        ("pissed", True),
        ("h*ll", False),
        ("b\u200bitch", False),
        ("bit\u00adch", True),  # a soft hyphen is there for the line end
    ],
)
def test_who_decides_the_words_around_or_the_spelling(text: str, depends: bool) -> None:
    assert [place.hit.depends_on_context for place in located(text)] == [depends]


@pytest.mark.parametrize("token", ["screwing", "c*ck", "sh1t!", "(Damn)", "the", "xX_shitB0i_Xx"])
@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u2067", "\u202e"])
def test_marks_of_direction_hide_a_word_only_between_its_letters(token: str, mark: str) -> None:
    plain = read_token(token).hits
    for marked in (mark + token + mark, mark.join(token)):
        hits = read_token(marked).hits
        assert [(h.form, h.titled) for h in hits] == [(h.form, h.titled) for h in plain]
        for hit, before in zip(hits, plain, strict=True):
            shown = marked[hit.start : hit.end].replace(mark, "")
            assert shown == token[before.start : before.end]
            inside = mark in marked[hit.start : hit.end]
            assert hit.step == ("unseen" if inside and before.step == "plain" else before.step)


def test_a_phrase_takes_its_words_out_of_the_question() -> None:
    assert [place.hit.form for place in located("a coal tit and a tit")] == ["tit"]
    assert [place.hit.form for place in located("a tit, a coal tit")] == ["tit"]


def test_two_hits_in_one_token() -> None:
    assert found("shit/fuck") == [("shit", 2), ("fuck", 3)]


def test_hits_are_in_order_and_apart() -> None:
    text = "shit, f u c k! f*** son of a bitch fu<b id=q>ck</b> [expletive deleted] damn"
    places = located(text)
    assert [p.hit.entry.level for p in places] == [2, 3, 1, 2, 3, 1, 1]
    for one, two in pairwise(places):
        assert one.last < two.first


@given(TOKENS)
@settings(max_examples=400)
def test_reading_never_raises_and_hits_stand_in_their_token(text: str) -> None:
    for token in text.split():
        for hit in read_token(token).hits:
            assert 0 <= hit.start < hit.end <= len(token)
            assert 1 <= hit.entry.level <= 3


@given(st.lists(TOKENS | st.sampled_from(["f", "u", "c", "k", "fu", "ck", "[expletive", "x]"])))
@settings(max_examples=200)
def test_hits_over_several_tokens_stand_in_the_first_and_the_last(pieces: list[str]) -> None:
    tokens = " ".join(pieces).split()
    for place in locate(tokens, [read_token(token) for token in tokens]):
        assert 0 <= place.first <= place.last < len(tokens)
        assert 0 <= place.hit.start < len(tokens[place.first])
        assert 0 < place.hit.end <= len(tokens[place.last])


@given(TOKENS)
def test_a_token_without_hits_among_clean_words_gives_none(token: str) -> None:
    tokens = ["the", *token.split()[:1], "was"]
    if not any(read_token(one).matters for one in tokens):
        assert locate(tokens, [read_token(one) for one in tokens]) == []


def test_ordinary_words_are_ordinary_in_the_plural_too() -> None:
    assert is_ordinary("window")
    assert is_ordinary("windows")
    assert not is_ordinary("fuckwindow")


@pytest.mark.parametrize(
    "token",
    [
        "a" * 1_000_000,
        "*f" * 500_000,
        "<b" * 500_000,
        "fu" * 500_000,
        "@$" * 500_000,
        "&#1" * 300_000,
    ],
)
def test_a_token_of_a_megabyte_takes_no_time(token: str) -> None:
    started = time.process_time()
    read_token(token)
    locate([token, token], [read_token(token)] * 2)
    assert time.process_time() - started < 1.0


def test_a_page_of_lone_letters_takes_no_time() -> None:
    tokens = "f u c a b c d s h i k".split() * 1000
    readings = [read_token(token) for token in tokens]
    started = time.process_time()
    locate(tokens, readings)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("text", "span", "level"),
    [
        # letters dropped or swapped
        ("bllsht", "bllsht", 2),
        ("what a bstrd", "bstrd", 2),
        ("fukc this", "fukc", 3),
        ("cvnts", "cvnts", 3),
        ("mthrfckr!", "mthrfckr", 3),
        # letters drawn with signs, brackets that are letters
        ("f|_|ck", "f|_|ck", 3),
        ("motherfu(ker", "motherfu(ker", 3),
        ("fu¢k", "fu¢k", 3),
        ("$#!t", "$#!t", 2),
        ("fu.cking", "fu.cking", 3),
        ("m0therfucker", "m0therfucker", 3),
        # scripts
        ("ʙᴀꜱᴛᴀʀᴅ", "ʙᴀꜱᴛᴀʀᴅ", 2),
        ("ᔕᕼIT", "ᔕᕼIT", 2),
        ("fʉck", "fʉck", 3),
        # spelled out with a sign that paths and sums have, too
        ("f/u/c/k", "f/u/c/k", 3),
        ("f=u=c=k", "f=u=c=k", 3),
        # glued: the oath alone
        ("whatthefuck", "fuck", 3),
        ("f*ckthis", "f*ck", 3),
        ("absobloodylutely", "absobloodylutely", 1),
        ("#wtfisthis", "wtf", 1),
        ("dirtywhore", "whore", 2),
        ("utterlytwat", "twat", 2),
        ("gofuckyourself", "fuck", 3),
        # masks with other signs
        ("f'ck", "f'ck", 3),
        ("f×ck", "f×ck", 3),
        ("f - - - off", "f - - -", 1),
        ("fu--ing", "fu--ing", 1),
        ("d---d fool", "d---d", 1),
        ("*bleep* you", "*bleep*", 1),
        # a second part that is a word, where the first is none
        ("sh it", "sh it", 2),
        # phrases of which only the oath is the evidence
        ("what the hell", "hell", 1),
        ("bloody hell, mate", "bloody", 1),
        ("so damn good", "damn", 1),
    ],
)
def test_further_spellings_and_exactly_where(text: str, span: str, level: int) -> None:
    assert (span, level) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "5h17", "he11", "sh17", "A5S", "cnts", "Orange Cnty", "can't-", "(until", "he'll", "w/o",
        "sh, it", "Sh it", "bit chosen", "F u n k", "hothothot", "pratfall",
        "Condamine", "bastardisation", "Shitterton", "cumulative", "a - - -", "X - - -",
    ],
)  # fmt: skip
def test_what_the_further_steps_leave_alone(text: str) -> None:
    assert [piece for piece in found(text) if piece[0].lower() not in ("f", "f u")] == []


def test_an_idiom_is_not_asked_for_its_context() -> None:
    assert [p.hit.depends_on_context for p in located("what the hell")] == [False]
    assert [p.hit.depends_on_context for p in located("hell froze")] == [True]


#: Clean words that no reading may join with a hit, or take into its span.
BESIDE = ("the", "committee", "met", "—", "on", "Tuesday,", "7", "as", "it", "(see", "below)")


@given(
    st.lists(st.sampled_from(BESIDE), max_size=6),
    st.sampled_from(["fuck", "sh1t", "b!tch", "f*ck", "f***", "whatthefuck", "bllsht", "fu<b>ck"]),
    st.lists(st.sampled_from(BESIDE), max_size=6),
)
def test_clean_words_beside_a_hit_have_no_part_in_it(
    before: list[str], word: str, after: list[str]
) -> None:
    alone = [piece for piece, _ in found(word)]
    assert [piece for piece, _ in found(" ".join([*before, word, *after]))] == alone
