"""What moderators do to the catalogue, and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.skills.models.base import Base


class CatalogueAct(Base):
    """Who did what to the catalogue, and why; `kept` is what taking it back needs."""

    __tablename__ = "catalogue_acts"
    __table_args__ = (
        Index("ix_catalogue_acts_newest", "acted_at", "id"),
        Index("ix_catalogue_acts_slug", "slug", "acted_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    act: Mapped[str]  # merge, part, rename, restore, accept, alias, refuse, reopen
    slug: Mapped[str]
    into_slug: Mapped[str | None]
    label_en: Mapped[str | None]
    label_fr: Mapped[str | None]
    actor_id: Mapped[UUID]
    reason: Mapped[str]
    kept: Mapped[Any] = mapped_column(JSONB, server_default="{}")
    acted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CandidateAnswer(Base):
    """What a moderator made of a keyword that named no skill; `terms`, `slugs` came with it."""

    __tablename__ = "candidate_answers"
    __table_args__ = (Index("ix_candidate_answers_newest", "answered_at", "slug"),)

    slug: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]  # as most people wrote it
    outcome: Mapped[str]  # accepted, alias or refused
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skills.id"), index=True)
    terms: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    slugs: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    reason: Mapped[str]
    answered_by_id: Mapped[UUID]
    answered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
