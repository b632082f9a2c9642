"""How many of those who like a member's answers in a skill win nothing by it: a round of the night.

Ten members of full standing who like each other took eight of ten places of a skill that is foreign
to them. What counts most is therefore who likes there and is not liked there themselves; a voice is
as dependent as any of those who like as it.
"""

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
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased

from chassis.pages import AnySelect
from chassis.statements import Statement
from services.skills import rules
from services.skills.actions import attributions
from services.skills.models import (
    AcceptRef,
    Attribution,
    Contribution,
    LikeRef,
    Night,
    Supporter,
)
from services.skills.standings import weight_of

PAGE = 2_000  # attributions in one transaction
_NOBODY = UUID(int=0)


def weigh_readers(session: Session, *, night: Night) -> bool:
    """Weigh who likes some attributions' answers, once trust has begun; whether more wait."""
    after = night.after_id or _NOBODY, night.after_skill_id or 0
    rows = _HEARD.rows(session, after_id=after[0], after_skill_id=after[1])
    changed = {
        (row.member_id, row.skill_id): kept
        for row in rows
        if (kept := rules.kept_of(row.independent, row.total)) != row.kept
    }
    if changed:
        attributions.lock_attributions(session, changed.keys())
        members, skills = zip(*changed, strict=True)
        given = {"member_ids": list(members), "skill_ids": list(skills)}
        _KEEP.rows(session, **given, kept=list(changed.values()))
    if len(rows) < PAGE:
        return False
    night.after_id, night.after_skill_id = rows[-1].member_id, rows[-1].skill_id
    return True


def _heard() -> AnySelect:
    """The next attributions with the weight of the voices behind their answers."""
    held = aliased(Attribution)
    key = tuple_(held.member_id, held.skill_id)
    after = bindparam("after_id", type_=Uuid), bindparam("after_skill_id", type_=Integer)
    page = select(held.member_id, held.skill_id, held.kept)
    page = page.where(held.evidence > 0, key > tuple_(*after))
    page = page.order_by(held.member_id, held.skill_id).limit(literal_column(str(PAGE)))
    of_page = page.subquery("page")
    dependent = _dependent(of_page)
    same = (dependent.c.member_id == Supporter.member_id) & (
        dependent.c.skill_id == Supporter.skill_id
    )
    weight = weight_of(Supporter.voice_id, false())
    is_others = dependent.c.voice_id.is_(None)
    zero: ColumnElement[int] = literal_column("0")
    behind = (Supporter.member_id == of_page.c.member_id) & (Supporter.answers > zero)
    return (
        select(
            of_page,
            func.coalesce(func.sum(weight), zero).label("total"),
            func.coalesce(func.sum(weight).filter(is_others), zero).label("independent"),
        )
        .select_from(of_page)
        .outerjoin(Supporter, behind & (Supporter.skill_id == of_page.c.skill_id))
        .outerjoin(dependent, same & (dependent.c.voice_id == Supporter.voice_id))
        .group_by(*of_page.c)
        .order_by(of_page.c.member_id, of_page.c.skill_id)
    )


def _dependent(page: Any) -> Any:
    """Voices as which somebody likes or accepts who is liked on an answer in the skill, too.

    Each like of the page is asked once.
    """
    post, own = aliased(Contribution), aliased(Attribution)
    like, accept = aliased(LikeRef), aliased(AcceptRef)
    answers = select(post.post_id, post.member_id, post.skill_id).select_from(page)
    of_page = (post.member_id == page.c.member_id) & (post.skill_id == page.c.skill_id)
    of_page &= post.kind == literal_column("'answer'")
    mine = answers.join(post, of_page).cte("mine")
    given = union_all(
        select(mine.c.member_id, mine.c.skill_id, like.voice_id, like.liker_id).join(
            like, like.post_id == mine.c.post_id
        ),
        select(mine.c.member_id, mine.c.skill_id, accept.voice_id, accept.asker_id).join(
            accept, accept.counted_id == mine.c.post_id
        ),
    ).subquery("given")
    is_liked = (own.member_id == given.c.liker_id) & (own.skill_id == given.c.skill_id)
    found = select(given.c.member_id, given.c.skill_id, given.c.voice_id)
    found = found.join(own, is_liked & (own.answer_count > 0))
    return found.where(given.c.voice_id.is_not(None)).distinct().subquery("dependent")


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
