"""Hiding a skill of one's own."""

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from chassis import members
from chassis.claims import Claims
from chassis.messaging.outbox import record
from services.skills import access
from services.skills.errors import AttributionNotFound
from services.skills.events import announcement
from services.skills.models import Attribution, MemberRef, Skill
from services.skills.standings import by_row, standing_of


def hide_skill(session: Session, *, actor: Claims, slug: str, is_hidden: bool) -> None:
    """Show a skill of the actor's to others, or not; raises AttributionNotFound.

    By its own slug, or one that leads to it. What it proves goes on being counted, for them to see.
    Records `skill.attributed` or `skill.withdrawn` where others were told of it before.
    """
    members.require_active(session, MemberRef, actor)
    mine = select(Attribution).where(Attribution.member_id == actor.id)
    mine = mine.where(Attribution.skill_id.in_(access.meant_by(array([slug]))))
    attribution = session.scalar(mine.with_for_update())
    if attribution is None:
        raise AttributionNotFound
    if attribution.is_hidden == is_hidden:
        return
    attribution.is_hidden = is_hidden
    if attribution.revision:
        attribution.revision += 1
        row = session.execute(
            _TOLD, {"attribution": attribution.skill_id, "member": actor.id}
        ).one()
        record(session, announcement(attribution, row.Skill, by_row(row), cause="hidden"))


_TOLD = select(Skill, *standing_of(bindparam("member", type_=Uuid))).where(
    Skill.id == bindparam("attribution")
)
