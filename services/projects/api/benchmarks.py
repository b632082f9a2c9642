"""`/projects/{id}/benchmarks`: tables that projects share, by versions, and as files."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from flask import Response, request

from chassis import clock
from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.schemas import PageArguments
from chassis.slugs import slug_of
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.projects.actions import benchmarks
from services.projects.benchmarking import exports, imports, sheets, tables
from services.projects.benchmarking.errors import BaseVersionOutdated, FileInvalid
from services.projects.benchmarking.imports import Import
from services.projects.benchmarking.sheets import Sheet
from services.projects.benchmarking.tables import Cell, Table
from services.projects.queries import benchmarks as queries
from services.projects.queries.benchmarks import BenchmarkView, PublishedTable
from services.projects.queries.tables import ChangesView, TableView
from services.projects.schemas.benchmarks import (
    BenchmarkFollowSchema,
    BenchmarkPageSchema,
    BenchmarkRequest,
    BenchmarkSchema,
    ChangesArguments,
    ChangesSchema,
    ImportArguments,
    ImportSchema,
    PublishedSchema,
    TableArguments,
    TableSchema,
    VersionPageSchema,
    VersionRequest,
)

CSV, MARKDOWN = "text/csv; charset=utf-8", "text/markdown; charset=utf-8"
SHOWN_ROWS = 5
SIGNS = {"comma": ",", "point": "."}
TEXT = {"schema": {"type": "string"}}
FILE = {
    "description": "A table, the names of its columns in the first row.",
    "required": True,
    "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
}
FILES = {"200": {"content": {"text/csv": TEXT, "text/markdown": TEXT}}}

bp = Blueprint("benchmarks", "What projects compare")


class Column(msgspec.Struct, frozen=True):
    """What a column of a file was understood as."""

    name: str
    kind: str
    unit: str
    is_new: bool


class ImportView(msgspec.Struct, frozen=True):
    """What was understood of a file, and what became of it."""

    encoding: str
    separator: str
    decimal: str
    columns: Sequence[Column]
    first_rows: Sequence[Sequence[str]]
    alternative_count: int
    cell_count: int
    changed_count: int
    removed_count: int
    problems: Sequence[imports.Problem]
    base_version: int
    version: int | None


@bp.post("/projects/<uuid:project_id>/benchmarks")
@idempotent()
@bp.arguments(BenchmarkRequest)
@bp.response(201, BenchmarkSchema)
def post_benchmark(begun: dict[str, Any], project_id: UUID) -> BenchmarkView:
    """Begin a benchmark, empty, or as a copy of a version that the caller may see."""
    actor, of, table = current_member(), begun["origin"], None
    with transaction() as session:
        if of is not None:
            table = queries.get_origin(session, viewer_id=actor.id, **of)
        benchmark_id = benchmarks.begin_benchmark(
            session,
            actor=actor,
            project_id=project_id,
            title=begun["title"],
            origin=(of["benchmark_id"], of["version"]) if of else None,
            table=table,
        )
        named = {"project_id": project_id, "benchmark_id": benchmark_id}
        return queries.get_benchmark(session, viewer_id=actor.id, **named)


@bp.get("/projects/<uuid:project_id>/benchmarks")
@bp.arguments(PageArguments, location="query")
@bp.response(200, BenchmarkPageSchema)
def list_benchmarks(page: dict[str, Any], project_id: UUID) -> Any:
    """The benchmarks of a project, those with the latest versions first."""
    with reading() as session:
        return queries.list_benchmarks(
            session, viewer_id=current_member().id, project_id=project_id, **page
        )


@bp.get("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>")
@bp.arguments(TableArguments, location="query")
@bp.doc(responses=FILES)
@bp.response(200, TableSchema)
def get_table(wanted: dict[str, Any], project_id: UUID, benchmark_id: UUID) -> Any:
    """A version of a benchmark, as JSON or as a file."""
    with reading() as session:
        found = queries.get_table(
            session,
            viewer_id=current_member().id,
            project_id=project_id,
            benchmark_id=benchmark_id,
            version=wanted["version"],
        )
    if wanted["format"] == "json":
        return TableView.of(found)
    is_csv = wanted["format"] == "csv"
    return _file(found, is_csv=is_csv, locale=wanted["locale"])


@bp.put("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/follow")
@bp.response(200, BenchmarkFollowSchema)
def put_follow(project_id: UUID, benchmark_id: UUID) -> dict[str, Any]:
    """Hear of new versions of a benchmark."""
    return _follow(project_id, benchmark_id, is_following=True)


@bp.delete("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/follow")
@bp.response(200, BenchmarkFollowSchema)
def delete_follow(project_id: UUID, benchmark_id: UUID) -> dict[str, Any]:
    """Hear of them no more."""
    return _follow(project_id, benchmark_id, is_following=False)


@bp.get("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/versions")
@bp.arguments(PageArguments, location="query")
@bp.response(200, VersionPageSchema)
def list_versions(page: dict[str, Any], project_id: UUID, benchmark_id: UUID) -> Any:
    """Who published which versions, the latest first."""
    with reading() as session:
        return queries.list_versions(
            session,
            viewer_id=current_member().id,
            project_id=project_id,
            benchmark_id=benchmark_id,
            **page,
        )


@bp.post("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/versions")
@idempotent()
@bp.arguments(VersionRequest)
@bp.response(201, PublishedSchema)
def post_version(told: dict[str, Any], project_id: UUID, benchmark_id: UUID) -> dict[str, Any]:
    """Publish all of a table as the next version."""
    table = Table(told["criteria"], told["alternatives"], _cells_of(told["cells"]))
    with transaction() as session:
        version = benchmarks.publish_version(
            session,
            actor=current_member(),
            project_id=project_id,
            benchmark_id=benchmark_id,
            base_version=told["base_version"],
            table=table,
        )
    return {"benchmark_id": benchmark_id, "version": version}


@bp.get("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/changes")
@bp.arguments(ChangesArguments, location="query")
@bp.response(200, ChangesSchema)
def get_changes(wanted: dict[str, Any], project_id: UUID, benchmark_id: UUID) -> ChangesView:
    """What changed from one version to another."""
    named = {"project_id": project_id, "benchmark_id": benchmark_id}
    with reading() as session:
        before, after = (
            queries.get_table(session, viewer_id=current_member().id, version=version, **named)
            for version in (wanted["from_version"], wanted["to_version"])
        )
    return ChangesView.of(before, after)


@bp.post("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/imports")
@bp.doc(requestBody=FILE)
@bp.arguments(ImportArguments, location="query")
@bp.response(200, ImportSchema)
def post_import(how: dict[str, Any], project_id: UUID, benchmark_id: UUID) -> ImportView:
    """Publish what a file says as the next version, or, by a dry run, see what would become of it.

    All or nothing. What cannot be decided (separator, decimal sign, encoding) is asked for.
    """
    actor, named = current_member(), {"project_id": project_id, "benchmark_id": benchmark_id}
    content = request.get_data(cache=False)
    with transaction() as session:
        benchmarks.allow_publishing(session, actor=actor, project_id=project_id)
        base = queries.get_table(session, viewer_id=actor.id, version=None, **named)
    if how["base_version"] not in (None, base.version):
        raise BaseVersionOutdated
    # No connection waits while it reads.
    sheet, found = _read(content, base.table, how)
    if how["dry_run"]:
        return _understood(sheet, found, base, None)
    if found.problems:
        raise FileInvalid(errors=_errors_of(found))
    with transaction() as session:
        version = benchmarks.publish_version(
            session, actor=actor, base_version=base.version, table=found.table, **named
        )
    return _understood(sheet, found, base, version)


def _read(content: bytes, before: Table, how: dict[str, Any]) -> tuple[Sheet, Import]:
    as_of = how["as_of"] or _today()
    decimal = SIGNS.get(how["decimal"] or "")
    sheet = sheets.read_sheet(content, encoding=how["encoding"], separator=how["separator"])
    found = imports.read_table(sheet, before, decimal=decimal, at=as_of)
    table = tables.aged(found.table, before, source=how["source"], as_of=as_of)
    return sheet, Import(found.decimal, table, found.problems)


def _errors_of(found: Import) -> dict[str, list[str]]:
    return {f"lines.{one.line}.{one.column}": [one.code] for one in found.problems}


def _understood(
    sheet: Sheet, found: Import, base: PublishedTable, version: int | None
) -> ImportView:
    before = base.table
    known = {one.id for one in before.criteria}
    cells = tables.changes(before, found.table).cells.values()
    gone = {one.id for one in before.alternatives} - {one.id for one in found.table.alternatives}
    names = {sign: name for name, sign in SIGNS.items()}
    return ImportView(
        sheet.encoding,
        sheet.separator,
        names[found.decimal],
        [Column(one.name, one.kind, one.unit, one.id not in known) for one in found.table.criteria],
        [sheet.header, *(line.cells for line in sheet.lines[:SHOWN_ROWS])],
        len(found.table.alternatives),
        len(found.table.cells),
        sum(one.before is not None and one.after is not None for one in cells),
        len(gone),
        found.problems,
        base.version,
        version,
    )


def _cells_of(told: Sequence[dict[str, Any]]) -> dict[tables.Pair, Cell]:
    today = _today()
    return {
        (one["alternative"], one["criterion"]): Cell(
            one["value"], one["source"], one["as_of"] or today
        )
        for one in told
    }


def _today() -> date:
    return clock.now().date()


def _file(published: PublishedTable, *, is_csv: bool, locale: str) -> Response:
    title, version = published.benchmark.title, published.version
    write = exports.to_csv if is_csv else exports.to_markdown
    name = f"{slug_of(title) or 'benchmark'}-{version}.{'csv' if is_csv else 'md'}"
    return Response(
        write(published.table, locale=locale),
        content_type=CSV if is_csv else MARKDOWN,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _follow(project_id: UUID, benchmark_id: UUID, *, is_following: bool) -> dict[str, Any]:
    with transaction() as session:
        benchmarks.follow_benchmark(
            session,
            actor=current_member(),
            project_id=project_id,
            benchmark_id=benchmark_id,
            is_following=is_following,
        )
    return {"benchmark_id": benchmark_id, "is_following": is_following}
