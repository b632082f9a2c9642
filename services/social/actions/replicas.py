"""Keeping social's replicas: who is a member, and who was active lately, and where."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
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
    by_id = {event.member_id: event for event in events}
    known = [by_id[one] for one in sorted(by_id)]
    if known:
        _KNOW.rows(
            session,
            **_nameless([event.member_id for event in known]),
            sponsor_id=[event.sponsor_id for event in known],
            active_at=[event.joined_at for event in known],
        )
    end_pairs(session, [event.member_id for event in events if event.state == members.LEFT])


def follow_each_other(session: Session, *, member_id: UUID, sponsor_id: UUID, at: datetime) -> None:
    """Let who joined then and their sponsor follow each other, unless one ever turned that.

    Records `member.followed` for each. A sponsor of whom nothing was heard yet is a stub.
    """
    pair = sorted([member_id, sponsor_id])
    _STUB.rows(session, **_nameless([sponsor_id]))
    states = select(MemberRef.state).where(MemberRef.id.in_(pair)).order_by(MemberRef.id)
    if session.scalars(states.with_for_update(read=True)).all() != [members.ACTIVE] * 2:
        return
    for follower_id, followed_id in (pair, pair[::-1]):
        known = select(Follow.revision)
        known = known.where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
        if session.scalar(known) is None:
            pair_of = {"follower_id": follower_id, "followed_id": followed_id}
            set_following(session, **pair_of, is_following=True, at=at)


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
    authors = sorted(latest)
    if authors:
        active_at = [latest[one] for one in authors]
        _BE_ACTIVE.rows(session, **_nameless(authors), active_at=active_at)
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


def _nameless(ids: Sequence[UUID]) -> dict[str, Sequence[Any]]:
    """The columns of members of whom nothing was heard yet; known ones keep theirs."""
    count = len(ids)
    return {"id": ids, "name": [""] * count, "headline": [""] * count, "revision": [0] * count}


_NAMELESS = ("id", "name", "headline", "revision")
_STUB = Statement(insert_all(MemberRef, _NAMELESS).on_conflict_do_nothing())
_TOLD = insert_all(MemberRef, [*_NAMELESS, "sponsor_id", "active_at"])
_KNOW = Statement(
    _TOLD.on_conflict_do_update(
        index_elements=["id"],
        set_={
            "sponsor_id": _TOLD.excluded.sponsor_id,
            "active_at": func.greatest(MemberRef.active_at, _TOLD.excluded.active_at),
        },
    )
)
_HEARD = insert_all(MemberRef, [*_NAMELESS, "active_at"])
_BE_ACTIVE = Statement(
    _HEARD.on_conflict_do_update(
        index_elements=["id"],
        set_={"active_at": func.greatest(MemberRef.active_at, _HEARD.excluded.active_at)},
    )
)
_SEEN = insert_all(KeywordActivity, ["member_id", "slug", "active_at"])
_ACTIVITY = Statement(
    _SEEN.on_conflict_do_update(
        index_elements=["member_id", "slug"],
        set_={"active_at": func.greatest(KeywordActivity.active_at, _SEEN.excluded.active_at)},
    )
)
