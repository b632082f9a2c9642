"""Whether members are seen in the organisation that their confirmed address shows."""

from sqlalchemy.orm import Session

from chassis.claims import Claims
from chassis.messaging.outbox import record
from services.identity import events
from services.identity.access import find_organisation_of, require_active
from services.identity.actions.locks import hold_organisation
from services.identity.errors import OrganisationNotYours
from services.identity.models import Credentials, Member


def agree(session: Session, *, actor: Claims, slug: str) -> None:
    """Let the actor be seen in their organisation; records `member.updated` the first time.

    Raises MemberNotFound, MemberSuspended, OrganisationNotFound or OrganisationNotYours.
    """
    require_active(session, actor)
    # Before the member's row, as those who change organisations lock: none ends in the middle.
    hold_organisation(session, slug=slug)
    member = require_active(session, actor, is_locked=True)
    known = session.get_one(Credentials, member.id, populate_existing=True)
    found = find_organisation_of(session, known)
    if found is None or found.slug != slug:
        raise OrganisationNotYours
    _place(session, member, slug)


def take_back(session: Session, *, actor: Claims) -> None:
    """End it; records `member.updated` where they had agreed.

    Raises MemberNotFound or MemberSuspended.
    """
    _place(session, require_active(session, actor, is_locked=True), None)


def end_elsewhere(session: Session, *, member: Member, known: Credentials) -> None:
    """End what the member's address does not show any more; records `member.updated`.

    For who holds the member's lock.
    """
    if member.organisation is not None:
        found = find_organisation_of(session, known)
        if found is None or found.slug != member.organisation:
            _place(session, member, None)


def _place(session: Session, member: Member, slug: str | None) -> None:
    if member.organisation != slug:
        member.organisation, member.revision = slug, member.revision + 1
        record(session, events.updated(member))
