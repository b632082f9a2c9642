"""One correlation id leads from a request at the gateway through every service that it concerns."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from structlog.testing import capture_logs

from chassis.identifiers import new_id
from chassis.messaging.consumer import Message
from chassis.settings import Secret
from chassis.tables import OUTBOX
from chassis.testing.people import joined
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person, private_pem, public_keys, token_for
from gateway.app import create_app
from gateway.config import Settings
from gateway.upstream_wsgi import WsgiUpstream
from services.discussion.tests.factories import ask, reply
from standalone.services import SERVICES

SERVICE = {service.name: service for service in SERVICES}
Make = Callable[..., ServiceUnderTest]


def test_a_like_can_be_followed_over_four_services(service_under_test: Make) -> None:
    discussion = service_under_test(SERVICE["discussion"])
    skills = service_under_test(SERVICE["skills"])
    identity = service_under_test(SERVICE["identity"], signing_key=Secret(private_pem()))
    ana, ben, cleo = (Person(name, new_id()) for name in ("Ana", "Ben", "Cleo"))
    answers = [
        reply(discussion, author, ask(discussion, ana, f"Who knows {name}?"), body=name)
        for author, name in ((ben, "Apache Kafka"), (cleo, "PostgreSQL"))
    ]
    skills.deliver(joined(ana), joined(ben), joined(cleo))
    skills.consumer.handle(_take(discussion))

    with capture_logs() as lines:
        _like_through_the_gateway(discussion, ana, answers)
        skills.consumer.handle(_take(discussion))
        attributed = _take(skills)
        identity.consumer.handle(attributed)

    told = [json.loads(message.body) for message in attributed]
    levels = [one for one in told if one["type"] == "skill.attributed"]
    assert {(e["type"], e["data"]["skill"], e["correlationid"]) for e in levels} == {
        ("skill.attributed", "apache-kafka", "like-0"),
        ("skill.attributed", "postgresql", "like-1"),
    }
    batches = [line for line in lines if line["event"] == "batch handled"]
    assert [(line["service"], sorted(line["correlation_ids"])) for line in batches] == [
        ("skills", ["like-0", "like-1"]),
        ("identity", ["like-0", "like-1"]),
    ]


def _like_through_the_gateway(
    discussion: ServiceUnderTest, person: Person, post_ids: list[str]
) -> None:
    upstreams = {"discussion": WsgiUpstream(discussion.app)}
    client = create_app(Settings(public_keys=public_keys()), upstreams).test_client()
    for number, post_id in enumerate(post_ids):
        headers = {
            "Authorization": f"Bearer {token_for(person)}",
            "X-Correlation-Id": f"like-{number}",
        }
        answer: Any = client.put(f"/api/v1/posts/{post_id}/like", headers=headers)
        assert answer.headers["X-Correlation-Id"] == f"like-{number}", answer.text


def _take(service: ServiceUnderTest) -> list[Message]:
    """What the service's relay would hand over now."""
    with service.session() as session:
        bodies = session.scalars(select(OUTBOX.c.body).order_by(OUTBOX.c.id)).all()
        session.execute(OUTBOX.delete())
    return [Message(body.encode()) for body in bodies]
