"""Whom a community trusts, as the nights found it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, SmallInteger, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.skills.models.base import Base


class Standing(Base):
    """Of a member, once trust has begun: whose voice theirs is, and how far it is trusted.

    Written by the nights, in thousandths as they count by then (`rules.blended`); None stands for
    a newcomer whom none has seen. `before` is what it was until the night of this number.
    """

    __tablename__ = "standings"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    voice_id: Mapped[UUID]
    thousandths: Mapped[int | None] = mapped_column(SmallInteger)
    before: Mapped[int | None] = mapped_column(SmallInteger)
    night: Mapped[int] = mapped_column(server_default="0")


class Night(Base):
    """One row: the last night, how far it is, and since when there is trust, which stays.

    `number` counts the nights of trust, `unseen` is the standing of newcomers as voices by now.
    """

    __tablename__ = "nights"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(server_default="0")
    trust_began_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    founder_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    unseen: Mapped[int] = mapped_column(SmallInteger, server_default="1000")
    begun_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    stage: Mapped[str] = mapped_column(server_default="done")  # as `nights.STAGES`
    # By which rules all levels were last told (`rules.LEVELLING`).
    levelling: Mapped[int] = mapped_column(server_default="1")
    # Up to where the stage's rows are looked through.
    after_id: Mapped[UUID | None]
    after_skill_id: Mapped[int | None]

    def go_on(self, stage: str) -> None:
        """The next stage, from its first row."""
        self.stage, self.after_id, self.after_skill_id = stage, None, None


class DuePost(Base):
    """A post on which the night found likes that count as another voice, or for something else."""

    __tablename__ = "due_posts"

    post_id: Mapped[UUID] = mapped_column(primary_key=True)
