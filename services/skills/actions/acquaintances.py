"""Who likes whose posts how often, read as arrays: a large community has millions of pairs."""

from typing import Any

import numpy as np
from sqlalchemy import (
    Integer,
    cast,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session, aliased

from chassis.pages import AnySelect
from services.skills.models import AcceptRef, LikeRef, MemberRef, PostRef
from services.skills.trust import Numbers

_PAIR = np.dtype([(name, ">i4") for name in ("liker", "author", "count")])


def list_likes(session: Session) -> tuple[Numbers, Numbers, Numbers]:
    """Likers, authors, and how many likes and accepts that count; by the places of their ids.

    Pairs come in the order of likers and authors; the same for the same likes.
    """
    connection: Any = session.connection().connection.dbapi_connection
    with connection.cursor(binary=True) as cursor:
        [data] = cursor.execute(_LIKES).fetchone()
    rows = np.frombuffer(data or b"", _PAIR)
    order = np.lexsort((rows["author"], rows["liker"]))
    liker, author, count = (rows[name][order].astype(np.int64) for name in _PAIR.names or ())
    return liker, author, count


def _likes() -> AnySelect:
    people = select(
        MemberRef.id, (func.row_number().over(order_by=MemberRef.id) - 1).label("place")
    ).cte("people")
    by = select(LikeRef.post_id, LikeRef.liker_id.label("member_id")).where(
        LikeRef.voice_id.is_not(None)
    )
    accepted = select(AcceptRef.counted_id, AcceptRef.asker_id).where(
        AcceptRef.voice_id.is_not(None)
    )
    given = union_all(by, accepted).subquery("given")
    liker, author = aliased(people, name="liker"), aliased(people, name="author")
    pairs = (
        select(liker.c.place, author.c.place.label("author"), func.count().label("count"))
        .select_from(given)
        .join(PostRef, PostRef.id == given.c.post_id)
        .join(liker, liker.c.id == given.c.member_id)
        .join(author, author.c.id == PostRef.author_id)
        .group_by(liker.c.place, author.c.place)
        .subquery("pairs")
    )
    # One value: row by row they cost Python four times what they cost the server.
    liker_, author_, count = (func.int4send(cast(column, Integer)) for column in pairs.c)
    row = liker_.op("||")(author_).op("||")(count)
    return select(func.string_agg(row, literal_column("''::bytea")))


_LIKES = str(
    _likes().compile(dialect=PGDialect_psycopg(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
)
