"""What all tables of skills share, and the replicas of members."""

from sqlalchemy import DDL, event, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import tables
from chassis.blocks import BlockRefColumns
from chassis.database import new_metadata
from chassis.members import MemberRefColumns


class Base(DeclarativeBase):
    metadata = new_metadata()


tables.attach(Base.metadata)
_TRIGRAMS = DDL("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # type: ignore[no-untyped-call]
event.listen(Base.metadata, "before_create", _TRIGRAMS)


class MemberRef(MemberRefColumns, Base):
    """A member, as identity tells; one who is not proposable is in no list of experts."""

    __tablename__ = "member_refs"

    is_proposable: Mapped[bool] = mapped_column(server_default=true())


class BlockRef(BlockRefColumns, Base):
    """Whether one member blocks another, as social tells."""
