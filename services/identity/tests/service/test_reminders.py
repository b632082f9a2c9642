"""Who was invited by mail and did not come is reminded, once."""

from datetime import datetime, timedelta

import pytest

from chassis import clock
from chassis.testing.service import ServiceUnderTest
from services.identity import chores
from services.identity.actions import reminders
from services.identity.models import Invitation
from services.identity.tests.factories import JOINED, add_member, at_once, set_state
from services.identity.tests.mailbox import (
    add_invitation,
    add_request,
    change,
    mails,
    settings_for,
)

DAY = timedelta(days=1)
WEEK_LATER = JOINED + 7 * DAY


def remind(identity: ServiceUnderTest, *, at: datetime = WEEK_LATER) -> bool:
    with clock.at(at):
        return chores.remind(identity.database, settings_for(identity))


def test_reminder_is_queued_a_week_after_and_never_again(identity: ServiceUnderTest) -> None:
    invitation_id = add_invitation(identity, add_member(identity, "Ada"))

    remind(identity, at=WEEK_LATER - timedelta(seconds=1))
    before = mails(identity)
    for day in range(3):
        remind(identity, at=WEEK_LATER + day * DAY)

    [mail] = mails(identity)
    assert not before
    assert (mail.kind, mail.email, mail.subject_id) == (
        "invitation_reminder",
        "grace@example.org",
        invitation_id,
    )
    with identity.session() as session:
        assert session.get_one(Invitation, invitation_id).reminded_at == WEEK_LATER


def test_sponsored_request_is_reminded_at_its_own_address(identity: ServiceUnderTest) -> None:
    request_id = add_request(identity, state="sponsored", expires_at=JOINED + 90 * DAY)
    add_invitation(identity, add_member(identity, "Ada"), None, request_id=request_id)

    remind(identity)

    assert [mail.email for mail in mails(identity)] == ["zoe@example.org"]


@pytest.mark.parametrize(
    "closed",
    [
        {"is_mailed": False},
        {"revoked_at": JOINED},
        {"expires_at": WEEK_LATER},
        {"reminded_at": JOINED},
        {"sponsor_id": None},
    ],
)
def test_who_could_not_use_it_or_got_no_mail_is_not_reminded(
    identity: ServiceUnderTest, closed: dict[str, object]
) -> None:
    invitation_id = add_invitation(identity, add_member(identity, "Ada"))
    change(identity, Invitation, invitation_id, **closed)

    remind(identity)

    assert not mails(identity)


def test_who_came_is_not_reminded(identity: ServiceUnderTest) -> None:
    invitation_id = add_invitation(identity, add_member(identity, "Ada"))
    grace = add_member(identity, "Grace")
    change(identity, Invitation, invitation_id, used_at=JOINED, invitee_id=grace.id)

    remind(identity)

    assert not mails(identity)


def test_nobody_is_reminded_of_a_suspended_sponsor_until_they_are_back(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    add_invitation(identity, ada)
    set_state(identity, ada, "suspended")

    remind(identity)
    before = mails(identity)
    set_state(identity, ada, "active")
    remind(identity)

    assert not before and len(mails(identity)) == 1


def test_two_workers_at_once_remind_each_invitee_once(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    for number in range(10):
        add_invitation(identity, ada, f"{number}@example.org")

    at_once(
        identity,
        "LOCK TABLE invitations IN ACCESS EXCLUSIVE MODE",
        [lambda: remind(identity)] * 2,
    )

    assert sorted(mail.email for mail in mails(identity)) == [
        f"{number}@example.org" for number in range(10)
    ]


def test_many_are_reminded_in_pieces(
    identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = add_member(identity, "Ada")
    for number in range(3):
        add_invitation(identity, ada, f"{number}@example.org")
    monkeypatch.setattr(reminders, "BATCH", 2)

    assert [remind(identity), remind(identity)] == [True, False]
    assert len(mails(identity)) == 3
