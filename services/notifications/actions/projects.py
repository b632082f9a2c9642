"""What happens in projects: who is told of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from chassis.replicas import upsert_newer
from contracts.projects import (
    BenchmarkPublished,
    ContributionThanked,
    OpinionClosed,
    OpinionConcluded,
    OpinionGiven,
    OpinionOutcomeDue,
    OpinionRequested,
    ProjectAsleep,
    ProjectCallChanged,
    ProjectClosed,
    ProjectCreated,
    ProjectHelpAsked,
    ProjectHelpOffered,
    ProjectIdle,
    ProjectUpdated,
    ProjectUpdatePublished,
    ProjectUpdateRemoved,
    ProjectWoken,
)
from services.notifications import rules
from services.notifications.actions import broadcasts, objects
from services.notifications.actions.telling import Told, tell
from services.notifications.models import GivenRef, ObjectRef, ProjectSleep

OVER = ("accepted", "declined")


def keep_projects(
    session: Session, events: Sequence[ProjectCreated | ProjectUpdated | ProjectClosed]
) -> None:
    """Keep projects; tells owners of the offers that were heard of before."""
    broadcasts.hold(session, (event.project_id for event in events))
    rows = [
        objects.build_row(
            "project",
            event.project_id,
            revision=event.revision,
            at=event.changed_at,
            author_id=event.owner_id,
            title=event.title,
            audience=event.visibility,
            state=event.stage,
        )
        for event in events
    ]
    objects.keep(session, rows)
    project_ids = [event.project_id for event in events]
    _tell_owners(session, project_ids=project_ids)
    _tell_of_silence(session, project_ids)


def keep_sleep(
    session: Session, events: Sequence[ProjectIdle | ProjectAsleep | ProjectWoken]
) -> None:
    """Keep what was told of projects' sleep; tells owners that theirs are silent."""
    project_ids = [event.project_id for event in events]
    broadcasts.hold(session, project_ids)
    rows = [
        {
            "project_id": event.project_id,
            "state": event.state,
            "revision": event.revision,
            "told_at": event.told_at,
        }
        for event in events
    ]
    upsert_newer(session, ProjectSleep, rows)
    _tell_of_silence(session, project_ids)


def keep_given(session: Session, events: Sequence[OpinionGiven]) -> None:
    """Keep who answered rounds with names, who need not be reminded."""
    rows = [
        {"round_id": event.round_id, "member_id": event.member_id, "revision": event.revision}
        for event in events
    ]
    upsert_newer(session, GivenRef, rows)


def tell_of_outcomes_due(session: Session, events: Sequence[OpinionOutcomeDue]) -> None:
    """Tell who asked for opinions that it was not said what came of them."""
    tell(
        session,
        (
            Told(
                member_id=event.author_id,
                kind=rules.OUTCOME_DUE,
                object_id=event.round_id,
                happened_at=event.due_at,
            )
            for event in events
        ),
    )


def keep_updates(
    session: Session, events: Sequence[ProjectUpdatePublished | ProjectUpdateRemoved]
) -> None:
    """Keep news; tells who builds or follows their project."""
    _hold_projects(session, events)
    for event in events:
        if isinstance(event, ProjectUpdateRemoved):
            _keep(session, rules.UPDATE, event, event.update_id, event.removed_at, is_there=False)
            continue
        its = {"title": event.title, "author_id": event.author_id}
        if _keep(session, rules.UPDATE, event, event.update_id, event.published_at, **its):
            _tell_project(session, rules.UPDATE, event, event.update_id, event.published_at)


def keep_calls(session: Session, events: Sequence[ProjectCallChanged]) -> None:
    """Keep calls; tells who builds or follows their project of open ones."""
    _hold_projects(session, events)
    for event in events:
        its = {"title": event.title, "author_id": event.author_id, "state": event.state}
        if _keep(session, rules.CALL, event, event.call_id, event.opened_at, **its):
            _tell_project(session, rules.CALL, event, event.call_id, event.opened_at)


def keep_rounds(
    session: Session, events: Sequence[OpinionRequested | OpinionClosed | OpinionConcluded]
) -> None:
    """Keep rounds; tells who builds or follows their project when they open, and what came of them.

    A round that was withdrawn is not there.
    """
    _hold_projects(session, events)
    for event in events:
        its: dict[str, Any] = {"title": event.title, "author_id": event.author_id}
        its |= {"audience": event.audience}
        its |= {"state": event.state, "is_there": event.state != "withdrawn"}
        if not _keep(session, rules.ROUND, event, event.round_id, event.opens_at, **its):
            continue
        _tell_project(session, rules.ROUND, event, event.round_id, event.opens_at)
        ends_soon = event.closes_at - rules.ENDS_SOON
        if not event.is_anonymous and ends_soon > event.opens_at:
            _tell_project(session, rules.ROUND_ENDS, event, event.round_id, ends_soon)
        if isinstance(event, OpinionConcluded):
            _tell_project(session, rules.OUTCOME, event, event.round_id, event.concluded_at)


def keep_benchmarks(session: Session, events: Sequence[BenchmarkPublished]) -> None:
    """Keep benchmarks; tells who builds or follows their project of each version."""
    _hold_projects(session, events)
    for event in events:
        its = {"title": event.title, "author_id": event.author_id}
        if not _keep(
            session, rules.BENCHMARK, event, event.benchmark_id, event.published_at, **its
        ):
            continue
        _tell_project(
            session,
            rules.BENCHMARK,
            event,
            event.benchmark_id,
            event.published_at,
            part=str(event.revision),
        )


def keep_invitations(session: Session, events: Sequence[ProjectHelpAsked]) -> None:
    """Keep invitations to help; tells who is asked, and who asked what they answered."""
    _hold_projects(session, events)
    for event in events:
        state = "pending" if event.state == "later" else event.state
        its = {"author_id": event.inviter_id, "state": state}
        _keep(session, "invitation", event, event.invitation_id, event.asked_at, **its)
    asked = [
        Told(
            member_id=event.member_id,
            kind=rules.OWNERSHIP_OFFERED if event.role == "owner" else rules.HELP_ASKED,
            object_id=event.invitation_id,
            actor_id=event.inviter_id,
            happened_at=event.asked_at,
        )
        for event in events
    ]
    answered = [
        _answered(event.inviter_id, event.member_id, event.invitation_id, event)
        for event in events
        if event.state in OVER
    ]
    tell(session, [*asked, *answered])


def keep_offers(session: Session, events: Sequence[ProjectHelpOffered]) -> None:
    """Keep offers of help; tells the owner, and who offered what was answered."""
    _hold_projects(session, events)
    for event in events:
        its = {"author_id": event.member_id, "state": event.state}
        _keep(session, "offer", event, event.offer_id, event.offered_at, **its)
    _tell_owners(session, offer_ids=[event.offer_id for event in events])
    answered = (
        _answered(event.member_id, None, event.offer_id, event)
        for event in events
        if event.state in OVER
    )
    tell(session, answered)


def tell_of_thanks(session: Session, events: Sequence[ContributionThanked]) -> None:
    """Tell contributors that they were thanked."""
    tell(
        session,
        (
            Told(
                member_id=event.member_id,
                kind=rules.THANKS,
                object_id=event.call_id,
                actor_id=event.owner_id,
                happened_at=event.thanked_at,
            )
            for event in events
        ),
    )


def _hold_projects(session: Session, events: Sequence[Any]) -> None:
    broadcasts.hold(session, (event.project_id for event in events))


def _keep(
    session: Session, kind: str, event: Any, object_id: UUID, at: datetime, **its: Any
) -> bool:
    """Keep something of a project; whether that was new."""
    its |= {"parent_id": event.project_id}
    row = objects.build_row(kind, object_id, revision=event.revision, at=at, **its)
    return bool(objects.keep(session, [row]))


def _tell_project(
    session: Session, kind: str, event: Any, object_id: UUID, at: datetime, *, part: str = ""
) -> None:
    broadcasts.begin(
        session,
        kind=kind,
        object_id=object_id,
        part=part,
        source_id=event.project_id,
        actor_id=event.author_id,
        happened_at=at,
    )


def _answered(member_id: UUID, actor_id: UUID | None, object_id: UUID, event: Any) -> Told:
    """What was answered to an invitation or an offer; of an offer, by the project."""
    return Told(
        member_id=member_id,
        kind=rules.HELP_ANSWERED,
        object_id=object_id,
        part=event.state,
        actor_id=actor_id,
        happened_at=event.changed_at,
    )


def _tell_owners(
    session: Session, *, project_ids: Sequence[UUID] = (), offer_ids: Sequence[UUID] = ()
) -> None:
    """Tell owners who offers help, whichever of project and offer is heard of first."""
    offer, project = aliased(ObjectRef), aliased(ObjectRef)
    both = (
        select(project.author_id.label("owner_id"), offer.id, offer.author_id, offer.happened_at)
        .join(project, project.id == offer.parent_id)
        .where(
            offer.type == "offer",
            project.author_id.is_not(None),
            or_(project.id.in_(project_ids), offer.id.in_(offer_ids)),
        )
    )
    tell(
        session,
        (
            Told(
                member_id=row.owner_id,
                kind=rules.HELP_OFFERED,
                object_id=row.id,
                actor_id=row.author_id,
                happened_at=row.happened_at,
            )
            for row in session.execute(both)
        ),
    )


def _tell_of_silence(session: Session, project_ids: Sequence[UUID]) -> None:
    """Tell owners of silent projects, whichever of project and silence is heard of first."""
    silent = (
        select(ObjectRef.author_id, ProjectSleep)
        .join(ObjectRef, ObjectRef.id == ProjectSleep.project_id)
        .where(
            ProjectSleep.project_id.in_(project_ids),
            ProjectSleep.state != "awake",
        )
    )
    tell(
        session,
        (
            Told(
                member_id=owner_id,
                kind=rules.IDLE,
                object_id=row.project_id,
                part=str(row.revision),
                happened_at=row.told_at,
            )
            for owner_id, row in session.execute(silent)
            if owner_id is not None
        ),
    )
