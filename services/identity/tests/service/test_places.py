"""Five places to a member, and how they come back."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.discussion import PostLiked
from services.identity.tests.factories import (
    JOINED,
    SETTLED,
    add_member,
    at_once,
    code_of,
    ever,
    id_of,
    invite,
    join,
    token_of,
)

DAY = timedelta(days=1)


def places(identity: ServiceUnderTest, person: Person) -> int | None:
    me = identity.as_member(person).get("/members/me", headers=ever(person)).get_json()
    left: int | None = me["inviting"]["places_left"]
    return left


def liked(author: Person, liker: Person, *, at: datetime = JOINED) -> PostLiked:
    return PostLiked(
        post_id=new_id(),
        author_id=author.id,
        liker_id=liker.id,
        kind="answer",
        revision=1,
        liked_at=at,
    )


def take_in(identity: ServiceUnderTest, sponsor: Person, name: str) -> Person:
    """Somebody who joined by an invitation of the sponsor."""
    token = token_of(invite(identity, sponsor))
    joined = join(identity, token, name=name, email=f"{name.lower()}@example.org")
    return Person(name, id_of(joined))


def test_sixth_open_invitation_is_refused(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    left = [places(identity, ada)]
    for _ in range(5):
        invite(identity, ada)
        left.append(places(identity, ada))

    refused = identity.as_member(ada).post("/invitations", {})

    assert left == [5, 4, 3, 2, 1, 0]
    assert code_of(refused) == (409, "invitation_places_taken")


def test_last_place_is_offered_once(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    for _ in range(4):
        invite(identity, ada)

    answers = at_once(
        identity,
        f"SELECT FROM members WHERE id = '{ada.id}' FOR UPDATE",
        [lambda: identity.as_member(ada).post("/invitations", {})] * 2,
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_place_comes_back_when_an_invitation_is_taken_back_or_expires(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    with clock.at(JOINED):
        first, _ = invite(identity, ada), invite(identity, ada)
        identity.as_member(ada).delete(f"/invitations/{first['id']}", headers=ever(ada))
        assert places(identity, ada) == 4

    with clock.at(JOINED + 14 * DAY):
        assert places(identity, ada) == 5


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_moderators_invite_without_limit(identity: ServiceUnderTest, role: str) -> None:
    ada = add_member(identity, "Ada", role=role, joined_at=clock.now())

    for _ in range(7):
        invite(identity, ada)

    assert places(identity, ada) is None


def test_newcomers_invite_after_seven_days(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada", joined_at=JOINED)
    client = identity.as_member(ada)

    with clock.at(JOINED + 7 * DAY - timedelta(seconds=1)):
        early = client.post("/invitations", {}, headers=ever(ada))
        inviting = client.get("/members/me", headers=ever(ada)).get_json()["inviting"]
    with clock.at(JOINED + 7 * DAY):
        later = client.post("/invitations", {}, headers=ever(ada))

    assert code_of(early) == (403, "inviting_too_early")
    assert inviting["hindrance"] == "too_early"
    assert inviting["from_at"] == "2026-01-12T12:00:00+00:00"
    assert later.status_code == 201


class TestUsedPlace:
    """Ada took in Grace, who took in Henry; Zoe stands elsewhere in the tree."""

    @pytest.fixture
    def ada(self, identity: ServiceUnderTest) -> Person:
        return add_member(identity, "Ada", sponsor=add_member(identity, "Root"))

    @pytest.fixture
    def grace(self, identity: ServiceUnderTest, ada: Person) -> Person:
        return take_in(identity, ada, "Grace")

    @pytest.fixture
    def henry(self, identity: ServiceUnderTest, grace: Person) -> Person:
        return add_member(identity, "Henry", sponsor=grace)

    @pytest.fixture
    def zoe(self, identity: ServiceUnderTest) -> Person:
        return add_member(identity, "Zoe")

    def test_it_stays_taken_until_somebody_from_elsewhere_likes(
        self,
        identity: ServiceUnderTest,
        ada: Person,
        grace: Person,
        henry: Person,
        zoe: Person,
    ) -> None:
        for liker in (ada, grace, henry):
            identity.deliver(liked(grace, liker))
            assert places(identity, ada) == 4

        identity.deliver(liked(grace, zoe))

        assert places(identity, ada) == 5
        [item] = identity.as_member(ada).get("/invitations").get_json()["items"]
        assert item["is_place_back"] is True

    def test_who_stands_above_the_sponsor_is_from_elsewhere(
        self, identity: ServiceUnderTest, zoe: Person
    ) -> None:
        bob = add_member(identity, "Bob", sponsor=zoe)
        cleo = take_in(identity, bob, "Cleo")

        identity.deliver(liked(cleo, zoe))

        assert places(identity, bob) == 5

    def test_it_comes_back_once_whatever_the_order_and_number(
        self,
        identity: ServiceUnderTest,
        ada: Person,
        grace: Person,
        henry: Person,
        zoe: Person,
    ) -> None:
        invite(identity, ada)
        likes = [liked(grace, person) for person in (ada, henry, zoe)]

        for order in permutations(likes):
            deliver_in_pieces(identity, [*order, order[0]])

        assert places(identity, ada) == 4

    def test_two_invitees_give_two_places_back(
        self, identity: ServiceUnderTest, ada: Person, grace: Person, zoe: Person
    ) -> None:
        henry = take_in(identity, ada, "Hugo")
        assert places(identity, ada) == 3

        identity.deliver(liked(grace, zoe), liked(henry, zoe), liked(grace, zoe))

        assert places(identity, ada) == 5

    def test_like_of_somebody_never_heard_of_gives_nothing_back(
        self, identity: ServiceUnderTest, ada: Person, grace: Person
    ) -> None:
        identity.deliver(liked(grace, Person("Ghost", new_id())))

        assert places(identity, ada) == 4


def test_like_of_who_came_without_sponsor_changes_nothing(identity: ServiceUnderTest) -> None:
    ada, zoe = add_member(identity, "Ada"), add_member(identity, "Zoe", joined_at=SETTLED)

    identity.deliver(liked(ada, zoe))

    assert places(identity, ada) == 5


def deliver_in_pieces(identity: ServiceUnderTest, events: Sequence[PostLiked]) -> None:
    """In their order, some alone and some together."""
    waiting = list(events)
    while waiting:
        count = random.randint(1, len(waiting))
        identity.deliver(*waiting[:count])
        del waiting[:count]
