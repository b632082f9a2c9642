"""Who ranks highest in some skills together, near to the viewer or anywhere."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid, all_, bindparam, func, select, true

from chassis import clock
from chassis.folding import folded_phrase
from chassis.statements import ReadSession, Statement, viewer
from services.skills.models import Attribution, FollowRef, MemberRef
from services.skills.queries import experts
from services.skills.queries.experts import ExpertView, FoundSkill
from services.skills.queries.nearness import NEAREST_FIRST, get_nearness
from services.skills.queries.ranking import FIRST_DEPTH, Ranking

# So many are asked how near they are, the followed first; more than a page has.
NEAR_DEPTH = 100
# So many of each skill are ranked together where nothing narrows them down.
LEAST_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom of those who know a viewer looks for: phrases of company and location, folded."""

    is_near_first: bool = False
    company: str = ""
    location: str = ""

    @property
    def is_filtered(self) -> bool:
        """Only some are looked for."""
        return bool(self.company or self.location)

    @classmethod
    def of(cls, *, sort: str, company: str, location: str) -> "Choice":
        """What was asked, as it is looked for."""
        return cls(sort == "near", folded_phrase(company), folded_phrase(location))


ANYBODY = Choice()


def list_best(
    session: ReadSession,
    *,
    viewer_id: UUID,
    skills: Sequence[FoundSkill],
    limit: int,
    without: Collection[UUID] = (),
    choice: Choice = ANYBODY,
) -> list[ExpertView]:
    """Who ranks highest in all of these skills together, but for some; of which there are few.

    Near first: whom the viewer follows, then whom those follow. Exact for one skill of which
    nobody is left out; else they are ranked who have the most evidence in one of them.
    """
    ranking = Ranking(session, viewer_id, clock.now())
    shares = {skill.id: experts.find_related(session, skill) for skill in skills}
    depth = FIRST_DEPTH if choice != ANYBODY else LEAST_DEPTH
    # To be sure of several, or past many who answered already, all who hold them would be asked.
    is_exact = len(skills) == 1 and not without and not choice.is_filtered
    given = {
        "viewer_id": viewer_id,
        "skill_ids": [skill.id for skill in skills],
        "without": list(without),
        "depth": depth,
    }
    followed, ids = _find_chosen(session, given, choice, is_exact=is_exact)
    if is_exact:
        first = ranking.of(skills[0].id, shares[skills[0].id], (), limit)
        ids |= {member_id for _, member_id in first}
    totals = ranking.among(shares, followed | ids)
    best = sorted(totals, key=lambda one: (-totals[one], one))
    if choice.is_near_first:
        best = sorted(best, key=lambda one: one not in followed)[:NEAR_DEPTH]
    else:
        best = best[:limit]
    near = get_nearness(session, viewer_id=viewer_id, member_ids=best)
    if choice.is_near_first:
        best.sort(key=lambda one: NEAREST_FIRST.index(near.get(one)))
    return experts.list_shown(session, best[:limit], shares=shares, near=near)


def _find_chosen(
    session: ReadSession, given: Mapping[str, Any], choice: Choice, *, is_exact: bool
) -> tuple[set[UUID], set[UUID]]:
    """Of each skill who has the most evidence: among the followed, and among all who fit."""
    phrases = {"company": f"%{choice.company}%", "location": f"%{choice.location}%"}
    filters = {"by_company": bool(choice.company), "by_location": bool(choice.location)}

    def find(*, by_follow: bool) -> set[UUID]:
        statement = _strongest_of(by_follow=by_follow, **filters)
        return {row.member_id for row in statement.rows(session, **given, **phrases)}

    followed = find(by_follow=True) if choice.is_near_first else set()
    return followed, set() if is_exact and choice == ANYBODY else find(by_follow=False)


@cache
def _strongest_of(*, by_follow: bool, by_company: bool, by_location: bool) -> Statement:
    """Planned for the words at hand: some companies are large, most are not."""
    wanted = func.unnest(bindparam("skill_ids", type_=ARRAY(Integer))).table_valued("skill_id")
    wanted = wanted.render_derived(name="wanted")
    strongest = select(Attribution.member_id).where(
        Attribution.skill_id == wanted.c.skill_id,
        Attribution.evidence > 0,
        Attribution.member_id != all_(bindparam("without", type_=ARRAY(Uuid))),
    )
    if by_follow:
        strongest = strongest.join(FollowRef, FollowRef.followed_id == Attribution.member_id)
        strongest = strongest.where(FollowRef.follower_id == viewer(), FollowRef.is_following)
    if by_company or by_location:
        strongest = strongest.join(MemberRef, MemberRef.id == Attribution.member_id)
    if by_company:
        strongest = strongest.where(MemberRef.company_words.like(bindparam("company")))
    if by_location:
        strongest = strongest.where(MemberRef.location_words.like(bindparam("location")))
    order = Attribution.evidence.desc(), Attribution.member_id.desc()
    strongest = strongest.order_by(*order).limit(bindparam("depth", type_=Integer))
    of_each = strongest.lateral("of_each")
    rows = select(of_each.c.member_id).select_from(wanted).join(of_each, true())
    return Statement(rows, is_planned_anew=True)
