"""`/members/{id}/follow`, `/followers` and `/following`."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.social import queries
from services.social.actions import follows
from services.social.schemas import FollowSchema, MemberPageSchema

bp = Blueprint("follows", "Who listens to whom")


@bp.put("/members/<uuid:member_id>/follow")
@bp.response(200, FollowSchema)
def put_follow(member_id: UUID) -> dict[str, Any]:
    """Follow a member; following again changes nothing."""
    with transaction() as session:
        follows.follow_member(session, actor=current_member(), member_id=member_id)
    return {"member_id": member_id, "is_following": True}


@bp.delete("/members/<uuid:member_id>/follow")
@bp.response(200, FollowSchema)
def delete_follow(member_id: UUID) -> dict[str, Any]:
    """Stop following a member."""
    with transaction() as session:
        follows.unfollow_member(session, actor=current_member(), member_id=member_id)
    return {"member_id": member_id, "is_following": False}


@bp.get("/members/<uuid:member_id>/followers")
@bp.arguments(PageArguments, location="query")
@bp.response(200, MemberPageSchema)
def list_followers(page: dict[str, Any], member_id: UUID) -> Any:
    """Who follows a member, the latest first."""
    with reading() as session:
        return queries.list_followers(session, member_id=member_id, **page)


@bp.get("/members/<uuid:member_id>/following")
@bp.arguments(PageArguments, location="query")
@bp.response(200, MemberPageSchema)
def list_following(page: dict[str, Any], member_id: UUID) -> Any:
    """Whom a member follows, the latest first."""
    with reading() as session:
        return queries.list_following(session, member_id=member_id, **page)
