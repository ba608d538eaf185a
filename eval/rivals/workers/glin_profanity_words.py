"""glin-profanity: yes or no for each text, with its default settings."""

from glin_profanity import Filter
from protocol import serve

FILTER = Filter()


def score(texts: list[str]) -> dict[str, list[list[float]]]:
    found = (FILTER.check_profanity(text)["contains_profanity"] for text in texts)
    return {"profanity": [[float(yes)] for yes in found]}


serve({"profanity": [0.5]}, score)
