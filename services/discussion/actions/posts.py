"""Asking and answering."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import actors, clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from services.discussion.actions.keywords import use_keywords
from services.discussion.errors import QuestionNotFound
from services.discussion.events import published
from services.discussion.models import MemberRef, Post
from services.discussion.rendering import render


def ask_question(
    session: Session,
    *,
    actor: Claims,
    title: str,
    body: str,
    keywords: Sequence[str],
    audience: str,
) -> UUID:
    """Publish a question; records `post.published`. Raises KeywordInvalid."""
    actors.admit(session, MemberRef, actor)
    post = _new_post("question", actor, title=title, body=body, audience=audience)
    session.add(post)
    session.flush()
    used = use_keywords(session, post_id=post.id, labels=keywords)
    record(session, published(post, used))
    return post.id


def answer_question(session: Session, *, actor: Claims, question_id: UUID, body: str) -> UUID:
    """Publish an answer; records `post.published`. Raises QuestionNotFound."""
    actors.admit(session, MemberRef, actor)
    counted = update(Post).where(Post.id == question_id, Post.kind == "question")
    audience = session.execute(
        counted.values(answer_count=Post.answer_count + 1).returning(Post.audience)
    ).scalar()
    if audience is None:
        raise QuestionNotFound
    post = _new_post("answer", actor, body=body, audience=audience, question_id=question_id)
    session.add(post)
    session.flush()
    record(session, published(post, []))
    return post.id


def _new_post(
    kind: str,
    actor: Claims,
    *,
    body: str,
    audience: str,
    title: str = "",
    question_id: UUID | None = None,
) -> Post:
    return Post(
        id=new_id(),
        kind=kind,
        author_id=actor.id,
        question_id=question_id,
        title=title,
        body=body,
        body_html=render(body),
        audience=audience,
        revision=1,
        published_at=clock.now(),
    )
