"""Whom a member may like to follow, each with the reasons why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.pages import AnySelect
from chassis.statements import ReadSession, Statement, viewer
from services.social import access
from services.social.models import Dismissal, Follow, KeywordActivity, MemberRef
from services.social.queries.lists import PERSON, PersonView
from services.social.rules import SILENT_AFTER

MOST = 20
# Of whom I follow the latest, and of each the latest whom they follow; likewise of keywords.
MOST_FOLLOWED, MOST_OF_EACH, MOST_KEYWORDS = 300, 100, 50
NEAREST = 1_000  # what an invitation weighs, beside one for each other way


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why somebody is suggested: `sponsor`, `invitee`, `followed_by` so many whom I follow,
    or `keywords` on which both are active."""

    kind: str
    count: int | None = None
    keywords: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SuggestionView:
    member: PersonView
    reasons: Sequence[ReasonView]


def list_suggestions(session: ReadSession, *, viewer_id: UUID) -> list[SuggestionView]:
    """The nearest first: sponsor and invitees, then who is near in most ways.

    Never who is followed already, dismissed, across a block, not active, or was silent for
    long.
    """
    since = clock.now() - SILENT_AFTER
    rows = _CANDIDATES.rows(session, viewer_id=viewer_id, since=since)
    reasons: dict[UUID, list[ReasonView]] = defaultdict(list)
    people: dict[UUID, PersonView] = {}
    for row in rows:
        people[row.id] = PersonView.of(row)
        count = row.weight if row.kind == "followed_by" else None
        reasons[row.id].append(ReasonView(row.kind, count, sorted(row.slugs)[:5]))
    return [SuggestionView(people[one], reasons[one]) for one in people]


def _by_invitation() -> Sequence[AnySelect]:
    """The viewer's sponsor, and whom the viewer invited."""
    me = aliased(MemberRef)
    sponsor = select(me.sponsor_id, *_way("sponsor")).where(me.id == viewer())
    invitees = select(MemberRef.id, *_way("invitee")).where(MemberRef.sponsor_id == viewer())
    return sponsor, invitees


def _way(kind: str) -> Sequence[Any]:
    weight: ColumnElement[int] = literal_column(str(NEAREST))
    slugs: ColumnElement[Any] = literal_column(_NO_SLUGS)
    return literal(kind).label("kind"), weight.label("weight"), slugs.label("slugs")


def _by_follows() -> AnySelect:
    """Whom those follow whom the viewer follows."""
    followed = (
        select(Follow.followed_id)
        .where(Follow.follower_id == viewer(), Follow.is_following)
        .order_by(Follow.changed_at.desc())
        .limit(MOST_FOLLOWED)
        .subquery("followed")
    )
    second = aliased(Follow)
    theirs = (
        select(second.followed_id)
        .where(second.follower_id == followed.c.followed_id, second.is_following)
        .order_by(second.changed_at.desc())
        .limit(MOST_OF_EACH)
        .lateral("theirs")
    )
    by_follows = select(
        theirs.c.followed_id, literal("followed_by"), func.count(), literal_column(_NO_SLUGS)
    )
    joined = by_follows.select_from(followed).join(theirs, literal(True))
    return joined.group_by(theirs.c.followed_id)


def _by_keywords() -> AnySelect:
    """Who is active lately under keywords under which the viewer is."""
    mine = (
        select(KeywordActivity.slug)
        .where(KeywordActivity.member_id == viewer(), KeywordActivity.active_at > _SINCE)
        .order_by(KeywordActivity.active_at.desc())
        .limit(MOST_KEYWORDS)
        .subquery("mine")
    )
    other = aliased(KeywordActivity)
    there = (
        select(other.member_id)
        .where(other.slug == mine.c.slug, other.active_at > _SINCE)
        .order_by(other.active_at.desc())
        .limit(MOST_OF_EACH)
        .lateral("there")
    )
    slugs = cast(func.array_agg(mine.c.slug), ARRAY(Text))
    by_keywords = select(there.c.member_id, literal("keywords"), func.count(), slugs)
    joined = by_keywords.select_from(mine).join(there, literal(True))
    return joined.group_by(there.c.member_id)


def _candidates() -> AnySelect:
    ways = union_all(*_by_invitation(), _by_follows(), _by_keywords())
    near = ways.subquery("near")
    member_id, kind, weight, slugs = near.c
    follow = aliased(Follow)
    is_followed = exists().where(
        follow.follower_id == viewer(),
        follow.followed_id == MemberRef.id,
        follow.is_following,
    )
    is_dismissed = exists().where(
        Dismissal.member_id == viewer(), Dismissal.dismissed_id == MemberRef.id
    )
    nearness = func.sum(weight).over(partition_by=member_id)
    found = (
        select(
            *PERSON,
            kind.label("kind"),
            weight.label("weight"),
            slugs.label("slugs"),
            nearness.label("nearness"),
        )
        .join(near, member_id == MemberRef.id)
        .where(MemberRef.id != viewer(), MemberRef.active_at > _SINCE)
        .where(access.is_listed(), ~is_followed, ~is_dismissed)
        .subquery("found")
    )
    place = func.dense_rank().over(order_by=[found.c.nearness.desc(), found.c.id]).label("place")
    ranked = select(found, place).subquery("ranked")
    order = ranked.c.place, ranked.c.weight.desc(), ranked.c.kind
    return select(ranked).where(ranked.c.place <= MOST).order_by(*order)


_NO_SLUGS = "'{}'::text[]"
_SINCE = bindparam("since", type_=DateTime(timezone=True))
_CANDIDATES = Statement(_candidates())
