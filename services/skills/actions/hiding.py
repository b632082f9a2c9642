"""Hiding a skill of one's own."""

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from chassis import members
from chassis.claims import Claims
from services.skills.errors import AttributionNotFound
from services.skills.models import Attribution, MemberRef, Skill, SkillAlias


def hide_skill(session: Session, *, actor: Claims, slug: str, is_hidden: bool) -> None:
    """Show a skill of the actor's to others, or not; raises AttributionNotFound.

    By its own slug or that of an alias. What it proves goes on being counted, for them to see.
    """
    members.require_active(session, MemberRef, actor)
    by_slug = select(Skill.id).where(Skill.slug == slug)
    by_alias = select(SkillAlias.skill_id).where(SkillAlias.slug == slug)
    mine = select(Attribution).where(Attribution.member_id == actor.id)
    mine = mine.where(Attribution.skill_id.in_(union(by_slug, by_alias)))
    attribution = session.scalar(mine.with_for_update())
    if attribution is None:
        raise AttributionNotFound
    attribution.is_hidden = is_hidden
