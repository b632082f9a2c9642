"""`/questions`, their answers, and the feed of whom I follow."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.markdown.text import Text
from chassis.pages import Page
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.discussion.actions import posts
from services.discussion.queries import posts as queries
from services.discussion.queries.posts import PostView
from services.discussion.schemas import (
    AnswerPageSchema,
    AnswerPostSchema,
    AnswerRequest,
    QuestionFilters,
    QuestionPageSchema,
    QuestionRequest,
    QuestionSchema,
)

bp = Blueprint("questions", "What is asked and answered")


@bp.post("/questions")
@idempotent()
@bp.arguments(QuestionRequest)
@bp.response(201, QuestionSchema)
def post_question(question: dict[str, Any]) -> PostView:
    """Ask a question; it goes to the people who follow you."""
    text = Text.of(question.pop("body"))
    with transaction() as session:
        post_id = posts.ask_question(session, actor=current_member(), text=text, **question)
        return queries.get_question(session, viewer_id=current_member().id, question_id=post_id)


@bp.get("/questions")
@bp.arguments(QuestionFilters, location="query")
@bp.response(200, QuestionPageSchema)
def list_questions(filters: dict[str, Any]) -> Page[PostView]:
    """Questions, the newest first."""
    with reading() as session:
        return queries.list_questions(session, viewer_id=current_member().id, **filters)


@bp.get("/questions/<uuid:question_id>")
@bp.response(200, QuestionSchema)
def get_question(question_id: UUID) -> PostView:
    """One question."""
    with reading() as session:
        return queries.get_question(session, viewer_id=current_member().id, question_id=question_id)


@bp.post("/questions/<uuid:question_id>/answers")
@idempotent()
@bp.arguments(AnswerRequest)
@bp.response(201, AnswerPostSchema)
def post_answer(answer: dict[str, Any], question_id: UUID) -> PostView:
    """Answer a question."""
    text = Text.of(answer.pop("body"))
    with transaction() as session:
        post_id = posts.answer_question(
            session, actor=current_member(), question_id=question_id, text=text, **answer
        )
        return queries.get_answer(session, viewer_id=current_member().id, answer_id=post_id)


@bp.get("/questions/<uuid:question_id>/answers")
@bp.arguments(PageArguments, location="query")
@bp.response(200, AnswerPageSchema)
def list_answers(page: dict[str, Any], question_id: UUID) -> Page[PostView]:
    """The answers to a question, the oldest first."""
    with reading() as session:
        return queries.list_answers(
            session, viewer_id=current_member().id, question_id=question_id, **page
        )


@bp.get("/feed")
@bp.arguments(PageArguments, location="query")
@bp.response(200, QuestionPageSchema)
def list_feed(page: dict[str, Any]) -> Page[PostView]:
    """What the people I follow asked, the newest first."""
    with reading() as session:
        return queries.list_feed(session, viewer_id=current_member().id, **page)
