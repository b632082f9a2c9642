"""The rounds of a night through posts and attributions: what it found is counted and told.

Only what differs is written, a page in a transaction. Posts are found in one reading of the tables,
which takes a large community seconds where looking up the standing of each liker takes a minute.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Float,
    Integer,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from chassis import clock
from chassis.pages import AnySelect
from chassis.statements import Statement
from contracts.skills import Cause
from services.skills import rules
from services.skills.actions import attributions, contributions, locks, voices
from services.skills.actions.attributions import Key
from services.skills.models import (
    AcceptRef,
    Attribution,
    DuePost,
    LikeRef,
    Night,
    PostRef,
    PostVoice,
    Standing,
)
from services.skills.standings import NIGHTS, voice_of, weight_by

POSTS, ATTRIBUTIONS = 1_000, 5_000  # looked at in one transaction
_NOBODY = UUID(int=0)


def find_posts(session: Session) -> None:
    """Note the posts whose likes count as another voice, or for something else, than they did.

    Those that are noted already stay so: a night that was cut short finds some again.
    """
    _FIND.rows(session)


def settle_posts(session: Session, *, night: Night) -> bool:
    """Count the likes of some of these posts as the voices they are of now; whether more wait."""
    del night
    posts = {row.post_id for row in _TAKE.rows(session)}
    if not posts:
        return False
    ids = sorted(posts)
    # Without the likers, of whom there may be more than locks: whose state turns is counted again.
    locks.lock_members(session, changed=(), named=())
    pairs = {(row.post_id, row.liker_id) for row in _LIKES.rows(session, post_ids=ids)}
    questions = {row.question_id for row in _ACCEPTS.rows(session, post_ids=ids)}
    locks.lock_more_posts(session, post_ids=posts, question_ids=questions)
    turned = voices.count_likes(session, pairs, question_ids=questions)
    voices.weigh_voices(session, posts, turned=turned)
    contributions.settle_posts(session, (), turned=turned, cause="night")
    return True


def tell_levels(session: Session, *, night: Night) -> bool:
    """Announce some levels that are others than those announced; whether more wait."""
    now = clock.now()
    after = night.after_id or _NOBODY, night.after_skill_id or 0
    rows = _HELD.rows(
        session, least=rules.least_strength(now), after_id=after[0], after_skill_id=after[1]
    )
    changed: dict[Cause, set[Key]] = defaultdict(set)
    for row in rows:
        if _level_of(row, row.thousandths, now) != row.level:
            cause = "rules" if night.levelling < rules.LEVELLING else _cause_of(row, now)
            changed[cause].add((row.member_id, row.skill_id))
    for reason, keys in sorted(changed.items()):
        held = attributions.lock_attributions(session, keys)
        attributions.sum_up(session, held, heard={}, cause=reason)
    if len(rows) < ATTRIBUTIONS:
        night.levelling = rules.LEVELLING
        return False
    night.after_id, night.after_skill_id = rows[-1].member_id, rows[-1].skill_id
    return True


def _cause_of(row: Any, now: Any) -> Cause:
    """Its age, where the level would differ with the standing of the day before as well."""
    if row.nights is None or not row.nights:
        return "age"
    before = row.before if row.night == row.nights else row.thousandths
    return "night" if _level_of(row, before, now) == row.level else "age"


def _level_of(row: Any, thousandths: int | None, now: Any) -> int:
    held = rules.Held(int(row.voices), row.all_voices, row.fortnight_count)
    standing = rules.standing_of(thousandths, row.nights)
    return rules.level_of(rules.worth_at(row, now), held=held, standing=standing)


def _find() -> Any:
    """All standings beside all likes, accepts and voices: joined, not looked up one by one."""
    own, author, post = aliased(Standing), aliased(Standing), aliased(PostRef)
    liked = select(LikeRef.post_id.label("post_id")).outerjoin(
        own, own.member_id == LikeRef.liker_id
    )
    liked = liked.where(LikeRef.voice_id != func.coalesce(own.voice_id, LikeRef.liker_id))
    accepted = select(AcceptRef.counted_id).outerjoin(own, own.member_id == AcceptRef.asker_id)
    accepted = accepted.where(
        AcceptRef.voice_id != func.coalesce(own.voice_id, AcceptRef.asker_id),
        AcceptRef.counted_id.is_not(None),
    )
    is_branch = PostVoice.voice_id == func.coalesce(author.voice_id, post.author_id)
    now = weight_by(own.thousandths, is_branch), is_branch
    weighed = (
        select(PostVoice.post_id)
        .join(post, post.id == PostVoice.post_id)
        .outerjoin(own, own.member_id == PostVoice.voice_id)
        .outerjoin(author, author.member_id == post.author_id)
        .where(PostVoice.like_count > 0)
        .where(tuple_(PostVoice.weight, PostVoice.is_branch) != tuple_(*now))
    )
    found = union_all(liked, accepted, weighed).subquery("found")
    new = insert(DuePost).from_select(["post_id"], select(found.c.post_id).distinct())
    return new.on_conflict_do_nothing()


def _take() -> Any:
    page = select(DuePost.post_id).order_by(DuePost.post_id).limit(literal_column(str(POSTS)))
    return delete(DuePost).where(DuePost.post_id.in_(page)).returning(DuePost.post_id)


def _held() -> AnySelect:
    """Attributions that have a level, or could have one, with their member's standing."""
    names = (
        *("member_id", "skill_id", "strength", "by_answers", "by_branch"),
        *("voices", "all_voices", "fortnight_count", "level"),
    )
    key = tuple_(Attribution.member_id, Attribution.skill_id)
    after = bindparam("after_id", type_=Uuid), bindparam("after_skill_id", type_=Integer)
    return (
        select(
            *(getattr(Attribution, name) for name in names),
            *(Standing.thousandths, Standing.before, Standing.night, NIGHTS.label("nights")),
        )
        .outerjoin(Standing, Standing.member_id == Attribution.member_id)
        .where(or_(Attribution.level > 0, Attribution.strength >= bindparam("least", type_=Float)))
        .where(key > tuple_(*after))
        .order_by(Attribution.member_id, Attribution.skill_id)
        .limit(literal_column(str(ATTRIBUTIONS)))
    )


_FIND = Statement(_find())
_TAKE = Statement(_take())
_OF_POSTS = bindparam("post_ids", type_=ARRAY(Uuid))
_LIKES = Statement(
    select(LikeRef.post_id, LikeRef.liker_id).where(
        LikeRef.post_id == any_(_OF_POSTS), LikeRef.voice_id != voice_of(LikeRef.liker_id)
    )
)
_ACCEPTS = Statement(
    select(AcceptRef.question_id).where(
        AcceptRef.counted_id == any_(_OF_POSTS), AcceptRef.voice_id != voice_of(AcceptRef.asker_id)
    )
)
_HELD = Statement(_held())
