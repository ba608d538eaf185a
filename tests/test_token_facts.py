"""The short ways to what is true of a token, against the definitions: many tokens at a glance
against one asked by itself, and "surely nothing" against the reader."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.lexicon import load_lexicon
from classifier.profanity import read_token
from classifier.quiet import holds_nothing
from classifier.token_facts import (
    ENDS,
    LETTER,
    MATTERS,
    MAY_FOLLOW,
    NEEDS_LETTER,
    NEEDS_PARTNER,
    STARTS,
    TokenReader,
)
from classifier.token_keys import cut
from tests.small_model import TEXTS
from tests.tiny import tiny_model

#: How an evasive writer, a handle or a sentence may write a spelling of the lexicon.
WAYS = (
    "{}", "{}s", "{}.", "“{}”", "({})", "[{}]", "({}'s", "{}’s.", "{}-like", "{}/shop", "re{}-y",
    "@{}", "#{}", "@my{}99", "@x_{}", "@{}_7", "#oh{}", "xx{}", "{}zy", "4-{}", "$2.5-{}-man",
    "{}...", "'{}…", "http://t.co/{}", "é{}",
)  # fmt: skip
FORMS = sorted(form for form in load_lexicon().forms if form.isalpha())
#: Ways of writing that depend on a place in the word.
BROKEN = ("-", "'", ".", "/", ",", "…", "...", "--", "_", "*", "")


def disguises(form: str) -> list[str]:
    cut_at = len(form) // 2
    head, tail = form[:cut_at], form[cut_at:]
    titled = form.title()
    return [
        *(way.format(written) for way in WAYS for written in (form, titled, form.upper())),
        *(head + sign + rest for sign in BROKEN for rest in (tail, tail[1:])),
        *(f"{head}{tail[:1] * 3}{tail}", f"{head}{tail[:1]}{tail}", f"@{form[1:]}", f"#{form[1:]}"),
        *(f"@{titled}Man", f"#Oh{titled}", f"My{titled}Dog", f"mc{titled}", head + tail.upper()),
        *("-".join(form), ".".join(form), f"@big{form.replace('s', '5').replace('e', '3')}"),
        *(f"@{form.replace('i', '1').replace('o', '0')}", form.replace("a", "á")),
    ]


ORDINARY = [token for text in TEXTS for token in text.split()]
SIGNS = st.text("\"'“”‘’.,:;?!)…([@#-$%*", max_size=3)
WORDS = st.sampled_from([*ORDINARY, *FORMS[::7], "a", "I", "x", "3", "2,000", "MacDonald", "naïve"])
TOKENS = st.builds("{}{}{}".format, SIGNS, WORDS, SIGNS).filter(lambda token: token.split())


@cache
def reader() -> TokenReader:
    """Of a model without n-grams: with them the weights of every unknown word are asked for."""
    return tiny_model(chars=[], char_weights=np.zeros((0, 3), np.float32))._reader


def differences(tokens: list[str]) -> list[str]:
    """Tokens of which something is said at a glance that is not so."""
    found = cut([" ".join(tokens)])
    ids, bits, _, asked = reader()._at_a_glance(found, np.arange(len(tokens)))
    wrong = []
    for place in sorted(set(range(len(tokens))).difference(asked.tolist())):
        fact = reader().one(tokens[place])
        said, seen = bits.item(place), fact.seen.bits
        same = ids.item(place) == fact.first == fact.last
        same &= said & (ENDS | STARTS) == seen & (ENDS | STARTS)
        same &= not seen & (MATTERS | NEEDS_LETTER | NEEDS_PARTNER | LETTER)
        same &= said & MAY_FOLLOW >= seen & MAY_FOLLOW
        same &= not read_token(tokens[place]).matters
        if not same:
            wrong.append(tokens[place])
    return wrong


@given(st.lists(TOKENS.flatmap(lambda token: st.just(token.split()[0])), min_size=1, max_size=30))
def test_many_at_a_glance_are_as_one_by_itself(tokens: list[str]) -> None:
    assert differences(tokens) == []


@pytest.mark.parametrize("start", range(6))
def test_no_disguise_is_passed_over(start: int) -> None:
    tokens = [token for form in FORMS[start::6] for token in disguises(form) if token]
    assert differences(tokens) == []
    assert [t for t in tokens if holds_nothing(t) and read_token(t).matters] == []


@pytest.mark.parametrize("tail", ["?!", ".!", "!?", '"!', "...", "--", "*", "/", "+"])
def test_no_beginning_with_signs_behind_it_is_passed_over(tail: str) -> None:
    begun = {form[:end] + letters for form in FORMS for end in range(2, len(form) + 1)
             for letters in ("", form[end - 1] * 2)}  # fmt: skip
    tokens = [part + tail for part in sorted(begun)]
    assert differences(tokens) == []
    assert [t for t in tokens if holds_nothing(t) and read_token(t).matters] == []


@given(TOKENS)
def test_surely_nothing_is_nothing(token: str) -> None:
    assert not (holds_nothing(token) and read_token(token).matters)


@pytest.mark.parametrize(
    "token",
    ["@NewYorker:", "#earthquake", "rebel-held", "d’Angers", "word...word", "https://t.co/ab…",
     "—", "54-year-old", "naïve", "Chinese/Asian"],
)  # fmt: skip
def test_the_usual_ones_are_surely_nothing(token: str) -> None:
    assert holds_nothing(token)


def test_most_of_a_text_is_known_at_a_glance() -> None:
    plain = [token for token in ORDINARY if token.strip(".,!?").isalpha()]
    asked = reader()._at_a_glance(cut([" ".join(plain)]), np.arange(len(plain)))[-1]
    assert len(asked) < len(plain) / 4


#: Several words to a token: neighbours that are a pair of the tiny model, a word that no table of
#: short words holds, one known by its n-grams, none at all.
COMPOUND = (
    "was-killed", "killed-was-killed", "was—killed", "counterrevolutionaries/killed",
    "blood-killed-flood", "3-corpse", "--", "d'une-corpse_bloodied",
)  # fmt: skip


@pytest.mark.parametrize("changes", [{}, {"chars": [], "char_weights": np.zeros((0, 3))}])
def test_tokens_of_several_words_weigh_the_same_in_a_batch(changes: dict[str, Any]) -> None:
    words = ["corpse", "counterrevolutionaries", "killed", "was"]
    weights = (np.arange(1, 13.0).reshape(4, 3) / 8).astype(np.float16)
    pair = np.array([3 << 32 | 2], np.uint64)
    model = tiny_model(words=words, word_weights=weights, pairs=pair, **changes)
    together = model.score([*COMPOUND, ""])
    assert len({tuple(row) for row in together.tolist()}) > 4
    alone = tiny_model(words=words, word_weights=weights, pairs=pair, **changes)
    for token, row in zip(COMPOUND, together.tolist(), strict=False):
        assert alone.score([token]).tolist() == [row], token


def test_a_text_by_itself_is_told_of_a_token_what_a_batch_has_read() -> None:
    alone, after = tiny_model(), tiny_model()
    tokens = [*COMPOUND, *ORDINARY[:400], *disguises("shit")]
    tokens = [token for token in dict.fromkeys(tokens) if token.split() == [token]]
    after.score([" ".join(tokens), ""])
    for token in tokens:
        one, other = alone._single._facts[token], after._single._facts[token]
        # a word may be said to go on with a lone letter where it does not, never the reverse
        assert other.bits & ~MAY_FOLLOW == one.bits & ~MAY_FOLLOW, token
        assert other.bits & MAY_FOLLOW >= one.bits & MAY_FOLLOW, token
        assert other._replace(bits=0) == one._replace(bits=0), token
