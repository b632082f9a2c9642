"""`/members/{id}/block`, and whom I block."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.social.actions import blocks
from services.social.queries import lists
from services.social.schemas import BlockSchema, MemberPageSchema

bp = Blueprint("blocks", "Who wants nothing of whom")


@bp.put("/members/<uuid:member_id>/block")
@bp.response(200, BlockSchema)
def put_block(member_id: UUID) -> dict[str, Any]:
    """Block a member: neither sees anything of the other, and follows end both ways."""
    with transaction() as session:
        blocks.block_member(session, actor=current_member(), member_id=member_id)
    return {"member_id": member_id, "is_blocked": True}


@bp.delete("/members/<uuid:member_id>/block")
@bp.response(200, BlockSchema)
def delete_block(member_id: UUID) -> dict[str, Any]:
    """Take a block back; follows stay ended."""
    with transaction() as session:
        blocks.unblock_member(session, actor=current_member(), member_id=member_id)
    return {"member_id": member_id, "is_blocked": False}


@bp.get("/members/me/blocked")
@bp.arguments(PageArguments, location="query")
@bp.response(200, MemberPageSchema)
def list_blocked(page: dict[str, Any]) -> Any:
    """Whom the caller blocks, the latest first."""
    with reading() as session:
        return lists.list_blocked(session, viewer_id=current_member().id, **page)
