"""Who is timed: peers in environments of their own, shared with eval/rivals, and we."""

from pathlib import Path
from typing import Final

from eval.rivals.registry import BY_NAME, Rival

WORKER: Final = Path(__file__).with_name("worker.py")

_FASTTEXT = Rival(
    "fasttext",
    ("fasttext-numpy2==0.10.4", "numpy"),
    str(WORKER),
    ("violence", "profanity"),
    True,
    "fastText, 16 dimensions, word bigrams, subwords 3-5, our labels",
)
_AHO_CORASICK = Rival(
    "aho-corasick",
    ("pyahocorasick==2.3.1",),
    str(WORKER),
    ("profanity",),
    False,
    "our lexicon's spellings in a compiled Aho-Corasick automaton",
)

#: name -> the rival whose environment it runs in
PEERS: Final[dict[str, Rival]] = {
    "alt-profanity-check": BY_NAME["alt-profanity-check"],
    "fasttext": _FASTTEXT,
    "sklearn-tfidf": BY_NAME["tfidf"],
    "aho-corasick": _AHO_CORASICK,
    "better-profanity": BY_NAME["better-profanity-0.6.1"],
    "glin-profanity": BY_NAME["glin-profanity"],
    "minilm": BY_NAME["minilm-svm"],
}
OURS: Final = "forewarn"
