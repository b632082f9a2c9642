"""`/members/{id}/skills`, the evidence for each, and `/skills/{slug}/experts`."""

from typing import Any
from uuid import UUID

from chassis.pages import Page
from chassis.schemas import PageArguments
from chassis.transactions import reading
from chassis.web import Blueprint
from services.skills.queries import attributions, evidence, experts
from services.skills.queries.attributions import AttributionView
from services.skills.queries.evidence import EvidenceView
from services.skills.queries.experts import ExpertView
from services.skills.schemas import AttributionPageSchema, EvidencePageSchema, ExpertPageSchema

bp = Blueprint("attributions", "What the likes prove")


@bp.get("/members/<uuid:member_id>/skills")
@bp.arguments(PageArguments, location="query")
@bp.response(200, AttributionPageSchema)
def list_member_skills(page: dict[str, Any], member_id: UUID) -> Page[AttributionView]:
    """A member's skills, the strongest first."""
    with reading() as session:
        return attributions.list_attributions(session, member_id=member_id, **page)


@bp.get("/members/<uuid:member_id>/skills/<slug>/evidence")
@bp.arguments(PageArguments, location="query")
@bp.response(200, EvidencePageSchema)
def list_skill_evidence(page: dict[str, Any], member_id: UUID, slug: str) -> Page[EvidenceView]:
    """The likes behind a member's skill, the latest first."""
    with reading() as session:
        return evidence.list_evidence(session, member_id=member_id, slug=slug, **page)


@bp.get("/skills/<slug>/experts")
@bp.arguments(PageArguments, location="query")
@bp.response(200, ExpertPageSchema)
def list_skill_experts(page: dict[str, Any], slug: str) -> Page[ExpertView]:
    """Who holds a skill, with why, the strongest first."""
    with reading() as session:
        return experts.list_experts(session, slug=slug, **page)
