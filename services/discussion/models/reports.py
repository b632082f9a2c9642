"""What is told to the moderators."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.discussion.models.base import Base


class Report(Base):
    """What somebody told the moderators of a post or a person, and what these answered.

    `subject_id` is the person or the post's author; `said` is what the post said, until the
    answer.
    """

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("object_type IN ('post', 'member')", name="object_type_known"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_once"),
        Index(
            "ix_reports_open",
            "reporter_id",
            "object_type",
            "object_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index("ix_reports_reporter", "reporter_id", "reported_at", "id"),
        Index("ix_reports_newest", "reported_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reporter_id: Mapped[UUID]
    object_type: Mapped[str]
    object_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    reason: Mapped[str]
    word: Mapped[str]
    said: Mapped[str]
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None]
    answer: Mapped[str] = mapped_column(server_default="")
    answered_by_id: Mapped[UUID | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
