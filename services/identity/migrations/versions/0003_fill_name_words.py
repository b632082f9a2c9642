"""Words to search for in the names of those who joined before there was a search.

Revision ID: 0003
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MEMBERS = sa.table(
    "members",
    sa.column("id", sa.Uuid()),
    sa.column("name", sa.String()),
    sa.column("name_words", sa.ARRAY(sa.Text())),
)


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(MEMBERS.c.id, MEMBERS.c.name)).all()
    statement = (
        sa.update(MEMBERS)
        .where(MEMBERS.c.id == sa.bindparam("member_id"))
        .values(name_words=sa.bindparam("words"))
    )
    found = [{"member_id": row.id, "words": _words_of(row.name)} for row in rows]
    if found:
        connection.execute(statement, found)


def _words_of(name: str) -> list[str]:
    """As rules.name_words made them at the time."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    apart = "".join(letter if letter.isalnum() else " " for letter in plain)
    return sorted(set(apart.split()))
