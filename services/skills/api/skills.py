"""`/skills`: as one types, on their own page, and what a text is about."""

from typing import Any

from flask import redirect, request

from chassis.auth import current_member
from chassis.pages import Page
from chassis.transactions import reading
from chassis.web import Blueprint
from services.skills.detection.prose import prose_of
from services.skills.errors import SkillMoved
from services.skills.queries import skills as queries
from services.skills.queries.catalogue import SkillView
from services.skills.queries.skills import SkillPageView
from services.skills.schemas import (
    DetectRequest,
    OneSkillSchema,
    SkillFilters,
    SkillListPageSchema,
    SubjectListSchema,
)

bp = Blueprint("skills", "The catalogue, and what texts are about")


@bp.get("/skills")
@bp.arguments(SkillFilters, location="query")
@bp.response(200, SkillListPageSchema)
def list_skills(filters: dict[str, Any]) -> Page[SkillView]:
    """Skills, those most asked about first; with `?q=` those called so, as one types."""
    words = filters.pop("q")
    with reading() as session:
        return queries.list_skills(session, words=words, **filters)


@bp.get("/skills/<slug>")
@bp.response(200, OneSkillSchema)
def get_skill(slug: str) -> SkillPageView:
    """One skill with what is around it, who knows it and who asks; 301 for a keyword's slug."""
    with reading() as session:
        return queries.get_skill_page(session, viewer_id=current_member().id, slug=slug)


@bp.post("/skills/detect")
@bp.arguments(DetectRequest)
@bp.response(200, SubjectListSchema)
def post_detect(written: dict[str, Any]) -> dict[str, Any]:
    """Which skills a post would be about, as one writes it; nothing is kept."""
    prose = prose_of(written.pop("text"))
    with reading() as session:
        return {"items": queries.list_subjects(session, prose=prose, **written)}


@bp.app_errorhandler(SkillMoved)  # type: ignore[untyped-decorator]
def on_moved(moved: SkillMoved) -> Any:
    """The same page of the skill that the slug leads to."""
    before, _, after = request.path.rpartition("/skills/")
    rest = after.partition("/")[2]
    return redirect(f"{before}/skills/{moved.slug}{rest and '/' + rest}", code=301)
