"""Each event is what its publisher really emits, by the API or the events that cause it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.identifiers import new_id
from chassis.settings import Secret
from chassis.tables import OUTBOX
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person, private_pem
from contracts import EVENTS, decode
from contracts.discussion import PostLiked, PostPublished, PostUnliked
from contracts.identity import MemberJoined, MemberLeft
from services.identity import tokens
from services.identity.actions.invitations import invite_administrator
from services.identity.models import InvitationRequest, MailedToken
from standalone.services import SERVICES
from tests.contracts.samples import envelope_of, is_like

SERVICE = {service.name: service for service in SERVICES}
ADA, BOB = Person("Ada", new_id()), Person("Bob", new_id())
QUESTION = {
    "title": "How do I find slow queries?",
    "body": "In **PostgreSQL**.",
    "keywords": ["SQL"],
}

Make = Callable[..., ServiceUnderTest]


@pytest.mark.parametrize("name", EVENTS)
def test_a_publisher_emits_what_the_sample_shows(name: str, service_under_test: Make) -> None:
    assert name in CAUSES, f"say below what makes {EVENTS[name].source} tell {name}"

    publisher = CAUSES[name](service_under_test)

    emitted = _emitted(publisher, name)
    sample = envelope_of(name)
    assert publisher.service.name == EVENTS[name].source
    assert emitted
    for envelope in emitted:
        assert is_like(_without_trace(envelope), _without_trace(sample)), envelope
        assert decode(EVENTS[name], envelope["data"])


def _without_trace(envelope: dict[str, Any]) -> dict[str, Any]:
    """What is told inside a request carries its trace; what follows from events has none."""
    return {key: value for key, value in envelope.items() if key != "traceparent"}


def _emitted(publisher: ServiceUnderTest, name: str) -> list[dict[str, Any]]:
    with publisher.session() as session:
        rows = session.scalars(select(OUTBOX.c.body).where(OUTBOX.c.type == name))
        return [json.loads(body) for body in rows]


def _joined(person: Person) -> MemberJoined:
    sample = decode(MemberJoined, envelope_of("member.joined")["data"])
    return replace(sample, member_id=person.id, name=person.name, sponsor_id=None)


PASSWORD = "a pass phrase of mine"


def _join(make: Make) -> ServiceUnderTest:
    """Root, an administrator, joins by the operator's invitation and takes Ada in."""
    identity = make(SERVICE["identity"], signing_key=Secret(private_pem()))
    with identity.session() as session:
        token = invite_administrator(session)
    root = _enter(identity, token, "Root")
    url = identity.as_member(root).post("/invitations", {}).json["url"]
    _enter(identity, url.rsplit("/", 1)[1], "Ada")
    return identity


def _enter(identity: ServiceUnderTest, token: str, name: str) -> Person:
    joiner = {"token": token, "name": name, "email": f"{name}@example.org", "password": PASSWORD}
    answer = identity.as_stranger().post("/members", joiner)
    assert answer.status_code == 201, answer.json
    return Person(name, UUID(answer.json["id"]))


def _moderate_and_leave(make: Make) -> ServiceUnderTest:
    """Ada changes her headline, is suspended and reinstated, and leaves with her posts."""
    identity = _join(make)
    root, ada = (
        Person(event["data"]["name"], UUID(event["data"]["member_id"]))
        for event in _emitted(identity, "member.joined")
    )
    client = identity.as_member(ada)
    assert client.patch("/members/me", {"headline": "Poet"}).status_code == 200
    for act in ("suspend", "reinstate"):
        body = {"act": act, "member_id": str(ada.id), "reason": "A test"}
        answer = identity.as_member(root).post("/moderation-acts", body)
        assert answer.status_code == 200, answer.json
    farewell = {"password": PASSWORD, "removes_posts": True}
    assert client.delete("/members/me", json=farewell).status_code == 204
    return identity


def _sign_out(make: Make) -> ServiceUnderTest:
    identity = _join(make)
    sign_in = {"email": "Ada@example.org", "password": PASSWORD}
    token = identity.as_stranger().post("/sessions", sign_in).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = identity.as_stranger().delete("/sessions/current", headers=headers)
    assert answer.status_code == 204, answer.json
    return identity


def _ask_to_be_invited(make: Make) -> ServiceUnderTest:
    identity = make(SERVICE["identity"], signing_key=Secret(private_pem()))
    stranger = identity.as_stranger()
    form = {"name": "Ada", "email": "ada@example.org", "motivation": "Why not?"}
    asked = stranger.post("/invitation-requests", {**form, "keywords": ["Python"]})
    assert asked.status_code == 202, asked.json
    with identity.session() as session:
        request_id = session.scalars(select(InvitationRequest.id)).one()
        hashed = tokens.digest("a secret that a mail holds")
        expires_at = clock.now() + timedelta(hours=1)
        session.add(
            MailedToken(
                token_hash=hashed,
                purpose="request",
                subject_id=request_id,
                expires_at=expires_at,
            )
        )
    confirmed = stranger.put("/address-confirmations/a secret that a mail holds")
    assert confirmed.status_code == 204, confirmed.json
    return identity


def _follow_and_stop(make: Make) -> ServiceUnderTest:
    social = make(SERVICE["social"])
    social.deliver(_joined(ADA), _joined(BOB))
    for method in ("PUT", "DELETE"):
        answer = social.as_member(BOB).request(method, f"/members/{ADA.id}/follow")
        assert answer.status_code == 200, answer.json
    return social


def _follow_keyword_and_stop(make: Make) -> ServiceUnderTest:
    social = make(SERVICE["social"])
    social.deliver(_joined(ADA))
    for method in ("PUT", "DELETE"):
        answer = social.as_member(ADA).request(method, "/keywords/sql/follow")
        assert answer.status_code == 200, answer.json
    return social


def _leave_with_posts(make: Make) -> ServiceUnderTest:
    """Ada asks, Bob answers, and Bob takes his answer with him."""
    discussion = _talk(make)
    sample = decode(MemberLeft, envelope_of("member.left")["data"])
    discussion.deliver(replace(sample, member_id=BOB.id, removes_posts=True))
    return discussion


def _talk(make: Make) -> ServiceUnderTest:
    """Ada asks, Bob answers, Ada likes the answer and takes it back."""
    discussion = make(SERVICE["discussion"])
    discussion.deliver(_joined(ADA), _joined(BOB))
    question = discussion.as_member(ADA).post("/questions", QUESTION)
    assert question.status_code == 201, question.json
    path = f"/questions/{question.json['id']}/answers"
    answer = discussion.as_member(BOB).post(path, {"body": "Turn on `pg_stat_statements`."})
    assert answer.status_code == 201, answer.json
    for method in ("PUT", "DELETE"):
        liked = discussion.as_member(ADA).request(method, f"/posts/{answer.json['id']}/like")
        assert liked.status_code == 200, liked.json
    return discussion


def _prove_and_withdraw(make: Make) -> ServiceUnderTest:
    """Ada's post of today gets likes of several members, who all take them back."""
    skills = make(SERVICE["skills"])
    likers = [new_id() for _ in range(4)]
    published = decode(PostPublished, envelope_of("post.published")["data"])
    published = replace(published, author_id=ADA.id, question_id=None, published_at=clock.now())
    published = replace(published, kind="question", title="PostgreSQL")
    skills.deliver(_joined(ADA), published)
    skills.deliver(*(_like(PostLiked, published, liker, 1) for liker in likers))
    skills.deliver(*(_like(PostUnliked, published, liker, 2) for liker in likers))
    return skills


def _like(kind: type, post: PostPublished, liker: UUID, revision: int) -> Any:
    return kind(
        post_id=post.post_id,
        author_id=post.author_id,
        liker_id=liker,
        kind=post.kind,
        revision=revision,
        liked_at=clock.now(),
    )


# What makes each publisher tell each of its events.
CAUSES: dict[str, Callable[[Make], ServiceUnderTest]] = {
    "member.joined": _join,
    "member.updated": _moderate_and_leave,
    "member.suspended": _moderate_and_leave,
    "member.reinstated": _moderate_and_leave,
    "member.left": _moderate_and_leave,
    "session.closed": _sign_out,
    "invitation.requested": _ask_to_be_invited,
    "member.followed": _follow_and_stop,
    "member.unfollowed": _follow_and_stop,
    "keyword.followed": _follow_keyword_and_stop,
    "keyword.unfollowed": _follow_keyword_and_stop,
    "post.published": _talk,
    "post.removed": _leave_with_posts,
    "post.liked": _talk,
    "post.unliked": _talk,
    "skill.attributed": _prove_and_withdraw,
    "skill.withdrawn": _prove_and_withdraw,
}
