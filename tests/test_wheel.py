"""The wheel, built and used in an environment of its own that has no training packages."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import require

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
HARBOUR = ROOT / "examples" / "harbour.txt"

#: What a build reads. A copy, because setuptools leaves build/ and *.egg-info where it works.
PARTS = ("classifier", "models", "pyproject.toml", "README.md", "LICENSE", "training", "tests")


def run(*command: object, cwd: Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == expect, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("source")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*_cache", "cases")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, ignore=ignored)
        else:
            shutil.copy2(ROOT / part, source / part)
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", out, source, cwd=out)
    (built,) = out.glob("forewarn-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a new environment with nothing but the wheel and what it asks for."""
    home = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", home / "venv", cwd=home)
    folder = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    constraints = ROOT / "constraints.txt"
    run(folder / "python", "-m", "pip", "install", "-q", "-c", constraints, wheel, cwd=home)
    return folder


def test_what_is_in_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"classifier"}
    for part in (
        "classifier/py.typed",
        "classifier/models/model.npz",
        "classifier/models/model.json",
        "classifier/data/lexicon.tsv",
        "classifier/data/confusables.tsv",
        "classifier/data/words.txt",
        "classifier/policies/wire.toml",
        "classifier/formats/sidecar.schema.json",
    ):
        assert part in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_every_module_and_data_file_of_the_package_is_in_it(wheel: Path) -> None:
    """A new folder that nobody added to pyproject.toml would be missing here."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "classifier").rglob("*")
        if path.is_file()
        and path.suffix in (".py", ".tsv", ".txt", ".toml", ".json", ".css", ".html", ".js")
    }
    assert ours - inside == set()
    models = {name for name in inside if name.startswith("classifier/models/")}
    assert {Path(name).name for name in models} == {"model.json", "model.npz", "README.md"}


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= 10_000_000


def test_only_numpy_and_nupunkt_come_with_it(environment: Path, tmp_path: Path) -> None:
    listed = run(environment / "python", "-m", "pip", "list", "--format", "json", cwd=tmp_path)
    names = {package["name"].lower() for package in json.loads(listed.stdout)}
    assert names - {"pip", "setuptools", "wheel"} == {"forewarn", "numpy", "nupunkt"}


def test_the_api(environment: Path, tmp_path: Path) -> None:
    program = (
        "import classifier, json\n"
        f"text = open({str(HARBOUR)!r}, encoding='utf-8').read()\n"
        "document = classifier.load().predict(text)\n"
        "print(json.dumps([document.tags, document.levels, classifier.__file__]))\n"
    )
    done = run(environment / "python", "-c", program, cwd=tmp_path)
    tags, levels, where = json.loads(done.stdout)
    assert tags == ["graphic-violence", "profanity"]
    assert levels == {"violence": 3, "profanity": 3}
    assert Path(where).is_relative_to(environment.parent)


def test_the_command_tags_an_article(environment: Path, tmp_path: Path) -> None:
    done = run(environment / "forewarn", "tag", HARBOUR, cwd=tmp_path)
    article = HARBOUR.read_text(encoding="utf-8")
    assert done.stdout.endswith(article)
    assert len(done.stdout) > len(article)
    assert "warning" in done.stdout[: len(done.stdout) - len(article)].lower()


def test_an_article_with_nothing_to_warn_of_is_not_touched(
    environment: Path, tmp_path: Path
) -> None:
    clean = tmp_path / "clean.txt"
    clean.write_bytes(b"The ferry left at nine.\r\n\r\nIt carried the post and two bicycles.\n")
    run(environment / "forewarn", "tag", clean, "-o", tmp_path / "out.txt", cwd=tmp_path)
    assert (tmp_path / "out.txt").read_bytes() == clean.read_bytes()


def test_the_command_says_what_it_is(environment: Path, tmp_path: Path) -> None:
    said = run(environment / "forewarn", "--help", cwd=tmp_path).stdout
    for command in ("tag", "predict", "explain"):
        assert command in said


def test_a_missing_extra_is_named(environment: Path, tmp_path: Path) -> None:
    done = run(environment / "forewarn", "eval", HARBOUR, cwd=tmp_path, expect=2)
    assert "pip install 'forewarn[eval]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_types_are_seen_by_a_type_checker(environment: Path, tmp_path: Path) -> None:
    pytest_mypy = shutil.which("mypy", path=str(Path(sys.executable).parent))
    require(pytest_mypy, "mypy is not installed beside this Python")
    (tmp_path / "use.py").write_text(
        "import classifier\n"
        "document = classifier.load().predict('It rained.')\n"
        "wrong: int = document.tags\n",
        encoding="utf-8",
    )
    done = run(
        pytest_mypy,
        "--python-executable",
        environment / "python",
        "--cache-dir",
        tmp_path / "cache",
        "use.py",
        cwd=tmp_path,
        expect=1,
    )
    assert "use.py:3: error: Incompatible types in assignment" in done.stdout
    assert "Found 1 error" in done.stdout
