"""The public surface and the contract that other tools call."""

import copy
import dataclasses
import json
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import classifier
import classifier.predict
from classifier import COLUMNS, LABELS, TAGS, Classifier
from tests.conftest import require

# Offensive words below are test material; levels are those of training/GUIDELINE.md.
STRONG = "It was a fucking disgrace."
GRAPHIC = "Blood poured from the hole in his neck and his severed hand lay in the road."
CLEAN = "The harbour board will meet again on Thursday."


@pytest.fixture(scope="module")
def clf() -> Classifier:
    return classifier.load()


# --- the surface ---------------------------------------------------------------------------------


@pytest.mark.parametrize("module", [classifier, classifier.predict])
def test_all_is_complete_and_true(module: types.ModuleType) -> None:
    for name in module.__all__:
        assert hasattr(module, name)
    assert len(set(module.__all__)) == len(module.__all__)


def test_what_is_visible_is_listed() -> None:
    """Submodules are reached by their own names; whatever else is public stands in __all__."""
    visible = {
        name
        for name in dir(classifier)
        if not name.startswith("_")
        and not (isinstance(getattr(classifier, name), types.ModuleType) and name != "formats")
    }
    assert visible == set(classifier.__all__)


def test_the_predict_module_is_what_other_tools_import() -> None:
    from classifier.predict import Classifier, Document, Sentence, Span, load

    assert (Classifier, load) == (classifier.Classifier, classifier.load)
    assert (Document, Sentence, Span) == (
        classifier.Document,
        classifier.Sentence,
        classifier.Span,
    )


def test_columns_and_tags() -> None:
    expected = [f"{label}>={n}" for label in ("violence", "profanity") for n in (1, 2, 3)]
    assert list(COLUMNS) == expected
    assert list(TAGS) == ["graphic-violence", "profanity"]


def test_errors_have_one_root() -> None:
    for name in ("ModelError", "PolicyError", "InputError"):
        assert issubclass(getattr(classifier, name), classifier.ForewarnError)


def test_the_version_is_the_one_of_the_package() -> None:
    from importlib.metadata import distributions

    installed = [found.version for found in distributions(name="forewarn")]
    require(installed, "a bare checkout: forewarn is not installed")
    assert installed[0] == classifier.__version__


# --- score ---------------------------------------------------------------------------------------


def test_score_of_nothing(clf: Classifier) -> None:
    scores = clf.score([])
    assert scores.shape == (0, 6)
    assert scores.dtype == np.float64


def test_each_string_is_one_sentence(clf: Classifier) -> None:
    assert clf.score([f"{CLEAN} {STRONG}"]).shape == (1, 6)
    assert clf.score((CLEAN, STRONG, "")).shape == (3, 6)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (STRONG, r"list of sentences, not str; write score\(\[text\]\)"),
        (b"bytes", "list of sentences, not bytes; .*decode bytes first"),
        (None, "list of sentences, not NoneType"),
        ([CLEAN, None], "item 1 is NoneType, not str"),
        ([b"bytes"], "item 0 is bytes, not str"),
        ([1.0], "item 0 is float, not str"),
    ],
)
def test_score_refuses_and_says_what_to_do(clf: Classifier, wrong: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        clf.score(wrong)


def test_more_sentences_than_one_chunk(clf: Classifier) -> None:
    texts = [f"{CLEAN} {n} {STRONG if n % 3 else GRAPHIC}" for n in range(700)]
    together = clf.score(texts)
    assert np.array_equal(together, np.vstack([clf.score([text]) for text in texts]))


# --- predict -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u200b"])
def test_nothing_to_judge(clf: Classifier, text: str) -> None:
    document = clf.predict(text)
    assert document.tags == ()
    assert document.levels == {"violence": 0, "profanity": 0}
    assert document.assessed


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b"bytes", "one text as str, not bytes; decode bytes first"),
        (None, "one text as str, not NoneType"),
        ([CLEAN], "one text as str, not list; .*predict_many"),
        (7, "one text as str, not int"),
    ],
)
def test_predict_refuses_and_says_what_to_do(clf: Classifier, wrong: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        clf.predict(wrong)


@pytest.mark.parametrize("wrong", [CLEAN, b"bytes", None])
def test_predict_many_refuses_one_text_at_once(clf: Classifier, wrong: Any) -> None:
    with pytest.raises(TypeError, match="iterable of texts"):
        clf.predict_many(wrong)  # refused when called, not when first asked for a result


def test_predict_many_names_the_text_that_is_none(clf: Classifier) -> None:
    with pytest.raises(TypeError, match="text 1 is NoneType, not str"):
        list(clf.predict_many([CLEAN, None]))  # type: ignore[list-item]


def test_tags_stand_in_one_order(clf: Classifier) -> None:
    assert clf.predict(f"{STRONG} {GRAPHIC}").tags == ("graphic-violence", "profanity")
    assert clf.predict(f"{GRAPHIC} {STRONG}").tags == ("graphic-violence", "profanity")
    assert clf.predict(STRONG).tags == ("profanity",)
    assert clf.predict(GRAPHIC).tags == ("graphic-violence",)
    assert clf.predict(CLEAN).tags == ()


def test_the_word_itself_is_the_span_of_profanity(clf: Classifier) -> None:
    (sentence,) = clf.predict(f"\U0001f600 {STRONG}").sentences
    (span,) = sentence.spans
    assert (span.text, span.label, span.level) == ("fucking", "profanity", 3)
    assert span.start == len("\U0001f600 It was a ")  # code points, not UTF-16 units


def test_violence_has_spans_too(clf: Classifier) -> None:
    (sentence,) = clf.predict(GRAPHIC).sentences
    assert sentence.levels["violence"] == 3
    assert sentence.spans
    assert {span.label for span in sentence.spans} == {"violence"}


def test_what_cannot_be_judged_is_never_clean(clf: Classifier) -> None:
    document = clf.predict(
        "Der Hafenmeister sprach gestern mit den Fischern über die neuen Gebühren."
    )
    assert not document.assessed
    assert document.not_assessed is not None
    assert "known words" in document.not_assessed
    assert document.to_dict()["assessed"] is False


def test_what_is_found_in_a_foreign_text_is_still_tagged(clf: Classifier) -> None:
    document = clf.predict(
        "Der Hafenmeister sprach gestern mit den Fischern über die neuen Gebühren, "
        "und einer rief: Fuck you!"
    )
    assert not document.assessed
    assert document.tags == ("profanity",)


def test_a_short_sentence_is_judged_like_any_other(clf: Classifier) -> None:
    document = clf.predict("Fuck off.")
    assert document.assessed
    assert document.levels["profanity"] == 3


def test_results_are_frozen(clf: Classifier) -> None:
    document = clf.predict(STRONG)
    for thing in (document, document.sentences[0], document.sentences[0].spans[0]):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, dataclasses.fields(thing)[0].name, None)


def test_to_dict_is_json_and_equal(clf: Classifier) -> None:
    document = clf.predict(f"{CLEAN} {STRONG} {GRAPHIC}")
    assert json.loads(json.dumps(document.to_dict())) == document.to_dict()


def test_lone_surrogates_keep_their_place(clf: Classifier) -> None:
    text = f"\ud83d It was a fuc\udc00king disgrace. {CLEAN}"
    sentences = clf.predict(text).sentences
    assert [text[s.start : s.end] for s in sentences] == [s.text for s in sentences]
    assert sentences[0].levels["profanity"] == 3
    assert sentences[0].spans[0].text == "fuc\udc00king"


def test_a_policy_changes_levels_and_never_scores(clf: Classifier) -> None:
    house = classifier.load(policy={"words": {"fucking": 0}})
    assert np.array_equal(house.score([STRONG]), clf.score([STRONG]))
    assert house.predict(STRONG).levels["profanity"] == 0
    assert house.predict(STRONG).tags == ()
    assert house.predict(STRONG).sentences[0].scores == clf.predict(STRONG).sentences[0].scores


def test_an_unknown_policy_key_is_refused_by_name() -> None:
    with pytest.raises(classifier.PolicyError, match="profanitty"):
        classifier.load(policy={"tags": {"profanitty": 2}})


def test_the_model_is_loaded_once() -> None:
    assert classifier.load().model is classifier.load().model


# --- whatever the text ---------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [CLEAN, STRONG, GRAPHIC, " ", "\n\n", " - ", "He was killed.", "shit", "f***", "f u c k",
     "sh1t!", "ſ", "ﬃ",
     "(", "”", "\u200b", "\u00a0", "e\u0301", "\U0001f600", "\ud83d", "#fuckthis", "455", "U.S. ",
     "Scunthorpe", "http://a.b/c", "<b>", "&amp;", "\u0441\u043e\u043a", "Die Straße", "!" * 50]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(FRAGMENTS, max_size=12).map(" ".join))


@given(texts=st.lists(TEXTS, max_size=6))
def test_probabilities(clf: Classifier, texts: list[str]) -> None:
    scores = clf.score(texts)
    assert scores.shape == (len(texts), 6)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert (np.diff(scores.reshape(-1, 2, 3), axis=2) <= 0).all()


@given(texts=st.lists(TEXTS, max_size=6))
def test_batch_equals_singles_in_order(clf: Classifier, texts: list[str]) -> None:
    def lazy() -> Iterator[str]:
        yield from texts

    alone = [clf.predict(text) for text in texts]
    assert list(clf.predict_many(lazy())) == alone
    assert np.array_equal(
        clf.score(texts), np.array([clf.score([t])[0] for t in texts]).reshape(-1, 6)
    )


@given(text=TEXTS)
def test_documents_hold_together(clf: Classifier, text: str) -> None:
    document = clf.predict(text)
    end = 0
    for sentence in document.sentences:
        assert text[end : sentence.start].strip() == ""
        assert text[sentence.start : sentence.end] == sentence.text
        end = sentence.end
        assert sentence.scores == tuple(clf.score([sentence.text])[0])
        assert list(sentence.spans) == sorted(
            sentence.spans, key=lambda span: (span.start, span.end, span.label)
        )
        for span in sentence.spans:
            assert sentence.start <= span.start < span.end <= sentence.end
            assert text[span.start : span.end] == span.text
            assert 1 <= span.level <= sentence.levels[span.label]
        profane = [span.level for span in sentence.spans if span.label == "profanity"]
        assert max(profane, default=0) == sentence.levels["profanity"]
    assert text[end:].strip() == ""
    for label in LABELS:
        highest = max((s.levels[label] for s in document.sentences), default=0)
        assert document.levels[label] == highest
    assert [tag for tag in TAGS if tag in document.tags] == list(document.tags)
    assert list(document.why) == list(document.tags)


@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_asking_changes_no_answer(clf: Classifier, texts: list[str]) -> None:
    before = copy.deepcopy([clf.predict(text) for text in texts])
    clf.score(list(reversed(texts)))
    clf.explain(texts[0])
    assert [clf.predict(text) for text in texts] == before


def test_a_race_report_full_of_figures_of_speech_is_clean() -> None:
    article = Path(__file__).parents[1] / "examples" / "regatta.txt"
    assert not classifier.load().predict(article.read_text(encoding="utf-8")).tags
