"""Rows as the events that tell them, for the actions that change and the history that repeats."""

from chassis import clock
from contracts.skills import SkillAttributed, SkillWithdrawn
from services.skills.models import Attribution, Skill
from services.skills.rules import score_at


def announcement(attribution: Attribution, skill: Skill) -> SkillAttributed | SkillWithdrawn:
    """The event that tells an attribution as it stands."""
    return (SkillAttributed if attribution.level else SkillWithdrawn)(
        member_id=attribution.member_id,
        skill=skill.slug,
        label_en=skill.label_en,
        label_fr=skill.label_fr,
        level=attribution.level,
        score=score_at(attribution.strength, clock.now()),
        voices=attribution.voices,
        last_evidence_at=attribution.last_evidence_at,
        revision=attribution.revision,
    )
