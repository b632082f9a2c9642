"""What all tables of skills share, and the replicas of members."""

from uuid import UUID

from sqlalchemy import DDL, Index, event, text, true
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

    Company and location as they are searched (`folded_phrase`). `organisation` is the one in whose
    map they agreed to be counted.
    """

    __tablename__ = "member_refs"

    is_proposable: Mapped[bool] = mapped_column(server_default=true())
    sponsor_id: Mapped[UUID | None] = mapped_column(index=True)  # who invited them
    company_words: Mapped[str] = mapped_column(server_default="")
    location_words: Mapped[str] = mapped_column(server_default="")
    organisation: Mapped[str | None]


Index(
    "ix_member_refs_organisation",
    MemberRef.organisation,
    MemberRef.id,
    postgresql_where=MemberRef.organisation.is_not(None),
)
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
    __table_args__ = (
        Index(
            "ix_follow_refs_followers",
            "followed_id",
            "follower_id",
            postgresql_where=text("is_following"),
        ),
    )

    follower_id: Mapped[UUID] = mapped_column(primary_key=True)
    followed_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
