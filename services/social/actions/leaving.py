"""Ending what those who left were to others: what interested them, and whom they interested."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, select, tuple_
from sqlalchemy.orm import Session

from chassis import clock
from chassis.messaging.outbox import record
from contracts import Event
from services.social.events import block_changed, follow_changed, keyword_follow_changed
from services.social.models import Block, Dismissal, Follow, KeywordActivity, KeywordFollow

PAGE = 500


def end_pairs(session: Session, member_ids: Collection[UUID]) -> None:
    """End all follows and blocks by and of these members, and their follows of keywords.

    The pairs' rows stay; of the keywords, which say what somebody was interested in, none
    does: their listener forgets them for whoever left. Records `member.unfollowed`,
    `keyword.unfollowed` and `member.unblocked` for each that stood. The members' rows must be
    written before: whoever follows holds them, and comes before or is refused.
    """
    if not member_ids:
        return
    either_side = Follow.follower_id.in_(member_ids) | Follow.followed_id.in_(member_ids)
    _end(session, Follow, either_side, follow_changed)
    of_keywords = KeywordFollow.member_id.in_(member_ids)
    _end(session, KeywordFollow, of_keywords, keyword_follow_changed)
    session.execute(delete(KeywordFollow).where(of_keywords))
    blocked = Block.blocker_id.in_(member_ids) | Block.blocked_id.in_(member_ids)
    _end(session, Block, blocked, block_changed, turned="is_blocking")
    session.execute(delete(KeywordActivity).where(KeywordActivity.member_id.in_(member_ids)))
    dismissed = Dismissal.member_id.in_(member_ids) | Dismissal.dismissed_id.in_(member_ids)
    session.execute(delete(Dismissal).where(dismissed))


def _end(
    session: Session,
    model: Any,
    theirs: ColumnElement[bool],
    tell: Callable[[Any], Event],
    *,
    turned: str = "is_following",
) -> None:
    """Turn off what stands, page by page.

    Locked in key order, so that two who leave at the same time and follow each other
    do not wait crosswise, and read under the lock, so that each pair is ended once.
    """
    table: Table = model.__table__
    key = list(table.primary_key)
    standing = select(*key).where(theirs, table.c[turned]).order_by(*key)
    page = standing.limit(PAGE).with_for_update().cte("page")
    statement = (
        table.update()
        .where(tuple_(*key).in_(select(page)))
        .values({turned: False, "revision": table.c.revision + 1, "changed_at": clock.now()})
        .returning(*table.c)
    )
    while ended := session.execute(statement).mappings().all():
        ended = sorted(ended, key=lambda row: tuple(row[column] for column in key))
        record(session, *(tell(model(**row)) for row in ended))
