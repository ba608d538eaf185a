"""Is ``forewarn batch`` killed at random moments and gone on with equal to one left in peace?

Each run gets SIGKILL after a random time (its workers are left to notice), until so many kills
have struck; whenever a run ends, its output and its rejects must have the bytes of the
undisturbed run. The full disk is a small tmpfs when we may mount one, else a limit on file size.
"""

import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Runs the command with small Parquet pieces, so that a short run has many of them.
_COMMAND = """
import sys
import classifier.batch_write as write
write.PIECE_BYTES = 200_000
from classifier.commands.batch import main
sys.exit(main())
"""


@dataclass(slots=True)
class Kills:
    """What was done to runs of one kind, and what came out."""

    kind: str
    kills: int = 0
    completed: int = 0
    different: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return self.completed > 0 and not self.different and not self.errors


def write_rows(path: Path, texts: Sequence[str]) -> None:
    """Rows of ``path``'s kind; in text files every 97th row is a bad one."""
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = {
            "id": list(range(len(texts))),
            "text": [None if i % 97 == 96 else text for i, text in enumerate(texts)],
        }
        pq.write_table(pa.table(rows), path, row_group_size=700)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            file.write("id,text\n")
        for number, text in enumerate(texts):
            if number % 97 == 96:
                file.write(f'{number},"broken"x"\n' if path.suffix == ".csv" else '{"text": \n')
            elif path.suffix == ".csv":
                quoted = text.replace('"', '""')
                file.write(f'{number},"{quoted}"\r\n')
            else:
                file.write(json.dumps({"id": number, "text": text}) + "\n")


def command(source: Path, target: Path, *, jobs: int, model: Path | None) -> list[str]:
    options = ["--id", "id", "--jobs", str(jobs), "--checkpoint", "0.05", "--quiet"]
    if model:
        options += ["--model", str(model)]
    return [sys.executable, "-c", _COMMAND, str(source), str(target), *options]


def digests(target: Path) -> tuple[str, str]:
    """SHA-256 of the output and of its rejects."""
    rejects = target.with_name(target.name + ".rejects.jsonl")
    first, second = (
        hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
        for path in (target, rejects)
    )
    return first, second


def run_kills(
    folder: Path,
    kind: str,
    texts: Sequence[str],
    *,
    kills: int,
    jobs: int = 2,
    model: Path | None = None,
    seed: int = 0,
) -> Kills:
    """Kill runs over ``texts`` in files of ``kind`` until ``kills`` have struck."""
    found = Kills(kind)
    source, target = folder / f"in.{kind}", folder / f"out.{kind}"
    write_rows(source, texts)
    peaceful = folder / f"peaceful.{kind}"
    began = time.monotonic()
    _run(command(source, peaceful, jobs=jobs, model=model))
    took = time.monotonic() - began
    expected = digests(peaceful)
    chance = random.Random(seed)
    while found.kills < kills or not found.completed:
        # Late enough to get past starting up now and then, early enough to strike mostly.
        wait = chance.uniform(0.05, max(0.4, 0.8 * took)) if found.kills < kills else 600.0
        line = [*command(source, target, jobs=jobs, model=model), "--resume"]
        process = subprocess.Popen(line, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        try:
            _, message = process.communicate(timeout=wait)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            found.kills += 1
            continue
        if process.returncode:
            found.errors.append(message.strip()[-500:])
            break
        found.completed += 1
        found.different += digests(target) != expected
        if litter := [path.name for path in folder.iterdir() if path.name.endswith(_LITTER)]:
            found.errors.append(f"left behind: {litter}")
        target.unlink()
        target.with_name(target.name + ".rejects.jsonl").unlink(missing_ok=True)
    return found


_LITTER = (".part", ".checkpoint")


def full_disk(folder: Path, texts: Sequence[str], *, model: Path | None = None) -> str:
    """Run into a full disk, make room, go on; the empty string, or what was wrong."""
    source = folder / "full.jsonl"
    write_rows(source, texts)
    peaceful = folder / "peaceful-full.jsonl"
    _run(command(source, peaceful, jobs=1, model=model))
    expected = digests(peaceful)
    with _small_disk(folder / "small", peaceful.stat().st_size // 2) as (small, limit, make_room):
        target = small / "out.jsonl"
        line = command(source, target, jobs=1, model=model)
        first = subprocess.run(
            [*limit, *line], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if first.returncode != 1 or "--resume" not in first.stderr or "Traceback" in first.stderr:
            return f"full disk: exit {first.returncode}, {first.stderr[-500:]!r}"
        if target.exists():
            return "full disk: half an output stands under the final name"
        make_room()
        _run([*line, "--resume"])
        return "" if digests(target) == expected else "full disk: resumed output differs"


@contextmanager
def _small_disk(folder: Path, size: int) -> Iterator[tuple[Path, list[str], object]]:
    folder.mkdir()
    size = max(size, 64 << 10)
    mounted = (
        shutil.which("mount")
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        ).returncode
    )
    if not mounted:
        blocks = max(1, size // 1024)
        yield folder, ["bash", "-c", f'ulimit -f {blocks}; exec "$@"', "-"], lambda: None
        return
    try:
        grow = ["mount", "-o", "remount,size=1g", str(folder)]
        yield folder, [], lambda: subprocess.run(grow, check=True)
    finally:
        subprocess.run(["umount", str(folder)], check=False)


def _run(line: list[str]) -> None:
    subprocess.run(line, cwd=ROOT, check=True)


def main(arguments: Sequence[str]) -> int:
    from eval.bench.workloads import sentences

    kills = int(arguments[0]) if arguments else 100
    model = Path(arguments[1]) if len(arguments) > 1 else None
    texts = sentences(20_000)
    kinds = ("jsonl", "csv", "parquet")
    failed = False
    for place, kind in enumerate(kinds):
        share = kills // len(kinds) + (place < kills % len(kinds))
        with tempfile.TemporaryDirectory() as name:
            found = run_kills(Path(name), kind, texts, kills=share, model=model, seed=place)
            failed |= not found.passed
            print(
                f"{kind}: {found.kills} kills, {found.completed} runs came to their end, "
                f"{found.different} differ{''.join('; ' + e for e in found.errors)}",
                flush=True,
            )
    with tempfile.TemporaryDirectory() as name:
        wrong = full_disk(Path(name), texts[:5000], model=model)
        print(wrong or "full disk: stopped with a message, resumed, same bytes")
        failed |= bool(wrong)
    return 1 if failed else 0
