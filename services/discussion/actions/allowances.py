"""How much a member may publish and like, and never the same twice.

Checked for requests only: replays and imports publish at their own pace.
"""

from datetime import timedelta
from hashlib import sha256
from typing import NoReturn
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from chassis import clock, members
from chassis.claims import Claims
from chassis.errors import ServiceError
from chassis.statements import Statement
from services.discussion.errors import LikesTooFast, PostedTwice, PostsTooFast
from services.discussion.models import Like, MemberRef, Post
from services.discussion.rules import LIKES_A_DAY, LIKES_FOR_ONE_AUTHOR, POSTS, TWIN_WITHIN

DAY = timedelta(days=1)


def require_room_for_post(session: Session, *, actor: Claims) -> None:
    """Raises PostsTooFast with the seconds after which there is room."""
    now = clock.now()
    for span, most in POSTS.items():
        theirs = select(Post.published_at).where(
            Post.author_id == actor.id, Post.published_at > now - span
        )
        oldest = theirs.order_by(Post.published_at.desc()).offset(most - 1).limit(1)
        if (since := session.scalar(oldest)) is not None:
            wait = int((since + span - now).total_seconds()) + 1
            _refuse(session, actor, PostsTooFast(retry_after=wait))


def require_first(
    session: Session,
    *,
    actor: Claims,
    kind: str,
    body: str,
    title: str = "",
    question_id: UUID | None = None,
) -> None:
    """Raises PostedTwice where the actor published the same within a minute.

    Twins wait for each other here.
    """
    said = "\0".join([str(actor.id), kind, str(question_id), title, body])
    key = int.from_bytes(sha256(said.encode()).digest()[:8], signed=True)
    _SAID.rows(session, key=key)
    twin = select(Post.id).where(
        Post.author_id == actor.id,
        Post.published_at > clock.now() - TWIN_WITHIN,
        Post.removed_at.is_(None),
        Post.kind == kind,
        Post.question_id.is_not_distinct_from(question_id),
        Post.title == title,
        Post.body == body,
    )
    if session.scalar(twin.limit(1)) is not None:
        _refuse(session, actor, PostedTwice())


def require_room_for_like(session: Session, *, actor: Claims, post_id: UUID) -> None:
    """Raises LikesTooFast with the seconds after which there is room.

    A pair counts once, taking back frees it; what one likes of the answers to one's own
    question is free.
    """
    since = clock.now() - DAY
    liked, meant = aliased(Post), aliased(Post)
    author_id = select(meant.author_id).where(meant.id == post_id).scalar_subquery()
    given = (
        select(Like.liked_at, (liked.author_id == author_id).label("is_theirs"))
        .join(liked, liked.id == Like.post_id)
        .where(Like.member_id == actor.id, Like.is_liked, Like.liked_at > since)
        .where(Like.post_id != post_id, liked.asker_id.is_distinct_from(actor.id))
        .order_by(Like.liked_at.desc())
        .limit(LIKES_A_DAY)
        .subquery("given")
    )
    theirs = given.c.is_theirs
    counted = select(
        func.count(),
        func.min(given.c.liked_at),
        func.count().filter(theirs),
        func.min(given.c.liked_at).filter(theirs),
    )
    is_free = select(meant.asker_id == actor.id).where(meant.id == post_id)
    count, first, of_author, first_of_author = session.execute(counted).one()
    if (count < LIKES_A_DAY and of_author < LIKES_FOR_ONE_AUTHOR) or session.scalar(is_free):
        return
    oldest = first if count >= LIKES_A_DAY else first_of_author
    wait = int((oldest - since).total_seconds()) + 1
    _refuse(session, actor, LikesTooFast(retry_after=wait))


def _refuse(session: Session, actor: Claims, refusal: ServiceError) -> NoReturn:
    """Who may not write at all hears that first."""
    members.require_active(session, MemberRef, actor)
    raise refusal


_SAID = Statement(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger))))
