"""Planning members' pushes, one after the other, and what a planned one says when it is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Table,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.retries import Queue, first_try
from chassis.statements import Statement, viewer
from services.notifications import access, conditions, preferences
from services.notifications.actions import agendas
from services.notifications.models import (
    MemberRef,
    Notice,
    Preference,
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


def plan_pushes(session: Session, *, member_id: UUID, lease: datetime) -> Sequence[PlannedPush]:
    """Decide what a member is pushed now, keep it, and set when to look again.

    The member was claimed (`agendas.claim_pushes`). Returns the pushes.
    """
    found = _decide(session, member_id)
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
    push = _WAITING.first(session, push_id=push_id, subscription_id=subscription_id)
    if push is None:
        return None
    wanted = preferences.read(push.choices, zone) if push.choices else Preferences(time_zone=zone)
    if planning.quiet_until(clock.now(), wanted) is not None:
        _release(session, push, push.notice_ids)
        return None
    said = _said(session, push, wanted)
    if said is None:
        return None
    return Ready(Receiver(push.endpoint, push.public_key, push.auth_secret), said)


def note_sent(session: Session, *, sent: Sequence[tuple[UUID, UUID]]) -> None:
    """Devices were told, by these tries of these pushes."""
    try_ids, push_ids = ([one[n] for one in sent] for n in (0, 1))
    _SENT.rows(session, push_ids=sorted(push_ids), now=clock.now())
    _SETTLED.rows(session, try_ids=try_ids)


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


def _decide(session: Session, member_id: UUID) -> PushPlan:
    """Whoever never chose is pushed nothing."""
    now = clock.now()
    reader = _READER.first(session, viewer_id=member_id)
    if reader is None or not reader.choices:
        return PushPlan()
    wanted = preferences.read(reader.choices)
    if not wanted.pushes_anything:
        return PushPlan()
    recent = _RECENT.rows(session, viewer_id=member_id, since=now - planning.NEWS)
    past = Pushed(
        since=max(reader.since, reader.changed_at),
        pushes=[tuple(row) for row in recent],
        next_at=_NEXT.rows(session, viewer_id=member_id, now=now)[0].at,
    )
    pending = [Pending.of(row) for row in _PENDING.rows(session, viewer_id=member_id, now=now)]
    return planning.plan_pushes(now, wanted, pending, past)


def _keep(session: Session, member_id: UUID, planned: PlannedPush, devices: Sequence[UUID]) -> None:
    now, push_id = clock.now(), new_id()
    _PUSHED.rows(session, notice_ids=list(planned.notice_ids), now=now)
    kept = {"member_id": member_id, "object_id": planned.object_id, "planned_at": now}
    _KEPT.rows(session, id=push_id, notice_ids=list(planned.notice_ids), **kept)
    for device in devices:
        its = {"push_id": push_id, "subscription_id": device, "member_id": member_id}
        _TRIED.rows(session, **first_try(), **its, created_at=now)


def _devices_of(session: Session, member_id: UUID) -> Sequence[UUID]:
    # Held, so that none is switched off in the middle and leaves what waits for it.
    return [row.id for row in _DEVICES.rows(session, viewer_id=member_id)]


def _said(session: Session, push: Any, wanted: Preferences) -> Message | None:
    """What a push tells of what was planned; None of nothing."""
    its, locale = {"viewer_id": push.member_id, "notice_ids": push.notice_ids}, push.locale
    found = list_told(session, **its, locale=locale)
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


def _release(session: Session, planned: Any, notice_ids: Sequence[UUID]) -> None:
    """Let notices be planned again that no device was told of."""
    if planned.sent_at is not None or not notice_ids:
        return
    push = session.get(Push, planned.id, with_for_update=True)
    if push is None or push.sent_at is not None:
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


def _reader() -> Statement:
    """Since when an active member has devices, and how they chose to be told."""
    found = (
        select(
            func.min(PushSubscription.created_at).label("since"),
            Preference.choices,
            Preference.changed_at,
        )
        .join(MemberRef, MemberRef.id == PushSubscription.member_id)
        .join(Preference, Preference.member_id == MemberRef.id)
        .where(PushSubscription.member_id == viewer(), MemberRef.state == _ACTIVE)
    )
    return Statement(found.group_by(Preference.member_id))


def _recent() -> Statement:
    since = bindparam("since", type_=Push.planned_at.type)
    mine = (Push.member_id == viewer(), Push.planned_at > since)
    return Statement(select(Push.planned_at, Push.object_id).where(*mine))


def _devices() -> Statement:
    theirs = select(PushSubscription.id).where(PushSubscription.member_id == viewer())
    return Statement(theirs.with_for_update(read=True))


def _waiting() -> Statement:
    """A push and a device of its member, who may be told, and how they want to be."""
    found = (
        select(
            *(Push.id, Push.member_id, Push.object_id, Push.notice_ids),
            *(Push.planned_at, Push.sent_at, MemberRef.locale, Preference.choices),
            *(PushSubscription.endpoint, PushSubscription.public_key),
            PushSubscription.auth_secret,
        )
        .join(PushSubscription, PushSubscription.member_id == Push.member_id)
        .join(MemberRef, MemberRef.id == Push.member_id)
        .outerjoin(Preference, Preference.member_id == Push.member_id)
    )
    return Statement(
        found.where(
            Push.id == bindparam("push_id", type_=Uuid),
            PushSubscription.id == bindparam("subscription_id", type_=Uuid),
            MemberRef.state == _ACTIVE,
        )
    )


def _sent() -> Statement:
    now = bindparam("now", type_=Push.sent_at.type)
    first = _any_of(Push.id, "push_ids") & Push.sent_at.is_(None)
    return Statement(update(Push).where(first).values(sent_at=now))


def _named(model: Any, *, but: str = "") -> dict[str, Any]:
    """A parameter for each column."""
    columns = (column for column in model.__table__.c if column.name != but)
    return {column.name: bindparam(column.name, type_=column.type) for column in columns}


def _any_of(column: Any, name: str) -> Any:
    return column == any_(sql_cast(bindparam(name), ARRAY(Uuid)))


_ACTIVE: ColumnElement[str] = literal_column(f"'{members.ACTIVE}'")
_PENDING, _NEXT, _WAITING, _SENT = _pending(), _next(), _waiting(), _sent()
_KEPT = Statement(insert(Push).values(_named(Push, but="sent_at")))
_TRIED = Statement(insert(PushTry).values(_named(PushTry)))
_PUSHED = Statement(
    update(Notice)
    .where(_any_of(Notice.id, "notice_ids"), Notice.pushed_at.is_(None))
    .values(pushed_at=bindparam("now", type_=Push.planned_at.type))
)
_READER, _RECENT, _DEVICES = _reader(), _recent(), _devices()
_SETTLED = Statement(delete(PushTry).where(_any_of(PushTry.id, "try_ids")))
