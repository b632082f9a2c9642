"""Wall time: which moment a clock on some wall shows, when it is quiet, how many hours run.

Moments are aware datetimes and come back in UTC. A wall time that is skipped in spring moves on by
what is skipped, one that comes twice in autumn counts the first time (PEP 495, RFC 5545); hours
that run are hours, whatever clocks show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY, _SATURDAY = timedelta(days=1), 5


@dataclass(frozen=True, slots=True)
class Quiet:
    """When nobody is disturbed: from one wall time until another, and on weekends.

    `begins` equal to `ends` is no hour at all; weekends are from Saturday's 0:00 to Monday's.
    """

    begins: time = time(20)
    ends: time = time(8)
    on_weekends: bool = True


def moment_of(day: date, wall: time, zone: tzinfo) -> datetime:
    """When a clock in the zone shows this time of this day."""
    return datetime.combine(day, wall, zone).astimezone(UTC)


def is_quiet(at: datetime, zone: tzinfo, quiet: Quiet) -> bool:
    """Whether a moment is quiet; that in which it begins is, that in which it ends is not."""
    return any(begins <= at < ends for begins, ends in _spans(at, zone, quiet))


def quiet_ends(at: datetime, zone: tzinfo, quiet: Quiet) -> datetime:
    """The first moment from this one on that is not quiet: this one, where it is not."""
    at = at.astimezone(UTC)
    while True:
        later = [ends for begins, ends in _spans(at, zone, quiet) if begins <= at < ends]
        if not later:
            return at
        at = max(later)


def after_running_hours(start: datetime, hours: float, zone: tzinfo, quiet: Quiet) -> datetime:
    """The moment before which so many hours ran that were not quiet; it is not quiet itself."""
    at, left = quiet_ends(start, zone, quiet), timedelta(hours=hours)
    while True:
        begins = _next_quiet(at, zone, quiet)
        if begins is None or at + left < begins:
            return at + left
        left -= begins - at
        at = quiet_ends(begins, zone, quiet)


def _next_quiet(at: datetime, zone: tzinfo, quiet: Quiet) -> datetime | None:
    """When quiet begins next; None where it never does."""
    later = (begins for begins, ends in _spans(at, zone, quiet) if at <= begins < ends)
    return min(later, default=None)


def _spans(at: datetime, zone: tzinfo, quiet: Quiet) -> Iterator[tuple[datetime, datetime]]:
    """The quiet nights and weekends around a moment, the next of each among them."""
    today = at.astimezone(zone).date()
    for day in (today + _DAY * n for n in range(-2, 3)):
        if quiet.begins != quiet.ends:
            last = day if quiet.begins < quiet.ends else day + _DAY
            yield moment_of(day, quiet.begins, zone), moment_of(last, quiet.ends, zone)
    if quiet.on_weekends:
        saturday = today + _DAY * (_SATURDAY - today.weekday())
        for first in (saturday - 7 * _DAY, saturday, saturday + 7 * _DAY):
            yield moment_of(first, time(0), zone), moment_of(first + 2 * _DAY, time(0), zone)
