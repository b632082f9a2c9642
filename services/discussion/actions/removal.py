"""Taking away what was written: every word goes, the place stays."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.auth import require_recent_password
from chassis.claims import Claims
from chassis.messaging.outbox import record
from services.discussion import access
from services.discussion.actions.accepts import unaccept
from services.discussion.actions.keywords import drop_keywords
from services.discussion.errors import NotTheAuthor, PostNotFound
from services.discussion.events import removed
from services.discussion.models import MemberRef, Post, PostVersion
from services.discussion.rules import MODERATORS

PAGE = 500


def remove_post(session: Session, *, actor: Claims, post_id: UUID, kind: str) -> None:
    """Take away one's own post, or as a moderator anybody's; records `post.removed`.

    An accepted answer is accepted no more. Raises PostNotFound, NotTheAuthor or, for
    moderators, PasswordNeeded.
    """
    members.require_active(session, MemberRef, actor)
    question_id = session.scalar(select(Post.question_id).where(Post.id == post_id))
    # The question before its answer, as where an answer is accepted.
    _lock(session, {post_id} | ({question_id} if question_id else set()))
    post = access.lock_post(session, viewer_id=actor.id, post_id=post_id)
    if post.kind != kind:
        raise PostNotFound
    if post.author_id != actor.id:
        if actor.role not in MODERATORS:
            raise NotTheAuthor
        require_recent_password(actor)
    _take_away(session, [post], is_moderated=post.author_id != actor.id)


def remove_posts_of(session: Session, author_ids: Collection[UUID]) -> None:
    """Take away the words of all that these members wrote; records `post.removed` for each.

    What was removed before stays as it is.
    """
    written = select(Post.id, Post.question_id).order_by(Post.id)
    theirs = Post.author_id.in_(author_ids), Post.removed_at.is_(None)
    found = session.execute(written.where(*theirs)).all() if author_ids else []
    if not found:
        return
    _take_away(session, found)


def _take_away(session: Session, found: Sequence[Any], *, is_moderated: bool = False) -> None:
    """Posts, by their `id` and `question_id`."""
    answered = Counter(row.question_id for row in found if row.question_id)
    _lock(session, {row.id for row in found} | answered.keys())
    unaccept(session, answer_ids=[row.id for row in found], question_ids=list(answered))
    for start in range(0, len(found), PAGE):
        ids = [row.id for row in found[start : start + PAGE]]
        _remove(session, ids, is_moderated=is_moderated)
    _count_fewer(session, answered)


def _lock(session: Session, post_ids: Collection[UUID]) -> None:
    """All at once and in id order: two who leave may have answered each other's questions."""
    ids = func.unnest(cast(sorted(post_ids), ARRAY(Uuid)))
    locked = select(Post.id).where(Post.id.in_(select(ids)))
    session.execute(locked.order_by(Post.id).with_for_update())


def _count_fewer(session: Session, answered: Mapping[UUID, int]) -> None:
    ids, counts = cast(list(answered), ARRAY(Uuid)), cast(list(answered.values()), ARRAY(Integer))
    gone = func.unnest(ids, counts).table_valued("id", "count").render_derived()
    counted = update(Post).where(Post.id == gone.c.id)
    session.execute(counted.values(answer_count=Post.answer_count - gone.c["count"]))


def _remove(session: Session, post_ids: Sequence[UUID], *, is_moderated: bool) -> None:
    drop_keywords(session, post_ids)
    session.execute(delete(PostVersion).where(PostVersion.post_id.in_(post_ids)))
    nothing = dict.fromkeys(("title", "body", "body_html", "excerpt", "prose", "search"), "")
    by_whom = {"removed_at": clock.now(), "is_moderated": is_moderated}
    emptied = (
        update(Post)
        .where(Post.id.in_(post_ids))
        .values(**nothing, link=None, **by_whom, revision=Post.revision + 1)
        .returning(Post)
    )
    record(session, *(removed(post) for post in session.scalars(emptied)))
