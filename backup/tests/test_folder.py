"""What a backup's folder is refused for, and how its keys are sealed."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backup import manifest, sealing
from backup.errors import BackupError
from backup.manifest import Dump, Manifest
from backup.restoring import _put_keys, _refuse_newer, restore
from chassis import clock
from contracts.services import SERVICES


def made(folder: Path, migration: str = "0001") -> Manifest:
    dumps = {}
    for service in SERVICES:
        file = folder / f"{service}.dump"
        file.write_bytes(service.encode())
        now, digest = clock.now(), manifest.digest_of(file)
        dumps[service] = Dump(file.name, migration, now, now, file.stat().st_size, digest)
    found = Manifest(manifest.FORMAT, clock.now(), "one machine", dumps, manifest.KEYS, [])
    manifest.write(folder, found)
    return found


def test_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert manifest.read(made(tmp_path) and tmp_path) == manifest.read(tmp_path)


def test_folder_that_was_not_ended_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is no backup"):
        manifest.read(tmp_path)


@pytest.mark.parametrize("change", ["changed", "gone"])
def test_dump_that_is_not_what_was_dumped_is_refused(tmp_path: Path, change: str) -> None:
    made(tmp_path)
    if change == "gone":
        (tmp_path / "skills.dump").unlink()
    else:
        (tmp_path / "skills.dump").write_bytes(b"skillz")
    with pytest.raises(BackupError, match="skills"):
        manifest.read(tmp_path)


def test_backup_of_a_newer_release_is_refused_in_one_line(tmp_path: Path) -> None:
    _refuse_newer(made(tmp_path))
    with pytest.raises(BackupError, match="newer release: identity is at 0999"):
        _refuse_newer(made(tmp_path, "0999"))


def test_ledger_that_is_none_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    made(tmp_path)
    place: Any = None  # nothing is asked of it
    with pytest.raises(BackupError, match="line 2 is no id"):
        restore(place, tmp_path, ledger="\nAda", ask=str, say=print)


def test_keys_get_their_modes_and_others_are_left(tmp_path: Path) -> None:
    """The users of containers, who do not own them, read secrets in a closed folder."""
    place: Any = SimpleNamespace(root=tmp_path)
    _put_keys(place, {Path("secrets/one"): (b"1", 0o444)})

    with pytest.raises(BackupError, match="move it away"):
        _put_keys(place, {Path("secrets/two"): (b"2", 0o444), Path("secrets/one"): (b"x", 0o444)})

    [kept] = (tmp_path / "secrets").iterdir()
    assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (b"1", 0o444)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_keys_are_read_with_their_passphrase_alone() -> None:
    sealed = sealing.seal(b"a private key", "a long passphrase")
    assert b"private" not in sealed
    assert sealing.unseal(sealed, "a long passphrase") == b"a private key"
    with pytest.raises(BackupError, match="passphrase"):
        sealing.unseal(sealed, "another passphrase")
    with pytest.raises(BackupError, match="changed"):
        sealing.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "a long passphrase")
    with pytest.raises(BackupError, match="not sealed"):
        sealing.unseal(b"a tar file", "a long passphrase")
