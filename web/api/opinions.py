"""Rounds of opinions, and benchmarks."""

from typing import Any

from web.api.client import Api, decoded
from web.api.models import Page
from web.api.opinion_models import (
    Benchmark,
    BenchmarkVersion,
    Changes,
    Import,
    NamedChoice,
    Opinion,
    OpinionText,
    Results,
    Round,
    Table,
)


def list_rounds(
    api: Api, project_id: str, *, limit: int | None = None, cursor: str | None = None
) -> Page[Round]:
    """The rounds of a project, the latest first."""
    return api.get(f"/projects/{project_id}/rounds", Page[Round], limit=limit, cursor=cursor)


def get_round(api: Api, project_id: str, round_id: str) -> Round:
    """One, with its questions."""
    return api.get(f"/projects/{project_id}/rounds/{round_id}", Round)


def ask(api: Api, project_id: str, *, key: str, **wanted: Any) -> Round:
    """Ask for opinions."""
    return api.send("POST", f"/projects/{project_id}/rounds", Round, wanted, key=key)


def change_round(api: Api, project_id: str, round_id: str, **changes: Any) -> None:
    """Move its end, or withdraw it."""
    api.send("PATCH", f"/projects/{project_id}/rounds/{round_id}", type(None), changes)


def get_opinion(api: Api, project_id: str, round_id: str) -> Opinion:
    """What the visitor answered."""
    return api.get(f"/projects/{project_id}/rounds/{round_id}/answer", Opinion)


def give_opinion(
    api: Api, project_id: str, round_id: str, *, answers: list[dict[str, Any]]
) -> None:
    """Answer."""
    path = f"/projects/{project_id}/rounds/{round_id}/answer"
    api.send("PUT", path, type(None), {"answers": answers})


def get_results(api: Api, project_id: str, round_id: str) -> Results:
    """What was answered."""
    return api.get(f"/projects/{project_id}/rounds/{round_id}/results", Results)


def list_texts(
    api: Api, project_id: str, round_id: str, question: int, *, cursor: str | None = None
) -> Page[OpinionText]:
    """What was written to a question."""
    path = f"/projects/{project_id}/rounds/{round_id}/results/texts"
    return api.get(path, Page[OpinionText], question=question, cursor=cursor)


def list_choices(
    api: Api, project_id: str, round_id: str, question: int, *, cursor: str | None = None
) -> Page[NamedChoice]:
    """Who took what, with names."""
    path = f"/projects/{project_id}/rounds/{round_id}/results/choices"
    return api.get(path, Page[NamedChoice], question=question, cursor=cursor)


def put_outcome(api: Api, project_id: str, round_id: str, *, outcome: str) -> None:
    """Say what came of it."""
    path = f"/projects/{project_id}/rounds/{round_id}/outcome"
    api.send("PUT", path, type(None), {"outcome": outcome})


def list_benchmarks(
    api: Api, project_id: str, *, limit: int | None = None, cursor: str | None = None
) -> Page[Benchmark]:
    """The benchmarks of a project."""
    path = f"/projects/{project_id}/benchmarks"
    return api.get(path, Page[Benchmark], limit=limit, cursor=cursor)


def begin_benchmark(api: Api, project_id: str, *, key: str, **begun: Any) -> Benchmark:
    """Begin one, empty or as a copy."""
    return api.send("POST", f"/projects/{project_id}/benchmarks", Benchmark, begun, key=key)


def get_table(api: Api, project_id: str, benchmark_id: str, *, version: int | None = None) -> Table:
    """A version, the latest where none is named."""
    return api.get(f"/projects/{project_id}/benchmarks/{benchmark_id}", Table, version=version)


def get_file(api: Api, project_id: str, benchmark_id: str, *, query: str) -> Any:
    """The same as a file: the response as it came."""
    return api.call("GET", f"/projects/{project_id}/benchmarks/{benchmark_id}?{query}")


def follow_benchmark(api: Api, project_id: str, benchmark_id: str, *, is_following: bool) -> None:
    """Hear of new versions, or no more."""
    method = "PUT" if is_following else "DELETE"
    api.send(method, f"/projects/{project_id}/benchmarks/{benchmark_id}/follow", type(None))


def list_versions(
    api: Api, project_id: str, benchmark_id: str, *, cursor: str | None = None
) -> Page[BenchmarkVersion]:
    """Its versions, the latest first."""
    path = f"/projects/{project_id}/benchmarks/{benchmark_id}/versions"
    return api.get(path, Page[BenchmarkVersion], cursor=cursor)


def get_changes(
    api: Api, project_id: str, benchmark_id: str, *, before: int, after: int
) -> Changes:
    """What changed from one version to another."""
    path = f"/projects/{project_id}/benchmarks/{benchmark_id}/changes"
    return api.get(path, Changes, **{"from": before, "to": after})


def bring(api: Api, project_id: str, benchmark_id: str, content: bytes, *, query: str) -> Import:
    """A file as the next version, or, by a dry run, what would become of it."""
    path = f"/projects/{project_id}/benchmarks/{benchmark_id}/imports?{query}"
    response = api.call("POST", path, headers={"Content-Type": "text/csv"}, body=content)
    return decoded(response.body, Import)
