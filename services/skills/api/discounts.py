"""`/contests`, `/discounts`, `/skill-alarms`: what is taken out of the evidence, and why."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.pages import Page
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.skills.actions import alarms, contests, discounts
from services.skills.queries import discounts as queries
from services.skills.queries.acts import list_steps
from services.skills.queries.discounts import AlarmView, ContestView, DiscountView
from services.skills.schemas.acts import ReasonRequest
from services.skills.schemas.discounts import (
    AlarmAnswerRequest,
    AlarmPageSchema,
    ContestAnswerRequest,
    ContestFilters,
    ContestPageSchema,
    ContestRequest,
    ContestSchema,
    DiscountFilters,
    DiscountOutcomeSchema,
    DiscountPageSchema,
    DiscountRequest,
    StateFilters,
)

bp = Blueprint("discounts", "What is taken out of the evidence, and why")


@bp.post("/contests")
@idempotent()
@bp.arguments(ContestRequest)
@bp.response(201, ContestSchema)
def post_contest(wanted: dict[str, Any]) -> ContestView:
    """Say that a post of one's own is no proof of a skill; a moderator answers. Twice is once."""
    actor = current_member()
    with transaction() as session:
        contest_id = contests.contest_line(session, actor=actor, **wanted)
    with reading() as session:
        return queries.get_own_contest(session, viewer_id=actor.id, contest_id=contest_id)


@bp.get("/contests")
@bp.arguments(ContestFilters, location="query")
@bp.response(200, ContestPageSchema)
def list_contests(filters: dict[str, Any]) -> Page[ContestView]:
    """Contests, the latest first: for moderators those of others, for everybody their own."""
    with reading() as session:
        return queries.list_contests(session, viewer=current_member(), **filters)


@bp.put("/contests/<uuid:contest_id>/answer")
@idempotent()
@bp.arguments(ContestAnswerRequest)
@bp.response(204)
def put_contest_answer(answer: dict[str, Any], contest_id: UUID) -> None:
    """Keep the line or take it out of the evidence, as a moderator."""
    with transaction() as session:
        contests.answer_contest(session, actor=current_member(), contest_id=contest_id, **answer)


@bp.post("/discounts")
@idempotent()
@bp.arguments(DiscountRequest)
@bp.response(201, DiscountOutcomeSchema)
def post_discount(wanted: dict[str, Any]) -> dict[str, Any]:
    """Take a post, or what a group likes of each other, out of the evidence, as a moderator.

    A dry run does nothing and says whose levels it would change.
    """
    with transaction() as session:
        outcome = discounts.make_discount(session, actor=current_member(), **wanted)
        return {**vars(outcome), "steps": list_steps(session, outcome.steps)}


@bp.get("/discounts")
@bp.arguments(DiscountFilters, location="query")
@bp.response(200, DiscountPageSchema)
def list_discounts(filters: dict[str, Any]) -> Page[DiscountView]:
    """Discounts, the latest first; for moderators."""
    with reading() as session:
        return queries.list_discounts(session, viewer=current_member(), **filters)


@bp.delete("/discounts/<uuid:discount_id>")
@bp.arguments(ReasonRequest, location="query")
@bp.response(204)
def delete_discount(why: dict[str, Any], discount_id: UUID) -> None:
    """Put back what a discount took out, as a moderator."""
    with transaction() as session:
        discounts.end_discount(session, actor=current_member(), discount_id=discount_id, **why)


@bp.get("/skill-alarms")
@bp.arguments(StateFilters, location="query")
@bp.response(200, AlarmPageSchema)
def list_alarms(filters: dict[str, Any]) -> Page[AlarmView]:
    """Groups that like themselves in a skill, as the night saw them; for moderators."""
    with reading() as session:
        return queries.list_alarms(session, viewer=current_member(), **filters)


@bp.put("/skill-alarms/<uuid:alarm_id>/answer")
@idempotent()
@bp.arguments(AlarmAnswerRequest)
@bp.response(204)
def put_alarm_answer(answer: dict[str, Any], alarm_id: UUID) -> None:
    """Discount the group, or let it be, as a moderator."""
    with transaction() as session:
        alarms.answer_alarm(session, actor=current_member(), alarm_id=alarm_id, **answer)
