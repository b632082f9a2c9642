"""Benchmarks, their versions, and who follows them.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _benchmarks()
    _versions()
    _follows()


def _benchmarks() -> None:
    op.create_table(
        "benchmarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("origin_version", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member_refs.id"], name=op.f("fk_benchmarks_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["benchmarks.id"], name=op.f("fk_benchmarks_origin_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_benchmarks_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmarks")),
    )
    op.create_index("ix_benchmarks_author", "benchmarks", ["author_id", "id"])
    op.create_index("ix_benchmarks_project", "benchmarks", ["project_id", "changed_at", "id"])


def _versions() -> None:
    op.create_table(
        "benchmark_versions",
        sa.Column("benchmark_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("alternative_count", sa.Integer(), nullable=False),
        sa.Column("criterion_count", sa.Integer(), nullable=False),
        sa.Column("cell_count", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member_refs.id"], name=op.f("fk_benchmark_versions_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["benchmark_id"], ["benchmarks.id"], name=op.f("fk_benchmark_versions_benchmark_id")
        ),
        sa.PrimaryKeyConstraint("benchmark_id", "version", name=op.f("pk_benchmark_versions")),
    )
    op.create_index("ix_benchmark_versions_author", "benchmark_versions", ["author_id"])


def _follows() -> None:
    op.create_table(
        "benchmark_follows",
        sa.Column("benchmark_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["benchmark_id"], ["benchmarks.id"], name=op.f("fk_benchmark_follows_benchmark_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_benchmark_follows_member_id")
        ),
        sa.PrimaryKeyConstraint("benchmark_id", "member_id", name=op.f("pk_benchmark_follows")),
    )
    op.create_index(
        "ix_benchmark_follows_member",
        "benchmark_follows",
        ["member_id", "benchmark_id"],
        postgresql_where=sa.text("is_following"),
    )
