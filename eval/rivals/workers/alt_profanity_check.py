"""alt-profanity-check: a probability for each text."""

from profanity_check import predict_prob
from protocol import serve


def score(texts: list[str]) -> dict[str, list[list[float]]]:
    return {"profanity": [[float(p)] for p in predict_prob(texts)]}


serve({"profanity": [0.5]}, score, probabilities=True)
