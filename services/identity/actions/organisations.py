"""What moderators do to organisations: each act with its reason, kept for good."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.mailing.addresses import host_of
from chassis.messaging.outbox import record
from chassis.slugs import slug_of
from services.identity import events
from services.identity.access import require_moderator
from services.identity.actions.locks import lock_agreed, lock_organisation
from services.identity.domains import find_shared
from services.identity.errors import (
    ActWithoutEffect,
    DomainShared,
    DomainTaken,
    OrganisationChanged,
    OrganisationTaken,
)
from services.identity.models import (
    Credentials,
    Member,
    Organisation,
    OrganisationAct,
    OrganisationDomain,
)


def register_organisation(
    session: Session, *, actor: Claims, name: str, domains: Sequence[str], reason: str
) -> str:
    """Register one, whose people may agree from now on; returns its slug.

    Raises what `require_moderator` raises, DomainShared, OrganisationTaken or DomainTaken.
    """
    require_moderator(session, actor, is_locked=True)
    slug = slug_of(name)
    row = insert(Organisation).values(slug=slug, name=name, registered_at=clock.now(), revision=1)
    made = session.scalar(row.on_conflict_do_nothing().returning(Organisation))
    if made is None:
        raise OrganisationTaken
    _set_domains(session, made, domains)
    _keep(session, actor, made, "register", reason)
    return slug


def change_organisation(
    session: Session,
    *,
    actor: Claims,
    slug: str,
    revision: int,
    reason: str,
    name: str | None = None,
    domains: Sequence[str] | None = None,
    is_closed: bool | None = None,
) -> None:
    """Change what is given; records `member.updated` of everybody whose agreement that ends.

    Raises what `require_moderator` raises, OrganisationNotFound, OrganisationChanged,
    ActWithoutEffect, DomainShared or DomainTaken.
    """
    require_moderator(session, actor)
    organisation = lock_organisation(session, slug=slug)
    agreed = lock_agreed(session, slug=slug, actor_id=actor.id)
    # Once more under the lock: they may be none any more.
    require_moderator(session, actor)
    if organisation.revision != revision:
        raise OrganisationChanged
    before = _state(session, organisation)
    organisation.name = name or organisation.name
    if is_closed is not None and is_closed != (organisation.closed_at is not None):
        organisation.closed_at = clock.now() if is_closed else None
    if domains is not None:
        _set_domains(session, organisation, domains)
    after = _state(session, organisation)
    if after == before:
        raise ActWithoutEffect
    organisation.revision += 1
    act = "change" if after[2] == before[2] else "close" if after[2] else "reopen"
    _keep(session, actor, organisation, act, reason)
    _end_agreements(session, organisation, agreed)


def _state(session: Session, organisation: Organisation) -> tuple[str, list[str], bool]:
    domains = _domains_of(session, organisation)
    return organisation.name, domains, organisation.closed_at is not None


def _domains_of(session: Session, organisation: Organisation) -> list[str]:
    mine = select(OrganisationDomain.domain).where(OrganisationDomain.slug == organisation.slug)
    return list(session.scalars(mine.order_by(OrganisationDomain.domain)))


def _set_domains(session: Session, organisation: Organisation, domains: Collection[str]) -> None:
    if shared := find_shared(domains):
        raise DomainShared(f"{DomainShared.detail} Meant: {', '.join(shared)}.")
    before, wanted = set(_domains_of(session, organisation)), set(domains)
    session.execute(
        delete(OrganisationDomain)
        .where(OrganisationDomain.slug == organisation.slug)
        .where(OrganisationDomain.domain.in_(before - wanted))
    )
    # In order: two who want the same ones do not wait crosswise.
    for domain in sorted(wanted - before):
        row = insert(OrganisationDomain).values(domain=domain, slug=organisation.slug)
        added = row.on_conflict_do_nothing().returning(OrganisationDomain.domain)
        if session.scalar(added) is None:
            raise DomainTaken(f"{DomainTaken.detail} Meant: {domain}.")


def _keep(
    session: Session, actor: Claims, organisation: Organisation, act: str, reason: str
) -> None:
    session.add(
        OrganisationAct(
            id=new_id(),
            act=act,
            actor_id=actor.id,
            slug=organisation.slug,
            reason=reason,
            name=organisation.name,
            domains=_domains_of(session, organisation),
            acted_at=clock.now(),
        )
    )
    session.flush()


def _end_agreements(
    session: Session, organisation: Organisation, members: Collection[Member]
) -> None:
    """Of those whose address shows this organisation no more, and of all where it is closed."""
    slug = organisation.slug
    hosts = set() if organisation.closed_at else set(_domains_of(session, organisation))
    theirs = select(Credentials).join(Member, Member.id == Credentials.member_id)
    # Read under the members' locks, under which addresses change.
    known = session.scalars(
        theirs.where(Member.organisation == slug).execution_options(populate_existing=True)
    )
    stay = {one.member_id for one in known if host_of(one.email) in hosts}
    ended = [one for one in members if one.organisation == slug and one.id not in stay]
    for member in ended:
        member.organisation, member.revision = None, member.revision + 1
    record(session, *(events.updated(member) for member in ended))
