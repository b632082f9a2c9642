"""Rows as the events that tell them, for the actions that change and the history that repeats."""

from typing import Any

from chassis import clock
from contracts.skills import (
    Cause,
    ContestAnswered,
    QuestionUnderstood,
    SkillAttributed,
    SkillMerged,
    SkillRenamed,
    SkillWithdrawn,
)
from services.skills import rules
from services.skills.models import Attribution, Contest, Skill


def announcement(
    attribution: Attribution,
    skill: Any,
    standing: rules.Standing,
    *,
    cause: Cause = "like",
) -> SkillAttributed | SkillWithdrawn:
    """The event that tells an attribution as it stands, and what made it change.

    `skill` is its entry, or a row with slug and labels.
    """
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
        is_hidden=attribution.is_hidden,
    )


def contest_answered(contest: Contest, skill: Skill) -> ContestAnswered:
    """The event that tells a holder that moderators answered."""
    assert contest.answered_at
    return ContestAnswered(
        contest_id=contest.id,
        member_id=contest.member_id,
        skill=skill.slug,
        label_en=skill.label_en,
        label_fr=skill.label_fr,
        outcome=contest.outcome,  # type: ignore[arg-type]
        revision=1,
        answered_at=contest.answered_at,
    )


def understood(row: Any) -> QuestionUnderstood:
    """The event that tells what a question is about, of a row of `understandings`."""
    return QuestionUnderstood(
        question_id=row.question_id,
        skills=tuple(row.skills.split()),
        revision=row.revision,
        changed_at=row.changed_at,
    )


def merged(skill: Skill, into: str | None) -> SkillMerged:
    """The event that tells where an entry leads, and all else of it; `into` is a slug."""
    return SkillMerged(**_entry(skill, into), state="merged" if into else "apart")


def renamed(skill: Skill, into: str | None) -> SkillRenamed:
    """The event that tells what an entry is called, and all else of it."""
    return SkillRenamed(**_entry(skill, into))


def _entry(skill: Skill, into: str | None) -> dict[str, Any]:
    return {
        "slug": skill.slug,
        "label_en": skill.label_en,
        "label_fr": skill.label_fr,
        "into": into,
        "revision": skill.revision,
        "changed_at": skill.changed_at,
    }
