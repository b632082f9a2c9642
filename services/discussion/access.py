"""Which posts a viewer may reach: the one place that decides, for lists, reads and writes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Uuid, bindparam, select, true
from sqlalchemy.orm import Session

from chassis.statements import Statement
from services.discussion.errors import PostNotFound, QuestionNotFound
from services.discussion.models import Post


def viewer() -> BindParameter[UUID]:
    """The one who reads, in a statement that is built once: the parameter `viewer_id`."""
    return bindparam("viewer_id", type_=Uuid)


def is_readable(post: type[Post] = Post) -> ColumnElement[bool]:
    """Posts that the viewer may read, removed ones too: their places hold others' answers.

    Everybody may read everything while `members` is the only audience.
    """
    return true()


def is_visible(post: type[Post] = Post) -> ColumnElement[bool]:
    """Posts that the viewer may read, finds in lists and may act on."""
    return is_readable(post) & post.removed_at.is_(None)


def lock_post(session: Session, *, viewer_id: UUID, post_id: UUID) -> Any:
    """The row of a post that the viewer acts on, as it stays until the end of the transaction.

    After the actor's own lock. Raises PostNotFound.
    """
    row = _LOCKED_POST.first(session, viewer_id=viewer_id, post_id=post_id)
    if row is None:
        raise PostNotFound
    return row


def lock_question(session: Session, *, viewer_id: UUID, question_id: UUID) -> Any:
    """The same for a question; raises QuestionNotFound."""
    row = _LOCKED_QUESTION.first(session, viewer_id=viewer_id, post_id=question_id)
    if row is None:
        raise QuestionNotFound
    return row


def _locked(*more: ColumnElement[bool]) -> Statement:
    columns: Sequence[Any] = (
        Post.id,
        Post.kind,
        Post.author_id,
        Post.question_id,
        Post.audience,
        Post.like_count,
    )
    named = Post.id == bindparam("post_id", type_=Uuid)
    reached = select(*columns).where(named, is_visible(), *more)
    # Not the key: others may refer to the post meanwhile.
    return Statement(reached.with_for_update(key_share=True))


_LOCKED_POST = _locked()
_LOCKED_QUESTION = _locked(Post.kind == "question")
