"""Keeping social's replicas: who is a member, and who was active lately, and where."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.replicas import insert_all
from chassis.statements import Statement
from contracts.discussion import PostPublished
from contracts.identity import MemberEvent
from services.social.actions.follows import set_following
from services.social.actions.leaving import end_pairs
from services.social.models import Follow, KeywordActivity, KeywordMergeRef, MemberRef


def keep_members(session: Session, events: Sequence[MemberEvent]) -> None:
    """Keep what identity tells, the highest revision of each member; ends what a leaver followed.

    Records `member.unfollowed`, `keyword.unfollowed` and `member.unblocked` for those that
    stood.
    """
    members.keep_members(session, MemberRef, events)
    for event in sorted(events, key=lambda one: one.member_id):
        _KNOW.rows(
            session,
            member_id=event.member_id,
            sponsor=event.sponsor_id,
            joined_at=event.joined_at,
        )
    end_pairs(session, [event.member_id for event in events if event.state == members.LEFT])


def follow_each_other(session: Session, *, member_id: UUID, sponsor_id: UUID) -> None:
    """Let who joins and their sponsor follow each other, unless one of them ever turned that.

    Records `member.followed` for each.
    """
    pair = sorted([member_id, sponsor_id])
    states = select(MemberRef.state).where(MemberRef.id.in_(pair)).order_by(MemberRef.id)
    if session.scalars(states.with_for_update(read=True)).all() != [members.ACTIVE] * 2:
        return
    for follower_id, followed_id in (pair, pair[::-1]):
        known = select(Follow.revision)
        known = known.where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
        if session.scalar(known) is None:
            set_following(
                session, follower_id=follower_id, followed_id=followed_id, is_following=True
            )


def keep_activity(session: Session, events: Sequence[PostPublished]) -> None:
    """Keep when each author was last active, and under which keywords; never in the future."""
    now = clock.now()
    latest: dict[UUID, datetime] = {}
    by_keyword: dict[tuple[UUID, str], datetime] = {}
    for event in events:
        at = min(event.published_at, now)
        latest[event.author_id] = max(at, latest.get(event.author_id, at))
        for keyword in event.keywords:
            key = (event.author_id, keyword.slug)
            by_keyword[key] = max(at, by_keyword.get(key, at))
    for member_id in sorted(latest):
        _BE_ACTIVE.rows(session, member_id=member_id, active_at=latest[member_id])
    gone = select(MemberRef.id).where(MemberRef.id.in_(latest), MemberRef.state == members.LEFT)
    left = set(session.scalars(gone))
    keys = [key for key in sorted(by_keyword) if key[0] not in left]
    if keys:
        _ACTIVITY.rows(
            session,
            member_id=[member_id for member_id, _ in keys],
            slug=[slug for _, slug in keys],
            active_at=[by_keyword[key] for key in keys],
        )


def empty(session: Session) -> None:
    """Let the others' histories win over every row.

    Follows refer to members, so none is deleted.
    """
    session.execute(update(MemberRef).values(revision=0))
    session.execute(delete(KeywordActivity))
    session.execute(update(KeywordMergeRef).values(revision=0))


_KNOW = Statement(
    update(MemberRef)
    .where(MemberRef.id == bindparam("member_id", type_=Uuid))
    .values(
        sponsor_id=bindparam("sponsor", type_=Uuid),
        active_at=func.greatest(
            MemberRef.active_at, bindparam("joined_at", type_=DateTime(timezone=True))
        ),
    )
)
_NEW = insert(MemberRef).values(
    id=bindparam("member_id", type_=Uuid),
    name="",
    headline="",
    revision=0,
    active_at=bindparam("active_at", type_=DateTime(timezone=True)),
)
_BE_ACTIVE = Statement(
    _NEW.on_conflict_do_update(
        index_elements=["id"],
        set_={"active_at": func.greatest(MemberRef.active_at, _NEW.excluded.active_at)},
    )
)
_SEEN = insert_all(KeywordActivity.__table__, ["member_id", "slug", "active_at"])  # type: ignore[arg-type]
_ACTIVITY = Statement(
    _SEEN.on_conflict_do_update(
        index_elements=["member_id", "slug"],
        set_={"active_at": func.greatest(KeywordActivity.active_at, _SEEN.excluded.active_at)},
    )
)
