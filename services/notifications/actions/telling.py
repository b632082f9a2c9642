"""Telling members of something: notices, one by what it is, and groups of who did the same."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
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
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, context, members
from chassis.identifiers import new_id
from chassis.replicas import upsert_newer
from chassis.statements import Statement
from services.notifications import rules
from services.notifications.models import MemberRef, Notice, NoticeActor


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
    """Keep that members are told, each thing once; nobody of their own acts.

    In the order of keys, so that two writers never wait for each other crosswise. What is known is
    moved to when it happened; what is new, or whose group has news, is unread, unless it is told
    again or late.
    """
    others = {_key(one): one for one in told if one.actor_id != one.member_id}
    ordered = [others[key] for key in sorted(others)]
    if not ordered:
        return
    now, is_replay = clock.now(), context.is_replay.get()
    news = [
        rules.is_news(one.happened_at, now, is_replay=is_replay)
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
        **{"class": [rules.CLASS_OF[one.kind] for one in ordered]},
    )


def tell_groups(session: Session, done: Sequence[Done]) -> None:
    """Keep who did what groups tell, the highest revision of each act; and the groups of it.

    A group is what is left of its day: an act that was taken back leaves it.
    """
    now, is_replay = clock.now(), context.is_replay.get()
    left = find_left(session, {one.member_id for one in done})
    rows = [
        {
            "member_id": one.member_id,
            "object_id": one.object_id,
            "kind": one.kind,
            "actor_id": one.actor_id,
            "source_id": one.source_id,
            "part": rules.day_of(one.at),
            "is_acting": one.is_acting,
            "done_at": one.at,
            "came_at": now if rules.is_news(one.at, now, is_replay=is_replay) else one.at,
            "revision": one.revision,
        }
        for one in done
        if one.actor_id != one.member_id and one.member_id not in left
    ]
    changed = upsert_newer(session, NoticeActor, rows)
    groups = sorted({(key[0], key[1], key[2]) for key in changed})
    if groups:
        tell(session, _groups(session, groups, now))


def find_left(session: Session, member_ids: Collection[UUID]) -> set[UUID]:
    """Who of them has left: nothing is kept for them any more."""
    known = select(MemberRef.id).where(MemberRef.id.in_(member_ids))
    return set(session.scalars(known.where(MemberRef.state == members.LEFT)))


def _groups(
    session: Session, groups: Collection[tuple[UUID, UUID, str]], now: datetime
) -> list[Told]:
    rows = _GROUPS.rows(
        session,
        member_ids=[member_id for member_id, _, _ in groups],
        object_ids=[object_id for _, object_id, _ in groups],
        kinds=[kind for _, _, kind in groups],
    )
    return [
        Told(
            member_id=row.member_id,
            kind=row.kind,
            object_id=row.object_id,
            part=row.part,
            happened_at=row.at,
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
    }
    arrays: list[Any] = [cast(bindparam(name), ARRAY(kind)) for name, kind in names.items()]
    told = func.unnest(*arrays).table_valued(*(column(name, kind) for name, kind in names.items()))
    told = told.render_derived(name="told")
    has_left = exists().where(MemberRef.id == told.c.member_id, MemberRef.state == members.LEFT)
    new = insert(Notice).from_select(list(names), select(*told.c).where(~has_left))
    has_news = (Notice.actor_id.is_(None)) & new.excluded.is_unread
    # That a skill reached a level is told without a time: the first telling's stays.
    is_timed = Notice.kind != rules.SKILL
    moved = new.on_conflict_do_update(
        index_elements=["member_id", "object_id", "kind", "part"],
        set_={
            "happened_at": case((is_timed, new.excluded.happened_at), else_=Notice.happened_at),
            "is_unread": Notice.is_unread | has_news,
        },
        where=(is_timed & (Notice.happened_at != new.excluded.happened_at))
        | (has_news & ~Notice.is_unread),
    )
    return Statement(moved)


def _of_groups() -> Statement:
    wanted = func.unnest(
        cast(bindparam("member_ids"), ARRAY(Uuid)),
        cast(bindparam("object_ids"), ARRAY(Uuid)),
        cast(bindparam("kinds"), ARRAY(String)),
    ).table_valued(column("member_id", Uuid), column("object_id", Uuid), column("kind", String))
    wanted = wanted.render_derived(name="wanted")
    key = (NoticeActor.member_id, NoticeActor.object_id, NoticeActor.kind)
    found = (
        select(
            *key,
            NoticeActor.part,
            func.max(NoticeActor.done_at).label("at"),
            func.max(NoticeActor.came_at).label("came_at"),
        )
        .join(
            wanted,
            (wanted.c.member_id == NoticeActor.member_id)
            & (wanted.c.object_id == NoticeActor.object_id)
            & (wanted.c.kind == NoticeActor.kind),
        )
        .where(NoticeActor.is_acting)
        .group_by(*key, NoticeActor.part)
    )
    return Statement(found)


TIME = DateTime(timezone=True)
_TOLD = _told()
_GROUPS = _of_groups()
