"""Passwords and addresses: setting a forgotten one, changing a known one."""

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.mailing.addresses import key_of, keys_of
from services.identity import passwords, rules, tokens
from services.identity.access import get_active, require_active
from services.identity.actions import addresses, agreements, limits, requests, sessions
from services.identity.actions.mails import queue_mail
from services.identity.errors import EmailUnusable, LinkInvalid, PasswordWrong
from services.identity.models import (
    AddressChange,
    Credentials,
    Invitation,
    Mail,
    MailedToken,
    Member,
)


def ask_for_reset(session: Session, *, email: str, client: str) -> None:
    """Let the worker mail a link, if anybody has the address; raises TooManyTries.

    What happens here is the same for every address.
    """
    limits.take_try(session, allowance=rules.RESET_ADDRESS, who=[key_of(email)])
    limits.take_try(session, allowance=rules.RESET_CLIENT, who=[client])
    queue_mail(session, kind="password_reset", email=email)


def reset_password(session: Session, *, token: str, password_hash: str) -> None:
    """Set a new password by a mailed link, which works once, and close every session.

    Whoever has the link reads mail at the address. Raises LinkInvalid or MemberSuspended.
    """
    mailed = _get_token(session, token, "reset")
    member = get_active(session, mailed.subject_id, is_locked=True)
    # Once more under the member's lock, the first of all locks: a twin may have used it.
    _get_token(session, token, "reset")
    _set_password(session, member, password_hash)
    addresses.believe_address(session, known=session.get_one(Credentials, member.id))
    limits.forget_tries(session, allowance=rules.PASSWORD_AGAIN, who=[member.id])
    sessions.close_sessions(session, [member.id])


def allow_check(session: Session, *, actor: Claims) -> Credentials:
    """What the actor's password is checked against, using up a try.

    Raises MemberNotFound, MemberSuspended or TooManyTries.
    """
    member = require_active(session, actor)
    limits.take_try(session, allowance=rules.PASSWORD_AGAIN, who=[member.id])
    return session.get_one(Credentials, member.id)


def require_password(credentials: Credentials, *, password: str) -> None:
    """Takes no session: no connection waits while it hashes. Raises PasswordWrong."""
    if not passwords.verify_password(credentials.password_hash, password):
        raise PasswordWrong


def change_password(
    session: Session, *, actor: Claims, proven_hash: str, password_hash: str
) -> None:
    """Set a new password for who proved to know the old one, and close their other sessions.

    Raises MemberNotFound, MemberSuspended or PasswordWrong.
    """
    member = require_active(session, actor, is_locked=True)
    _require_unchanged(session, member, proven_hash)
    limits.forget_tries(session, allowance=rules.PASSWORD_AGAIN, who=[member.id])
    _set_password(session, member, password_hash)
    sessions.close_sessions(session, [member.id], but=actor.session_id)


def ask_for_address(
    session: Session, *, actor: Claims, proven_hash: str, email: str
) -> AddressChange:
    """Begin a change of address, to be confirmed at the old one and at the new one.

    An earlier one that was not finished is given up. Raises MemberNotFound,
    MemberSuspended, PasswordWrong or TooManyTries.
    """
    member = require_active(session, actor, is_locked=True)
    _require_unchanged(session, member, proven_hash)
    limits.forget_tries(session, allowance=rules.PASSWORD_AGAIN, who=[member.id])
    limits.take_try(session, allowance=rules.ADDRESS_CHANGES, who=[member.id])
    forget_address_change(session, member_id=member.id)
    change = AddressChange(
        id=new_id(),
        member_id=member.id,
        email=email,
        email_key=key_of(email),
        expires_at=clock.now() + rules.ADDRESS_LIFE,
    )
    session.add(change)
    session.flush()
    known = session.get_one(Credentials, member.id)
    queue_mail(session, kind="old_address", email=known.email, subject_id=change.id)
    queue_mail(session, kind="new_address", email=email, subject_id=change.id)
    return change


def confirm_address(session: Session, *, token: str) -> None:
    """Believe an address, because somebody read a mail there.

    For a request and for one's own the first time is enough; a change of address counts once
    both are confirmed. Doing so again changes nothing, as long as the link is good. Raises
    LinkInvalid, RequestClosed, EmailUnusable or MemberSuspended.
    """
    mailed = _get_token(session, token, "request", "own_address", "old_address", "new_address")
    if mailed.purpose == "request":
        requests.confirm_request(session, request_id=mailed.subject_id)
    elif mailed.purpose == "own_address":
        _confirm_own(session, token, mailed.subject_id)
    else:
        _confirm_change(session, mailed)


def forget_address_change(session: Session, *, member_id: UUID) -> None:
    """Forget a change of address, finished or not, with its links and mails."""
    statement = delete(AddressChange).where(AddressChange.member_id == member_id)
    gone = session.scalars(statement.returning(AddressChange.id)).all()
    session.execute(delete(MailedToken).where(MailedToken.subject_id.in_(gone)))
    session.execute(delete(Mail).where(Mail.subject_id.in_(gone)))


def _confirm_own(session: Session, token: str, member_id: UUID) -> None:
    member = get_active(session, member_id, is_locked=True)
    # Once more under the member's lock: their address may be another since, and the link gone.
    _get_token(session, token, "own_address")
    known = session.get_one(Credentials, member.id, populate_existing=True)
    addresses.believe_address(session, known=known)


def _confirm_change(session: Session, mailed: MailedToken) -> None:
    statement = select(AddressChange).where(AddressChange.id == mailed.subject_id)
    found = session.scalar(statement)
    if found is None:
        raise LinkInvalid
    member = get_active(session, found.member_id, is_locked=True)
    # Under the member's lock, under which changes come and go.
    change = session.scalar(statement.execution_options(populate_existing=True))
    if change is None:
        raise LinkInvalid
    if change.is_done:
        return
    if mailed.purpose == "old_address":
        change.old_confirmed_at = change.old_confirmed_at or clock.now()
    else:
        change.new_confirmed_at = change.new_confirmed_at or clock.now()
    if change.is_done:
        _change_address(session, member, change)


def _change_address(session: Session, member: Member, change: AddressChange) -> None:
    known = session.get_one(Credentials, member.id, populate_existing=True)
    queue_mail(session, kind="address_changed", email=known.email, subject_id=member.id)
    old_email = known.email
    known.email, known.email_key = change.email, change.email_key
    known.confirmed_at = None  # until the line that believes the new one
    try:
        session.flush()
    except IntegrityError as error:
        # Whoever reads mail at both addresses may know that one is taken.
        raise EmailUnusable from error
    addresses.believe_address(session, known=known)
    agreements.end_elsewhere(session, member=member, known=known)
    session.execute(delete(MailedToken).where(MailedToken.subject_id == member.id))
    # The change stays, done, until its links end: a second click finds that it worked.
    session.execute(delete(Mail).where(Mail.subject_id == change.id))
    # What others wrote of the old address, or was asked from it, is nobody's any more.
    named = Invitation.email.in_(keys_of(old_email))
    session.execute(update(Invitation).where(named).values(email=None))
    requests.forget_requests(session, email=old_email)


def _set_password(session: Session, member: Member, password_hash: str) -> None:
    credentials = session.get_one(Credentials, member.id, populate_existing=True)
    credentials.password_hash = password_hash
    # No other link that was mailed sets it once more, and no address follows that somebody
    # else, who knew the old one, may have given.
    theirs = MailedToken.subject_id == member.id, MailedToken.purpose == "reset"
    session.execute(delete(MailedToken).where(*theirs))
    forget_address_change(session, member_id=member.id)
    queue_mail(session, kind="password_changed", email=credentials.email, subject_id=member.id)


def _require_unchanged(session: Session, member: Member, proven_hash: str) -> None:
    """Raises PasswordWrong where the password was set anew since it was shown."""
    credentials = session.get_one(Credentials, member.id, populate_existing=True)
    if credentials.password_hash != proven_hash:
        raise PasswordWrong


def _get_token(session: Session, token: str, *purposes: str) -> MailedToken:
    statement = (
        select(MailedToken)
        .where(MailedToken.token_hash == tokens.digest(token))
        .where(MailedToken.purpose.in_(purposes), MailedToken.expires_at > clock.now())
    )
    mailed = session.scalar(statement)
    if mailed is None:
        raise LinkInvalid
    return mailed
