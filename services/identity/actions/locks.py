"""The order of locks, for everything that identity writes: organisations, members, invitations,
requests, sessions, refresh tokens.

Each is locked before anything is read that it decides, several of one kind in the order of
their ids, and none while one of an earlier kind is still to come: so two transactions wait
for each other and never crosswise. The member who acts is locked where their right to act is
looked up (`access.py`), before all others. Chores that take what nobody has locked (SKIP
LOCKED) wait for nothing and stand outside the order.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.orm import Session

from chassis.pages import AnySelect
from chassis.statements import Statement
from services.identity import tokens
from services.identity.errors import OrganisationNotFound
from services.identity.models import (
    Invitation,
    InvitationRequest,
    Member,
    MemberSession,
    Organisation,
    RefreshToken,
)


def lock_members(session: Session, member_ids: Collection[UUID]) -> Sequence[Member]:
    """Members as they are now; others may refer to them meanwhile, nobody may change them."""
    statement = select(Member).where(Member.id.in_(member_ids)).order_by(Member.id)
    statement = statement.with_for_update(key_share=True)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def lock_organisation(session: Session, *, slug: str) -> Organisation:
    """An organisation that changes: nobody agrees meanwhile. Raises OrganisationNotFound."""
    statement = select(Organisation).where(Organisation.slug == slug)
    return _found(session.scalar(statement.with_for_update(key_share=True)))


def hold_organisation(session: Session, *, slug: str) -> Organisation:
    """One that stays as it is while members agree. Raises OrganisationNotFound."""
    statement = select(Organisation).where(Organisation.slug == slug)
    return _found(session.scalar(statement.with_for_update(read=True)))


def lock_agreed(session: Session, *, slug: str, actor_id: UUID) -> Sequence[Member]:
    """Everybody who agreed to be seen in a locked organisation, and who acts on it."""
    statement = select(Member).where((Member.organisation == slug) | (Member.id == actor_id))
    statement = statement.order_by(Member.id).with_for_update(key_share=True)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def hold_states(session: Session, member_ids: Collection[UUID]) -> dict[UUID, str]:
    """The members' states, which stay as they are; others may hold them as well.

    So nobody leaves or is suspended between this and what follows from it.
    """
    rows = _STATES.rows(session, member_ids=list(member_ids))
    return {row.id: row.state for row in rows}


def lock_invitation(session: Session, *, invitation_id: UUID) -> Invitation | None:
    statement = select(Invitation).where(Invitation.id == invitation_id).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def lock_request(session: Session, *, request_id: UUID) -> InvitationRequest | None:
    statement = select(InvitationRequest).where(InvitationRequest.id == request_id)
    return session.scalar(statement.with_for_update())


def lock_requests_from(
    session: Session, email_keys: Collection[str]
) -> Sequence[InvitationRequest]:
    """Everything that was ever asked from an address."""
    statement = select(InvitationRequest).where(InvitationRequest.email_key.in_(email_keys))
    statement = statement.order_by(InvitationRequest.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def lock_session(session: Session, *, session_id: UUID, member_id: UUID) -> MemberSession | None:
    """A session, if it is the member's."""
    named = MemberSession.id == session_id, MemberSession.member_id == member_id
    return session.scalar(select(MemberSession).where(*named).with_for_update())


def lock_sessions(
    session: Session, member_ids: Collection[UUID], *, opened_only: bool = False
) -> Sequence[UUID]:
    """All sessions of some members, or those that are not closed: nothing is rotated in them."""
    statement = select(MemberSession.id).where(MemberSession.member_id.in_(member_ids))
    if opened_only:
        statement = statement.where(MemberSession.closed_at.is_(None))
    return session.scalars(statement.order_by(MemberSession.id).with_for_update()).all()


def lock_family(
    session: Session, *, refresh_token: str
) -> tuple[RefreshToken | None, MemberSession | None]:
    """A refresh token and its session: twins rotate one after the other."""
    named = RefreshToken.token_hash == tokens.digest(refresh_token)
    family = session.scalar(
        select(MemberSession)
        .where(MemberSession.id.in_(select(RefreshToken.session_id).where(named)))
        .with_for_update()
    )
    return session.scalar(select(RefreshToken).where(named).with_for_update()), family


def _found(organisation: Organisation | None) -> Organisation:
    if organisation is None:
        raise OrganisationNotFound
    return organisation


def _select_states() -> AnySelect:
    named = Member.id == any_(bindparam("member_ids", type_=ARRAY(Uuid)))
    rows = select(Member.id, Member.state).where(named)
    return rows.order_by(Member.id).with_for_update(read=True)


_STATES = Statement(_select_states())
