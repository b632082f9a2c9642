"""Who likes whose posts how often, read as arrays: a large community has millions of pairs."""

from typing import Any

import numpy as np
from sqlalchemy import Integer, cast, func, select, union_all
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session, aliased

from chassis.pages import AnySelect
from services.skills.models import AcceptRef, LikeRef, MemberRef, PostRef
from services.skills.trust import Numbers

# PostgreSQL's binary COPY: a header of 19 bytes, of each row the number of its columns and each
# one's length and value, two bytes at the end.
_HEADER, _TRAILER = 19, 2
_ROW = np.dtype(
    [(name, ">i4" if name != "columns" else ">i2") for name in ("columns", "a", "liker")]
    + [(name, ">i4") for name in ("b", "author", "c", "count")]
)


def list_likes(session: Session) -> tuple[Numbers, Numbers, Numbers]:
    """Likers, authors, and how many likes and accepts that count; by the places of their ids.

    Pairs come in the order of likers and authors; the same for the same likes.
    """
    connection: Any = session.connection().connection.dbapi_connection
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({_LIKES}) TO STDOUT (FORMAT BINARY)") as copy,
    ):
        data = b"".join(copy)
    rows = np.frombuffer(data, _ROW, (len(data) - _HEADER - _TRAILER) // _ROW.itemsize, _HEADER)
    order = np.lexsort((rows["author"], rows["liker"]))
    liker, author, count = (
        rows[name][order].astype(np.int64) for name in ("liker", "author", "count")
    )
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
    return (
        select(
            cast(liker.c.place, Integer),
            cast(author.c.place, Integer),
            cast(func.count(), Integer),
        )
        .select_from(given)
        .join(PostRef, PostRef.id == given.c.post_id)
        .join(liker, liker.c.id == given.c.member_id)
        .join(author, author.c.id == PostRef.author_id)
        .group_by(liker.c.place, author.c.place)
    )


_LIKES = str(
    _likes().compile(dialect=PGDialect_psycopg(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
)
