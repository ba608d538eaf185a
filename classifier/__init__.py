"""forewarn: flags graphic violence and profanity, sentence by sentence, before republication.

>>> import classifier
>>> document = classifier.load().predict("Nobody was hurt. It was a shithouse day, though.")
>>> document.tags, document.levels["profanity"]
(('profanity',), 2)
"""

import importlib
import typing

from classifier.errors import ForewarnError, InputError, ModelError, PolicyError
from classifier.policy import Policy, load_policy
from classifier.predict import Classifier, load
from classifier.results import Document, Sentence, Span
from classifier.taxonomy import COLUMNS, LABELS, TAGS

if typing.TYPE_CHECKING:
    from classifier import formats
else:

    def __getattr__(name: str) -> object:
        """``formats``, imported when it is first asked for: who only scores needs none of it."""
        if name == "formats":
            return importlib.import_module("classifier.formats")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__version__ = "0.1.0"

__all__ = [
    "COLUMNS",
    "LABELS",
    "TAGS",
    "Classifier",
    "Document",
    "ForewarnError",
    "InputError",
    "ModelError",
    "Policy",
    "PolicyError",
    "Sentence",
    "Span",
    "formats",
    "load",
    "load_policy",
]
