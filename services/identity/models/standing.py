"""What moderators decided on members, and what others tell of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base


class ModerationAct(Base):
    """What a moderator, or the operator where `actor_id` is null, did to members, and why."""

    __tablename__ = "moderation_acts"
    __table_args__ = (
        Index("ix_moderation_acts_newest", "acted_at", "id"),
        Index("ix_moderation_acts_member_id", "member_id", "acted_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    act: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str]
    role: Mapped[str | None]
    affected_ids: Mapped[list[UUID]]
    acted_at: Mapped[datetime]


class FirstStep(Base):
    """When a member first published, and first had a skill attributed, for their sponsor."""

    __tablename__ = "first_steps"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    post_at: Mapped[datetime | None]
    skill_slug: Mapped[str | None]
    skill_label_en: Mapped[str | None]
    skill_label_fr: Mapped[str | None]
    skill_at: Mapped[datetime | None]


class SkillRef(Base):
    """A skill of a member, as skills tells; requests may name it by any of the three slugs."""

    __tablename__ = "skill_refs"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    slug_en: Mapped[str]
    slug_fr: Mapped[str]
    is_held: Mapped[bool]
    revision: Mapped[int]


class KeywordFollowRef(Base):
    """Whether a member follows a keyword, as social tells."""

    __tablename__ = "keyword_follow_refs"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
