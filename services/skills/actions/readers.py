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
    exists,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
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
    weight = weight_of(Supporter.voice_id, false())
    zero: ColumnElement[int] = literal_column("0")
    heard = (
        select(
            func.coalesce(func.sum(weight), zero).label("total"),
            func.coalesce(func.sum(weight).filter(~_is_dependent()), zero).label("independent"),
        )
        .where(Supporter.member_id == of_page.c.member_id)
        .where(Supporter.skill_id == of_page.c.skill_id, Supporter.answers > 0)
        .lateral("heard")
    )
    found = select(of_page, heard.c.total, heard.c.independent)
    found = found.select_from(of_page).join(heard, true())
    return found.order_by(of_page.c.member_id, of_page.c.skill_id)


def _is_dependent() -> ColumnElement[bool]:
    """Somebody who likes or accepts as this voice is liked on an answer in the skill, too."""
    post, like, accept = aliased(Contribution), aliased(LikeRef), aliased(AcceptRef)
    here = (post.member_id == Supporter.member_id) & (post.skill_id == Supporter.skill_id)
    here &= post.kind == literal_column("'answer'")
    by_like = exists().where(here, like.post_id == post.post_id, _is_liked(like.liker_id, post))
    by_accept = exists().where(
        here, accept.counted_id == post.post_id, _is_liked(accept.asker_id, post)
    )
    of_voice = like.voice_id == Supporter.voice_id, accept.voice_id == Supporter.voice_id
    return by_like.where(of_voice[0]) | by_accept.where(of_voice[1])


def _is_liked(member_id: Any, post: Any) -> ColumnElement[bool]:
    own = aliased(Attribution)
    found = exists().where(own.member_id == member_id, own.skill_id == post.skill_id)
    return found.where(own.answer_count > 0)


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
