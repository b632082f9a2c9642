"""Members, posts and likes as events for tests, each with what matters said at the call."""

import base64
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.identifiers import new_id
from chassis.testing.people import MONDAY
from chassis.testing.service import MemberClient, ServiceUnderTest
from chassis.testing.tokens import Person, token_for
from chassis.testing.waiting import eventually
from contracts.discussion import Keyword, PostLiked, PostPublished, PostRemoved, PostUnliked

FAR_AWAY = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
KAFKA, SPARK, BIG_DATA = "apache-kafka", "apache-spark", "big-data"


def person(name: str, *, headline: str = "") -> Person:
    return Person(name, new_id(), headline=headline)


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


def all_items(
    client: MemberClient, path: str, *, limit: int, between: Callable[[], Any] = lambda: None
) -> list[dict[str, Any]]:
    """The items of all pages; `between` is called before each next page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = client.get(f"{path}?limit={limit}{cursor and '&cursor=' + cursor}")
        assert page.status_code == 200, page.json
        found += page.json["items"]
        cursor = page.json["next"]
        between()
    return found


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Answers of calls that begin together, each in a thread of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def while_uncommitted(
    service: ServiceUnderTest,
    first: Callable[[Any], Any],
    second: Callable[[], Any],
    then: Callable[[Any], Any] = lambda session: None,
) -> None:
    """The transaction in which `first` acts is committed when `second` waits for it or is done.

    Before the commit it does `then`.
    """
    beside = Thread(target=second)

    def waits_or_is_done() -> bool:
        with service.session() as session:
            waiting = session.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            )
            return bool(waiting.scalar_one()) or not beside.is_alive()

    with service.session() as session:
        first(session)
        session.flush()
        beside.start()
        eventually(waits_or_is_done)
        then(session)
    beside.join()


def cursor_of(values: Any) -> str:
    """A cursor as a list would make it, of values that no list has."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
