"""`/questions` and their answers."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.markdown.text import Text
from chassis.pages import Page
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.discussion.actions import accepts, posts, requests
from services.discussion.actions.allowances import require_room_for_post
from services.discussion.actions.removal import remove_post
from services.discussion.queries import posts as queries
from services.discussion.queries.views import PostView
from services.discussion.schemas.answers import (
    AcceptSchema,
    AnswerPageSchema,
    AnswerPostSchema,
    AskSchema,
    QuestionPageSchema,
    QuestionSchema,
)
from services.discussion.schemas.requests import (
    AnswerFilters,
    AnswerRequest,
    AskRequest,
    PostChanges,
    QuestionChanges,
    QuestionFilters,
    QuestionRequest,
)

bp = Blueprint("questions", "What is asked and answered")


@bp.post("/questions")
@idempotent()
@bp.arguments(QuestionRequest)
@bp.response(201, QuestionSchema)
def post_question(question: dict[str, Any]) -> PostView:
    """Ask a question; it goes to the people who follow you."""
    text, actor = Text.of(question.pop("body")), current_member()
    with transaction() as session:
        said = {"title": question["title"], "body": text.markdown}
        require_room_for_post(session, actor=actor, kind="question", **said)
        post_id = posts.ask_question(session, actor=actor, text=text, **question)
        return queries.get_question(session, viewer_id=actor.id, question_id=post_id)


@bp.get("/questions")
@bp.arguments(QuestionFilters, location="query")
@bp.response(200, QuestionPageSchema)
def list_questions(filters: dict[str, Any]) -> Page[PostView]:
    """Questions, the newest first."""
    is_card = filters.pop("view") == "card"
    with reading() as session:
        return queries.list_posts(
            session, viewer_id=current_member().id, kind="question", is_card=is_card, **filters
        )


@bp.get("/questions/<uuid:question_id>")
@bp.response(200, QuestionSchema)
def get_question(question_id: UUID) -> PostView:
    """One question."""
    with reading() as session:
        return queries.get_question(session, viewer_id=current_member().id, question_id=question_id)


@bp.patch("/questions/<uuid:question_id>")
@bp.arguments(QuestionChanges)
@bp.response(200, QuestionSchema)
def patch_question(changes: dict[str, Any], question_id: UUID) -> PostView:
    """Change one's own question."""
    text, actor = Text.of(changes.pop("body")) if "body" in changes else None, current_member()
    with transaction() as session:
        posts.edit_post(
            session, actor=actor, post_id=question_id, kind="question", text=text, changes=changes
        )
        return queries.get_question(session, viewer_id=actor.id, question_id=question_id)


@bp.delete("/questions/<uuid:question_id>")
@bp.response(204)
def delete_question(question_id: UUID) -> None:
    """Take one's own question away; its answers stay, in its place."""
    with transaction() as session:
        remove_post(session, actor=current_member(), post_id=question_id, kind="question")


@bp.post("/questions/<uuid:question_id>/answers")
@idempotent()
@bp.arguments(AnswerRequest)
@bp.response(201, AnswerPostSchema)
def post_answer(answer: dict[str, Any], question_id: UUID) -> PostView:
    """Answer a question."""
    text, actor = Text.of(answer.pop("body")), current_member()
    with transaction() as session:
        require_room_for_post(
            session, actor=actor, kind="answer", body=text.markdown, question_id=question_id
        )
        post_id = posts.answer_question(
            session, actor=actor, question_id=question_id, text=text, **answer
        )
        return queries.get_answer(session, viewer_id=actor.id, answer_id=post_id)


@bp.get("/questions/<uuid:question_id>/answers")
@bp.arguments(AnswerFilters, location="query")
@bp.response(200, AnswerPageSchema)
def list_answers(filters: dict[str, Any], question_id: UUID) -> Page[PostView]:
    """The answers to a question, the oldest or the best first."""
    is_card = filters.pop("view") == "card"
    with reading() as session:
        return queries.list_answers(
            session,
            viewer_id=current_member().id,
            question_id=question_id,
            is_card=is_card,
            **filters,
        )


@bp.post("/questions/<uuid:question_id>/requests")
@idempotent()
@bp.arguments(AskRequest)
@bp.response(201, AskSchema)
def post_request(asked: dict[str, Any], question_id: UUID) -> dict[str, Any]:
    """Ask a member to answer; asking again changes nothing."""
    with transaction() as session:
        requested_at = requests.request_answer(
            session, actor=current_member(), question_id=question_id, **asked
        )
    return {"question_id": question_id, "requested_at": requested_at, **asked}


@bp.patch("/answers/<uuid:answer_id>")
@bp.arguments(PostChanges)
@bp.response(200, AnswerPostSchema)
def patch_answer(changes: dict[str, Any], answer_id: UUID) -> PostView:
    """Change one's own answer."""
    text, actor = Text.of(changes.pop("body")) if "body" in changes else None, current_member()
    with transaction() as session:
        posts.edit_post(
            session, actor=actor, post_id=answer_id, kind="answer", text=text, changes=changes
        )
        return queries.get_answer(session, viewer_id=actor.id, answer_id=answer_id)


@bp.delete("/answers/<uuid:answer_id>")
@bp.response(204)
def delete_answer(answer_id: UUID) -> None:
    """Take one's own answer away."""
    with transaction() as session:
        remove_post(session, actor=current_member(), post_id=answer_id, kind="answer")


@bp.put("/answers/<uuid:answer_id>/accept")
@bp.response(200, AcceptSchema)
def put_accept(answer_id: UUID) -> dict[str, Any]:
    """Accept an answer to one's own question, in the place of another."""
    with transaction() as session:
        question_id = accepts.accept_answer(session, actor=current_member(), answer_id=answer_id)
    return {"question_id": question_id, "accepted_answer_id": answer_id}


@bp.delete("/answers/<uuid:answer_id>/accept")
@bp.response(200, AcceptSchema)
def delete_accept(answer_id: UUID) -> dict[str, Any]:
    """Accept an answer no more; another one that is accepted stays so."""
    actor = current_member()
    with transaction() as session:
        question_id = accepts.unaccept_answer(session, actor=actor, answer_id=answer_id)
        question = queries.get_question(session, viewer_id=actor.id, question_id=question_id)
    return {"question_id": question_id, "accepted_answer_id": question.accepted_answer_id}
