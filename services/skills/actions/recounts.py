"""What the worker counts anew in pages: posts by newer rules, likes of a member who turned."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.skills import Cause
from services.skills.actions import contributions, locks, voices
from services.skills.models import AcceptRef, DueLiker, LikeRef, PostRef
from services.skills.rules import WEIGHING

LIKES, POSTS = 500, 100  # in one transaction


def count_again(session: Session, liker_ids: Collection[UUID], *, cause: Cause) -> None:
    """Let the worker count all likes of these members anew, and tell levels with this cause."""
    if liker_ids:
        rows = [{"member_id": one, "cause": cause} for one in sorted(liker_ids)]
        due = insert(DueLiker).values(rows)
        anew = {"after_post_id": None, "cause": due.excluded.cause}
        session.execute(due.on_conflict_do_update(index_elements=["member_id"], set_=anew))


def recount_liker(session: Session) -> bool:
    """Count some likes of a member whose likes begin or cease to count; whether more wait."""
    member_id = session.scalar(select(DueLiker.member_id).order_by(DueLiker.member_id).limit(1))
    if member_id is None:
        return False
    locks.lock_members(session, changed=(), named={member_id})
    due = session.get(DueLiker, member_id, with_for_update=True, populate_existing=True)
    if due is None:
        return True
    theirs = select(LikeRef.post_id).where(LikeRef.liker_id == member_id)
    if due.after_post_id is not None:
        theirs = theirs.where(LikeRef.post_id > due.after_post_id)
    page = list(session.scalars(theirs.order_by(LikeRef.post_id).limit(LIKES)))
    questions: list[UUID] = []
    if due.after_post_id is None:
        asked = select(AcceptRef.question_id).where(AcceptRef.asker_id == member_id)
        questions = list(session.scalars(asked))
    pairs = [(post_id, member_id) for post_id in page]
    cause: Cause = due.cause  # type: ignore[assignment]
    _settle(session, page, pairs, questions, cause=cause)
    if len(page) == LIKES:
        due.after_post_id = page[-1]
    else:
        session.execute(delete(DueLiker).where(DueLiker.member_id == member_id))
    session.flush()
    return True


def reweigh_posts(session: Session) -> bool:
    """Weigh some posts that were weighed by earlier rules; whether more wait."""
    outdated = select(PostRef.id).where(PostRef.weighing < WEIGHING, PostRef.revision > 0)
    page = list(session.scalars(outdated.order_by(PostRef.weighing, PostRef.id).limit(POSTS)))
    if not page:
        return False
    given = select(LikeRef.post_id, LikeRef.liker_id).where(LikeRef.post_id.in_(page))
    named = AcceptRef.answer_id.in_(page)
    questions = list(session.scalars(select(AcceptRef.question_id).where(named)))
    pairs = [(row.post_id, row.liker_id) for row in session.execute(given)]
    # Without the likers, of whom there may be more than locks: whose state turns is counted again.
    locks.lock_members(session, changed=(), named=())
    _settle(session, page, pairs, questions, cause="rules")
    weighed = update(PostRef).where(PostRef.id.in_(page)).values(weighing=WEIGHING)
    session.execute(weighed.execution_options(synchronize_session=False))
    return len(page) == POSTS


def _settle(
    session: Session,
    post_ids: Sequence[UUID],
    pairs: Sequence[voices.Pair],
    question_ids: Sequence[UUID],
    *,
    cause: Cause,
) -> None:
    locks.lock_more_posts(session, post_ids=post_ids, question_ids=question_ids)
    counted = voices.count_likes(session, set(pairs), question_ids=question_ids)
    voices.weigh_voices(session, post_ids, turned=counted)
    contributions.settle_posts(session, post_ids, turned=counted, cause=cause)
