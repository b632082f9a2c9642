"""Calls for help."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.languages import guess_language
from chassis.markdown.text import Text
from chassis.messaging.outbox import record
from services.projects import access, rules
from services.projects.actions.awake import keep_awake
from services.projects.errors import CallNotFound, CallOver, CallsTooMany
from services.projects.events import call_changed
from services.projects.models import Call

OPEN, ANSWERED, WITHDRAWN = "open", "answered", "withdrawn"


def open_call(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    title: str,
    text: Text | None,
    skills: Sequence[str],
    hours: int | None,
    until: date | None,
) -> UUID:
    """Look for help; records `project.call_changed`.

    `text` is the details; of the skills, slugs that the catalogue does not know stay too. Raises
    ProjectNotFound, ContributorsOnly, ProjectOver or CallsTooMany.
    """
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id)
    _require_room(session, project_id)
    now = clock.now()
    call = Call(
        id=new_id(),
        project_id=project_id,
        author_id=actor.id,
        title=title,
        details=text.markdown if text else "",
        details_html=text.html if text else "",
        lang=guess_language(f"{title}\n{text.plain}" if text else title),
        skills=list(dict.fromkeys(skills)),
        hours=hours,
        until=until,
        state=OPEN,
        revision=1,
        opened_at=now,
        changed_at=now,
    )
    session.add(call)
    keep_awake(session, project=project, actor_id=actor.id)
    session.flush()
    record(session, call_changed(call))
    return call.id


def end_call(
    session: Session, *, actor: Claims, project_id: UUID, call_id: UUID, state: str
) -> None:
    """Say that a call was answered, or withdraw it; records `project.call_changed`.

    Its offers and invitations go on waiting: each is answered by who it concerns. Repeating changes
    nothing. Raises ProjectNotFound, ContributorsOnly, ProjectOver, CallNotFound or CallOver.
    """
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id)
    call = get_call(session, project_id=project_id, call_id=call_id)
    if call.state == state:
        return
    if call.state != OPEN:
        raise CallOver
    keep_awake(session, project=project, actor_id=actor.id)
    _turn(session, call, state)


def get_call(session: Session, *, project_id: UUID, call_id: UUID) -> Call:
    """A call of a locked project; raises CallNotFound."""
    named = select(Call).where(Call.id == call_id, Call.project_id == project_id)
    call = session.scalar(named.where(access.is_unhidden(Call.id)))
    if call is None:
        raise CallNotFound
    return call


def get_open_call(session: Session, *, project_id: UUID, call_id: UUID) -> Call:
    """The same of one that is open; raises CallOver besides."""
    call = get_call(session, project_id=project_id, call_id=call_id)
    if call.state != OPEN:
        raise CallOver
    return call


def withdraw_all(session: Session, *, project_id: UUID) -> None:
    """Withdraw the open calls of a locked project; records what ends."""
    waiting = select(Call).where(Call.project_id == project_id, Call.state == OPEN)
    for call in session.scalars(waiting.order_by(Call.id)).all():
        _turn(session, call, WITHDRAWN)


def _require_room(session: Session, project_id: UUID) -> None:
    waiting = select(func.count()).where(
        Call.project_id == project_id, Call.state == OPEN, access.is_unhidden(Call.id)
    )
    if session.execute(waiting).scalar_one() >= rules.MOST_OPEN_CALLS:
        raise CallsTooMany


def _turn(session: Session, call: Call, state: str) -> None:
    call.state = state
    call.revision += 1
    call.changed_at = clock.now()
    session.flush()
    record(session, call_changed(call))
