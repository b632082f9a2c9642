"""`/posts/preview`."""

from typing import Any

from chassis.markdown.text import Text
from chassis.web import Blueprint
from services.discussion.schemas import PreviewRequest, PreviewSchema

bp = Blueprint("previews", "What a text will look like")


@bp.post("/posts/preview")
@bp.arguments(PreviewRequest)
@bp.response(200, PreviewSchema)
def post_preview(preview: dict[str, Any]) -> dict[str, Any]:
    """The HTML that a post's Markdown becomes; nothing is kept."""
    return {"body_html": Text.of(preview["body"]).html}
