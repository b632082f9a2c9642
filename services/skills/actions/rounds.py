"""The rounds of a night through posts and attributions: what it found is counted and told.

Only what differs is written, a page in a transaction.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import Float, Integer, Uuid, and_, bindparam, literal_column, or_, select, tuple_
from sqlalchemy.orm import Session

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
    LikeRef,
    Night,
    PostRef,
    PostVoice,
    Standing,
)
from services.skills.standings import NIGHTS, outdated_voices, voice_of

POSTS, ATTRIBUTIONS = 1_000, 5_000  # looked at in one transaction
_NOBODY = UUID(int=0)


def settle_posts(session: Session, *, night: Night) -> bool:
    """Count the likes of some posts as the voices they are of now; whether more wait."""
    after = night.after_id or _NOBODY
    last = _LAST_POST.first(session, after=after)
    if last is None:
        return False
    span = {"after": after, "last": last.id}
    pairs = {(row.post_id, row.liker_id) for row in _LIKES.rows(session, **span)}
    questions = {row.question_id for row in _ACCEPTS.rows(session, **span)}
    posts = {row.post_id for row in _VOICES.rows(session, **span)}
    if pairs or questions or posts:
        _settle(session, pairs, questions, posts)
    night.after_id = last.id
    return True


def _settle(
    session: Session, pairs: set[voices.Pair], questions: set[UUID], posts: set[UUID]
) -> None:
    # Without the likers, of whom there may be more than locks: whose state turns is counted again.
    locks.lock_members(session, changed=(), named=())
    posts |= {post_id for post_id, _ in pairs}
    locks.lock_more_posts(session, post_ids=posts, question_ids=questions)
    turned = voices.count_likes(session, pairs, question_ids=questions)
    voices.weigh_voices(session, posts, turned=turned)
    contributions.settle_posts(session, posts, turned=turned, cause="night")


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


def _in_span(post_id: Any) -> Any:
    return and_(post_id > bindparam("after", type_=Uuid), post_id <= bindparam("last", type_=Uuid))


def _last_post() -> AnySelect:
    page = select(PostRef.id).where(PostRef.id > bindparam("after", type_=Uuid))
    page = page.order_by(PostRef.id).limit(literal_column(str(POSTS)))
    ids = page.subquery("page")
    return select(ids.c.id).order_by(ids.c.id.desc()).limit(literal_column("1"))


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


_LAST_POST = Statement(_last_post())
_LIKES = Statement(
    select(LikeRef.post_id, LikeRef.liker_id).where(
        _in_span(LikeRef.post_id), LikeRef.voice_id != voice_of(LikeRef.liker_id)
    )
)
_ACCEPTS = Statement(
    select(AcceptRef.question_id).where(
        _in_span(AcceptRef.answer_id), AcceptRef.voice_id != voice_of(AcceptRef.asker_id)
    )
)
_VOICES = Statement(select(outdated_voices(_in_span(PostVoice.post_id)).subquery().c.post_id))
_HELD = Statement(_held())
