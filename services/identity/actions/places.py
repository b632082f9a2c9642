"""Giving places back: what an invitee writes is liked by somebody from elsewhere in the tree."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from contracts.discussion import PostLiked
from services.identity.models import Invitation, Member


def return_places(session: Session, likes: Sequence[PostLiked]) -> None:
    """Give sponsors their places back, once per invitee, whatever the order of the likes.

    A like counts when the sponsor is none of the liker's ancestors, nor the liker: those
    of one's own branch prove no meeting with others. The tree never changes, so neither
    does the verdict on a like.
    """
    sponsored = _sponsored(session, {like.author_id for like in likes})
    concerned = [like for like in likes if like.author_id in sponsored]
    branches = _lines_of(session, {like.liker_id for like in concerned})
    returned: dict[UUID, datetime] = {}
    for like in concerned:
        line = branches.get(like.liker_id, set())
        if line and sponsored[like.author_id] not in line:
            earlier = returned.get(like.author_id, like.liked_at)
            returned[like.author_id] = min(earlier, like.liked_at)
    for invitee_id, liked_at in sorted(returned.items()):
        # LEAST passes over NULL.
        kept = func.least(Invitation.place_returned_at, liked_at)
        session.execute(
            update(Invitation)
            .where(Invitation.invitee_id == invitee_id)
            .values(place_returned_at=kept)
        )


def _sponsored(session: Session, author_ids: set[UUID]) -> dict[UUID, UUID]:
    """Author → sponsor, of those who were invited by a member and whose place is still taken."""
    statement = select(Invitation.invitee_id, Invitation.sponsor_id).where(
        Invitation.invitee_id.in_(author_ids),
        Invitation.sponsor_id.is_not(None),
        Invitation.place_returned_at.is_(None),
    )
    return {row.invitee_id: row.sponsor_id for row in session.execute(statement)}


def _lines_of(session: Session, member_ids: set[UUID]) -> dict[UUID, set[UUID]]:
    """Each member with all who stand above them in the tree, themselves included."""
    start = (
        select(Member.id.label("of"), Member.id.label("id"), Member.sponsor_id)
        .where(Member.id.in_(member_ids))
        .cte("lines", recursive=True)
    )
    above = aliased(Member)
    lines = start.union(
        select(start.c.of, above.id, above.sponsor_id).join(above, above.id == start.c.sponsor_id)
    )
    found: dict[UUID, set[UUID]] = {}
    for of, member_id in session.execute(select(lines.c.of, lines.c.id)):
        found.setdefault(of, set()).add(member_id)
    return found
