"""Benchmarks: the table, its versions and changes, and files in and out."""

import base64
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from web import noticing, project_wording, session
from web.api import opinions, projects
from web.api.client import api
from web.api.opinion_models import Changes
from web.forms import Form
from web.i18n import locale
from web.project_wording import CellLine
from web.rendering import back, cursor, done, render, shows_form
from web.session import signed_in

bp = Blueprint("benchmarks", __name__)
# A file comes along in the form that confirms it: it grows by a third.
MOST_BYTES = 350_000
ASKED = ("separator", "decimal", "encoding", "source", "as_of")


@bp.route("/projects/<uuid:project_id>/benchmarks/new", methods=["GET", "POST"])
@signed_in
@shows_form
def begin(project_id: Any) -> Any:
    """Begin a benchmark, empty, or as a copy of another."""
    project = projects.get_project(api(), str(project_id))
    form = Form()
    if form.is_sent:
        begun = form.send(
            opinions.begin_benchmark, api(), project.id, key=form.key, title=form.text("title")
        )
        if begun:
            return done(f"/projects/{project.id}/benchmarks/{begun.id}/import")
    return render("projects/benchmark_new.html", section="projects", form=form, project=project)


@bp.get("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>")
@signed_in
def get_benchmark(project_id: Any, benchmark_id: Any) -> Any:
    """A version of a benchmark, as a table."""
    project = projects.get_project(api(), str(project_id))
    version = request.args.get("version", type=int)
    table = opinions.get_table(api(), project.id, str(benchmark_id), version=version)
    noticing.opened(str(benchmark_id))
    return render(
        "projects/benchmark.html",
        section="projects",
        project=project,
        benchmark=table.benchmark,
        table=table,
    )


@bp.get("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/file")
@signed_in
def get_file(project_id: Any, benchmark_id: Any) -> Any:
    """The same for a program of tables, or as Markdown."""
    asked = {"format": "markdown" if request.args.get("format") == "markdown" else "csv"}
    if version := request.args.get("version", type=int):
        asked["version"] = str(version)
    query = urlencode({**asked, "locale": locale()})
    found = opinions.get_file(api(), str(project_id), str(benchmark_id), query=query)
    kept = ("content-type", "content-disposition", "x-content-type-options")
    headers = {name: found.headers[name] for name in kept if name in found.headers}
    return Response(found.body, headers=headers)


@bp.get("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/versions")
@signed_in
def list_versions(project_id: Any, benchmark_id: Any) -> Any:
    """Who published which versions, and what changed with each."""
    name, of = str(project_id), str(benchmark_id)
    table = opinions.get_table(api(), name, of)
    after = request.args.get("version", table.version, type=int)
    changes: Changes | None = None
    lines: Sequence[CellLine] = ()
    if after > 0:
        changes = opinions.get_changes(api(), name, of, before=after - 1, after=after)
        at = table if after == table.version else opinions.get_table(api(), name, of, version=after)
        lines = project_wording.cell_changes(changes, at)
    return render(
        "projects/versions.html",
        section="projects",
        benchmark=table.benchmark,
        table=table,
        after=after,
        changes=changes,
        lines=lines,
        found=opinions.list_versions(api(), name, of, cursor=cursor()),
    )


@bp.post("/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/follow")
@signed_in
def follow(project_id: Any, benchmark_id: Any) -> Any:
    """Hear of new versions, or no more."""
    is_following = bool(request.form.get("on"))
    opinions.follow_benchmark(api(), str(project_id), str(benchmark_id), is_following=is_following)
    return back(f"/projects/{project_id}/benchmarks/{benchmark_id}")


@bp.route(
    "/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/copy", methods=["GET", "POST"]
)
@signed_in
@shows_form
def copy(project_id: Any, benchmark_id: Any) -> Any:
    """Take a benchmark over into a project of one's own."""
    table = opinions.get_table(api(), str(project_id), str(benchmark_id))
    form = Form(title=table.benchmark.title)
    mine = projects.list_projects(api(), member=session.me().id, limit=50)
    if form.is_sent and form.text("project") in {one.id for one in mine.items}:
        of = {"benchmark_id": table.benchmark.id, "version": table.version}
        into, begun = form.text("project"), {"title": form.text("title"), "from": of}
        copied = form.send(opinions.begin_benchmark, api(), into, key=form.key, **begun)
        if copied:
            return done(f"/projects/{into}/benchmarks/{copied.id}", "done")
    return render("projects/copy.html", section="projects", form=form, table=table, mine=mine.items)


@bp.route(
    "/projects/<uuid:project_id>/benchmarks/<uuid:benchmark_id>/import", methods=["GET", "POST"]
)
@signed_in
@shows_form
def bring(project_id: Any, benchmark_id: Any) -> Any:
    """A file as the next version: what was understood of it first, then published."""
    name, of = str(project_id), str(benchmark_id)
    table = opinions.get_table(api(), name, of)
    is_sure = "publish" in request.form
    # What is published is what was looked at.
    form, understood, content = Form(), None, _kept() if is_sure else _content()
    is_large = len(content) > MOST_BYTES
    if form.is_sent and content and not is_large:
        asked = {key: form.text(key) for key in ASKED if form.text(key)}
        asked |= {"base_version": form.text("base_version") or str(table.version)}
        asked |= {} if is_sure else {"dry_run": "true"}
        understood = form.send(opinions.bring, api(), name, of, content, query=urlencode(asked))
        if understood and understood.version:
            return done(f"/projects/{name}/benchmarks/{of}", "published")
    return render(
        "projects/import.html",
        section="projects",
        form=form,
        benchmark=table.benchmark,
        table=table,
        understood=understood,
        content=base64.b64encode(content).decode(),
        is_large=is_large,
    )


def _content() -> bytes:
    """The file that was chosen, what was pasted, or what came along."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return bytes(file.read(MOST_BYTES + 1))
    if pasted := request.form.get("pasted", "").strip():
        return pasted.encode()
    return _kept()


def _kept() -> bytes:
    """What came along in the form."""
    kept = request.form.get("content", "")
    return base64.b64decode(kept) if _KEPT.fullmatch(kept) else b""


_KEPT = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
