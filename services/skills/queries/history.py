"""The past of skills in key order, as events, for listeners that are rebuilt."""

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, aliased

from contracts.skills import (
    ContestAnswered,
    QuestionUnderstood,
    SkillAttributed,
    SkillMerged,
    SkillRenamed,
    SkillWithdrawn,
)
from services.skills.events import announcement, contest_answered, merged, renamed, understood
from services.skills.models import Attribution, Contest, Skill, Understanding
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
        # The first condition lets the index begin there: slugs stand in another table.
        statement = statement.where(
            Attribution.member_id >= after.member_id, key > (after.member_id, after.skill)
        )
    return [
        announcement(row.Attribution, row.Skill, by_row(row)) for row in session.execute(statement)
    ]


def list_entry_history(
    session: Session, after: SkillMerged | SkillRenamed | None, limit: int
) -> list[SkillMerged | SkillRenamed]:
    """Every entry of which something was told, as it stands; either event says all of it."""
    root = aliased(Skill)
    told = select(Skill, root.slug).outerjoin(root, root.id == Skill.root_id)
    told = told.where(Skill.revision > 0).order_by(Skill.slug).limit(limit)
    if after is not None:
        told = told.where(Skill.slug > after.slug)
    return [
        merged(entry, into) if into else renamed(entry, into)
        for entry, into in session.execute(told)
    ]


def list_contest_history(
    session: Session, after: ContestAnswered | None, limit: int
) -> list[ContestAnswered]:
    """Every contest that was answered, but of members who left."""
    told = select(Contest, Skill).join(Skill, Skill.id == Contest.skill_id)
    told = told.where(Contest.answered_at.is_not(None)).order_by(Contest.id).limit(limit)
    if after is not None:
        told = told.where(Contest.id > after.contest_id)
    return [contest_answered(contest, skill) for contest, skill in session.execute(told)]


def list_understanding_history(
    session: Session, after: QuestionUnderstood | None, limit: int
) -> list[QuestionUnderstood]:
    """What every question is about of which that was ever told."""
    told = select(Understanding).order_by(Understanding.question_id).limit(limit)
    if after is not None:
        told = told.where(Understanding.question_id > after.question_id)
    return [understood(row) for row in session.scalars(told)]
