"""The way back, into an empty place: databases, then what each keeps of the others, told anew."""

import io
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backup import manifest, sealing
from backup.errors import BackupError
from backup.manifest import Manifest
from backup.place import Place
from backup.taking import SETTINGS
from chassis import reconciling
from chassis.messaging.retelling import NothingArrives, tell_again
from chassis.reconciling import Total
from chassis.service import ROOT
from contracts.services import SERVICES
from services.identity.ledger import read as read_ledger

WAITING = "SELECT count(*) FROM outbox"
Key = tuple[bytes, int]
Say = Callable[[str], None]
AskPassphrase = Callable[[], str]


def restore(
    place: Place, folder: Path, *, ledger: str, ask: AskPassphrase, say: Say
) -> Sequence[str]:
    """Restore a backup; returns what was newer in one service than in another, a line each.

    `ledger` names who left since. Raises BackupError, before anything is changed where the
    backup is none, is of a newer release, or the place is not empty.
    """
    found = manifest.read(folder)
    _refuse_newer(found)
    _refuse_other_words(ledger)
    keys = _read_keys(folder, found, ask)
    _put_keys(place, keys)  # before anything starts: containers do not without their secrets
    place.prepare()
    for service in SERVICES:
        place.restore(service, folder / found.databases[service].file)
    say(f"{len(SERVICES)} databases are restored, as they were at {found.made_at:%Y-%m-%d %H:%M}.")
    if _is_older(found):
        place.migrate()
    place.purge_queues()
    restored = _Restored(place)
    differences = reconciling.compare(restored.totals())[1]
    _forget_the_present(place, f"{ledger}\n{(folder / manifest.LEDGER).read_text('utf-8')}", say)
    _tell_again(restored, say)
    return differences


def _refuse_newer(found: Manifest) -> None:
    if missing := set(SERVICES) - set(found.databases):
        raise BackupError(f"The backup lacks {', '.join(sorted(missing))}: take its release's code")
    for service in SERVICES:
        migration, newest = found.databases[service].migration, _newest(service)
        if int(migration) > newest:
            raise BackupError(
                f"The backup is of a newer release: {service} is at {migration} in it, this code"
                f" knows up to {newest:04}"
            )


def _refuse_other_words(ledger: str) -> None:
    try:
        read_ledger(ledger.splitlines())
    except ValueError as error:
        raise BackupError(f"The ledger of who left is not one: {error}") from None


def _is_older(found: Manifest) -> bool:
    """Whether a database is to be brought to this release."""
    return any(int(dump.migration) < _newest(one) for one, dump in found.databases.items())


def _newest(service: str) -> int:
    """The number of a service's newest migration."""
    folder = ROOT / "services" / service / "migrations" / "versions"
    return max(int(file.name.split("_")[0]) for file in folder.glob("[0-9]*_*.py"))


def _read_keys(folder: Path, found: Manifest, ask: AskPassphrase) -> Mapping[Path, Key]:
    """Files by their paths below the place's root, each with its mode."""
    content = (folder / found.keys).read_bytes()
    if found.keys == manifest.SEALED_KEYS:
        content = sealing.unseal(content, ask())
    files = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for entry in archive:
            path, file = Path(entry.name), archive.extractfile(entry)
            if file is None or entry.name == SETTINGS:
                continue
            if path.is_absolute() or ".." in path.parts:
                raise BackupError(f"{folder / found.keys} holds {path}, which lies outside")
            files[path] = (file.read(), entry.mode & 0o777)
    return files


def _put_keys(place: Place, keys: Mapping[Path, Key]) -> None:
    """Write those that are missing; others were made for another Skiller."""
    for path, (content, _) in keys.items():
        there = place.root / path
        if there.exists() and there.read_bytes() != content:
            raise BackupError(f"{there} is another one than the backup's: move it away first")
    for path, (content, mode) in keys.items():
        there = place.root / path
        if not there.exists():
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            there.touch(mode=0o600)
            there.write_bytes(content)
            there.chmod(mode)


def _forget_the_present(place: Place, ledger: str, say: Say) -> None:
    """End sessions and mails of before, and erase who left since."""
    for service in SERVICES:
        place.act(service, "after-restore")
    say(place.act("identity", "erase-again", "-", said=ledger).strip())


@dataclass(frozen=True)
class _Restored:
    """A place whose databases are back, as telling everything again needs it."""

    place: Place

    def rebuild(self, service: str) -> None:
        self.place.act(service, "rebuild")

    def begin(self) -> None:
        self.place.start_workers()

    def republish(self, publisher: str, listeners: Sequence[str]) -> None:
        targets = (word for listener in listeners for word in ("--to", listener))
        self.place.act(publisher, "republish", *targets)

    def count_waiting(self, service: str) -> int:
        return int(self.place.query(service, WAITING)[0])

    def totals(self) -> list[Total]:
        lines = (self.place.act(service, "reconcile").splitlines() for service in SERVICES)
        return reconciling.read_lines(line for of_one in lines for line in of_one)


def _tell_again(restored: _Restored, say: Say) -> None:
    """Empty what each keeps of the others, and tell it from the owners' rows, in order."""
    try:
        count = tell_again(restored)
    except NothingArrives as error:
        raise BackupError(str(error)) from error
    say(f"All {count} replicas agree with their owners.")
