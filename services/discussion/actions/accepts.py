"""Which answer of a question its asker accepts."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from chassis import clock, members
from chassis.claims import Claims
from chassis.messaging.outbox import record
from services.discussion import access
from services.discussion.errors import NotTheAsker, PostNotFound
from services.discussion.events import accept_changed
from services.discussion.models import Accept, MemberRef, Post


def accept_answer(session: Session, *, actor: Claims, answer_id: UUID) -> UUID:
    """Accept an answer to one's own question, in the place of another where there was one.

    Records `answer.accepted` when that is new; returns the question's id. Raises PostNotFound or
    NotTheAsker.
    """
    return _turn(session, actor, answer_id, is_accepted=True)


def unaccept_answer(session: Session, *, actor: Claims, answer_id: UUID) -> UUID:
    """Accept an answer no more; records `answer.unaccepted` where it was accepted."""
    return _turn(session, actor, answer_id, is_accepted=False)


def unaccept(
    session: Session, *, answer_ids: Collection[UUID], question_ids: Collection[UUID]
) -> None:
    """Accept none of these answers any more, which go; the questions are locked."""
    answer = aliased(Post)
    accepted = (
        select(Post.id, Post.author_id, answer.id, answer.author_id)
        .join(answer, answer.id == Post.accepted_answer_id)
        .where(Post.id.in_(question_ids), answer.id.in_(answer_ids))
        .order_by(Post.id)
    )
    for question_id, asker_id, answer_id, author_id in session.execute(accepted).all():
        ids = {"question_id": question_id, "answer_id": answer_id}
        _set(session, ids, asker_id=asker_id, author_id=author_id, is_accepted=False)


def _turn(session: Session, actor: Claims, answer_id: UUID, *, is_accepted: bool) -> UUID:
    members.require_active(session, MemberRef, actor)
    named = select(Post.question_id).where(Post.id == answer_id, Post.kind == "answer")
    question_id = session.scalar(named)
    if question_id is None:
        raise PostNotFound
    # The question before its answer, as where an answer is added or taken away.
    question = access.lock_question(session, viewer_id=actor.id, question_id=question_id)
    answer = access.lock_post(session, viewer_id=actor.id, post_id=answer_id)
    if question.author_id != actor.id:
        raise NotTheAsker
    if (question.accepted_answer_id == answer_id) != is_accepted:
        ids = {"question_id": question_id, "answer_id": answer_id}
        _set(
            session,
            ids,
            asker_id=question.author_id,
            author_id=answer.author_id,
            is_accepted=is_accepted,
        )
    return question_id


def _set(
    session: Session, ids: Mapping[str, UUID], *, asker_id: UUID, author_id: UUID, is_accepted: bool
) -> None:
    """Under the question's lock."""
    stamp = {"is_accepted": is_accepted, "changed_at": clock.now()}
    new = insert(Accept).values(**ids, **stamp, revision=1)
    turned = new.on_conflict_do_update(
        index_elements=["question_id"],
        set_={"answer_id": ids["answer_id"], **stamp, "revision": Accept.revision + 1},
    )
    revision = session.scalars(turned.returning(Accept.revision)).one()
    accepted_id = ids["answer_id"] if is_accepted else None
    question = update(Post).where(Post.id == ids["question_id"])
    session.execute(question.values(accepted_answer_id=accepted_id))
    accept = Accept(**ids, **stamp, revision=revision)
    record(session, accept_changed(accept, author_id=author_id, asker_id=asker_id))
