"""Words to search for in the names of those who joined before there was a search.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

from services.identity.rules import name_words

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
    found = [{"member_id": row.id, "words": name_words(row.name)} for row in rows]
    if found:
        connection.execute(statement, found)
