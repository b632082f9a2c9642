"""Who looks for help, who is asked, who offers, and who is thanked."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.projects.models.base import Base


class Call(Base):
    """What a project looks for help with; `details` is Markdown."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'answered', 'withdrawn')", name="state_known"),
        Index("ix_calls_project", "project_id", "opened_at", "id"),
        Index(
            "ix_calls_skills",
            "skills",
            postgresql_using="gin",
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    title: Mapped[str]
    details: Mapped[str]
    details_html: Mapped[str]
    lang: Mapped[str]
    skills: Mapped[list[str]] = mapped_column(ARRAY(String))  # slugs
    hours: Mapped[int | None]
    until: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str]
    revision: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class HelpInvitation(Base):
    """That a member is asked to help in a project, or to own it, and what they answered.

    It waits until `expires_at`; `later` waits likewise. `is_never`: not again in this project.
    """

    __tablename__ = "help_invitations"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'contributor')", name="role_known"),
        CheckConstraint(
            "state IN ('pending', 'later', 'accepted', 'declined', 'withdrawn')",
            name="state_known",
        ),
        Index("ix_help_invitations_pair", "project_id", "member_id", "asked_at"),
        Index("ix_help_invitations_member", "member_id", "asked_at", "id"),
        Index("ix_help_invitations_project", "project_id", "asked_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id"))
    inviter_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    role: Mapped[str]
    word: Mapped[str]
    state: Mapped[str]
    answer: Mapped[str] = mapped_column(server_default="")  # the member's word
    is_never: Mapped[bool] = mapped_column(server_default=text("false"))
    revision: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Offer(Base):
    """That a member offers help for a call, and what its project answered."""

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint(
            "state IN ('pending', 'accepted', 'declined', 'withdrawn')", name="state_known"
        ),
        Index("ix_offers_once", "call_id", "member_id", unique=True),
        Index("ix_offers_project", "project_id", "offered_at", "id"),
        Index("ix_offers_member", "member_id", "offered_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    word: Mapped[str]
    state: Mapped[str]
    answer: Mapped[str] = mapped_column(server_default="")
    revision: Mapped[int]
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Thanks(Base):
    """That the owner of a project thanked a contributor for an answered call; never undone."""

    __tablename__ = "thanks"
    __table_args__ = (Index("ix_thanks_member", "member_id", "thanked_at"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    skills: Mapped[list[str]] = mapped_column(ARRAY(String))  # slugs
    word: Mapped[str]
    revision: Mapped[int]
    thanked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
