"""`/members/{id}/follow`, `/followers` and `/following`, `/relations`."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.social.actions import follows
from services.social.actions.allowances import require_room_for_members
from services.social.queries import lists, relations
from services.social.queries.relations import CountedRelationView
from services.social.schemas import (
    FollowSchema,
    MemberPageSchema,
    RelationListSchema,
    RelationSchema,
    RelationsFilters,
)

bp = Blueprint("follows", "Who listens to whom")


@bp.put("/members/<uuid:member_id>/follow")
@bp.response(200, FollowSchema)
def put_follow(member_id: UUID) -> dict[str, Any]:
    """Follow a member; following again changes nothing."""
    with transaction() as session:
        require_room_for_members(session, actor=current_member())
        follows.follow_member(session, actor=current_member(), member_id=member_id)
    return {"member_id": member_id, "is_following": True}


@bp.delete("/members/<uuid:member_id>/follow")
@bp.response(200, FollowSchema)
def delete_follow(member_id: UUID) -> dict[str, Any]:
    """Stop following a member."""
    with transaction() as session:
        follows.unfollow_member(session, actor=current_member(), member_id=member_id)
    return {"member_id": member_id, "is_following": False}


@bp.get("/members/<uuid:member_id>/follow")
@bp.response(200, RelationSchema)
def get_follow(member_id: UUID) -> CountedRelationView:
    """What the caller and a member are to each other, and how many follow and are followed."""
    with reading() as session:
        return relations.get_relation(session, viewer_id=current_member().id, member_id=member_id)


@bp.get("/relations")
@bp.arguments(RelationsFilters, location="query")
@bp.response(200, RelationListSchema)
def get_relations(filters: dict[str, Any]) -> dict[str, Any]:
    """What the caller is to each of up to 50 members; who cannot be seen is left out."""
    with reading() as session:
        found = relations.list_relations(
            session, viewer_id=current_member().id, member_ids=filters["members"]
        )
    return {"items": found}


@bp.get("/members/<uuid:member_id>/followers")
@bp.arguments(PageArguments, location="query")
@bp.response(200, MemberPageSchema)
def list_followers(page: dict[str, Any], member_id: UUID) -> Any:
    """Who follows a member, the latest first."""
    with reading() as session:
        return lists.list_followers(
            session, viewer_id=current_member().id, member_id=member_id, **page
        )


@bp.get("/members/<uuid:member_id>/following")
@bp.arguments(PageArguments, location="query")
@bp.response(200, MemberPageSchema)
def list_following(page: dict[str, Any], member_id: UUID) -> Any:
    """Whom a member follows, the latest first."""
    with reading() as session:
        return lists.list_following(
            session, viewer_id=current_member().id, member_id=member_id, **page
        )
