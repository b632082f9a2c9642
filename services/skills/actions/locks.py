"""The order of locks, for everything that skills writes: members, posts, attributions.

Each is locked before anything is read that it decides, so that of two transactions the
later one sees what the earlier one wrote; and none holds a post while it waits for a
member. Attributions are locked last, where they are summed up (`actions/attributions.py`).
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from chassis.pages import AnySelect
from chassis.replicas import insert_all
from chassis.statements import Statement
from contracts.discussion import (
    AnswerAccepted,
    AnswerUnaccepted,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
)
from services.skills.models import AcceptRef, PostRef


def lock_members(session: Session, *, changed: Collection[UUID], named: Collection[UUID]) -> None:
    """Let nobody's state change, or be read to weigh a like or post of theirs, meanwhile.

    Exclusive for those `changed`, shared for those `named` by likes and posts. Without
    it a like could be stored by one transaction, which sees its liker active still, while
    another suspends the liker and does not see the like yet: nobody would discount it. No
    standings are written meanwhile either (`lock_night`).
    Advisory, because a member who is named need not have a row.
    """
    # A UUIDv7 ends in 62 random bits: the keys of two members collide with
    # probability 2⁻⁶², and then one waits in vain.
    keys = {_NIGHT: False}
    keys |= {_key(one): False for one in named} | {_key(one): True for one in changed}
    ordered = sorted(keys)
    _MEMBERS.rows(session, keys=ordered, exclusives=[keys[key] for key in ordered])


def lock_night(session: Session) -> None:
    """Let nobody count by standings that this transaction is about to write."""
    _MEMBERS.rows(session, keys=[_NIGHT], exclusives=[True])


def _key(member_id: UUID) -> int:
    return int.from_bytes(member_id.bytes[8:], signed=True)


def lock_posts(
    session: Session,
    *,
    events: Sequence[PostPublished | PostRemoved],
    likes: Sequence[PostLiked | PostUnliked],
    accepts: Sequence[AnswerAccepted | AnswerUnaccepted] = (),
    more: Collection[UUID] = (),
) -> None:
    """Lock every post concerned, all in id order; one of which nothing was heard yet gets a stub.

    An answer and its question, or a like and its post, that two workers handle at the
    same time wait for each other here, so that the later one sees both.
    """
    named = {event.post_id for event in (*events, *likes)}
    named |= {event.question_id for event in events if event.question_id}
    named |= {event.answer_id for event in accepts}
    named |= _counted(session, {event.question_id for event in accepts})
    if not named and not more:
        return
    wanted = sorted(named | set(more))
    asked = [event.post_id for event in events]
    locked = {row.id for row in _POSTS.rows(session, ids=wanted, question_ids=asked)}
    if missing := sorted(named - locked):
        _STUBS.rows(session, id=missing)
        _POSTS.rows(session, ids=missing, question_ids=[])


def lock_more_posts(
    session: Session, *, post_ids: Collection[UUID], question_ids: Collection[UUID] = ()
) -> None:
    """The same of posts that are there, and of the answers that count as accepted."""
    wanted = sorted({*post_ids, *_counted(session, question_ids)})
    if wanted:
        _POSTS.rows(session, ids=wanted, question_ids=[])


def _counted(session: Session, question_ids: Collection[UUID]) -> set[UUID]:
    """The answers that are accepted, or counted as such."""
    if not question_ids:
        return set()
    named = select(AcceptRef.answer_id, AcceptRef.counted_id)
    rows = session.execute(named.where(AcceptRef.question_id.in_(question_ids)))
    return {one for row in rows for one in row if one is not None}


def _members() -> AnySelect:
    wanted = func.unnest(
        bindparam("keys", type_=ARRAY(BigInteger)), bindparam("exclusives", type_=ARRAY(Boolean))
    ).table_valued("key", "is_exclusive")
    wanted = wanted.render_derived(name="wanted")
    key = wanted.c.key
    exclusive, shared = func.pg_advisory_xact_lock(key), func.pg_advisory_xact_lock_shared(key)
    return select(case((wanted.c.is_exclusive, exclusive), else_=shared).label("locked"))


def _posts() -> AnySelect:
    is_named = PostRef.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    is_answer_to_them = PostRef.question_id == any_(bindparam("question_ids", type_=ARRAY(Uuid)))
    rows = select(PostRef.id).where(or_(is_named, is_answer_to_them))
    return rows.order_by(PostRef.id).with_for_update()


_NIGHT = 0  # no member's key: a UUIDv7 ends in bits that begin with 10
_MEMBERS = Statement(_members())
_POSTS = Statement(_posts())
_STUBS = Statement(insert_all(PostRef, ["id"]).on_conflict_do_nothing())
