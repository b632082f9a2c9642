"""`/members/me/portrait`, and portraits as pages show them."""

from typing import Any

from flask import Response, request

from chassis.auth import current_member
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.identity import portraits
from services.identity.actions import portraits as actions
from services.identity.queries import members
from services.identity.queries import portraits as queries
from services.identity.schemas.answers import MemberSchema

WEBP = "image/webp"
BINARY = {"type": "string", "format": "binary"}
PICTURE = {
    "description": "The file itself: a JPEG, PNG or WebP, whatever its type is said to be.",
    "required": True,
    "content": {"application/octet-stream": {"schema": BINARY}, "image/*": {"schema": BINARY}},
}
# A picture never changes: another one has another path. A day bounds how long a cache
# shows one that was taken away.
KEPT = "public, max-age=86400, immutable"

bp = Blueprint("portraits", "How members look")


@bp.put("/members/me/portrait")
@bp.doc(requestBody=PICTURE)
@bp.response(200, MemberSchema)
def put_portrait() -> Any:
    """Show myself by a picture, of which a small copy is kept that tells nothing else."""
    with transaction() as session:
        actions.allow_change(session, actor=current_member())
    # No connection waits while it decodes.
    image = portraits.to_portrait(request.get_data(cache=False))
    with transaction() as session:
        actions.change_portrait(session, actor=current_member(), image=image)
        return members.get_member(session, member_id=current_member().id)


@bp.delete("/members/me/portrait")
@bp.response(200, MemberSchema)
def delete_portrait() -> Any:
    """Show myself without a picture."""
    with transaction() as session:
        actions.remove_portrait(session, actor=current_member())
        return members.get_member(session, member_id=current_member().id)


@bp.get("/portraits/<key>")
@bp.public
@bp.response(200, BINARY, content_type=WEBP)
def get_portrait(key: str) -> Response:
    """A portrait, for whoever was told its path."""
    with transaction() as session:
        image = queries.get_portrait(session, key=key)
    headers = {"Cache-Control": KEPT, "X-Content-Type-Options": "nosniff"}
    return Response(image, content_type=WEBP, headers=headers)
