"""Joining, and who may act."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from services.identity import events, rules
from services.identity.actions.invitations import lock_open_invitation
from services.identity.errors import EmailUnusable
from services.identity.models import Credentials, Invitation, Member


def join(
    session: Session, *, token: str, name: str, email: str, password_hash: str, locale: str
) -> UUID:
    """Make the holder of an invitation a member; records `member.joined`.

    Raises InvitationNotFound, the errors of NOT_OPEN, or EmailUnusable.
    """
    # The row lock lets one joiner pass; a twin waits for it and finds the invitation used.
    invitation = lock_open_invitation(session, token=token)
    member = _new_member(invitation, name=name, locale=locale)
    session.add(member)
    session.flush()
    invitation.used_at, invitation.invitee_id = member.joined_at, member.id
    _add_credentials(session, member.id, email=email, password_hash=password_hash)
    record(session, events.joined(member))
    return member.id


def _new_member(invitation: Invitation, *, name: str, locale: str) -> Member:
    return Member(
        id=new_id(),
        name=name,
        name_words=rules.name_words(name),
        headline="",
        company="",
        location="",
        bio="",
        portrait_url=None,
        locale=locale,
        role=invitation.role,
        state="active",
        sponsor_id=invitation.sponsor_id,
        joined_at=clock.now(),
        revision=1,
    )


def _add_credentials(session: Session, member_id: UUID, *, email: str, password_hash: str) -> None:
    row = insert(Credentials).values(
        member_id=member_id,
        email=email,
        email_key=rules.email_key(email),
        password_hash=password_hash,
    )
    added = session.execute(
        row.on_conflict_do_nothing(index_elements=["email_key"]).returning(Credentials.member_id)
    )
    # This tells that the address is known, but only to who holds an open invitation: a
    # stranger cannot ask, and who may join must learn why they did not.
    if added.first() is None:
        raise EmailUnusable
