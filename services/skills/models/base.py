"""What all tables of skills share, and the replicas of members."""

from uuid import UUID

from sqlalchemy import DDL, Index, event, true
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
    """A member, as identity tells; one who is not proposable is in no list of experts.

    Company and location as they are searched (`folded_phrase`).
    """

    __tablename__ = "member_refs"

    is_proposable: Mapped[bool] = mapped_column(server_default=true())
    sponsor_id: Mapped[UUID | None] = mapped_column(index=True)  # who invited them
    company_words: Mapped[str] = mapped_column(server_default="")
    location_words: Mapped[str] = mapped_column(server_default="")


for _column in (MemberRef.company_words, MemberRef.location_words):
    Index(
        f"ix_member_refs_{_column.key}",
        _column,
        postgresql_using="gin",
        postgresql_ops={_column.key: "gin_trgm_ops"},
    )


class BlockRef(BlockRefColumns, Base):
    """Whether one member blocks another, as social tells."""


class FollowRef(Base):
    """Whether one member follows another, as social tells."""

    __tablename__ = "follow_refs"

    follower_id: Mapped[UUID] = mapped_column(primary_key=True)
    followed_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
