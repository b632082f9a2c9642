"""Standing as SQL: what actions count and queries rank by, the same in both."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select, tuple_
from sqlalchemy.orm import aliased

from chassis.pages import AnySelect
from services.skills import rules
from services.skills.models import Contribution, Night, PostRef, PostVoice, Standing

# Of the one row of the last night; None and full standing where there was none.
NIGHTS = select(Night.number).scalar_subquery()
_EVER: ColumnElement[Any] = literal_column("'-infinity'::timestamptz")
_UNSEEN = func.coalesce(select(Night.unseen).scalar_subquery(), literal_column("1000"))


def voice_of(member_id: Any) -> ColumnElement[Any]:
    """As whose voice a member's likes count; until trust begins there is no row but one's own."""
    of = aliased(Standing)
    known = select(of.voice_id).where(of.member_id == member_id).scalar_subquery()
    voice: ColumnElement[Any] = func.coalesce(known, member_id)
    return voice


def thousandths_of(member_id: Any) -> ColumnElement[Any]:
    """Standing as it counts by now; None for whom no night has seen."""
    of = aliased(Standing)
    known: ColumnElement[Any] = (
        select(of.thousandths).where(of.member_id == member_id).scalar_subquery()
    )
    return known


def standing_of(member_id: Any) -> tuple[ColumnElement[Any], ...]:
    """What `by_row` reads."""
    return thousandths_of(member_id).label("thousandths"), NIGHTS.label("nights")


def weight_of(voice_id: Any, is_branch: Any) -> ColumnElement[Any]:
    """What a voice counts on a post, in hundredths."""
    return weight_by(thousandths_of(voice_id), is_branch)


def weight_by(thousandths: Any, is_branch: Any) -> ColumnElement[Any]:
    """The same of a voice whose standing is at hand."""
    standing = func.coalesce(thousandths, _UNSEEN)
    branch: ColumnElement[int] = literal_column(str(rules.BRANCH_VOICE))
    weight: ColumnElement[Any] = case((is_branch, branch), else_=rules.weight_of(standing))
    return weight


def outdated_voices(condition: ColumnElement[bool]) -> AnySelect:
    """Voices of some posts that are counted for something else than they are now, with both."""
    is_branch = PostVoice.voice_id == voice_of(PostRef.author_id)
    now = (
        select(
            PostVoice.post_id,
            PostVoice.voice_id,
            PostVoice.weight.label("weight_before"),
            PostVoice.is_branch.label("was_branch"),
            weight_of(PostVoice.voice_id, is_branch).label("weight"),
            is_branch.label("is_branch"),
        )
        .join(PostRef, PostRef.id == PostVoice.post_id)
        .where(condition, PostVoice.like_count > 0)
    )
    found = now.subquery("found")
    before = tuple_(found.c.weight_before, found.c.was_branch)
    return select(found).where(tuple_(found.c.weight, found.c.is_branch) != before)


def counts(at: Any, contribution: Any = Contribution) -> ColumnElement[bool]:
    """Whether a like or accept of this moment counts for a skill: after the edit that added it."""
    counted: ColumnElement[bool] = at >= func.coalesce(contribution.added_at, _EVER)
    return counted


def by_row(row: Any) -> rules.Standing:
    """The standing in a row with the columns of `standing_of`."""
    return rules.standing_of(row.thousandths, row.nights)
