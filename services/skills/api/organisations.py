"""`/organisations/{slug}/map` and `…/outside`, for its members alone."""

from typing import Any

from chassis.auth import current_member
from chassis.schemas import PageArguments
from chassis.transactions import reading
from chassis.web import Blueprint
from services.skills.queries import organisations
from services.skills.queries.organisations import MapView, OutsideView
from services.skills.schemas.organisations import MapSchema, OutsideSchema, OutsideSearch

bp = Blueprint("organisations", "What an organisation knows, for its members")


@bp.get("/organisations/<slug>/map")
@bp.arguments(PageArguments, location="query")
@bp.response(200, MapSchema)
def list_shared_skills(page: dict[str, Any], slug: str) -> MapView:
    """Which skills five people or more of my organisation hold, counted in whole fives."""
    with reading() as session:
        return organisations.get_map(session, viewer_id=current_member().id, slug=slug, **page)


@bp.get("/organisations/<slug>/outside")
@bp.arguments(OutsideSearch, location="query")
@bp.response(200, OutsideSchema)
def get_outside(search: dict[str, Any], slug: str) -> OutsideView:
    """Who knows what these words name, outside of my organisation and known to its people."""
    words = search.pop("q")
    with reading() as session:
        return organisations.get_outside(
            session, viewer_id=current_member().id, slug=slug, words=words, **search
        )
