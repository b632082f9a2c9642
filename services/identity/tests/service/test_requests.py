"""Strangers ask, confirm their address, and are taken in or declined."""

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.examples import example
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import InvitationRequested
from contracts.skills import SkillMerged, SkillRenamed
from contracts.social import KeywordUnfollowed
from services.identity.tests.events_of_others import attributed, followed, withdrawn
from services.identity.tests.factories import (
    JOINED,
    add_member,
    ask,
    at_once,
    code_of,
    ever,
    invite,
    join,
    mail_link,
    queued_mails,
)

FORM = {"name": "Grace", "email": "grace@example.org", "motivation": "I like it."}
DAY = timedelta(days=1)


def queue(identity: ServiceUnderTest, person: Person) -> list[dict[str, Any]]:
    response = identity.as_member(person).get("/invitation-requests", headers=ever(person))
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.get_json()["items"]
    return items


def test_request_waits_unseen_until_its_address_is_confirmed(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    request_id = ask(identity, keywords=["Python"], confirmed=False)

    assert queue(identity, ada) == []
    assert queued_mails(identity) == [("request_confirmation", "grace@example.org")]
    assert identity.published(InvitationRequested) == []
    token = mail_link(identity, "request", request_id)
    for _ in range(2):  # who clicks twice is told the same
        answer = identity.as_stranger().put(f"/address-confirmations/{token}")
        assert answer.status_code == 204
    [shown] = queue(identity, ada)
    assert (shown["name"], shown["motivation"]) == ("Grace", "I like it.")
    assert "email" not in shown and "grace@example.org" not in str(shown)
    [told] = identity.published(InvitationRequested)
    assert (told.request_id, told.keywords) == (request_id, ("python",))


def test_answer_and_rows_are_the_same_for_members_and_strangers(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada", email="grace@example.org")
    client = identity.as_stranger()

    known = client.post("/invitation-requests", FORM)
    unknown = client.post("/invitation-requests", {**FORM, "email": "new@example.org"})

    assert (known.status_code, known.get_json()) == (202, {"expires_in": 48 * 3600})
    assert (unknown.status_code, unknown.get_json()) == (202, {"expires_in": 48 * 3600})
    assert [kind for kind, _ in queued_mails(identity)] == ["request_confirmation"] * 2


def test_matching_requests_come_first_then_who_waits_longest(identity: ServiceUnderTest) -> None:
    ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")
    identity.deliver(
        followed(ada, "python"), attributed(ada, "databases", labels=("Databases", "Données"))
    )
    for name, keywords in (
        ("Other", ["Cooking"]),
        ("Follows", ["PYTHON", "Ruby"]),
        ("None", []),
        ("Knows", ["données"]),
    ):
        ask(identity, name=name, email=f"{name}@example.org", keywords=keywords)

    seen = queue(identity, ada)

    assert [item["name"] for item in seen] == ["Follows", "Knows", "Other", "None"]
    assert [item["matches"] for item in seen] == [["PYTHON"], ["données"], [], []]
    assert [item["name"] for item in queue(identity, bob)] == ["Other", "Follows", "None", "Knows"]


def test_pages_of_the_queue_go_on_where_they_ended(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    identity.deliver(followed(ada, "python"))
    for index in range(5):
        keywords = ["python"] if index in (1, 3) else []
        ask(identity, name=f"R{index}", email=f"r{index}@example.org", keywords=keywords)
    client, names, cursor = identity.as_member(ada), [], ""

    while cursor is not None:
        page = client.get(f"/invitation-requests?limit=2{cursor}").get_json()
        names += [item["name"] for item in page["items"]]
        cursor = f"&cursor={page['next']}" if page["next"] else None

    assert names == ["R1", "R3", "R0", "R2", "R4"]


def test_requests_match_by_all_names_of_a_skill(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    identity.deliver(
        attributed(ada, "sql"),
        example(SkillRenamed, slug="sql", label_en="Query languages", label_fr="X", into=None),
        example(SkillMerged, slug="databases", label_en="Data", label_fr="Bases", into="sql"),
    )

    ask(identity, keywords=["query languages", "bases", "other"])

    matches = queue(identity, ada)[0]["matches"]
    assert matches == ["query languages", "bases"]


def test_what_is_no_longer_followed_or_held_matches_no_more(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    stopped = KeywordUnfollowed(member_id=ada.id, slug="python", revision=2, changed_at=JOINED)
    # In the wrong order: the end is heard of first.
    identity.deliver(stopped, withdrawn(ada, "sql"))
    identity.deliver(followed(ada, "python"), attributed(ada, "sql"))

    ask(identity, keywords=["python", "sql"])

    assert queue(identity, ada)[0]["matches"] == []


def test_sponsoring_offers_a_place_by_mail_and_the_requester_joins_under_the_sponsor(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    request_id = ask(identity)

    answer = identity.as_member(ada).post(
        f"/invitation-requests/{request_id}/sponsor", {"note": "Bienvenue"}
    )

    invitation = answer.get_json()
    assert answer.status_code == 201
    assert (invitation["name"], invitation["email"], invitation["note"]) == (
        "Grace",
        None,
        "Bienvenue",
    )
    assert "url" not in invitation
    assert queued_mails(identity)[-1] == ("invitation", "grace@example.org")
    assert queue(identity, ada) == []
    token = mail_link(identity, "invitation", invitation["id"])
    joined = join(identity, token)
    assert joined.status_code == 201
    assert joined.get_json()["sponsor"]["id"] == str(ada.id)
    me = identity.as_member(ada).get("/members/me").get_json()
    assert me["inviting"]["places_left"] == 4


def test_mailed_link_and_first_link_open_the_same_door_once(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    created = invite(identity, ada, email="grace@example.org")
    mailed = mail_link(identity, "invitation", created["id"])
    preview = identity.as_stranger().get(f"/invitations/preview/{mailed}")

    joined, again = join(identity, mailed), join(identity, created["url"].rsplit("/")[-1])

    assert preview.get_json()["sponsor"]["name"] == "Ada"
    assert joined.status_code == 201
    assert code_of(again) == (409, "invitation_used")


def test_two_who_sponsor_at_once_take_one_place(identity: ServiceUnderTest) -> None:
    ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")
    path = f"/invitation-requests/{ask(identity)}/sponsor"

    answers = at_once(
        identity,
        "SELECT FROM invitation_requests FOR UPDATE",
        [
            lambda: identity.as_member(ada).post(path, {}),
            lambda: identity.as_member(bob).post(path, {}),
        ],
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert code_of(refused) == (409, "invitation_request_closed")


def test_sponsoring_needs_a_place(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    for _ in range(5):
        invite(identity, ada)
    request_id = ask(identity)

    answer = identity.as_member(ada).post(f"/invitation-requests/{request_id}/sponsor", {})

    assert code_of(answer) == (409, "invitation_places_taken")
    assert len(queue(identity, ada)) == 1


def test_declined_requests_are_gone_for_all(identity: ServiceUnderTest) -> None:
    ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")
    path = f"/invitation-requests/{ask(identity)}"

    assert identity.as_member(ada).delete(path).status_code == 204

    assert queue(identity, bob) == []
    assert code_of(identity.as_member(bob).delete(path)) == (409, "invitation_request_closed")


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/sponsor"), ("DELETE", "")])
def test_who_may_not_invite_has_no_say(identity: ServiceUnderTest, method: str, path: str) -> None:
    newcomer = add_member(identity, "New", joined_at=clock.now())
    place = "" if method == "GET" else f"/{ask(identity)}{path}"
    body = {} if method == "POST" else None

    answer = identity.as_member(newcomer).request(method, f"/invitation-requests{place}", json=body)

    assert code_of(answer) == (403, "inviting_too_early")


def test_requests_end_after_ninety_days(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    with clock.at(JOINED):
        request_id = ask(identity)

    with clock.at(JOINED + 90 * DAY - timedelta(seconds=1)):
        assert len(queue(identity, ada)) == 1
    with clock.at(JOINED + 90 * DAY):
        assert queue(identity, ada) == []
        answer = identity.as_member(ada).post(
            f"/invitation-requests/{request_id}/sponsor", {}, headers=ever(ada)
        )
    assert code_of(answer) == (409, "invitation_request_closed")


def test_who_asks_again_replaces_their_earlier_request(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    ask(identity, name="Grace H.", email="Grace@example.org")
    ask(identity, name="Grace Hopper")

    assert [item["name"] for item in queue(identity, ada)] == ["Grace Hopper"]


def test_sixth_request_of_a_day_from_one_network_is_refused(identity: ServiceUnderTest) -> None:
    clients = [f"2001:db8:0:1::{index}" for index in range(1, 7)]
    with clock.at(JOINED):
        answers = [
            identity.as_stranger().post(
                "/invitation-requests", FORM, headers={"X-Forwarded-For": client}
            )
            for client in clients
        ]
        elsewhere = identity.as_stranger().post(
            "/invitation-requests", FORM, headers={"X-Forwarded-For": "2001:db8:0:2::1"}
        )
    with clock.at(JOINED + DAY / 5):
        later = identity.as_stranger().post(
            "/invitation-requests", FORM, headers={"X-Forwarded-For": clients[0]}
        )

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert code_of(answers[-1]) == (429, "too_many_tries")
    assert int(answers[-1].headers["Retry-After"]) == 86_400 // 5
    assert elsewhere.status_code == later.status_code == 202


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "\u202e"),
        ("name", ""),
        ("email", "nobody"),
        ("motivation", "  "),
        ("motivation", "x" * 2001),
        ("keywords", ["a", "b", "c", "d"]),
        ("keywords", ["!!"]),
        ("keywords", ["x" * 51]),
        ("link", "javascript:alert(1)"),
        ("link", "https://example.org/" + "x" * 500),
        ("locale", "de"),
        ("role", "administrator"),
    ],
)
def test_forms_with_wrong_fields_are_refused(
    identity: ServiceUnderTest, field: str, value: Any
) -> None:
    answer = identity.as_stranger().post("/invitation-requests", {**FORM, field: value})

    assert code_of(answer) == (422, "invalid")
    assert all(name.startswith(field) for name in answer.get_json()["errors"])
    assert queued_mails(identity) == []


def test_forged_and_expired_links_confirm_nothing(identity: ServiceUnderTest) -> None:
    request_id = ask(identity, confirmed=False)
    expired = mail_link(identity, "request", request_id, life=-timedelta(seconds=1))
    reset = mail_link(identity, "reset", new_id())

    for token in ("A" * 43, expired, reset):
        answer = identity.as_stranger().put(f"/address-confirmations/{token}")
        assert code_of(answer) == (404, "link_invalid")


def test_sponsoring_again_with_the_same_key_answers_the_same(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    path = f"/invitation-requests/{ask(identity)}/sponsor"

    answers = [
        identity.as_member(ada).post(path, {}, headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()


def test_link_of_a_forgotten_request_is_not_valid(identity: ServiceUnderTest) -> None:
    link = mail_link(identity, "request", new_id())

    answer = identity.as_stranger().put(f"/address-confirmations/{link}")

    assert code_of(answer) == (404, "link_invalid")
