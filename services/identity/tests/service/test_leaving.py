"""Leaving for good, and what one may take along before."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, text

from chassis import clock
from chassis.tables import OUTBOX
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import MemberLeft
from services.identity.chores import send_mails
from services.identity.models import AddressChange, FirstStep, KeywordFollowRef, Mail, SkillRef
from services.identity.tests.events_of_others import attributed, followed, published, withdrawn
from services.identity.tests.factories import (
    PASSWORD,
    add_member,
    ask,
    at_once,
    code_of,
    id_of,
    invite,
    join,
    mail_link,
    sign_in,
    token_of,
)

NAME, EMAIL, BIO = "Wilhelmina Featherstone", "w.featherstone@example.org", "I collect sundials."


def leave(identity: ServiceUnderTest, person: Person, **more: Any) -> Any:
    body = {"password": PASSWORD, **more}
    return identity.as_member(person).delete("/members/me", json=body)


def everything(identity: ServiceUnderTest) -> str:
    """All rows of all tables as one text; bytes as PostgreSQL writes them and as text."""
    parts = []
    with identity.session() as session:
        tables = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        for table in tables:
            parts += session.scalars(text(f"SELECT {table}::text FROM {table}")).all()
    return "\n".join(parts).lower()


def take_in(identity: ServiceUnderTest, sponsor: Person) -> Person:
    """Somebody who left traces wherever one can."""
    created = identity.as_member(sponsor).post(
        "/invitations",
        {"email": EMAIL, "note": f"Come in, {NAME}!"},
        headers={"Idempotency-Key": "for-her"},
    )
    joined = join(identity, token_of(created.get_json()), name=NAME, email=EMAIL)
    person = Person(NAME, id_of(joined))
    client = identity.as_member(person)
    client.patch("/members/me", {"bio": BIO, "headline": f"{NAME}, collector"})
    identity.as_stranger().post("/sessions", {"email": EMAIL, "password": PASSWORD})
    identity.as_stranger().post("/password-resets", {"email": EMAIL})
    client.put("/members/me/address", {"email": f"new.{EMAIL}", "password": PASSWORD})
    mail_link(identity, "reset", person.id)
    return person


def test_nothing_names_who_left_and_the_tree_stays(identity: ServiceUnderTest) -> None:
    root = add_member(identity, "Root", role="administrator")
    ada = add_member(identity, "Ada", sponsor=root)
    ask(identity, name=NAME, email=EMAIL)
    wilhelmina = take_in(identity, ada)
    bob = add_member(identity, "Bob", sponsor=wilhelmina)
    identity.as_member(root).post(
        "/moderation-acts",
        {"act": "stop_inviting", "member_id": str(wilhelmina.id), "reason": f"{NAME} asked."},
        headers={"Idempotency-Key": "act"},
    )
    # What was told is gone once the relay has published it.
    with identity.session() as session:
        session.execute(OUTBOX.delete())
    for word in (NAME, EMAIL, BIO):
        assert word.lower() in everything(identity)

    answer = leave(identity, wilhelmina)
    for minutes in (0, 2):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            send_mails(identity.database, identity.settings)

    left = everything(identity)
    assert answer.status_code == 204
    for word in (NAME, "featherstone", EMAIL, BIO):
        assert word.lower() not in left, word
    seen = identity.as_member(bob).get(f"/members/{bob.id}").get_json()
    assert seen["sponsor"]["id"] == str(wilhelmina.id)
    assert seen["sponsor"]["name"] == "A former member"
    invitees = identity.as_member(bob).get(f"/members/{wilhelmina.id}/invitees").get_json()
    assert [item["name"] for item in invitees["items"]] == ["Bob"]
    gone = identity.as_member(bob).get(f"/members/{wilhelmina.id}").get_json()
    assert (gone["state"], gone["name"], gone["sponsor"]["name"]) == (
        "left",
        "A former member",
        "Ada",
    )


def test_leaving_is_told_without_a_name_and_is_final(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada", role="moderator")

    leave(identity, ada, removes_posts=True)

    [told] = identity.published(MemberLeft)
    assert (told.member_id, told.state, told.revision) == (ada.id, "left", 2)
    assert (told.name, told.headline, told.portrait_url) == ("A former member", "", None)
    assert (told.role, told.removes_posts, told.is_proposable) == ("member", True, False)
    assert code_of(sign_in(identity)) == (401, "credentials_wrong")
    assert code_of(leave(identity, ada)) == (404, "member_not_found")
    assert code_of(identity.as_member(ada).get("/members/me")) == (404, "member_not_found")


def test_address_is_free_again(identity: ServiceUnderTest) -> None:
    ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")
    leave(identity, ada)

    again = join(identity, token_of(invite(identity, bob)), email="ada@example.org")

    assert again.status_code == 201


def test_open_invitations_of_who_left_are_closed(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    link = token_of(invite(identity, ada, note="From Ada"))

    leave(identity, ada)

    assert code_of(join(identity, link)) == (409, "invitation_revoked")


def test_wrong_password_leaves_everything(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    assert code_of(leave(identity, ada, password="wrong")) == (403, "password_wrong")
    assert sign_in(identity).status_code == 201


def test_last_administrator_stays(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada", role="administrator")

    refused = leave(identity, ada)
    add_member(identity, "Bob", role="administrator")

    assert code_of(refused) == (409, "last_administrator")
    assert leave(identity, ada).status_code == 204


def test_last_two_administrators_do_not_leave_at_once(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada", role="administrator")
    bob = add_member(identity, "Bob", role="administrator")

    answers = at_once(
        identity,
        f"SELECT FROM members WHERE id IN ('{ada.id}', '{bob.id}') FOR UPDATE",
        [lambda: leave(identity, ada), lambda: leave(identity, bob)],
    )

    # One waits for the other: refused, or told to try again when both waited for each other.
    assert sorted(answer.status_code for answer in answers)[0] == 204
    assert sorted(answer.status_code for answer in answers)[1] in (409, 503)


def test_export_has_what_is_kept_and_where_the_rest_is(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    sign_in(identity)
    invite(identity, ada, email="grace@example.org", note="Viens !")
    ask(identity, name="Ada", email="ada@example.org", keywords=["Python"])
    identity.as_member(ada).patch("/members/me", {"bio": BIO})

    export = identity.as_member(ada).get("/members/me/export").get_json()

    again = identity.as_member(ada).get("/members/me/export/identity").get_json()
    assert again == export
    assert export["member"]["email"] == "ada@example.org"
    assert export["member"]["bio"] == BIO
    assert [item["note"] for item in export["invitations"]] == ["Viens !"]
    assert [item["keywords"] for item in export["requests"]] == [["Python"]]
    assert len(export["sessions"]) == 1
    assert export["others"] == [
        f"/api/v1/members/me/export/{name}"
        for name in ("social", "discussion", "skills", "projects", "notifications")
    ]
    secrets = ("hash", "token")
    assert not [word for word in secrets if word in json.dumps(export)]


def test_what_was_asked_from_the_address_waits_no_more(identity: ServiceUnderTest) -> None:
    bob = add_member(identity, "Bob")
    unconfirmed = ask(identity, confirmed=False)
    link = mail_link(identity, "request", unconfirmed)
    ask(identity)
    grace = Person("Grace", id_of(join(identity, token_of(invite(identity, bob)))))

    as_member = identity.as_member(bob).get("/invitation-requests").get_json()["items"]
    leave(identity, grace)

    assert as_member == []
    assert identity.as_member(bob).get("/invitation-requests").get_json()["items"] == []
    late = identity.as_stranger().put(f"/address-confirmations/{link}")
    assert code_of(late) == (404, "link_invalid")


def test_what_others_tell_late_of_who_left_is_not_kept(identity: ServiceUnderTest) -> None:
    """Skills itself answers `member.left` with what it withdraws."""
    ada = add_member(identity, "Ada")
    leave(identity, ada)

    identity.deliver(
        withdrawn(ada, "python"), attributed(ada, "sql"), followed(ada, "rust"), published(ada)
    )

    with identity.session() as session:
        for replica in (SkillRef, KeywordFollowRef, FirstStep):
            assert session.scalars(select(replica)).all() == []


def test_earlier_address_is_erased_when_it_changes(identity: ServiceUnderTest) -> None:
    ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")
    invite(identity, bob, email="ada@example.org")
    ask(identity, email="ada@example.org", name="Ada")
    body = {"email": "new@example.org", "password": PASSWORD}
    identity.as_member(ada).put("/members/me/address", body)
    with identity.session() as session:
        change = session.execute(select(AddressChange.id)).scalar_one()

    for purpose in ("old_address", "new_address"):
        link = mail_link(identity, purpose, change)
        assert identity.as_stranger().put(f"/address-confirmations/{link}").status_code == 204

    with identity.session() as session:
        # What tells the old mailbox of it is all that is left.
        session.execute(delete(Mail))
        session.execute(OUTBOX.delete())
    assert "ada@example.org" not in everything(identity)
