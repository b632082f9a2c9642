"""`/search` over posts."""

from typing import Any

from chassis.auth import current_member
from chassis.transactions import reading
from chassis.web import Blueprint
from services.discussion.queries import search as queries
from services.discussion.schemas.answers import FoundPageSchema
from services.discussion.schemas.requests import SearchFilters

bp = Blueprint("search", "Finding posts by their words")


@bp.get("/search")
@bp.arguments(SearchFilters, location="query")
@bp.response(200, FoundPageSchema)
def list_found(filters: dict[str, Any]) -> dict[str, Any]:
    """Posts that match, as cards; filters `author:`, `keyword:`, `is:unanswered`, `before:`,
    `after:`. Where nothing is found, `proposal` is a keyword that is spelt alike."""
    search = queries.read_search(filters.pop("q"))
    with reading() as session:
        page = queries.list_found(session, viewer_id=current_member().id, search=search, **filters)
        is_first = filters["cursor"] is None
        proposal = None
        if is_first and not page.items:
            proposal = queries.find_proposal(session, search=search)
    return {"items": page.items, "next": page.next_cursor, "proposal": proposal}
