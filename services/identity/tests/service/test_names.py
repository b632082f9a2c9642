"""Members by their names: found, sorted, paged through, and nobody taken for staff."""

import base64
import json
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from chassis.testing.service import ServiceUnderTest
from services.identity.actions.naming import BATCH, refresh_names
from services.identity.models import Member
from services.identity.tests.factories import (
    PASSWORD,
    add_member,
    code_of,
    invite,
    join,
    set_state,
    token_of,
)


def add(identity: ServiceUnderTest, *names: str) -> None:
    for number, name in enumerate(names):
        add_member(identity, name, email=f"m{number}@example.org")


def found(identity: ServiceUnderTest, query: str = "", limit: int = 50) -> list[str]:
    """Names of all pages, as a member sees them."""
    viewer = identity.as_member(add_member(identity, "Zz", email=f"{uuid4()}@example.org"))
    names, cursor = [], None
    while True:
        page = {"q": query, "limit": limit} | ({"cursor": cursor} if cursor else {})
        answer = viewer.get("/members", query_string=page)
        assert answer.status_code == 200, answer.text
        names += [item["name"] for item in answer.get_json()["items"] if item["name"] != "Zz"]
        cursor = answer.get_json()["next"]
        if cursor is None:
            return names


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *[("lukasz", "Łukasz Żak"), ("zak", "Łukasz Żak"), ("soren", "Søren Kjær")],
        *[("kjaer", "Søren Kjær"), ("IŞIK", "Işık Çelik"), ("isik", "Işık Çelik")],
        *[("thordur", "Þórður Guðmundsson"), ("gudmund", "Þórður Guðmundsson")],
        *[("oneill", "Jean-Pierre O’Neill"), ("jeanpierre", "Jean-Pierre O’Neill")],
        *[("o'neill", "Jean-Pierre O’Neill"), ("jean pierre", "Jean-Pierre O’Neill")],
        *[("O’Neill jean-p", "Jean-Pierre O’Neill"), ("pierre neill", "Jean-Pierre O’Neill")],
        *[("d'artagnan", "Charles Dartagnan"), ("dar", "Charles Dartagnan")],
        *[("kaiulani", "Victoria Kaʻiulani"), ("oeuvr", "Œuvrard Ðani")],
    ],
)
def test_a_name_is_found_without_accents_strokes_apostrophes_and_hyphens(
    identity: ServiceUnderTest, query: str, name: str
) -> None:
    add(identity, name, "Somebody Else")

    assert found(identity, query) == [name]


def test_list_is_in_the_order_in_which_people_look(identity: ServiceUnderTest) -> None:
    names = ["alice lower", "Ångström Öberg", "d'Artagnan Charles", "Élodie Martin", "Łukasz Żak"]
    add(identity, *reversed(names), "Zoé Aubert")

    assert found(identity) == found(identity, limit=1) == [*names, "Zoé Aubert"]


@pytest.mark.parametrize("letter", ["é", "李", "\U00020000", "ﷺ", "㌖", '"', "ẞ", "ŋ"])
def test_the_list_goes_on_behind_the_longest_name_of_the_widest_letters(
    identity: ServiceUnderTest, letter: str
) -> None:
    ada = add_member(identity, "Ada")
    changed = identity.as_member(ada).patch("/members/me", {"name": "a" + letter * 99})
    assert changed.status_code == 200
    add(identity, *(f"{first}{letter * 99}" for first in "abcd"))

    assert len(found(identity, limit=1)) == 5


def test_members_of_one_name_are_all_listed(identity: ServiceUnderTest) -> None:
    add(identity, *["Ada Lovelace", "ÁDA LOVELACE", "ada lovelace"] * 3)

    assert len(found(identity, limit=2)) == 9


@pytest.mark.parametrize("text", ["\ud800", "\x00"])
def test_cursor_with_what_cannot_be_stored_is_refused(
    identity: ServiceUnderTest, text: str
) -> None:
    values = [text, "0190f000-0000-7000-8000-000000000001"]
    cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()

    answer = identity.as_member(add_member(identity, "Ada")).get(f"/members?cursor={cursor}")

    assert code_of(answer) == (422, "cursor_invalid")


class TestStaff:
    """Nobody is called what those who moderate are called."""

    @pytest.mark.parametrize("role", ["moderator", "administrator"])
    @pytest.mark.parametrize("name", ["Ada Keeper", "Аda Keeper", "ada-KEEPER", "Ada Кеерer"])
    def test_their_names_and_those_that_look_alike_are_refused(
        self, identity: ServiceUnderTest, role: str, name: str
    ) -> None:
        add_member(identity, "Ada Keeper", email="ada@example.org", role=role)
        bob = add_member(identity, "Bob")
        token = token_of(invite(identity, bob))

        joined = join(identity, token, name=name)
        changed = identity.as_member(bob).patch("/members/me", {"name": name})

        assert code_of(joined) == code_of(changed) == (422, "name_taken")
        assert list(joined.get_json()["errors"]) == ["name"]
        assert join(identity, token, name="Grace").status_code == 201

    def test_names_of_other_members_and_of_staff_who_left_are_free(
        self, identity: ServiceUnderTest
    ) -> None:
        bob = add_member(identity, "Bob")
        former = add_member(identity, "Ada Keeper", email="a@example.org", role="moderator")
        set_state(identity, former, "left")
        add_member(identity, "Grace")

        for name in ("Ada Keeper", "Grace"):
            assert identity.as_member(bob).patch("/members/me", {"name": name}).status_code == 200

    def test_staff_and_namesakes_of_before_keep_their_names(
        self, identity: ServiceUnderTest
    ) -> None:
        ada = add_member(identity, "Ada", role="administrator")
        namesake = add_member(identity, "Ada", email="other@example.org")

        for person, name in ((ada, "Ada"), (ada, "ADA"), (namesake, "Ada")):
            changes = {"name": name, "bio": "New."}
            assert identity.as_member(person).patch("/members/me", changes).status_code == 200

    def test_who_they_are_is_told_wherever_people_are_listed(
        self, identity: ServiceUnderTest
    ) -> None:
        ada = add_member(identity, "Ada", role="administrator")
        token = token_of(invite(identity, ada))
        preview = identity.as_stranger().get(f"/invitations/preview/{token}").get_json()
        grace = join(identity, token).get_json()
        viewer = identity.as_member(ada)

        assert preview["sponsor"]["role"] == grace["sponsor"]["role"] == "administrator"
        assert [item["role"] for item in viewer.get("/members").get_json()["items"]] == [
            "administrator",
            "member",
        ]
        [invitee] = viewer.get(f"/members/{ada.id}/invitees").get_json()["items"]
        assert invitee["role"] == "member"


class TestAnEarlierRelease:
    """What runs beside this one for a while, and knows nothing of keys."""

    def test_who_joined_or_was_renamed_by_it_is_keyed_by_the_worker(
        self, identity: ServiceUnderTest
    ) -> None:
        add(identity, "Old Name", "Élodie Martin")
        with identity.session() as session:
            session.execute(
                text(
                    "UPDATE members SET name = 'Łukasz Żak', name_words = '{}'"
                    " WHERE name LIKE 'Old%'"
                )
            )
            session.execute(
                text(
                    "UPDATE members SET name_key = '', keyed_name = NULL, name_words = '{}'"
                    " WHERE name LIKE 'Él%'"
                )
            )

        with identity.session() as session:
            assert refresh_names(session) is False

        assert found(identity) == ["Élodie Martin", "Łukasz Żak"]
        assert found(identity, "lukasz") == ["Łukasz Żak"]
        assert found(identity, "martin") == ["Élodie Martin"]

    def test_who_left_by_it_leaves_no_key_behind(self, identity: ServiceUnderTest) -> None:
        add(identity, "Ada Lovelace")
        with identity.session() as session:
            session.execute(
                text(
                    "UPDATE members SET name = 'A former member', name_words = '{}', state = 'left'"
                )
            )

        with identity.session() as session:
            refresh_names(session)

        with identity.session() as session:
            member = session.scalars(select(Member)).one()
            assert (member.name_key, member.name_words, member.keyed_name) == (
                "",
                [],
                "A former member",
            )

    def test_many_are_keyed_piece_by_piece(
        self, identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add(identity, "Ada", "Bob", "Cleo")
        monkeypatch.setattr("services.identity.actions.naming.BATCH", 2)
        with identity.session() as session:
            session.execute(text("UPDATE members SET keyed_name = NULL, name_key = ''"))

        more = []
        for _ in range(2):
            with identity.session() as session:
                more.append(refresh_names(session))

        assert more == [True, False] and BATCH >= 1000
        assert found(identity) == ["Ada", "Bob", "Cleo"]


def test_who_left_is_not_found_by_the_name_they_had(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada Lovelace", email="ada@example.org")

    answer = identity.as_member(ada).delete("/members/me", json={"password": PASSWORD})

    assert answer.status_code == 204

    with identity.session() as session:
        member = session.get_one(Member, ada.id)
        assert (member.name_key, member.name_words) == ("", [])
        assert member.keyed_name == member.name == "A former member"
