"""What a member is pushed now, and when to look again: pure, as the planning of mails is.

What is wanted goes at once, a push for each thing: ten a day, one for each thing in ten minutes.
What came while it was quiet, or beyond the ten, is one push; what is a day old is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from services.notifications.calendar import is_quiet, moment_of, quiet_ends
from services.notifications.planning import LATE, Pending
from services.notifications.preferences import Preferences

APART = timedelta(minutes=10)  # between two pushes of one thing
MOST_A_DAY = 10
NEWS = timedelta(hours=24)  # what was told longer ago is pushed no more
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What a member was pushed before; `since` is when they chose, or subscribed a first device."""

    since: datetime
    pushes: Sequence[tuple[datetime, UUID | None]] = ()
    next_at: datetime | None = None  # when something happens that is known already


@dataclass(frozen=True, slots=True)
class PlannedPush:
    """A push of one thing, or of what waited."""

    object_id: UUID | None
    notice_ids: tuple[UUID, ...]


@dataclass(slots=True)
class PushPlan:
    """The pushes of now, and when to look again; null where nothing waits."""

    pushes: list[PlannedPush] = field(default_factory=list)
    look_at: datetime | None = None


def quiet_until(now: datetime, wanted: Preferences) -> datetime | None:
    """When quiet or a pause ends; None where there is neither."""
    if wanted.paused_until is not None and now < wanted.paused_until:
        return wanted.paused_until
    if is_quiet(now, wanted.zone, wanted.quiet):
        return quiet_ends(now, wanted.zone, wanted.quiet)
    return None


def plan_pushes(
    now: datetime, wanted: Preferences, pending: Sequence[Pending], past: Pushed
) -> PushPlan:
    """What is pushed at a moment."""
    if not wanted.pushes_anything:
        return PushPlan()
    news = [one for one in pending if _is_news(one, now, wanted, past)]
    ends = quiet_until(now, wanted)
    if ends is not None:
        return PushPlan(look_at=_earliest(ends if news else None, past.next_at))
    today = _day_of(now, wanted)
    left = MOST_A_DAY - sum(_day_of(at, wanted) == today for at, _ in past.pushes)
    held = [one for one in news if _was_held(one, now, wanted)]
    fresh = [one for one in news if not _was_held(one, now, wanted)]
    found, again = PushPlan(), [past.next_at]
    for object_id, ids in [*_together(held), *_by_object(fresh)]:
        free_at = max((at + APART for at, about in past.pushes if about == object_id), default=now)
        if object_id is not None and free_at > now:
            again.append(free_at)
        elif left > 0:
            found.pushes.append(PlannedPush(object_id, ids))
            left -= 1
        else:
            again.append(moment_of(today + _DAY, time(0), wanted.zone))
    found.look_at = _earliest(*again)
    return found


def _is_news(one: Pending, now: datetime, wanted: Preferences, past: Pushed) -> bool:
    return (
        wanted.is_pushed(one.kind, one.class_)
        and one.told_at > max(past.since, now - NEWS)
        and one.told_at - one.happened_at <= LATE
    )


def _was_held(one: Pending, now: datetime, wanted: Preferences) -> bool:
    """Whether it was told while it was quiet, in a pause, or on another day."""
    paused = wanted.paused_until
    return (
        is_quiet(one.told_at, wanted.zone, wanted.quiet)
        or (paused is not None and one.told_at < paused)
        or _day_of(one.told_at, wanted) != _day_of(now, wanted)
    )


def _together(held: Sequence[Pending]) -> list[tuple[UUID | None, tuple[UUID, ...]]]:
    """All that waited as one; as what it is about where that is one thing."""
    by_object = _by_object(held)
    if len(by_object) < 2:
        return by_object
    return [(None, tuple(one.id for one in held))]


def _by_object(news: Sequence[Pending]) -> list[tuple[UUID | None, tuple[UUID, ...]]]:
    found: dict[UUID | None, tuple[UUID, ...]] = {}
    for one in sorted(news, key=lambda one: (one.told_at, one.id)):
        found[one.object_id] = (*found.get(one.object_id, ()), one.id)
    return list(found.items())


def _day_of(at: datetime, wanted: Preferences) -> date:
    return at.astimezone(wanted.zone).date()


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((at for at in moments if at is not None), default=None)
