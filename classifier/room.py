"""Arrays that grow with what is entered into them."""

from collections.abc import Iterable

import numpy as np


def make_room(owner: object, names: Iterable[str], rows: int) -> None:
    """Let the arrays ``names`` of ``owner`` have at least ``rows`` rows. They double as they grow,
    so to enter row after row takes linear time. New rows hold whatever is left over."""
    for name in names:
        array = getattr(owner, name)
        if rows > len(array):
            size = max(rows, 2 * len(array))
            setattr(owner, name, np.resize(array, (size, *array.shape[1:])))
