"""Members, follows, questions, answers and likes for tests, with what matters said at the call."""

from collections.abc import Sequence
from itertools import count

from werkzeug.test import TestResponse

from chassis.testing.people import MONDAY
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.social import MemberFollowed, MemberUnfollowed

_NUMBERS = count(1)


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
    body: str | None = None,
    keywords: Sequence[str] = (),
) -> str:
    """The id of a new question."""
    body = body or f"How do you do it? {next(_NUMBERS)}"  # never the same twice
    question = {"title": title, "body": body, "keywords": list(keywords)}
    answer = service.as_member(author).post("/questions", question)
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def reply(
    service: ServiceUnderTest, author: Person, question_id: str, *, body: str | None = None
) -> str:
    """The id of a new answer."""
    body = body or f"Like this, {next(_NUMBERS)}."
    answer = service.as_member(author).post(f"/questions/{question_id}/answers", {"body": body})
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def like(service: ServiceUnderTest, member: Person, post_id: object) -> TestResponse:
    return service.as_member(member).put(f"/posts/{post_id}/like")


def unlike(service: ServiceUnderTest, member: Person, post_id: object) -> TestResponse:
    return service.as_member(member).delete(f"/posts/{post_id}/like")


def titles(answer: TestResponse) -> list[str]:
    return [item["title"] for item in answer.json["items"]]
