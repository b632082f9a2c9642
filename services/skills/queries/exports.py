"""A member's own data, for themselves."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from services.skills.models import Attribution, Evidence, PostRef, Skill
from services.skills.queries.attributions import AttributionView, EvidenceView


def list_attributions_with_evidence(session: Session, *, member_id: UUID) -> list[dict[str, Any]]:
    """All that is attributed to a member, the strongest first, with the likes behind it."""
    question = aliased(PostRef)
    behind = (
        select(Evidence, PostRef, question.title.label("question_title"))
        .join(PostRef, PostRef.id == Evidence.post_id)
        .outerjoin(question, question.id == PostRef.question_id)
        .where(Evidence.member_id == member_id)
        .order_by(Evidence.liked_at, Evidence.post_id, Evidence.liker_id)
    )
    evidence: dict[int, list[EvidenceView]] = {}
    for row in session.execute(behind):
        view = EvidenceView.of(row.Evidence, row.PostRef, row.question_title)
        evidence.setdefault(row.Evidence.skill_id, []).append(view)
    held = (
        select(Attribution, Skill)
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.member_id == member_id, Attribution.evidence_count > 0)
        .order_by(Attribution.strength.desc(), Skill.slug)
    )
    return [
        {**vars(AttributionView.of(attribution, skill)), "evidence": evidence[skill.id]}
        for attribution, skill in session.execute(held)
    ]
