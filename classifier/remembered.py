"""What is computed once for each key and looked up from then on, within bounded memory."""

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(dict[Key, Value]):
    """A table that makes what it does not hold; when it is full it starts again.

    A look-up of what it holds is that of a plain ``dict``, so ``map(table.__getitem__, keys)``
    runs without a step of ours.

    >>> lengths = Remembered(len, 2)
    >>> [lengths[word] for word in ("a", "bb", "a", "ccc")], sorted(lengths)
    ([1, 2, 1, 3], ['ccc'])
    """

    __slots__ = ("_make", "_most")

    def __init__(self, make: Callable[[Key], Value], most: int) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, key: Key) -> Value:
        made = self._make(key)
        if len(self) >= self._most:
            self.clear()
        self[key] = made
        return made
