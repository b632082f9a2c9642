"""What each mail says when it is sent: to whom, in which language, or nothing any more."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.mail_server import MailServer, mail_server
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from services.identity import rules
from services.identity.models import AddressChange, Invitation, InvitationRequest, Member
from services.identity.tests.factories import JOINED, PASSWORD, add_member, set_state
from services.identity.tests.mailbox import (
    PUBLIC_URL,
    add_invitation,
    add_request,
    change,
    is_minted,
    links_of,
    mails,
    minted,
    queue,
    send,
    set_address,
    settings_for,
    text_of,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = JOINED + DAY


@pytest.fixture
def post() -> Iterator[MailServer]:
    with mail_server() as post:
        yield post


def sent(identity: ServiceUnderTest, post: MailServer) -> list[EmailMessage]:
    """What goes out a day later; no row stays."""
    send(identity, settings_for(identity, url=post.plain_url), at=LATER)
    assert not mails(identity)
    return post.messages


def the_one(identity: ServiceUnderTest, post: MailServer) -> tuple[EmailMessage, str]:
    """The mail that goes out, and its link."""
    [message] = sent(identity, post)
    [link] = links_of(message)
    assert str(message).count(link) >= 1
    return message, link


class TestInvitation:
    """Invitations and their reminders."""

    def test_leads_to_the_door_until_it_expires(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        ada = add_member(identity, "Ada")
        invitation_id = add_invitation(identity, ada, note="Viens, <3")
        queue(identity, "invitation", "grace@example.org", invitation_id)

        message, link = the_one(identity, post)

        assert message["To"] == "grace@example.org"
        assert message["Subject"] == "«\u00a0Ada\u00a0» vous invite à rejoindre Skiller"
        assert "> Viens, <3" in text_of(message)
        assert "jusqu’au 18 janvier 2026" in " ".join(text_of(message).split())
        assert link.startswith(f"{PUBLIC_URL}/join/")
        token = is_minted(identity, link)
        assert token and (token.purpose, token.subject_id) == ("invitation", invitation_id)
        assert token.expires_at == JOINED + rules.INVITATION_LIFE

    @pytest.mark.parametrize(
        "name",
        [
            "=?utf-8?q?Ada=0D=0A=0D=0APay_http://evil.example_?=",
            "=?utf-8?q?Ada=0D=0AReply-To:_thief=40evil.example?=",
            "Account locked, verify at https://evil.example/login now",
        ],
    )
    def test_a_name_of_before_today_s_rules_writes_nothing_of_its_own(
        self, identity: ServiceUnderTest, post: MailServer, name: str
    ) -> None:
        ada = add_member(identity, name, email="ada@example.org", role="moderator")
        queue(identity, "invitation", "grace@example.org", add_invitation(identity, ada))

        message, _ = the_one(identity, post)

        assert message["Subject"] == "Un membre (modération) vous invite à rejoindre Skiller"
        assert message["Reply-To"] is None and b"evil" not in post.received[0]

    def test_a_name_that_looks_encoded_is_told_as_it_is_kept(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        name = "=?utf-8?q?Grace=0D=0AHopper?="
        ada = add_member(identity, name, email="ada@example.org")
        queue(identity, "invitation", "grace@example.org", add_invitation(identity, ada))

        message, _ = the_one(identity, post)

        assert message["Subject"] == f"«\u00a0{name}\u00a0» vous invite à rejoindre Skiller"
        assert f"«\u00a0{name}\u00a0»" in " ".join(text_of(message).split(" "))

    def test_speaks_the_inviter_s_language(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        ada = add_member(identity, "Ada")
        change(identity, Member, ada.id, locale="en")
        queue(identity, "invitation", "grace@example.org", add_invitation(identity, ada))

        message, _ = the_one(identity, post)

        assert message["Content-Language"] == "en"
        assert message["Subject"] == "“Ada” invites you to join Skiller"

    @pytest.mark.parametrize(
        "ended",
        [
            {"revoked_at": JOINED},
            {"expires_at": LATER},
            {"email": None},
            {"sponsor_id": None},
        ],
    )
    def test_one_that_is_not_open_is_not_sent(
        self, identity: ServiceUnderTest, post: MailServer, ended: dict[str, object]
    ) -> None:
        ada = add_member(identity, "Ada")
        invitation_id = add_invitation(identity, ada)
        queue(identity, "invitation", "grace@example.org", invitation_id)
        change(identity, Invitation, invitation_id, **ended)

        assert not sent(identity, post) and not minted(identity)

    def test_one_of_a_suspended_sponsor_or_of_nobody_knows_what_is_not_sent(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        ada = add_member(identity, "Ada")
        queue(identity, "invitation", "grace@example.org", add_invitation(identity, ada))
        queue(identity, "invitation", "grace@example.org", new_id())
        set_state(identity, ada, "suspended")

        assert not sent(identity, post)

    def test_member_is_told_that_they_are_one_without_a_token(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        ada, grace = add_member(identity, "Ada"), add_member(identity, "Grace")
        change(identity, Member, grace.id, locale="en")
        set_address(identity, grace, "Grace@example.org")
        invitation_id = add_invitation(identity, ada)
        queue(identity, "invitation", "grace@example.org", invitation_id)
        queue(identity, "invitation_reminder", "grace@example.org", invitation_id)

        message, link = the_one(identity, post)

        assert message["To"] == "Grace@example.org"
        assert message["Subject"] == "“Ada” wanted to invite you to Skiller"
        assert link == f"{PUBLIC_URL}/" and not minted(identity)

    def test_suspended_member_is_not_told_to_sign_in(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        ada = add_member(identity, "Ada")
        add_member(identity, "Grace", state="suspended")
        queue(identity, "invitation", "grace@example.org", add_invitation(identity, ada))

        assert not sent(identity, post)

    def test_reminder_has_a_fresh_link_and_the_first_stays_good(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        ada = add_member(identity, "Ada")
        invitation_id = add_invitation(identity, ada)
        queue(identity, "invitation", "grace@example.org", invitation_id)
        queue(identity, "invitation_reminder", "grace@example.org", invitation_id)

        messages = sent(identity, post)

        assert {message["Subject"] for message in messages} == {
            "«\u00a0Ada\u00a0» vous invite à rejoindre Skiller",
            "«\u00a0Ada\u00a0» vous attend toujours sur Skiller",
        }
        links = {link for message in messages for link in links_of(message)}
        assert len(links) == 2 and all(is_minted(identity, link) for link in links)

    def test_sponsored_request_is_answered_at_its_address_in_its_language(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        ada = add_member(identity, "Ada")
        request_id = add_request(identity, state="sponsored", expires_at=LATER)
        invitation_id = add_invitation(identity, ada, None, request_id=request_id)
        queue(identity, "invitation", "zoe@example.org", invitation_id)

        message, link = the_one(identity, post)

        assert message["To"] == "zoe@example.org"
        assert message["Subject"] == "“Ada” opens the door of Skiller to you"
        token = is_minted(identity, link)
        assert token and token.subject_id == invitation_id


class TestRequestConfirmation:
    """Proving the address of who asks."""

    def test_leads_to_a_confirmation_and_repeats_nothing_that_a_stranger_typed(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        request_id = add_request(identity, expires_at=JOINED + 90 * DAY)
        queue(identity, "request_confirmation", "zoe@example.org", request_id)

        message, link = the_one(identity, post)

        assert message["Subject"] == "Confirm your request for an invitation"
        assert link.startswith(f"{PUBLIC_URL}/confirm/")
        token = is_minted(identity, link)
        assert token and (token.purpose, token.subject_id) == ("request", request_id)
        assert token.expires_at == LATER + 48 * HOUR
        for typed in ("Zoé", "Martin", "volontiers", "Python", "zoe.example"):
            assert typed not in text_of(message)

    def test_link_does_not_outlive_the_request(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        request_id = add_request(identity, expires_at=LATER + HOUR)
        queue(identity, "request_confirmation", "zoe@example.org", request_id)

        _, link = the_one(identity, post)

        token = is_minted(identity, link)
        assert token and token.expires_at == LATER + HOUR

    @pytest.mark.parametrize("ended", [{"state": "waiting"}, {"expires_at": LATER}])
    def test_one_that_is_confirmed_or_over_is_not_sent(
        self, identity: ServiceUnderTest, post: MailServer, ended: dict[str, object]
    ) -> None:
        request_id = add_request(identity, expires_at=LATER + DAY)
        queue(identity, "request_confirmation", "zoe@example.org", request_id)
        change(identity, InvitationRequest, request_id, **ended)

        assert not sent(identity, post)

    def test_member_learns_that_they_can_sign_in(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        add_member(identity, "Zoe")
        request_id = add_request(identity, expires_at=LATER + DAY)
        queue(identity, "request_confirmation", "zoe@example.org", request_id)

        message, link = the_one(identity, post)

        assert message["Subject"] == "Vous êtes déjà membre de Skiller"
        assert link == f"{PUBLIC_URL}/" and not minted(identity)


class TestPasswords:
    """Resets and their notice."""

    def test_reset_is_for_one_hour_and_for_the_member_of_the_address(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        ada = add_member(identity, "Ada")
        queue(identity, "password_reset", " ADA@example.org")

        _, link = the_one(identity, post)

        assert link.startswith(f"{PUBLIC_URL}/reset/")
        token = is_minted(identity, link)
        assert token and (token.purpose, token.subject_id) == ("reset", ada.id)
        assert token.expires_at == LATER + HOUR

    def test_suspended_member_learns_why_there_is_no_link(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        add_member(identity, "Ada", state="suspended")
        queue(identity, "password_reset", "ada@example.org")

        [message] = sent(identity, post)

        assert message["Subject"] == "Votre compte est suspendu"
        assert not links_of(message) and not minted(identity)

    def test_nobody_else_gets_one(self, identity: ServiceUnderTest, post: MailServer) -> None:
        add_member(identity, "Ada", state="left")
        queue(identity, "password_reset", "ada@example.org")
        queue(identity, "password_reset", "nobody@example.org")

        assert not sent(identity, post) and not minted(identity)

    def test_it_goes_to_the_address_known_not_to_the_one_that_looks_alike(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        """The Kelvin sign folds to the letter k, and is another mailbox for servers."""
        add_member(identity, "Kay")
        queue(identity, "password_reset", "\u212aay@example.org")

        message, _ = the_one(identity, post)

        assert message["To"] == "kay@example.org"

    @pytest.mark.parametrize("knows_member", [True, False])
    def test_change_is_told(
        self, identity: ServiceUnderTest, post: MailServer, knows_member: bool
    ) -> None:
        ada = add_member(identity, "Ada")
        subject_id = ada.id if knows_member else None
        queue(identity, "password_changed", "ada@example.org", subject_id)

        [message] = sent(identity, post)

        assert message["Subject"] == "Votre mot de passe a changé"
        assert not links_of(message) and not minted(identity)


class TestAddresses:
    """Changing an address: both ends confirm, the old one is told."""

    @pytest.fixture
    def ada(self, identity: ServiceUnderTest) -> Person:
        return add_member(identity, "Ada")

    def moving(self, identity: ServiceUnderTest, person: Person, **more: object) -> AddressChange:
        row = AddressChange(
            id=new_id(),
            member_id=person.id,
            email="New@example.org",
            email_key="new@example.org",
            **{"expires_at": LATER + 48 * HOUR, **more},
        )
        with identity.session() as session:
            session.add(row)
        queue(identity, "old_address", "ada@example.org", row.id)
        queue(identity, "new_address", "New@example.org", row.id)
        return row

    def test_both_ends_get_a_link_of_their_own(
        self, identity: ServiceUnderTest, post: MailServer, ada: Person
    ) -> None:
        moving = self.moving(identity, ada)

        found = {message["To"]: message for message in sent(identity, post)}

        assert set(found) == {"ada@example.org", "New@example.org"}
        assert "New@example.org" in text_of(found["ada@example.org"])
        for email, purpose in (
            ("ada@example.org", "old_address"),
            ("New@example.org", "new_address"),
        ):
            [link] = links_of(found[email])
            token = is_minted(identity, link)
            assert link.startswith(f"{PUBLIC_URL}/confirm/")
            assert token and (token.purpose, token.subject_id) == (purpose, moving.id)
            assert token.expires_at == LATER + 24 * HOUR

    def test_what_is_confirmed_is_not_asked_again(
        self, identity: ServiceUnderTest, post: MailServer, ada: Person
    ) -> None:
        self.moving(identity, ada, old_confirmed_at=JOINED, new_confirmed_at=JOINED)

        assert not sent(identity, post)

    def test_change_that_is_over_is_not_confirmed(
        self, identity: ServiceUnderTest, post: MailServer, ada: Person
    ) -> None:
        self.moving(identity, ada, expires_at=LATER)

        assert not sent(identity, post)

    def test_holder_of_the_new_address_is_not_bothered(
        self, identity: ServiceUnderTest, post: MailServer, ada: Person
    ) -> None:
        add_member(identity, "Bob", email="new@example.org")
        self.moving(identity, ada)

        assert [message["To"] for message in sent(identity, post)] == ["ada@example.org"]

    def test_old_address_is_told_of_the_change(
        self, identity: ServiceUnderTest, post: MailServer, ada: Person
    ) -> None:
        set_address(identity, ada, "new@example.org")
        queue(identity, "address_changed", "ada@example.org", ada.id)

        [message] = sent(identity, post)

        assert (message["To"], message["Subject"]) == (
            "ada@example.org",
            "Votre adresse a changé",
        )

    def test_who_left_is_told_nothing(
        self, identity: ServiceUnderTest, post: MailServer, ada: Person
    ) -> None:
        queue(identity, "address_changed", "ada@example.org", ada.id)
        set_state(identity, ada, "left")

        assert not sent(identity, post)


class TestTooMuch:
    """What strangers and hosts may have written to one address."""

    def test_fourth_request_of_a_day_from_one_address_is_not_written(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        for _ in range(4):
            request = add_request(identity, expires_at=JOINED + 90 * DAY)
            queue(identity, "request_confirmation", "zoe@example.org", request)

        assert len(sent(identity, post)) == 3

    def test_sixth_invitation_of_a_week_to_one_address_is_not_written(
        self, identity: ServiceUnderTest, post: MailServer
    ) -> None:
        for index in range(6):
            host = add_member(identity, f"Host{index}")
            queue(identity, "invitation", "grace@example.org", add_invitation(identity, host))

        assert len(sent(identity, post)) == 5


def test_own_address_spelt_anew_is_asked_to_be_confirmed(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    ada = add_member(identity, "Ada", email="Ada@Example.org")
    answer = identity.as_member(ada).put(
        "/members/me/address", {"email": "ada@example.org", "password": PASSWORD}
    )

    messages = sent_now(identity, post)

    assert answer.status_code == 202
    assert [str(message["To"]) for message in messages] == ["Ada@Example.org", "ada@example.org"]


def sent_now(identity: ServiceUnderTest, post: MailServer) -> list[EmailMessage]:
    send(identity, settings_for(identity, url=post.plain_url), at=clock.now())
    return post.messages
