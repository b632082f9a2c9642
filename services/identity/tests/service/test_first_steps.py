"""What a host hears of their invitees: good news, where they agreed."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from chassis.identifiers import new_id
from chassis.testing.examples import example
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.discussion import PostPublished
from contracts.skills import SkillAttributed, SkillRenamed
from services.identity.tests.factories import JOINED, add_member, id_of, invite, join, token_of

HOUR = timedelta(hours=1)


def published(author: Person, *, hours: int) -> PostPublished:
    at = JOINED + hours * HOUR
    return example(PostPublished, post_id=new_id(), author_id=author.id, published_at=at)


def attributed(person: Person, slug: str, *, hours: int, revision: int = 1) -> SkillAttributed:
    return example(
        SkillAttributed,
        member_id=person.id,
        skill=slug,
        label_en=slug.title(),
        label_fr=f"le {slug}",
        last_evidence_at=JOINED + hours * HOUR,
        revision=revision,
    )


def news(identity: ServiceUnderTest, sponsor: Person) -> Any:
    [item] = identity.as_member(sponsor).get("/invitations").get_json()["items"]
    return item["first_steps"]


def take_in(identity: ServiceUnderTest, sponsor: Person, **more: Any) -> Person:
    joined = join(identity, token_of(invite(identity, sponsor)), **more)
    return Person("Grace", id_of(joined))


@pytest.fixture
def ada(identity: ServiceUnderTest) -> Person:
    return add_member(identity, "Ada")


def test_nothing_is_shown_unless_the_invitee_agreed(
    identity: ServiceUnderTest, ada: Person
) -> None:
    grace = take_in(identity, ada)
    identity.deliver(published(grace, hours=1))

    before = news(identity, ada)
    identity.as_member(grace).patch("/members/me", {"is_sharing_first_steps": True})

    assert before is None
    assert news(identity, ada)["post_at"] == "2026-01-05T13:00:00+00:00"


def test_first_post_and_skill_are_shown_in_whatever_order_they_were_heard(
    identity: ServiceUnderTest, ada: Person
) -> None:
    grace = take_in(identity, ada, is_sharing_first_steps=True)
    assert news(identity, ada) == {"post_at": None, "skill": None, "skill_at": None}
    events = [
        published(grace, hours=2),
        published(grace, hours=1),
        attributed(grace, "sql", hours=3),
        attributed(grace, "sql", hours=9, revision=2),
        attributed(grace, "python", hours=5),
    ]

    for order in permutations(events):
        identity.deliver(*order[:2])
        identity.deliver(*order[2:], order[0])

    assert news(identity, ada) == {
        "post_at": "2026-01-05T13:00:00+00:00",
        "skill": {"slug": "sql", "labels": {"en": "Sql", "fr": "le sql"}},
        "skill_at": "2026-01-05T15:00:00+00:00",
    }


def test_of_two_levels_heard_at_once_the_first_is_shown(
    identity: ServiceUnderTest, ada: Person
) -> None:
    grace = take_in(identity, ada, is_sharing_first_steps=True)

    identity.deliver(
        attributed(grace, "sql", hours=3), attributed(grace, "sql", hours=9, revision=2)
    )

    assert news(identity, ada)["skill_at"] == "2026-01-05T15:00:00+00:00"


def test_the_first_skill_is_called_as_it_is_by_now(identity: ServiceUnderTest, ada: Person) -> None:
    grace = take_in(identity, ada)
    identity.as_member(grace).patch("/members/me", {"is_sharing_first_steps": True})
    identity.deliver(attributed(grace, "rye", hours=1))

    identity.deliver(
        example(SkillRenamed, slug="rye", label_en="Secale", label_fr="Seigle", into=None)
    )

    assert news(identity, ada)["skill"]["labels"] == {"en": "Secale", "fr": "Seigle"}
