"""Reading organisations: moderators all of them, members their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from chassis.claims import Claims
from chassis.pages import Page, list_page
from services.identity.access import find_organisation_of, require_reading_moderator
from services.identity.errors import MemberNotFound, OrganisationNotFound
from services.identity.models import (
    Credentials,
    Member,
    Organisation,
    OrganisationAct,
    OrganisationDomain,
)


@dataclass(frozen=True)
class OrganisationView:
    """An organisation as moderators see it."""

    slug: str
    name: str
    domains: list[str]
    is_closed: bool
    registered_at: datetime
    revision: int

    @classmethod
    def of(cls, row: Any) -> "OrganisationView":
        """A row of `_registered`."""
        one: Organisation = row.Organisation
        is_closed = one.closed_at is not None
        return cls(one.slug, one.name, row.domains, is_closed, one.registered_at, one.revision)


@dataclass(frozen=True)
class OrganisationActView:
    """What was done to one, by whom and why."""

    id: UUID
    act: str
    actor: Member
    reason: str
    name: str
    domains: list[str]
    at: datetime

    @classmethod
    def of(cls, row: Any) -> "OrganisationActView":
        """A row of an act and its actor."""
        act: OrganisationAct = row.OrganisationAct
        stood = act.reason, act.name, act.domains
        return cls(act.id, act.act, row.Member, *stood, act.acted_at)


@dataclass(frozen=True)
class AgreementView:
    """The organisation that a member's address shows, and whether they are seen in it."""

    organisation: Organisation | None
    has_agreed: bool


def list_organisations(
    session: Session, *, viewer: Claims, limit: int, cursor: str | None
) -> Page[OrganisationView]:
    """All that are registered, by slug; raises ModeratorsOnly."""
    require_reading_moderator(session, viewer)
    key = [Organisation.slug]
    page = list_page(
        session, _registered(), sort_key=key, limit=limit, cursor=cursor, ascending=True
    )
    return page.map(lambda rows: [OrganisationView.of(row) for row in rows])


def get_organisation(session: Session, *, viewer: Claims, slug: str) -> OrganisationView:
    """One of them; raises ModeratorsOnly or OrganisationNotFound."""
    require_reading_moderator(session, viewer)
    row = session.execute(_registered().where(Organisation.slug == slug)).first()
    if row is None:
        raise OrganisationNotFound
    return OrganisationView.of(row)


def list_acts(
    session: Session, *, viewer: Claims, slug: str, limit: int, cursor: str | None
) -> Page[OrganisationActView]:
    """What was done to one, the latest first; raises ModeratorsOnly or OrganisationNotFound."""
    get_organisation(session, viewer=viewer, slug=slug)
    statement = select(OrganisationAct, Member).join(Member, Member.id == OrganisationAct.actor_id)
    page = list_page(
        session,
        statement.where(OrganisationAct.slug == slug),
        sort_key=[OrganisationAct.acted_at, OrganisationAct.id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(lambda rows: [OrganisationActView.of(row) for row in rows])


def get_agreement(session: Session, *, member_id: UUID) -> AgreementView:
    """A member's own; raises MemberNotFound."""
    known = session.get(Credentials, member_id)
    if known is None:
        raise MemberNotFound
    placed = session.scalar(select(Member.organisation).where(Member.id == member_id))
    return AgreementView(find_organisation_of(session, known), placed is not None)


def _registered() -> Select[Any]:
    by_name = aggregate_order_by(OrganisationDomain.domain, OrganisationDomain.domain)
    domains = (
        select(func.array_agg(by_name))
        .where(OrganisationDomain.slug == Organisation.slug)
        .scalar_subquery()
    )
    return select(Organisation, domains.label("domains"))
