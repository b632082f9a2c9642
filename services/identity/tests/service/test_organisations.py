"""Organisations: who registers them, who is seen in them, and what ends that."""

from typing import Any

import pytest

from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person, token_for
from contracts.identity import MemberUpdated
from services.identity.models import Credentials
from services.identity.queries.history import list_member_history
from services.identity.tests.factories import (
    JOINED,
    PASSWORD,
    add_member,
    at_once,
    code_of,
    mail_link,
    set_state,
)
from services.identity.tests.mailbox import change, mails

OWN = "/members/me/organisation"
ACME = {"name": "Acme Études", "domains": ["acme.example"], "reason": "Their director asked."}


def register(identity: ServiceUnderTest, moderator: Person, **fields: Any) -> dict[str, Any]:
    answer = identity.as_member(moderator).post("/organisations", {**ACME, **fields})
    assert answer.status_code == 201, answer.text
    registered: dict[str, Any] = answer.get_json()
    return registered


def alter(identity: ServiceUnderTest, moderator: Person, **fields: Any) -> Any:
    body = {"revision": 1, "reason": "They moved.", **fields}
    return identity.as_member(moderator).patch("/organisations/acme-etudes", body)


def add_confirmed(identity: ServiceUnderTest, name: str, host: str = "acme.example") -> Person:
    person = add_member(identity, name, email=f"{name.lower()}@{host}")
    change(identity, Credentials, person.id, confirmed_at=JOINED)
    return person


def agree(identity: ServiceUnderTest, person: Person, slug: str = "acme-etudes") -> Any:
    return identity.as_member(person).put(OWN, {"organisation": slug})


def own(identity: ServiceUnderTest, person: Person) -> tuple[str | None, bool]:
    """The slug of the organisation that a member's address shows, and whether they agreed."""
    answer = identity.as_member(person).get(OWN).get_json()
    shown = answer["organisation"]
    return shown and shown["slug"], answer["has_agreed"]


def told(identity: ServiceUnderTest) -> list[tuple[str, str | None, int]]:
    events = identity.published(MemberUpdated)
    return [(event.name, event.organisation, event.revision) for event in events]


@pytest.fixture
def moderator(identity: ServiceUnderTest) -> Person:
    return add_member(identity, "Max", role="moderator")


class TestRegistering:
    def test_moderators_register_by_domains_however_spelt_and_each_act_is_kept(
        self, identity: ServiceUnderTest, moderator: Person
    ) -> None:
        made = register(identity, moderator, domains=["@Acme.EXAMPLE ", "bücher.example"])
        changed = alter(identity, moderator, name="Acme", domains=["acme.example"])

        assert (made["slug"], made["revision"]) == ("acme-etudes", 1)
        assert made["domains"] == ["acme.example", "xn--bcher-kva.example"]
        client = identity.as_member(moderator)
        assert client.get("/organisations").get_json()["items"] == [changed.get_json()]
        assert (changed.get_json()["name"], changed.get_json()["revision"]) == ("Acme", 2)
        acts = client.get("/organisations/acme-etudes/acts").get_json()["items"]
        assert [(act["act"], act["actor"]["name"], act["reason"]) for act in acts] == [
            ("change", "Max", "They moved."),
            ("register", "Max", "Their director asked."),
        ]
        assert acts[1]["domains"] == made["domains"]

    def test_a_domain_is_of_one_alone_of_a_company_and_reached_by_mail(
        self, identity: ServiceUnderTest, moderator: Person
    ) -> None:
        register(identity, moderator)
        post = identity.as_member(moderator).post

        refused = [
            post("/organisations", {**ACME, "name": "Other"}),
            post("/organisations", {**ACME, "name": "acme etudes", "domains": ["b.example"]}),
            post("/organisations", {**ACME, "name": "Other", "domains": ["Gmail.com"]}),
            post("/organisations", {**ACME, "name": "Other", "domains": ["orange.fr"]}),
            post("/organisations", {**ACME, "name": "Other", "domains": ["localhost"]}),
            alter(identity, moderator, domains=["outlook.com"]),
            alter(identity, moderator, revision=2, name="Acme"),
            alter(identity, moderator, name=ACME["name"]),
        ]

        assert [code_of(answer) for answer in refused] == [
            (409, "domain_taken"),
            (409, "organisation_taken"),
            (422, "domain_shared"),
            (422, "domain_shared"),
            (422, "invalid"),
            (422, "domain_shared"),
            (409, "organisation_changed"),
            (409, "act_without_effect"),
        ]
        assert len(identity.as_member(moderator).get("/organisations").get_json()["items"]) == 1

    def test_nobody_else_registers_or_reads_and_a_moderator_proves_who_they_are(
        self, identity: ServiceUnderTest, moderator: Person
    ) -> None:
        register(identity, moderator)
        ada = add_confirmed(identity, "Ada")
        client = identity.as_member(ada)
        stale = {"Authorization": f"Bearer {token_for(moderator, auth_at=0)}"}

        paths = ("/organisations", "/organisations/acme-etudes", "/organisations/acme-etudes/acts")
        refused = [
            *(client.get(path) for path in paths),
            client.post("/organisations", ACME),
            alter(identity, ada, name="Mine"),
        ]

        assert {code_of(answer) for answer in refused} == {(403, "moderators_only")}
        old = identity.as_member(moderator).post("/organisations", ACME, headers=stale)
        assert code_of(old) == (403, "password_needed")


class TestAgreeing:
    def test_who_has_a_confirmed_address_there_agrees_and_takes_it_back_each_told_once(
        self, identity: ServiceUnderTest, moderator: Person
    ) -> None:
        register(identity, moderator, domains=["bücher.example"])
        ada = add_confirmed(identity, "Ada", "xn--bcher-kva.example")
        assert own(identity, ada) == ("acme-etudes", False)

        answers = [agree(identity, ada), agree(identity, ada)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert own(identity, ada) == ("acme-etudes", True)
        assert told(identity) == [("Ada", "acme-etudes", 2)]
        with identity.session() as session:
            history = list_member_history(session, None, 9)
        assert {(one.name, one.organisation) for one in history} == {
            ("Ada", "acme-etudes"),
            ("Max", None),
        }
        export = identity.as_member(ada).get("/members/me/export").get_json()
        assert export["organisation"] == "acme-etudes"
        for shown in (f"/members/{ada.id}", "/members"):
            assert "acme" not in identity.as_member(moderator).get(shown).text
        assert [identity.as_member(ada).delete(OWN).status_code for _ in range(2)] == [204, 204]
        assert told(identity)[1:] == [("Ada", None, 3)]

    def test_no_other_address_is_good_for_it(
        self, identity: ServiceUnderTest, moderator: Person
    ) -> None:
        register(identity, moderator)
        people = [
            add_member(identity, "Unread", email="unread@acme.example"),
            add_confirmed(identity, "Below", "mail.acme.example"),
            add_confirmed(identity, "Longer", "notacme.example"),
            add_confirmed(identity, "Other", "other.example"),
        ]

        refused = [agree(identity, person) for person in people]
        unknown = agree(identity, people[0], "nowhere")

        assert {code_of(answer) for answer in refused} == {(409, "organisation_not_yours")}
        assert code_of(unknown) == (404, "organisation_not_found")
        assert [own(identity, person) for person in people] == [(None, False)] * 4
        assert not told(identity)


def move(identity: ServiceUnderTest, person: Person, email: str) -> None:
    """Change an address, and read both mails."""
    body = {"email": email, "password": PASSWORD}
    assert identity.as_member(person).put("/members/me/address", json=body).status_code == 202
    [change_id] = {mail.subject_id for mail in mails(identity) if mail.kind == "new_address"}
    assert change_id
    for purpose in ("new_address", "old_address"):
        token = mail_link(identity, purpose, change_id)
        assert identity.as_stranger().put(f"/address-confirmations/{token}").status_code == 204


class TestEnding:
    def test_another_address_ends_it_unless_it_is_of_the_same_organisation(
        self, identity: ServiceUnderTest, moderator: Person
    ) -> None:
        register(identity, moderator, domains=["acme.example", "acme-labs.example"])
        ada = add_confirmed(identity, "Ada")
        agree(identity, ada)

        move(identity, ada, "ada@acme-labs.example")
        stayed = own(identity, ada)
        move(identity, ada, "ada@home.example")

        assert stayed == ("acme-etudes", True)
        assert own(identity, ada) == (None, False)
        assert told(identity)[-1] == ("Ada", None, 3)

    def test_losing_a_domain_and_closing_end_it_for_those_whom_they_concern(
        self, identity: ServiceUnderTest, moderator: Person
    ) -> None:
        register(identity, moderator, domains=["acme.example", "acme-labs.example"])
        ada, bob = add_confirmed(identity, "Ada"), add_confirmed(identity, "Bob")
        labs = add_confirmed(identity, "Cleo", "acme-labs.example")
        for one in (ada, bob, labs):
            agree(identity, one)
        set_state(identity, bob, "suspended")

        alter(identity, moderator, domains=["acme.example"])
        after_domain = told(identity)[3:]
        closed = alter(identity, moderator, revision=2, is_closed=True)

        assert after_domain == [("Cleo", None, 3)]
        assert sorted(told(identity)[4:]) == [("Ada", None, 3), ("Bob", None, 3)]
        assert own(identity, ada) == (None, False)
        assert code_of(agree(identity, ada)) == (409, "organisation_not_yours")
        assert closed.get_json()["is_closed"]
        assert alter(identity, moderator, revision=3, is_closed=False).status_code == 200
        assert own(identity, ada) == ("acme-etudes", False)

    def test_leaving_ends_it(self, identity: ServiceUnderTest, moderator: Person) -> None:
        register(identity, moderator)
        ada = add_confirmed(identity, "Ada")
        agree(identity, ada)

        farewell = {"password": PASSWORD, "removes_posts": False}
        assert identity.as_member(ada).delete("/members/me", json=farewell).status_code == 204

        with identity.session() as session:
            [left] = [one for one in list_member_history(session, None, 9) if one.state == "left"]
        assert left.organisation is None

    def test_agreeing_and_closing_that_meet_leave_nobody_in_what_is_closed(
        self, identity: ServiceUnderTest, moderator: Person
    ) -> None:
        register(identity, moderator)
        ada = add_confirmed(identity, "Ada")

        agreed, closed = at_once(
            identity,
            "SELECT FROM organisations FOR UPDATE",
            [lambda: agree(identity, ada), lambda: alter(identity, moderator, is_closed=True)],
        )

        assert closed.status_code == 200
        assert agreed.status_code in (200, 409)
        with identity.session() as session:
            now = list_member_history(session, None, 9)
        assert {one.organisation for one in now} == {None}
