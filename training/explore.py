"""Which plain linear model reads violence best? ``python -m training.explore --sources DIR``

The ground the shipped model was built on: word and character n-grams in several ranges,
skip-grams, ways to weigh a count, feature selection, ordered against separate heads, and
calibration; without the teacher's opinions, so that a row takes seconds. Each fits on the
documents of folds 1 to 4, with the best of STRENGTHS on fold 1 when fitted on folds 2 to 4, and
prints average precision for violence >= 1, 2, 3 on fold 0: all rows, and the starter labels.
``EXPERIMENTS.md`` keeps the figures.

A sentence's neighbours are not tried: ``score`` reads each sentence by itself, by contract.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from classifier import features
from classifier.taxonomy import CUTS
from training.calibrate import expected_calibration_error, fit_curve
from training.classes import load_classes
from training.data import distinct, fold_of, group_of, own_rows, source_rows
from training.fit import Floats, Ints, Matrix, as_is, targets_of
from training.labels import Row
from training.trial import precisions

#: scikit-learn's C, tried in this order of a factor three.
STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
FOLDS = 5

Analyzer = Callable[[list[str]], list[str]]
#: (rows to learn from, their targets (rows,), rows to score, strength) -> scores (rows,)
Head = Callable[[Matrix, Floats, Matrix, float], Floats]
#: the same of all three cuts: targets and scores (rows, 3)
Heads = Callable[[Matrix, Floats, Matrix, float], Floats]


# --- features of a sentence's words --------------------------------------------------------------


def words(least: int, most: int) -> Analyzer:
    """Word n-grams of ``least`` to ``most`` words."""
    return lambda found: [
        " ".join(found[at : at + size])
        for size in range(least, most + 1)
        for at in range(len(found) - size + 1)
    ]


def chars(least: int, most: int) -> Analyzer:
    """Character n-grams within words, their edges marked."""

    def analyze(found: list[str]) -> list[str]:
        edged = [f"<{word}>" for word in found]
        return [
            "#" + word[at : at + size]
            for word in edged
            for size in range(least, most + 1)
            for at in range(len(word) - size + 1)
        ]

    return analyze


def skips(apart: int) -> Analyzer:
    """Pairs of words at most ``apart`` places from each other, in order."""
    return lambda found: [
        f"{first} .. {second}"
        for at, first in enumerate(found)
        for second in found[at + 1 : at + 1 + apart]
    ]


def kinds(found: list[str]) -> list[str]:
    """The classes of the words (training/classes.py)."""
    return list(chain.from_iterable(load_classes().get(word, ()) for word in found))


def together(*analyzers: Analyzer) -> Analyzer:
    """All features of several analyzers."""
    return lambda found: list(chain.from_iterable(analyze(found) for analyze in analyzers))


# --- heads ---------------------------------------------------------------------------------------


def each_cut(head: Head) -> Heads:
    """Heads that know nothing of one another: one for each cut."""

    def heads(x: Matrix, targets: Floats, other: Matrix, strength: float) -> Floats:
        columns = [head(x, targets[:, cut], other, strength) for cut in range(len(CUTS))]
        return np.column_stack(columns)

    return heads


def logistic(x: Matrix, target: Floats, other: Matrix, strength: float) -> Floats:
    """A logistic regression."""
    return _fitted(x, target, strength).decision_function(other)


def balanced(x: Matrix, target: Floats, other: Matrix, strength: float) -> Floats:
    """As :func:`logistic`, both classes with the same total weight."""
    return _fitted(x, target, strength, class_weight="balanced").decision_function(other)


def log_count_ratio(x: Matrix, target: Floats, other: Matrix, strength: float) -> Floats:
    """Features times their log-count ratio (NB-SVM; Wang and Manning 2012)."""
    reached = target > 0.5
    yes = np.asarray(x[reached].sum(axis=0)).ravel() + 1
    no = np.asarray(x[~reached].sum(axis=0)).ravel() + 1
    ratio = sparse.diags(np.log((yes / yes.sum()) / (no / no.sum())))
    return logistic(x @ ratio, target, other @ ratio, strength)


#: The heads of the shipped model.
SEPARATE: Heads = each_cut(logistic)


def best_features(most: int) -> Head:
    """The ``most`` features of highest chi-squared, then as :func:`logistic`."""

    def head(x: Matrix, target: Floats, other: Matrix, strength: float) -> Floats:
        chosen = SelectKBest(chi2, k=min(most, x.shape[1])).fit(x, target)
        return logistic(chosen.transform(x), target, chosen.transform(other), strength)

    return head


def ordered(x: Matrix, targets: Floats, other: Matrix, strength: float) -> Floats:
    """One set of weights and three biases (proportional odds; McCullagh 1980), fitted as one
    binary problem over (row, cut)."""
    cuts = len(CUTS)

    def expanded(rows: Matrix) -> Matrix:
        biases = sparse.kron(np.ones((rows.shape[0], 1)), sparse.identity(cuts))
        return sparse.hstack([sparse.kron(rows, np.ones((cuts, 1))), 10 * biases]).tocsr()

    model = _fitted(expanded(x), targets.ravel(), strength)
    scores: Floats = model.decision_function(expanded(other)).reshape(-1, cuts)
    return scores


def _fitted(x: Matrix, target: Floats, strength: float, **options: Any) -> LogisticRegression:
    model = LogisticRegression(C=strength, solver="liblinear", random_state=0, **options)
    return model.fit(x, target > 0.5)


# --- trials --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """Features, how their counts are weighed, and heads."""

    analyze: Analyzer
    heads: Heads = SEPARATE
    sublinear: bool = False
    binary: bool = False
    norm: str | None = "l2"
    least: int = 2

    def matrices(self, known: Sequence[list[str]], new: Sequence[list[str]]) -> tuple[Any, Any]:
        """TF-IDF rows of both, features and IDF from ``known`` alone."""
        tfidf = TfidfVectorizer(
            analyzer=as_is, min_df=self.least, norm=self.norm, sublinear_tf=self.sublinear,
            binary=self.binary,
        )  # fmt: skip
        learned = tfidf.fit_transform([self.analyze(found) for found in known])
        return learned, tfidf.transform([self.analyze(found) for found in new])


PAIRS = words(1, 2)
TRIALS: dict[str, Trial] = {
    "words": Trial(words(1, 1)),
    "words and pairs": Trial(PAIRS),
    "words, pairs, triples": Trial(words(1, 3)),
    "characters 2-5": Trial(chars(2, 5)),
    "characters 3-5": Trial(chars(3, 5)),
    "words, pairs, characters 3-5": Trial(together(PAIRS, chars(3, 5))),
    "words, skips within 3": Trial(together(words(1, 1), skips(3))),
    "words, pairs, classes": Trial(together(PAIRS, kinds)),
    "words, pairs, classes, characters 3-5": Trial(together(PAIRS, kinds, chars(3, 5))),
    "words and pairs, binary": Trial(PAIRS, binary=True),
    "words and pairs, sublinear": Trial(PAIRS, sublinear=True),
    "words and pairs, no length norm": Trial(PAIRS, norm=None),
    "words and pairs, log-count ratio": Trial(PAIRS, each_cut(log_count_ratio), binary=True),
    "words and pairs, balanced classes": Trial(PAIRS, each_cut(balanced)),
    "words and pairs, ordered heads": Trial(PAIRS, ordered),
    "words and pairs, best 10,000": Trial(PAIRS, each_cut(best_features(10_000))),
    "words and pairs, best 40,000": Trial(PAIRS, each_cut(best_features(40_000))),
}


def read(row: Row) -> list[str]:
    """The words of a row as the library reads them."""
    return list(chain.from_iterable(features.segments(row.text)))


@dataclass(frozen=True)
class Data:
    """What a trial learns from, what chooses its strength, and what it is measured on."""

    known: list[list[str]]
    targets: Floats  # (rows, 3)
    fold: Ints

    def scores(self, trial: Trial) -> tuple[float, Floats]:
        """The strength chosen on fold 1, and scores ``(rows of fold 0, 3)``."""
        inner = self._outside((0, 1))
        matrices = self._matrices(trial, inner, self.fold == 1)
        wanted = self.targets[self.fold == 1]
        strength = max(
            STRENGTHS,
            key=lambda c: mean_precision(
                wanted, trial.heads(matrices[0], self.targets[inner], matrices[1], c)
            ),
        )
        outer = self._outside((0,))
        x, other = self._matrices(trial, outer, self.fold == 0)
        return strength, trial.heads(x, self.targets[outer], other, strength)

    def _outside(self, folds: tuple[int, ...]) -> Any:
        return ~np.isin(self.fold, folds)

    def _matrices(self, trial: Trial, inside: Any, outside: Any) -> tuple[Any, Any]:
        chosen = [[self.known[at] for at in np.flatnonzero(mask)] for mask in (inside, outside)]
        return trial.matrices(*chosen)


def mean_precision(targets: Floats, scores: Floats) -> float:
    """Average precision, the mean of the three cuts."""
    return float(np.mean(precisions(targets, scores)))


# --- calibration ---------------------------------------------------------------------------------

Calibrator = Callable[[Floats, Any, Floats], Floats]


def platt(logits: Floats, reached: Any, other: Floats) -> Floats:
    """A logistic curve (Platt 1999)."""
    model = LogisticRegression(C=1e6).fit(logits[:, None], reached)
    found: Floats = model.predict_proba(other[:, None])[:, 1]
    return found


def beta(logits: Floats, reached: Any, other: Floats) -> Floats:
    """Beta calibration (Kull, Silva Filho, Flach 2017): logistic on log p and -log(1 - p)."""

    def parts(values: Floats) -> Floats:
        return np.column_stack([-np.logaddexp(0, -values), np.logaddexp(0, values)])

    model = LogisticRegression(C=1e6, max_iter=1000).fit(parts(logits), reached)
    found: Floats = model.predict_proba(parts(other))[:, 1]
    return found


def isotonic(logits: Floats, reached: Any, other: Floats) -> Floats:
    """Isotonic regression."""
    found: Floats = (
        IsotonicRegression(out_of_bounds="clip").fit(logits, reached.astype(float)).predict(other)
    )
    return found


def knots(logits: Floats, reached: Any, other: Floats) -> Floats:
    """The shipped curve: isotonic through knots, pulled towards Platt's (calibrate.py)."""
    return fit_curve(logits, reached)(other)


CALIBRATORS: dict[str, Calibrator] = {
    "Platt": platt, "beta": beta, "isotonic": isotonic, "knots (shipped)": knots,
}  # fmt: skip


def calibrations(logits: Floats, targets: Floats, half: Any) -> Iterator[str]:
    """For each calibrator, fitted on one half of held-out rows: expected calibration error over
    the rows >= 0.1, and log loss, on the other half, for each cut."""
    for name, calibrate in CALIBRATORS.items():
        cells = []
        for cut in range(len(CUTS)):
            found = calibrate(logits[half, cut], targets[half, cut] > 0.5, logits[~half, cut])
            reached = targets[~half, cut] > 0.5
            high = found >= 0.1
            error = expected_calibration_error(found[high], reached[high])
            loss = log_loss(reached, np.clip(found, 1e-6, 1 - 1e-6))
            cells.append(f"{error:.3f} {loss:.4f}")
        yield f"| {name} | " + " | ".join(cells) + " |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: done; 2: wrong use."""
    parser = argparse.ArgumentParser(prog="python -m training.explore", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", metavar="TRIAL", help="; ".join(TRIALS))
    parser.add_argument("--sources", type=Path, metavar="DIR", help="else our own corpus alone")
    args = parser.parse_args(arguments)
    if unknown := [name for name in args.names if name not in TRIALS]:
        parser.error(f"unknown: {', '.join(unknown)}; known: {'; '.join(TRIALS)}")
    rows = distinct([*own_rows(), *(source_rows(args.sources)[0] if args.sources else [])])
    rows = [row for row in rows if row.violence is not None]
    groups = [group_of(row) for row in rows]
    data = Data(
        [read(row) for row in rows],
        targets_of(np.array([row.violence for row in rows])),
        np.array([fold_of(group, FOLDS) for group in groups]),
    )
    held = data.fold == 0
    starter = np.array(["starter" in row.origin for row in rows])[held]
    wanted = data.targets[held]
    print(
        "| trial | C | fold 0 | its starter labels | |\n| --- | --- | --- | --- | --- |", flush=True
    )
    scores = None
    for name in args.names or TRIALS:
        started = time.monotonic()
        strength, scores = data.scores(TRIALS[name])
        populations = [held[held], starter] if starter.any() else [held[held]]
        cells = " | ".join(
            " ".join(f"{value:.3f}" for value in precisions(wanted[mask], scores[mask]))
            for mask in populations
        )
        seconds = time.monotonic() - started
        print(f"| {name} | {strength:g} | {cells} | {seconds:.0f} s |", flush=True)
    assert scores is not None
    half = np.array([fold_of(f"half|{group}", 2) == 0 for group in groups])[held]
    print("\n| calibration | >= 1 | >= 2 | >= 3 |\n| --- | --- | --- | --- |")
    print("\n".join(calibrations(scores, wanted, half)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
