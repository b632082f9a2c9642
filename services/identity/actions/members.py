"""Joining, and how members are shown."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.mailing.addresses import key_of
from chassis.messaging.outbox import record
from services.identity import events, rules, tokens
from services.identity.access import require_active
from services.identity.actions import addresses, limits
from services.identity.actions.invitations import lock_open_invitation
from services.identity.actions.naming import rename
from services.identity.actions.requests import close_requests
from services.identity.errors import EmailUnusable
from services.identity.models import Credentials, Invitation, Member


def allow_try(session: Session, *, token: str, client: str) -> None:
    """Use up a try of joining, of the client and of whoever invited; raises TooManyTries."""
    limits.take_try(session, allowance=rules.JOIN_CLIENT, who=[client])
    opened = select(Invitation.id, Invitation.sponsor_id)
    found = session.execute(opened.where(Invitation.opened_by(tokens.digest(token)))).first()
    if found:
        host = found.sponsor_id or found.id
        limits.take_try(session, allowance=rules.JOIN_SPONSOR, who=[host])


def join(
    session: Session,
    *,
    token: str,
    name: str,
    email: str,
    password_hash: str,
    locale: str,
    is_sharing_first_steps: bool,
    client: str,
) -> UUID:
    """Make the holder of an invitation a member; records `member.joined`.

    Where the token was mailed to the address, `address.confirmed` follows. The try was no
    failure and is given back: a whole company may join from one address.

    `is_sharing_first_steps` lets their sponsor see their first post and skill. Raises
    InvitationNotFound, the errors of NOT_OPEN, NameTaken or EmailUnusable.
    """
    # The row lock lets one joiner pass; a twin waits for it and finds the invitation used.
    invitation = lock_open_invitation(session, token=token)
    member = _new_member(invitation, locale=locale, is_sharing_first_steps=is_sharing_first_steps)
    rename(session, member=member, name=name)
    session.add(member)
    session.flush()
    invitation.used_at, invitation.invitee_id = member.joined_at, member.id
    known = _add_credentials(session, member.id, email=email, password_hash=password_hash)
    close_requests(session, email=email)
    limits.give_back(session, allowance=rules.JOIN_CLIENT, who=[client])
    host = invitation.sponsor_id or invitation.id
    limits.give_back(session, allowance=rules.JOIN_SPONSOR, who=[host])
    record(session, events.joined(member))
    addresses.believe_invitee(session, known=known, invitation=invitation, token=token)
    return member.id


def update_profile(session: Session, *, actor: Claims, changes: Mapping[str, Any]) -> None:
    """Change how a member is shown; records `member.updated` when others are told of it.

    Raises MemberNotFound, MemberSuspended or NameTaken.
    """
    member = require_active(session, actor, is_locked=True)
    before = events.updated(member)
    for field, value in changes.items():
        if field != "name":
            setattr(member, field, value)
    if "name" in changes:
        rename(session, member=member, name=changes["name"])
    if events.updated(member) != before:
        member.revision += 1
        record(session, events.updated(member))


def _new_member(invitation: Invitation, *, locale: str, is_sharing_first_steps: bool) -> Member:
    return Member(
        id=new_id(),
        headline="",
        company="",
        location="",
        bio="",
        portrait_url=None,
        locale=locale,
        role=invitation.role,
        state="active",
        is_proposable=True,
        asks_per_week=3,
        is_sharing_first_steps=is_sharing_first_steps,
        is_without_posts=False,
        organisation=None,
        sponsor_id=invitation.sponsor_id,
        joined_at=clock.now(),
        revision=1,
    )


def _add_credentials(
    session: Session, member_id: UUID, *, email: str, password_hash: str
) -> Credentials:
    # Nobody has it under a key of before; twins with today's key meet at the constraint.
    if session.scalar(select(exists().where(Credentials.is_at(email)))):
        raise EmailUnusable
    row = insert(Credentials).values(
        member_id=member_id,
        email=email,
        email_key=key_of(email),
        password_hash=password_hash,
    )
    added = session.execute(
        row.on_conflict_do_nothing(index_elements=["email_key"]).returning(Credentials.member_id)
    )
    # This tells that the address is known, but only to who holds an open invitation: a
    # stranger cannot ask, and who may join must learn why they did not.
    if added.first() is None:
        raise EmailUnusable
    return session.get_one(Credentials, member_id)
