"""What identity tells of people, for tests of those who listen."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from chassis.identifiers import new_id
from chassis.messaging.envelope import seal
from chassis.testing.tokens import Person
from contracts import Event
from contracts.identity import (
    MemberEvent,
    MemberJoined,
    MemberLeft,
    MemberReinstated,
    MemberSuspended,
    MemberUpdated,
)

M = TypeVar("M", bound=MemberEvent)
MONDAY = datetime(2024, 3, 4, 9, 0, tzinfo=UTC)


def person(name: str, *, headline: str = "", role: str = "member") -> Person:
    """Somebody new."""
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
