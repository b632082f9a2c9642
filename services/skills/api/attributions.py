"""`/members/{id}/skills`, the evidence for each, and `/skills/{slug}/experts`."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.pages import Page
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.skills.actions.hiding import hide_skill
from services.skills.queries import attributions, evidence, experts, proofs, who_knows
from services.skills.queries.attributions import HeldView
from services.skills.queries.best import Choice
from services.skills.queries.evidence import EvidenceView
from services.skills.queries.experts import ExpertView
from services.skills.queries.proofs import ProofView
from services.skills.queries.who_knows import KnowingView
from services.skills.schemas import (
    AttributionFilters,
    EvidenceFilters,
    EvidencePageSchema,
    ExpertPageSchema,
    HeldListSchema,
    HeldSkillPageSchema,
    HidingRequest,
    HidingSchema,
    KnowingFilters,
    KnowingSchema,
    KnowingSearch,
    LevelFilters,
    ProofSchema,
)

bp = Blueprint("attributions", "What the likes prove")


@bp.get("/members/<uuid:member_id>/skills")
@bp.arguments(AttributionFilters, location="query")
@bp.response(200, HeldSkillPageSchema)
def list_member_skills(page: dict[str, Any], member_id: UUID) -> Page[HeldView]:
    """A member's skills, the most specific first; or those that have faded."""
    with reading() as session:
        return attributions.list_attributions(
            session, viewer_id=current_member().id, member_id=member_id, **page
        )


@bp.get("/members/<uuid:member_id>/skills/<slug>")
@bp.response(200, ProofSchema)
def get_member_skill(member_id: UUID, slug: str) -> ProofView:
    """One skill of a member, also a past one, with its months."""
    with reading() as session:
        return proofs.get_proof(
            session, viewer_id=current_member().id, member_id=member_id, slug=slug
        )


@bp.put("/members/me/skills/<slug>")
@bp.arguments(HidingRequest)
@bp.response(200, HidingSchema)
def put_own_skill(hiding: dict[str, Any], slug: str) -> dict[str, Any]:
    """Hide a skill of mine from others, or show it."""
    with transaction() as session:
        hide_skill(session, actor=current_member(), slug=slug, **hiding)
    return {"slug": slug, **hiding}


@bp.get("/skills/levels")
@bp.arguments(LevelFilters, location="query")
@bp.response(200, HeldListSchema)
def get_levels(filters: dict[str, Any]) -> dict[str, Any]:
    """Of each of up to 50 members their highest level among skills, by keywords' slugs."""
    with reading() as session:
        found = proofs.list_levels(
            session,
            viewer_id=current_member().id,
            member_ids=filters["members"],
            slugs=filters["keywords"],
        )
    return {"items": found}


@bp.get("/experts")
@bp.arguments(KnowingSearch, location="query")
@bp.response(200, KnowingSchema)
def get_experts(search: dict[str, Any]) -> KnowingView:
    """Who knows what these words name, in either language; what was understood is told."""
    words, limit = search.pop("q"), search.pop("limit")
    choice = Choice.of(**search)
    with reading() as session:
        return who_knows.get_knowing(
            session, viewer_id=current_member().id, words=words, limit=limit, choice=choice
        )


@bp.get("/questions/<uuid:question_id>/experts")
@bp.arguments(KnowingFilters, location="query")
@bp.response(200, KnowingSchema)
def get_question_experts(filters: dict[str, Any], question_id: UUID) -> KnowingView:
    """Who could answer a question and has not."""
    limit = filters.pop("limit")
    choice = Choice.of(**filters)
    with reading() as session:
        return who_knows.get_answerers(
            session,
            viewer_id=current_member().id,
            question_id=question_id,
            limit=limit,
            choice=choice,
        )


@bp.get("/members/<uuid:member_id>/skills/<slug>/evidence")
@bp.arguments(EvidenceFilters, location="query")
@bp.response(200, EvidencePageSchema)
def list_skill_evidence(page: dict[str, Any], member_id: UUID, slug: str) -> Page[EvidenceView]:
    """The likes behind a member's skill, the latest first; or its posts, the worthiest first."""
    viewer_id, by_post = current_member().id, page.pop("group") == "post"
    with reading() as session:
        return evidence.list_evidence(
            session,
            viewer_id=viewer_id,
            member_id=member_id,
            slug=slug,
            by_post=by_post,
            **page,
        )


@bp.get("/skills/<slug>/experts")
@bp.arguments(PageArguments, location="query")
@bp.response(200, ExpertPageSchema)
def list_skill_experts(page: dict[str, Any], slug: str) -> Page[ExpertView]:
    """Who holds a skill, with why, the strongest first."""
    with reading() as session:
        return experts.list_experts(session, viewer_id=current_member().id, slug=slug, **page)
