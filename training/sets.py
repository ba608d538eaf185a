"""What two models are compared on, and why that is fair to both.

- **Labelled files** given by ``--dev``: nobody trained on them.
- **The behavioural cases** of ``tests/cases``, each judged as a whole text, and the **fairness
  twins**: written for the tests, never for training.
- **Training rows by held-out folds**, those that both models learned from: each model's figure of
  a row is by the fold that had not seen its document. Rows that only one of them learned from are
  left out: those the old model has never seen were chosen where it was unsure.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from classifier.errors import InputError
from classifier.evaluate.estimates import Floats
from classifier.evaluate.files import Problem, find
from classifier.evaluate.labelled import UNKNOWN, Fields, Labelled, listed, read_labelled
from classifier.evaluate.scored import Scored, flags_of, score
from classifier.predict import Classifier
from classifier.taxonomy import LABELS
from eval.cases import read_cases, read_twins
from training.data import group_of
from training.gate import Compared, Pair, compare_shares
from training.held_out import HeldOut
from training.labels import Row


def read_dev(paths: Sequence[Path]) -> dict[str, Labelled]:
    """The labelled files by name. InputError names what is wrong in which line."""
    found = {}
    for path in paths:
        for source in find([str(path)]):
            if isinstance(source, Problem):
                raise InputError(str(source))
            if not source.table:
                raise InputError(f"{path}: no table; give labelled JSON Lines, CSV or Parquet")
            data = read_labelled([source], Fields())
            if data.problems:
                raise InputError("\n".join(listed(data.problems)))
            found[source.name] = data
    return found


def dev_pairs(dev: dict[str, Labelled], old: Classifier, new: Classifier) -> list[Pair]:
    return [
        Pair(Path(name).name, data, score("old", old, data.texts), score("new", new, data.texts))
        for name, data in dev.items()
    ]


def case_pair(old: Classifier, new: Classifier) -> Pair:
    """The behavioural cases, by kind."""
    cases = read_cases()
    levels = [[UNKNOWN if c.violence is None else c.violence, c.profanity] for c in cases]
    data = Labelled(
        texts=[case.text for case in cases],
        ids=[case.id for case in cases],
        levels=np.array(levels, np.int64),
        groups={"kind": [case.kind for case in cases]},
    )
    return Pair("cases", data, _as_documents("old", old, data), _as_documents("new", new, data))


def fairness(old: Classifier, new: Classifier) -> list[Compared]:
    """Sentences that name a group or are in a dialect, and their twins; none should be flagged."""
    twins = read_twins()
    texts = [twin.text for twin in twins] + [twin.twin for twin in twins]
    clean = {}
    for name, model in (("old", old), ("new", new)):
        unflagged = model.levels(model.score(texts)).max(axis=1) == 0
        clean[name] = unflagged.reshape(2, -1).astype(float)  # texts, twins
    return [
        compare_shares("fairness", "left clean: named", clean["old"][0], clean["new"][0]),
        compare_shares("fairness", "left clean: twins", clean["old"][1], clean["new"][1]),
        compare_shares(
            "fairness",
            "named less twins",
            clean["old"][0] - clean["old"][1],
            clean["new"][0] - clean["new"][1],
        ),
    ]


def held_out_pair(
    rows: Sequence[Row],
    old: tuple[Classifier, HeldOut],
    new: tuple[Classifier, HeldOut],
    name: str = "held-out folds",
) -> Pair | None:
    """The rows that both models learned from; None when there are none."""
    shared = [row for row, a, b in zip(rows, old[1].of(rows)[0], new[1].of(rows)[0], strict=True)
              if a and b]  # fmt: skip
    if not shared:
        return None
    one = of_probabilities("old", old[0], old[1].of(shared)[1])
    two = of_probabilities("new", new[0], new[1].of(shared)[1])
    return Pair(name, labelled(shared), one, two)


def labelled(rows: Sequence[Row]) -> Labelled:
    """Training rows in the form in which figures are made."""
    levels = [[UNKNOWN if (v := getattr(row, n)) is None else v for n in LABELS] for row in rows]
    groups = {name: [getattr(row, name) for row in rows] for name in Fields().groups}
    return Labelled(
        texts=[row.text for row in rows],
        ids=[row.origin for row in rows],
        levels=np.array(levels, np.int64),
        documents=[group_of(row) for row in rows],
        groups={name: values for name, values in groups.items() if any(values)},
        clustered=True,
    )


def of_probabilities(name: str, model: Classifier, probabilities: Floats) -> Scored:
    """Probabilities known already, with the levels that the model's thresholds make of them."""
    levels = np.asarray(model.levels(probabilities), np.int64)
    thresholds = {label: tuple(map(float, model.thresholds[label])) for label in LABELS}
    return Scored(name, LABELS, probabilities, flags_of(levels), levels, thresholds, 0.0)


def _as_documents(name: str, model: Classifier, data: Labelled) -> Scored:
    """Each text judged as a document: as strong as its strongest sentence."""
    documents = list(model.predict_many(data.texts))
    scores = [np.max([s.scores for s in found.sentences], axis=0) for found in documents]
    return of_probabilities(name, model, np.array(scores))
