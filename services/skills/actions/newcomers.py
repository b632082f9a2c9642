"""Members whom no night has seen: their voice is that of the nearest voice above them.

Placed when they, or who invited them, are told of; the night's own placing follows the same rule.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from chassis.pages import AnySelect
from chassis.statements import Statement
from services.skills.models import MemberRef, Night, Standing


def place_newcomers(session: Session, member_ids: Collection[UUID]) -> set[UUID]:
    """Give these members, and unseen ones below them, the voice that they speak with now.

    Returns whose voice is another than it was. Nothing until trust has begun.
    """
    moved: set[UUID] = set()
    if not member_ids or session.scalar(select(Night.trust_began_at)) is None:
        return moved
    waiting = set(member_ids)
    while waiting:
        placed = {row.member_id for row in _PLACE.rows(session, member_ids=sorted(waiting))}
        moved |= placed
        waiting = {row.id for row in _BELOW.rows(session, member_ids=sorted(placed))}
    return moved


def _place() -> Any:
    sponsor, above = aliased(MemberRef), aliased(Standing)
    found = (
        select(MemberRef.id, func.coalesce(above.voice_id, sponsor.id, MemberRef.id))
        .outerjoin(sponsor, sponsor.id == MemberRef.sponsor_id)
        .outerjoin(above, above.member_id == sponsor.id)
        .where(MemberRef.id == any_(_IDS))
        .order_by(MemberRef.id)
    )
    new = insert(Standing).from_select(["member_id", "voice_id"], found)
    return new.on_conflict_do_update(
        index_elements=["member_id"],
        set_={"voice_id": new.excluded.voice_id},
        where=Standing.thousandths.is_(None) & (Standing.voice_id != new.excluded.voice_id),
    ).returning(Standing.member_id)


def _below() -> AnySelect:
    """Whom these invited and no night has seen."""
    seen = select(Standing.thousandths).where(Standing.member_id == MemberRef.id)
    invited = select(MemberRef.id).where(MemberRef.sponsor_id == any_(_IDS))
    return invited.where(seen.scalar_subquery().is_(None))


_IDS = bindparam("member_ids", type_=ARRAY(Uuid))
_PLACE = Statement(_place())
_BELOW = Statement(_below())
