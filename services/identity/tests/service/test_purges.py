"""What is of no use any more goes, and nothing else."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.service import ServiceUnderTest
from services.identity import chores
from services.identity.actions import purges
from services.identity.models import (
    AddressChange,
    Base,
    Invitation,
    InvitationRequest,
    Limit,
    MailedToken,
    MemberSession,
    RefreshToken,
)
from services.identity.tests.factories import JOINED, add_member, invite
from services.identity.tests.mailbox import (
    add_invitation,
    add_request,
    change,
    mails,
    queue,
    settings_for,
)

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def purge(identity: ServiceUnderTest, *, at: datetime) -> bool:
    """One run of the worker's chore."""
    with clock.at(at):
        return chores.purge(identity.database, settings_for(identity))


def add(identity: ServiceUnderTest, *rows: Base) -> None:
    with identity.session() as session:
        for row in rows:
            session.add(row)
            session.flush()


def count(identity: ServiceUnderTest, kind: type[Any]) -> int:
    with identity.session() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def token(number: int, expires_at: datetime) -> MailedToken:
    return MailedToken(
        token_hash=bytes([number]), purpose="reset", subject_id=new_id(), expires_at=expires_at
    )


def session_of(member_id: UUID, *, opened_at: datetime, **more: Any) -> MemberSession:
    usual = {"expires_at": opened_at + 30 * DAY, "closed_at": None}
    return MemberSession(id=new_id(), member_id=member_id, opened_at=opened_at, **{**usual, **more})


def test_links_and_limits_go_when_they_are_over(identity: ServiceUnderTest) -> None:
    add(identity, token(1, JOINED), token(2, JOINED + SECOND))
    add(
        identity,
        Limit(key=b"1", full_at=JOINED),
        Limit(key=b"2", full_at=JOINED + SECOND),
    )

    purge(identity, at=JOINED)

    with identity.session() as session:
        assert session.scalars(select(MailedToken.token_hash)).all() == [b"\x02"]
        assert session.scalars(select(Limit.key)).all() == [b"2"]


def test_address_that_nobody_confirmed_in_time_goes(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    fields = {"email": "new@example.org", "email_key": "new@example.org", "member_id": ada.id}
    add(identity, AddressChange(id=new_id(), expires_at=JOINED + SECOND, **fields))

    purge(identity, at=JOINED)
    before = count(identity, AddressChange)
    purge(identity, at=JOINED + SECOND)

    assert (before, count(identity, AddressChange)) == (1, 0)


def test_sessions_over_for_a_week_go_with_all_their_tokens(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    closed = session_of(ada.id, opened_at=JOINED, closed_at=JOINED)
    expired = session_of(ada.id, opened_at=JOINED - 30 * DAY)
    fresh = session_of(ada.id, opened_at=JOINED, closed_at=JOINED + SECOND)
    still_open = session_of(ada.id, opened_at=JOINED)
    add(identity, closed, expired, fresh, still_open)
    parent_id = None
    for number, owner in enumerate((closed, closed, closed, expired, fresh, still_open)):
        parent_id = parent_id if owner is closed else None
        row = RefreshToken(
            id=new_id(),
            session_id=owner.id,
            parent_id=parent_id,
            token_hash=bytes([number]),
            created_at=JOINED,
        )
        add(identity, row)
        parent_id = row.id

    purge(identity, at=JOINED + 7 * DAY)

    with identity.session() as session:
        assert set(session.scalars(select(MemberSession.id))) == {fresh.id, still_open.id}
        assert set(session.scalars(select(RefreshToken.session_id))) == {fresh.id, still_open.id}


def test_request_whose_address_nobody_confirmed_goes_once_no_link_can_lead_to_it(
    identity: ServiceUnderTest,
) -> None:
    add_request(identity, expires_at=JOINED + 90 * DAY)

    purge(identity, at=JOINED + 7 * DAY - SECOND)
    before = count(identity, InvitationRequest)
    purge(identity, at=JOINED + 7 * DAY)

    assert (before, count(identity, InvitationRequest)) == (1, 0)


@pytest.mark.parametrize("state", ["waiting", "declined", "replaced"])
def test_request_that_came_to_nothing_goes_when_its_time_is_over(
    identity: ServiceUnderTest, state: str
) -> None:
    add_request(identity, state=state, expires_at=JOINED + 90 * DAY)

    purge(identity, at=JOINED + 90 * DAY - SECOND)
    before = count(identity, InvitationRequest)
    purge(identity, at=JOINED + 90 * DAY)

    assert (before, count(identity, InvitationRequest)) == (1, 0)


@pytest.mark.parametrize("end", ["used", "revoked", "expired"])
def test_sponsored_request_keeps_its_row_and_loses_who_asked_once_its_invitation_is_over(
    identity: ServiceUnderTest, end: str
) -> None:
    ada, zoe = add_member(identity, "Ada"), add_member(identity, "Zed")
    request_id = add_request(identity, state="sponsored", expires_at=JOINED + 90 * DAY)
    over_at = JOINED + 14 * DAY
    invitation_id = add_invitation(identity, ada, None, request_id=request_id)
    purge(identity, at=JOINED)
    assert request(identity, request_id).name == "Zoé Martin"
    if end == "used":
        close = {"used_at": over_at, "invitee_id": zoe.id}
    else:
        close = {"revoked_at": over_at} if end == "revoked" else {}
    change(identity, purges.Invitation, invitation_id, **close)

    purge(identity, at=over_at)

    row = request(identity, request_id)
    assert [row.name, row.email, row.email_key, row.motivation] == [""] * 4
    assert (row.link, row.keywords, row.keyword_slugs) == (None, [], [])
    assert (row.state, row.locale) == ("sponsored", "en")


def test_request_that_an_invitation_names_keeps_its_row_though_its_time_is_over(
    identity: ServiceUnderTest,
) -> None:
    """It went back to waiting when the invitation was taken back."""
    ada = add_member(identity, "Ada")
    request_id = add_request(identity, state="waiting", expires_at=JOINED + 90 * DAY)
    add_invitation(identity, ada, None, request_id=request_id, revoked_at=JOINED)

    purge(identity, at=JOINED + 90 * DAY - SECOND)
    before = request(identity, request_id).email
    purge(identity, at=JOINED + 90 * DAY)

    assert (before, request(identity, request_id).email) == ("zoe@example.org", "")


def test_dead_mail_goes_after_a_month_and_a_waiting_one_does_not(
    identity: ServiceUnderTest,
) -> None:
    queue(identity, "password_reset", "dead@example.org")
    change(identity, purges.Mail, mails(identity)[0].id, state="dead")
    queue(identity, "password_reset", "waiting@example.org")

    purge(identity, at=JOINED + 30 * DAY - SECOND)
    before = len(mails(identity))
    purge(identity, at=JOINED + 30 * DAY)

    assert before == 2
    assert [mail.email for mail in mails(identity)] == ["waiting@example.org"]


def test_much_goes_in_pieces(identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    add(identity, *(token(number, JOINED) for number in range(3)))
    monkeypatch.setattr(purges, "BATCH", 2)

    more_waits = [purge(identity, at=JOINED), purge(identity, at=JOINED)]

    assert more_waits == [True, False] and not count(identity, MailedToken)


def test_what_another_worker_holds_is_left_to_it(identity: ServiceUnderTest) -> None:
    add(identity, token(1, JOINED), token(2, JOINED))

    with identity.session() as session:
        session.get_one(MailedToken, b"\x01", with_for_update=True)
        purge(identity, at=JOINED)
        left = count(identity, MailedToken)

    assert left == 1


def request(identity: ServiceUnderTest, request_id: UUID) -> InvitationRequest:
    with identity.session() as session:
        return session.get_one(InvitationRequest, request_id)


def test_who_was_invited_and_did_not_come_is_forgotten_a_month_later(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    with clock.at(JOINED):
        made = invite(identity, ada, email="grace@example.org", note="Viens !")
    ended = JOINED + 14 * DAY

    purge(identity, at=ended + 30 * DAY - SECOND)
    with identity.session() as session:
        before = session.get_one(Invitation, made["id"]).email
    purge(identity, at=ended + 30 * DAY)

    with identity.session() as session:
        kept = session.get_one(Invitation, made["id"])
    assert (before, kept.email, kept.note) == ("grace@example.org", None, "")
