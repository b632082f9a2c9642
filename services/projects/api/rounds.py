"""`/projects/{id}/rounds`: opinions that are asked for, given, and what came of them."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent, refuse_key
from chassis.markdown.text import Text
from chassis.preconditions import find_revision
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.projects.actions import answering, rounds
from services.projects.api.texts import rendered
from services.projects.queries import results
from services.projects.queries import rounds as queries
from services.projects.queries.results import ResultsView
from services.projects.queries.rounds import OpinionView, RoundView
from services.projects.schemas.rounds import (
    NamedChoicePageSchema,
    OpinionRequest,
    OpinionSchema,
    OpinionTextPageSchema,
    OutcomeRequest,
    QuestionArguments,
    ResultsSchema,
    RoundChanges,
    RoundPageSchema,
    RoundRequest,
    RoundSchema,
)

bp = Blueprint("rounds", "Opinions that projects ask for")


@bp.post("/projects/<uuid:project_id>/rounds")
@idempotent()
@bp.arguments(RoundRequest)
@bp.response(201, RoundSchema)
def post_round(wanted: dict[str, Any], project_id: UUID) -> RoundView:
    """Ask for opinions, as who builds a project."""
    actor, text = current_member(), rendered(wanted.pop("concept"))
    parts = {name: wanted.pop(name) for name in ("questions", "opens_at")}
    with transaction() as session:
        round_id = rounds.plan_round(
            session, actor=actor, project_id=project_id, text=text, wanted=wanted, **parts
        )
        return queries.get_round(
            session, viewer_id=actor.id, project_id=project_id, round_id=round_id
        )


@bp.get("/projects/<uuid:project_id>/rounds")
@bp.arguments(PageArguments, location="query")
@bp.response(200, RoundPageSchema)
def list_rounds(page: dict[str, Any], project_id: UUID) -> Any:
    """The rounds of a project, the latest first."""
    with reading() as session:
        return queries.list_rounds(
            session, viewer_id=current_member().id, project_id=project_id, **page
        )


@bp.get("/projects/<uuid:project_id>/rounds/<uuid:round_id>")
@bp.response(200, RoundSchema)
def get_round(project_id: UUID, round_id: UUID) -> RoundView:
    """One round, with its questions."""
    with reading() as session:
        return queries.get_round(
            session, viewer_id=current_member().id, project_id=project_id, round_id=round_id
        )


@bp.patch("/projects/<uuid:project_id>/rounds/<uuid:round_id>")
@bp.arguments(RoundChanges)
@bp.response(200, RoundSchema)
def patch_round(changes: dict[str, Any], project_id: UUID, round_id: UUID) -> RoundView:
    """Change a round that is planned, move the end of one that is open, or withdraw either."""
    actor, named = current_member(), {"project_id": project_id, "round_id": round_id}
    if "concept" in changes:
        changes["concept"] = rendered(changes["concept"])
    with transaction() as session:
        if "state" in changes:
            rounds.withdraw_round(session, actor=actor, **named)
        else:
            revision = find_revision()
            rounds.edit_round(session, actor=actor, revision=revision, changes=changes, **named)
        return queries.get_round(session, viewer_id=actor.id, **named)


@bp.put("/projects/<uuid:project_id>/rounds/<uuid:round_id>/answer")
@bp.arguments(OpinionRequest)
@bp.response(200, OpinionSchema)
def put_answer(given: dict[str, Any], project_id: UUID, round_id: UUID) -> OpinionView:
    """Answer a round: with names it may be changed until the end, without it is final.

    Takes no `Idempotency-Key`: an answer without a name is kept nowhere a second time.
    """
    refuse_key()
    actor, named = current_member(), {"project_id": project_id, "round_id": round_id}
    with transaction() as session:
        answering.give_answer(session, actor=actor, answers=given["answers"], **named)
        return queries.get_opinion(session, viewer_id=actor.id, **named)


@bp.get("/projects/<uuid:project_id>/rounds/<uuid:round_id>/answer")
@bp.response(200, OpinionSchema)
def get_answer(project_id: UUID, round_id: UUID) -> OpinionView:
    """Whether the caller answered, and, where names are shown, what."""
    with reading() as session:
        return queries.get_opinion(
            session, viewer_id=current_member().id, project_id=project_id, round_id=round_id
        )


@bp.get("/projects/<uuid:project_id>/rounds/<uuid:round_id>/results")
@bp.response(200, ResultsSchema)
def get_results(project_id: UUID, round_id: UUID) -> ResultsView:
    """How often what was answered."""
    with reading() as session:
        return results.get_results(
            session, viewer_id=current_member().id, project_id=project_id, round_id=round_id
        )


@bp.get("/projects/<uuid:project_id>/rounds/<uuid:round_id>/results/texts")
@bp.arguments(QuestionArguments, location="query")
@bp.response(200, OpinionTextPageSchema)
def list_texts(page: dict[str, Any], project_id: UUID, round_id: UUID) -> Any:
    """What was written to a question; without names, in the order of chance."""
    with reading() as session:
        return results.list_texts(
            session,
            viewer_id=current_member().id,
            project_id=project_id,
            round_id=round_id,
            **page,
        )


@bp.get("/projects/<uuid:project_id>/rounds/<uuid:round_id>/results/choices")
@bp.arguments(QuestionArguments, location="query")
@bp.response(200, NamedChoicePageSchema)
def list_choices(page: dict[str, Any], project_id: UUID, round_id: UUID) -> Any:
    """Who took what, in a round where names are shown."""
    with reading() as session:
        return results.list_choices(
            session,
            viewer_id=current_member().id,
            project_id=project_id,
            round_id=round_id,
            **page,
        )


@bp.put("/projects/<uuid:project_id>/rounds/<uuid:round_id>/outcome")
@bp.arguments(OutcomeRequest)
@bp.response(200, RoundSchema)
def put_outcome(told: dict[str, Any], project_id: UUID, round_id: UUID) -> RoundView:
    """Say what came of a round that is over."""
    actor, text = current_member(), Text.of(told["outcome"])
    named = {"project_id": project_id, "round_id": round_id}
    with transaction() as session:
        rounds.put_outcome(session, actor=actor, text=text, **named)
        return queries.get_round(session, viewer_id=actor.id, **named)
