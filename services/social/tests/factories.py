"""Members and follows for tests, each with what matters said at the call."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from chassis.identifiers import new_id
from chassis.testing.people import joined
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from chassis.testing.waiting import eventually


def person(name: str, *, headline: str = "", role: str = "member") -> Person:
    return Person(name, new_id(), headline=headline, role=role)


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


def while_uncommitted(
    service: ServiceUnderTest,
    first: Callable[[Any], Any],
    second: Callable[[], Any],
    then: Callable[[Any], Any] = lambda session: None,
) -> Any:
    """The answer of `second`, which begins when `first` has acted in an open transaction.

    That is committed when `second` waits for it or is done; before, it does `then`.
    """
    answers: list[Any] = []
    beside = Thread(target=lambda: answers.append(second()))

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
        beside.start()
        eventually(waits_or_is_done)
        then(session)
    beside.join()
    [answer] = answers
    return answer


def cursor_of(values: Any) -> str:
    """A cursor as a list would make it, of values that no list has."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
