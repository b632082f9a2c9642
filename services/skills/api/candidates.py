"""`/skill-candidates`: keywords that name no skill, and what moderators make of them."""

from typing import Any

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.pages import Page
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.skills.actions import candidates
from services.skills.queries import candidates as queries
from services.skills.queries.candidates import CandidateView
from services.skills.schemas.acts import ReasonRequest
from services.skills.schemas.candidates import (
    CandidateAnswerRequest,
    CandidateFilters,
    CandidatePageSchema,
)

bp = Blueprint("candidates", "Keywords that name no skill yet")


@bp.get("/skill-candidates")
@bp.arguments(CandidateFilters, location="query")
@bp.response(200, CandidatePageSchema)
def list_candidates(filters: dict[str, Any]) -> Page[CandidateView]:
    """Keywords of at least 5 members in 30 days that name no skill, for moderators."""
    with reading() as session:
        return queries.list_candidates(session, viewer=current_member(), **filters)


@bp.put("/skill-candidates/<slug>/answer")
@idempotent()
@bp.arguments(CandidateAnswerRequest)
@bp.response(204)
def put_answer(answer: dict[str, Any], slug: str) -> None:
    """Make a skill of a keyword, let it mean one that there is, or refuse it, as a moderator."""
    named = {"actor": current_member(), "slug": slug, "reason": answer["reason"]}
    with transaction() as session:
        if answer["outcome"] == "accepted":
            skill = candidates.NewSkill(**answer["skill"])
            candidates.accept_candidate(session, **named, skill=skill)
        elif answer["outcome"] == "alias":
            candidates.alias_candidate(session, **named, into=answer["into"])
        else:
            candidates.refuse_candidate(session, **named)


@bp.delete("/skill-candidates/<slug>/answer")
@bp.arguments(ReasonRequest, location="query")
@bp.response(204)
def delete_answer(why: dict[str, Any], slug: str) -> None:
    """Take an answer back, as a moderator; the keyword may wait again."""
    with transaction() as session:
        candidates.reopen_candidate(session, actor=current_member(), slug=slug, **why)
