"""Each listener applies the golden sample of each event that it subscribed to."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.identifiers import new_id
from chassis.messaging.consumer import Message
from chassis.messaging.failures import list_failed
from chassis.service import Service
from chassis.tables import CLOSED_SESSIONS, MECHANISMS
from chassis.testing.service import ServiceUnderTest
from contracts import EVENTS
from standalone.services import SERVICES
from tests.contracts.samples import body_of, envelope_of

HEARD = [(service, name) for service in SERVICES for name in service.handlers.subscriptions]


@pytest.mark.parametrize(
    ("service", "name"), HEARD, ids=[f"{service.name}-{name}" for service, name in HEARD]
)
def test_a_listener_applies_the_sample(
    service: Service, name: str, service_under_test: Callable[..., ServiceUnderTest]
) -> None:
    listener = service_under_test(service)
    WORLDS.get((service.name, name), lambda _: None)(listener)
    before = _digests(listener)

    # As it was told then: what is heard much later may be no news.
    with clock.at(datetime.fromisoformat(envelope_of(name)["time"])):
        listener.consumer.handle([Message(body_of(name))])

    with listener.session() as session:
        assert not [failed.error for failed in list_failed(session)]
    assert _digests(listener) != before


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_samples_again_and_late_end_in_the_same_replicas(
    service: Service, service_under_test: Callable[..., ServiceUnderTest]
) -> None:
    """What follows from the replicas may remember the way (a revision, a row at level 0)."""
    names = service.handlers.subscriptions
    one, other = service_under_test(service), service_under_test(service)

    for name in names:
        one.consumer.handle([Message(body_of(name))])
    for name in [*names, *reversed(names)]:
        other.consumer.handle([Message(body_of(name))])

    assert _replicas(one) == _replicas(other)


def test_one_event_alone_carries_an_address_and_one_service_alone_hears_it() -> None:
    """`address.confirmed`, for whoever writes to members: notifications."""
    said = {name: {field.name for field in fields(kind)} for name, kind in EVENTS.items()}
    carrying = {name for name, words in said.items() if words & {"email", "address", "mail"}}

    assert carrying == {name for name, kind in EVENTS.items() if kind.private}
    assert carrying == {"address.confirmed"}
    assert [service.name for service, name in HEARD if name in carrying] == ["notifications"]


def _replicas(service: ServiceUnderTest) -> dict[str, list[Any]]:
    tables = (table for table in service.service.metadata.tables if table.endswith("_refs"))
    with service.session() as session:
        return {
            table: sorted(session.scalars(text(f"SELECT to_jsonb({table})::text FROM {table}")))
            for table in sorted(tables)
        }


def _digests(service: ServiceUnderTest) -> dict[str, Any]:
    """Of each table that the service keeps, but those of delivery and of requests, one number."""
    delivery = {table.name for table in MECHANISMS} - {CLOSED_SESSIONS.name}
    own = set(service.service.metadata.tables) - delivery
    hashed = "SELECT sum(hashtextextended({0}::text, 0)) FROM {0}"
    with service.session() as session:
        return {table: session.scalar(text(hashed.format(table))) for table in sorted(own)}


def _author_invited(identity: ServiceUnderTest) -> None:
    """The liked post's author took a place of somebody in whose branch the liker is not."""
    like = envelope_of("post.liked")["data"]
    sponsor, author, liker = new_id(), UUID(like["author_id"]), UUID(like["liker_id"])
    row = (
        "INSERT INTO members (id, name, headline, company, location, bio, locale, role, state,"
        " sponsor_id, joined_at, revision)"
        " VALUES (:id, '', '', '', '', '', 'fr', 'member', 'active', :sponsor, now(), 1)"
    )
    with identity.session() as session:
        for member_id, sponsor_id in ((sponsor, None), (author, sponsor), (liker, None)):
            session.execute(text(row), {"id": member_id, "sponsor": sponsor_id})
        session.execute(
            text(
                "INSERT INTO invitations (id, token_hash, sponsor_id, role, is_first_start, note,"
                " created_at, expires_at, used_at, invitee_id)"
                " VALUES (:id, '', :sponsor, 'member', false, '', now(), now(), now(), :author)"
            ),
            {"id": new_id(), "sponsor": sponsor, "author": author},
        )


# What must be there so that a listener has something to do.
def _skill_spared(listener: ServiceUnderTest) -> None:
    """That a skill leads to another matters to who wants no asking for its sake."""
    slug = envelope_of("skill.merged")["subject"]
    with listener.session() as session:
        session.execute(
            text(
                "INSERT INTO spared_skills (member_id, skill, until_at)"
                " VALUES (:member_id, :skill, '2026-02-01T00:00:00Z')"
            ),
            {"member_id": new_id(), "skill": slug},
        )


WORLDS: dict[tuple[str, str], Callable[[ServiceUnderTest], None]] = {
    ("identity", "post.liked"): _author_invited,
    ("notifications", "skill.merged"): _skill_spared,
}
