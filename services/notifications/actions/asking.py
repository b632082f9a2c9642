"""Asking who holds a skill for an answer: who, in which order, and never more than they take.

Members are held while what was asked of them is counted: of two workers that would ask the same
member one passes them over, or looks again where it would ask too few. It never waits for members:
who leaves is held before their ladders are.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session, aliased

from chassis import clock, members
from chassis.claims import Claims
from chassis.replicas import insert_all
from chassis.statements import Statement
from services.notifications import conditions, rules
from services.notifications.actions.telling import Told, tell
from services.notifications.errors import NoticeNoAsk, NoticeNotFound
from services.notifications.models import (
    Ask,
    FollowRef,
    Ladder,
    MemberRef,
    Notice,
    ObjectRef,
    SparedSkill,
)

LOOKED_AT = 5_000  # holders of skills whose load is counted where few have room
POOL = 60  # looked at for at most ten: of them some are asked by another worker meanwhile


def ask_holders(
    session: Session, *, ladder: Ladder, skills: Sequence[str], step: int, most: int
) -> int | None:
    """Ask members who hold one of these skills (slugs), whose ladder the caller holds; how many.

    None, and nobody is asked, where some are held by others for now and there are not enough.
    """
    now = clock.now()
    since = now - rules.LOAD_OF
    found = _FOUND.rows(
        session,
        question_id=ladder.question_id,
        asker_id=ladder.asker_id,
        skills=list(skills),
        now=now,
        since=since,
    )
    held = _HELD.rows(session, member_ids=[row.member_id for row in found])
    # Counted anew: what another worker asked before these were held.
    free = _FREE.rows(session, member_ids=[row.id for row in held], since=since)
    can = {row.id for row in free}
    chosen = [row for row in sorted(found, key=_place) if row.member_id in can][:most]
    if len(chosen) < most and len(held) < len(found):
        return None
    if chosen:
        _keep(session, ladder.question_id, ladder.asker_id, step, chosen)
    return len(chosen)


def decline_ask(session: Session, *, actor: Claims, notice_id: UUID) -> None:
    """Take an ask off one's list, and spare oneself its skill for a while; again is as once.

    Raises NoticeNotFound, or NoticeNoAsk.
    """
    members.require_active(session, MemberRef, actor)
    mine = select(Notice).where(Notice.id == notice_id, Notice.member_id == actor.id)
    notice = session.scalar(mine.with_for_update())
    if notice is None:
        raise NoticeNotFound
    if notice.kind != rules.ASK:
        raise NoticeNoAsk
    now = clock.now()
    ask = session.get(Ask, (notice.object_id, actor.id))
    if ask is None or ask.declined_at is not None:
        return
    ask.declined_at = now
    notice.is_unread, notice.read_at = False, now
    until = now + rules.SPARED_FOR
    spared = insert(SparedSkill).values(member_id=actor.id, skill=ask.skill, until_at=until)
    spared = spared.on_conflict_do_update(
        index_elements=["member_id", "skill"], set_={"until_at": until}
    )
    session.execute(spared)


def _place(row: Any) -> int:
    place: int = row.place
    return place


def _keep(
    session: Session, question_id: UUID, asker_id: UUID, step: int, chosen: Sequence[Any]
) -> None:
    now = clock.now()
    _ASK.rows(
        session,
        question_id=[question_id for _ in chosen],
        member_id=[row.member_id for row in chosen],
        step=[step for _ in chosen],
        skill=[row.skill for row in chosen],
        asked_at=[now for _ in chosen],
    )
    tell(
        session,
        (
            Told(
                member_id=row.member_id,
                kind=rules.ASK,
                object_id=question_id,
                part=row.skill,
                actor_id=asker_id,
                happened_at=now,
            )
            for row in chosen
        ),
    )


def _found() -> Any:
    """Who may be asked, the first of them: looked at one after the other until there are enough."""
    holders, ask = _holders(), aliased(Ask)
    is_asked = select(ask.step).where(
        ask.member_id == holders.c.member_id, ask.question_id == _QUESTION
    )
    return (
        select(holders.c.member_id, holders.c.skill, holders.c.place)
        .where(
            _load_of(holders.c.member_id) < holders.c.asks_per_week,
            ~is_asked.exists(),
            ~conditions.knows_better(holders.c.member_id, _QUESTION),
        )
        .limit(literal_column(str(POOL)))
    )


def _holders() -> Any:
    """Who hold one of the skills and could be asked, the first of them in their order.

    The limit also keeps what is asked of each one's rows for later, as long as it is needed.
    """
    held, near, member = _held(), _near(), MemberRef
    order = (
        func.coalesce(near.c.degree, literal_column("2")),
        held.c.level.desc(),
        func.md5(cast(_QUESTION, String) + cast(member.id, String)),
    )
    return (
        select(
            *(held.c.member_id, held.c.skill, member.asks_per_week),
            func.row_number().over(order_by=order).label("place"),
        )
        .join(member, member.id == held.c.member_id)
        .outerjoin(near, near.c.member_id == member.id)
        .where(_may_be_asked(member), member.id != _ASKER, conditions.is_reached(member.id))
        .order_by("place")
        .limit(literal_column(str(LOOKED_AT)))
        .subquery("holders")
    )


def _held() -> Any:
    """Of each holder the highest of the skills, of the same height what the question says first."""
    wanted = func.unnest(cast(bindparam("skills"), ARRAY(String))).table_valued(
        column("slug", String), with_ordinality="place"
    )
    wanted = wanted.render_derived(name="wanted")
    one, spared = aliased(ObjectRef), aliased(SparedSkill)
    is_spared = select(spared.skill).where(
        spared.member_id == one.author_id, spared.skill == one.state, spared.until_at > _NOW
    )
    return (
        select(one.author_id.label("member_id"), one.state.label("skill"), one.level)
        .join(wanted, wanted.c.slug == one.state)
        .where(
            one.type == "skill",
            conditions.is_skill_asked_for(one),
            ~is_spared.exists(),
        )
        .ext(distinct_on(one.author_id))
        .order_by(one.author_id, one.level.desc(), wanted.c.place)
        .subquery("held")
    )


def _near() -> Any:
    """Whom the asker follows, and whom these follow: 0 and 1."""
    first, own, theirs = aliased(FollowRef), aliased(FollowRef), aliased(FollowRef)
    followed = select(
        first.followed_id.label("member_id"), literal_column("0", Integer).label("degree")
    ).where(first.follower_id == _ASKER, first.is_following)
    second = (
        select(theirs.followed_id, literal_column("1", Integer))
        .select_from(own)
        .join(theirs, theirs.follower_id == own.followed_id)
        .where(own.follower_id == _ASKER, own.is_following, theirs.is_following)
    )
    both = union_all(followed, second).subquery("both")
    nearest = select(both.c.member_id, func.min(both.c.degree).label("degree"))
    return nearest.group_by(both.c.member_id).subquery("near")


def _may_be_asked(member: Any) -> ColumnElement[bool]:
    return and_(member.state == members.ACTIVE, member.is_proposable)


def _load_of(member_id: Any) -> ColumnElement[int]:
    """What was asked of somebody lately: by ladders, by members, by projects."""
    ask, told = aliased(Ask), aliased(Notice)
    by_ladders = select(func.count()).where(ask.member_id == member_id, ask.asked_at > _SINCE)
    by_people = select(func.count()).where(
        told.member_id == member_id,
        told.happened_at > _SINCE,
        or_(*(told.kind == kind for kind in rules.ASKED_BY_PEOPLE)),
    )
    return by_ladders.scalar_subquery() + by_people.scalar_subquery()


_QUESTION, _ASKER = bindparam("question_id", type_=Uuid), bindparam("asker_id", type_=Uuid)
_NOW = bindparam("now", type_=DateTime(timezone=True))
_SINCE = bindparam("since", type_=DateTime(timezone=True))
_THESE = MemberRef.id == func.any(cast(bindparam("member_ids"), ARRAY(Uuid)))
_FOUND = Statement(_found())
_HELD = Statement(
    select(MemberRef.id)
    .where(_THESE)
    .order_by(MemberRef.id)
    .with_for_update(key_share=True, skip_locked=True)
)
_FREE = Statement(
    select(MemberRef.id).where(
        _THESE, _may_be_asked(MemberRef), _load_of(MemberRef.id) < MemberRef.asks_per_week
    )
)
_ASK = Statement(insert_all(Ask, ("question_id", "member_id", "step", "skill", "asked_at")))
