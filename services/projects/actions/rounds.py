"""Asking for opinions: planning a round, moving its end, withdrawing it, and what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.languages import guess_language
from chassis.markdown.text import Text
from chassis.messaging.outbox import record
from services.projects import access, audiences, opinions, rules
from services.projects.actions import sealing
from services.projects.actions.allowances import require_pace
from services.projects.actions.awake import keep_awake
from services.projects.errors import (
    AudienceNotAllowed,
    AudienceTooSmall,
    ResultsMustWait,
    RoundFrozen,
    RoundNotFound,
    RoundOver,
    RoundRepeated,
    RoundStillOpen,
    RoundsTooFast,
    RoundsTooMany,
    RoundTimesInvalid,
    RoundWithdrawn,
    VersionOutdated,
)
from services.projects.events import round_changed
from services.projects.models import OptionCount, Participants, Project, Round


def plan_round(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    text: Text | None,
    questions: Sequence[opinions.Question],
    opens_at: datetime | None,
    wanted: Mapping[str, Any],
) -> UUID:
    """Ask for opinions, from now or later; records `opinion.requested`.

    `text` is the concept; `wanted` are `title`, `audience`, `is_anonymous`, `results` and
    `closes_at`. Raises ProjectNotFound, ContributorsOnly, ProjectOver, RoundsTooMany,
    RoundsTooFast, RoundTimesInvalid, AudienceNotAllowed, AudienceTooSmall, ResultsMustWait or
    RoundRepeated.
    """
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id)
    now = clock.now()
    _require_room(session, project_id, now)
    planned = Round(
        id=new_id(),
        project_id=project_id,
        author_id=actor.id,
        opens_at=opens_at or now,
        questions=opinions.kept(questions),
        **_shown(wanted["title"], text),
        **wanted,
        revision=1,
        asked_at=now,
        changed_at=now,
    )
    if opens_at is not None and opens_at < now:
        raise RoundTimesInvalid(errors={"opens_at": [RoundTimesInvalid.detail]})
    _require_sound(session, project, planned)
    keep_awake(session, project=project, actor_id=actor.id)
    record(session, round_changed(planned))
    return planned.id


def edit_round(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    round_id: UUID,
    revision: int | None,
    changes: Mapping[str, Any],
) -> None:
    """Change a round that is planned, or move the end of an open one; records `opinion.requested`.

    `changes` are by name, `concept` rendered or None, `questions` as `Question`. Raises what
    `plan_round` raises of its parts, RoundNotFound, RoundOver, RoundFrozen, RoundWithdrawn, or
    VersionOutdated where `revision` is given and is another.
    """
    project, planned = _lock(session, actor, project_id, round_id)
    if revision is not None and planned.revision != revision:
        raise VersionOutdated
    now = clock.now()
    state = planned.state_at(now)
    if state == rules.OPEN and changes.keys() - {"closes_at"}:
        raise RoundFrozen
    before = _said(planned)
    closes_at = changes.get("closes_at", planned.closes_at)
    if state == rules.OPEN and closes_at < planned.closes_at:
        _require_notice(closes_at, now)
    if changes.get("opens_at") is not None and changes["opens_at"] < now:
        raise RoundTimesInvalid(errors={"opens_at": [RoundTimesInvalid.detail]})
    _change(planned, changes)
    if _said(planned) == before:
        return
    _require_sound(session, project, planned, is_moved=state == rules.OPEN)
    _commit(session, actor, project, planned)


def withdraw_round(session: Session, *, actor: Claims, project_id: UUID, round_id: UUID) -> None:
    """Take a round back, and all that was answered with it; records `opinion.closed`.

    Repeating changes nothing. Raises ProjectNotFound, ContributorsOnly, RoundNotFound or RoundOver.
    """
    project, planned = _lock(session, actor, project_id, round_id, is_withdrawn_too=True)
    if planned.withdrawn_at is not None:
        return
    planned.withdrawn_at = clock.now()
    sealing.drop_answers(session, planned=planned)
    _commit(session, actor, project, planned)


def put_outcome(
    session: Session, *, actor: Claims, project_id: UUID, round_id: UUID, text: Text
) -> None:
    """Say what came of a round that is over; records `opinion.concluded`.

    In a closed project too. Raises ProjectNotFound, ContributorsOnly, RoundNotFound,
    RoundStillOpen or RoundWithdrawn.
    """
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id, is_open=False)
    planned = lock_round(session, project_id=project_id, round_id=round_id)
    state = planned.state_at(clock.now())
    if state == rules.WITHDRAWN:
        raise RoundWithdrawn
    if state != rules.CLOSED:
        raise RoundStillOpen
    if planned.outcome == text.markdown:
        return
    if planned.sealed_at is None:
        sealing.seal(session, planned=planned)
    planned.outcome, planned.outcome_html = text.markdown, text.html
    planned.concluded_at = planned.concluded_at or clock.now()
    _commit(session, actor, project, planned)


def lock_round(session: Session, *, project_id: UUID, round_id: UUID) -> Round:
    """A round of a locked project, as it stays; raises RoundNotFound."""
    named = select(Round).where(Round.id == round_id, Round.project_id == project_id)
    named = named.where(access.is_unhidden(Round.id))
    locked = named.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(locked)
    if found is None:
        raise RoundNotFound
    return found


def _lock(
    session: Session,
    actor: Claims,
    project_id: UUID,
    round_id: UUID,
    *,
    is_withdrawn_too: bool = False,
) -> tuple[Project, Round]:
    """A round that is not over, for the project's people; its project may be closed meanwhile."""
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id, is_open=False)
    planned = lock_round(session, project_id=project_id, round_id=round_id)
    state = planned.state_at(clock.now())
    if state == rules.CLOSED:
        raise RoundOver
    if state == rules.WITHDRAWN and not is_withdrawn_too:
        raise RoundWithdrawn
    return project, planned


def _commit(session: Session, actor: Claims, project: Project, planned: Round) -> None:
    planned.revision += 1
    planned.changed_at = clock.now()
    if project.closed_at is None:
        keep_awake(session, project=project, actor_id=actor.id)
    session.flush()
    record(session, round_changed(planned))


def _change(planned: Round, changes: Mapping[str, Any]) -> None:
    for name in changes.keys() - {"concept", "questions"}:
        setattr(planned, name, changes[name])
    if "questions" in changes:
        planned.questions = opinions.kept(changes["questions"])
    if "concept" in changes:
        for name, value in _shown(planned.title, changes["concept"]).items():
            setattr(planned, name, value)


def _said(planned: Round) -> tuple[Any, ...]:
    names = ("title", "concept", "audience", "is_anonymous", "results", "questions")
    return tuple(getattr(planned, name) for name in (*names, "opens_at", "closes_at"))


def _shown(title: str, text: Text | None) -> dict[str, Any]:
    return {
        "concept": text.markdown if text else "",
        "concept_html": text.html if text else "",
        "lang": guess_language(f"{title}\n{text.plain}" if text else title),
    }


def _require_sound(
    session: Session, project: Project, planned: Round, *, is_moved: bool = False
) -> None:
    """What a round promises must be possible; of an open one only the end was moved."""
    _require_times(planned)
    if is_moved:
        if planned.is_anonymous:
            _require_unlike(session, planned)
        return
    if planned.audience == rules.MEMBERS and project.visibility == rules.INVITED:
        raise AudienceNotAllowed(errors={"audience": [AudienceNotAllowed.detail]})
    if planned.is_anonymous and planned.results == rules.AFTER_ANSWER:
        raise ResultsMustWait(errors={"results": [ResultsMustWait.detail]})
    session.add(planned)
    session.flush()
    _require_alone(session, planned)
    if planned.is_anonymous:
        _require_unknown(session, planned)
    _reset_counts(session, planned)


def _require_times(planned: Round) -> None:
    if planned.opens_at > clock.now() + rules.LATEST_OPENING:
        raise RoundTimesInvalid(errors={"opens_at": [RoundTimesInvalid.detail]})
    length = planned.closes_at - planned.opens_at
    if not rules.SHORTEST_ROUND <= length <= rules.LONGEST_ROUND:
        raise RoundTimesInvalid(errors={"closes_at": [RoundTimesInvalid.detail]})


def _require_notice(closes_at: datetime, now: datetime) -> None:
    if closes_at < now + rules.LEAST_NOTICE:
        raise RoundTimesInvalid(errors={"closes_at": [RoundTimesInvalid.detail]})


def _require_room(session: Session, project_id: UUID, now: datetime) -> None:
    its = select(func.count()).where(Round.project_id == project_id)
    going_on = its.where(
        Round.closes_at > now, Round.withdrawn_at.is_(None), access.is_unhidden(Round.id)
    )
    if session.execute(going_on).scalar_one() >= rules.MOST_ROUNDS:
        raise RoundsTooMany
    require_pace(
        session,
        at=Round.asked_at,
        which=Round.project_id == project_id,
        most=rules.ROUNDS_A_DAY,
        refusal=RoundsTooFast,
    )


def _require_alone(session: Session, planned: Round) -> None:
    """Of a project all members are asked by one round at a time."""
    if planned.audience != rules.MEMBERS:
        return
    others = select(Round.id).where(
        Round.project_id == planned.project_id,
        Round.id != planned.id,
        Round.audience == rules.MEMBERS,
        Round.closes_at > clock.now(),
        Round.withdrawn_at.is_(None),
        access.is_unhidden(Round.id),
    )
    if session.scalar(others.limit(1)) is not None:
        raise RoundsTooMany


def _require_unknown(session: Session, planned: Round) -> None:
    """Nobody is known by how few are asked, nor by what another round told."""
    its = {"round_id": planned.id, "project_id": planned.project_id}
    asked = session.execute(audiences.asked_of(planned.audience), its).all()
    if len(asked) < rules.LEAST_ANONYMOUS:
        raise AudienceTooSmall
    _require_unlike(session, planned)


def _require_unlike(session: Session, planned: Round) -> None:
    """Nothing that it counts is counted by another round without names near it, either side."""
    others = select(Round.questions).where(
        Round.project_id == planned.project_id,
        Round.id != planned.id,
        Round.is_anonymous,
        Round.withdrawn_at.is_(None),
        Round.closes_at > planned.opens_at - rules.REPEATED_WITHIN,
        Round.opens_at < planned.closes_at + rules.REPEATED_WITHIN,
    )
    said = opinions.said_alike(opinions.questions_of(planned.questions))
    for questions in session.scalars(others):
        if said & opinions.said_alike(opinions.questions_of(questions)):
            raise RoundRepeated


def _reset_counts(session: Session, planned: Round) -> None:
    """Counters at nothing, for the questions as they are now; before anybody answered."""
    sealing.drop_answers(session, planned=planned)
    counters = opinions.counters_of(opinions.questions_of(planned.questions))
    rows = [
        {"round_id": planned.id, "question": question, "option": option, "count": 0}
        for question, option in counters
    ]
    session.execute(insert(OptionCount), rows)
    if planned.is_anonymous:
        session.add(Participants(round_id=planned.id, member_ids=[]))
        session.flush()
