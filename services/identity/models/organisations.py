"""Organisations that moderators registered, by the domains of their members' addresses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base


class Organisation(Base):
    """Whose members may be seen together, once they agreed; one that is closed has none.

    All that refers to one names its slug: it never changes, and none is ever deleted.
    """

    __tablename__ = "organisations"

    slug: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    registered_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    revision: Mapped[int]


class OrganisationDomain(Base):
    """A domain, in ASCII, of one organisation alone; those below it are not meant."""

    __tablename__ = "organisation_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(index=True)


class OrganisationAct(Base):
    """What a moderator did to an organisation, why, and how it stood afterwards."""

    __tablename__ = "organisation_acts"
    __table_args__ = (
        CheckConstraint("act IN ('register', 'change', 'close', 'reopen')", name="act_known"),
        Index("ix_organisation_acts_newest", "slug", "acted_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    act: Mapped[str]
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    slug: Mapped[str]
    reason: Mapped[str]
    name: Mapped[str]
    domains: Mapped[list[str]]
    acted_at: Mapped[datetime]
