"""Who blocks whom, as each service that shows members keeps it: a replica of what social tells.

Neither of two members sees anything of the other while one of them blocks the other.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, func, select, union_all
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from chassis.replicas import upsert_newer
from chassis.statements import viewer
from contracts.social import MemberBlocked, MemberUnblocked


class BlockRefColumns:
    """Columns of a service's `block_refs`; a block that was taken back keeps its row."""

    __tablename__ = "block_refs"

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Index, ...]:  # noqa: N805
        return (Index("ix_block_refs_blocked", "blocked_id", "blocker_id"),)

    blocker_id: Mapped[UUID] = mapped_column(primary_key=True)
    blocked_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_blocking: Mapped[bool]
    revision: Mapped[int]


def keep_blocks(
    session: Session, model: Any, events: Sequence[MemberBlocked | MemberUnblocked]
) -> None:
    """Keep who blocks whom, the highest revision of each pair."""
    rows = [
        {
            "blocker_id": event.blocker_id,
            "blocked_id": event.blocked_id,
            "is_blocking": event.state == "blocked",
            "revision": event.revision,
        }
        for event in events
    ]
    upsert_newer(session, model, rows)


def is_unblocked(model: Any, member_id: Any) -> ColumnElement[bool]:
    """Neither of the member and the viewer blocks the other; `model` is the `block_refs`.

    Those across a block are looked up once a statement: few people block anybody.
    """
    mine = select(model.blocked_id).where(model.blocker_id == viewer(), model.is_blocking)
    theirs = select(model.blocker_id).where(model.blocked_id == viewer(), model.is_blocking)
    across = func.array(union_all(mine, theirs).scalar_subquery())
    is_unblocked: ColumnElement[bool] = member_id != func.all(across)
    return is_unblocked
