"""A member's own data, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.discussion.models import Keyword, Like, Post, PostKeyword


@dataclass(frozen=True)
class Export:
    """What discussion keeps of a member."""

    posts: Sequence[dict[str, Any]]
    likes: Sequence[Like]


def get_export(session: Session, *, member_id: UUID) -> Export:
    """What a member wrote and likes, the oldest first; empty for an unknown member."""
    theirs = Post.author_id == member_id, Post.removed_at.is_(None)
    posts = session.scalars(select(Post).where(*theirs).order_by(Post.published_at, Post.id))
    keywords: dict[UUID, list[Keyword]] = {}
    used = select(PostKeyword.post_id, Keyword).join(Keyword, Keyword.id == PostKeyword.keyword_id)
    used = used.join(Post, Post.id == PostKeyword.post_id).where(*theirs)
    for post_id, keyword in session.execute(used.order_by(PostKeyword.position)):
        keywords.setdefault(post_id, []).append(keyword)
    likes = select(Like).where(Like.member_id == member_id, Like.is_liked)
    return Export(
        posts=[
            {**{name: getattr(post, name) for name in _TOLD}, "keywords": keywords.get(post.id, [])}
            for post in posts
        ],
        likes=session.scalars(likes.order_by(Like.liked_at, Like.post_id)).all(),
    )


_TOLD = ("id", "kind", "question_id", "title", "body", "audience", "published_at", "edited_at")
