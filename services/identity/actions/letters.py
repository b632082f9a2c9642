"""What a queued mail says now, to whom and in which language, or that nothing is to be said.

Decided when it is sent, by who and what is there at that moment. The secret of its link is
made here, with the letter; of it only the hash is kept.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.mailing.addresses import key_of, keys_of
from chassis.mailing.failures import MailDelayed
from chassis.mailing.storage import WaitingMail
from services.identity import names, rules, tokens
from services.identity.actions import limits
from services.identity.mailing.letter import Letter, Named
from services.identity.models import (
    AddressChange,
    Credentials,
    Invitation,
    InvitationRequest,
    MailedToken,
    Member,
)

Person = tuple[Member, Credentials]


def write_letter(session: Session, *, mail: WaitingMail, public_url: str) -> Letter | None:
    """The letter of a mail, its link good from now on; None where there is none to send.

    Raises MailDelayed for a kind that only a newer release knows.
    """
    write = _WRITERS.get(mail.kind)
    if write is None:
        raise MailDelayed("This release knows no such kind of mail.")
    return write(session, mail, public_url.rstrip("/"))


def _write_invitation(
    session: Session, mail: WaitingMail, url: str, *, is_reminder: bool = False
) -> Letter | None:
    row = session.execute(
        select(Invitation, Member, InvitationRequest)
        .join(Member, Member.id == Invitation.sponsor_id)
        .outerjoin(InvitationRequest, InvitationRequest.id == Invitation.request_id)
        .where(Invitation.id == mail.subject_id)
    ).first()
    if row is None or not _is_open(row.Invitation, row.Member):
        return None
    invitation, sponsor, request = row
    email = request.email if request else invitation.email
    if not email:
        return None
    if not _may_write(session, mail, rules.INVITATION_ADDRESS, email):
        return None
    if invited := _find_holder(session, email):
        return None if is_reminder else _to_member("already_member", invited, url, sponsor)
    token = _mint(session, "invitation", invitation.id, until=invitation.expires_at)
    usual = "request_sponsored" if request else "invitation"
    return Letter(
        about=(sponsor.id,),
        kind="invitation_reminder" if is_reminder else usual,
        email=email,
        locale=(request or sponsor).locale,
        link=rules.join_url(url, token),
        facts={"inviter": _named(sponsor), "until": invitation.expires_at},
        note=invitation.note,
    )


def _write_request_confirmation(session: Session, mail: WaitingMail, url: str) -> Letter | None:
    request = session.get(InvitationRequest, mail.subject_id)
    if request is None or request.state != "unconfirmed" or request.expires_at <= clock.now():
        return None
    if not _may_write(session, mail, rules.REQUEST_ADDRESS, request.email):
        return None
    if member := _find_holder(session, request.email):
        return _to_member("request_by_member", member, url)
    until = min(clock.now() + rules.CONFIRMATION_LIFE, request.expires_at)
    token = _mint(session, "request", request.id, until=until)
    link = rules.confirm_url(url, token)
    # Not a word of the request: anybody may have given this address, with any name.
    return Letter("request_confirmation", request.email, request.locale, link)


def _write_password_reset(session: Session, mail: WaitingMail, url: str) -> Letter | None:
    person = _find_holder(session, mail.email)
    if person is None or person[0].state == "left":
        return None
    member, credentials = person
    # Held: a change of address that is under way comes first, and this mail is not for it.
    session.refresh(member, with_for_update={"read": True})
    session.refresh(credentials)
    if credentials.email_key not in keys_of(mail.email):
        return None
    about = (member.id,)
    if member.state == "suspended":
        # Whoever waits for a link in vain would think that mails get lost.
        return Letter("reset_refused", credentials.email, member.locale, link=None, about=about)
    token = _mint(session, "reset", member.id, until=clock.now() + rules.RESET_LIFE)
    # To the address that the member gave, not to the one typed now, which only folds to the
    # same key: a letter that looks alike may belong to another domain.
    link = rules.reset_url(url, token)
    return Letter("password_reset", credentials.email, member.locale, link, about=about)


def _write_old_address(session: Session, mail: WaitingMail, url: str) -> Letter | None:
    change = _find_change(session, mail)
    person = change and _find_person(session, Credentials.member_id == change.member_id)
    if change is None or change.old_confirmed_at is not None or not person:
        return None
    member, credentials = person
    link = rules.confirm_url(url, _mint_for_change(session, "old_address", change))
    facts, about = {"address": change.email}, (member.id,)
    return Letter("old_address", credentials.email, member.locale, link, facts, about)


def _write_new_address(session: Session, mail: WaitingMail, url: str) -> Letter | None:
    change = _find_change(session, mail)
    if change is None or change.new_confirmed_at is not None:
        return None
    others = Credentials.member_id != change.member_id
    # One's own, spelt anew, is not taken.
    if _find_person(session, Credentials.is_at(change.email) & others):
        return None
    member = session.get_one(Member, change.member_id)
    link = rules.confirm_url(url, _mint_for_change(session, "new_address", change))
    return Letter("new_address", change.email, member.locale, link, about=(member.id,))


def _write_own_address(session: Session, mail: WaitingMail, url: str) -> Letter | None:
    member = session.get(Member, mail.subject_id)
    if member is None or member.state != "active":
        return None
    # Held: a change of address that is under way comes first, and this mail is not for it.
    session.refresh(member, with_for_update={"read": True})
    known = session.get(Credentials, member.id)
    if known is None or known.confirmed_at is not None or known.email != mail.email:
        return None
    if not _may_write(session, mail, rules.OWN_ADDRESS, known.email):
        return None
    until = clock.now() + rules.CONFIRMATION_LIFE
    link = rules.confirm_url(url, _mint(session, "own_address", member.id, until=until))
    # Whose account it is: the address may be of somebody else, who would confirm for a stranger.
    facts = {"member": _named(member)}
    return Letter("own_address", known.email, member.locale, link, facts, (member.id,))


def _write_notice(session: Session, mail: WaitingMail, url: str) -> Letter | None:
    """To where the account was reached when it happened, while its member is here."""
    if mail.subject_id is None:
        person = _find_holder(session, mail.email)
    else:
        person = _find_person(session, Credentials.member_id == mail.subject_id)
    if person is None or person[0].state == "left":
        return None
    member, _ = person
    return Letter(mail.kind, mail.email, member.locale, link=None, about=(member.id,))


_WRITERS: dict[str, Callable[[Session, WaitingMail, str], Letter | None]] = {
    "invitation": _write_invitation,
    "invitation_reminder": partial(_write_invitation, is_reminder=True),
    "request_confirmation": _write_request_confirmation,
    "password_reset": _write_password_reset,
    "password_changed": _write_notice,
    "new_device": _write_notice,
    "address_changed": _write_notice,
    "old_address": _write_old_address,
    "new_address": _write_new_address,
    "own_address": _write_own_address,
}


def _to_member(kind: str, person: Person, url: str, inviter: Member | None = None) -> Letter | None:
    """What tells somebody that they are a member already; no token leaves with it."""
    member, credentials = person
    if member.state != "active":
        return None
    facts = {"inviter": _named(inviter)} if inviter else {}
    about = (member.id, inviter.id) if inviter else (member.id,)
    return Letter(kind, credentials.email, member.locale, f"{url}/", facts, about)


def _named(member: Member) -> Named:
    # Names of before today's rules may be links.
    return Named(member.name if names.find_mistake(member.name) is None else None, member.role)


def _may_write(session: Session, mail: WaitingMail, allowance: rules.Allowance, email: str) -> bool:
    """Whether strangers have not had too much written to this address; retries are not counted.

    Asked here and not where the mail is queued, so that nobody learns of it.
    """
    who = [key_of(email)]
    return mail.attempts > 1 or limits.take_if_left(session, allowance=allowance, who=who)


def _is_open(invitation: Invitation, sponsor: Member) -> bool:
    state = rules.invitation_state(
        used_at=invitation.used_at,
        revoked_at=invitation.revoked_at,
        expires_at=invitation.expires_at,
        now=clock.now(),
        sponsor_state=sponsor.state,
    )
    return state == "open"


def _find_person(session: Session, chosen: ColumnElement[bool]) -> Person | None:
    statement = select(Member, Credentials).join(Credentials).where(chosen)
    row = session.execute(statement).first()
    return (row.Member, row.Credentials) if row else None


def _find_holder(session: Session, email: str) -> Person | None:
    """Who signs in with an address, however it is spelt."""
    statement = select(Member, Credentials).join(Credentials).where(Credentials.is_at(email))
    row = session.execute(statement.order_by(Credentials.distance_to(email)).limit(1)).first()
    return (row.Member, row.Credentials) if row else None


def _find_change(session: Session, mail: WaitingMail) -> AddressChange | None:
    change = session.get(AddressChange, mail.subject_id)
    return change if change and change.expires_at > clock.now() else None


def _mint_for_change(session: Session, purpose: str, change: AddressChange) -> str:
    until = min(clock.now() + rules.ADDRESS_LIFE, change.expires_at)
    return _mint(session, purpose, change.id, until=until)


def _mint(session: Session, purpose: str, subject_id: UUID, *, until: datetime) -> str:
    """A secret that goes out; earlier ones stay good, for the mail may have arrived after all."""
    secret = tokens.new_secret()
    session.add(
        MailedToken(
            token_hash=tokens.digest(secret),
            purpose=purpose,
            subject_id=subject_id,
            expires_at=until,
        )
    )
    session.flush()
    return secret
