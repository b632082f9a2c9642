"""`/posts` of whatever kind: a member's own list, who liked one, what it said before; `/feed`."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.markdown.text import Text
from chassis.pages import Page
from chassis.schemas import PageArguments
from chassis.transactions import reading
from chassis.web import Blueprint
from services.discussion.queries import feeds, for_you, people
from services.discussion.queries import posts as queries
from services.discussion.queries.people import VersionView
from services.discussion.queries.views import AuthorView, PostView
from services.discussion.schemas.answers import (
    LikerPageSchema,
    PostPageSchema,
    PreviewSchema,
    VersionPageSchema,
)
from services.discussion.schemas.requests import ListArguments, PostFilters, PreviewRequest

bp = Blueprint("posts", "Posts of whatever kind")


@bp.post("/posts/preview")
@bp.arguments(PreviewRequest)
@bp.response(200, PreviewSchema)
def post_preview(preview: dict[str, Any]) -> dict[str, Any]:
    """The HTML that a post's Markdown becomes; nothing is kept."""
    return {"body_html": Text.of(preview["body"]).html}


@bp.get("/posts")
@bp.arguments(PostFilters, location="query")
@bp.response(200, PostPageSchema)
def list_posts(filters: dict[str, Any]) -> Page[PostView]:
    """What a member wrote of one kind, the newest first."""
    is_card = filters.pop("view") == "card"
    with reading() as session:
        return queries.list_posts(
            session, viewer_id=current_member().id, is_card=is_card, **filters
        )


@bp.get("/posts/<uuid:post_id>/likes")
@bp.arguments(PageArguments, location="query")
@bp.response(200, LikerPageSchema)
def list_likes(page: dict[str, Any], post_id: UUID) -> Page[AuthorView]:
    """Who likes a post, the latest first."""
    with reading() as session:
        return people.list_likers(session, viewer_id=current_member().id, post_id=post_id, **page)


@bp.get("/posts/<uuid:post_id>/history")
@bp.arguments(PageArguments, location="query")
@bp.response(200, VersionPageSchema)
def list_history(page: dict[str, Any], post_id: UUID) -> Page[VersionView]:
    """What a post said before it was edited, the latest first."""
    with reading() as session:
        return people.list_versions(session, viewer_id=current_member().id, post_id=post_id, **page)


@bp.get("/feed/for-you")
@bp.arguments(ListArguments, location="query")
@bp.response(200, PostPageSchema)
def list_for_you(page: dict[str, Any]) -> Page[PostView]:
    """Open questions near my skills, else near my keywords, the newest first."""
    is_card = page.pop("view") == "card"
    with reading() as session:
        return for_you.list_for_you(session, viewer_id=current_member().id, is_card=is_card, **page)


@bp.get("/feed")
@bp.arguments(ListArguments, location="query")
@bp.response(200, PostPageSchema)
def list_feed(page: dict[str, Any]) -> Page[PostView]:
    """What people and keywords that I follow bring, the newest first."""
    is_card = page.pop("view") == "card"
    with reading() as session:
        return feeds.list_feed(session, viewer_id=current_member().id, is_card=is_card, **page)
