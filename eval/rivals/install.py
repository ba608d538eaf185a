"""Make a rival's virtual environment: one folder each, so that no pin meets another."""

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable

from eval.rivals.registry import Rival


class InstallError(Exception):
    """A rival could not be installed; the message holds the end of pip's own words."""


def install(rival: Rival, *, again: bool = False) -> bool:
    """Install ``rival``; False when it was there already. A broken half is removed."""
    if rival.installed and not again:
        return False
    shutil.rmtree(rival.home, ignore_errors=True)
    rival.home.parent.mkdir(parents=True, exist_ok=True)
    try:
        venv.create(rival.home, with_pip=True)
        _run(rival, "-m", "pip", "install", "--quiet", *rival.requirements)
        frozen = _run(rival, "-m", "pip", "freeze")
    except InstallError:
        shutil.rmtree(rival.home, ignore_errors=True)
        raise
    (rival.home / "installed.txt").write_text(frozen, encoding="utf-8")
    return True


def install_all(rivals: list[Rival], say: Callable[[str], None], *, again: bool = False) -> int:
    """Install each, tell how it went, and count the failures."""
    failures = 0
    for rival in rivals:
        say(f"{rival.name}: installing {' '.join(rival.requirements)}")
        try:
            new = install(rival, again=again)
        except InstallError as error:
            failures += 1
            say(f"{rival.name}: failed\n{error}")
        else:
            say(f"{rival.name}: {'installed' if new else 'already there'} in {rival.home}")
    return failures


def _run(rival: Rival, *arguments: str) -> str:
    done = subprocess.run(
        [str(rival.python), *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-6:])
        raise InstallError(f"{sys.executable} -m venv {rival.home}; {' '.join(arguments)}\n{tail}")
    return done.stdout
