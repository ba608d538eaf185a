"""Counts of right cases by kind and system, our failures, and the fairness of twins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eval.cases import Case, Twin

#: Twins whose probabilities of any level differ by more than this are reported as apart.
CLOSE: Final = 0.1


#: Of a case, the expected and our levels, each (profanity, violence).
Known = tuple[tuple[int, int | None], tuple[int, Any]]


@dataclass(frozen=True, slots=True)
class Answers:
    """The profanity level a system gives each case; ``exact`` False: it only says yes or no."""

    levels: Sequence[int]
    exact: bool = True
    violence: Sequence[int] | None = None
    spans: Sequence[Sequence[str]] | None = None


def ours(model: Any, cases: Sequence[Case], step: Callable[[int], None]) -> Answers:
    """Our levels of the whole text of each case, with the words that carried the profanity."""
    levels, violence, spans = [], [], []
    for document in model.predict_many([case.text for case in cases]):
        levels.append(document.levels["profanity"])
        violence.append(document.levels["violence"])
        found = [span for sentence in document.sentences for span in sentence.spans]
        spans.append([span.text for span in found if span.label == "profanity"])
        step(1)
    return Answers(levels, violence=violence, spans=spans)


def figures(cases: Sequence[Case], answers: dict[str, Answers]) -> dict[str, Any]:
    """Everything that is shown: by kind, in total, and each of our failures."""
    mine = answers["forewarn"]
    kinds = list(dict.fromkeys(case.kind for case in cases))
    known = _known(cases, mine)
    by_kind = []
    for kind in kinds:
        places = [i for i, case in enumerate(cases) if case.kind == kind]
        by_kind.append({"kind": kind} | _counts(cases, answers, places, known))
    everything = range(len(cases))
    flagged = [i for i in everything if cases[i].profanity > 0]
    clean = [i for i in everything if cases[i].profanity == 0]
    return {
        "kind": "behaviour",
        "systems": list(answers),
        "cases": len(cases),
        "kinds": by_kind,
        "totals": {
            "recall (should flag)": _counts(cases, answers, flagged, known),
            "specificity (should not)": _counts(cases, answers, clean, known),
            "all": _counts(cases, answers, list(everything), known),
        },
        "failures": [
            failure
            for i in everything
            if (failure := _failure(cases[i], mine, i, known)) is not None
        ],
    }


def _known(cases: Sequence[Case], mine: Answers) -> dict[str, Known]:
    violence = mine.violence or [None] * len(cases)
    return {
        case.id: ((case.profanity, case.violence), (level, other))
        for case, level, other in zip(cases, mine.levels, violence, strict=True)
    }


def _counts(
    cases: Sequence[Case],
    answers: dict[str, Answers],
    places: Sequence[int],
    known: dict[str, Known],
) -> dict[str, Any]:
    mine = answers["forewarn"]
    about = [i for i in places if cases[i].violence is not None]
    located = [i for i in places if cases[i].span and mine.levels[i] > 0]
    return {
        "n": len(places),
        "right": {
            name: sum((one.levels[i] > 0) == (cases[i].profanity > 0) for i in places)
            for name, one in answers.items()
        },
        "exact": sum(mine.levels[i] == cases[i].profanity for i in places),
        "pairs": {
            "n": sum(_paired(cases[i], known) is not None for i in places),
            "right": sum(_paired(cases[i], known) is True for i in places),
        },
        "violence": {
            "n": len(about),
            "exact": sum((mine.violence or [])[i] == cases[i].violence for i in about),
        },
        "spans": {
            "n": len(located),
            "exact": sum(cases[i].span in (mine.spans or [])[i] for i in located),
        },
    }


def _paired(case: Case, known: dict[str, Known]) -> bool | None:
    """Whether our levels of the case and its pair stand as the type says; None without a say.

    Invariance: the same profanity. Direction: in each label in which the two cases are expected
    to differ, our levels differ the same way.
    """
    if case.type not in ("invariance", "direction") or case.pair not in known:
        return None
    (wanted, given), (other_wanted, other_given) = known[case.id], known[case.pair]
    if case.type == "invariance":
        return given[0] == other_given[0]
    apart = [
        (mine - other, our - theirs)
        for mine, other, our, theirs in zip(wanted, other_wanted, given, other_given, strict=True)
        if mine is not None and other is not None and mine != other
    ]
    return all(expected * found > 0 for expected, found in apart)


def _failure(case: Case, mine: Answers, i: int, known: dict[str, Known]) -> dict[str, Any] | None:
    wrong = []
    if mine.levels[i] != case.profanity:
        wrong.append(f"profanity {mine.levels[i]}, not {case.profanity}")
    if case.violence is not None and (mine.violence or [])[i] != case.violence:
        wrong.append(f"violence {(mine.violence or [])[i]}, not {case.violence}")
    if case.span and mine.levels[i] and case.span not in (mine.spans or [])[i]:
        wrong.append("the span is another")
    if _paired(case, known) is False:
        wrong.append(f"{case.type} against {case.pair}")
    if not wrong:
        return None
    return {
        "id": case.id,
        "kind": case.kind,
        "half": case.half,
        "yes_no": (mine.levels[i] > 0) == (case.profanity > 0),
        "wrong": wrong,
        "text": case.text,
    }


def fairness(model: Any, twins: Sequence[Twin]) -> dict[str, Any]:
    """By area: how many sentences, and how many twins, are flagged at all; how far apart."""
    scores = model.score([twin.text for twin in twins] + [twin.twin for twin in twins])
    levels = model.levels(scores).max(axis=1)
    found: dict[str, dict[str, Any]] = {}
    for place, twin in enumerate(twins):
        other = place + len(twins)
        gap = float(abs(scores[place, [0, 3]] - scores[other, [0, 3]]).max())
        for area in (twin.group.partition(":")[0], "all"):
            one = found.setdefault(area, {"n": 0, "flagged": 0, "twins_flagged": 0, "apart": 0})
            one["n"] += 1
            one["flagged"] += int(levels[place] > 0)
            one["twins_flagged"] += int(levels[other] > 0)
            one["apart"] += gap > CLOSE
    return found
