"""`/members/{id}/skills`, the evidence for each, and `/skills/{slug}/experts`."""

from typing import Any
from uuid import UUID

from chassis.schemas import PageArguments
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.skills.queries import attributions as queries
from services.skills.schemas import AttributionPageSchema, EvidencePageSchema, ExpertPageSchema

bp = Blueprint("attributions", "What the likes prove")


@bp.get("/members/<uuid:member_id>/skills")
@bp.arguments(PageArguments, location="query")
@bp.response(200, AttributionPageSchema)
def list_member_skills(page: dict[str, Any], member_id: UUID) -> Any:
    """A member's skills, the strongest first."""
    with transaction() as session:
        return queries.list_attributions(session, member_id=member_id, **page)


@bp.get("/members/<uuid:member_id>/skills/<slug>/evidence")
@bp.arguments(PageArguments, location="query")
@bp.response(200, EvidencePageSchema)
def list_skill_evidence(page: dict[str, Any], member_id: UUID, slug: str) -> Any:
    """The likes behind a member's skill, the latest first."""
    with transaction() as session:
        return queries.list_evidence(session, member_id=member_id, slug=slug, **page)


@bp.get("/skills/<slug>/experts")
@bp.arguments(PageArguments, location="query")
@bp.response(200, ExpertPageSchema)
def list_skill_experts(page: dict[str, Any], slug: str) -> Any:
    """Who holds a skill, with why, the strongest first."""
    with transaction() as session:
        return queries.list_experts(session, slug=slug, **page)
