"""better-profanity: yes or no for each text, with its default word list."""

from better_profanity import profanity
from protocol import serve

profanity.load_censor_words()


def score(texts: list[str]) -> dict[str, list[list[float]]]:
    return {"profanity": [[float(profanity.contains_profanity(text))] for text in texts]}


serve({"profanity": [0.5]}, score)
