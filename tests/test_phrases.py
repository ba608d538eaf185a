"""Keys and partners of phrases: a key beside none of its partners is a plain word."""

import numpy as np

from classifier import phrases
from classifier.lexicon import load_lexicon
from classifier.profanity import NOTHING, locate, read_token


def test_a_key_beside_a_partner_keeps_its_phrase_and_beside_others_loses_it() -> None:
    reading = read_token("hand")
    assert reading.phrase_key == "hand"
    assert phrases.among(reading, "a", "job,") is reading
    assert phrases.among(reading, "a", "made") is NOTHING


def test_every_phrase_is_found_by_its_key_beside_its_partner() -> None:
    before, after = phrases.fitting()
    for key, those in load_lexicon().phrases.items():
        for phrase in those:
            left = phrase.words[phrase.key - 1] if phrase.key else ""
            right = phrase.words[phrase.key + 1] if phrase.key + 1 < len(phrase.words) else ""
            number = phrases.keys()[key]
            assert (
                before[number, phrases.partner_of(left)] or after[number, phrases.partner_of(right)]
            ), phrase.words


def test_nothing_fits_what_is_no_partner() -> None:
    before, after = phrases.fitting()
    assert not np.any(before[:, phrases.NONE])
    assert not np.any(after[:, phrases.NONE])


def test_signs_around_the_words_of_a_phrase_change_nothing() -> None:
    for text in ("jerk off", "“jerk off”", "Jerk off!", "«jerk off»"):
        tokens = text.split()
        places = locate(tokens, [read_token(token) for token in tokens])
        assert [place.hit.form for place in places] == ["jerk off"]
