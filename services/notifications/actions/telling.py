"""Telling members of something: notices, one by what it is, and groups of who did the same."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    DateTime,
    String,
    Uuid,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from chassis import clock, context, members
from chassis.identifiers import new_id
from chassis.replicas import upsert_newer
from chassis.statements import Statement
from services.notifications import rules
from services.notifications.actions import agendas
from services.notifications.models import MemberRef, Notice, NoticeActor

Act = tuple[UUID, UUID, str, UUID, UUID]  # the key of a row of NoticeActor
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That a member is told of something; of a group the latest that was done."""

    member_id: UUID
    kind: str
    object_id: UUID
    happened_at: datetime
    actor_id: UUID | None = None
    part: str = ""
    is_unread: bool | None = None  # None: what is new is unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """That somebody did, or does no more, what a group tells a member."""

    member_id: UUID
    kind: str
    object_id: UUID
    actor_id: UUID
    source_id: UUID
    is_acting: bool
    at: datetime
    revision: int


def tell(session: Session, told: Iterable[Told]) -> None:
    """Keep that members are told, each thing once; nobody of their own acts, nor of long ago.

    In the order of keys, so that two writers never wait for each other crosswise. What is known is
    moved to when it happened; a group that has news is unread again, nothing else ever is. What is
    told again, imported or late is born read.
    """
    now, is_past = clock.now(), context.is_of_the_past()
    kept = {
        _key(one): one
        for one in told
        if one.actor_id != one.member_id and one.happened_at > now - rules.KEPT_READ
    }
    ordered = [kept[key] for key in sorted(kept)]
    if not ordered:
        return
    news = [
        rules.is_news(one.happened_at, now, is_past=is_past)
        if one.is_unread is None
        else one.is_unread
        for one in ordered
    ]
    _TOLD.rows(
        session,
        id=[new_id() for _ in ordered],
        member_id=[one.member_id for one in ordered],
        kind=[one.kind for one in ordered],
        object_id=[one.object_id for one in ordered],
        part=[one.part for one in ordered],
        actor_id=[one.actor_id for one in ordered],
        happened_at=[one.happened_at for one in ordered],
        is_unread=news,
        read_at=[None if news[n] else one.happened_at for n, one in enumerate(ordered)],
        told_at=[now if is_new else None for is_new in news],
        # Whoever reads while this is on its way has not read it.
        came_before=now - MOMENT,
        **{"class": [rules.CLASS_OF[one.kind] for one in ordered]},
    )
    concerned = [one.member_id for n, one in enumerate(ordered) if news[n]]
    agendas.request_looks(session, concerned, now=now)


def tell_groups(session: Session, done: Sequence[Done]) -> None:
    """Keep who did what groups tell, the highest revision of each act; and the groups of it.

    A group is what is left of its day: an act that was taken back leaves it. Who did it before, and
    does it otherwise, came when they came.
    """
    now, is_past = clock.now(), context.is_of_the_past()
    left = find_left(session, {one.member_id for one in done})
    wanted = [one for one in done if one.actor_id != one.member_id and one.member_id not in left]
    known = _known(session, wanted)
    rows = []
    for one in wanted:
        part, came_at = rules.day_of(one.at), one.at
        before = known.get(_act_of(one))
        if before is not None and before.is_acting and before.part == part:
            came_at = before.came_at
        elif rules.is_news(one.at, now, is_past=is_past):
            came_at = now
        rows.append(
            {
                "member_id": one.member_id,
                "object_id": one.object_id,
                "kind": one.kind,
                "actor_id": one.actor_id,
                "source_id": one.source_id,
                "part": part,
                "is_acting": one.is_acting,
                "done_at": one.at,
                "came_at": came_at,
                "revision": one.revision,
            }
        )
    changed = upsert_newer(session, NoticeActor, rows)
    groups = {
        (*key[:3], rules.day_of(one.at)) for one in wanted if (key := _act_of(one)) in changed
    }
    groups |= {(*key[:3], known[key].part) for key in changed if key in known}
    if groups:
        tell(session, _groups(session, sorted(groups), now))


def _act_of(one: Done) -> Act:
    return (one.member_id, one.object_id, one.kind, one.actor_id, one.source_id)


def _known(session: Session, done: Sequence[Done]) -> dict[Act, Any]:
    """What is kept of these acts."""
    if not done:
        return {}
    acts = [_act_of(one) for one in done]
    names = ("member_ids", "object_ids", "kinds", "actor_ids", "source_ids")
    rows = _KNOWN.rows(session, **{n: [act[i] for act in acts] for i, n in enumerate(names)})
    return {tuple(row[:5]): row for row in rows}


def find_left(session: Session, member_ids: Collection[UUID]) -> set[UUID]:
    """Who of them has left: nothing is kept for them any more."""
    known = select(MemberRef.id).where(MemberRef.id.in_(member_ids))
    return set(session.scalars(known.where(MemberRef.state == members.LEFT)))


def _groups(
    session: Session, groups: Sequence[tuple[UUID, UUID, str, str]], now: datetime
) -> list[Told]:
    names = ("member_ids", "object_ids", "kinds", "parts")
    rows = _GROUPS.rows(session, **{n: [one[i] for one in groups] for i, n in enumerate(names)})
    return [
        Told(
            member_id=row.member_id,
            kind=row.kind,
            object_id=row.object_id,
            part=row.part,
            happened_at=row.done_at,
            is_unread=row.came_at == now,
        )
        for row in rows
    ]


def _key(one: Told) -> tuple[UUID, UUID, str, str]:
    return (one.member_id, one.object_id, one.kind, one.part)


def _told() -> Statement:
    names: dict[str, Any] = {
        "id": Uuid,
        "member_id": Uuid,
        "kind": String,
        "class": String,
        "object_id": Uuid,
        "part": String,
        "actor_id": Uuid,
        "happened_at": TIME,
        "is_unread": Boolean,
        "read_at": TIME,
        "told_at": TIME,
    }
    arrays: list[Any] = [cast(bindparam(name), ARRAY(kind)) for name, kind in names.items()]
    told = func.unnest(*arrays).table_valued(*(column(name, kind) for name, kind in names.items()))
    told = told.render_derived(name="told")
    has_left = exists().where(MemberRef.id == told.c.member_id, MemberRef.state == members.LEFT)
    new = insert(Notice).from_select(list(names), select(*told.c).where(~has_left))
    return Statement(_moved(new))


def _moved(new: Insert) -> Insert:
    """What is known is told of anew: moved to when it happened, a group with news unread again."""
    is_group = or_(*(Notice.kind == kind for kind in rules.GROUPED))
    has_news = is_group & new.excluded.is_unread
    came_before = bindparam("came_before", type_=TIME)
    is_overtaken = has_news & (Notice.read_at > came_before)
    # That a skill reached a level is told without a time: the first telling's stays.
    is_timed = Notice.kind != rules.SKILL
    # What was read or mailed before is news again; what waits for a mail waits no longer for it.
    # To devices each of its news goes, as often as a day allows.
    is_news_again = has_news & (~Notice.is_unread | Notice.mailed_at.is_not(None) | is_overtaken)
    return new.on_conflict_do_update(
        index_elements=["member_id", "object_id", "kind", "part"],
        set_={
            "happened_at": case((is_timed, new.excluded.happened_at), else_=Notice.happened_at),
            "is_unread": Notice.is_unread | has_news,
            "read_at": case((is_overtaken, came_before), else_=Notice.read_at),
            "told_at": case((is_news_again, new.excluded.told_at), else_=Notice.told_at),
            "mailed_at": case((is_news_again, null()), else_=Notice.mailed_at),
            "pushed_at": case((has_news, null()), else_=Notice.pushed_at),
        },
        where=(is_timed & (Notice.happened_at != new.excluded.happened_at))
        | is_news_again
        | (has_news & Notice.pushed_at.is_not(None)),
    )


def _unnested(**columns: Any) -> Any:
    """Rows of arrays that are given by these names."""
    arrays = (cast(bindparam(name), ARRAY(kind)) for name, kind in columns.items())
    named = (column(name, kind) for name, kind in columns.items())
    return func.unnest(*arrays).table_valued(*named).render_derived(name="wanted")


def _of_groups() -> Statement:
    wanted = _unnested(member_ids=Uuid, object_ids=Uuid, kinds=String, parts=String)
    key = (NoticeActor.member_id, NoticeActor.object_id, NoticeActor.kind, NoticeActor.part)
    found = (
        select(
            *key,
            func.max(NoticeActor.done_at).label("done_at"),
            func.max(NoticeActor.came_at).label("came_at"),
        )
        .join(wanted, tuple_(*key) == tuple_(*wanted.c))
        .where(NoticeActor.is_acting)
        .group_by(*key)
    )
    return Statement(found)


def _of_acts() -> Statement:
    wanted = _unnested(
        member_ids=Uuid, object_ids=Uuid, kinds=String, actor_ids=Uuid, source_ids=Uuid
    )
    key = tuple(NoticeActor.__table__.primary_key)
    its = (NoticeActor.part, NoticeActor.is_acting, NoticeActor.came_at)
    return Statement(select(*key, *its).join(wanted, tuple_(*key) == tuple_(*wanted.c)))


TIME = DateTime(timezone=True)
_TOLD = _told()
_GROUPS, _KNOWN = _of_groups(), _of_acts()
