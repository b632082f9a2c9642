"""Members, follows, questions, answers and likes for tests, with what matters said at the call."""

import base64
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from werkzeug.test import TestResponse

from chassis.identifiers import new_id
from chassis.testing.people import MONDAY
from chassis.testing.service import MemberClient, ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.social import MemberFollowed, MemberUnfollowed


def person(name: str, *, headline: str = "") -> Person:
    return Person(name, new_id(), headline=headline)


def followed(follower: Person, other: Person, *, revision: int) -> MemberFollowed:
    return MemberFollowed(
        follower_id=follower.id, followed_id=other.id, revision=revision, changed_at=MONDAY
    )


def unfollowed(follower: Person, other: Person, *, revision: int) -> MemberUnfollowed:
    return MemberUnfollowed(
        follower_id=follower.id, followed_id=other.id, revision=revision, changed_at=MONDAY
    )


def ask(
    service: ServiceUnderTest,
    author: Person,
    title: str,
    *,
    body: str = "How do you do it?",
    keywords: Sequence[str] = (),
) -> str:
    """The id of a new question."""
    question = {"title": title, "body": body, "keywords": list(keywords)}
    answer = service.as_member(author).post("/questions", question)
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def reply(
    service: ServiceUnderTest, author: Person, question_id: str, *, body: str = "Like this."
) -> str:
    """The id of a new answer."""
    answer = service.as_member(author).post(f"/questions/{question_id}/answers", {"body": body})
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def like(service: ServiceUnderTest, member: Person, post_id: object) -> TestResponse:
    return service.as_member(member).put(f"/posts/{post_id}/like")


def unlike(service: ServiceUnderTest, member: Person, post_id: object) -> TestResponse:
    return service.as_member(member).delete(f"/posts/{post_id}/like")


def titles(answer: TestResponse) -> list[str]:
    return [item["title"] for item in answer.json["items"]]


def all_items(
    client: MemberClient, path: str, *, limit: int, between: Callable[[], Any] = lambda: None
) -> list[dict[str, Any]]:
    """The items of all pages; `between` is called before each next page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        answer = client.get(f"{path}?limit={limit}{cursor and '&cursor=' + cursor}")
        found += answer.json["items"]
        cursor = answer.json["next"]
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


def cursor_of(values: Any) -> str:
    """A cursor as a list would make it, of values that no list has."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
