"""The model card: figures come from files, prose stays, and the committed card is up to date."""

import json
from pathlib import Path

import pytest

from classifier.errors import InputError
from training.card import main, read_reports, render

COLUMN = {
    "positives": 1234,
    "precision": 0.9,
    "recall": 0.8,
    "f1": 0.84706,
    "ece": 0.00314,
    "ece_from_0.1": 0.04,
}
CUTS = {str(cut): COLUMN for cut in (1, 2, 3)}
METADATA = {
    "version": "9.9.9",
    "date": "2026-01-02",
    "command": "python -m training.train",
    "arrays": {"bytes": 2_345_678, "sha256": "abc"},
    "versions": {"numpy": "2.0", "joblib": "1.0"},
    "data": [
        {"name": "own corpus", "rows": 4000, "licence": "MIT"},
        {"name": "labels", "files": {}},
    ],
    "held_out": {"rows": 5000, "violence": CUTS, "profanity": CUTS},
    "thresholds": {"violence": [0.25, 0.5, 0.75], "profanity": [0.1, 0.2, 0.3]},
    "population": "some rows",
    "threshold_rule": "some rule",
}
FIGURE = {"value": 0.5, "low": 0.25, "high": 0.75}
NONE = {"value": None, "low": None, "high": None}
MEASURED = {"positives": 7, **dict.fromkeys(("ap", "precision", "recall", "f1", "ece"), FIGURE)}
EMPTY = {"positives": 0, **dict.fromkeys(("ap", "precision", "recall", "f1", "ece"), NONE)}
LABEL = {"1": MEASURED, "2": MEASURED, "3": EMPTY, "kappa": FIGURE}
REPORT = {
    "kind": "labelled",
    "rows": 800,
    "bootstrap": {"unit": "document"},
    "violence": LABEL,
    "profanity": LABEL,
    "groups": {
        "source": {"groups": [{"name": "wire", "rows": 30, "violence": LABEL, "profanity": LABEL}]}
    },
}


BEHAVIOUR = {
    "kind": "behaviour",
    "fairness": {
        "all": {"n": 90, "flagged": 2, "twins_flagged": 1, "apart": 3},
        "dialect": {"n": 40, "flagged": 0, "twins_flagged": 1, "apart": 1},
    },
}


def part(name: str, *, reports: bool = True) -> str:
    card = f"Before.\n<!-- figures: {name} -->\nold figures\n<!-- end -->\nAfter.\n"
    return render(card, METADATA, {"behaviour": BEHAVIOUR, "dev": REPORT} if reports else {})


def test_prose_stays_and_old_figures_go() -> None:
    card = part("model")
    assert card.startswith("Before.\n<!-- figures: model -->\n")
    assert card.endswith("<!-- end -->\nAfter.\n")
    assert "old figures" not in card


def test_rendering_twice_changes_nothing() -> None:
    card = "\n".join(part(name) for name in ("model", "data", "held-out", "reports", "groups"))
    assert render(card, METADATA, {"dev": REPORT}) == card


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("model", "| arrays | 2.35 MB, SHA-256 `abc` |"),
        ("model", "| made with | joblib 1.0, numpy 2.0 |"),
        ("data", "| own corpus | 4,000 | MIT |"),
        ("data", "| **together, each text once** | **5,000** |  |"),
        (
            "held-out",
            "| violence >= 2 | 1,234 | 0.5000 | 0.900 | 0.800 | 0.847 | 0.0031 | 0.0400 |",
        ),
        ("held-out", "Population: some rows."),
        ("reports", "| violence >= 1 | 7 | " + " | ".join(["0.500 (0.250 to 0.750)"] * 5) + " |"),
        ("reports", "| profanity >= 3 | 0 | - | - | - | - | - |"),
        ("reports", "**dev**: 800 rows; 95 % bootstrap intervals by document."),
        ("reports", "kappa of the violence levels: 0.500 (0.250 to 0.750)."),
        ("fairness", "| dialect | 40 | 0 | 1 |\n| all | 90 | 2 | 1 |"),
        ("groups", "| wire | 30 | 0.500 (7) | 0.500 (7) | - | 0.500 (7) | 0.500 (7) | - |"),
    ],
)
def test_a_row(name: str, row: str) -> None:
    assert row in part(name)


RELEASE = {
    "compared_with": {"sha256": "abcdef0123456789", "date": "2026-01-01"},
    "tolerance": 0.01,
    "figures": 120,
    "sets": {
        "dev.jsonl": {
            "rows": 800,
            "worst": {
                "figure": "violence.2.ap",
                "old": 0.6,
                "new": 0.61,
                "low": -0.01,
                "high": 0.03,
            },
        }
    },
}


@pytest.mark.parametrize(
    ("release", "said"),
    [
        (None, "Nothing to compare with: not released through the gate."),
        ({"first": True}, "Nothing to compare with: this is the first release."),
        (RELEASE, "| dev.jsonl | 800 | violence.2.ap | 0.600 | 0.610 | -0.010 to 0.030 |"),
        (RELEASE, "Compared with the model of 2026-01-01 (arrays `abcdef012345`): 120 figures"),
    ],
)
def test_the_release(release: dict[str, object] | None, said: str) -> None:
    card = "<!-- figures: release -->\n<!-- end -->\n"
    assert said in render(card, {**METADATA, "release": release}, {})


@pytest.mark.parametrize("name", ["reports", "groups", "fairness"])
def test_no_report_is_said(name: str) -> None:
    assert "No report in `eval/reports/` yet." in part(name, reports=False)


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(InputError, match="no figures called 'modell'; there are model, data"):
        part("modell")


def test_other_reports_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "dev.json").write_text(json.dumps(REPORT), encoding="utf-8")
    (tmp_path / "bench.json").write_text('{"kind": "bench"}', encoding="utf-8")
    (tmp_path / "cases.json").write_text(json.dumps(BEHAVIOUR), encoding="utf-8")
    assert read_reports(tmp_path) == {"cases": BEHAVIOUR, "dev": REPORT}


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model.json").write_text(json.dumps(METADATA), encoding="utf-8")
    (tmp_path / "README.md").write_text("<!-- figures: data -->\n<!-- end -->\n", encoding="utf-8")
    options = ["--models", str(tmp_path), "--reports", str(tmp_path)]
    assert main([*options, "--check"]) == 1
    assert "run python -m training.card" in capsys.readouterr().err
    assert main(options) == 0
    assert main([*options, "--check"]) == 0


@pytest.mark.parametrize("metadata", ["{", "{}"])
def test_a_broken_model_is_said(
    metadata: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "model.json").write_text(metadata, encoding="utf-8")
    (tmp_path / "README.md").write_text("<!-- figures: data -->\n<!-- end -->\n", encoding="utf-8")
    assert main(["--models", str(tmp_path), "--reports", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("training.card: ")


def test_the_committed_card_says_what_the_files_say() -> None:
    assert main(["--check"]) == 0
