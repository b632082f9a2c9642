"""What members rank in skills, at one moment and for one viewer."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Float,
    FromClause,
    Integer,
    Uuid,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import aliased

from chassis import members
from chassis.pages import AnySelect
from chassis.statements import ReadSession, Statement
from services.skills import access, rules
from services.skills.models import Attribution, MemberRef, PostRef
from services.skills.standings import by_row, standing_of

FIRST_DEPTH = 200  # of each list that is merged
# The parameter `member_ids` as rows: each attribution is looked up by its key.
GIVEN_MEMBERS = (
    func.unnest(bindparam("member_ids", type_=ARRAY(Uuid)))
    .table_valued("id")
    .render_derived(name="given")
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The members that a viewer sees, at one moment."""

    session: ReadSession
    viewer_id: UUID | None
    moment: datetime

    def of(
        self, skill_id: int, related: Mapping[int, float], after: tuple[Any, ...], most: int
    ) -> list[tuple[float, UUID]]:
        """The first `most` members behind `after`, by what they rank.

        Exact without a look at all: whoever is among the first of none of the lists ranks below
        what the last of these would add up to. Lists grow until that is below the page.
        """
        shares = {skill_id: 1.0, **related}
        depth = FIRST_DEPTH
        while True:
            of_skill: dict[int, list[Any]] = defaultdict(list)
            for row in _STRONGEST.rows(self.session, skill_ids=list(shares), depth=depth):
                of_skill[row.skill_id].append(row)
            ids = {row.member_id for rows in of_skill.values() for row in rows}
            cut = {one: rows[-1].evidence for one, rows in of_skill.items() if len(rows) == depth}
            bound = rules.order_at(sum(shares[one] * by for one, by in cut.items()), self.moment)
            found = ((rank, one) for one, rank in self.among({skill_id: related}, ids).items())
            ranked = sorted((one for one in found if not after or one < after), reverse=True)
            if bound == 0 or (len(ranked) >= most and ranked[most - 1][0] >= bound):
                return ranked[:most]
            depth *= 4

    def among(
        self, shares: Mapping[int, Mapping[int, float]], member_ids: Collection[UUID]
    ) -> dict[UUID, float]:
        """Those of these who hold one of some skills → what they rank in all of them together.

        `shares` has for each skill the related ones that lend to it.
        """
        if not member_ids or not shares:
            return {}
        lent = [(one, *lender) for one, by in shares.items() for lender in by.items()]
        rows = _CANDIDATES.rows(
            self.session,
            viewer_id=self.viewer_id,
            member_ids=list(member_ids),
            skill_ids=list(shares),
            lent_to=[skill_id for skill_id, _, _ in lent],
            lender_ids=[lender_id for _, lender_id, _ in lent],
            similarities=[similarity for _, _, similarity in lent],
            until=self.moment,
        )
        totals: dict[UUID, float] = defaultdict(float)
        for row in rows:
            totals[row.member_id] += self._rank_of(row)
        return totals

    def _rank_of(self, row: Any) -> float:
        standing = by_row(row)
        own = row.evidence * rules.kept_share(row.kept, standing)
        today = rules.order_at(own + row.lent, self.moment)
        return rules.rank_of(today, row.last_post_at, self.moment, standing=standing)


def _candidates() -> AnySelect:
    """What these members hold of some skills, with what related skills lend to each.

    What is asked of a member is asked once, however many of the skills they hold.
    """
    wanted = bindparam("skill_ids", type_=ARRAY(Integer))
    of, post, own = aliased(MemberRef), aliased(PostRef), aliased(Attribution)
    written = select(post.published_at).where(
        post.author_id == of.id,
        post.published_at <= bindparam("until", type_=DateTime(timezone=True)),
    )
    written = written.order_by(post.published_at.desc()).limit(literal_column("1"))
    holds: AnySelect = select(literal_column("1")).where(
        own.member_id == of.id, own.skill_id == any_(wanted)
    )
    candidates = (
        select(of.id, written.scalar_subquery().label("last_post_at"), *standing_of(of.id))
        .select_from(GIVEN_MEMBERS)
        .join(of, of.id == GIVEN_MEMBERS.c.id)
        .where(of.state == members.ACTIVE, of.is_proposable, access.is_seen(of.id), holds.exists())
        .cte("candidates")
        .prefix_with("MATERIALIZED")
    )
    lenders = _lenders()
    known = candidates.c.last_post_at, candidates.c.thousandths, candidates.c.nights
    held = Attribution.member_id, Attribution.evidence, Attribution.kept
    return (
        select(*held, *known, _lent(lenders).label("lent"))
        .join_from(candidates, Attribution, Attribution.member_id == candidates.c.id)
        .outerjoin(lenders, lenders.c.skill_id == Attribution.skill_id)
        .where(Attribution.skill_id == any_(wanted))
        .where(Attribution.evidence > 0, ~Attribution.is_hidden)
        .order_by(Attribution.member_id, Attribution.skill_id)
    )


def _lenders() -> FromClause:
    """For each skill two arrays: the related ones, and how similar each is."""
    given = func.unnest(
        bindparam("lent_to", type_=ARRAY(Integer)),
        bindparam("lender_ids", type_=ARRAY(Integer)),
        bindparam("similarities", type_=ARRAY(Float)),
    ).table_valued("skill_id", "lender_id", "similarity")
    given = given.render_derived(name="given_lenders")
    arrays = select(
        given.c.skill_id,
        func.array_agg(given.c.lender_id).label("ids"),
        func.array_agg(given.c.similarity, type_=ARRAY(Float)).label("similarities"),
    )
    return arrays.group_by(given.c.skill_id).cte("lenders").prefix_with("MATERIALIZED")


def _lent(lenders: FromClause) -> ColumnElement[float]:
    """By position in the arrays: joined as rows, each related skill would be looked up apart."""
    other, ids = aliased(Attribution), lenders.c.ids
    similarity = lenders.c.similarities[func.array_position(ids, other.skill_id)]
    lent = select(func.coalesce(func.sum(other.evidence * similarity), 0.0)).where(
        other.member_id == Attribution.member_id, other.skill_id == any_(ids), ~other.is_hidden
    )
    return lent.scalar_subquery()


def _strongest() -> AnySelect:
    """Of each skill the members with the most evidence, the most first."""
    wanted = func.unnest(bindparam("skill_ids", type_=ARRAY(Integer))).table_valued("skill_id")
    wanted = wanted.render_derived(name="wanted")
    strongest = select(Attribution.member_id, Attribution.evidence).where(
        Attribution.skill_id == wanted.c.skill_id, Attribution.evidence > 0
    )
    order = Attribution.evidence.desc(), Attribution.member_id.desc()
    strongest = strongest.order_by(*order).limit(bindparam("depth", type_=Integer))
    of_each = strongest.lateral("of_each")
    rows = select(wanted.c.skill_id, of_each.c.member_id, of_each.c.evidence)
    rows = rows.select_from(wanted).join(of_each, true())
    return rows.order_by(wanted.c.skill_id, of_each.c.evidence.desc(), of_each.c.member_id.desc())


_STRONGEST = Statement(_strongest())
_CANDIDATES = Statement(_candidates())
