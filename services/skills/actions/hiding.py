"""Hiding a skill of one's own."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import members
from chassis.claims import Claims
from services.skills.errors import AttributionNotFound
from services.skills.models import Attribution, MemberRef, Skill


def hide_skill(session: Session, *, actor: Claims, slug: str, is_hidden: bool) -> None:
    """Show a skill of the actor's to others, or not; raises AttributionNotFound.

    What it proves goes on being counted, for them to see.
    """
    members.require_active(session, MemberRef, actor)
    mine = select(Attribution).join(Skill, Skill.id == Attribution.skill_id)
    mine = mine.where(Attribution.member_id == actor.id, Skill.slug == slug)
    attribution = session.scalar(mine.with_for_update(of=Attribution))
    if attribution is None:
        raise AttributionNotFound
    attribution.is_hidden = is_hidden
