"""Reading benchmarks: their versions, and what changed from one to another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Integer, Uuid, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession, Statement, viewer
from services.projects import access
from services.projects.benchmarking import tables
from services.projects.benchmarking.errors import BenchmarkNotFound, BenchmarkVersionNotFound
from services.projects.benchmarking.tables import Table
from services.projects.models import (
    Benchmark,
    BenchmarkFollow,
    BenchmarkVersion,
    MemberRef,
    Project,
)
from services.projects.queries.views import PERSON, PersonView, person_of


class OriginView(msgspec.Struct, frozen=True):
    """What a copy is one of."""

    project_id: UUID
    benchmark_id: UUID
    title: str
    version: int


class BenchmarkView(msgspec.Struct, frozen=True):
    """A benchmark, without its table."""

    id: UUID
    project_id: UUID
    author: PersonView
    title: str
    lang: str
    version: int
    origin: OriginView | None
    is_followed: bool
    follower_count: int
    created_at: datetime
    changed_at: datetime


class VersionView(msgspec.Struct, frozen=True):
    """That somebody published a version."""

    version: int
    author: PersonView
    alternative_count: int
    criterion_count: int
    cell_count: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A version of a benchmark, and when it was published: never, where it is 0 and empty."""

    benchmark: BenchmarkView
    version: int
    published_at: datetime | None
    table: Table


def get_benchmark(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, benchmark_id: UUID
) -> BenchmarkView:
    """One benchmark; raises ProjectNotFound or BenchmarkNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    named = {"project_id": project_id, "benchmark_id": benchmark_id}
    found = _BENCHMARK.find(session, viewer_id=viewer_id, now=clock.now(), **named)
    if found is None:
        raise BenchmarkNotFound
    return found


def list_benchmarks(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, limit: int, cursor: str | None
) -> Page[BenchmarkView]:
    """The benchmarks of a project, those with the latest versions first; raises ProjectNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    named = {"viewer_id": viewer_id, "project_id": project_id, "now": clock.now()}
    return _BENCHMARKS.page(session, limit=limit, cursor=cursor, **named)


def list_versions(
    session: ReadSession,
    *,
    viewer_id: UUID,
    project_id: UUID,
    benchmark_id: UUID,
    limit: int,
    cursor: str | None,
) -> Page[VersionView]:
    """The versions of a benchmark, the latest first; raises as `get_benchmark`."""
    _require(session, viewer_id, project_id, benchmark_id)
    return _VERSIONS.page(session, benchmark_id=benchmark_id, limit=limit, cursor=cursor)


def get_table(
    session: ReadSession,
    *,
    viewer_id: UUID,
    project_id: UUID,
    benchmark_id: UUID,
    version: int | None,
) -> PublishedTable:
    """A version of a benchmark, the latest where none is named.

    Raises BenchmarkVersionNotFound besides what `get_benchmark` raises.
    """
    named = {"project_id": project_id, "benchmark_id": benchmark_id}
    benchmark = get_benchmark(session, viewer_id=viewer_id, **named)
    wanted = benchmark.version if version is None else version
    if wanted == 0:
        return PublishedTable(benchmark, 0, None, Table())
    row = _CONTENT.first(session, benchmark_id=benchmark_id, version=wanted)
    if row is None:
        raise BenchmarkVersionNotFound
    return PublishedTable(benchmark, wanted, row.published_at, tables.table_of(row.content))


def get_origin(session: ReadSession, *, viewer_id: UUID, benchmark_id: UUID, version: int) -> Table:
    """A version of any benchmark that the viewer may see, to begin another with.

    Raises BenchmarkNotFound or BenchmarkVersionNotFound.
    """
    named = {"viewer_id": viewer_id, "benchmark_id": benchmark_id}
    if _VISIBLE.first(session, now=clock.now(), **named) is None:
        raise BenchmarkNotFound
    row = _CONTENT.first(session, benchmark_id=benchmark_id, version=version)
    if row is None:
        raise BenchmarkVersionNotFound
    return tables.table_of(row.content)


def _require(session: ReadSession, viewer_id: UUID, project_id: UUID, benchmark_id: UUID) -> None:
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    if _KNOWN.first(session, project_id=project_id, benchmark_id=benchmark_id) is None:
        raise BenchmarkNotFound


def _benchmark_of(row: Any) -> BenchmarkView:
    origin = None
    if row.origin_title is not None:
        its = row.origin_project_id, row.origin_id, row.origin_title, row.origin_version
        origin = OriginView(*its)
    return BenchmarkView(
        row.id,
        row.project_id,
        person_of(row),
        *(row.title, row.lang, row.version),
        origin,
        *(row.is_followed, row.follower_count, row.created_at, row.changed_at),
    )


def _shown() -> AnySelect:
    """Benchmarks of a project; of what a copy is one is known to who may see it."""
    origin = aliased(Benchmark)
    mine, others = aliased(BenchmarkFollow), aliased(BenchmarkFollow)
    is_followed = select(mine.is_following).where(
        mine.benchmark_id == Benchmark.id, mine.member_id == viewer()
    )
    followers = select(func.count()).where(others.benchmark_id == Benchmark.id, others.is_following)
    return (
        select(
            *(getattr(Benchmark, name) for name in _COPIED),
            *PERSON,
            func.coalesce(is_followed.scalar_subquery(), False).label("is_followed"),
            followers.scalar_subquery().label("follower_count"),
            origin.title.label("origin_title"),
            origin.project_id.label("origin_project_id"),
        )
        .join(MemberRef, MemberRef.id == Benchmark.author_id)
        .outerjoin(origin, (origin.id == Benchmark.origin_id) & _is_seen(origin))
        .where(Benchmark.project_id == _PROJECT_ID, access.is_unhidden(Benchmark.id))
    )


def _is_seen(benchmark: Any) -> ColumnElement[bool]:
    project = aliased(Project)
    is_there = exists().where(project.id == benchmark.project_id, access.is_visible(project))
    return is_there & access.is_unhidden(benchmark.id)


def _benchmarks(cut: Cut) -> AnySelect:
    return cut(_shown(), Benchmark.changed_at, Benchmark.id)


def _versions(cut: Cut) -> AnySelect:
    statement = (
        select(*(getattr(BenchmarkVersion, name) for name in _VERSION_COLUMNS), *PERSON)
        .join(MemberRef, MemberRef.id == BenchmarkVersion.author_id)
        .where(BenchmarkVersion.benchmark_id == _BENCHMARK_ID)
    )
    return cut(statement, BenchmarkVersion.version)


_COPIED = (
    *("id", "project_id", "title", "lang", "version", "origin_id", "origin_version"),
    *("created_at", "changed_at"),
)
_VERSION_COLUMNS = (
    *("version", "alternative_count", "criterion_count", "cell_count", "published_at"),
)
_PROJECT_ID = bindparam("project_id", type_=Uuid)
_BENCHMARK_ID = bindparam("benchmark_id", type_=Uuid)
_BENCHMARK = Read(_shown().where(Benchmark.id == _BENCHMARK_ID), _benchmark_of)
_BENCHMARKS = ListRead(_benchmarks, _benchmark_of, key={"changed_at": datetime, "id": UUID})
_KNOWN = Statement(
    select(Benchmark.id).where(
        Benchmark.id == _BENCHMARK_ID,
        Benchmark.project_id == _PROJECT_ID,
        access.is_unhidden(Benchmark.id),
    )
)
_VISIBLE = Statement(select(Benchmark.id).where(Benchmark.id == _BENCHMARK_ID, _is_seen(Benchmark)))
_CONTENT = Statement(
    select(BenchmarkVersion.content, BenchmarkVersion.published_at).where(
        BenchmarkVersion.benchmark_id == _BENCHMARK_ID,
        BenchmarkVersion.version == bindparam("version", type_=Integer),
    )
)
_VERSIONS = ListRead(
    _versions,
    lambda row: VersionView(
        row.version,
        person_of(row),
        *(row.alternative_count, row.criterion_count, row.cell_count, row.published_at),
    ),
    key={"version": int},
)
