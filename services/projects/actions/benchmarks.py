"""Sharing benchmarks: beginning one, publishing its versions, following it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.languages import guess_language
from chassis.messaging.outbox import record
from chassis.toggles import set_state
from services.projects import access, rules
from services.projects.actions.allowances import require_pace
from services.projects.actions.awake import keep_awake
from services.projects.benchmarking import tables
from services.projects.benchmarking.errors import (
    BaseVersionOutdated,
    BenchmarkNotFound,
    BenchmarksTooMany,
    TableInvalid,
    VersionsTooFast,
)
from services.projects.benchmarking.tables import Table
from services.projects.events import benchmark_published
from services.projects.models import Benchmark, BenchmarkFollow, BenchmarkVersion


def begin_benchmark(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    title: str,
    origin: tuple[UUID, int] | None,
    table: Table | None,
) -> UUID:
    """Begin a benchmark, empty, or as a copy of a version of another, whose `table` it begins with.

    Records `benchmark.published` of a copy. Raises ProjectNotFound, ContributorsOnly, ProjectOver,
    BenchmarksTooMany or VersionsTooFast.
    """
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id)
    its = select(func.count()).where(
        Benchmark.project_id == project_id, access.is_unhidden(Benchmark.id)
    )
    if session.execute(its).scalar_one() >= rules.MOST_BENCHMARKS:
        raise BenchmarksTooMany
    now = clock.now()
    begun = Benchmark(
        id=new_id(),
        project_id=project_id,
        author_id=actor.id,
        title=title,
        lang=guess_language(title),
        version=0,
        origin_id=origin[0] if origin else None,
        origin_version=origin[1] if origin else None,
        created_at=now,
        changed_at=now,
    )
    session.add(begun)
    session.flush()
    keep_awake(session, project=project, actor_id=actor.id)
    if table is not None:
        _publish(session, actor, begun, table)
    return begun.id


def allow_publishing(session: Session, *, actor: Claims, project_id: UUID) -> None:
    """Before a file is read: raises ProjectNotFound, ContributorsOnly or ProjectOver."""
    access.lock_as_contributor(session, actor=actor, project_id=project_id)


def publish_version(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    benchmark_id: UUID,
    base_version: int,
    table: Table,
) -> int:
    """Publish the next version of a benchmark, after `base_version`; records `benchmark.published`.

    Returns its number. Raises ProjectNotFound, ContributorsOnly, ProjectOver, BenchmarkNotFound,
    BaseVersionOutdated, TableInvalid or VersionsTooFast.
    """
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id)
    benchmark = _get(session, project_id, benchmark_id)
    if benchmark.version != base_version:
        raise BaseVersionOutdated
    wrong = tables.complaints(table)
    if wrong:
        raise TableInvalid(errors=wrong)
    keep_awake(session, project=project, actor_id=actor.id)
    _publish(session, actor, benchmark, table)
    return benchmark.version


def follow_benchmark(
    session: Session, *, actor: Claims, project_id: UUID, benchmark_id: UUID, is_following: bool
) -> None:
    """Hear of new versions of a benchmark, or no more; repeating changes nothing.

    Raises ProjectNotFound or BenchmarkNotFound.
    """
    access.lock_project(session, actor=actor, project_id=project_id, is_open=False)
    _get(session, project_id, benchmark_id)
    set_state(
        session,
        BenchmarkFollow,
        key={"benchmark_id": benchmark_id, "member_id": actor.id},
        state={"is_following": is_following},
        stamp={"changed_at": clock.now()},
    )


def end_benchmark_follows(session: Session, member_ids: Collection[UUID]) -> None:
    """Let members who left hear of no benchmark any more."""
    theirs = BenchmarkFollow.member_id.in_(member_ids), BenchmarkFollow.is_following
    ended = update(BenchmarkFollow).where(*theirs)
    session.execute(
        ended.values(
            is_following=False, revision=BenchmarkFollow.revision + 1, changed_at=clock.now()
        )
    )


def _publish(session: Session, actor: Claims, benchmark: Benchmark, table: Table) -> None:
    its = select(Benchmark.id).where(Benchmark.project_id == benchmark.project_id)
    require_pace(
        session,
        at=BenchmarkVersion.published_at,
        which=BenchmarkVersion.benchmark_id.in_(its),
        most=rules.VERSIONS_A_DAY,
        refusal=VersionsTooFast,
    )
    benchmark.version += 1
    benchmark.changed_at = clock.now()
    published = BenchmarkVersion(
        benchmark_id=benchmark.id,
        version=benchmark.version,
        author_id=actor.id,
        content=tables.kept(table),
        alternative_count=len(table.alternatives),
        criterion_count=len(table.criteria),
        cell_count=len(table.cells),
        published_at=benchmark.changed_at,
    )
    session.add(published)
    session.flush()
    record(session, benchmark_published(benchmark, published))


def _get(session: Session, project_id: UUID, benchmark_id: UUID) -> Benchmark:
    """A benchmark of a locked project; raises BenchmarkNotFound."""
    named = select(Benchmark).where(
        Benchmark.id == benchmark_id,
        Benchmark.project_id == project_id,
        access.is_unhidden(Benchmark.id),
    )
    found = session.scalar(named.execution_options(populate_existing=True))
    if found is None:
        raise BenchmarkNotFound
    return found
