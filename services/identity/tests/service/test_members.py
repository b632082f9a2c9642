"""How members are shown, changed and found."""

from typing import Any

import pytest

from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import MemberUpdated
from services.identity.tests.factories import (
    PASSWORD,
    add_member,
    code_of,
    invite,
    join,
    set_state,
    token_of,
)


def names(identity: ServiceUnderTest, viewer: Person, query: str) -> list[str]:
    answer = identity.as_member(viewer).get("/members", query_string={"q": query})
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.get_json()["items"]]


def test_changed_profile_is_shown_and_told_without_the_bio(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    changes = {
        "name": "Ada  King",
        "headline": "Countess",
        "company": "Analytical Engines",
        "location": "London",
        "bio": "First.\n\nSecond.",
        "locale": "en",
        "is_proposable": False,
        "asks_per_week": 0,
    }

    answer = identity.as_member(ada).patch("/members/me", changes)

    assert answer.status_code == 200
    shown = answer.get_json()
    assert {name: shown[name] for name in changes} == {**changes, "name": "Ada King"}
    [told] = identity.published(MemberUpdated)
    assert (told.name, told.headline, told.revision) == ("Ada King", "Countess", 2)
    assert (told.is_proposable, told.asks_per_week) == (False, 0)
    assert not hasattr(told, "bio")


def test_lineage_goes_up_to_the_founders_through_whoever_was_suspended_or_left(
    identity: ServiceUnderTest,
) -> None:
    founder = add_member(identity, "Founder")
    suspended = add_member(identity, "Suspended", sponsor=founder)
    gone = add_member(identity, "Wilhelmina", sponsor=suspended)
    ada = add_member(identity, "Ada", sponsor=gone)
    add_member(identity, "Sibling", sponsor=gone)
    viewer = identity.as_member(add_member(identity, "Viewer"))
    set_state(identity, suspended, "suspended")
    left = identity.as_member(gone).delete("/members/me", json={"password": PASSWORD})
    assert left.status_code == 204

    line = viewer.get(f"/members/{ada.id}/lineage").get_json()["items"]

    names = ["Founder", "Suspended", "A former member"]
    assert [item["name"] for item in line] == names
    assert [item["id"] for item in line] == [str(one.id) for one in (founder, suspended, gone)]
    assert set(line[0]) == {"id", "name", "headline", "portrait_url", "role"}
    assert viewer.get(f"/members/{founder.id}/lineage").get_json() == {"items": []}


def test_lineage_ends_with_the_thirty_nearest(identity: ServiceUnderTest) -> None:
    line = [add_member(identity, "Member0")]
    for number in range(1, 34):
        line.append(add_member(identity, f"Member{number}", sponsor=line[-1]))

    told = identity.as_member(line[0]).get(f"/members/{line[-1].id}/lineage").get_json()["items"]

    assert [item["name"] for item in told] == [f"Member{n}" for n in range(3, 33)]


def test_what_others_are_not_told_makes_no_event(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    for changes in ({"bio": "New."}, {"is_sharing_first_steps": True}, {}, {"name": "Ada"}):
        assert identity.as_member(ada).patch("/members/me", changes).status_code == 200

    assert identity.published(MemberUpdated) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b"),
        ("name", "Ada\u200b"),
        ("name", "\u3164"),
        ("name", "\u115f\u1160"),
        ("headline", "\u202emoderator"),
        ("location", "\u2067x"),
        ("headline", "x" * 151),
        ("bio", "x" * 2001),
        ("bio", "\x00"),
        ("locale", "de"),
        ("is_proposable", "perhaps"),
        ("asks_per_week", 11),
        ("asks_per_week", -1),
        ("asks_per_week", "3"),
        ("asks_per_week", True),
        ("role", "administrator"),
        ("email", "other@example.org"),
    ],
)
def test_profile_with_wrong_fields_is_refused(
    identity: ServiceUnderTest, field: str, value: Any
) -> None:
    ada = add_member(identity, "Ada")

    answer = identity.as_member(ada).patch("/members/me", {field: value})

    assert code_of(answer) == (422, "invalid")
    assert set(answer.get_json()["errors"]) == {field}


def test_suspended_members_change_nothing(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    set_state(identity, ada, "suspended")

    answer = identity.as_member(ada).patch("/members/me", {"bio": "x"})

    assert code_of(answer) == (403, "member_suspended")


def test_members_are_found_by_beginnings_of_their_names_whatever_case_and_accents(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Zoé")
    for name in ("Béatrice Dupont-Aignan", "Beate Müller", "Łukasz Ñandú", "李小龍"):
        add_member(identity, name, email=f"{len(name)}{ord(name[0])}@example.org")

    assert names(identity, ada, "bea") == ["Beate Müller", "Béatrice Dupont-Aignan"]
    assert names(identity, ada, "DUPONT béa") == ["Béatrice Dupont-Aignan"]
    assert names(identity, ada, "aignan") == ["Béatrice Dupont-Aignan"]
    assert names(identity, ada, "muller") == ["Beate Müller"]
    assert names(identity, ada, "nandu") == ["Łukasz Ñandú"]
    assert names(identity, ada, "李") == ["李小龍"]
    assert names(identity, ada, "ZOE") == ["Zoé"]
    assert names(identity, ada, "atrice") == []


@pytest.mark.parametrize("query", ["' & !", ":*", "a' | 'b", "\\", "%", "!!"])
def test_what_is_no_word_finds_nobody_and_breaks_nothing(
    identity: ServiceUnderTest, query: str
) -> None:
    assert names(identity, add_member(identity, "Zoé"), query) == []


def test_list_of_members_goes_by_name_in_pages_without_those_who_may_not_write(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    for name in ("Cleo", "Bob", "Dan"):
        add_member(identity, name)
    set_state(identity, add_member(identity, "Spam"), "suspended")
    client = identity.as_member(ada)

    first = client.get("/members?limit=2").get_json()
    second = client.get(f"/members?limit=2&cursor={first['next']}").get_json()

    assert [item["name"] for item in first["items"]] == ["Ada", "Bob"]
    assert [item["name"] for item in second["items"]] == ["Cleo", "Dan"]
    assert second["next"] is None


def test_name_is_searched_as_it_was_changed(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    identity.as_member(ada).patch("/members/me", {"name": "Augusta"})

    assert names(identity, ada, "ada") == []
    assert names(identity, ada, "aug") == ["Augusta"]


def test_who_joins_is_found(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    join(identity, token_of(invite(identity, ada)), name="Grace Hopper")

    assert names(identity, ada, "hop") == ["Grace Hopper"]
