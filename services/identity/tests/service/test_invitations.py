"""Inviting, listing and taking back, and what the holder of a link sees."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from chassis import clock
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from services.identity.models import Member
from services.identity.tests.factories import (
    JOINED,
    add_member,
    code_of,
    ever,
    invite,
    join,
    set_state,
    token_of,
)

DAY = timedelta(days=1)


def test_invitation_is_answered_with_its_link_once(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    with clock.at(JOINED):
        created = invite(identity, ada, email=" Grace@Example.org ", note=" Viens ! ")
        listed = identity.as_member(ada).get("/invitations", headers=ever(ada)).get_json()

    url = created.pop("url")
    assert url.startswith("http://127.0.0.1:8080/join/") and len(token_of({"url": url})) == 43
    assert created == {
        "id": created["id"],
        "email": "grace@example.org",
        "name": None,
        "note": "Viens !",
        "state": "open",
        "expires_at": "2026-01-19T12:00:00+00:00",
        "invitee": None,
        "is_place_back": False,
        "first_steps": None,
    }
    assert listed == {"items": [created], "next": None}


def test_invitation_needs_neither_address_nor_note(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    created = invite(identity, ada)

    assert (created["email"], created["note"]) == (None, "")


def test_repeated_key_answers_the_same_invitation_without_its_link(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    options = {"json": {"note": "Viens !"}, "headers": {"Idempotency-Key": "k1"}}

    first = identity.as_member(ada).post("/invitations", **options)
    second = identity.as_member(ada).post("/invitations", **options)

    assert (first.status_code, second.status_code) == (201, 201)
    answer = first.get_json()
    assert answer.pop("url")
    assert second.get_json() == answer
    assert len(identity.as_member(ada).get("/invitations").get_json()["items"]) == 1


@pytest.mark.parametrize(
    "fields",
    [{"note": "x" * 501}, {"email": "nobody"}, {"email": '"\x01"@example.org'}, {"role": "member"}],
)
def test_invitation_with_wrong_fields_is_refused(
    identity: ServiceUnderTest, fields: dict[str, str]
) -> None:
    ada = add_member(identity, "Ada")

    response = identity.as_member(ada).post("/invitations", fields)

    assert code_of(response) == (422, "invalid")
    assert set(response.get_json()["errors"]) == set(fields)


def test_strangers_invite_nobody(identity: ServiceUnderTest) -> None:
    assert code_of(identity.as_stranger().post("/invitations", {})) == (401, "token_invalid")


def test_suspended_members_invite_nobody(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada", state="suspended")

    assert code_of(identity.as_member(ada).post("/invitations", {})) == (403, "member_suspended")


def test_token_of_nobody_invites_nobody(identity: ServiceUnderTest) -> None:
    ghost = Person("Ghost", uuid4())

    assert code_of(identity.as_member(ghost).post("/invitations", {})) == (404, "member_not_found")


def test_list_shows_my_own_newest_first_in_pages(identity: ServiceUnderTest) -> None:
    ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")
    for day in range(3):
        with clock.at(JOINED + day * DAY):
            invite(identity, ada, note=f"day {day}")
    invite(identity, bob, note="another's")
    client = identity.as_member(ada)

    first = client.get("/invitations?limit=2").get_json()
    second = client.get(f"/invitations?limit=2&cursor={first['next']}").get_json()

    assert [item["note"] for item in first["items"]] == ["day 2", "day 1"]
    assert [item["note"] for item in second["items"]] == ["day 0"]
    assert second["next"] is None


def test_list_shows_states_and_who_joined_but_no_link(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    with clock.at(JOINED):
        used, revoked = invite(identity, ada, note="used"), invite(identity, ada, note="revoked")
        invite(identity, ada, note="expired")
        grace = join(identity, token_of(used), name="Grace").get_json()
        identity.as_member(ada).delete(f"/invitations/{revoked['id']}", headers=ever(ada))

    with clock.at(JOINED + 14 * DAY):
        invite(identity, ada, note="open")
        answer = identity.as_member(ada).get("/invitations", headers=ever(ada)).get_json()

    items = {item["note"]: item for item in answer["items"]}
    assert {note: item["state"] for note, item in items.items()} == {
        state: state for state in ("open", "used", "revoked", "expired")
    }
    author = {name: grace[name] for name in ("id", "name", "headline", "portrait_url", "role")}
    assert items["used"]["invitee"] == author
    assert not any("url" in item for item in items.values())


def test_revoked_invitation_is_answered_and_opens_nothing(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    created = invite(identity, ada)

    response = identity.as_member(ada).delete(f"/invitations/{created['id']}")

    created_without_url = {name: value for name, value in created.items() if name != "url"}
    assert response.status_code == 200
    assert response.get_json() == {**created_without_url, "state": "revoked"}
    assert code_of(join(identity, token_of(created))) == (409, "invitation_revoked")
    assert code_of(preview(identity, created)) == (409, "invitation_revoked")


def test_another_ones_invitation_does_not_exist_for_members(identity: ServiceUnderTest) -> None:
    ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")
    created = invite(identity, ada)

    refused = identity.as_member(bob).delete(f"/invitations/{created['id']}")
    unknown = identity.as_member(bob).delete(f"/invitations/{uuid4()}")

    assert code_of(refused) == code_of(unknown) == (404, "invitation_not_found")
    assert preview(identity, created).status_code == 200


def test_administrators_take_back_any_invitation(identity: ServiceUnderTest) -> None:
    ada, root = add_member(identity, "Ada"), add_member(identity, "Root", role="administrator")
    created = invite(identity, ada)

    response = identity.as_member(root).delete(f"/invitations/{created['id']}")

    assert response.get_json()["state"] == "revoked"


def test_role_in_the_token_does_not_outlive_the_role(identity: ServiceUnderTest) -> None:
    ada, root = add_member(identity, "Ada"), add_member(identity, "Root", role="administrator")
    created = invite(identity, ada)
    with identity.session() as session:
        session.get_one(Member, root.id).role = "member"

    refused = identity.as_member(root).delete(f"/invitations/{created['id']}")

    assert code_of(refused) == (404, "invitation_not_found")


def test_only_open_invitations_are_taken_back(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    with clock.at(JOINED):
        used, revoked, expired = (invite(identity, ada) for _ in range(3))
        join(identity, token_of(used))
        revoke(identity, ada, revoked)

        answers = [revoke(identity, ada, used), revoke(identity, ada, revoked)]
    with clock.at(JOINED + 14 * DAY):
        answers.append(revoke(identity, ada, expired))

    assert [code_of(answer) for answer in answers] == [
        (409, "invitation_used"),
        (409, "invitation_revoked"),
        (409, "invitation_expired"),
    ]


def test_suspended_members_take_nothing_back(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    created = invite(identity, ada)
    set_state(identity, ada, "suspended")

    assert code_of(revoke(identity, ada, created)) == (403, "member_suspended")


def test_preview_tells_strangers_who_invites_and_until_when(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    created = invite(identity, ada, email="grace@example.org", note="Viens !")

    response = preview(identity, created)

    shown = {"id": str(ada.id), "name": "Ada", "headline": "", "portrait_url": None}
    author = {**shown, "role": "member"}
    assert response.status_code == 200
    assert response.get_json() == {
        "sponsor": author,
        "note": "Viens !",
        "expires_at": created["expires_at"],
    }


def test_each_wrong_link_says_what_is_wrong_with_it(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    with clock.at(JOINED):
        used, expired = invite(identity, ada), invite(identity, ada)
        join(identity, token_of(used))
    forged = {"url": "/" + token_of(used)[:-1] + "!"}

    with clock.at(JOINED + 14 * DAY):
        answers = [preview(identity, one) for one in (used, expired, forged)]

    assert [code_of(answer) for answer in answers] == [
        (409, "invitation_used"),
        (409, "invitation_expired"),
        (404, "invitation_not_found"),
    ]


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_invitations_of_an_inactive_sponsor_open_nothing_until_they_are_back(
    identity: ServiceUnderTest, state: str
) -> None:
    ada = add_member(identity, "Ada")
    created = invite(identity, ada)

    set_state(identity, ada, state)
    refused = [preview(identity, created), join(identity, token_of(created))]
    set_state(identity, ada, "active")
    joined = join(identity, token_of(created))

    assert [code_of(answer) for answer in refused] == [(409, "invitation_revoked")] * 2
    assert joined.status_code == 201


def preview(identity: ServiceUnderTest, created: dict[str, Any]) -> TestResponse:
    return identity.as_stranger().get(f"/invitations/preview/{token_of(created)}")


def revoke(identity: ServiceUnderTest, person: Person, created: dict[str, Any]) -> TestResponse:
    return identity.as_member(person).delete(f"/invitations/{created['id']}", headers=ever(person))
