"""forewarn: flags graphic violence and profanity, sentence by sentence, before republication.

>>> import classifier
>>> document = classifier.load().predict("Nobody was hurt. It was a shithouse day, though.")
>>> document.tags, document.levels["profanity"]
(('profanity',), 2)
"""

from classifier import formats
from classifier.errors import ForewarnError, InputError, ModelError, PolicyError
from classifier.policy import Policy, load_policy
from classifier.predict import Classifier, load
from classifier.results import Document, Sentence, Span
from classifier.taxonomy import COLUMNS, LABELS, TAGS

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
