"""Keywords' slugs by the new rule: œ, æ, ø, ł are spelt out, follows of both spellings joined.

Of slugs in other scripts nothing can be told: a mark that the former rule dropped is not there.

Revision ID: 0008
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    connection = op.get_bind()
    for slug in connection.scalars(sa.text("SELECT DISTINCT slug FROM keyword_follow_refs")).all():
        renewed = _renewed(slug)
        if renewed == slug:
            continue
        connection.execute(
            sa.text(
                "INSERT INTO keyword_follow_refs AS kept (member_id, slug, is_following, revision)"
                " SELECT member_id, :renewed, is_following, revision"
                " FROM keyword_follow_refs WHERE slug = :slug"
                " ON CONFLICT (member_id, slug) DO UPDATE SET"
                " is_following = kept.is_following OR excluded.is_following,"
                " revision = greatest(kept.revision, excluded.revision) + 1"
            ),
            {"slug": slug, "renewed": renewed},
        )
        forget = sa.text("DELETE FROM keyword_follow_refs WHERE slug = :slug")
        connection.execute(forget, {"slug": slug})
    for column in ("slug_en", "slug_fr"):
        found = connection.scalars(sa.text(f"SELECT DISTINCT {column} FROM skill_refs")).all()
        for slug in found:
            if (renewed := _renewed(slug)) != slug:
                rename = f"UPDATE skill_refs SET {column} = :renewed WHERE {column} = :slug"
                connection.execute(sa.text(rename), {"slug": slug, "renewed": renewed})
    requests = sa.text("SELECT id, keyword_slugs FROM invitation_requests")
    for row in connection.execute(requests).all():
        renewed_slugs = list(dict.fromkeys(map(_renewed, row.keyword_slugs)))
        if renewed_slugs != row.keyword_slugs and len(renewed_slugs) == len(row.keyword_slugs):
            connection.execute(
                sa.text("UPDATE invitation_requests SET keyword_slugs = :slugs WHERE id = :id"),
                {"slugs": renewed_slugs, "id": row.id},
            )


def _renewed(slug: str) -> str:
    return _CODED.sub(lambda found: _SPELT[found[0]], slug)


# How the former rule wrote letters that are spelt out now, where no word has the same by chance.
_SPELT = {"u153": "oe", "ue6": "ae", "uf8": "o", "u142": "l", "u111": "d", "uf0": "d", "u131": "i"}
_SPELT |= {"u127": "h", "u14b": "n", "u138": "k", "u167": "t"}
_CODED = re.compile("|".join(_SPELT))
