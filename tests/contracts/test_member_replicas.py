"""Every service's replica of the members: one mechanism, held to the same for each of them.

A service that keeps one (`Service.member_refs`) is tested here without a word of its own,
and every writing operation of its OpenAPI document with it; identity refuses by its rows.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from chassis import clock, members
from chassis.messaging.consumer import Message
from chassis.messaging.failures import list_failed
from chassis.service import Service
from chassis.settings import Secret
from chassis.tables import CLOSED_SESSIONS
from chassis.testing.people import broken, joined, left, message, reinstated, suspended, updated
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person, private_pem, token_for
from contracts.identity import SessionClosed
from services.identity.models import MemberSession
from services.identity.tests.factories import JOINED, PASSWORD, add_member
from services.identity.tests.hostile_pictures import saved
from standalone.services import SERVICES
from tests.architecture.sources import operations

Make = Callable[..., ServiceUnderTest]
KEEPING = [service for service in SERVICES if service.member_refs is not None]
# What a suspended member may do: end their sessions, leave, and look at what they wrote.
ALLOWED = {
    ("DELETE", "/api/v1/sessions/current"),
    ("DELETE", "/api/v1/sessions/{session_id}"),
    ("DELETE", "/api/v1/members/me"),
    ("POST", "/api/v1/posts/preview"),  # it writes nothing
    ("POST", "/api/v1/skills/detect"),  # neither does it
}
WRITING = [
    (service, method, path)
    for service in SERVICES
    for (method, path), operation in operations(service).items()
    if method != "GET" and operation.get("security") != [] and (method, path) not in ALLOWED
]
# A body that would be accepted; an operation that is not here is sent `{}`.
WITH_REASON = {
    "/api/v1/discounts/{discount_id}",
    "/api/v1/projects/{project_id}/acts/{act_id}",
    "/api/v1/skills/{slug}/merge",
    "/api/v1/skills/{slug}/labels",
    "/api/v1/skill-candidates/{slug}/answer",
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/questions"): {"title": "Which flour is best?", "body": "For bread."},
    ("POST", "/api/v1/questions/{question_id}/requests"): {"member_id": str(uuid4())},
    ("POST", "/api/v1/reports"): {
        "object": {"type": "member", "id": str(uuid4())},
        "reason": "spam",
    },
    ("PUT", "/api/v1/reports/{report_id}/answer"): {"outcome": "acted"},
    ("PUT", "/api/v1/members/me/skills/{slug}"): {"is_hidden": True},
    ("POST", "/api/v1/contests"): {"skill": "apache-kafka", "post_id": str(uuid4())},
    ("PUT", "/api/v1/contests/{contest_id}/answer"): {"outcome": "kept", "word": "It is."},
    ("POST", "/api/v1/discounts"): {
        "skill": "apache-kafka",
        "post_id": str(uuid4()),
        "reason": "No proof.",
    },
    ("PUT", "/api/v1/skill-alarms/{alarm_id}/answer"): {
        "outcome": "dismissed",
        "reason": "A class.",
    },
    ("PUT", "/api/v1/skill-candidates/{slug}/answer"): {"outcome": "refused", "reason": "No."},
    ("PUT", "/api/v1/skills/{slug}/merge"): {"into": "rye", "reason": "One thing."},
    ("PUT", "/api/v1/skills/{slug}/labels"): {"en": "Rye", "fr": "Seigle", "reason": "Clearer."},
    ("PATCH", "/api/v1/keywords/{slug}"): {"label": "Rye"},
    ("POST", "/api/v1/projects"): {"title": "Bread for all", "pitch": "A course."},
    ("POST", "/api/v1/projects/{project_id}/calls"): {"title": "Somebody for rye"},
    ("PATCH", "/api/v1/projects/{project_id}/calls/{call_id}"): {"state": "answered"},
    ("POST", "/api/v1/projects/{project_id}/calls/{call_id}/thanks"): {"member_id": str(uuid4())},
    ("POST", "/api/v1/projects/{project_id}/invitations"): {"member_id": str(uuid4())},
    ("PUT", "/api/v1/projects/{project_id}/invitations/{invitation_id}"): {"answer": "later"},
    ("POST", "/api/v1/projects/{project_id}/offers"): {"call_id": str(uuid4())},
    ("PUT", "/api/v1/projects/{project_id}/offers/{offer_id}"): {"answer": "declined"},
    ("POST", "/api/v1/projects/{project_id}/benchmarks"): {"title": "Four maps"},
    ("POST", "/api/v1/projects/{project_id}/benchmarks/{benchmark_id}/versions"): {
        "base_version": 0,
        "criteria": [{"id": "open", "name": "Open", "kind": "boolean"}],
        "alternatives": [{"id": "osm", "name": "OpenStreetMap"}],
    },
    ("POST", "/api/v1/projects/{project_id}/rounds"): {
        "title": "Who fills the map?",
        "audience": "followers",
        "is_anonymous": False,
        "closes_at": "2026-12-01T00:00:00Z",
        "questions": [{"kind": "scale", "text": "Is it good?"}],
    },
    ("PUT", "/api/v1/projects/{project_id}/rounds/{round_id}/answer"): {
        "answers": [{"question": 1, "scale": 3}]
    },
    ("POST", "/api/v1/projects/{project_id}/reports"): {
        "object": {"type": "call", "id": str(uuid4())},
        "reason": "unkind",
    },
    ("PUT", "/api/v1/projects/reports/{report_id}/answer"): {"outcome": "acted"},
    ("POST", "/api/v1/notices/push-subscriptions"): {
        "endpoint": "https://fcm.googleapis.com/fcm/send/x",
        "keys": {"p256dh": "x", "auth": "x"},
    },
    ("PUT", "/api/v1/notices/preferences"): {
        "classes": dict.fromkeys(  # noqa: RUF024
            ("to_me", "my_circle", "my_keywords"), {"mail": "off", "push": False}
        ),
        "digest": "off",
        "digest_hour": 8,
        "time_zone": "Europe/Paris",
        "quiet": {"from": "20:00", "until": "08:00", "weekends": True},
    },
    ("PUT", "/api/v1/notices/read"): {"up_to": "2026-01-01T00:00:00Z"},
    ("POST", "/api/v1/projects/{project_id}/acts"): {"kind": "close", "reason": "Spam."},
    ("PUT", "/api/v1/projects/{project_id}/rounds/{round_id}/outcome"): {"outcome": "A course."},
    ("POST", "/api/v1/projects/{project_id}/updates"): {"title": "The first one", "body": "Well."},
    ("PUT", "/api/v1/keywords/{slug}/merge"): {"into": "rye"},
    ("POST", "/api/v1/shares"): {
        "title": "How rye rises",
        "body": "Slowly.",
        "form": "experience",
    },
    ("POST", "/api/v1/questions/{question_id}/answers"): {"body": "Rye."},
    ("PUT", "/api/v1/members/me/password"): {
        "password": PASSWORD,
        "new_password": "another phrase, as long",
    },
    ("PUT", "/api/v1/members/me/address"): {"password": PASSWORD, "email": "new@example.org"},
    ("PUT", "/api/v1/sessions/current/password"): {"password": PASSWORD},
    ("POST", "/api/v1/organisations"): {
        "name": "Rye & Sons",
        "domains": ["rye.example"],
        "reason": "They asked.",
    },
    ("PATCH", "/api/v1/organisations/{slug}"): {"revision": 1, "reason": "They asked."},
    ("PUT", "/api/v1/members/me/organisation"): {"organisation": "rye"},
    ("POST", "/api/v1/moderation-acts"): {
        "act": "suspend",
        "member_id": str(uuid4()),
        "reason": "Because.",
    },
}
PARAMETERS = {"slug": "rye"}
PORTRAIT = "/api/v1/members/me/portrait"


@pytest.fixture(params=KEEPING, ids=lambda service: service.name)
def keeping(request: pytest.FixtureRequest, service_under_test: Make) -> ServiceUnderTest:
    return service_under_test(request.param)


@pytest.mark.parametrize("size", [1, 3])
def test_a_replica_ends_as_the_last_revision_says_in_any_order(
    keeping: ServiceUnderTest, size: int
) -> None:
    for order in list(permutations(range(5)))[::7]:
        ana = Person("Ana", uuid4(), headline="Baker")
        events = [joined(ana), suspended(ana), reinstated(ana), updated(ana, revision=4), left(ana)]
        heard = [events[number] for number in [*order, *order[:2]]]

        for start in range(0, len(heard), size):
            keeping.deliver(*heard[start : start + size])

        assert _replica(keeping, ana) == ("A former member", "", None, members.LEFT, 9)


def test_failed_events_about_a_member_go_when_they_leave_and_others_stay(
    keeping: ServiceUnderTest,
) -> None:
    ana, ben = Person("Ana", uuid4()), Person("Ben", uuid4())
    cut = message(updated(ana, revision=3))[:-1]
    for body in (broken(joined(ana)), broken(updated(ben, revision=2)), cut):
        keeping.consumer.handle([Message(body)])

    keeping.consumer.handle([Message(message(left(ana)))])

    [kept] = _failed_bodies(keeping)
    assert b'"name":"Ben"' in kept


def test_what_fails_after_a_member_left_is_erased_by_a_chore(keeping: ServiceUnderTest) -> None:
    ana, ben = Person("Ana", uuid4()), Person("Ben", uuid4())
    keeping.deliver(joined(ben), left(ana))
    cut = message(updated(ana, revision=3))[:-1]
    for body in (broken(updated(ana, revision=2)), broken(updated(ben, revision=2)), cut):
        keeping.consumer.handle([Message(body)])

    for chore in keeping.service.chores:
        while chore.run(keeping.database, keeping.settings):
            pass

    [kept] = _failed_bodies(keeping)
    assert b'"name":"Ben"' in kept


@pytest.mark.parametrize(
    ("service", "method", "path"), WRITING, ids=[f"{m} {p}" for _, m, p in WRITING]
)
def test_a_suspended_member_is_refused_every_writing_operation(
    service: Service, method: str, path: str, service_under_test: Make
) -> None:
    under_test, ana = _with_suspended_member(service, service_under_test)

    with clock.at(JOINED):
        answer = _write(under_test, ana, method, path)

    assert (answer.status_code, answer.json["code"]) == (403, "member_suspended"), answer.json


@pytest.mark.parametrize(
    ("service", "method", "path"), WRITING, ids=[f"{m} {p}" for _, m, p in WRITING]
)
def test_a_closed_session_is_refused_every_writing_operation(
    service: Service, method: str, path: str, service_under_test: Make
) -> None:
    under_test, ana, closed = _with_closed_session(service, service_under_test)

    with clock.at(JOINED):
        answer = _write(under_test, ana, method, path, sid=closed)

    assert (answer.status_code, answer.json["code"]) == (401, "session_closed"), answer.json


def test_a_closed_session_is_forgotten_when_its_token_is_over(keeping: ServiceUnderTest) -> None:
    closed = [_closed(uuid4(), at=JOINED + timedelta(minutes=minutes)) for minutes in (0, 15)]
    keeping.deliver(*closed)

    with clock.at(JOINED + timedelta(minutes=21)):
        assert members.forget_closed_sessions in keeping.service.chores
        members.forget_closed_sessions.run(keeping.database, keeping.settings)

    with keeping.session() as session:
        kept = session.scalars(select(CLOSED_SESSIONS.c.session_id)).all()
    assert kept == [closed[1].session_id]


def _closed(session_id: UUID, *, at: datetime = JOINED) -> SessionClosed:
    return SessionClosed(session_id=session_id, revision=1, member_id=uuid4(), closed_at=at)


def _with_closed_session(service: Service, make: Make) -> tuple[ServiceUnderTest, Person, UUID]:
    closed = uuid4()
    if service.member_refs is None:
        under_test = make(service, signing_key=Secret(private_pem()))
        ana = add_member(under_test, "Ana", role="administrator")
        with under_test.session() as session:
            session.add(
                MemberSession(
                    id=closed,
                    member_id=ana.id,
                    device="",
                    opened_at=JOINED,
                    expires_at=JOINED + timedelta(days=30),
                    closed_at=JOINED,
                )
            )
        return under_test, ana, closed
    under_test, ana = make(service), Person("Ana", uuid4())
    under_test.deliver(joined(ana), _closed(closed))
    return under_test, ana, closed


def _with_suspended_member(service: Service, make: Make) -> tuple[ServiceUnderTest, Person]:
    if service.member_refs is None:
        under_test = make(service, signing_key=Secret(private_pem()))
        return under_test, add_member(under_test, "Ana", role="administrator", state="suspended")
    under_test, ana = make(service), Person("Ana", uuid4())
    under_test.deliver(joined(ana), suspended(ana))
    return under_test, ana


def _write(service: ServiceUnderTest, person: Person, method: str, path: str, **claims: Any) -> Any:
    """Send what would be accepted of somebody who may write; `claims` are the token's."""
    filled = re.sub(r"\{(\w+)\}", lambda part: PARAMETERS.get(part[1]) or str(uuid4()), path)
    options: dict[str, Any] = {"json": BODIES.get((method, path), {})}
    if path == PORTRAIT and method == "PUT":
        options = {"data": saved("RGB", "PNG"), "content_type": "image/png"}
    if method == "DELETE":
        options = {"query_string": {"reason": "No."}} if path in WITH_REASON else {}
    options["headers"] = {"Authorization": f"Bearer {token_for(person, **_plain(claims))}"}
    return service.as_stranger().request(method, filled.removeprefix("/api/v1"), **options)


def _plain(claims: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in claims.items()}


def _replica(service: ServiceUnderTest, person: Person) -> tuple[Any, ...]:
    with service.session() as session:
        row = session.get_one(service.service.member_refs, person.id)
    return (row.name, row.headline, row.portrait_url, row.state, row.revision)


def _failed_bodies(service: ServiceUnderTest) -> list[bytes]:
    with service.session() as session:
        return [failed.body for failed in list_failed(session)]
