"""What time has made useless, deleted in pieces: each action returns whether more is left.

Rows that another transaction holds are left to the next time.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from chassis import clock
from services.identity.models import (
    AddressChange,
    Invitation,
    InvitationRequest,
    Limit,
    Mail,
    MailedToken,
    MemberSession,
    RefreshToken,
)

BATCH = 1000
# A session of a busy month has some 4,000 tokens.
SESSIONS = 20
SESSION_KEPT = timedelta(days=7)
# Longer than any link to it is good: the last attempt to mail one is made after 44 hours 36
# minutes, and its link lives for 48 more.
UNCONFIRMED_KEPT = timedelta(days=7)
DEAD_KEPT = timedelta(days=30)
UNUSED_KEPT = timedelta(days=30)


def purge_mailed_tokens(session: Session) -> bool:
    """Links that lead nowhere any more."""
    return _delete(session, MailedToken.token_hash, MailedToken.expires_at <= clock.now())


def purge_address_changes(session: Session) -> bool:
    """Addresses that nobody confirmed in time."""
    return _delete(session, AddressChange.id, AddressChange.expires_at <= clock.now())


def purge_limits(session: Session) -> bool:
    """Allowances that are whole again."""
    return _delete(session, Limit.key, Limit.full_at <= clock.now())


def purge_dead_mails(session: Session) -> bool:
    """What the operator had a month to look at: it names an address."""
    is_old = Mail.next_try_at <= clock.now() - DEAD_KEPT
    return _delete(session, Mail.id, Mail.state == "dead", is_old)


def purge_sessions(session: Session) -> bool:
    """Sessions over for a week, with their tokens: until then, a stolen one is recognised."""
    before = clock.now() - SESSION_KEPT
    over = or_(MemberSession.closed_at <= before, MemberSession.expires_at <= before)
    chosen = select(MemberSession.id).where(over).limit(SESSIONS).with_for_update(skip_locked=True)
    ids = session.scalars(chosen).all()
    # A token names the one before it: all of a family go in one statement.
    session.execute(delete(RefreshToken).where(RefreshToken.session_id.in_(ids)))
    session.execute(delete(MemberSession).where(MemberSession.id.in_(ids)))
    return len(ids) == SESSIONS


def purge_requests(session: Session) -> bool:
    """Requests whose address was not confirmed, and those whose time is over."""
    now = clock.now()
    unconfirmed = InvitationRequest.state == "unconfirmed"
    is_over = or_(
        unconfirmed & (InvitationRequest.created_at <= now - UNCONFIRMED_KEPT),
        InvitationRequest.state.in_(["waiting", "declined", "replaced"])
        & (InvitationRequest.expires_at <= now),
    )
    return _delete(session, InvitationRequest.id, is_over, ~exists().where(_OF_REQUEST))


def erase_requests(session: Session) -> bool:
    """Forget who asked, where no invitation made for the request is open any more.

    The row stays, for the invitation names it.
    """
    now = clock.now()
    is_open = Invitation.used_at.is_(None) & Invitation.revoked_at.is_(None)
    is_open &= Invitation.expires_at > now
    is_over = or_(
        InvitationRequest.state == "sponsored",
        InvitationRequest.state.in_(["declined", "replaced"]),
        InvitationRequest.expires_at <= now,
    )
    chosen = (
        select(InvitationRequest.id)
        .where(InvitationRequest.email_key != "", is_over, exists().where(_OF_REQUEST))
        .where(~exists().where(_OF_REQUEST, is_open))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(chosen).all()
    nothing: dict[str, Any] = dict.fromkeys(("name", "email", "email_key", "motivation"), "")
    nothing |= {"link": None, "keywords": [], "keyword_slugs": []}
    statement = update(InvitationRequest).where(InvitationRequest.id.in_(ids))
    session.execute(statement.values(nothing))
    return len(ids) == BATCH


def erase_invitations(session: Session) -> bool:
    """Forget people who were invited and did not come, a month after the invitation ended."""
    before = clock.now() - UNUSED_KEPT
    is_over = or_(Invitation.revoked_at <= before, Invitation.expires_at <= before)
    names = or_(Invitation.email.is_not(None), Invitation.note != "")
    chosen = (
        select(Invitation.id)
        .where(Invitation.used_at.is_(None), is_over, names)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(chosen).all()
    statement = update(Invitation).where(Invitation.id.in_(ids))
    session.execute(statement.values(email=None, note=""))
    return len(ids) == BATCH


_OF_REQUEST = Invitation.request_id == InvitationRequest.id


def _delete(session: Session, key: Any, *conditions: Any) -> bool:
    """Delete some rows; returns whether there may be more."""
    chosen = select(key).where(*conditions).limit(BATCH).with_for_update(skip_locked=True)
    keys = session.scalars(chosen).all()
    session.execute(delete(key.class_).where(key.in_(keys)))
    return len(keys) == BATCH
