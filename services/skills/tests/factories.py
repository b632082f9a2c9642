"""Members, posts and likes as events for tests, each with what matters said at the call."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.identifiers import new_id
from chassis.testing.people import MONDAY
from chassis.testing.tokens import Person, token_for
from contracts.discussion import (
    EarlierVersion,
    Keyword,
    PostEdited,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
)

FAR_AWAY = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
KAFKA, SPARK, BIG_DATA = "apache-kafka", "apache-spark", "big-data"


def ever(one: Person) -> dict[str, str]:
    """Headers with a token that outlives every journey in time."""
    return {"Authorization": f"Bearer {token_for(one, exp=FAR_AWAY)}"}


def question(
    author: Person,
    title: str,
    *,
    body: str = "",
    keywords: Sequence[str] = (),
    at: datetime = MONDAY,
    revision: int = 1,
    post_id: UUID | None = None,
) -> PostPublished:
    return PostPublished(
        post_id=post_id or new_id(),
        revision=revision,
        author_id=author.id,
        kind="question",
        question_id=None,
        title=title,
        body=body,
        keywords=tuple(Keyword(slug=label.lower(), label=label) for label in keywords),
        audience="members",
        published_at=at,
    )


def answer(
    author: Person,
    asked: PostPublished,
    body: str = "Like this.",
    *,
    at: datetime = MONDAY,
    revision: int = 1,
) -> PostPublished:
    return PostPublished(
        post_id=new_id(),
        revision=revision,
        author_id=author.id,
        kind="answer",
        question_id=asked.post_id,
        title="",
        body=body,
        keywords=(),
        audience="members",
        published_at=at,
    )


def edited(post: PostPublished, *, at: datetime, **changes: Any) -> PostEdited:
    """An edit of a post, or of an edited one, that tells what it said until then."""
    before = EarlierVersion(
        until=at,
        title=post.title,
        prose=post.body,
        keywords=tuple(keyword.label for keyword in post.keywords),
    )
    told = {**vars(post), **changes, "revision": post.revision + 1, "edited_at": at}
    return PostEdited(**{**told, "earlier": (*post.earlier, before)})


def removed(
    post: PostPublished, *, revision: int = 9, at: datetime = MONDAY + timedelta(days=9)
) -> PostRemoved:
    return PostRemoved(
        post_id=post.post_id,
        revision=revision,
        author_id=post.author_id,
        kind=post.kind,
        question_id=post.question_id,
        removed_at=at,
    )


def liked(
    post: PostPublished, liker: Person, *, revision: int = 1, at: datetime = MONDAY
) -> PostLiked:
    return PostLiked(
        post_id=post.post_id,
        author_id=post.author_id,
        liker_id=liker.id,
        kind=post.kind,
        revision=revision,
        liked_at=at,
    )


def unliked(
    post: PostPublished, liker: Person, *, revision: int = 2, at: datetime = MONDAY
) -> PostUnliked:
    return PostUnliked(
        post_id=post.post_id,
        author_id=post.author_id,
        liker_id=liker.id,
        kind=post.kind,
        revision=revision,
        liked_at=at,
    )
