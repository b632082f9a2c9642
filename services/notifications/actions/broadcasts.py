"""Telling the many who hear of something, a thousand at a time, with the place kept.

Whoever was there when it happened is told: not who came later, and who is heard of only later is
told then (`tell_latecomers`). So the order in which events arrive changes nothing.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    union,
)
from sqlalchemy.orm import Session, aliased

from chassis import clock, context
from chassis.statements import Statement
from services.notifications import rules
from services.notifications.actions.telling import Told, tell
from services.notifications.models import (
    Broadcast,
    FollowRef,
    KeywordFollowRef,
    Ladder,
    ObjectRef,
    ProjectPersonRef,
)

FIRST = UUID(int=0)


def begin(
    session: Session,
    *,
    kind: str,
    object_id: UUID,
    source_id: UUID,
    actor_id: UUID,
    happened_at: datetime,
    part: str = "",
) -> None:
    """Tell the first thousand; where there are more, the chore goes on.

    What was told before is told again where it happened at another time: a round that opens later.
    """
    key = {"object_id": object_id, "kind": kind, "part": part}
    known = session.get(Broadcast, tuple(key.values()), populate_existing=True)
    if known is not None and known.happened_at == happened_at:
        return
    is_unread = rules.is_news(happened_at, clock.now(), is_past=context.is_of_the_past())
    its = {"source_id": source_id, "actor_id": actor_id, "happened_at": happened_at}
    one = session.merge(Broadcast(**key, **its, is_unread=is_unread, after_id=FIRST, is_done=False))
    _advance(session, one)
    session.flush()


def go_on(session: Session) -> bool:
    """Tell the next thousand of what was begun; returns whether there was any."""
    waiting = select(Broadcast).where(~Broadcast.is_done, ~_is_put_off())
    first = waiting.order_by(Broadcast.happened_at).limit(1)
    one = session.scalar(first.with_for_update(skip_locked=True))
    if one is None:
        return False
    _advance(session, one)
    session.flush()
    return True


def tell_keyword_latecomers(session: Session, member_ids: Collection[UUID]) -> None:
    """The same of members whose keywords are heard of late, and of questions that wait."""
    if member_ids:
        since = clock.now() - rules.KEPT_READ
        _tell_late(session, _MISSED_UNDER_KEYWORDS, member_ids=list(member_ids), since=since)


def tell_latecomers(session: Session, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """Tell members who are heard of late, with what they hear of, what happened meanwhile.

    `pairs` are (source, member): whom, or which project, they follow or build.
    """
    if not pairs:
        return
    _tell_late(
        session,
        _MISSED,
        source_ids=[source_id for source_id, _ in pairs],
        member_ids=[member_id for _, member_id in pairs],
        since=clock.now() - rules.KEPT_READ,
    )


def _tell_late(session: Session, missed: Statement, **named: Any) -> None:
    rows = missed.rows(session, **named)
    now, is_past = clock.now(), context.is_of_the_past()
    tell(
        session,
        (
            _told(
                row,
                row.member_id,
                is_unread=row.is_unread and rules.is_news(row.happened_at, now, is_past=is_past),
            )
            for row in rows
        ),
    )


def hold_keywords(session: Session, slugs: Iterable[str]) -> None:
    """The same of what is told under keywords, and who follows them."""
    hold(session, (uuid5(FIRST, slug) for slug in slugs))


def hold(session: Session, source_ids: Iterable[UUID]) -> None:
    """Let what is told of somebody, or of a project, and who hears it come one after the other.

    Until the end of the transaction. Of several workers two may wait for each other crosswise: the
    database tells one of them, which handles its batch again.
    """
    keys = sorted({one.int & (2**63 - 1) for one in source_ids})
    if keys:
        _HELD.rows(session, keys=keys)


def _is_put_off() -> ColumnElement[bool]:
    """Telling keywords' followers of a question that is unheard of, or whose ladder is held."""
    held, source = aliased(Ladder), aliased(ObjectRef)
    is_there = select(source.id).where(source.id == Broadcast.source_id)
    is_held = select(held.question_id).where(
        held.question_id == Broadcast.source_id, held.wakes_at > clock.now()
    )
    put_off: ColumnElement[bool] = (Broadcast.kind == rules.UNANSWERED) & (
        ~is_there.exists() | is_held.exists()
    )
    return put_off


def _advance(session: Session, one: Broadcast) -> None:
    statement = _PEOPLE
    if one.kind == rules.QUESTION:
        statement = _FOLLOWERS
    elif one.kind == rules.UNANSWERED:
        statement = _UNDER_KEYWORDS
    named = {"source_id": one.source_id, "at": one.happened_at, "after_id": one.after_id}
    found = [row.member_id for row in statement.rows(session, **named)]
    tell(session, (_told(one, member_id, is_unread=one.is_unread) for member_id in found))
    one.is_done = len(found) < rules.PIECE
    one.after_id = found[-1] if found else one.after_id


def _told(one: Any, member_id: UUID, *, is_unread: bool) -> Told:
    return Told(
        member_id=member_id,
        kind=one.kind,
        object_id=one.object_id,
        part=one.part,
        actor_id=one.actor_id,
        happened_at=one.happened_at,
        is_unread=is_unread,
    )


def _piece(statement: Any, member_id: Any) -> Statement:
    behind = statement.where(member_id > bindparam("after_id", type_=Uuid)).distinct()
    return Statement(behind.order_by(member_id).limit(literal_column(str(rules.PIECE))))


def _piece_of_followers() -> Statement:
    """The next of somebody's followers, by their ids."""
    theirs = select(FollowRef.follower_id.label("member_id")).where(
        FollowRef.followed_id == _SOURCE, FollowRef.is_following, FollowRef.changed_at <= _AT
    )
    return _piece(theirs, FollowRef.follower_id)


def _keywords() -> Any:
    slugs = func.string_to_array(ObjectRef.keywords, literal_column("' '"))
    return select(slugs).where(ObjectRef.id == _SOURCE).scalar_subquery()


def _missed() -> Statement:
    pairs = func.unnest(
        cast(bindparam("source_ids"), ARRAY(Uuid)), cast(bindparam("member_ids"), ARRAY(Uuid))
    ).table_valued("source_id", "member_id")
    pairs = pairs.render_derived(name="pairs")
    follow, person = FollowRef, ProjectPersonRef
    followed = select(
        follow.followed_id.label("source_id"),
        follow.follower_id,
        follow.changed_at.label("since_at"),
    )
    around = select(person.project_id, person.member_id, person.since_at)
    both = union(followed.where(follow.is_following), around.where(person.is_on))
    hears = both.subquery("hears")
    return Statement(
        select(
            *(getattr(Broadcast, name) for name in _COPIED),
            hears.c.follower_id.label("member_id"),
        )
        .join(hears, hears.c.source_id == Broadcast.source_id)
        .join(
            pairs,
            (pairs.c.source_id == hears.c.source_id) & (pairs.c.member_id == hears.c.follower_id),
        )
        .where(
            Broadcast.happened_at >= hears.c.since_at,
            Broadcast.happened_at > bindparam("since", type_=DateTime(timezone=True)),
        )
    )


def _missed_under_keywords() -> Statement:
    """Ladders lead to the few broadcasts of their kind."""
    slugs = func.string_to_array(ObjectRef.keywords, literal_column("' '"))
    since = bindparam("since", type_=DateTime(timezone=True))
    theirs = cast(bindparam("member_ids"), ARRAY(Uuid))
    return Statement(
        select(*(getattr(Broadcast, name) for name in _COPIED), KeywordFollowRef.member_id)
        .join(Ladder, Ladder.question_id == Broadcast.object_id)
        .join(ObjectRef, ObjectRef.id == Broadcast.source_id)
        .join(KeywordFollowRef, KeywordFollowRef.slug == func.any(slugs))
        .where(
            Broadcast.kind == rules.UNANSWERED,
            Ladder.asked_at > since,
            KeywordFollowRef.member_id == func.any(theirs),
            KeywordFollowRef.is_following,
            KeywordFollowRef.changed_at <= Broadcast.happened_at,
        )
        .distinct()
    )


_COPIED = ("object_id", "kind", "part", "source_id", "actor_id", "happened_at", "is_unread")
_SOURCE, _AT = bindparam("source_id", type_=Uuid), bindparam("at", type_=DateTime(timezone=True))
_FOLLOWERS = _piece_of_followers()
_PEOPLE = _piece(
    select(ProjectPersonRef.member_id).where(
        ProjectPersonRef.project_id == _SOURCE,
        ProjectPersonRef.is_on,
        ProjectPersonRef.since_at <= _AT,
    ),
    ProjectPersonRef.member_id,
)
# The followers of a question's keywords: it is the source itself.
_UNDER_KEYWORDS = _piece(
    select(KeywordFollowRef.member_id).where(
        KeywordFollowRef.slug == func.any(cast(_keywords(), ARRAY(String))),
        KeywordFollowRef.is_following,
        KeywordFollowRef.changed_at <= _AT,
    ),
    KeywordFollowRef.member_id,
)
_MISSED, _MISSED_UNDER_KEYWORDS = _missed(), _missed_under_keywords()
_KEYS = func.unnest(cast(bindparam("keys"), ARRAY(BigInteger))).column_valued("key")
_HELD = Statement(select(func.pg_advisory_xact_lock(_KEYS)))
