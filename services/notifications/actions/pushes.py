"""Planning members' pushes, one after the other, and what a planned one says when it is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.retries import Queue, first_try
from chassis.statements import Statement, viewer
from services.notifications import access, conditions
from services.notifications.actions import agendas
from services.notifications.choices import find_preferences
from services.notifications.models import (
    MemberRef,
    Notice,
    Push,
    PushSubscription,
    PushTry,
)
from services.notifications.planning import Pending
from services.notifications.preferences import Preferences
from services.notifications.pushing import message, planning
from services.notifications.pushing.message import Message
from services.notifications.pushing.planning import PlannedPush, Pushed, PushPlan
from services.notifications.pushing.sealing import Receiver
from services.notifications.views import list_told, notice_link


class PushNotFound(NotFound):
    code = "push_not_found"
    detail = "No push has this id."


QUEUE = Queue(cast(Table, PushTry.__table__), PushNotFound)


@dataclass(frozen=True, slots=True)
class Ready:
    """A push to hand over now."""

    receiver: Receiver
    message: Message


def plan_pushes(
    session: Session, *, member_id: UUID, lease: datetime, zone: str
) -> Sequence[PlannedPush]:
    """Decide what a member is pushed now, keep it, and set when to look again.

    The member was claimed (`agendas.claim_pushes`). Returns the pushes.
    """
    found = _decide(session, member_id, zone)
    if found.pushes:
        devices = _devices_of(session, member_id)
        for planned in found.pushes:
            _keep(session, member_id, planned, devices)
    agendas.set_push_look(session, member_id=member_id, lease=lease, push_at=found.look_at)
    return found.pushes


def prepare_push(
    session: Session, *, push_id: UUID, subscription_id: UUID, zone: str
) -> Ready | None:
    """What one device is told now of what was planned; None where that is nothing.

    Everything is asked again. What it does not tell may be pushed later, unless a device was told;
    what would come while it is quiet is planned anew, for its end.
    """
    push = session.get(Push, push_id, with_for_update=True)
    device = session.get(PushSubscription, subscription_id)
    if push is None or device is None or device.member_id != push.member_id:
        return None
    member = session.get(MemberRef, push.member_id)
    if member is None or member.state != members.ACTIVE:
        return None
    wanted, _ = find_preferences(session, push.member_id, zone)
    if planning.quiet_until(clock.now(), wanted) is not None:
        _release(session, push, push.notice_ids)
        return None
    said = _said(session, push, wanted, member.locale)
    if said is None:
        return None
    return Ready(Receiver(device.endpoint, device.public_key, device.auth_secret), said)


def note_sent(session: Session, *, push_id: UUID) -> None:
    """A device was told."""
    first = (Push.id == push_id) & Push.sent_at.is_(None)
    session.execute(update(Push).where(first).values(sent_at=clock.now()))


def delay(session: Session, *, try_id: UUID, until: datetime, error: str) -> None:
    """Try again at a moment that a push service named."""
    QUEUE.fail(session, try_id, error=error, next_try_at=until, state="waiting")


def forget_pushes(session: Session, member_ids: Collection[UUID]) -> None:
    """Of who left: their devices, and what was or is to be pushed to them."""
    for theirs in (PushTry.member_id, PushSubscription.member_id, Push.member_id):
        session.execute(delete(theirs.class_).where(theirs.in_(member_ids)))


def forget_old(session: Session) -> bool:
    """Delete what was planned two days ago, and what was given up."""
    before = clock.now() - 2 * planning.NEWS
    session.execute(delete(PushTry).where(PushTry.created_at < before))
    session.execute(delete(Push).where(Push.planned_at < before))
    return False


def _decide(session: Session, member_id: UUID, zone: str) -> PushPlan:
    now = clock.now()
    member = session.get(MemberRef, member_id)
    since = session.scalar(
        select(func.min(PushSubscription.created_at)).where(PushSubscription.member_id == member_id)
    )
    if since is None or member is None or member.state != members.ACTIVE:
        return PushPlan()
    wanted, chosen_at = find_preferences(session, member_id, zone)
    if not wanted.pushes_anything:
        return PushPlan()
    recent = select(Push.planned_at, Push.object_id).where(
        Push.member_id == member_id, Push.planned_at > now - planning.NEWS
    )
    past = Pushed(
        since=max(since, chosen_at or since),
        pushes=[(row.planned_at, row.object_id) for row in session.execute(recent)],
        next_at=_NEXT.rows(session, viewer_id=member_id, now=now)[0].at,
    )
    pending = [Pending.of(row) for row in _PENDING.rows(session, viewer_id=member_id, now=now)]
    return planning.plan_pushes(now, wanted, pending, past)


def _keep(session: Session, member_id: UUID, planned: PlannedPush, devices: Sequence[UUID]) -> None:
    now, push_id = clock.now(), new_id()
    its = (Notice.id.in_(planned.notice_ids), Notice.pushed_at.is_(None))
    session.execute(update(Notice).where(*its).values(pushed_at=now))
    kept = {"member_id": member_id, "object_id": planned.object_id, "planned_at": now}
    session.add(Push(id=push_id, notice_ids=list(planned.notice_ids), sent_at=None, **kept))
    rows = [
        {
            **first_try(),
            "push_id": push_id,
            "subscription_id": device,
            "member_id": member_id,
            "created_at": now,
        }
        for device in devices
    ]
    session.execute(insert(PushTry), rows)
    session.flush()


def _devices_of(session: Session, member_id: UUID) -> Sequence[UUID]:
    # Held, so that none is switched off in the middle and leaves what waits for it.
    theirs = select(PushSubscription.id).where(PushSubscription.member_id == member_id)
    return session.scalars(theirs.with_for_update(read=True)).all()


def _said(session: Session, push: Push, wanted: Preferences, locale: str) -> Message | None:
    """What a push tells of what was planned; None of nothing."""
    found = list_told(session, viewer_id=push.member_id, notice_ids=push.notice_ids, locale=locale)
    told = [one for one in found if wanted.is_pushed(one[0].kind, one[0].class_)]
    ids = {notice.id for notice, _ in told}
    _release(session, push, sorted(set(push.notice_ids) - ids))
    if not told:
        return None
    topic = message.topic_of(push.member_id, push.object_id)
    if push.object_id is None and len(told) > 1:
        return message.about_many(len(told), topic=topic, locale=locale)
    notice, is_for_some = told[0]
    text = None if is_for_some else notice.text
    return message.about_one(text, notice_link(notice), topic=topic, locale=locale)


def _release(session: Session, push: Push, notice_ids: Sequence[UUID]) -> None:
    """Let notices be planned again that no device was told of."""
    if push.sent_at is not None or not notice_ids:
        return
    its = (Notice.id.in_(notice_ids), Notice.pushed_at == push.planned_at)
    session.execute(update(Notice).where(*its).values(pushed_at=None))
    push.notice_ids = [one for one in push.notice_ids if one not in set(notice_ids)]
    agendas.request_look(session, member_id=push.member_id)


def _is_unpushed() -> Any:
    return (
        (Notice.member_id == viewer())
        & Notice.is_unread
        & Notice.pushed_at.is_(None)
        & Notice.told_at.is_not(None)
    )


def _pending() -> Statement:
    its = (Notice.id, Notice.kind, Notice.object_id, Notice.happened_at, Notice.told_at)
    news = func.greatest(Notice.told_at, Notice.happened_at) > conditions.now() - literal(
        planning.NEWS
    )
    pending = select(*its, Notice.class_.label("class_")).where(
        _is_unpushed(), news, access.is_unread(), access.is_shown()
    )
    return Statement(pending.order_by(Notice.told_at, Notice.id))


def _next() -> Statement:
    later = select(func.min(Notice.happened_at).label("at"))
    now = bindparam("now", type_=Notice.happened_at.type)
    return Statement(later.where(_is_unpushed(), Notice.happened_at > now))


_PENDING, _NEXT = _pending(), _next()
