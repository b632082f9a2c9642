"""Whether members read mail at their address: asking them, and believing them."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.mailing.addresses import key_of
from chassis.messaging.outbox import record
from services.identity import events, rules, tokens
from services.identity.access import require_active
from services.identity.actions import limits
from services.identity.actions.mails import queue_mail
from services.identity.models import Credentials, Invitation, InvitationRequest, MailedToken


def ask_newcomer(session: Session, *, member_id: UUID) -> None:
    """Let the worker mail a link to who has just joined, unless joining showed enough."""
    known = session.get_one(Credentials, member_id)
    if known.confirmed_at is None:
        queue_mail(session, kind="own_address", email=known.email, subject_id=member_id)


def mail_link(session: Session, *, actor: Claims) -> None:
    """Mail the link once more; nothing where the address is confirmed.

    Raises MemberNotFound, MemberSuspended or TooManyTries.
    """
    member = require_active(session, actor, is_locked=True)
    known = session.get_one(Credentials, member.id, populate_existing=True)
    if known.confirmed_at is None:
        limits.take_try(session, allowance=rules.OWN_ADDRESS_MAILS, who=[member.id])
        queue_mail(session, kind="own_address", email=known.email, subject_id=member.id)


def believe_address(session: Session, *, known: Credentials) -> None:
    """Note that mail is read at an address; records `address.confirmed` the first time.

    For who holds the member's lock.
    """
    if known.confirmed_at is None:
        known.confirmed_at, known.revision = clock.now(), known.revision + 1
        record(session, events.address_confirmed(known))


def believe_invitee(
    session: Session, *, known: Credentials, invitation: Invitation, token: str
) -> None:
    """The same where a token was mailed to the very address that somebody joined with.

    The link that their sponsor copied shows nothing: anybody may have got it in any way.
    """
    mailed = session.get(MailedToken, tokens.digest(token))
    if mailed is None or mailed.purpose != "invitation":
        return
    email = invitation.email
    if invitation.request_id is not None:
        email = session.get_one(InvitationRequest, invitation.request_id).email
    if email and key_of(email) == key_of(known.email):
        believe_address(session, known=known)


def tell_gone(session: Session, *, known: Credentials) -> None:
    """Somebody leaves: records that they have no address, where it was told."""
    if known.revision:
        record(session, events.address_gone(known))
