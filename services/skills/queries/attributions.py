"""Reading attributions, their evidence, and the experts of a skill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Float, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from chassis import clock, members
from chassis.pages import Page, list_page
from services.skills import rules
from services.skills.errors import SkillNotFound
from services.skills.models import Attribution, Evidence, MemberRef, PostRef, Skill, SkillPair

FIRST_LEVEL_SCORE = rules.LEVELS[0][0]


@dataclass(frozen=True)
class AttributionView:
    """An attribution as it is worth today."""

    skill: Skill
    level: int
    score: float
    confidence: float
    liker_count: int
    evidence_count: int
    last_evidence_at: datetime | None
    is_hidden: bool = False  # hiding comes with skills in full

    @classmethod
    def of(cls, attribution: Attribution, skill: Skill) -> "AttributionView":
        """The row as it is worth now."""
        score = rules.score_of(attribution.strength, clock.now())
        return cls(
            skill=skill,
            level=rules.level_of(score, attribution.voices),
            score=score,
            confidence=rules.confidence_of(attribution.voices),
            liker_count=attribution.liker_count,
            evidence_count=attribution.evidence_count,
            last_evidence_at=attribution.last_evidence_at,
        )


@dataclass(frozen=True)
class EvidenceView:
    """One like's worth today; an answer bears its question's title."""

    post: dict[str, Any]
    weight: float
    at: datetime

    @classmethod
    def of(cls, evidence: Evidence, post: PostRef, question_title: str | None) -> "EvidenceView":
        """The row as it is worth now, with its post."""
        return cls(
            post={
                "id": post.id,
                "kind": post.kind,
                "title": post.title or question_title or "",
                "question_id": post.question_id,
            },
            weight=rules.score_of(evidence.strength, clock.now()),
            at=evidence.liked_at,
        )


@dataclass(frozen=True)
class Reason:
    """Why somebody is an expert: the skill's own evidence, or a related skill's share."""

    kind: str  # evidence or related
    skill: Skill
    score: float


@dataclass(frozen=True)
class ExpertView:
    """A member with what makes them an expert of a skill."""

    member: MemberRef
    attributions: Sequence[AttributionView]
    reasons: Sequence[Reason]


def list_attributions(session: Session, *, member_id: UUID, limit: int, cursor: str | None) -> Page:
    """A member's skills that reach a level today, the strongest first.

    Raises MemberNotFound.
    """
    members.require_known(session, MemberRef, member_id)
    statement = (
        select(Attribution, Skill)
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.member_id == member_id, Attribution.strength >= _least_strength())
    )
    page = list_page(
        session,
        statement,
        sort_key=[Attribution.strength, Attribution.skill_id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(lambda rows: [AttributionView.of(row.Attribution, row.Skill) for row in rows])


def list_evidence(
    session: Session, *, member_id: UUID, slug: str, limit: int, cursor: str | None
) -> Page:
    """The likes behind a member's skill, the latest first.

    Raises MemberNotFound or SkillNotFound.
    """
    members.require_known(session, MemberRef, member_id)
    skill = get_skill(session, slug)
    question = aliased(PostRef)
    statement = (
        select(Evidence, PostRef, question.title.label("question_title"))
        .join(PostRef, PostRef.id == Evidence.post_id)
        .outerjoin(question, question.id == PostRef.question_id)
        .where(Evidence.member_id == member_id, Evidence.skill_id == skill.id)
    )
    page = list_page(
        session,
        statement,
        sort_key=[Evidence.liked_at, Evidence.post_id, Evidence.liker_id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(
        lambda rows: [
            EvidenceView.of(row.Evidence, row.PostRef, row.question_title) for row in rows
        ]
    )


def list_experts(session: Session, *, slug: str, limit: int, cursor: str | None) -> Page:
    """Who holds a skill, in the order of their evidence and a share of related skills'.

    Raises SkillNotFound.
    """
    skill = get_skill(session, slug)
    related = list_related_skills(session, skill)
    other = aliased(Attribution)
    similarity = case(related, value=other.skill_id, else_=0.0) if related else literal(0.0)
    lent = (
        select(func.coalesce(func.sum(other.strength * cast(similarity, Float)), 0.0))
        .where(other.member_id == Attribution.member_id, other.skill_id.in_(related))
        .scalar_subquery()
    )
    ranked = (
        select(
            Attribution.member_id,
            (Attribution.strength + rules.RELATED_SHARE * lent).label("rank"),
        )
        .join(MemberRef, MemberRef.id == Attribution.member_id)
        .where(Attribution.skill_id == skill.id, MemberRef.state == members.ACTIVE)
        .where(Attribution.strength >= _least_strength())
        .subquery()
    )
    page = list_page(
        session,
        select(ranked.c.member_id),
        sort_key=[ranked.c.rank, ranked.c.member_id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(
        lambda rows: _expert_views(session, skill, related, [row.member_id for row in rows])
    )


def get_skill(session: Session, slug: str) -> Skill:
    """One entry of the catalogue; raises SkillNotFound."""
    skill = session.scalars(select(Skill).where(Skill.slug == slug)).first()
    if skill is None:
        raise SkillNotFound
    return skill


def list_related_skills(session: Session, skill: Skill) -> dict[int, float]:
    """The skills mentioned most with this one: id → similarity, the closest 15."""
    other_id = case((SkillPair.skill_id == skill.id, SkillPair.other_id), else_=SkillPair.skill_id)
    statement = (
        select(Skill.id, Skill.post_count, SkillPair.post_count)
        .join(Skill, Skill.id == other_id)
        .where(or_(SkillPair.skill_id == skill.id, SkillPair.other_id == skill.id))
        .where(SkillPair.post_count > 0)
    )
    similar = {
        other: rules.similarity(together, skill.post_count, count)
        for other, count, together in session.execute(statement)
    }
    closest = sorted(similar, key=lambda other: (-similar[other], other))[: rules.MOST_RELATED]
    return {other: similar[other] for other in closest}


def _least_strength() -> float:
    """What the first level asks for today, as a strength, less a rounding tolerance."""
    return (FIRST_LEVEL_SCORE - rules.TOLERANCE) * rules.growth_at(clock.now())


def _expert_views(
    session: Session, skill: Skill, related: dict[int, float], member_ids: Sequence[UUID]
) -> list[ExpertView]:
    statement = (
        select(Attribution, Skill)
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.member_id.in_(member_ids), Attribution.strength > 0)
        .where(Attribution.skill_id.in_([skill.id, *related]))
    )
    held: dict[UUID, list[tuple[Attribution, Skill]]] = {}
    for attribution, other in session.execute(statement):
        held.setdefault(attribution.member_id, []).append((attribution, other))
    members = {
        member.id: member
        for member in session.scalars(select(MemberRef).where(MemberRef.id.in_(member_ids)))
    }
    return [_expert_view(members[one], skill, related, held[one]) for one in member_ids]


def _expert_view(
    member: MemberRef,
    skill: Skill,
    related: dict[int, float],
    held: Sequence[tuple[Attribution, Skill]],
) -> ExpertView:
    own = [
        AttributionView.of(attribution, other)
        for attribution, other in held
        if other.id == skill.id
    ]
    reasons = [Reason("evidence", skill, own[0].score)]
    for attribution, other in held:
        if other.id in related:
            score = rules.score_of(attribution.strength, clock.now())
            lent = rules.RELATED_SHARE * related[other.id] * score
            reasons.append(Reason("related", other, lent))
    reasons.sort(key=lambda reason: (reason.kind != "evidence", -reason.score))
    return ExpertView(member=member, attributions=own, reasons=reasons)
