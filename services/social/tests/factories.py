"""Members and follows for tests, each with what matters said at the call."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import Any, TypeVar

from werkzeug.test import TestResponse

from chassis.identifiers import new_id
from chassis.messaging.envelope import seal
from chassis.testing.keys import Person
from chassis.testing.service import ServiceUnderTest
from contracts import Event
from contracts.identity import (
    MemberJoined,
    MemberLeft,
    MemberReinstated,
    MemberSuspended,
    MemberTold,
    MemberUpdated,
)

M = TypeVar("M", bound=MemberTold)
MONDAY = datetime(2024, 3, 4, 9, 0, tzinfo=UTC)


def person(name: str, *, headline: str = "", role: str = "member") -> Person:
    return Person(name, new_id(), headline=headline, role=role)


def joined(one: Person, *, revision: int = 1, state: str = "active") -> MemberJoined:
    return told(MemberJoined, one, revision=revision, state=state)


def updated(one: Person, *, revision: int) -> MemberUpdated:
    return told(MemberUpdated, one, revision=revision)


def suspended(one: Person, *, revision: int = 2) -> MemberSuspended:
    return told(MemberSuspended, one, revision=revision, state="suspended")


def reinstated(one: Person, *, revision: int = 3) -> MemberReinstated:
    return told(MemberReinstated, one, revision=revision)


def left(one: Person, *, revision: int = 9, removes_posts: bool = False) -> MemberLeft:
    """As identity tells it: without what named them."""
    former = replace(one, name="A former member", headline="")
    return told(MemberLeft, former, revision=revision, state="left", removes_posts=removes_posts)


def broken(event: Event) -> bytes:
    """A message with the event, of which one field cannot be read."""
    return message(event).replace(b'"revision":', b'"revision":"not a number","was":')


def message(event: Event) -> bytes:
    return seal(event)[1].encode()


def told(kind: type[M], one: Person, *, revision: int, state: str = "active", **more: Any) -> M:
    return kind(
        member_id=one.id,
        revision=revision,
        name=one.name,
        headline=one.headline,
        company="",
        location="",
        portrait_url=None,
        locale="fr",
        role=one.role,  # type: ignore[arg-type]
        state=state,  # type: ignore[arg-type]
        is_proposable=True,
        sponsor_id=None,
        joined_at=MONDAY,
        **more,
    )


def members(service: ServiceUnderTest, *names: str) -> list[Person]:
    """People of whom the service has heard."""
    people = [person(name) for name in names]
    service.deliver(*map(joined, people))
    return people


def follow(service: ServiceUnderTest, follower: Person, followed: Person) -> TestResponse:
    return service.as_member(follower).put(f"/members/{followed.id}/follow")


def unfollow(service: ServiceUnderTest, follower: Person, followed: Person) -> TestResponse:
    return service.as_member(follower).delete(f"/members/{followed.id}/follow")


def follow_keyword(service: ServiceUnderTest, member: Person, slug: str) -> TestResponse:
    return service.as_member(member).put(f"/keywords/{slug}/follow")


def unfollow_keyword(service: ServiceUnderTest, member: Person, slug: str) -> TestResponse:
    return service.as_member(member).delete(f"/keywords/{slug}/follow")


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
