"""Projects, what they were before, and who belongs to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    String,
    cast,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REGCONFIG, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from chassis.folding import fold
from services.projects.models.base import Base


class Project(Base):
    """What members build together; `description` and `learned` are Markdown.

    `sleeps_at` says until when it counts as awake (`rules.sleeps_at`). `owner_id` is null
    where its owner left Skiller and nobody took it over: then it is closed.
    """

    __tablename__ = "projects"
    __mapper_args__ = {"eager_defaults": False}
    __table_args__ = (
        CheckConstraint(
            "stage IN ('idea', 'concept', 'test', 'launched', 'closed')", name="stage_known"
        ),
        CheckConstraint("visibility IN ('members', 'invited')", name="visibility_known"),
        CheckConstraint("lang IN ('fr', 'en', 'other')", name="lang_known"),
        CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", name="closed_once"),
        CheckConstraint("owner_id IS NOT NULL OR stage = 'closed'", name="owned"),
        CheckConstraint("told_sleep IN ('awake', 'idle', 'asleep')", name="sleep_known"),
        Index(
            "ix_projects_sleep",
            "told_sleep",
            "sleeps_at",
            postgresql_where=text("stage <> 'closed'"),
        ),
        Index(
            "ix_projects_freshest", "sleeps_at", "id", postgresql_where=text("stage <> 'closed'")
        ),
        Index("ix_projects_stage", "stage", "sleeps_at", "id"),
        Index("ix_projects_owner", "owner_id", "sleeps_at", "id"),
        Index("ix_projects_keywords", "keyword_slugs", postgresql_using="gin"),
        Index("ix_projects_search", "search", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("member_refs.id"))
    title: Mapped[str]
    pitch: Mapped[str]
    description: Mapped[str]
    description_html: Mapped[str]
    lang: Mapped[str] = mapped_column(server_default="other")
    stage: Mapped[str]
    visibility: Mapped[str]
    keyword_slugs: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    keyword_labels: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    # Its words, folded and stemmed in both languages; only ever asked by the server.
    search: Mapped[Any] = mapped_column(TSVECTOR, server_default="", deferred=True)
    learned: Mapped[str] = mapped_column(server_default="")
    learned_html: Mapped[str] = mapped_column(server_default="")
    revision: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sleeps_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # When its owner last did something here: of one who is silent another may be made the owner.
    owner_acted_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    # What was told of its sleep, how often and when last; the clock alone decides what it is.
    told_sleep: Mapped[str] = mapped_column(server_default="awake")
    sleep_revision: Mapped[int] = mapped_column(server_default="0")
    sleep_told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @staticmethod
    def called(*, title: str, pitch: str, labels: Sequence[str]) -> ColumnElement[Any]:
        """What a project is found by beside its description."""
        words = " ".join([pitch, *labels])
        return _vector("A", title).op("||")(_vector("B", words))

    @staticmethod
    def said(plain: str) -> ColumnElement[Any]:
        """What it is found by of its description."""
        return _vector("C", plain)


class ProjectChange(Base):
    """What was changed of a project, by whom, and what was there before."""

    __tablename__ = "project_changes"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)  # of the project, after the change
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("member_refs.id"))
    kind: Mapped[str]  # created, edited, closed, reopened, owner
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Belonging(Base):
    """Whether a member builds a project, and as what; the row stays when they leave it."""

    __tablename__ = "belongings"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'contributor')", name="role_known"),
        Index(
            "ix_belongings_owner",
            "project_id",
            unique=True,
            postgresql_where=text("is_in AND role = 'owner'"),
        ),
        Index("ix_belongings_member", "member_id", "project_id", postgresql_where=text("is_in")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    role: Mapped[str]
    is_in: Mapped[bool]
    word: Mapped[str] = mapped_column(server_default="")  # why the owner removed them
    removed_by_id: Mapped[UUID | None]  # the owner who did; null of who left by themselves
    revision: Mapped[int]
    joined_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ProjectFollow(Base):
    """Whether a member follows a project; the row stays when they stop."""

    __tablename__ = "project_follows"
    __table_args__ = (
        Index(
            "ix_project_follows_member",
            "member_id",
            "project_id",
            postgresql_where=text("is_following"),
        ),
        Index(
            "ix_project_follows_project",
            "project_id",
            "member_id",
            postgresql_where=text("is_following"),
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


# The same word is found whichever of the two languages it is taken for.
STEMMED = ("french", "english")


def _vector(weight: str, words: str) -> ColumnElement[Any]:
    french, english = (func.to_tsvector(cast(one, REGCONFIG), fold(words)) for one in STEMMED)
    return func.setweight(french.op("||")(english), literal_column(f"'{weight}'"))
