"""Rows as the events that tell them, for the actions that change and the history that repeats."""

from chassis import clock
from contracts.skills import Cause, SkillAttributed, SkillWithdrawn
from services.skills import rules
from services.skills.models import Attribution, Skill


def announcement(
    attribution: Attribution,
    skill: Skill,
    standing: rules.Standing,
    *,
    cause: Cause = "like",
) -> SkillAttributed | SkillWithdrawn:
    """The event that tells an attribution as it stands, and what made it change."""
    worth = attribution.worth_at(clock.now())
    return (SkillAttributed if attribution.level else SkillWithdrawn)(
        member_id=attribution.member_id,
        skill=skill.slug,
        label_en=skill.label_en,
        label_fr=skill.label_fr,
        level=attribution.level,
        score=standing.share * worth.total,
        voices=attribution.voices,
        last_evidence_at=attribution.last_evidence_at,
        revision=attribution.revision,
        cause=cause,
    )
