"""Joining by an invitation: once, by one person, with an address of their own."""

from uuid import UUID

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import MemberJoined
from services.identity import passwords
from services.identity.models import Invitation
from services.identity.tests.factories import (
    JOINED,
    PASSWORD,
    add_member,
    at_once,
    code_of,
    id_of,
    invite,
    join,
    set_state,
    sign_in,
    token_of,
)


def test_who_joins_is_a_member_and_everybody_is_told(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    token = token_of(invite(identity, ada))

    with clock.at(JOINED):
        response = join(identity, token, name="  Grace \n Hopper ", locale="en")

    member = response.get_json()
    assert response.status_code == 201
    assert member == {
        "id": member["id"],
        "name": "Grace Hopper",
        "headline": "",
        "company": "",
        "location": "",
        "bio": "",
        "portrait_url": None,
        "locale": "en",
        "role": "member",
        "state": "active",
        "sponsor": {
            "id": str(ada.id),
            "name": "Ada",
            "headline": "",
            "portrait_url": None,
            "role": "member",
        },
        "joined_at": "2026-01-05T12:00:00+00:00",
    }
    assert identity.published(MemberJoined) == [
        MemberJoined(
            member_id=UUID(member["id"]),
            revision=1,
            name="Grace Hopper",
            headline="",
            company="",
            location="",
            portrait_url=None,
            locale="en",
            role="member",
            state="active",
            is_proposable=True,
            sponsor_id=ada.id,
            joined_at=JOINED,
        )
    ]
    assert sign_in(identity, "grace@example.org").status_code == 201


def test_people_speak_french_unless_they_say_otherwise(identity: ServiceUnderTest) -> None:
    token = token_of(invite(identity, add_member(identity, "Ada")))

    assert join(identity, token).get_json()["locale"] == "fr"


def test_another_address_than_the_invited_one_may_join(identity: ServiceUnderTest) -> None:
    created = invite(identity, add_member(identity, "Ada"), email="grace@example.org")

    assert join(identity, token_of(created), email="amazing@example.org").status_code == 201


def test_invitation_opens_the_door_once_and_its_row_stays(identity: ServiceUnderTest) -> None:
    token = token_of(invite(identity, add_member(identity, "Ada")))
    with clock.at(JOINED):
        first = join(identity, token)

    second = join(identity, token, name="Joan", email="joan@example.org")

    assert code_of(second) == (409, "invitation_used")
    with identity.session() as session:
        row = session.scalars(select(Invitation)).one()
    assert (row.used_at, row.invitee_id) == (JOINED, id_of(first))


def test_two_joiners_with_one_invitation_make_one_member(identity: ServiceUnderTest) -> None:
    token = token_of(invite(identity, add_member(identity, "Ada")))
    names = ["Grace", "Joan"]

    answers = at_once(
        identity,
        "SELECT 1 FROM invitations FOR UPDATE",
        [lambda n=name: join(identity, token, name=n, email=f"{n}@example.org") for name in names],
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert code_of(refused) == (409, "invitation_used")
    assert len(identity.published(MemberJoined)) == 1


def test_two_joiners_with_one_address_make_one_member(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    tokens = [token_of(invite(identity, ada)) for _ in range(2)]

    answers = at_once(
        identity,
        "SELECT 1 FROM invitations FOR UPDATE",
        [lambda t=token: join(identity, t, email="grace@example.org") for token in tokens],
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(identity.published(MemberJoined)) == 1


@pytest.mark.parametrize("email", ["ada@example.org", " ADA@Example.org "])
def test_taken_address_joins_nobody_and_leaves_the_invitation_open(
    identity: ServiceUnderTest, email: str
) -> None:
    token = token_of(invite(identity, add_member(identity, "Ada", email="Ada@example.org")))

    refused = join(identity, token, email=email)

    assert code_of(refused) == (409, "email_unusable")
    assert identity.published(MemberJoined) == []
    assert join(identity, token, email="grace@example.org").status_code == 201


def test_without_an_open_invitation_nobody_learns_of_addresses_or_makes_us_hash(
    identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member(identity, "Ada")
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "hash_password", hashed.append)

    refused = join(identity, "x" * 43, email="ada@example.org")

    assert code_of(refused) == (404, "invitation_not_found")
    assert hashed == []


@pytest.mark.parametrize("by", ["revoking it", "suspending its sponsor"])
def test_invitation_closed_while_we_hash_opens_nothing(
    identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    ada = add_member(identity, "Ada")
    created = invite(identity, ada)
    hash_password = passwords.hash_password

    def close_and_hash(password: str) -> str:
        if by == "revoking it":
            identity.as_member(ada).delete(f"/invitations/{created['id']}")
        else:
            set_state(identity, ada, "suspended")
        return hash_password(password)

    monkeypatch.setattr(passwords, "hash_password", close_and_hash)

    assert code_of(join(identity, token_of(created))) == (409, "invitation_revoked")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " \n\t "),
        ("name", "x" * 101),
        ("name", "\u200b"),
        ("email", "grace"),
        ("email", "grace@"),
        ("email", f"{'x' * 250}@example.org"),
        ("password", "x" * 11),
        ("password", "x" * 201),
        ("locale", "de"),
    ],
)
def test_joining_with_a_wrong_field_names_it_and_keeps_the_invitation(
    identity: ServiceUnderTest, field: str, value: str
) -> None:
    token = token_of(invite(identity, add_member(identity, "Ada")))

    refused = join(identity, token, **{field: value})

    assert code_of(refused) == (422, "invalid")
    assert list(refused.get_json()["errors"]) == [field]
    assert join(identity, token, password="tuba & velos").status_code == 201


def test_joining_with_a_weak_password_says_why_and_keeps_the_invitation(
    identity: ServiceUnderTest,
) -> None:
    token = token_of(invite(identity, add_member(identity, "Ada")))

    refused = join(identity, token, name="Grace Hopper", password="GraceHopper1906")

    assert code_of(refused) == (422, "password_weak")
    assert list(refused.get_json()["errors"]) == ["password"]
    assert join(identity, token).status_code == 201


def test_joining_takes_no_idempotency_key(identity: ServiceUnderTest) -> None:
    fields = {"token": "t", "name": "Grace", "email": "g@example.org", "password": PASSWORD}

    refused = identity.as_stranger().post("/members", fields, headers={"Idempotency-Key": "k"})

    assert code_of(refused) == (422, "idempotency_key_refused")


def test_members_see_each_other_and_strangers_see_nobody(identity: ServiceUnderTest) -> None:
    ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")

    seen = identity.as_member(bob).get(f"/members/{ada.id}")
    hidden = identity.as_stranger().get(f"/members/{ada.id}")

    assert seen.get_json()["name"] == "Ada"
    assert not {"email", "revision", "is_proposable", "inviting"} & set(seen.get_json())
    assert code_of(hidden) == (401, "token_invalid")


def test_me_is_who_asks(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    client = identity.as_member(ada)

    me = client.get("/members/me")

    assert me.status_code == 200
    own = me.get_json()
    seen_by_all = client.get(f"/members/{ada.id}").get_json()
    assert {name: own.pop(name) for name in seen_by_all} == seen_by_all
    assert own == {
        "email": "ada@example.org",
        "is_email_confirmed": False,
        "is_proposable": True,
        "asks_per_week": 3,
        "is_sharing_first_steps": False,
        "inviting": {
            "places_left": 5,
            "hindrance": None,
            "reason": None,
            "from_at": "2025-12-13T12:00:00+00:00",
        },
    }


@pytest.mark.parametrize("path", ["", "/invitees", "/lineage"])
def test_unknown_member_is_not_found(identity: ServiceUnderTest, path: str) -> None:
    client = identity.as_member(add_member(identity, "Ada"))

    response = client.get(f"/members/{UUID(int=7)}{path}")

    assert code_of(response) == (404, "member_not_found")
    assert code_of(client.get(f"/members/nobody{path}")) == (404, "not_found")


def test_tree_shows_whom_a_member_invited_latest_first(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    same_moment = [add_member(identity, name, sponsor=ada).id for name in ("Bob", "Cleo")]
    add_member(identity, "Grandchild", sponsor=Person("Bob", same_moment[0]))
    token = token_of(invite(identity, ada))
    grace = id_of(join(identity, token))
    client = identity.as_member(ada)

    first = client.get(f"/members/{ada.id}/invitees?limit=2").get_json()
    second = client.get(f"/members/{ada.id}/invitees?limit=2&cursor={first['next']}").get_json()

    shown = [UUID(item["id"]) for item in first["items"] + second["items"]]
    assert shown == [grace, *sorted(same_moment, reverse=True)]
    assert second["next"] is None
    person = {"id", "name", "headline", "portrait_url", "role"}
    assert set(first["items"][0]) == {*person, "joined_at"}


def test_member_without_sponsor_has_none(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    assert identity.as_member(ada).get("/members/me").get_json()["sponsor"] is None
