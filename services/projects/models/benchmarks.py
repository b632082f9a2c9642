"""Benchmarks that projects share: versions of a table, each of which stays as it is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.projects.models.base import Base


class Benchmark(Base):
    """A comparison; `version` is its latest, 0 before the first. A copy says of what it is one."""

    __tablename__ = "benchmarks"
    __table_args__ = (
        Index("ix_benchmarks_project", "project_id", "changed_at", "id"),
        Index("ix_benchmarks_author", "author_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    title: Mapped[str]
    lang: Mapped[str]
    version: Mapped[int]
    origin_id: Mapped[UUID | None] = mapped_column(ForeignKey("benchmarks.id"))
    origin_version: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class BenchmarkVersion(Base):
    """A table as it was published; `content` is that of `tables.kept`."""

    __tablename__ = "benchmark_versions"
    __table_args__ = (Index("ix_benchmark_versions_author", "author_id"),)

    benchmark_id: Mapped[UUID] = mapped_column(ForeignKey("benchmarks.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    alternative_count: Mapped[int]
    criterion_count: Mapped[int]
    cell_count: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class BenchmarkFollow(Base):
    """Whether a member hears of new versions; the row stays when they stop."""

    __tablename__ = "benchmark_follows"
    __table_args__ = (
        Index(
            "ix_benchmark_follows_member",
            "member_id",
            "benchmark_id",
            postgresql_where=text("is_following"),
        ),
    )

    benchmark_id: Mapped[UUID] = mapped_column(ForeignKey("benchmarks.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
