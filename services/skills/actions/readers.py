"""How many of those who like a member's answers in a skill win nothing by it: a round of the night.

Ten members of full standing who like each other took eight of ten places of a skill that is foreign
to them. What counts most is therefore who likes there and is not liked there themselves; a voice is
as dependent as any of those who like as it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    SmallInteger,
    Uuid,
    bindparam,
    false,
    func,
    literal_column,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased

from chassis.pages import AnySelect
from chassis.statements import Statement
from services.skills import rules
from services.skills.actions import attributions
from services.skills.actions.nights import Findings
from services.skills.models import (
    AcceptRef,
    Attribution,
    Contribution,
    LikeRef,
    Standing,
    Supporter,
)
from services.skills.standings import counts, weight_by

PAGE = 2_000  # attributions in one transaction
ROOM = "64MB"  # for each sort or join of the reading, which would else go through the disk


def weigh(session: Session) -> Findings:
    """Weigh who likes all answers, once trust has begun; finds what is kept of evidence by now."""
    session.execute(text(f"SET LOCAL work_mem = '{ROOM}'"))
    changed = (
        (row.member_id, row.skill_id, kept)
        for row in _HEARD.rows(session)
        if (kept := rules.kept_of(row.independent, row.total)) != row.kept
    )
    return Findings(sorted(changed), PAGE, write)


def write(session: Session, rows: Sequence[tuple[UUID, int, int]]) -> None:
    """Let these stand."""
    members, skills, kept = zip(*rows, strict=True)
    attributions.lock_attributions(session, set(zip(members, skills, strict=True)))
    _KEEP.rows(session, member_ids=list(members), skill_ids=list(skills), kept=list(kept))


def _heard() -> AnySelect:
    """Attributions with the weight of the voices behind their answers, where it says another part.

    All tables joined whole: to look up who is liked for each like takes six times as long.
    """
    held = aliased(Attribution)
    dependent, own = _dependent(), aliased(Standing)
    same = (
        (dependent.c.member_id == Supporter.member_id)
        & (dependent.c.skill_id == Supporter.skill_id)
        & (dependent.c.voice_id == Supporter.voice_id)
    )
    weight = weight_by(own.thousandths, false())
    is_others = dependent.c.voice_id.is_(None)
    zero: ColumnElement[int] = literal_column("0")
    behind = (
        select(
            Supporter.member_id,
            Supporter.skill_id,
            func.sum(weight).label("total"),
            func.coalesce(func.sum(weight).filter(is_others), zero).label("independent"),
        )
        .outerjoin(dependent, same)
        .outerjoin(own, own.member_id == Supporter.voice_id)
        .where(Supporter.answers > zero)
        .group_by(Supporter.member_id, Supporter.skill_id)
        .subquery("behind")
    )
    of_held = (behind.c.member_id == held.member_id) & (behind.c.skill_id == held.skill_id)
    return (
        select(
            *(held.member_id, held.skill_id, held.kept),
            func.coalesce(behind.c.total, zero).label("total"),
            func.coalesce(behind.c.independent, zero).label("independent"),
        )
        .outerjoin(behind, of_held)
        .where(held.evidence > 0)
    )


def _dependent() -> Any:
    """Voices as which somebody likes or accepts who is liked on an answer in the skill, too."""
    post, own = aliased(Contribution), aliased(Attribution)
    like, accept = aliased(LikeRef), aliased(AcceptRef)
    given = union_all(
        select(like.post_id, like.voice_id, like.liker_id, like.liked_at).where(
            like.voice_id.is_not(None)
        ),
        select(accept.counted_id, accept.voice_id, accept.asker_id, accept.accepted_at).where(
            accept.voice_id.is_not(None)
        ),
    ).subquery("given")
    of_answer = (post.post_id == given.c.post_id) & (post.kind == literal_column("'answer'"))
    is_liked = (own.member_id == given.c.liker_id) & (own.skill_id == post.skill_id)
    found = select(post.member_id, post.skill_id, given.c.voice_id).select_from(given)
    of_answer &= counts(given.c.liked_at, post)
    found = found.join(post, of_answer).join(own, is_liked & (own.answer_count > 0))
    return found.distinct().subquery("dependent")


def _keep() -> Any:
    given = func.unnest(
        bindparam("member_ids", type_=ARRAY(Uuid)),
        bindparam("skill_ids", type_=ARRAY(Integer)),
        bindparam("kept", type_=ARRAY(SmallInteger)),
    ).table_valued("member_id", "skill_id", "kept")
    given = given.render_derived(name="given")
    same = Attribution.member_id == given.c.member_id, Attribution.skill_id == given.c.skill_id
    return update(Attribution).values(kept=given.c.kept).where(*same)


_HEARD = Statement(_heard())
_KEEP = Statement(_keep())
