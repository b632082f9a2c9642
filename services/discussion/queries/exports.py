"""A member's own data, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.discussion.models import (
    AnswerRequest,
    Keyword,
    Like,
    Post,
    PostKeyword,
    PostVersion,
    Report,
)


@dataclass(frozen=True)
class Export:
    """What discussion keeps of a member."""

    posts: Sequence[dict[str, Any]]
    versions: Sequence[PostVersion]
    likes: Sequence[Like]
    requests: Sequence[AnswerRequest]
    reports: Sequence[dict[str, Any]]


def get_export(session: Session, *, member_id: UUID) -> Export:
    """What a member wrote, likes, asked and reported, the oldest first; empty for one unknown."""
    theirs = Post.author_id == member_id, Post.removed_at.is_(None)
    posts = session.scalars(select(Post).where(*theirs).order_by(Post.published_at, Post.id))
    keywords: dict[UUID, list[Keyword]] = {}
    used = select(PostKeyword.post_id, Keyword).join(Keyword, Keyword.id == PostKeyword.keyword_id)
    used = used.join(Post, Post.id == PostKeyword.post_id).where(*theirs)
    for post_id, keyword in session.execute(used.order_by(PostKeyword.position)):
        keywords.setdefault(post_id, []).append(keyword)
    likes = select(Like).where(Like.member_id == member_id, Like.is_liked)
    asked = or_(AnswerRequest.member_id == member_id, AnswerRequest.requester_id == member_id)
    versions = select(PostVersion).join(Post, Post.id == PostVersion.post_id).where(*theirs)
    reports = select(Report).where(Report.reporter_id == member_id)
    return Export(
        posts=[
            {**{name: getattr(post, name) for name in _TOLD}, "keywords": keywords.get(post.id, [])}
            for post in posts
        ],
        versions=session.scalars(
            versions.order_by(PostVersion.replaced_at, PostVersion.post_id)
        ).all(),
        likes=session.scalars(likes.order_by(Like.liked_at, Like.post_id)).all(),
        requests=session.scalars(
            select(AnswerRequest)
            .where(asked)
            .order_by(AnswerRequest.requested_at, AnswerRequest.question_id)
        ).all(),
        reports=[
            {**vars(report), "object": {"type": report.object_type, "id": report.object_id}}
            for report in session.scalars(reports.order_by(Report.reported_at, Report.id))
        ],
    )


_TOLD = (
    *("id", "kind", "question_id", "title", "body", "lang", "audience", "form", "link"),
    *("published_at", "edited_at"),
)
