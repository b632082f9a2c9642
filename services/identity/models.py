"""Tables of identity: public facts, secrets (as hashes only), and what admits people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Text,
    Uuid,
    false,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import new_metadata
from chassis.messaging import tables


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(Uuid),
    }


tables.attach(Base.metadata)


class Member(Base):
    """Somebody who joined, as all members may see them; one who left keeps only the id.

    `name_words` are the name as searches compare it, `inviting_stopped_reason` says that a
    moderator ended their inviting, `suspended_by_id` is the act that suspended them.
    """

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("locale IN ('fr', 'en')", name="locale_known"),
        CheckConstraint("role IN ('member', 'moderator', 'administrator')", name="role_known"),
        CheckConstraint("state IN ('active', 'suspended', 'left')", name="state_known"),
        Index("ix_members_invitees", "sponsor_id", "joined_at", "id"),
        Index("ix_members_suspended_by_id", "suspended_by_id"),
        Index(
            "ix_members_name_words",
            text("array_to_tsvector(name_words)"),
            postgresql_using="gin",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    headline: Mapped[str]
    company: Mapped[str]
    location: Mapped[str]
    bio: Mapped[str]
    portrait_url: Mapped[str | None]
    locale: Mapped[str]
    role: Mapped[str]
    state: Mapped[str]
    is_proposable: Mapped[bool] = mapped_column(server_default=true())
    shares_first_steps: Mapped[bool] = mapped_column(server_default=false())
    sponsor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    joined_at: Mapped[datetime]
    inviting_stopped_reason: Mapped[str | None]
    suspended_by_id: Mapped[UUID | None]
    removes_posts: Mapped[bool] = mapped_column(server_default=false())
    revision: Mapped[int]


class Credentials(Base):
    """What a member signs in with; `email_key` is `email` without its spelling's accidents."""

    __tablename__ = "credentials"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]


class Portrait(Base):
    """A member's picture, a WebP made here, at a path that only those know who were told."""

    __tablename__ = "portraits"

    key: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), unique=True)
    image: Mapped[bytes]


class Invitation(Base):
    """A place offered to one person; its row stays for ever. The first one has no sponsor.

    `place_returned_at` is when somebody from elsewhere first liked what the invitee wrote.
    One made for a request goes to the address confirmed there, which `email` does not show.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'administrator')", name="role_known"),
        CheckConstraint("(used_at IS NULL) = (invitee_id IS NULL)", name="used_by_somebody"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="one_end"),
        Index("ix_invitations_sponsored", "sponsor_id", "created_at", "id"),
        Index(
            "ix_invitations_to_remind",
            "created_at",
            postgresql_where=text(
                "is_mailed AND reminded_at IS NULL AND used_at IS NULL AND revoked_at IS NULL"
            ),
        ),
        Index(
            "uq_invitations_first_start",
            "is_first_start",
            unique=True,
            postgresql_where=text("is_first_start AND used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    sponsor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    role: Mapped[str]
    is_first_start: Mapped[bool]
    email: Mapped[str | None]
    is_mailed: Mapped[bool] = mapped_column(server_default=false())
    note: Mapped[str]
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitation_requests.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    place_returned_at: Mapped[datetime | None]
    invitee_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), unique=True)


class InvitationRequest(Base):
    """A stranger who asks to be invited; waits for a sponsor once the address is confirmed."""

    __tablename__ = "invitation_requests"
    __table_args__ = (
        CheckConstraint("locale IN ('fr', 'en')", name="locale_known"),
        CheckConstraint(
            "state IN ('unconfirmed', 'waiting', 'sponsored', 'declined', 'replaced')",
            name="state_known",
        ),
        Index("ix_invitation_requests_email_key", "email_key"),
        Index(
            "ix_invitation_requests_waiting",
            "confirmed_at",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    motivation: Mapped[str]
    keywords: Mapped[list[str]]
    keyword_slugs: Mapped[list[str]]
    link: Mapped[str | None]
    locale: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))


class AddressChange(Base):
    """A new address of a member, which counts once it is confirmed at both."""

    __tablename__ = "address_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), unique=True)
    email: Mapped[str]
    email_key: Mapped[str]
    old_confirmed_at: Mapped[datetime | None]
    new_confirmed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class MailedToken(Base):
    """A secret that went out in a mail, as its hash; `purpose` says what `subject_id` is.

    `invitation`: an invitation; `request`: an invitation request whose address it confirms;
    `old_address`, `new_address`: an address change; `reset`: the member whose password it sets.
    """

    __tablename__ = "mailed_tokens"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('invitation', 'request', 'old_address', 'new_address', 'reset')",
            name="purpose_known",
        ),
        Index("ix_mailed_tokens_subject_id", "subject_id"),
        Index("ix_mailed_tokens_expires_at", "expires_at"),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    subject_id: Mapped[UUID]
    expires_at: Mapped[datetime]


class Mail(Base):
    """A mail to send, without its words: they, and its secret, are made when it is sent.

    The row goes when the mail is sent; one given up stays as `dead` for the operator. One of
    kind `forget` asks to delete the written mails in which the word in `email` stands.
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'dead')", name="state_known"),
        Index("ix_mails_due", "next_try_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_mails_email_key", "email_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    subject_id: Mapped[UUID | None]
    state: Mapped[str]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    created_at: Mapped[datetime]
    error: Mapped[str]


class Limit(Base):
    """How far somebody has used up what they may try; `key` is a hash of what and who.

    `full_at` is when the allowance is whole again (the generic cell rate algorithm's
    theoretical arrival time): one row and one statement, whatever the rate.
    """

    __tablename__ = "limits"
    __table_args__ = (Index("ix_limits_full_at", "full_at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    full_at: Mapped[datetime]


class MemberSession(Base):
    """A device that signed in: the family of its refresh tokens."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_member_id", "member_id", "opened_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    device: Mapped[str] = mapped_column(server_default="")
    opened_at: Mapped[datetime]
    used_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One token of a family; `parent_id` is the one that was rotated into it."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index("ix_refresh_tokens_parent_id", "parent_id"),
        Index("ix_refresh_tokens_session_id", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("refresh_tokens.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]


class ModerationAct(Base):
    """What a moderator, or the operator where `actor_id` is null, did to members, and why."""

    __tablename__ = "moderation_acts"
    __table_args__ = (
        Index("ix_moderation_acts_newest", "at", "id"),
        Index("ix_moderation_acts_member_id", "member_id", "at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    act: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str]
    role: Mapped[str | None]
    affected_ids: Mapped[list[UUID]]
    at: Mapped[datetime]


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
    """A skill of a member, as skills tells; `words` are the slugs by which requests name it."""

    __tablename__ = "skill_refs"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[list[str]]
    is_held: Mapped[bool]
    revision: Mapped[int]


class KeywordFollowRef(Base):
    """Whether a member follows a keyword, as social tells."""

    __tablename__ = "keyword_follow_refs"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
