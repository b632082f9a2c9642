"""The past of projects in key order, as events, for listeners that are rebuilt."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, aliased

from contracts import Event
from services.projects import events
from services.projects.models import (
    Belonging,
    Benchmark,
    BenchmarkVersion,
    Call,
    HelpInvitation,
    ModerationAct,
    Offer,
    Participation,
    Project,
    ProjectFollow,
    ProjectUpdate,
    Report,
    Round,
    Thanks,
)

Listing = Callable[[Session, Any, int], Sequence[Event]]


def _by_key(model: Any, tell: Callable[[Any], Event], *told: str) -> Listing:
    """Every row as its latest event, in the order of its key, which is `told` by these names."""
    key = list(model.__table__.primary_key)

    def list_history(session: Session, after: Any, limit: int) -> Sequence[Event]:
        statement = select(model).order_by(*key).limit(limit)
        if after is not None:
            statement = statement.where(tuple_(*key) > tuple(getattr(after, one) for one in told))
        return [tell(row) for row in session.scalars(statement)]

    return list_history


_PAIR = ("project_id", "member_id")
list_project_history = _by_key(Project, events.project_changed, "project_id")
list_belonging_history = _by_key(Belonging, events.belonging_changed, *_PAIR)
list_follow_history = _by_key(ProjectFollow, events.follow_changed, *_PAIR)
list_call_history = _by_key(Call, events.call_changed, "call_id")
list_invitation_history = _by_key(HelpInvitation, events.invitation_changed, "invitation_id")
list_offer_history = _by_key(Offer, events.offer_changed, "offer_id")
list_update_history = _by_key(ProjectUpdate, events.update_changed, "update_id")
list_thanks_history = _by_key(Thanks, events.thanked, "call_id", "member_id")
list_moderation_history = _by_key(ModerationAct, events.moderated, "act_id")
list_round_history = _by_key(Round, events.round_changed, "round_id")


def list_opinion_history(session: Session, after: Any, limit: int) -> Sequence[Event]:
    """That somebody answered with their name, each as its latest event."""
    key = Participation.round_id, Participation.member_id
    page = select(Participation)
    if after is not None:
        page = page.where(tuple_(*key) > (after.round_id, after.member_id))
    # Rounds are looked up for the page alone: joined to all, they may lead, from the first one on.
    one = aliased(Participation, page.order_by(*key).limit(limit).subquery("given"))
    given = select(one, Round).join(Round, Round.id == one.round_id)
    rows = session.execute(given.order_by(one.round_id, one.member_id))
    return [events.opinion_given(round_, participation) for participation, round_ in rows]


def list_outcome_due_history(session: Session, after: Any, limit: int) -> Sequence[Event]:
    """Of which rounds it was asked what came of them."""
    due = select(Round).where(Round.outcome_due_at.is_not(None))
    if after is not None:
        due = due.where(Round.id > after.round_id)
    return [events.outcome_due(one) for one in session.scalars(due.order_by(Round.id).limit(limit))]


def list_benchmark_history(session: Session, after: Any, limit: int) -> Sequence[Event]:
    """The latest version of each benchmark that has one."""
    its_latest = (BenchmarkVersion.benchmark_id == Benchmark.id) & (
        BenchmarkVersion.version == Benchmark.version
    )
    latest = select(Benchmark, BenchmarkVersion).join(BenchmarkVersion, its_latest)
    if after is not None:
        latest = latest.where(Benchmark.id > after.benchmark_id)
    rows = session.execute(latest.order_by(Benchmark.id).limit(limit))
    return [events.benchmark_published(one, version) for one, version in rows]


def list_sleep_history(session: Session, after: Any, limit: int) -> Sequence[Event]:
    """What was told last of the sleep of each project of which anything was."""
    told = select(Project).where(Project.sleep_revision > 0)
    if after is not None:
        told = told.where(Project.id > after.project_id)
    rows = session.scalars(told.order_by(Project.id).limit(limit))
    return [events.sleep_changed(one) for one in rows]


def list_report_history(session: Session, after: Any, limit: int) -> Sequence[Event]:
    """Every report that was answered."""
    answered = select(Report).where(Report.answered_at.is_not(None)).order_by(Report.id)
    if after is not None:
        answered = answered.where(Report.id > after.report_id)
    return [events.report_answered(report) for report in session.scalars(answered.limit(limit))]
