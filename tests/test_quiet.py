"""The short way to "nothing here" against the reader itself: it may hesitate, never err."""

import random

import pytest

from classifier.hits import NOTHING
from classifier.lexicon import load_lexicon, ordinary_words
from classifier.profanity import read_token
from classifier.quiet import holds_nothing

FORMS = sorted(form for form in load_lexicon().forms if form.isalpha())
WORDS = sorted(ordinary_words())
SIGNS = "\"'“”‘’.,:;?!)…([@#-$%*&/_|~+1345670«»£€\u200b\u200e\u00adеоасу"


def disguised(chance: random.Random) -> str:
    """A spelling, a word, or both in one token, with up to three signs anywhere in it."""
    form, word = chance.choice(FORMS), chance.choice(WORDS)
    half = len(form) // 2
    token = chance.choice(
        [form, word + form, form + word, word, form[:half] + word, f"{word}-{form}",
         f"{form}.{word}", f"@{word}_{form}", f"{form[:half]}...{form[half:]}", f"{word}'s",
         f"{word.title()}{form.title()}"]
    )  # fmt: skip
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(token) + 1)
        token = token[:place] + chance.choice(SIGNS) + token[place:]
    return chance.choice([token, token, token.title(), token.upper()])


@pytest.mark.parametrize("seed", range(5))
def test_what_holds_nothing_is_read_as_nothing(seed: int) -> None:
    chance = random.Random(seed)
    tokens = [disguised(chance) for _ in range(3000)]
    quiet = [token for token in tokens if holds_nothing(token)]
    assert len(quiet) > 50
    assert [token for token in quiet if read_token(token) != NOTHING] == []


@pytest.mark.parametrize(
    "token",
    [
        "re-elected", "well-known,", "(Washington)", "2,000", "19:30.", "“—", "#RoadWorks",
        "@city_desk", "https://example.org/news", "नहीं।", "😀😀", "Málaga", "3-year",
    ],
)  # fmt: skip
def test_ordinary_news_needs_no_second_look(token: str) -> None:
    assert holds_nothing(token)


@pytest.mark.parametrize(
    "token",
    [
        "@b1tch",
        "#sh1t",
        "fu-ck",
        "s***",
        "expletive]",
        "@_fuck_",
        "fück",
        "ｆｕｃｋ",
        "W.T.F",
        "(f-",
    ],
)
def test_what_may_hide_a_word_is_looked_at(token: str) -> None:
    assert not holds_nothing(token)
