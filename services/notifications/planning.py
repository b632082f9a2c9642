"""What a member is mailed now, and when to look again: pure, so that months pass in a test.

One budget: a mail for each thing that is to be told at once, five a day, one for each thing in ten
minutes; what came while it was quiet, or beyond the five, goes as one mail; everything else in the
digest, which holds whatever was neither read nor mailed before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.calendar import Quiet, is_quiet, moment_of, quiet_ends
from services.notifications.preferences import Preferences

Kind = Literal["notice", "roundup", "digest", "farewell"]
WAIT = timedelta(minutes=10)  # in which it may be read, or taken back
APART = timedelta(minutes=10)  # between two mails of one thing
MOST_A_DAY = 5
LATE = timedelta(hours=24)  # what is heard of so late is mailed by the digest alone
AWAY = timedelta(days=90)
MAILED_WITHIN = timedelta(days=30)  # after it became news; what is older stands in the list
TRIED_AGAIN = timedelta(days=30)  # a mailbox whose mails come back
_DAY, _SATURDAY, _MONDAY = timedelta(days=1), 5, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A notice that is shown, unread and not mailed; `told_at` is when it became news."""

    id: UUID
    kind: str
    class_: str
    object_id: UUID
    happened_at: datetime
    told_at: datetime

    @classmethod
    def of(cls, row: Any) -> "Pending":
        """From a row with these columns."""
        # What begins later is news when it does.
        told_at = max(row.told_at, row.happened_at)
        its = {"kind": row.kind, "class_": row.class_, "object_id": row.object_id}
        return cls(id=row.id, happened_at=row.happened_at, told_at=told_at, **its)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a member was mailed before, and how it is with them.

    `since` is when they chose, or confirmed their address: what was told before is for a digest.
    `seen_on` is the last day on which they looked, `looked_at` when it was planned last for them,
    `is_bounced` that their mails come back.
    """

    since: datetime
    seen_on: date
    looked_at: datetime | None = None
    mails: Sequence[tuple[datetime, Kind, UUID | None]] = ()
    digest_days: frozenset[date] = frozenset()
    farewell_at: datetime | None = None
    is_bounced: bool = False
    next_at: datetime | None = None  # when something happens that is known already
    has_hidden: bool = False  # something unread is not shown at present, and may be again


@dataclass(frozen=True, slots=True)
class Planned:
    """A mail to write: of one thing, of what waited, or a digest, which is that of a day."""

    kind: Kind
    object_id: UUID | None
    notice_ids: tuple[UUID, ...]
    day: date | None = None


@dataclass(slots=True)
class Plan:
    """The mails of now, and when to look again; null where nothing waits."""

    mails: list[Planned] = field(default_factory=list)
    look_at: datetime | None = None


def plan(now: datetime, wanted: Preferences, pending: Sequence[Pending], past: Past) -> Plan:
    """What is mailed at a moment."""
    if not wanted.mails_anything:
        return Plan()
    if wanted.paused_until is not None and now < wanted.paused_until:
        return Plan(look_at=wanted.paused_until)
    if is_quiet(now, wanted.zone, wanted.quiet):
        return Plan(look_at=quiet_ends(now, wanted.zone, wanted.quiet))
    return _Day(now, wanted, past).plan(pending)


def is_asleep(now: datetime, wanted: Preferences) -> bool:
    """Whether nothing may be sent now: it is quiet, or they pause."""
    is_paused = wanted.paused_until is not None and now < wanted.paused_until
    return is_paused or is_quiet(now, wanted.zone, wanted.quiet)


def must_wait(now: datetime, planned_at: datetime, wanted: Preferences) -> bool:
    """Whether a mail that was planned may not be sent now: asleep, or it is another day."""
    zone = wanted.zone
    is_another_day = planned_at.astimezone(zone).date() != now.astimezone(zone).date()
    return is_another_day or is_asleep(now, wanted)


class _Day:
    """A moment of a member's day that is not quiet."""

    def __init__(self, now: datetime, wanted: Preferences, past: Past) -> None:
        self.now, self.wanted, self.past = now, wanted, past
        self.today = self._day_of(now)

    def plan(self, pending: Sequence[Pending]) -> Plan:
        pending = [one for one in pending if self._mode_of(one) != "off"]
        farewell_at = self.past.farewell_at
        has_farewell = farewell_at is not None and self._day_of(farewell_at) >= self.past.seen_on
        is_away = self.today - self.past.seen_on >= AWAY
        if is_away and has_farewell:
            return Plan()
        if self.past.is_bounced and self._tried_at() + TRIED_AGAIN > self.now:
            return Plan(look_at=self._tried_at() + TRIED_AGAIN)
        day = self._due_digest(pending)
        if day is not None:
            kind: Kind = "farewell" if is_away else "digest"
            whole = Planned(kind, None, tuple(one.id for one in pending), day)
            return Plan([whole], self._earliest(self.past.next_at, self._next_digest([])))
        if is_away or self.past.is_bounced:
            return self._plan_the_one(pending, "farewell" if is_away else "roundup")
        return self._plan_at_once(pending)

    def _plan_the_one(self, pending: Sequence[Pending], kind: Kind) -> Plan:
        """The one mail to who stays away, or is not reached: a digest, where they have any."""
        if self.wanted.digest != "off" or not pending:
            return Plan(look_at=self._next_digest(pending))
        waits_until = max(one.told_at for one in pending) + WAIT
        if waits_until > self.now:
            return Plan(look_at=waits_until)
        return Plan([Planned(kind, None, tuple(one.id for one in pending))])

    def _plan_at_once(self, pending: Sequence[Pending]) -> Plan:
        """What is to be told at once and has waited, thing by thing; together what was held."""
        found = Plan()
        counted = (at for at, kind, _ in self.past.mails if kind in _COUNTED)
        left = MOST_A_DAY - sum(self._day_of(at) == self.today for at in counted)
        at_once = [one for one in pending if self._mode_of(one) == "now"]
        due = [one for one in at_once if one.told_at + WAIT <= self.now]
        held = tuple(one.id for one in due if self._was_held(one))
        fresh = _by_object(one for one in due if not self._was_held(one))
        again: list[datetime | None] = [self.past.next_at, self._next_digest(pending)]
        again += (one.told_at + WAIT for one in at_once if one.told_at + WAIT > self.now)
        if held and left:
            found.mails.append(Planned("roundup", None, held))
            left -= 1
        for object_id, ids in fresh.items():
            free_at = self._free_at(object_id)
            if free_at > self.now:
                again.append(free_at)
            elif left:
                found.mails.append(Planned("notice", object_id, ids))
                left -= 1
        if not left and at_once:
            again.append(moment_of(self.today + _DAY, time(0), self.wanted.zone))
        found.look_at = self._earliest(*again)
        return found

    def _mode_of(self, one: Pending) -> str:
        """As they chose; what was heard of late, or before they chose, is left to the digest."""
        mode = self.wanted.mode_of(one.kind, one.class_)
        for_digest = "off" if self.wanted.digest == "off" else "digest"
        if mode == "digest" or one.told_at - one.happened_at > LATE:
            return "off" if mode == "off" else for_digest
        # Without digests what has just come is one mail, and what is older none.
        is_old = for_digest == "digest" or one.told_at < self.past.since - LATE
        is_earlier = one.told_at <= self.past.since and is_old
        return for_digest if mode == "now" and is_earlier else mode

    def _was_held(self, one: Pending) -> bool:
        """Whether it was due while it was quiet, on another day, or before they chose."""
        due_at = one.told_at + WAIT
        return (
            is_quiet(due_at, self.wanted.zone, self.wanted.quiet)
            or self._day_of(due_at) != self.today
            or one.told_at <= self.past.since
        )

    def _free_at(self, object_id: UUID) -> datetime:
        """From when on there may be another mail of a thing."""
        mailed = (at for at, _, about in self.past.mails if about == object_id)
        return max((at + APART for at in mailed), default=self.now)

    def _tried_at(self) -> datetime:
        return max((at for at, _, _ in self.past.mails), default=self.now - TRIED_AGAIN)

    def _due_digest(self, pending: Iterable[Pending]) -> date | None:
        """The day of the digest that is due: its moment has come since somebody looked last, and
        something waited for it."""
        looked_at = self.past.looked_at or self.past.since
        begins = max(looked_at, self.past.since)
        came = [at for at in self._digest_moments() if begins < at <= self.now]
        if not came or not any(one.told_at <= max(came) for one in pending):
            return None
        day = self._day_of(max(came))
        return None if day in self.past.digest_days else day

    def _next_digest(self, pending: Sequence[Pending]) -> datetime | None:
        """When what waits, or may be shown again, is looked at at the latest."""
        if not (pending or self.past.has_hidden):
            return None
        coming = (at for at in self._digest_moments() if at > self.now)
        tomorrow = self.now + _DAY if self.past.has_hidden else None
        return min(coming, default=tomorrow)

    def _digest_moments(self) -> Iterable[datetime]:
        wanted = self.wanted
        if wanted.digest == "off":
            return ()
        is_weekly = wanted.digest == "weekly"
        return _digest_moments(
            self.today, is_weekly, wanted.digest_hour, wanted.time_zone, wanted.quiet
        )

    def _day_of(self, at: datetime) -> date:
        return at.astimezone(self.wanted.zone).date()

    @staticmethod
    def _earliest(*moments: datetime | None) -> datetime | None:
        return min((at for at in moments if at is not None), default=None)


@lru_cache(4096)
def _digest_moments(
    today: date, is_weekly: bool, hour: int, time_zone: str, quiet: Quiet
) -> tuple[datetime, ...]:
    """When digests go, around a day; one whose hour is quiet goes when quiet ends."""
    zone = ZoneInfo(time_zone)
    days = (today + _DAY * n for n in range(-8, 9))
    its_days = (
        day
        for day in days
        if (day.weekday() == _MONDAY if is_weekly else day.weekday() < _SATURDAY)
    )
    return tuple(quiet_ends(moment_of(day, time(hour), zone), zone, quiet) for day in its_days)


def _by_object(notices: Iterable[Pending]) -> Mapping[UUID, tuple[UUID, ...]]:
    """What waits, by the thing it is about, the first that came first."""
    found: dict[UUID, tuple[UUID, ...]] = {}
    for one in sorted(notices, key=lambda one: (one.told_at, one.id)):
        found[one.object_id] = (*found.get(one.object_id, ()), one.id)
    return found


_COUNTED = ("notice", "roundup")
