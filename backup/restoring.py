"""The way back, into an empty place: databases, then what each keeps of the others, told anew."""

import io
import tarfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from backup import manifest, sealing
from backup.errors import BackupError
from backup.manifest import Manifest
from backup.place import Place
from backup.taking import SETTINGS
from chassis import reconciling
from chassis.messaging.topology import read_subscriptions
from chassis.reconciling import Total
from chassis.service import ROOT
from contracts import EVENTS
from contracts.services import SERVICES
from services.identity.ledger import read as read_ledger

LAST = "notifications"  # hears of what it may tell when all else is told
PATIENCE, PAUSE = 300.0, 0.2  # seconds in which nothing arrives, and between two looks
WAITING = "SELECT count(*) FROM outbox"
Pair = tuple[str, str]
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
    differences = reconciling.compare(_totals(place))[1]
    _forget_the_present(place, f"{ledger}\n{(folder / manifest.LEDGER).read_text('utf-8')}", say)
    _tell_again(place, say)
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


def _tell_again(place: Place, say: Say) -> None:
    """Empty what each keeps of the others, and tell it from the owners' rows, in order."""
    heard = _listeners()
    for service in SERVICES:
        if any(service in listeners for listeners in heard.values()):
            place.act(service, "rebuild")
    place.start_workers()
    told: list[Pair] = []
    for publisher, pairs in groupby(_in_order(heard), key=itemgetter(0)):
        # What it tells on is right only once it has heard all itself.
        _wait_for(place, told)
        for _, listener in pairs:
            place.act(publisher, "republish", "--to", listener)
            told.append((publisher, listener))
    _wait_for(place, told)
    count, differences = reconciling.compare(_totals(place))
    if differences:
        raise BackupError("; ".join(differences))
    say(f"All {count} replicas agree with their owners.")


def _listeners() -> Mapping[str, Collection[str]]:
    """Who hears each publisher."""
    found: dict[str, set[str]] = {service: set() for service in SERVICES}
    for name, listeners in read_subscriptions().items():
        found[EVENTS[name].source].update(listeners)
    return found


def _in_order(heard: Mapping[str, Collection[str]]) -> Iterator[Pair]:
    """Publisher and listener: in the order of services, and to the last one at the end."""
    for is_last in (False, True):
        for publisher in SERVICES:
            for listener in SERVICES:
                if listener in heard[publisher] and (listener == LAST) == is_last:
                    yield publisher, listener


def _wait_for(place: Place, told: Collection[Pair]) -> None:
    """Until nothing waits, and each listener has all that its publisher told it."""
    before, moved = "", time.monotonic()
    while state := _find_missing(place, told):
        if state != before:
            before, moved = state, time.monotonic()
        if time.monotonic() - moved > PATIENCE:
            raise BackupError(f"Nothing arrives any more: {state} See the workers' logs")
        time.sleep(PAUSE)


def _find_missing(place: Place, told: Collection[Pair]) -> str:
    waiting = [(place.query(service, WAITING)[0], service) for service in SERVICES]
    if moving := [f"{count} events of {service}" for count, service in waiting if count != "0"]:
        return f"{', '.join(moving)} wait."
    if not told:
        return ""
    totals = [
        total
        for total in _totals(place)
        if total.owner == total.service or (total.owner, total.service) in told
    ]
    return " ".join(reconciling.compare(totals)[1])


def _totals(place: Place) -> list[Total]:
    lines = [line for service in SERVICES for line in place.act(service, "reconcile").splitlines()]
    return reconciling.read_lines(lines)
