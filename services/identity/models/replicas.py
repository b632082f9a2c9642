"""What identity keeps of other services' facts about members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base


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


class SkillEntryRef(Base):
    """A skill that is called otherwise, or leads to another, as skills tells of the latest."""

    __tablename__ = "skill_entry_refs"

    slug: Mapped[str] = mapped_column(primary_key=True)
    slug_en: Mapped[str]
    slug_fr: Mapped[str]
    label_en: Mapped[str]
    label_fr: Mapped[str]
    into_slug: Mapped[str | None]
    revision: Mapped[int]


class KeywordFollowRef(Base):
    """Whether a member follows a keyword, as social tells."""

    __tablename__ = "keyword_follow_refs"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
