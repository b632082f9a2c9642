"""What a backup's folder holds: written last, so a folder without it is none."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from backup.errors import BackupError

FILE, FORMAT = "manifest.json", 1
KEYS, SEALED_KEYS, LEDGER = "keys.tar", "keys.tar.sealed", "erasures"
CHUNK = 1 << 20


class Dump(msgspec.Struct, frozen=True):
    """One service's database as it was at a moment between these two."""

    file: str
    migration: str
    begins_at: datetime
    ends_at: datetime
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """All of a backup.

    `open_rounds` are ids of rounds of opinions without names that were open: this backup links
    members to answers that a closed round does not, until it expires.
    """

    format: int
    made_at: datetime
    place: str
    databases: Mapping[str, Dump]
    keys: str
    open_rounds: Sequence[str]


def write(folder: Path, manifest: Manifest) -> None:
    """Into the folder, whole or not at all."""
    fresh = folder / f"{FILE}.new"
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    fresh.replace(folder / FILE)


def read(folder: Path) -> Manifest:
    """The manifest, every dump compared with it; raises BackupError."""
    try:
        manifest = msgspec.json.decode((folder / FILE).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise BackupError(f"{folder} is no backup, or one that was not ended: no {FILE}") from None
    except msgspec.MsgspecError as error:
        raise BackupError(f"{folder / FILE} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{folder} is of format {manifest.format}; this release reads {FORMAT}")
    for service, dump in manifest.databases.items():
        if not (folder / dump.file).is_file():
            raise BackupError(f"{folder} lacks {dump.file}")
        if digest_of(folder / dump.file) != dump.sha256:
            raise BackupError(f"{folder / dump.file} is not what was dumped of {service}")
    return manifest


def digest_of(file: Path) -> str:
    """SHA-256, in hexadecimal."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()
