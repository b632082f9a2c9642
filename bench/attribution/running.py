"""`python -m bench.attribution.running NAME --until DAY`: the report of a running Skiller.

NAME was imported up to that day (`python -m demo import … --until DAY`), so what came after it
says how good the lists of experts are. They are asked for by the API and computed by the benchmark
from the events that Skiller accepted; it ends with status 1 where the two are not equal.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import click
import numpy as np

from bench.attribution.accepted import Accepted, NotComparable, read_accepted
from bench.attribution.communities import DATA, Known, Query, queries_of, read_community
from bench.attribution.comparing import Ask, Comparison, compare
from bench.attribution.methods import METHODS
from bench.attribution.metrics import ndcg
from bench.attribution.skiller import Scores
from bench.attribution.tables import SMALL, measure
from bench.signing import token_of
from chassis import settings
from chassis.database import Database
from standalone import run as standalone
from standalone.databases import NothingRuns, data_folder, find_databases

THIRD_DIGIT = 0.0005
MOST_TOLD = 20  # differences
API, OFFLINE = "the API's lists", "the benchmark, same events"
READ = ("identity", "discussion", "skills")


@click.command()
@click.argument("name")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="As imported.")
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=False)
def main(name: str, until: datetime, data: Path) -> None:
    """Ask a running Skiller who the experts are, and compute the same beside it."""
    environ = settings.environment()
    known = Known.before(read_community(name, data), int(until.replace(tzinfo=UTC).timestamp()))
    try:
        accepted = _read(find_databases(environ), name)
    except (NothingRuns, NotComparable) as error:
        sys.exit(str(error))
    url = settings.read(standalone.Settings, environ).url.rstrip("/")
    viewer = next(one for one in accepted.people if one.in_data is not None)
    ask = _by_http(url, token_of(data_folder(environ), viewer.id, viewer.name))
    found = compare(accepted, ask)
    _tell_accepted(accepted)
    _tell_found(found)
    apart = _tell_report(accepted, found, known)
    if found.differences or apart > THIRD_DIGIT:
        sys.exit(1)


def _read(urls: Mapping[str, str], name: str) -> Accepted:
    with ExitStack() as stack:
        sessions = {}
        for service in READ:
            database = Database(urls[service], pool_size=1)
            stack.callback(database.close)
            sessions[service] = stack.enter_context(database.transaction())
        return read_accepted(sessions, name)


def _by_http(url: str, token: str) -> Ask:
    """Waits where the gateway says that it was asked too often."""

    def ask(path: str) -> tuple[Any, datetime]:
        request = Request(f"{url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        while True:
            try:
                with urlopen(request, timeout=30) as answer:
                    return json.load(answer), parsedate_to_datetime(answer.headers["Date"])
            except HTTPError as error:
                if error.code != HTTPStatus.TOO_MANY_REQUESTS:
                    raise
                time.sleep(int(error.headers["Retry-After"]))

    return ask


def _tell_accepted(accepted: Accepted) -> None:
    posts = accepted.community.posts.values()
    answers = sum(one.is_answer for one in posts)
    kinds = [vote.kind for vote in accepted.community.votes]
    began = accepted.trusted
    click.echo(
        f"Accepted: {len(posts) - answers} questions, {answers} answers,"
        f" {kinds.count('up')} likes, {kinds.count('accept')} accepts"
        f" of {len(accepted.people)} members; "
        + (f"{began.nights} nights of trust." if began else "trust has not begun.")
    )


def _tell_found(found: Comparison) -> None:
    click.echo(
        f"Compared: {len(found.said)} lists of experts with {found.places} places,"
        f" {found.attributions} worths and levels; the furthest apart {found.furthest:.1e}."
    )
    for difference in found.differences[:MOST_TOLD]:
        click.echo(f"  differs: {difference}")
    if len(found.differences) > MOST_TOLD:
        click.echo(f"  and {len(found.differences) - MOST_TOLD} more differences")


def _tell_report(accepted: Accepted, found: Comparison, known: Known) -> float:
    """The means of nDCG@10 by method; how far the API's is from the benchmark's."""
    queries = queries_of(known, **SMALL)
    values = {name: np.mean(by) for name, by in report(accepted, found, known).items()}
    named = sum(accepted.skill_of(query.skill) is not None for query in queries)
    click.echo(f"\n### nDCG@10 of {named} of {len(queries)} skills, which the catalogue knows\n")
    click.echo("| order | nDCG@10 |\n|---|---|")
    for name, value in values.items():
        click.echo(f"| {name} | {value:.4f} |")
    apart = abs(float(values[API] - values[OFFLINE]))
    click.echo(f"\n{API} and {OFFLINE} are {apart:.6f} apart.")
    return apart


def report(accepted: Accepted, found: Comparison, known: Known) -> Mapping[str, Sequence[float]]:
    """nDCG@10 of each skill that is asked for: by the data, and by what Skiller accepted of them.

    Who could answer and who then did is the data's; Skiller never heard of what came later.
    """
    queries = [one for one in queries_of(known, **SMALL) if accepted.skill_of(one.skill)]
    by_data = {f"{name}, of the data": method(known) for name, method in METHODS.items()}
    values = dict(measure(queries, by_data))
    for name, lists in ((OFFLINE, found.computed), (API, found.said)):
        values[name] = [ndcg(query, _places(accepted, lists, query)) for query in queries]
    return values


def _places(accepted: Accepted, lists: Mapping[str, Sequence[int]], query: Query) -> Scores:
    """Who in the data has which place; those who are not listed have none."""
    ordered = lists.get(accepted.skill_of(query.skill) or "", ())
    persons = [accepted.people[one].in_data for one in ordered]
    return {one: -float(place) for place, one in enumerate(persons) if one is not None}


if __name__ == "__main__":
    main()
