"""Notices: what members are told, who did it, and how far telling many has come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base


class Notice(Base):
    """That a member is told of something: one by what it is, however many events say so.

    `part` tells those of one object apart: a group's day, a skill's level, a benchmark's version.
    Whether it is shown is decided when it is read (`access.is_shown`). `is_unread`: something came
    that was not read; `read_at` when it was read last, null of what never was. `told_at` is when it
    became news, null of what was born read; `mailed_at` and `pushed_at` when a mail, a push with it
    was planned since.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_key", "member_id", "object_id", "kind", "part", unique=True),
        Index("ix_notices_latest", "member_id", "happened_at", "id"),
        Index("ix_notices_unread", "member_id", postgresql_where=text("is_unread")),
        Index("ix_notices_happened", "happened_at"),
        Index(
            "ix_notices_unmailed",
            "member_id",
            postgresql_where=text("is_unread AND mailed_at IS NULL AND told_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    kind: Mapped[str]
    class_: Mapped[str] = mapped_column("class")
    object_id: Mapped[UUID]
    part: Mapped[str]
    actor_id: Mapped[UUID | None]  # null of groups, and of what nobody did
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_unread: Mapped[bool] = mapped_column(Boolean)
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    mailed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    pushed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class NoticeActor(Base):
    """Whether somebody did what a group of notices tells, by what they did; the row stays.

    `source_id` is what they did it by: an answer; of a like the post. `part` is its day. `came_at`
    is when it was heard, which makes a notice that was read unread again.
    """

    __tablename__ = "notice_actors"
    __table_args__ = (
        Index("ix_notice_actors_done", "done_at"),
        Index(
            "ix_notice_actors_group",
            "member_id",
            "object_id",
            "kind",
            "part",
            postgresql_where=text("is_acting"),
        ),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[str]
    is_acting: Mapped[bool]
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    came_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int]


class Broadcast(Base):
    """What many are told, and how far that has come: all up to `after_id` are.

    The row stays: whoever is heard of later, and was there when it happened, is told then.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (
        Index("ix_broadcasts_source", "source_id", "happened_at"),
        Index("ix_broadcasts_waiting", "happened_at", postgresql_where=text("NOT is_done")),
    )

    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[UUID]  # whose followers, or of which project the people
    actor_id: Mapped[UUID]
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_unread: Mapped[bool] = mapped_column(Boolean)
    after_id: Mapped[UUID]
    is_done: Mapped[bool] = mapped_column(Boolean)
