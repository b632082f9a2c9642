"""Making a backup while people write: identity last, so it knows everyone whom others know."""

import io
import tarfile
from pathlib import Path

from backup import manifest, sealing
from backup.errors import BackupError
from backup.manifest import Dump, Manifest
from backup.place import Place
from chassis import clock
from contracts.services import SERVICES

OPEN_ROUNDS = (
    "SELECT id FROM opinion_rounds WHERE is_anonymous AND opens_at <= now() AND NOT is_swept"
)
SETTINGS = "settings.env"


def take(place: Place, folder: Path, *, passphrase: str | None) -> Manifest:
    """A backup in a new folder, its keys sealed where a passphrase is given; raises BackupError."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise BackupError(f"{folder} exists: a backup is made in a new folder") from None
    keys = _write_keys(place, folder, passphrase)
    dumps = {service: _dump(place, service, folder) for service in reversed(SERVICES)}
    _write(folder / manifest.LEDGER, place.ledger().encode())
    made = Manifest(
        format=manifest.FORMAT,
        made_at=clock.now(),
        place=place.name,
        databases={service: dumps[service] for service in SERVICES},
        keys=keys,
        open_rounds=place.query("projects", OPEN_ROUNDS),
    )
    manifest.write(folder, made)
    return made


def _dump(place: Place, service: str, folder: Path) -> Dump:
    file, begins_at = folder / f"{service}.dump", clock.now()
    _write(file, b"")  # readable for its owner alone before anything is in it
    [migration] = place.query(service, "SELECT version_num FROM alembic_version")
    place.dump(service, file)
    digest = manifest.digest_of(file)
    return Dump(file.name, migration, begins_at, clock.now(), file.stat().st_size, digest)


def _write_keys(place: Place, folder: Path, passphrase: str | None) -> str:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in place.keys:
            if path.exists():
                archive.add(path, path.relative_to(place.root))
        settings = place.settings().encode()
        entry = tarfile.TarInfo(SETTINGS)
        entry.size, entry.mode = len(settings), 0o600
        archive.addfile(entry, io.BytesIO(settings))
    if passphrase is None:
        _write(folder / manifest.KEYS, packed.getvalue())
        return manifest.KEYS
    _write(folder / manifest.SEALED_KEYS, sealing.seal(packed.getvalue(), passphrase))
    return manifest.SEALED_KEYS


def _write(file: Path, content: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)
