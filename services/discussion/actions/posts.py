"""Asking, answering, and taking away what was written."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.markdown.text import Text
from chassis.messaging.outbox import record
from chassis.statements import Statement
from services.discussion import access
from services.discussion.actions.keywords import drop_keywords, use_keywords
from services.discussion.events import published, removed
from services.discussion.languages import guess_language
from services.discussion.models import MemberRef, Post

PAGE = 500


def ask_question(
    session: Session,
    *,
    actor: Claims,
    title: str,
    text: Text,
    keywords: Sequence[str],
    audience: str,
    lang: str | None = None,
) -> UUID:
    """Publish a question; records `post.published`. Its language is guessed where not told.

    Raises KeywordInvalid.
    """
    members.require_active(session, MemberRef, actor)
    post = _new_post("question", actor, title=title, text=text, audience=audience, lang=lang)
    session.add(post)
    session.flush()
    used = use_keywords(session, post_id=post.id, labels=keywords)
    record(session, published(post, used))
    return post.id


def answer_question(
    session: Session, *, actor: Claims, question_id: UUID, text: Text, lang: str | None = None
) -> UUID:
    """Publish an answer; records `post.published`. Raises QuestionNotFound."""
    members.require_active(session, MemberRef, actor)
    question = access.lock_question(session, viewer_id=actor.id, question_id=question_id)
    post = _new_post(
        "answer",
        actor,
        text=text,
        audience=question.audience,
        lang=lang,
        question_id=question_id,
    )
    session.add(post)
    session.flush()
    _COUNT_ANSWER.rows(session, question_id=question_id)
    record(session, published(post, []))
    return post.id


def remove_posts_of(session: Session, author_ids: Collection[UUID]) -> None:
    """Take away the words of all that these members wrote; records `post.removed` for each.

    What was removed before stays as it is.
    """
    written = select(Post.id, Post.question_id).order_by(Post.id)
    theirs = Post.author_id.in_(author_ids), Post.removed_at.is_(None)
    found = session.execute(written.where(*theirs)).all() if author_ids else []
    if not found:
        return
    answered = Counter(row.question_id for row in found if row.question_id)
    _lock(session, {row.id for row in found} | answered.keys())
    for start in range(0, len(found), PAGE):
        _remove(session, [row.id for row in found[start : start + PAGE]])
    _count_fewer(session, answered)


def _lock(session: Session, post_ids: Collection[UUID]) -> None:
    """All at once and in id order: two who leave may have answered each other's questions."""
    ids = func.unnest(cast(sorted(post_ids), ARRAY(Uuid)))
    locked = select(Post.id).where(Post.id.in_(select(ids)))
    session.execute(locked.order_by(Post.id).with_for_update())


def _count_fewer(session: Session, answered: Mapping[UUID, int]) -> None:
    ids, counts = cast(list(answered), ARRAY(Uuid)), cast(list(answered.values()), ARRAY(Integer))
    gone = func.unnest(ids, counts).table_valued("id", "count").render_derived()
    counted = update(Post).where(Post.id == gone.c.id)
    session.execute(counted.values(answer_count=Post.answer_count - gone.c["count"]))


def _remove(session: Session, post_ids: Sequence[UUID]) -> None:
    drop_keywords(session, post_ids)
    nothing = dict.fromkeys(("title", "body", "body_html", "excerpt", "prose"), "")
    emptied = (
        update(Post)
        .where(Post.id.in_(post_ids))
        .values(**nothing, removed_at=clock.now(), revision=Post.revision + 1)
        .returning(Post)
    )
    record(session, *(removed(post) for post in session.scalars(emptied)))


def _new_post(
    kind: str,
    actor: Claims,
    *,
    text: Text,
    audience: str,
    title: str = "",
    lang: str | None,
    question_id: UUID | None = None,
) -> Post:
    return Post(
        id=new_id(),
        kind=kind,
        author_id=actor.id,
        question_id=question_id,
        title=title,
        body=text.markdown,
        **Post.shown(text),
        lang=lang or guess_language(f"{title}\n{text.plain}"),
        audience=audience,
        revision=1,
        published_at=clock.now(),
    )


_COUNT_ANSWER = Statement(
    update(Post)
    .where(Post.id == bindparam("question_id", type_=Uuid))
    .values(answer_count=Post.answer_count + 1)
)
