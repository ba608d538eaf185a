"""The textbook baseline: TF-IDF of words and characters, logistic regression, our data."""

from typing import Any

from columns import Columns
from protocol import serve
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

FEATURES = FeatureUnion(
    [
        ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)),
        (
            "characters",
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True),
        ),
    ]
)
MODEL = Columns(
    lambda: LogisticRegression(C=10, class_weight="balanced", solver="liblinear", random_state=5)
)


def train(data: dict[str, Any]) -> dict[str, Any]:
    features = FEATURES.fit_transform(data["texts"]).tocsr()
    levels = {label: data[label] for label in ("violence", "profanity")}
    return MODEL.fit(features, levels, data["groups"])


def score(texts: list[str]) -> dict[str, list[list[float]]]:
    return MODEL.score(FEATURES.transform(texts).tocsr())


serve(None, score, train, probabilities=True)
