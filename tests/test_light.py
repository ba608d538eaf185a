"""Prediction needs numpy and nupunkt and nothing else, and imports nothing else."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.conftest import require

ROOT = Path(__file__).parents[1]

#: Heavy, or of an extra; none of them may be paid for by a user who only predicts.
HEAVY = ("sklearn", "scipy", "pandas", "lxml", "joblib", "matplotlib", "pyarrow", "rich", "pyspark")

PROGRAM = """
import sys
import classifier
clf = classifier.load()
clf.score(["He was killed.", "It was a fucking disgrace."])
assert clf.predict("It was a fucking disgrace. Blood poured from his neck.").tags
list(clf.predict_many(["One.", "Two."]))
clf.explain("It was a fucking disgrace.")
heavy = {heavy!r}
print(*sorted(name for name in heavy if name in sys.modules))
"""


def run(program: str, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, *options, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_prediction_imports_nothing_heavy() -> None:
    require(find_spec("sklearn"), "scikit-learn is not installed, so it could not be imported")
    assert run(PROGRAM.format(heavy=HEAVY)) == ""


def test_prediction_works_where_nothing_heavy_can_be_imported() -> None:
    block = f"""
import sys
for name in {HEAVY!r}:
    sys.modules[name] = None  # importing it raises ImportError
"""
    run(block + PROGRAM.format(heavy=()))


def test_import_reads_no_model() -> None:
    """Nothing heavy happens at import: no arrays, no lexicon, no sentence model."""
    program = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import classifier
kinds = (".npz", ".tsv", ".json", ".bin", ".xz", ".toml")
print(*[path for path in opened if path.endswith(kinds)])
"""
    assert run(program) == ""


def test_formats_are_imported_when_they_are_asked_for() -> None:
    program = """
import sys
import classifier
classifier.load().predict("It was a fucking disgrace.")
print(*[name for name in sys.modules if name.startswith("classifier.formats")])
item = "<p>It was a fucking disgrace.</p>"
assert classifier.formats.tag(item, format="html") != item
assert "formats" in dir(classifier) and not hasattr(classifier, "format")
"""
    assert run(program) == ""


def test_errors_of_encoding_are_never_hidden() -> None:
    """Every file is opened with an encoding: a warning for one that is not would be an error."""
    run(PROGRAM.format(heavy=()), "-X", "warn_default_encoding", "-W", "error::EncodingWarning")
