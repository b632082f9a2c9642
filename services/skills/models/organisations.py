"""What may be shown of the skills in an organisation, as nights count it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Integer, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.skills.models.base import Base


class OrganisationMap(Base):
    """Who is counted in an organisation since `settled_at`, and how many of them are shown.

    Whoever came or went since waits until enough did (`rules.is_settled_anew`).
    """

    __tablename__ = "organisation_maps"

    slug: Mapped[str] = mapped_column(primary_key=True)
    member_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    people_count: Mapped[int]  # rounded, as all that is shown
    settled_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class OrganisationSkill(Base):
    """How many there hold a skill at each level or a higher one, rounded; 0 is not shown."""

    __tablename__ = "organisation_skills"

    slug: Mapped[str] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    people_count: Mapped[int]
    level_counts: Mapped[list[int]] = mapped_column(ARRAY(Integer))
