"""`/questions/{id}/ladder`: what is done for one's question while nobody answers it."""

from uuid import UUID

from chassis.auth import current_member
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.notifications.actions import ladders as acts
from services.notifications.queries import ladders as queries
from services.notifications.queries.ladders import LadderView
from services.notifications.schemas.ladders import LadderSchema

bp = Blueprint("ladders", "Questions that wait for an answer")


@bp.get("/questions/<uuid:question_id>/ladder")
@bp.response(200, LadderSchema)
def get_ladder(question_id: UUID) -> LadderView:
    """How many were asked to answer the caller's question, when, and when the next are."""
    with reading() as session:
        return queries.get_ladder(session, viewer_id=current_member().id, question_id=question_id)


@bp.delete("/questions/<uuid:question_id>/ladder")
@bp.response(204)
def delete_ladder(question_id: UUID) -> None:
    """Ask nobody more; those who were asked see it no more."""
    with transaction() as session:
        acts.stop_ladder(session, actor=current_member(), question_id=question_id)
