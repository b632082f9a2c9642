"""How many hold a skill, as the worker counts it."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.skills.models.base import Base


class SkillGrowth(Base):
    """How many held a skill when they were counted, and in which months they proved it first.

    `new_counts` are of twelve months, the one of `counted_at` first. A skill that nobody ever
    held has no row.
    """

    __tablename__ = "skill_growths"

    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    holder_count: Mapped[int]
    new_counts: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
