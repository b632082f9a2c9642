"""The past of skills in key order, as events, for listeners that are rebuilt."""

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from contracts.skills import SkillAttributed, SkillWithdrawn
from services.skills.events import announcement
from services.skills.models import Attribution, Skill
from services.skills.standings import by_row, standing_of


def list_attribution_history(
    session: Session, after: SkillAttributed | SkillWithdrawn | None, limit: int
) -> list[SkillAttributed | SkillWithdrawn]:
    """Every attribution that was ever announced, those withdrawn included."""
    key = tuple_(Attribution.member_id, Skill.slug)
    statement = (
        select(
            Attribution,
            Skill,
            *standing_of(Attribution.member_id),
        )
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.revision > 0)
        .order_by(Attribution.member_id, Skill.slug)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(key > (after.member_id, after.skill))
    return [
        announcement(row.Attribution, row.Skill, by_row(row)) for row in session.execute(statement)
    ]
