"""A member's own data, for themselves."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from chassis.statements import ReadSession, Statement
from services.skills.models import Attribution, Evidence, Skill
from services.skills.queries.attributions import SUMS, AttributionView
from services.skills.queries.catalogue import SKILL
from services.skills.queries.evidence import OF_MEMBER, EvidenceView


def list_attributions_with_evidence(
    session: ReadSession, *, member_id: UUID
) -> list[dict[str, Any]]:
    """All that is attributed to a member, the strongest first, with the likes behind it."""
    evidence: dict[int, list[EvidenceView]] = {}
    for row in _BEHIND.rows(session, member_id=member_id):
        evidence.setdefault(row.skill_id, []).append(EvidenceView.of(row))
    held = []
    for row in _HELD.rows(session, member_id=member_id):
        view = AttributionView.of(row)
        shown = {name: getattr(view, name) for name in AttributionView.__slots__}
        held.append({**shown, "evidence": evidence[row.skill_id]})
    return held


_BEHIND = Statement(
    OF_MEMBER.add_columns(Evidence.skill_id).order_by(
        Evidence.liked_at, Evidence.post_id, Evidence.liker_id
    )
)
_HELD = Statement(
    select(Attribution.skill_id, *SUMS, *SKILL)
    .join(Skill, Skill.id == Attribution.skill_id)
    .where(Attribution.member_id == bindparam("member_id", type_=Uuid))
    .where(Attribution.evidence_count > 0)
    .order_by(Attribution.strength.desc(), Skill.slug)
)
