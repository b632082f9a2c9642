"""Which posts a viewer may reach: the one place that decides, for lists, reads and writes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Uuid,
    bindparam,
    exists,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from chassis import blocks
from chassis.members import ACTIVE
from chassis.statements import Statement, viewer
from contracts import discussion as contracts
from services.discussion.errors import PostNotFound, QuestionNotFound
from services.discussion.models import (
    BlockRef,
    FollowRef,
    Keyword,
    KeywordMerge,
    KeywordMove,
    MemberRef,
    Post,
    PostKeyword,
)


def is_unblocked(member_id: Any) -> ColumnElement[bool]:
    """Neither of the member and the viewer blocks the other."""
    return blocks.is_unblocked(BlockRef, member_id)


def is_readable(post: type[Post] = Post) -> ColumnElement[bool]:
    """Posts that the viewer may read, removed ones too: their places hold others' answers.

    Nobody's across a block, nor what is under their question. `followers-only` is for its
    author and who follows them at present; an answer has its question's audience.
    """
    host_id = func.coalesce(post.asker_id, post.author_id)
    follow = aliased(FollowRef)
    is_follower = exists().where(
        follow.follower_id == viewer(), follow.followed_id == host_id, follow.is_following
    )
    for_all = post.audience != "followers-only"
    is_for_viewer = for_all | (post.author_id == viewer()) | (host_id == viewer()) | is_follower
    return is_unblocked(post.author_id) & is_unblocked(host_id) & is_for_viewer


def is_visible(post: type[Post] = Post) -> ColumnElement[bool]:
    """Posts that the viewer may read, finds in lists and may act on."""
    return is_readable(post) & post.removed_at.is_(None)


def is_listed(member: type[MemberRef] = MemberRef) -> ColumnElement[bool]:
    """Members whom the viewer finds in lists of people."""
    return (member.state == ACTIVE) & is_unblocked(member.id)


def lock_post(session: Session, *, viewer_id: UUID, post_id: UUID) -> Any:
    """The row of a post that the viewer acts on, as it stays until the end of the transaction.

    After the actor's own lock. Raises PostNotFound.
    """
    row = _LOCKED_POST.first(session, viewer_id=viewer_id, post_id=post_id)
    if row is None:
        raise PostNotFound
    return row


def lock_question(session: Session, *, viewer_id: UUID, question_id: UUID) -> Any:
    """The same for a question; raises QuestionNotFound."""
    row = _LOCKED_QUESTION.first(session, viewer_id=viewer_id, post_id=question_id)
    if row is None:
        raise QuestionNotFound
    return row


def _locked(*more: ColumnElement[bool]) -> Statement:
    columns: Sequence[Any] = (
        Post.id,
        Post.kind,
        Post.author_id,
        Post.question_id,
        Post.asker_id,
        Post.audience,
        Post.like_count,
        Post.published_at,
        Post.accepted_answer_id,
    )
    named = Post.id == bindparam("post_id", type_=Uuid)
    reached = select(*columns).where(named, is_visible(), *more)
    # Not the key: others may refer to the post meanwhile.
    return Statement(reached.with_for_update(key_share=True))


def keywords_of(session: Session, post_ids: Sequence[UUID]) -> dict[UUID, list[contracts.Keyword]]:
    """By post: its keywords as events tell them, in its author's order.

    One that a merge took as doubled is told as it was: skills reads what its author wrote.
    """
    found: dict[UUID, list[contracts.Keyword]] = {}
    shown = select(
        PostKeyword.post_id,
        Keyword.slug,
        Keyword.label,
        PostKeyword.written,
        PostKeyword.position,
    ).join(Keyword, Keyword.id == PostKeyword.keyword_id)
    doubled = select(
        KeywordMove.post_id,
        KeywordMerge.slug,
        KeywordMerge.label,
        KeywordMove.written,
        KeywordMove.position,
    ).join(KeywordMerge, KeywordMerge.keyword_id == KeywordMove.keyword_id)
    both = union_all(
        shown.where(PostKeyword.post_id.in_(post_ids)),
        doubled.where(KeywordMove.post_id.in_(post_ids), KeywordMove.is_doubled),
    ).subquery()
    for post_id, slug, label, written, _ in session.execute(select(both).order_by(both.c.position)):
        found.setdefault(post_id, []).append(
            contracts.Keyword(slug=slug, label=label, written=written)
        )
    return found


_LOCKED_POST = _locked()
_LOCKED_QUESTION = _locked(Post.kind == "question")
