"""Whether mail is read at a member's address: what shows it, what does not, and who is told."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.tables import OUTBOX
from chassis.testing.mail_server import mail_server
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import AddressConfirmed
from services.identity.queries.history import list_address_history
from services.identity.tests.factories import (
    JOINED,
    PASSWORD,
    add_member,
    ask,
    at_once,
    code_of,
    id_of,
    invite,
    join,
    mail_link,
    queued_mails,
    set_state,
    token_of,
)
from services.identity.tests.mailbox import (
    links_of,
    mails,
    queue,
    send,
    set_address,
    settings_for,
)

GRACE = "grace@example.org"


def follow(identity: ServiceUnderTest, token: str) -> tuple[int, str]:
    """Status of confirming by a link, and the code of a refusal."""
    answer = identity.as_stranger().put(f"/address-confirmations/{token}")
    return (204, "") if answer.status_code == 204 else code_of(answer)


def reset(identity: ServiceUnderTest, token: str) -> int:
    """Status of setting a password by a link."""
    chosen = {"password": "another pass phrase"}
    return identity.as_stranger().put(f"/password-resets/{token}", chosen).status_code


def is_confirmed(identity: ServiceUnderTest, person: Person) -> bool:
    return bool(identity.as_member(person).get("/members/me").get_json()["is_email_confirmed"])


def told(identity: ServiceUnderTest) -> list[tuple[str, str, int]]:
    """What notifications is told of addresses."""
    events = identity.published(AddressConfirmed)
    return [(event.state, event.email, event.revision) for event in events]


class TestJoining:
    def test_a_copied_link_shows_nothing_and_the_mailed_one_confirms_once(
        self, identity: ServiceUnderTest
    ) -> None:
        invitation = invite(identity, add_member(identity, "Ada"), email=GRACE)

        grace = Person("Grace", id_of(join(identity, token_of(invitation), email=GRACE)))

        assert not is_confirmed(identity, grace) and told(identity) == []
        assert ("own_address", GRACE) in queued_mails(identity)
        with mail_server() as post:
            send(identity, settings_for(identity, url=post.plain_url), at=clock.now())
            mail = next(one for one in post.messages if "adresse" in str(one["subject"]))
        [link] = links_of(mail)
        token = link.rsplit("/", 1)[1]
        assert (mail["to"], follow(identity, token), follow(identity, token)) == (
            *(GRACE, (204, "")),
            (204, ""),
        )
        assert is_confirmed(identity, grace) and told(identity) == [("confirmed", GRACE, 1)]

    @pytest.mark.parametrize(
        ("email", "is_proven"), [("GRACE@example.org", True), ("other@example.org", False)]
    )
    def test_an_invitation_that_was_mailed_confirms_the_address_that_it_was_mailed_to(
        self, identity: ServiceUnderTest, email: str, is_proven: bool
    ) -> None:
        invitation = invite(identity, add_member(identity, "Ada"), email=GRACE)
        token = mail_link(identity, "invitation", invitation["id"])

        grace = Person("Grace", id_of(join(identity, token, email=email)))

        assert is_confirmed(identity, grace) is is_proven
        assert told(identity) == ([("confirmed", email, 1)] if is_proven else [])
        assert (("own_address", email) in queued_mails(identity)) is not is_proven

    @pytest.mark.parametrize(("email", "is_proven"), [(GRACE, True), ("other@example.org", False)])
    def test_one_that_answers_a_request_confirms_the_address_of_the_request(
        self, identity: ServiceUnderTest, email: str, is_proven: bool
    ) -> None:
        request_id = ask(identity)
        sponsor = identity.as_member(add_member(identity, "Ada"))
        answer = sponsor.post(f"/invitation-requests/{request_id}/sponsor", {"note": ""})
        token = mail_link(identity, "invitation", id_of(answer))

        grace = Person("Grace", id_of(join(identity, token, email=email)))

        assert is_confirmed(identity, grace) is is_proven

    def test_who_is_confirmed_is_told_after_who_joined(self, identity: ServiceUnderTest) -> None:
        invitation = invite(identity, add_member(identity, "Ada"), email=GRACE)

        join(identity, mail_link(identity, "invitation", invitation["id"]), email=GRACE)

        assert outbox(identity) == ["member.joined", "address.confirmed"]


class TestLinks:
    def test_a_reset_by_its_link_confirms_once(self, identity: ServiceUnderTest) -> None:
        ada = add_member(identity, "Ada")
        expired = mail_link(identity, "reset", ada.id, life=-timedelta(seconds=1))
        good, another = (mail_link(identity, "reset", ada.id) for _ in range(2))

        assert reset(identity, expired) == 404 and not is_confirmed(identity, ada)
        assert [reset(identity, token) for token in (good, another)] == [204, 404]

        assert told(identity) == [("confirmed", "ada@example.org", 1)]
        reset(identity, mail_link(identity, "reset", ada.id))
        assert len(told(identity)) == 1

    def test_a_change_of_address_confirms_the_new_one_once_it_is_done(
        self, identity: ServiceUnderTest
    ) -> None:
        ada = add_member(identity, "Ada")
        before = mail_link(identity, "own_address", ada.id)
        change = {"email": "new@example.org", "password": PASSWORD}
        identity.as_member(ada).put("/members/me/address", json=change)
        [change_id] = {mail.subject_id for mail in mails(identity)}
        assert change_id

        assert follow(identity, mail_link(identity, "new_address", change_id)) == (204, "")
        assert not is_confirmed(identity, ada)
        assert follow(identity, mail_link(identity, "old_address", change_id)) == (204, "")

        assert told(identity) == [("confirmed", "new@example.org", 1)]
        assert follow(identity, before) == (404, "link_invalid")

    def test_a_confirmed_address_that_changes_is_told_anew(
        self, identity: ServiceUnderTest
    ) -> None:
        ada = add_member(identity, "Ada")
        follow(identity, mail_link(identity, "own_address", ada.id))
        change = {"email": "new@example.org", "password": PASSWORD}
        identity.as_member(ada).put("/members/me/address", json=change)
        [change_id] = {mail.subject_id for mail in mails(identity)}
        assert change_id

        for purpose in ("new_address", "old_address"):
            follow(identity, mail_link(identity, purpose, change_id))

        assert told(identity)[1:] == [("confirmed", "new@example.org", 2)]

    def test_expired_forged_and_other_links_confirm_nothing_and_a_password_keeps_them_good(
        self, identity: ServiceUnderTest
    ) -> None:
        ada = add_member(identity, "Ada")
        good = mail_link(identity, "own_address", ada.id)
        expired = mail_link(identity, "own_address", ada.id, life=-timedelta(seconds=1))
        others = ("invitation", "request", "old_address", "new_address", "reset")

        for token in ("A" * 43, expired, *(mail_link(identity, one, ada.id) for one in others)):
            assert follow(identity, token) == (404, "link_invalid")
        set_state(identity, ada, "suspended")
        assert follow(identity, good) == (403, "member_suspended")
        set_state(identity, ada, "active")
        assert told(identity) == []
        change = {"password": PASSWORD, "new_password": "another pass phrase"}
        assert identity.as_member(ada).put("/members/me/password", change).status_code == 204
        assert follow(identity, good) == (204, "")

    def test_a_link_followed_twice_at_once_tells_once(self, identity: ServiceUnderTest) -> None:
        ada = add_member(identity, "Ada")
        token = mail_link(identity, "own_address", ada.id)

        answers = at_once(
            identity, "SELECT FROM members FOR UPDATE", [lambda: follow(identity, token)] * 2
        )

        assert answers == [(204, "")] * 2 and len(told(identity)) == 1


class TestAsking:
    def test_the_link_is_mailed_again_three_times_a_day_until_it_is_confirmed(
        self, identity: ServiceUnderTest
    ) -> None:
        ada = add_member(identity, "Ada")
        ask_again = identity.as_member(ada).post

        answers = [ask_again("/address-confirmations") for _ in range(4)]

        assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
        assert answers[0].get_json() == {"expires_in": 48 * 3600}
        assert queued_mails(identity) == [("own_address", "ada@example.org")] * 3
        follow(identity, mail_link(identity, "own_address", ada.id))
        assert ask_again("/address-confirmations").status_code == 202
        assert len(queued_mails(identity)) == 3
        assert identity.as_stranger().post("/address-confirmations").status_code == 401

    def test_nothing_is_written_to_who_is_gone_confirmed_or_moved_meanwhile(
        self, identity: ServiceUnderTest
    ) -> None:
        people = [add_member(identity, name) for name in ("Ada", "Bob", "Cleo", "Dan")]
        ada, bob, cleo, _ = people
        for one in people:
            email = f"{one.name.lower()}@example.org"
            queue(identity, "own_address", email, one.id)
        follow(identity, mail_link(identity, "own_address", ada.id))
        set_state(identity, bob, "suspended")
        set_address(identity, cleo, "new@example.org")

        with mail_server() as post:
            send(identity, settings_for(identity, url=post.plain_url))

        assert [mail["to"] for mail in post.messages] == ["dan@example.org"]
        assert not mails(identity)


class TestTelling:
    def test_leaving_tells_that_there_is_none_where_there_was_one(
        self, identity: ServiceUnderTest
    ) -> None:
        ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")
        follow(identity, mail_link(identity, "own_address", ada.id))

        for one in (ada, bob):
            farewell = {"password": PASSWORD, "removes_posts": False}
            answer = identity.as_member(one).delete("/members/me", json=farewell)
            assert answer.status_code == 204

        assert told(identity) == [("confirmed", "ada@example.org", 1), ("none", "", 2)]
        assert outbox(identity)[1:] == ["address.confirmed", "member.left", "member.left"]

    def test_history_tells_the_confirmed_in_pages_as_they_were_told(
        self, identity: ServiceUnderTest
    ) -> None:
        people = [add_member(identity, name) for name in ("Ada", "Bob", "Cleo", "Dan")]
        for one in people[1:]:
            with clock.at(JOINED):
                follow(identity, mail_link(identity, "own_address", one.id))

        with identity.session() as session:
            first = list_address_history(session, None, 2)
            second = list_address_history(session, first[-1], 2)
            third = list_address_history(session, second[-1], 2)

        published = sorted(identity.published(AddressConfirmed), key=lambda one: one.member_id)
        assert [*first, *second] == published and len(published) == 3 and not third


def outbox(identity: ServiceUnderTest) -> list[str]:
    """The types of what was told, in order."""
    with identity.session() as session:
        rows = session.execute(OUTBOX.select().order_by(OUTBOX.c.id)).all()
    return [row.type for row in rows]
