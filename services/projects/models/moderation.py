"""What is told to moderators of projects, and what these do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.projects.models.base import Base


class Report(Base):
    """What a member told the moderators of something in a project, and what these answered.

    `said` is what stood there, until the answer; `subject_id` who wrote it, null where that has no
    name. `is_from_inside`: who told builds the project.
    """

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_once"),
        Index(
            "ix_reports_open",
            "reporter_id",
            "object_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index("ix_reports_reporter", "reporter_id", "reported_at", "id"),
        Index("ix_reports_newest", "reported_at", "id"),
        Index("ix_reports_project", "project_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    object_type: Mapped[str]
    object_id: Mapped[UUID]
    subject_id: Mapped[UUID | None] = mapped_column(ForeignKey("member_refs.id"))
    project_title: Mapped[str]  # as it was then
    is_from_inside: Mapped[bool]
    reason: Mapped[str]
    word: Mapped[str]
    said: Mapped[str]
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None]
    answer: Mapped[str] = mapped_column(server_default="")
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("member_refs.id"))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ModerationAct(Base):
    """What a moderator did in a project, whom it concerns, and whether it was taken back."""

    __tablename__ = "moderation_acts"
    __table_args__ = (
        CheckConstraint("kind IN ('hide', 'close', 'replace_owner')", name="kind_known"),
        Index(
            "ix_moderation_acts_standing",
            "object_id",
            "kind",
            unique=True,
            postgresql_where=text("undone_at IS NULL AND kind <> 'replace_owner'"),
        ),
        Index("ix_moderation_acts_project", "project_id", "acted_at", "id"),
        Index("ix_moderation_acts_member", "member_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[UUID]
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member_refs.id"))
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    reason: Mapped[str]
    revision: Mapped[int]
    acted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("member_refs.id"))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undo_reason: Mapped[str] = mapped_column(server_default="")
