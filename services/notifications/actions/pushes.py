"""Planning members' pushes, one after the other, and what a planned one says when it is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
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
from chassis.retries import Queue
from chassis.statements import ReadSession, Statement, viewer
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
from services.notifications.views import NoticeView, list_told, notice_link


class PushNotFound(NotFound):
    code = "push_not_found"
    detail = "No push has this id."


Told = tuple[NoticeView, bool]
TIME = DateTime(timezone=True)
NOW = bindparam("now", type_=TIME)
QUEUE = Queue(cast(Table, PushTry.__table__), PushNotFound)


@dataclass(frozen=True, slots=True)
class Ready:
    """A push to hand over now."""

    receiver: Receiver
    message: Message


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a device is told now, if anything, and what of a push it is not told."""

    ready: Ready | None
    untold: Sequence[UUID] = ()


def plan_pushes(session: Session, *, member_id: UUID, lease: datetime) -> Sequence[PlannedPush]:
    """Decide what a member is pushed now, keep it, and set when to look again.

    The member was claimed (`agendas.claim_pushes`). Returns the pushes.
    """
    found = _decide(session, member_id)
    for planned in found.pushes:
        _keep(session, member_id, planned)
    agendas.set_push_look(session, member_id=member_id, lease=lease, push_at=found.look_at)
    return found.pushes


def prepare_push(
    session: ReadSession, *, push_id: UUID, subscription_id: UUID, zone: str
) -> Prepared:
    """What one device is told now of what was planned, everything asked again.

    What it is not told is to be released, and may be pushed later; what would come while it is
    quiet is planned anew, for its end.
    """
    push = _WAITING.first(session, push_id=push_id, subscription_id=subscription_id)
    if push is None:
        return Prepared(None)
    wanted = preferences.read(push.choices, zone) if push.choices else Preferences(time_zone=zone)
    if planning.quiet_until(clock.now(), wanted) is not None:
        return Prepared(None, push.notice_ids)
    told = _told(session, push, wanted)
    untold = sorted(set(push.notice_ids) - {notice.id for notice, _ in told})
    if not told:
        return Prepared(None, untold)
    receiver = Receiver(push.endpoint, push.public_key, push.auth_secret)
    return Prepared(Ready(receiver, _message(push, told)), untold)


def release(session: Session, *, push_id: UUID, notice_ids: Sequence[UUID]) -> None:
    """Let notices be planned again that no device was told of."""
    push = session.get(Push, push_id, with_for_update=True) if notice_ids else None
    if push is None or push.sent_at is not None:
        return
    its = (Notice.id.in_(notice_ids), Notice.pushed_at == push.planned_at)
    session.execute(update(Notice).where(*its).values(pushed_at=None))
    push.notice_ids = [one for one in push.notice_ids if one not in set(notice_ids)]
    agendas.request_look(session, member_id=push.member_id)


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
    reader = _READER.first(session, viewer_id=member_id, since=now - planning.NEWS, now=now)
    if reader is None or not reader.choices:
        return PushPlan()
    wanted = preferences.read(reader.choices)
    if not wanted.pushes_anything:
        return PushPlan()
    past = Pushed(
        since=max(reader.since, reader.changed_at),
        pushes=list(zip(reader.planned_at, reader.object_ids, strict=True)),
        next_at=reader.next_at,
    )
    pending = [Pending.of(row) for row in _PENDING.rows(session, viewer_id=member_id, now=now)]
    return planning.plan_pushes(now, wanted, pending, past)


def _keep(session: Session, member_id: UUID, planned: PlannedPush) -> None:
    its = {"viewer_id": member_id, "push_id": new_id(), "object_id": planned.object_id}
    _KEPT.rows(session, **its, notice_ids=list(planned.notice_ids), now=clock.now())


def _told(session: ReadSession, push: Any, wanted: Preferences) -> Sequence[Told]:
    """What a push tells of what was planned."""
    its = {"viewer_id": push.member_id, "notice_ids": push.notice_ids}
    found = list_told(session, **its, locale=push.locale)
    return [one for one in found if wanted.is_pushed(one[0].kind, one[0].class_)]


def _message(push: Any, told: Sequence[Told]) -> Message:
    topic, locale = message.topic_of(push.member_id, push.object_id), push.locale
    if push.object_id is None and len(told) > 1:
        return message.about_many(len(told), topic=topic, locale=locale)
    notice, is_for_some = told[0]
    text = None if is_for_some else notice.text
    return message.about_one(text, notice_link(notice), topic=topic, locale=locale)


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


def _reader() -> Statement:
    """Since when an active member has devices, how they chose to be told, and what was pushed."""
    later = select(func.min(Notice.happened_at)).where(_is_unpushed(), Notice.happened_at > NOW)
    found = (
        select(
            func.min(PushSubscription.created_at).label("since"),
            *(Preference.choices, Preference.changed_at),
            _recent(Push.planned_at).label("planned_at"),
            _recent(Push.object_id).label("object_ids"),
            later.scalar_subquery().label("next_at"),
        )
        .join(MemberRef, MemberRef.id == PushSubscription.member_id)
        .join(Preference, Preference.member_id == MemberRef.id)
        .where(PushSubscription.member_id == viewer(), MemberRef.state == _ACTIVE)
    )
    return Statement(found.group_by(Preference.member_id))


def _recent(column: Any) -> Any:
    """A column of what was pushed of late, as an array; of each in the same order."""
    since = bindparam("since", type_=TIME)
    mine = (Push.member_id == viewer(), Push.planned_at > since)
    pushed = select(column).where(*mine).order_by(Push.id)
    return func.array(pushed.scalar_subquery(), type_=ARRAY(column.type))


def _kept() -> Statement:
    """A push of some notices, which it marks, and that it is to be handed over for each device.

    The devices are held, so that none is switched off in the middle and leaves what waits for it.
    """
    push_id = bindparam("push_id", type_=Uuid)
    mark = update(Notice).where(_any_of(Notice.id, "notice_ids"), Notice.pushed_at.is_(None))
    values = {
        "id": push_id,
        "member_id": viewer(),
        "object_id": bindparam("object_id", type_=Uuid),
        "notice_ids": bindparam("notice_ids", type_=ARRAY(Uuid)),
        "planned_at": NOW,
    }
    theirs = (
        select(PushSubscription.id)
        .where(PushSubscription.member_id == viewer())
        .with_for_update(read=True)
        .cte("theirs")
    )
    columns: dict[str, Any] = {
        "id": func.gen_random_uuid(),
        "push_id": push_id,
        "subscription_id": theirs.c.id,
        "member_id": viewer(),
        "state": literal_column("'waiting'"),
        "attempts": literal_column("0"),
        "next_try_at": NOW,
        "error": literal_column("''"),
        "created_at": NOW,
    }
    tries = select(*(value.label(name) for name, value in columns.items()))
    return Statement(
        insert(PushTry)
        .from_select(list(columns), tries)
        .add_cte(mark.values(pushed_at=NOW).cte("mark"), insert(Push).values(values).cte("kept"))
    )


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


def _any_of(column: Any, name: str) -> Any:
    return column == any_(sql_cast(bindparam(name), ARRAY(Uuid)))


_ACTIVE: ColumnElement[str] = literal_column(f"'{members.ACTIVE}'")
_PENDING, _READER, _KEPT = _pending(), _reader(), _kept()
_WAITING, _SENT = _waiting(), _sent()
_SETTLED = Statement(delete(PushTry).where(_any_of(PushTry.id, "try_ids")))
