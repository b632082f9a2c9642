"""Who is near to the viewer: whom they follow, and whom those follow."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, bindparam, case, func, literal_column, select
from sqlalchemy.orm import aliased

from chassis.pages import AnySelect
from chassis.statements import ReadSession, Statement, viewer
from services.skills.models import FollowRef

FOLLOWED, SECOND_DEGREE = "followed", "second_degree"
NEAREST_FIRST = (FOLLOWED, SECOND_DEGREE, None)
# Of whom the viewer follows so many are asked whom they follow, those who joined first: with
# more, nearly everybody is near.
MOST_THROUGH = 200


def get_nearness(
    session: ReadSession, *, viewer_id: UUID | None, member_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """Which of these the viewer follows, and which somebody follows whom the viewer follows."""
    if not member_ids:
        return {}
    rows = _NEAR.rows(session, viewer_id=viewer_id, member_ids=list(member_ids))
    return {row.id: row.nearness for row in rows if row.nearness}


def _near() -> AnySelect:
    given = func.unnest(bindparam("member_ids", type_=ARRAY(Uuid))).table_valued("id")
    given = given.render_derived(name="given")
    mine, direct, theirs = (aliased(FollowRef) for _ in range(3))
    through = (
        select(mine.followed_id)
        .where(mine.follower_id == viewer(), mine.is_following)
        .order_by(mine.followed_id)
        .limit(literal_column(str(MOST_THROUGH)))
        .cte("through")
        .prefix_with("MATERIALIZED")
    )
    followed = select(direct.followed_id).where(
        direct.follower_id == viewer(), direct.followed_id == given.c.id, direct.is_following
    )
    second = (
        select(theirs.followed_id)
        .join(through, through.c.followed_id == theirs.follower_id)
        .where(theirs.followed_id == given.c.id, theirs.is_following)
    )
    nearness = case((_is_there(followed), FOLLOWED), (_is_there(second), SECOND_DEGREE), else_=None)
    return select(given.c.id, nearness.label("nearness")).where(given.c.id != viewer())


def _is_there(rows: AnySelect) -> ColumnElement[bool]:
    """One of them, looked up by its key; of an EXISTS the server would read the whole table."""
    return rows.limit(literal_column("1")).scalar_subquery().is_not(None)


_NEAR = Statement(_near())
