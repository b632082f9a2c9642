"""What the imported likes prove: the experts of the largest skills, with their evidence."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from demo.sources import Source
from services.skills.detection.words import normalise
from services.skills.models import Skill, SkillTerm
from services.skills.queries.evidence import list_evidence
from services.skills.queries.experts import ExpertView, list_experts

SKILLS = 5
EXPERTS = 3
LIKES = 3


def describe_experts(session: Session, community: Source) -> Iterator[str]:
    """Lines for people: the five largest skills, their experts, the likes behind each."""
    for term in community.skills[:SKILLS]:
        skill = _find_skill(session, term)
        if skill is None:
            continue
        slug = skill.slug
        yield ""
        yield f"{skill.label_en} ({skill.post_count} questions)"
        experts = list_experts(session, viewer_id=None, slug=slug, limit=EXPERTS, cursor=None)
        for rank, expert in enumerate(experts.items, start=1):
            yield from _describe(session, rank, skill, expert)


def _find_skill(session: Session, term: str) -> Skill | None:
    """What the catalogue means by a term of the data, under whatever slug."""
    meant = " ".join(normalise(term))
    named = aliased(Skill)
    statement = select(Skill).join(named, Skill.id == func.coalesce(named.root_id, named.id))
    statement = statement.join(SkillTerm, SkillTerm.skill_id == named.id)
    return session.scalar(statement.where(SkillTerm.term == meant))


def _describe(session: Session, rank: int, skill: Skill, expert: ExpertView) -> Iterator[str]:
    held = expert.attributions[0]
    yield (
        f"  {rank}. {expert.member.name}: level {held.level}, {held.score:.2f} effective likes"
        f" from {held.evidence_count} likes of {held.liker_count} people,"
        f" confidence {held.confidence:.2f}{_lent(expert)}"
    )
    page = list_evidence(
        session,
        viewer_id=expert.member.id,
        member_id=expert.member.id,
        slug=skill.slug,
        limit=LIKES,
        cursor=None,
    )
    for evidence in page.items:
        kind, title = evidence.post.kind, evidence.post.title
        yield f"       {evidence.at:%Y-%m-%d}  {evidence.weight:.3f}  {kind}: {title[:70]}"


def _lent(expert: ExpertView) -> str:
    related = [reason for reason in expert.reasons if reason.kind == "related"]
    lent: Sequence[str] = [f"{reason.skill.slug} {reason.score:.2f}" for reason in related[:3]]
    return f"; related: {', '.join(lent)}" if lent else ""
