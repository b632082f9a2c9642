"""Thanking a contributor for what an answered call asked: a second source of skills."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.messaging.outbox import record
from services.projects import access
from services.projects.actions.awake import keep_awake
from services.projects.actions.calls import ANSWERED, get_call
from services.projects.errors import (
    CallUnanswered,
    ContributorNotFound,
    ThankedAlready,
    ThanksForOneself,
)
from services.projects.events import thanked
from services.projects.models import Belonging, Thanks


def thank_contributor(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    call_id: UUID,
    member_id: UUID,
    skills: Sequence[str],
    word: str,
) -> datetime:
    """Thank a contributor once for a call; records `contribution.thanked`, returns when.

    In a closed project too: that is when one looks back. Raises ProjectNotFound, OwnerOnly,
    CallNotFound, CallUnanswered, ThanksForOneself, ContributorNotFound or ThankedAlready.
    """
    project = access.lock_as_owner(session, actor=actor, project_id=project_id, is_open=False)
    if get_call(session, project_id=project_id, call_id=call_id).state != ANSWERED:
        raise CallUnanswered
    _require_contributor(session, actor=actor, project_id=project_id, member_id=member_id)
    new = insert(Thanks).values(
        call_id=call_id,
        member_id=member_id,
        project_id=project_id,
        owner_id=actor.id,
        skills=list(dict.fromkeys(skills)),
        word=word,
        revision=1,
        thanked_at=clock.now(),
    )
    made = session.scalars(new.on_conflict_do_nothing().returning(Thanks)).first()
    if made is None:
        raise ThankedAlready
    if project.closed_at is None:
        keep_awake(session, project=project, actor_id=actor.id)
    record(session, thanked(made))
    return made.thanked_at


def _require_contributor(
    session: Session, *, actor: Claims, project_id: UUID, member_id: UUID
) -> None:
    if member_id == actor.id:
        raise ThanksForOneself(errors={"member_id": [ThanksForOneself.detail]})
    known = session.get(Belonging, (project_id, member_id))
    if known is None or not known.is_in:
        raise ContributorNotFound
