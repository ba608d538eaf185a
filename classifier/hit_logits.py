"""tokens and their readings -> the logits of the hits among them."""

from collections.abc import Sequence

from classifier import features
from classifier.profanity import Located, TokenReading
from classifier.weights import Arrays, Triple


class HitLogits:
    """The profanity weights: hits of one text, and what their features add up to."""

    def __init__(self, arrays: Arrays) -> None:
        rows = map(tuple, arrays.hit_weights.tolist())
        self._weights: dict[str, Triple] = dict(zip(arrays.hit_features, rows, strict=True))
        self._start: Triple = tuple(arrays.hit_bias.tolist())

    def strongest(
        self, tokens: Sequence[str], readings: Sequence[TokenReading], starts: Sequence[int]
    ) -> Triple | None:
        """For each cut the highest logit among the hits of one text, None without hits."""
        found = features.hits_in(tokens, readings, starts)
        if not found:
            return None
        first, second, third = map(max, zip(*(self._sum(names) for _, names in found), strict=True))
        return first, second, third

    def each(
        self, tokens: Sequence[str], readings: Sequence[TokenReading], starts: Sequence[int]
    ) -> list[tuple[Located, Triple]]:
        """The hits of one text in order, each with its three logits."""
        found = features.hits_in(tokens, readings, starts)
        return [(place, self._sum(names)) for place, names in found]

    def _sum(self, names: Sequence[str]) -> Triple:
        first, second, third = self._start
        weights = self._weights
        for name in names:
            row = weights.get(name)
            if row is not None:
                first += row[0]
                second += row[1]
                third += row[2]
        return first, second, third
