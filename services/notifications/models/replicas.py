"""What others tell: people, who hears whom, and what there is to be told of."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.blocks import BlockRefColumns
from chassis.members import MemberRefColumns
from services.notifications.models.base import Base


class MemberRef(MemberRefColumns, Base):
    """A member, as identity tells; `joined_at` is null of whom only a token told."""

    __tablename__ = "member_refs"

    locale: Mapped[str] = mapped_column(server_default="fr")
    sponsor_id: Mapped[UUID | None]
    joined_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # Nobody is asked of whom identity has not said that they may be, and how often a week.
    is_proposable: Mapped[bool] = mapped_column(server_default=false())
    asks_per_week: Mapped[int] = mapped_column(server_default="3")


class BlockRef(BlockRefColumns, Base):
    """Whether one member blocks another, as social tells."""


class FollowRef(Base):
    """Whether one member follows another, and since when, as social tells."""

    __tablename__ = "follow_refs"
    __table_args__ = (Index("ix_follow_refs_followed", "followed_id", "follower_id"),)

    follower_id: Mapped[UUID] = mapped_column(primary_key=True)
    followed_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ProjectPersonRef(Base):
    """Whether a member builds a project, or, `is_follow`, follows it, and since when."""

    __tablename__ = "project_person_refs"

    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_follow: Mapped[bool] = mapped_column(primary_key=True)
    is_on: Mapped[bool]
    revision: Mapped[int]
    since_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KeywordFollowRef(Base):
    """Whether a member follows a keyword, and since when, as social tells."""

    __tablename__ = "keyword_follow_refs"
    __table_args__ = (Index("ix_keyword_follow_refs_slug", "slug"),)

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ProjectSleep(Base):
    """What was told last of a project's sleep, as projects tells."""

    __tablename__ = "project_sleeps"

    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    revision: Mapped[int]
    told_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AcceptRef(Base):
    """Which answer of a question is accepted, as discussion tells."""

    __tablename__ = "accept_refs"
    __table_args__ = (Index("ix_accept_refs_answer", "answer_id"),)

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    answer_id: Mapped[UUID]
    is_accepted: Mapped[bool]
    revision: Mapped[int]


class UnderstoodRef(Base):
    """What a question is about, as skills tells: slugs, with spaces between them."""

    __tablename__ = "understood_refs"

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    skills: Mapped[str]
    revision: Mapped[int]


class GivenRef(Base):
    """That a member answered a round with names, as projects tells."""

    __tablename__ = "given_refs"

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]


class HiddenRef(Base):
    """Whether moderators hide something of a project, by each of their acts."""

    __tablename__ = "hidden_refs"
    __table_args__ = (
        Index("ix_hidden_refs_object", "object_id", postgresql_where=text("is_standing")),
    )

    act_id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID]
    is_standing: Mapped[bool]
    revision: Mapped[int]


class ObjectRef(Base):
    """What a notice may be about: posts, projects and what stands in them, skills of members,
    requests for an invitation.

    `parent_id`: of an answer its question, of what stands in a project that project. `audience` is
    a post's, or a project's visibility; `state` and `level` are what its owner says of it now,
    `named` the ids of whom a post names, or the keywords of a request, `keywords` the slugs of a
    post's, `happened_at` when it came to be. `title_fr` is a skill's, whose audience is `hidden`
    where its member hides it.
    """

    __tablename__ = "object_refs"
    __table_args__ = (
        Index("ix_object_refs_author", "author_id", "type", "happened_at"),
        Index("ix_object_refs_parent", "parent_id", "type"),
        Index("ix_object_refs_skill", "state", "level", postgresql_where=text("type = 'skill'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    parent_id: Mapped[UUID | None]
    author_id: Mapped[UUID | None]
    title: Mapped[str]
    title_fr: Mapped[str]
    audience: Mapped[str]
    state: Mapped[str]
    level: Mapped[int]
    named: Mapped[str]
    keywords: Mapped[str] = mapped_column(server_default="")
    is_there: Mapped[bool]
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int]
