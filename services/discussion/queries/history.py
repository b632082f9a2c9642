"""The past of discussion in key order, as events, for listeners that are rebuilt."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, aliased

from contracts.discussion import (
    AnswerAccepted,
    AnswerUnaccepted,
    KeywordMerged,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
    ReportAnswered,
)
from services.discussion import access
from services.discussion.events import (
    accept_changed,
    like_changed,
    published,
    removed,
    report_answered,
)
from services.discussion.models import Accept, Keyword, KeywordMerge, Like, Post, Report
from services.discussion.versions import earlier_of


def list_post_history(
    session: Session, after: PostPublished | PostRemoved | None, limit: int
) -> list[PostPublished | PostRemoved]:
    """Every post as it is now, those removed included."""
    statement = select(Post).order_by(Post.id).limit(limit)
    if after is not None:
        statement = statement.where(Post.id > after.post_id)
    posts = list(session.scalars(statement))
    ids = [post.id for post in posts]
    keywords = access.keywords_of(session, ids)
    earlier = earlier_of(session, ids, keywords=keywords)
    return [
        removed(post)
        if post.removed_at
        else published(post, keywords.get(post.id, []), earlier.get(post.id, ()))
        for post in posts
    ]


def _list_likes(
    session: Session, after: PostLiked | PostUnliked | None, limit: int, *, is_imported: bool
) -> Sequence[PostLiked | PostUnliked]:
    """Every pair that was ever made, those taken back included, each as its latest event."""
    key = tuple_(Like.post_id, Like.member_id)
    page = select(Like).where(Like.is_imported.is_(is_imported))
    if after is not None:
        page = page.where(key > (after.post_id, after.liker_id))
    # Their posts are looked up for the page alone: joined to all, posts would lead, and be read
    # from the first on for each page.
    liked = page.order_by(Like.post_id, Like.member_id).limit(limit).subquery("liked")
    # Values, not instances: what the posts say is told with them, and nobody changes these rows.
    names = ("post_id", "member_id", "is_liked", "revision", "liked_at")
    statement = (
        select(*(liked.c[name] for name in names), Post.author_id, Post.kind)
        .join(Post, Post.id == liked.c.post_id)
        .order_by(liked.c.post_id, liked.c.member_id)
    )
    return [
        like_changed(row, author_id=row.author_id, kind=row.kind)
        for row in session.execute(statement)
    ]


list_like_history = partial(_list_likes, is_imported=False)
list_imported_like_history = partial(_list_likes, is_imported=True)


def list_accept_history(
    session: Session, after: AnswerAccepted | AnswerUnaccepted | None, limit: int
) -> Sequence[AnswerAccepted | AnswerUnaccepted]:
    """Of each question the answer that is accepted, or the last one that was."""
    page = select(Accept)
    if after is not None:
        page = page.where(Accept.question_id > after.question_id)
    accept = aliased(Accept, page.order_by(Accept.question_id).limit(limit).subquery("accepted"))
    answer = aliased(Post)
    statement = (
        select(accept, answer.author_id, Post.author_id)
        .join(Post, Post.id == accept.question_id)
        .join(answer, answer.id == accept.answer_id)
        .order_by(accept.question_id)
    )
    return [
        accept_changed(one, author_id=author_id, asker_id=asker_id)
        for one, author_id, asker_id in session.execute(statement)
    ]


def list_merge_history(
    session: Session, after: KeywordMerged | None, limit: int
) -> Sequence[KeywordMerged]:
    """Every merge there ever was, those taken back included."""
    statement = select(KeywordMerge, Keyword.label).order_by(KeywordMerge.slug).limit(limit)
    statement = statement.outerjoin(Keyword, Keyword.slug == KeywordMerge.into_slug)
    if after is not None:
        statement = statement.where(KeywordMerge.slug > after.slug)
    return [
        KeywordMerged(
            slug=merge.slug,
            into=merge.into_slug,
            label=(label if merge.is_merged else None) or merge.label,
            state="merged" if merge.is_merged else "apart",
            revision=merge.revision,
            changed_at=merge.changed_at,
        )
        for merge, label in session.execute(statement)
    ]


def list_report_history(
    session: Session, after: ReportAnswered | None, limit: int
) -> Sequence[ReportAnswered]:
    """Every report that was answered."""
    statement = select(Report).where(Report.answered_at.is_not(None)).order_by(Report.id)
    if after is not None:
        statement = statement.where(Report.id > after.report_id)
    return [report_answered(report) for report in session.scalars(statement.limit(limit))]
