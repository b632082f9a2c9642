"""How much a member may publish and like, and never the same twice.

Checked for requests only: replays and imports publish at their own pace.
"""

from datetime import timedelta
from hashlib import sha256
from typing import NoReturn
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session, aliased

from chassis import clock, members
from chassis.claims import Claims
from chassis.errors import ServiceError
from chassis.pages import AnySelect
from chassis.statements import Statement
from services.discussion.errors import LikesTooFast, PostedTwice, PostsTooFast
from services.discussion.models import Like, MemberRef, Post
from services.discussion.rules import LIKES_A_DAY, LIKES_FOR_ONE_AUTHOR, POSTS, TWIN_WITHIN

DAY = timedelta(days=1)


def require_room_for_post(
    session: Session,
    *,
    actor: Claims,
    kind: str,
    body: str,
    title: str = "",
    question_id: UUID | None = None,
) -> None:
    """Raises PostedTwice where the actor published the same within a minute, or PostsTooFast
    with the seconds after which there is room.

    Twins wait for each other here.
    """
    said = "\0".join([str(actor.id), kind, str(question_id), title, body])
    key = int.from_bytes(sha256(said.encode()).digest()[:8], signed=True)
    _SAID.rows(session, key=key)
    now = clock.now()
    post = {"kind": kind, "question_id": question_id, "title": title, "body": body}
    rows = _LATEST.rows(session, actor_id=actor.id, since=now - max(POSTS), **post)
    if any(row.is_same and row.published_at > now - TWIN_WITHIN for row in rows):
        _refuse(session, actor, PostedTwice())
    for span, most in POSTS.items():
        times = sorted((row.published_at for row in rows), reverse=True)
        if len(times) >= most and times[most - 1] > now - span:
            wait = int((times[most - 1] + span - now).total_seconds()) + 1
            _refuse(session, actor, PostsTooFast(retry_after=wait))


def require_room_for_like(session: Session, *, actor: Claims, post_id: UUID) -> None:
    """Raises LikesTooFast with the seconds after which there is room.

    A pair counts once, taking back frees it; what one likes of the answers to one's own
    question is free.
    """
    since = clock.now() - DAY
    # Most give few: nothing more is looked up for them.
    latest = _LATEST_LIKES.rows(session, actor_id=actor.id, since=since)
    if len(latest) < min(LIKES_A_DAY, LIKES_FOR_ONE_AUTHOR):
        return
    given = _GIVEN.rows(session, actor_id=actor.id, post_id=post_id, since=since)
    theirs = [row.liked_at for row in given if row.is_theirs]
    if any(row.is_free for row in given):
        return
    if len(given) >= LIKES_A_DAY:
        oldest = min(row.liked_at for row in given)
    elif len(theirs) >= LIKES_FOR_ONE_AUTHOR:
        oldest = min(theirs)
    else:
        return
    wait = int((oldest - since).total_seconds()) + 1
    _refuse(session, actor, LikesTooFast(retry_after=wait))


def _refuse(session: Session, actor: Claims, refusal: ServiceError) -> NoReturn:
    """Who may not write at all hears that first."""
    members.require_active(session, MemberRef, actor)
    raise refusal


def _latest() -> AnySelect:
    """What the actor published since, and whether it says the same."""
    given = {
        name: bindparam(name, type_=Post.__table__.c[name].type)
        for name in ("kind", "question_id", "title", "body")
    }
    is_same = Post.removed_at.is_(None) & Post.question_id.is_not_distinct_from(
        given["question_id"]
    )
    for name in ("kind", "title", "body"):
        is_same &= Post.__table__.c[name] == given[name]
    latest = select(Post.published_at, is_same.label("is_same"))
    return (
        latest.where(Post.author_id == _ACTOR, Post.published_at > _SINCE)
        .order_by(Post.id.desc())
        .limit(literal_column(str(max(POSTS.values()))))
    )


def _given() -> AnySelect:
    """The latest likes of the actor beside this one, and whether they are of its author."""
    liked, meant = aliased(Post), aliased(Post)
    named = meant.id == bindparam("post_id", type_=Uuid)
    author_id = select(meant.author_id).where(named).scalar_subquery()
    is_free = select(meant.asker_id == _ACTOR).where(named).scalar_subquery()
    return (
        select(
            Like.liked_at,
            (liked.author_id == author_id).label("is_theirs"),
            func.coalesce(is_free, False).label("is_free"),
        )
        .join(liked, liked.id == Like.post_id)
        .where(Like.member_id == _ACTOR, Like.is_liked, Like.liked_at > _SINCE)
        .where(Like.post_id != bindparam("post_id", type_=Uuid))
        .where(liked.asker_id.is_distinct_from(_ACTOR))
        .order_by(Like.liked_at.desc())
        .limit(literal_column(str(LIKES_A_DAY)))
    )


_ACTOR = bindparam("actor_id", type_=Uuid)
_SINCE = bindparam("since", type_=DateTime(timezone=True))
_SAID = Statement(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger))))
_LATEST = Statement(_latest())
_GIVEN = Statement(_given())
_LATEST_LIKES = Statement(
    select(Like.liked_at)
    .where(Like.member_id == _ACTOR, Like.is_liked, Like.liked_at > _SINCE)
    .order_by(Like.liked_at.desc())
    .limit(literal_column(str(LIKES_FOR_ONE_AUTHOR)))
)
