"""Whose voices like a post, and so support it.

A like counts from a member who is not suspended, and not on one's own post, nor within a group that
is discounted; an accepted answer is liked by its asker's voice. Each voice is heard once on a post,
however many likes are counted as it, for what its standing makes it; the author's own branch is one
of little weight. Until trust begins, standing is one for all and each member their own voice.
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
    exists,
    func,
    literal_column,
    null,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from chassis import members
from chassis.statements import Statement
from services.skills.models import (
    AcceptRef,
    DiscountedMember,
    LikeRef,
    MemberRef,
    PostRef,
    PostVoice,
)
from services.skills.standings import outdated_voices, voice_of, weight_of

Pair = tuple[UUID, UUID]  # a post and who likes it, or whose voice
Heard = tuple[UUID, bool]  # a voice, and whether as the author's own branch


@dataclass
class Turned:
    """The posts that likes were told of, and which voices began or ceased to be heard there."""

    post_ids: set[UUID] = field(default_factory=set)
    # By post: voices that are heard now, or no more (1, -1).
    heard: dict[UUID, dict[Heard, int]] = field(default_factory=lambda: defaultdict(dict))


@dataclass
class _Sums:
    """By post: what is added to its support, to its branch's part of that, and to its likes."""

    support: Counter[UUID] = field(default_factory=Counter)
    branch: Counter[UUID] = field(default_factory=Counter)
    likes: Counter[UUID] = field(default_factory=Counter)

    def hear(self, post_id: UUID, weight: int, is_branch: bool) -> None:
        """A voice of this weight; of a negative one, one that is heard no more."""
        self.support[post_id] += weight
        self.branch[post_id] += weight * is_branch

    def write(self, session: Session) -> None:
        """The rows are locked."""
        posts = sorted(self.likes.keys() | self.support.keys())
        columns = {
            name: [getattr(self, name)[one] for one in posts]
            for name in ("support", "branch", "likes")
        }
        _SUPPORT.rows(session, post_ids=posts, **columns)


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


def weigh_voices(session: Session, post_ids: Collection[UUID], *, turned: Turned) -> None:
    """Bring what the voices of these posts were counted for to what they are now.

    The caller holds the locks of the posts' rows. Adds to what turned there.
    """
    sums = _Sums()
    for row in _WEIGH.rows(session, post_ids=sorted(post_ids)):
        sums.hear(row.post_id, -row.weight_before, row.was_branch)
        sums.hear(row.post_id, row.weight, row.is_branch)
        turned.post_ids.add(row.post_id)
        if row.was_branch != row.is_branch:
            turned.heard[row.post_id][row.voice_id, row.was_branch] = -1
            turned.heard[row.post_id][row.voice_id, row.is_branch] = 1
    if sums.support:
        sums.write(session)


def _add(session: Session, steps: Mapping[Pair, int], turned: Turned) -> None:
    if not steps:
        return
    ordered = sorted(steps)
    post_ids, voice_ids = (list(column) for column in zip(*ordered, strict=True))
    counts = [steps[pair] for pair in ordered]
    sums = _Sums()
    for row in _ADD.rows(session, post_ids=post_ids, voice_ids=voice_ids, counts=counts):
        step = steps[row.post_id, row.voice_id]
        sums.likes[row.post_id] += step
        before = row.like_count - step
        if (before == 0) != (row.like_count == 0):
            heard = 1 if row.like_count else -1
            turned.heard[row.post_id][row.voice_id, row.is_branch] = heard
            sums.hear(row.post_id, heard * row.weight, row.is_branch)
    if min(counts) < 0:
        _DROP.rows(session, post_ids=post_ids, voice_ids=voice_ids)
    sums.write(session)


def _is_suspended(member_id: Any) -> ColumnElement[bool]:
    # Looked up for each: an EXISTS would be answered by reading all members once.
    member = aliased(MemberRef)
    state = select(member.state).where(member.id == member_id).scalar_subquery()
    is_suspended: ColumnElement[bool] = func.coalesce(state, members.ACTIVE) == members.SUSPENDED
    return is_suspended


def _is_discounted(liker_id: Any, author_id: Any) -> ColumnElement[bool]:
    """Both are in a group whose likes of each other count nowhere."""
    one, other = aliased(DiscountedMember), aliased(DiscountedMember)
    both = exists().where(one.member_id == liker_id, other.member_id == author_id)
    return both.where(one.discount_id == other.discount_id)


def _turn_likes() -> Update:
    """Likes whose voice is not what it should be, set right; with what it was."""
    given = func.unnest(
        bindparam("post_ids", type_=ARRAY(Uuid)), bindparam("liker_ids", type_=ARRAY(Uuid))
    ).table_valued("post_id", "liker_id")
    given = given.render_derived(name="given")
    post, like = aliased(PostRef), aliased(LikeRef)
    counts = like.is_liked & (like.liker_id != post.author_id) & ~_is_suspended(like.liker_id)
    counts &= ~_is_discounted(like.liker_id, post.author_id)
    wanted = (
        select(
            like.post_id,
            like.liker_id,
            like.voice_id.label("before"),
            case((counts & post.removed_at.is_(None), voice_of(like.liker_id)), else_=null()).label(
                "voice"
            ),
        )
        .join(
            given, tuple_(like.post_id, like.liker_id) == tuple_(given.c.post_id, given.c.liker_id)
        )
        .join(post, post.id == like.post_id)
        .where(post.revision > 0)
        # Worked out once for each: pulled up, the same is asked for what is compared, and set.
        .offset(literal_column("0"))
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
        & ~_is_discounted(accept.asker_id, answer.author_id)
    )
    wanted = (
        select(
            accept.question_id,
            accept.counted_id.label("before_id"),
            accept.voice_id.label("before"),
            case((counts, accept.answer_id), else_=null()).label("post_id"),
            case((counts, voice_of(accept.asker_id)), else_=null()).label("voice"),
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
    """Likes of voices; one that was not heard there is counted for what it is now."""
    given = func.unnest(
        bindparam("post_ids", type_=ARRAY(Uuid)),
        bindparam("voice_ids", type_=ARRAY(Uuid)),
        bindparam("counts", type_=ARRAY(Integer)),
    ).table_valued("post_id", "voice_id", "like_count")
    given = given.render_derived(name="given")
    is_branch = given.c.voice_id == voice_of(PostRef.author_id)
    rows = select(
        given.c.post_id,
        given.c.voice_id,
        given.c.like_count,
        weight_of(given.c.voice_id, is_branch),
        is_branch,
    ).join(PostRef, PostRef.id == given.c.post_id)
    new = insert(PostVoice).from_select(_VOICE, rows.order_by(given.c.post_id, given.c.voice_id))
    counted = new.on_conflict_do_update(
        index_elements=_VOICE[:2],
        set_={"like_count": PostVoice.like_count + new.excluded.like_count},
    )
    return counted.returning(*(getattr(PostVoice, name) for name in _VOICE))


def _weigh() -> Update:
    given = PostVoice.post_id == any_(bindparam("post_ids", type_=ARRAY(Uuid)))
    found = outdated_voices(given).subquery("outdated")
    weighed = update(PostVoice).values(weight=found.c.weight, is_branch=found.c.is_branch)
    same = PostVoice.post_id == found.c.post_id, PostVoice.voice_id == found.c.voice_id
    return weighed.where(*same).returning(*found.c)


def _support() -> Update:
    given = func.unnest(
        bindparam("post_ids", type_=ARRAY(Uuid)),
        bindparam("support", type_=ARRAY(Integer)),
        bindparam("branch", type_=ARRAY(Integer)),
        bindparam("likes", type_=ARRAY(Integer)),
    ).table_valued("post_id", "support", "branch", "likes")
    given = given.render_derived(name="given")
    supported = update(PostRef).where(PostRef.id == given.c.post_id)
    return supported.values(
        support=PostRef.support + given.c.support,
        branch=PostRef.branch + given.c.branch,
        like_count=PostRef.like_count + given.c.likes,
    )


def _unheard() -> Any:
    given = func.unnest(
        bindparam("post_ids", type_=ARRAY(Uuid)), bindparam("voice_ids", type_=ARRAY(Uuid))
    ).table_valued("post_id", "voice_id")
    given = given.render_derived(name="given")
    named = PostVoice.post_id == given.c.post_id, PostVoice.voice_id == given.c.voice_id
    return delete(PostVoice).where(*named, PostVoice.like_count == 0)


_VOICE = ("post_id", "voice_id", "like_count", "weight", "is_branch")
_LIKES = Statement(_turn_likes())
_ACCEPTS = Statement(_turn_accepts())
_ADD = Statement(_count_voices())
_DROP = Statement(_unheard())
_SUPPORT = Statement(_support())
_WEIGH = Statement(_weigh())
