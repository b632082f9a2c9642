"""Rows as the events that tell them, for the actions that change and the history that repeats."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.discussion import (
    AnswerAccepted,
    AnswerUnaccepted,
    EarlierVersion,
    Keyword,
    PostEdited,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
    ReportAnswered,
)
from services.discussion.models import Accept, Post, Report


def published(
    post: Post, keywords: Sequence[Keyword], earlier: Sequence[EarlierVersion] = ()
) -> PostPublished:
    """The event that tells a post as it is now, and what it said before.

    Of one that an earlier release wrote nobody knows the prose until it is rendered anew.
    """
    return PostPublished(
        post_id=post.id,
        revision=post.revision,
        author_id=post.author_id,
        kind=post.kind,  # type: ignore[arg-type]
        question_id=post.question_id,
        title=post.title,
        body=post.body,
        prose=post.prose if post.rendering else None,
        keywords=tuple(keywords),
        audience=post.audience,  # type: ignore[arg-type]
        published_at=post.published_at,
        earlier=tuple(earlier),
    )


def edited(
    post: Post, keywords: Sequence[Keyword], earlier: Sequence[EarlierVersion]
) -> PostEdited:
    """The event that tells that its author changed a post."""
    told = published(post, keywords, earlier)
    return PostEdited(**vars(told), edited_at=post.edited_at)


def accept_changed(
    accept: Accept, *, author_id: UUID, asker_id: UUID
) -> AnswerAccepted | AnswerUnaccepted:
    """The event that tells which answer of a question is accepted, or was."""
    return (AnswerAccepted if accept.is_accepted else AnswerUnaccepted)(
        question_id=accept.question_id,
        answer_id=accept.answer_id,
        author_id=author_id,
        asker_id=asker_id,
        revision=accept.revision,
        changed_at=accept.changed_at,
    )


def removed(post: Post) -> PostRemoved:
    """The event that tells that a post's words are gone."""
    assert post.removed_at
    return PostRemoved(
        post_id=post.id,
        revision=post.revision,
        author_id=post.author_id,
        kind=post.kind,  # type: ignore[arg-type]
        question_id=post.question_id,
        removed_at=post.removed_at,
        is_moderated=post.is_moderated,
    )


def like_changed(like: Any, *, author_id: UUID, kind: str) -> PostLiked | PostUnliked:
    """The event that tells whether a member likes a post of this author and kind now.

    `like` is a row of likes, or one with the same columns.
    """
    return (PostLiked if like.is_liked else PostUnliked)(
        post_id=like.post_id,
        author_id=author_id,
        liker_id=like.member_id,
        kind=kind,  # type: ignore[arg-type]
        revision=like.revision,
        liked_at=like.liked_at,
    )


def report_answered(report: Report) -> ReportAnswered:
    """The event that tells who reported something that moderators answered."""
    assert report.answered_at
    return ReportAnswered(
        report_id=report.id,
        member_id=report.reporter_id,
        outcome=report.outcome,  # type: ignore[arg-type]
        revision=1,
        answered_at=report.answered_at,
    )
