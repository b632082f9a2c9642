"""The past of discussion in key order, as events, for listeners that are rebuilt."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from contracts import discussion as contracts
from contracts.discussion import PostLiked, PostPublished, PostRemoved, PostUnliked
from services.discussion.events import like_changed, published, removed
from services.discussion.models import Keyword, Like, Post, PostKeyword


def list_post_history(
    session: Session, after: PostPublished | PostRemoved | None, limit: int
) -> list[PostPublished | PostRemoved]:
    """Every post as it is now, those removed included."""
    statement = select(Post).order_by(Post.id).limit(limit)
    if after is not None:
        statement = statement.where(Post.id > after.post_id)
    posts = list(session.scalars(statement))
    keywords = _keywords_of(session, [post.id for post in posts])
    return [
        removed(post) if post.removed_at else published(post, keywords.get(post.id, []))
        for post in posts
    ]


def list_like_history(
    session: Session, after: PostLiked | PostUnliked | None, limit: int
) -> Sequence[PostLiked | PostUnliked]:
    """Every pair that was ever made, those taken back included, each as its latest event."""
    key = tuple_(Like.post_id, Like.member_id)
    statement = (
        select(Like, Post)
        .join(Post, Post.id == Like.post_id)
        .order_by(Like.post_id, Like.member_id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(key > (after.post_id, after.liker_id))
    return [like_changed(like, post) for like, post in session.execute(statement)]


def _keywords_of(session: Session, post_ids: Sequence[UUID]) -> dict[UUID, list[contracts.Keyword]]:
    found: dict[UUID, list[contracts.Keyword]] = {}
    statement = (
        select(PostKeyword.post_id, Keyword.slug, Keyword.label, PostKeyword.written)
        .join(Keyword, Keyword.id == PostKeyword.keyword_id)
        .where(PostKeyword.post_id.in_(post_ids))
        .order_by(PostKeyword.position)
    )
    for post_id, slug, label, written in session.execute(statement):
        keyword = contracts.Keyword(slug=slug, label=label, written=written)
        found.setdefault(post_id, []).append(keyword)
    return found
