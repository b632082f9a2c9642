"""The previous release's table is there until the next, also where it was dropped already.

Revision ID: 0027
"""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute(
        """CREATE TABLE IF NOT EXISTS evidence (
            post_id UUID NOT NULL,
            liker_id UUID NOT NULL,
            skill_id INTEGER NOT NULL,
            member_id UUID NOT NULL,
            weight DOUBLE PRECISION NOT NULL,
            strength DOUBLE PRECISION NOT NULL,
            liked_at TIMESTAMPTZ NOT NULL,
            CONSTRAINT pk_evidence PRIMARY KEY (post_id, liker_id, skill_id)
        )"""
    )
    op.execute(
        "CREATE INDEX IF NOT EXISTS ix_evidence_attribution"
        " ON evidence (member_id, skill_id, liked_at)"
    )
