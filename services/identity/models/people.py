"""Members: what all may see, and the secrets by which they sign in, as hashes only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    cast,
    false,
    func,
    literal_column,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.mailing.addresses import keys_of
from services.identity import names
from services.identity.models.base import Base


class Member(Base):
    """Somebody who joined, as all members may see them; one who left keeps only the id.

    `name_words` are the name as searches compare it, `name_key` as lists sort it; both were
    made of `keyed_name`. `inviting_stopped_reason` says that a moderator ended their
    inviting, `suspended_by_id` is the act that suspended them. `organisation` is the slug of the
    one in which they agreed to be seen, by the domain of their address.
    """

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("locale IN ('fr', 'en')", name="locale_known"),
        CheckConstraint("role IN ('member', 'moderator', 'administrator')", name="role_known"),
        CheckConstraint("state IN ('active', 'suspended', 'left')", name="state_known"),
        Index("ix_members_invitees", "sponsor_id", "joined_at", "id"),
        Index("ix_members_suspended_by_id", "suspended_by_id"),
        Index("ix_members_listed", "name_key", "id", postgresql_where=text("state = 'active'")),
        Index(
            "ix_members_organisation",
            "organisation",
            "id",
            postgresql_where=text("organisation IS NOT NULL"),
        ),
        Index("ix_members_staff", "id", postgresql_where=text("role <> 'member'")),
        Index(
            "ix_members_unkeyed",
            "id",
            postgresql_where=text("keyed_name IS DISTINCT FROM name"),
        ),
        Index(
            "ix_members_name_words",
            text("array_to_tsvector(name_words)"),
            postgresql_using="gin",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    name_key: Mapped[str] = mapped_column(String(collation="C"), server_default="")
    keyed_name: Mapped[str | None]
    headline: Mapped[str]
    company: Mapped[str]
    location: Mapped[str]
    bio: Mapped[str]
    portrait_url: Mapped[str | None]
    locale: Mapped[str]
    role: Mapped[str]
    state: Mapped[str]
    is_proposable: Mapped[bool] = mapped_column(server_default=true())
    asks_per_week: Mapped[int] = mapped_column(server_default="3")
    is_sharing_first_steps: Mapped[bool] = mapped_column(server_default=false())
    sponsor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    joined_at: Mapped[datetime]
    inviting_stopped_reason: Mapped[str | None]
    suspended_by_id: Mapped[UUID | None]
    is_without_posts: Mapped[bool] = mapped_column(server_default=false())
    organisation: Mapped[str | None]
    revision: Mapped[int]

    def call(self, name: str | None) -> None:
        """Set the name and what is made of it; None for one who left, whom nobody finds."""
        self.name = self.keyed_name = name or names.FORMER_NAME
        self.name_words = names.name_words(name) if name else []
        self.name_key = names.name_key(name) if name else ""

    # Said as the indexes say it: what is bound later, they cannot be sure of.
    @classmethod
    def is_listed(cls) -> ColumnElement[bool]:
        """Whether the list of members has them."""
        return cls.state == literal_column("'active'")

    @classmethod
    def is_staff(cls) -> ColumnElement[bool]:
        """Whether they moderate."""
        return cls.role != literal_column("'member'")

    @classmethod
    def is_unkeyed(cls) -> ColumnElement[bool]:
        """Whether another release named them, which knows nothing of today's words and keys."""
        return cls.keyed_name.is_distinct_from(cls.name)


class Credentials(Base):
    """What a member signs in with; `email_key` is `email` without its spelling's accidents.

    `confirmed_at` is when they showed that they read mail there, null until then; `revision` is of
    what others are told of the address, 0 until they are.
    """

    __tablename__ = "credentials"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column("address_revision", server_default="0")

    @classmethod
    def is_confirmed(cls) -> ColumnElement[bool]:
        """Whether mail is read there."""
        return cls.confirmed_at.is_not(None)

    @classmethod
    def is_at(cls, email: str) -> ColumnElement[bool]:
        """Whether this is the mailbox of an address, however either is spelt."""
        return cls.email_key.in_(keys_of(email))

    @classmethod
    def distance_to(cls, email: str) -> ColumnElement[int]:
        """Which of two members with one mailbox is meant: the one whose spelling it is."""
        return func.array_position(cast(keys_of(email), ARRAY(Text)), cast(cls.email_key, Text))


class Portrait(Base):
    """A member's picture, a WebP made here, at a path that only those know who were told."""

    __tablename__ = "portraits"

    key: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), unique=True)
    image: Mapped[bytes]
