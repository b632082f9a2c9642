"""Leaving for good: whatever names a member is erased, their place in the tree stays."""

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import clock, erasure
from chassis.claims import Claims
from chassis.mailing.addresses import keys_of
from chassis.messaging.outbox import record
from services.identity import events, rules
from services.identity.actions import addresses, credentials, limits
from services.identity.actions.credentials import forget_address_change
from services.identity.actions.locks import lock_members, lock_sessions
from services.identity.actions.mails import forget_written
from services.identity.actions.requests import forget_requests
from services.identity.actions.sessions import Proof, forgive_tries
from services.identity.errors import (
    CredentialsWrong,
    LastAdministrator,
    MemberNotFound,
    PasswordWrong,
)
from services.identity.models import (
    Credentials,
    FirstStep,
    Invitation,
    KeywordFollowRef,
    Mail,
    MailedToken,
    Member,
    MemberSession,
    ModerationAct,
    Portrait,
    RefreshToken,
    SkillRef,
)


def allow_leaving(session: Session, *, proof: Proof, email: str, client: str) -> Member:
    """Whom a proved password lets take their data and leave, suspended or not.

    It opens no session. Raises CredentialsWrong where they left or the password changed.
    """
    credentials = session.get(Credentials, proof.member_id, populate_existing=True)
    if credentials is None or credentials.password_hash != proof.password_hash:
        raise CredentialsWrong
    forgive_tries(session, proof=proof, email=email, client=client)
    return session.get_one(Member, proof.member_id)


def allow_check(session: Session, *, actor: Claims) -> Credentials:
    """What the password of somebody who leaves is checked against, using up a try.

    A token for leaving has no session that could be closed, and is good for the suspended.
    Raises MemberNotFound or TooManyTries, and without such a token what
    `credentials.allow_check` raises.
    """
    if not actor.is_leaving:
        return credentials.allow_check(session, actor=actor)
    limits.take_try(session, allowance=rules.PASSWORD_AGAIN, who=[actor.id])
    known = session.get(Credentials, actor.id)
    if known is None:
        raise MemberNotFound
    return known


def leave(
    session: Session, *, member_id: UUID, removes_posts: bool, proven_hash: str | None
) -> None:
    """Erase a member, suspended or not; records `member.left`, which is final.

    Before it `address.confirmed`, where it was told.

    `removes_posts` takes what they wrote along. `proven_hash` is of the password that was
    shown, None where the operator acts. Raises MemberNotFound, LastAdministrator or
    PasswordWrong where it was changed meanwhile.
    """
    member = _lock_leaver(session, member_id)
    known = session.get_one(Credentials, member.id, populate_existing=True)
    if proven_hash not in (None, known.password_hash):
        raise PasswordWrong
    forget_written(session, email=known.email, member_id=member.id)
    _erase_words(session, member.id)
    _erase_address(session, known)
    _erase_rows(session, member.id)
    # What was kept with the name has the id as well.
    spellings = [known.email, *keys_of(known.email)]
    erasure.forget(session, actor_id=member.id, texts=spellings)
    addresses.tell_gone(session, known=known)
    session.delete(known)
    _erase_profile(member, removes_posts=removes_posts)
    record(session, events.left(member))


def _lock_leaver(session: Session, member_id: UUID) -> Member:
    """The member, locked together with all administrators where the leaver is one.

    The last two cannot leave at the same time. Raises MemberNotFound or LastAdministrator.
    """
    are_staff = select(Member.id).where(Member.role == "administrator", Member.state == "active")
    staff = set(session.scalars(are_staff))
    found = lock_members(session, staff | {member_id} if member_id in staff else {member_id})
    member = next((one for one in found if one.id == member_id), None)
    if member is None or member.state == "left":
        raise MemberNotFound
    if _is_administrator(member) and sum(map(_is_administrator, found)) < 2:
        raise LastAdministrator
    return member


def _is_administrator(member: Member) -> bool:
    return member.role == "administrator" and member.state == "active"


def _erase_address(session: Session, known: Credentials) -> None:
    """What was written for, or sent to, the address; and who once asked from it."""
    keys = keys_of(known.email)
    session.execute(delete(Mail).where(Mail.email_key.in_(keys)))
    session.execute(update(Invitation).where(Invitation.email.in_(keys)).values(email=None))
    forget_requests(session, email=known.email)


def _erase_rows(session: Session, member_id: UUID) -> None:
    """Rows that are there for the member alone."""
    forget_address_change(session, member_id=member_id)
    session.execute(delete(MailedToken).where(MailedToken.subject_id == member_id))
    session.execute(delete(Portrait).where(Portrait.member_id == member_id))
    # Locked first: a refresh that is under way would add a token in between.
    ids = lock_sessions(session, [member_id])
    session.execute(delete(RefreshToken).where(RefreshToken.session_id.in_(ids)))
    session.execute(delete(MemberSession).where(MemberSession.id.in_(ids)))
    for replica in (FirstStep, SkillRef, KeywordFollowRef):
        session.execute(delete(replica).where(replica.member_id == member_id))


def _erase_words(session: Session, member_id: UUID) -> None:
    """What they wrote to others and others about them; their open invitations end."""
    session.execute(
        update(Invitation)
        .where(Invitation.sponsor_id == member_id)
        .where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    session.execute(
        update(Invitation)
        .where((Invitation.sponsor_id == member_id) | (Invitation.invitee_id == member_id))
        .values(email=None, note="")
    )
    session.execute(
        update(ModerationAct).where(ModerationAct.member_id == member_id).values(reason="")
    )


def _erase_profile(member: Member, *, removes_posts: bool) -> None:
    member.call(None)
    member.headline = member.company = member.location = member.bio = ""
    member.portrait_url = member.inviting_stopped_reason = member.suspended_by_id = None
    member.organisation = None
    member.locale, member.role, member.state = "fr", "member", "left"
    member.is_proposable = member.is_sharing_first_steps = False
    member.is_without_posts = removes_posts
    member.revision += 1
