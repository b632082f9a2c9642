"""News of projects, and who likes them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.projects.models.base import Base


class ProjectUpdate(Base):
    """News of a project; `body` is Markdown. One that was removed keeps its row without a word."""

    __tablename__ = "project_updates"
    __table_args__ = (
        Index(
            "ix_project_updates_project",
            "project_id",
            "published_at",
            "id",
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index("ix_project_updates_author", "author_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    title: Mapped[str]
    body: Mapped[str]
    body_html: Mapped[str]
    excerpt: Mapped[str]
    lang: Mapped[str]
    like_count: Mapped[int] = mapped_column(server_default="0")
    revision: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    edited_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class UpdateLike(Base):
    """Whether a member likes an update, which proves no skill; the row stays."""

    __tablename__ = "update_likes"

    update_id: Mapped[UUID] = mapped_column(ForeignKey("project_updates.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    is_liked: Mapped[bool]
    revision: Mapped[int]
    liked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
