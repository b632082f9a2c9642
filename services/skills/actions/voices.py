"""Whose voices like a post, and so support it.

A like counts from a member who is not suspended, and not on one's own post; an accepted answer
is liked by its asker's voice. Each voice is heard once on a post, however many likes are
counted as it. While standing is one for all, each member is their own voice.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Update,
    Uuid,
    any_,
    bindparam,
    case,
    delete,
    func,
    null,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, aliased

from chassis import members
from chassis.replicas import insert_all
from chassis.statements import Statement
from services.skills.models import AcceptRef, LikeRef, MemberRef, PostRef, PostVoice
from services.skills.rules import FULL_VOICE

Pair = tuple[UUID, UUID]  # a post and who likes it, or whose voice


@dataclass
class Turned:
    """The posts that likes were told of, and which voices began or ceased to be heard there."""

    post_ids: set[UUID] = field(default_factory=set)
    # By post: voices that are heard now, or no more (1, -1).
    heard: dict[UUID, dict[UUID, int]] = field(default_factory=lambda: defaultdict(dict))


def count_likes(
    session: Session, pairs: Collection[Pair], *, question_ids: Collection[UUID] = ()
) -> Turned:
    """Bring the voices of posts to what these likes, and accepts of questions, say now.

    The caller holds the locks of the posts' rows. It costs the same whatever the number of
    other likes.
    """
    steps: Counter[Pair] = Counter()
    turned = Turned()
    if pairs:
        post_ids, liker_ids = zip(*sorted(pairs), strict=True)
        rows = _LIKES.rows(session, post_ids=list(post_ids), liker_ids=list(liker_ids))
        for row in rows:
            _step(steps, (row.post_id, row.before), (row.post_id, row.voice_id))
        turned.post_ids = set(post_ids)
    if question_ids:
        counted = select(AcceptRef.counted_id).where(AcceptRef.question_id.in_(question_ids))
        turned.post_ids |= {one for one in session.scalars(counted) if one}
        for row in _ACCEPTS.rows(session, question_ids=sorted(question_ids)):
            was, now = (row.before_id, row.before), (row.counted_id, row.voice_id)
            _step(steps, was, now)
            turned.post_ids |= {post_id for post_id, _ in (was, now) if post_id}
    _add(session, {pair: step for pair, step in steps.items() if step}, turned)
    return turned


def _step(steps: Counter[Pair], was: tuple[Any, Any], now: tuple[Any, Any]) -> None:
    if was[0] and was[1]:
        steps[was] -= 1
    if now[0] and now[1]:
        steps[now] += 1


def _add(session: Session, steps: Mapping[Pair, int], turned: Turned) -> None:
    if not steps:
        return
    ordered = sorted(steps)
    post_ids, voice_ids = (list(column) for column in zip(*ordered, strict=True))
    counts = [steps[pair] for pair in ordered]
    support: Counter[UUID] = Counter()
    likes: Counter[UUID] = Counter()
    for row in _ADD.rows(session, post_id=post_ids, voice_id=voice_ids, like_count=counts):
        step = steps[row.post_id, row.voice_id]
        likes[row.post_id] += step
        before = row.like_count - step
        if (before == 0) != (row.like_count == 0):
            heard = 1 if row.like_count else -1
            turned.heard[row.post_id][row.voice_id] = heard
            support[row.post_id] += FULL_VOICE * heard
    if min(counts) < 0:
        _DROP.rows(session, post_ids=post_ids, voice_ids=voice_ids)
    posts = sorted(likes)
    of_support, of_likes = [support[one] for one in posts], [likes[one] for one in posts]
    _SUPPORT.rows(session, post_ids=posts, support=of_support, likes=of_likes)


def _is_suspended(member_id: Any) -> ColumnElement[bool]:
    # Looked up for each: an EXISTS would be answered by reading all members once.
    member = aliased(MemberRef)
    state = select(member.state).where(member.id == member_id).scalar_subquery()
    is_suspended: ColumnElement[bool] = func.coalesce(state, members.ACTIVE) == members.SUSPENDED
    return is_suspended


def _turn_likes() -> Update:
    """Likes whose voice is not what it should be, set right; with what it was."""
    given = func.unnest(
        bindparam("post_ids", type_=ARRAY(Uuid)), bindparam("liker_ids", type_=ARRAY(Uuid))
    ).table_valued("post_id", "liker_id")
    given = given.render_derived(name="given")
    post, like = aliased(PostRef), aliased(LikeRef)
    counts = like.is_liked & (like.liker_id != post.author_id) & ~_is_suspended(like.liker_id)
    wanted = (
        select(
            like.post_id,
            like.liker_id,
            like.voice_id.label("before"),
            case((counts & post.removed_at.is_(None), like.liker_id), else_=null()).label("voice"),
        )
        .join(
            given, tuple_(like.post_id, like.liker_id) == tuple_(given.c.post_id, given.c.liker_id)
        )
        .join(post, post.id == like.post_id)
        .where(post.revision > 0)
        .subquery("wanted")
    )
    turned = update(LikeRef).values(voice_id=wanted.c.voice)
    turned = turned.where(
        LikeRef.post_id == wanted.c.post_id,
        LikeRef.liker_id == wanted.c.liker_id,
        wanted.c.voice.is_distinct_from(wanted.c.before),
    )
    return turned.returning(LikeRef.post_id, wanted.c.before, LikeRef.voice_id)


def _turn_accepts() -> Update:
    """The same of accepts, which may have moved to another answer."""
    accept, answer = aliased(AcceptRef), aliased(PostRef)
    counts = (
        accept.is_accepted
        & (answer.revision > 0)
        & answer.removed_at.is_(None)
        & (accept.asker_id != answer.author_id)
        & ~_is_suspended(accept.asker_id)
    )
    wanted = (
        select(
            accept.question_id,
            accept.counted_id.label("before_id"),
            accept.voice_id.label("before"),
            case((counts, accept.answer_id), else_=null()).label("post_id"),
            case((counts, accept.asker_id), else_=null()).label("voice"),
        )
        .outerjoin(answer, answer.id == accept.answer_id)
        .where(accept.question_id == any_(bindparam("question_ids", type_=ARRAY(Uuid))))
        .subquery("wanted")
    )
    turned = update(AcceptRef).values(counted_id=wanted.c.post_id, voice_id=wanted.c.voice)
    turned = turned.where(
        AcceptRef.question_id == wanted.c.question_id,
        tuple_(wanted.c.post_id, wanted.c.voice).is_distinct_from(
            tuple_(wanted.c.before_id, wanted.c.before)
        ),
    )
    return turned.returning(
        wanted.c.before_id, wanted.c.before, AcceptRef.counted_id, AcceptRef.voice_id
    )


def _count_voices() -> Any:
    new = insert_all(PostVoice, ("post_id", "voice_id", "like_count"))
    counted = new.on_conflict_do_update(
        index_elements=("post_id", "voice_id"),
        set_={"like_count": PostVoice.like_count + new.excluded.like_count},
    )
    return counted.returning(PostVoice.post_id, PostVoice.voice_id, PostVoice.like_count)


def _support() -> Update:
    given = func.unnest(
        bindparam("post_ids", type_=ARRAY(Uuid)),
        bindparam("support", type_=ARRAY(Integer)),
        bindparam("likes", type_=ARRAY(Integer)),
    ).table_valued("post_id", "support", "likes")
    given = given.render_derived(name="given")
    supported = update(PostRef).where(PostRef.id == given.c.post_id)
    return supported.values(
        support=PostRef.support + given.c.support,
        like_count=PostRef.like_count + given.c.likes,
    )


def _unheard() -> Any:
    given = func.unnest(
        bindparam("post_ids", type_=ARRAY(Uuid)), bindparam("voice_ids", type_=ARRAY(Uuid))
    ).table_valued("post_id", "voice_id")
    given = given.render_derived(name="given")
    named = PostVoice.post_id == given.c.post_id, PostVoice.voice_id == given.c.voice_id
    return delete(PostVoice).where(*named, PostVoice.like_count == 0)


_LIKES = Statement(_turn_likes())
_ACCEPTS = Statement(_turn_accepts())
_ADD = Statement(_count_voices())
_DROP = Statement(_unheard())
_SUPPORT = Statement(_support())
