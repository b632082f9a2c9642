"""Reading members and the tree of who invited whom."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from chassis.pages import Page, list_page
from services.identity import rules
from services.identity.errors import MemberNotFound
from services.identity.models import Credentials, Member


@dataclass(frozen=True)
class MemberView:
    """A member as all members see them."""

    id: UUID
    name: str
    headline: str
    company: str
    location: str
    bio: str
    portrait_url: str | None
    locale: str
    role: str
    sponsor: Member | None
    joined_at: datetime


def get_member(session: Session, *, member_id: UUID) -> MemberView:
    """One member with who invited them; raises MemberNotFound."""
    sponsor = aliased(Member)
    statement = (
        select(Member, sponsor)
        .outerjoin(sponsor, sponsor.id == Member.sponsor_id)
        .where(Member.id == member_id)
    )
    row = session.execute(statement).first()
    if row is None:
        raise MemberNotFound
    member, invited_by = row
    return MemberView(
        id=member.id,
        name=member.name,
        headline=member.headline,
        company=member.company,
        location=member.location,
        bio=member.bio,
        portrait_url=member.portrait_url,
        locale=member.locale,
        role=member.role,
        sponsor=invited_by,
        joined_at=member.joined_at,
    )


def list_invitees(session: Session, *, member_id: UUID, limit: int, cursor: str | None) -> Page:
    """Who joined by a member's invitations, the latest first; raises MemberNotFound."""
    if not session.scalar(select(exists().where(Member.id == member_id))):
        raise MemberNotFound
    page = list_page(
        session,
        select(Member).where(Member.sponsor_id == member_id),
        sort_key=[Member.joined_at, Member.id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(lambda rows: [row[0] for row in rows])


def find_credentials(session: Session, *, email: str) -> Credentials | None:
    """What the holder of an address signs in with, however it is spelt."""
    return session.scalar(
        select(Credentials).where(Credentials.email_key == rules.email_key(email))
    )
