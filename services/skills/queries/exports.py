"""A member's own data, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from chassis.statements import ReadSession, Statement
from services.skills import rules
from services.skills.models import Attribution, Contest, Night, Skill
from services.skills.queries.attributions import SUMS, AttributionView
from services.skills.queries.catalogue import SKILL
from services.skills.queries.evidence import EvidenceView, lines, of_member
from services.skills.standings import by_row, thousandths_of


@dataclass(frozen=True, slots=True)
class RulesView:
    """By which versions of the rules something is as it is."""

    weighing: int
    levelling: int
    trust_began_at: datetime | None
    nights: int
    standing: float | None


def list_attributions_with_evidence(
    session: ReadSession, *, member_id: UUID
) -> list[dict[str, Any]]:
    """All that is attributed to a member, the strongest first, with the likes behind it."""
    evidence: dict[int, list[EvidenceView]] = {}
    heard: set[tuple[int, UUID]] = set()
    for row in _BEHIND.rows(session, member_id=member_id, viewer_id=member_id):
        voice = row.skill_id, row.voice_id
        line = EvidenceView.of(row, is_new_voice=voice not in heard)
        heard.add(voice)
        evidence.setdefault(row.skill_id, []).append(line)
    held = []
    for row in _HELD.rows(session, member_id=member_id):
        view = AttributionView.of(row)
        shown = {name: getattr(view, name) for name in AttributionView.__slots__}
        held.append({**shown, "evidence": evidence.get(row.skill_id, [])})
    return held


def list_own_contests(session: ReadSession, *, member_id: UUID) -> Sequence[Any]:
    """What a member contested, the latest first."""
    return _CONTESTS.rows(session, member_id=member_id)


def get_rules(session: ReadSession, *, member_id: UUID) -> RulesView:
    """By which rules that is so, and how far they trust the member (None: nobody is asked yet)."""
    night = _NIGHT.first(session, member_id=member_id)
    return RulesView(
        weighing=rules.WEIGHING,
        levelling=rules.LEVELLING,
        trust_began_at=night and night.trust_began_at,
        nights=night.nights if night else 0,
        standing=by_row(night).share if night and night.nights else None,
    )


_CONTESTS = Statement(
    select(*Contest.__table__.c, Skill.slug.label("skill"))
    .join(Skill, Skill.id == Contest.skill_id)
    .where(Contest.member_id == bindparam("member_id", type_=Uuid))
    .order_by(Contest.contested_at.desc(), Contest.id.desc())
)
_NIGHT = Statement(
    select(
        Night.number.label("nights"),
        Night.trust_began_at,
        thousandths_of(bindparam("member_id", type_=Uuid)).label("thousandths"),
    )
)
_LINES = lines(None, of_member()).subquery("lines")
_BEHIND = Statement(
    select(_LINES).order_by(_LINES.c.at, _LINES.c.post_id, _LINES.c.source, _LINES.c.liker_id)
)
_HELD = Statement(
    select(Attribution.skill_id, *SUMS, *SKILL)
    .join(Skill, Skill.id == Attribution.skill_id)
    .where(Attribution.member_id == bindparam("member_id", type_=Uuid))
    .where(Attribution.evidence_count > 0)
    .order_by(Attribution.strength.desc(), Skill.slug)
)
