"""The code of an earlier commit, in a folder of its own; and how one comes from there to here."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.service import ROOT
from tests.system import belonging
from tests.system.crowd import REFUSALS, Known

# Four services and a gateway: the last commit before what the changelog tells one to do after.
FOUR_SERVICES = "ceafff2332ba8b48b4f67309af51bc30c7e01811"
# What people could do then. Who asks for what came later is told that there is no such method.
KNOWN = Known(
    acts=("_read", "_ask", "_answer", "_like", "_unlike", "_follow", "_rename", "_sign_in"),
    audiences=("members",),
    refusals=(*REFUSALS, 405),
)
_SECTION = re.compile(r"^### After the upgrade\n(.*?)^###? ", re.M | re.S)
_STEP = re.compile(r"^\d+\. (\w+): `([^`]+)`\.$", re.M)


def ask_git(*arguments: str) -> str | None:
    """What git says of this checkout, or None where it fails or is not there."""
    git = shutil.which("git")
    if git is None:
        return None
    ran = subprocess.run([git, *arguments], cwd=ROOT, capture_output=True, text=True)
    return ran.stdout if ran.returncode == 0 else None


def unpack(commit: str, folder: Path) -> Path:
    """The tree of a commit, below a folder; skips the test where git does not have it."""
    archive = folder / "earlier.tar"
    if ask_git("archive", "--output", str(archive), commit) is None:
        pytest.skip(f"git does not have {commit[:12]} here: a shallow clone, or no checkout")
    tree = folder / "earlier"
    shutil.unpack_archive(archive, tree, filter="data")
    archive.unlink()
    return tree


def unpack_four_services(folder: Path) -> Path:
    """Their tree, below a folder; its tests grow a branch of members as today's do."""
    tree = unpack(FOUR_SERVICES, folder)
    shutil.copy(Path(belonging.__file__), tree / "tests" / "system")
    return tree


def run_in(tree: Path, program: str, **environ: str) -> None:
    """Run a few lines of Python among the code of a tree."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tree,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def steps_after() -> Iterator[tuple[str, list[str]]]:
    """What the changelog says to do after an upgrade: a service and a command's words, in order."""
    found = _SECTION.search((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert found, "the changelog does not say what to do"
    for service, command in _STEP.findall(found[1]):
        yield service, command.split()
