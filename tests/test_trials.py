"""Leave one source out, and the learning curve: what is held out is really left out."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra 'train' is not installed")

from classifier.taxonomy import COLUMNS
from training import curve, sources_out, trial
from training.build import Settings, fit_part, violence_part
from training.data import fold_of, group_of, own_rows
from training.labels import Row
from training.opinions import Soft


def rows_of(source: str, count: int) -> list[Row]:
    return [
        Row(f"{source} {n}.", n % 4, n % 3, source, f"{source}{n // 2}", None, "", "", "", f"x:{n}")
        for n in range(count)
    ]


def test_the_curve_grows_by_whole_documents() -> None:
    rows = rows_of("masc", 2000)
    parts = [curve.part_of(rows, share) for share in curve.SHARES]
    assert [len(part) for part in parts] == sorted(len(part) for part in parts)
    assert len(parts[-1]) == len(rows)
    assert 180 < len(parts[0]) < 320
    for small, large in pairwise(parts):
        assert {row.text for row in small} < {row.text for row in large}
        groups = {group_of(row) for row in small}
        assert len(small) == sum(group_of(row) in groups for row in rows)


def test_the_curve_leaves_opinions_of_the_held_out_fold_out() -> None:
    groups = [f"masc|{n}" for n in range(100)]
    soft = Soft(
        [f"text {n}" for n in range(100)], np.zeros((100, 3)), groups, np.arange(100) % 2 > 0
    )
    kept = curve.outside_fold(soft)
    assert 0 < len(kept.texts) < 100
    assert len(kept.texts) == len(kept.groups) == len(kept.probabilities)
    assert all(fold_of(group, curve.FOLDS) != curve.HELD for group in kept.groups)
    assert [int(text.split()[1]) % 2 > 0 for text in kept.texts] == kept.varied.tolist()


@pytest.mark.parametrize("varied", [False, True])
def test_an_opinion_of_a_variant_weighs_less(varied: bool) -> None:
    """Two opinions of the same words, one for and one against."""
    texts = ["They burned the barn."] * 2
    probabilities = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    soft = Soft(texts, probabilities, ["p|1", "p|2"], np.array([varied, not varied]))
    settings = Settings(least_word=1, least_pair=1, classes=False, violence_strength=(9, 9, 9))
    labelled = ["Nobody came.", "It rained."]
    part = violence_part(labelled, settings, soft)
    heads = fit_part(part, np.zeros((2, 3)), np.arange(2), (9.0, 9.0, 9.0), settings, soft)
    assert part.soft is not None
    logits = heads.logits(part.soft)
    for_it, against = settings.opinion_weights[varied], settings.opinion_weights[not varied]
    assert np.allclose(logits, np.log(for_it / against), atol=0.15)


Fit = tuple[Sequence[Row], Sequence[Row], Soft | None]


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[Fit]:
    """What was fitted on and measured on; nothing is really fitted."""
    seen: list[Fit] = []

    def stand_in(rows: Sequence[Row], held: Sequence[Row], soft: Soft | None, *_: object) -> object:
        seen.append((rows, held, soft))
        return dict.fromkeys(COLUMNS, (0.5, 7))

    for module in (sources_out, curve):
        monkeypatch.setattr(module, "average_precisions", stand_in)
        monkeypatch.setattr(module, "own_rows", list)
        both = [*rows_of("masc", 300), *rows_of("muc34", 300), *rows_of("rams", 20)]
        monkeypatch.setattr(module, "source_rows", lambda _, both=both: (both, {}))
    return seen


def test_a_source_left_out_is_in_neither_rows_nor_opinions(
    fits: list[Fit], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(folder: Path, without: Sequence[str]) -> Soft:
        return Soft(list(without), np.zeros((1, 3)), list(without), np.zeros(1, bool))

    monkeypatch.setattr(sources_out.opinions, "load", load)
    assert sources_out.main(["--sources", "somewhere"]) == 0
    assert len(fits) == 2  # rams has too few
    for (rows, held, soft), name in zip(fits, ("masc", "muc34"), strict=True):
        assert {row.source for row in held} == {name}
        assert name not in {row.source for row in rows}
        assert len(rows) + len(held) == 620
        assert soft is not None
        assert soft.texts == [name]
    assert "| masc | 300 | 0.500 (7) |" in capsys.readouterr().out


def test_an_unknown_source_is_named(fits: list[Fit], capsys: pytest.CaptureFixture[str]) -> None:
    assert sources_out.main(["--sources", "somewhere", "rams"]) == 2
    said = capsys.readouterr().err
    assert "rams: no source with 200 labelled sentences; there are masc, muc34" in said
    assert not fits


def test_a_curve_without_and_with_opinions(
    fits: list[Fit], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    soft = Soft(["one", "two"], np.zeros((2, 3)), ["masc|1", "masc|2"], np.zeros(2, bool))
    monkeypatch.setattr(curve.opinions, "load", lambda _: soft)
    assert curve.main(["--sources", "somewhere"]) == 0
    assert [given is None for _, _, given in fits] == [True] * 4 + [False] * 4
    held = {row.text for row in fits[0][1]}
    for rows, others, _ in fits:
        assert {row.text for row in others} == held
        assert not held & {row.text for row in rows}
        assert {fold_of(group_of(row), curve.FOLDS) for row in others} == {curve.HELD}
    assert len(capsys.readouterr().out.splitlines()) == 10


def test_a_trial_measures_what_was_not_fitted() -> None:
    rows = own_rows()[::20]
    found = trial.average_precisions(rows[::2], rows[1::2], None)
    assert list(found) == list(COLUMNS)
    value, positives = found["profanity>=1"]
    assert positives == sum((row.profanity or 0) >= 1 for row in rows[1::2])
    assert value > 0.5 > positives / len(rows[1::2])


def test_cells_hold_no_figure_without_positives() -> None:
    assert trial.cells({"a": (float("nan"), 0), "b": (0.5, 1200)}) == "- | 0.500 (1,200)"
