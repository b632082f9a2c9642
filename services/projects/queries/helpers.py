"""Who could help with a call: whoever has its skills and may be asked, with the reasons."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.statements import Read, ReadSession, viewer
from services.projects import access, rules
from services.projects.errors import CallNotFound
from services.projects.models import (
    AttributionRef,
    Call,
    FollowRef,
    HeardAsk,
    HelpInvitation,
    MemberRef,
    Project,
)
from services.projects.queries.views import PERSON, PersonView, person_of

SHOWN = 20
# Of each skill so many of its strongest are looked at, beside those whom the owner follows.
STRONGEST = 200


class HeldView(msgspec.Struct, frozen=True):
    """A skill that somebody has, as projects knows it."""

    slug: str
    label_en: str
    label_fr: str
    level: int


class ReasonView(msgspec.Struct, frozen=True):
    """`followed` by the owner, or `skills`: how many of the call's."""

    kind: str
    count: int | None


class HelperView(msgspec.Struct, frozen=True):
    """Somebody who could help."""

    member: PersonView
    attributions: Sequence[HeldView]
    reasons: Sequence[ReasonView]


def list_helpers(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, call_id: UUID
) -> list[HelperView]:
    """Those whom the owner follows first, then by how many of the call's skills they have, and how
    proven these are; nobody who cannot be asked. Raises ContributorsOnly or CallNotFound.
    """
    access.require_contributor(session, viewer_id=viewer_id, project_id=project_id)
    named = {"project_id": project_id, "call_id": call_id}
    if _KNOWN.find(session, **named) is None:
        raise CallNotFound
    return _HELPERS.list(
        session,
        viewer_id=viewer_id,
        now=clock.now(),
        week=clock.now() - rules.WEEK,
        unanswered=clock.now() - rules.AGAIN_UNANSWERED,
        declined=clock.now() - rules.AGAIN_DECLINED,
        **named,
    )


def _helper_of(row: Any) -> HelperView:
    held = [HeldView(*one) for one in row.held]
    reasons = [ReasonView("followed", None)] if row.is_followed else []
    return HelperView(person_of(row), held, [*reasons, ReasonView("skills", len(held))])


def _helpers() -> Any:
    wanted = select(Call.skills).where(Call.id == _CALL_ID, Call.project_id == _PROJECT_ID)
    skills = select(func.unnest(wanted.scalar_subquery()).label("skill")).subquery("wanted")
    owner_id = select(Project.owner_id).where(Project.id == _PROJECT_ID).scalar_subquery()
    followed = select(FollowRef.followed_id).where(
        FollowRef.follower_id == owner_id, FollowRef.is_following
    )
    candidates = _candidates(skills, followed)
    held = aliased(AttributionRef)
    told = func.jsonb_build_array(held.skill, held.label_en, held.label_fr, held.level)
    its = (
        select(
            func.jsonb_agg(aggregate_order_by(told, held.score.desc(), held.skill)).label("held"),
            func.count().label("count"),
            func.sum(held.score).label("score"),
        )
        .where(held.member_id == MemberRef.id, held.skill.in_(select(skills.c.skill)))
        .where(access.is_shown(held))
        .lateral("its")
    )
    is_followed = MemberRef.id.in_(followed).label("is_followed")
    return (
        select(*PERSON, is_followed, its.c.held)
        .select_from(candidates)
        .join(MemberRef, MemberRef.id == candidates.c.member_id)
        .join(its, literal_column("true"))
        .where(access.is_listed(), access.is_unblocked_by(owner_id, MemberRef.id))
        .where(MemberRef.is_proposable, _may_be_asked())
        .order_by(is_followed.desc(), its.c.count.desc(), its.c.score.desc(), MemberRef.id)
        .limit(literal_column(str(SHOWN)))
    )


def _candidates(skills: Any, followed: Any) -> Any:
    """The strongest in each of the skills, and whoever of the followed has one."""
    one, near = aliased(AttributionRef), aliased(AttributionRef)
    strongest = (
        select(one.member_id)
        .where(one.skill == skills.c.skill, access.is_shown(one))
        .order_by(one.score.desc(), one.member_id.desc())
        .limit(literal_column(str(STRONGEST)))
        .lateral("strongest")
    )
    return union(
        select(strongest.c.member_id).select_from(skills).join(strongest, literal_column("true")),
        select(near.member_id)
        .where(near.member_id.in_(followed), near.skill.in_(select(skills.c.skill)))
        .where(access.is_shown(near)),
    ).subquery("candidates")


def _may_be_asked() -> Any:
    """Nobody who is in already, has been asked in vain or is waited for, or was asked enough."""
    asked, earlier = aliased(HelpInvitation), aliased(HelpInvitation)
    week, unanswered, declined = (
        bindparam(name, type_=HelpInvitation.asked_at.type)
        for name in ("week", "unanswered", "declined")
    )
    is_silent = earlier.is_never | (
        ((earlier.state == "pending") | (earlier.state == "later"))
        & (earlier.expires_at > unanswered)
    )
    is_silent = is_silent | ((earlier.state == "declined") & (earlier.changed_at > declined))
    in_vain = select(earlier.id).where(
        earlier.project_id == _PROJECT_ID, earlier.member_id == MemberRef.id, is_silent
    )
    here = select(func.count()).where(
        asked.member_id == MemberRef.id, asked.asked_at > week, asked.role == rules.CONTRIBUTOR
    )
    there = select(func.count()).where(HeardAsk.member_id == MemberRef.id, HeardAsk.asked_at > week)
    times = here.scalar_subquery() + there.scalar_subquery()
    return (
        ~access.belongs(_PROJECT_ID, MemberRef.id)
        & ~in_vain.exists()
        & (times < MemberRef.asks_per_week)
        & (MemberRef.id != viewer())
    )


_PROJECT_ID = bindparam("project_id", type_=Uuid)
_CALL_ID = bindparam("call_id", type_=Uuid)
_KNOWN: Read[UUID] = Read(
    select(Call.id).where(
        Call.id == _CALL_ID, Call.project_id == _PROJECT_ID, access.is_unhidden(Call.id)
    ),
    lambda row: row.id,
)
_HELPERS = Read(_helpers(), _helper_of)
