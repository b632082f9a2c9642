"""Hiding a skill of one's own."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from chassis import members
from chassis.claims import Claims
from services.skills import access
from services.skills.errors import AttributionNotFound
from services.skills.models import Attribution, MemberRef


def hide_skill(session: Session, *, actor: Claims, slug: str, is_hidden: bool) -> None:
    """Show a skill of the actor's to others, or not; raises AttributionNotFound.

    By its own slug, or one that leads to it. What it proves goes on being counted, for them to see.
    """
    members.require_active(session, MemberRef, actor)
    mine = select(Attribution).where(Attribution.member_id == actor.id)
    mine = mine.where(Attribution.skill_id.in_(access.meant_by(array([slug]))))
    attribution = session.scalar(mine.with_for_update())
    if attribution is None:
        raise AttributionNotFound
    attribution.is_hidden = is_hidden
