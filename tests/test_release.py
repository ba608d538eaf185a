"""The release gate: what it compares, what it refuses, and that a refusal changes nothing."""

import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra 'train' is not installed")

import classifier
from classifier.artefact import load_model
from classifier.errors import InputError
from classifier.evaluate.bootstrap import design
from classifier.evaluate.labelled import Labelled
from classifier.evaluate.scored import Scored, flags_of
from classifier.taxonomy import LABELS
from tests.small_model import small_model
from tests.test_train import contents, sample, write_csv
from training import gate, held_out, permissive, release, sets, sources, train
from training.build import Built, build
from training.gate import Compared, Pair
from training.labels import Row

QUICK = 100  # resamples
THRESHOLDS = dict.fromkeys(LABELS, (0.5, 0.5, 0.5))


# --- what is compared ----------------------------------------------------------------------------


def labelled(levels: np.ndarray, **groups: list[str]) -> Labelled:
    texts = [f"word {place}" for place in range(len(levels))]
    return Labelled(texts, texts, np.column_stack([levels, levels]), groups=groups)


def scored(strength: np.ndarray) -> Scored:
    """A system whose six probabilities follow one number a row, at the level it says."""
    scores = np.clip((strength[:, None] - np.arange(3)) / 2 + 0.25, 0, 1)
    scores = np.tile(scores, 2)
    levels = np.stack([(scores[:, 3 * i : 3 * i + 3] >= 0.5).sum(axis=1) for i in (0, 1)], axis=1)
    return Scored("s", LABELS, scores, flags_of(levels), levels, THRESHOLDS, 0.0)


def pair(blind: np.ndarray, **groups: list[str]) -> Pair:
    """The old system is good; the new one guesses in the rows ``blind``."""
    chance = np.random.default_rng(1)
    levels = chance.integers(4, size=len(blind))
    good = levels + chance.normal(0, 0.2, len(blind))
    bad = np.where(blind, chance.permutation(good), good)
    return Pair("set", labelled(levels, **groups), scored(good), scored(bad))


def test_two_equal_models_lose_nothing() -> None:
    figures = list(gate.compare(pair(np.zeros(300, bool)), QUICK))
    assert {f.figure for f in figures if not f.slice} == {
        f"{label}.{figure}"
        for label in LABELS
        for figure in ("1.ap", "1.f1", "2.ap", "2.f1", "3.ap", "3.f1", "kappa")
    }
    assert all(f.difference == 0 and f.p == 1 for f in figures)
    assert not gate.lost(figures)


def test_a_model_that_guesses_loses_every_figure() -> None:
    figures = [f for f in gate.compare(pair(np.ones(300, bool)), QUICK) if not f.slice]
    assert figures
    assert gate.lost(figures) == figures
    assert all(f.low <= f.difference <= f.high for f in figures if f.low and f.high)


@pytest.mark.parametrize(("rows", "counts"), [(70, True), (60, False)])
def test_a_slice_counts_from_50_positives(rows: int, counts: bool) -> None:
    """Three quarters of the rows are positive at level 1: about 52 of 70 and 45 of 60."""
    blind = np.arange(800) < rows
    names = ["weak" if bad else "strong" for bad in blind]
    figures = list(gate.compare(pair(blind, source=names), QUICK))
    lost = {f.figure for f in gate.lost(figures) if f.slice == "source: weak"}
    assert ("violence.1.f1" in lost) == counts
    assert all(f.positives >= gate.LEAST for f in figures if f.slice)


def test_of_many_slices_some_are_low_by_chance() -> None:
    """Two models that are equally good, on some 800 figures of slices: intervals taken one by one
    would refuse the second."""
    chance = np.random.default_rng(3)
    levels = chance.integers(4, size=120 * 60)
    names = [f"{place // 120}" for place in range(len(levels))]
    systems = [scored(levels + chance.normal(0, 0.6, len(levels))) for _ in range(2)]
    data = labelled(levels, source=names)
    figures = [f for f in gate.compare(Pair("set", data, *systems), QUICK) if f.slice]
    assert not gate.lost(figures)
    assert len(gate.spared(figures)) >= 5
    # one that is lost for sure is found among them
    fallen = replace(figures[0], difference=-0.4, high=-0.3, p=1e-7)
    assert gate.lost([fallen, *figures[1:]]) == [fallen]
    assert fallen not in gate.spared([fallen, *figures[1:]])


@pytest.mark.parametrize(
    ("found", "drawn", "least", "most"),
    [
        (-0.2, [-0.25, -0.2, -0.15], 0, 0.001),
        (0.2, [0.15, 0.2, 0.25], 0.999, 1),
        (-gate.TOLERANCE, [-0.1, 0.1], 0.5, 0.5),
        (-0.2, [-0.2, -0.2], 0, 0),
        (-gate.TOLERANCE, [0.0, 0.0], 1, 1),
        (-0.2, [np.nan, np.nan], 0, 0),
        (-0.2, [np.nan, -0.25, -0.15], 0, 0.01),
    ],
)
def test_the_chance_of_a_difference(
    found: float, drawn: list[float], least: float, most: float
) -> None:
    plan = design(np.repeat([0, 1], 20))
    assert least <= gate.chance(found, np.array(drawn), plan) <= most


def test_a_few_documents_say_less_than_many() -> None:
    drawn = np.array([-0.15, -0.1, -0.05])
    few, many = (gate.chance(-0.1, drawn, design(np.repeat([0, 1], n))) for n in (2, 50))
    assert 0.5 > few > 5 * many
    assert gate.chance(-0.1, drawn, design(np.array([0, 1, 2]))) == 1


def test_a_whole_set_without_an_interval_is_judged_by_its_difference() -> None:
    assert gate.lost([replace(figure(-0.02), low=None, high=None)])
    assert not gate.lost([replace(figure(-0.005), low=None, high=None)])


def test_a_set_without_positives_has_no_figures() -> None:
    levels = np.zeros(40, int)
    one = scored(levels.astype(float))
    assert not list(gate.compare(Pair("clean", labelled(levels), one, one), QUICK))


@pytest.mark.parametrize(("flagged", "lost"), [(0, False), (2, False), (40, True)])
def test_sentences_that_were_left_clean_and_are_flagged_now(flagged: int, lost: bool) -> None:
    new = [0.0] * flagged + [1.0] * (300 - flagged)
    found = gate.compare_shares("fairness", "left clean", [1.0] * 300, new, QUICK)
    assert gate.lost([found]) == [found] * lost
    assert found.difference == pytest.approx(-flagged / 300)


def test_fairness_compares_what_the_models_flag() -> None:
    model = classifier.load(small_model())
    figures = sets.fairness(model, model)
    assert [f.figure for f in figures] == ["left clean: named", "left clean: twins",
                                           "named less twins"]  # fmt: skip
    assert all(f.difference == 0 and f.positives >= 300 for f in figures)


def test_cases_are_judged_as_documents() -> None:
    model = classifier.load(small_model())
    pair = sets.case_pair(model, model)
    place = len(pair.data) // 2
    document = model.predict(pair.data.texts[place])
    assert pair.new.levels[place].tolist() == [document.levels[label] for label in LABELS]


# --- files ---------------------------------------------------------------------------------------


def row(text: str, level: int | None = 1, source: str = "own") -> Row:
    origin = f"/x/war.jsonl:{len(text)}"
    return Row(text, level, 0, source, "d", None, "", "", "", origin)


def test_held_out_figures_come_back_by_key(tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(b"a model")
    rows = [row("one"), row("two", None), row("three")]
    numbers = np.linspace(0, 1, 18).reshape(3, 6)
    numbers[1, :3] = np.nan
    held_out.save(held_out.held_out(rows, numbers), tmp_path)
    found = held_out.load(tmp_path)
    assert found is not None
    known, again = found.of([rows[2], row("new"), rows[1]])
    assert known.tolist() == [True, False, True]
    np.testing.assert_allclose(again, numbers[[2, 1]], atol=1e-5)


def test_held_out_figures_of_another_model_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(b"a model")
    held_out.save(held_out.held_out([row("one")], np.zeros((1, 6))), tmp_path)
    (tmp_path / "model.npz").write_bytes(b"another")
    assert held_out.load(tmp_path) is None


def test_held_out_figures_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "held_out.npz").write_bytes(b"\0\1\2")
    with pytest.raises(InputError, match=r"held_out\.npz: not held-out figures"):
        held_out.load(tmp_path)


def test_rows_only_one_model_learned_from_are_left_out() -> None:
    model = classifier.load(small_model())
    rows = [row(text) for text in ("a", "bb", "ccc")]
    old = held_out.held_out(rows[:2], np.zeros((2, 6)))
    new = held_out.held_out(rows[1:], np.ones((2, 6)))
    shared = sets.held_out_pair(rows, (model, old), (model, new))
    assert shared is not None
    assert shared.data.texts == ["bb"]
    assert (shared.old.scores.tolist(), shared.new.scores.tolist()) == ([[0] * 6], [[1] * 6])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.jsonl", None, "none.jsonl"),
        ("empty.jsonl", "", "empty"),
        ("level.jsonl", '{"text": "It rained.", "violence": 4}\n', "level.jsonl:1: field 'viol"),
        ("prose.txt", "It rained.", "no table"),
    ],
)
def test_a_wrong_dev_file_is_named(
    name: str, content: str | None, said: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        sets.read_dev([tmp_path / name])


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_csv(tmp_path_factory.mktemp("data") / "some.csv", sample()[::2])


def run(out: Path, data: Path, *options: object) -> int:
    fixed = ["--release", "--only-data", "--jobs", "1", "--folds", "2", "--data", str(data)]
    return train.main([*fixed, "--out", str(out), *map(str, options)])


@pytest.fixture(scope="module")
def first(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("first") / "models"
    assert run(out, data, "--first") == 0
    return out


@pytest.fixture
def shipped(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first, tmp_path / "models"))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "compare", partial(gate.compare, resamples=QUICK))
    some = sets.read_cases()[::5]
    monkeypatch.setattr(sets, "read_cases", lambda: some)


@pytest.fixture
def worse(monkeypatch: pytest.MonkeyPatch, first: Path) -> None:
    """Training gives the first model again, but its words speak the other way."""
    arrays = load_model(first).arrays
    arrays = replace(arrays, word_weights=-arrays.word_weights, hit_weights=-arrays.hit_weights)
    monkeypatch.setattr(train, "build", partial(_turned, arrays))


@pytest.fixture
def better(monkeypatch: pytest.MonkeyPatch, first: Path) -> None:
    """Training gives the first model again, a trifle of a calibration apart."""
    arrays = load_model(first).arrays
    arrays = replace(arrays, calibration_y=np.minimum(arrays.calibration_y * 1.0001, 1))
    monkeypatch.setattr(train, "build", partial(_turned, arrays))


def _turned(arrays: object, rows: list[Row], *others: object) -> Built:
    thresholds = {label: [0.5, 0.5, 0.5] for label in LABELS}
    said = {"positives": 0, "threshold": 0.5, "ece": 0.0}
    report = {"rows": len(rows)} | {label: dict.fromkeys("123", said) for label in LABELS}
    return Built(arrays, thresholds, np.full((len(rows), 6), 0.5), report)  # type: ignore[arg-type]


def test_the_first_release_is_recorded(first: Path) -> None:
    metadata = json.loads((first / "model.json").read_text(encoding="utf-8"))
    assert metadata["release"] == {"first": True}
    assert sorted(path.name for path in first.iterdir()) == [
        "held_out.npz", "model.json", "model.npz",
    ]  # fmt: skip


def test_nothing_to_compare_with_is_refused(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "models", data) == 1
    assert "holds no model to compare with" in capsys.readouterr().err
    assert not (tmp_path / "models").exists()


def test_a_second_first_release_is_refused(
    shipped: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(shipped)
    assert run(shipped, data, "--first") == 1
    assert "holds a model to compare with; leave --first out" in capsys.readouterr().err
    assert contents(shipped) == before


def test_made_again_it_has_the_same_bytes(first: Path, data: Path) -> None:
    before = contents(first)
    assert run(first, data) == 0
    assert contents(first) == before


@pytest.mark.usefixtures("quick", "worse")
def test_a_worse_model_is_refused_and_the_old_one_stays(
    shipped: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(shipped)
    assert run(shipped, data, "--dev", data) == 1
    said = capsys.readouterr().err
    for name in ("| some.csv |  | violence.1.ap |", "| cases |", "| held-out folds |"):
        assert name in said
    assert "figures are lost" in said
    assert contents(shipped) == before


@pytest.mark.usefixtures("quick", "better")
def test_an_accepted_model_brings_its_comparison_along(
    shipped: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(shipped)
    (shipped / "held_out.npz").unlink()  # its figures are not those of the stand-in
    old = json.loads(before["model.json"])
    thresholds = {label: [0.5, 0.5, 0.5] for label in LABELS}
    (shipped / "model.json").write_text(json.dumps(old | {"thresholds": thresholds}))
    assert run(shipped, data, "--dev", data) == 0
    record = json.loads((shipped / "model.json").read_text(encoding="utf-8"))["release"]
    assert record["compared_with"]["sha256"] == old["arrays"]["sha256"]
    assert set(record["sets"]) == {"some.csv", "cases", "fairness"}
    report = json.loads((shipped / "release.json").read_text(encoding="utf-8"))
    assert report["kind"] == "release"
    assert len(report["figures"]) == record["figures"]
    assert "| some.csv |  | violence.2.ap |" in (shipped / "release.md").read_text(encoding="utf-8")
    text = json.loads(json.dumps(sample()))[0]["text"]
    assert text not in (shipped / "release.json").read_text(encoding="utf-8")


def test_dev_without_release_is_a_wrong_call(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main(["--only-data", "--out", str(tmp_path / "m"), "--dev", str(data)]) == 2
    assert "--dev and --first go with --release" in capsys.readouterr().err


# --- without share-alike sources and tweets ------------------------------------------------------


def test_the_permissive_sources() -> None:
    left_out = {s.name for s in sources.train_sources()} - set(sources.permissive())
    assert left_out == {"crisislext26", "davidson", "rams"}
    args = train._parser().parse_args(["--permissive", "--without", "masc"])
    assert train.left_out(args) == ["crisislext26", "davidson", "masc", "rams"]


def test_a_source_that_does_not_exist_is_named() -> None:
    args = train._parser().parse_args(["--without", "mask"])
    with pytest.raises(InputError, match="--without mask: no such source; there are"):
        train.left_out(args)


def figure(difference: float, slice: str = "", high: float | None = None) -> Compared:
    p = 1e-4 if high is not None and high < -gate.TOLERANCE else 0.2
    found = 0.7 + difference
    return Compared("dev", slice, "violence.2.ap", 60, 0.7, found, difference, -1, high, p)


@pytest.mark.parametrize(
    ("found", "ships"),
    [
        (figure(-0.004), True),
        (figure(-0.006), False),
        (figure(-0.03, "source: masc", high=0.01), True),
        (figure(-0.03, "source: masc", high=-0.02), False),
    ],
    ids=["within", "beyond", "a slice by chance", "a slice lost"],
)
def test_the_variant_ships_within_half_a_point(found: Compared, ships: bool) -> None:
    below = permissive.verdict([figure(0.02), found])
    assert (not below) == ships
    assert ("**Ship the variant**" in permissive.head(below)) == ships


def test_build_is_what_train_calls() -> None:
    """The stand-ins above replace what is really used."""
    assert train.build is build
    assert release.held_out is held_out
