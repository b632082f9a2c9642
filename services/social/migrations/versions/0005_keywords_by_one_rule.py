"""Keywords' slugs by the new rule: œ, æ, ø, ł are spelt out, follows of both spellings joined.

Of slugs in other scripts nothing can be told: a mark that the former rule dropped is not there.

Revision ID: 0005
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    connection = op.get_bind()
    for slug in connection.scalars(sa.text("SELECT DISTINCT slug FROM keyword_follows")).all():
        renewed = _CODED.sub(lambda found: _SPELT[found[0]], slug)
        if renewed == slug:
            continue
        connection.execute(
            sa.text(
                "INSERT INTO keyword_follows AS kept"
                " (member_id, slug, is_following, revision, changed_at)"
                " SELECT member_id, :renewed, is_following, revision, changed_at"
                " FROM keyword_follows WHERE slug = :slug"
                " ON CONFLICT (member_id, slug) DO UPDATE SET"
                " is_following = kept.is_following OR excluded.is_following,"
                " revision = greatest(kept.revision, excluded.revision) + 1,"
                " changed_at = greatest(kept.changed_at, excluded.changed_at)"
            ),
            {"slug": slug, "renewed": renewed},
        )
        connection.execute(
            sa.text("DELETE FROM keyword_follows WHERE slug = :slug"), {"slug": slug}
        )


# How the former rule wrote letters that are spelt out now, where no word has the same by chance.
_SPELT = {"u153": "oe", "ue6": "ae", "uf8": "o", "u142": "l", "u111": "d", "uf0": "d", "u131": "i"}
_SPELT |= {"u127": "h", "u14b": "n", "u138": "k", "u167": "t"}
_CODED = re.compile("|".join(_SPELT))
