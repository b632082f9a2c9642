"""A small community imported through the real services, delivered by the real worker loops."""

import csv
import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from chassis import clock
from chassis.database import Database
from chassis.messaging import worker
from chassis.messaging.consumer import Consumer
from chassis.testing.service import Server
from demo.arrival import NotArrived, wait_for_events
from demo.communities import Community, CommunityNotFound, read_community
from demo.importing import Import
from demo.machine import NothingRuns, find_databases
from demo.report import describe_experts
from services.discussion.models import Like, Post
from services.identity.models import Member
from standalone.services import SERVICES, database_variable

POSTS = [
    # post_id, kind, parent_id, author, ts, skills, title
    ("1", "q", "0", "asker", "1000", "beekeeping", "Beekeeping in town?"),
    ("2", "a", "1", "expert", "2000", "beekeeping", ""),
    ("3", "a", "1", "novice", "900", "beekeeping", ""),  # dated before its question
]
VOTES = [("2", "asker", "up", "3000"), ("2", "novice", "up", "4000"), ("3", "asker", "up", "5000")]


@pytest.fixture
def community(tmp_path: Path) -> Community:
    _write(tmp_path / "bees_posts.csv.gz", POSTS, "post_id kind parent_id author ts skills title")
    _write(tmp_path / "bees_votes.csv.gz", VOTES, "post_id voter kind ts")
    return read_community(tmp_path, "bees")


@pytest.fixture
def databases(server: Server) -> Iterator[dict[str, Database]]:
    with ExitStack() as stack:
        found = {}
        for service in SERVICES:
            found[service.name] = Database(stack.enter_context(server.database(service)))
            stack.callback(found[service.name].close)
        yield found


@pytest.fixture
def delivered(databases: dict[str, Database]) -> Iterator[dict[str, Database]]:
    """The databases, with a worker that delivers between them."""
    consumers = {s.name: Consumer(s.name, databases[s.name], s.handlers) for s in SERVICES}
    loops = worker.local_loops(databases, consumers)
    for loop in loops:
        loop.start()
    yield databases
    worker.stop(loops)


def test_import_attributes_skills_from_real_acts(
    community: Community, delivered: dict[str, Database]
) -> None:
    Import(community, delivered, lambda _: None).run()
    wait_for_events(delivered, patience=20)

    with delivered["skills"].transaction() as session:
        lines = list(describe_experts(session, community))

    assert "beekeeping (3 posts)" in lines
    assert lines[2].startswith("  1. Bees expert: level")
    assert any("answer: Beekeeping in town?" in line for line in lines)


def test_import_keeps_the_order_and_the_distances_of_time(
    community: Community, delivered: dict[str, Database]
) -> None:
    started = clock.now()

    Import(community, delivered, lambda _: None).run()

    with delivered["discussion"].transaction() as session:
        first = session.execute(select(func.min(Post.published_at))).scalar_one()
        last = session.execute(select(func.max(Like.liked_at))).scalar_one()
        authors = session.execute(select(Post.kind).order_by(Post.published_at, Post.id)).all()
    assert last - first == timedelta(seconds=4000)
    assert abs(last - started) < timedelta(minutes=1)
    assert authors[0].kind == "question"


def test_everybody_who_acts_joins_once_by_an_invitation(
    community: Community, delivered: dict[str, Database]
) -> None:
    Import(community, delivered, lambda _: None).run()

    with delivered["identity"].transaction() as session:
        members = list(session.scalars(select(Member).order_by(Member.joined_at)))
    assert {member.name for member in members} == {
        "Bees host",
        "Bees asker",
        "Bees expert",
        "Bees novice",
    }
    host = next(member for member in members if member.name == "Bees host")
    assert {member.sponsor_id for member in members if member is not host} == {host.id}


def test_import_without_a_worker_says_what_is_missing(
    community: Community, databases: dict[str, Database]
) -> None:
    Import(community, databases, lambda _: None).run()

    with pytest.raises(NotArrived, match="6 posts and likes have not arrived"):
        wait_for_events(databases, patience=0.1)


def test_unknown_community_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CommunityNotFound, match="There is no"):
        read_community(tmp_path, "nowhere")


def test_likes_without_likers_cannot_be_imported(tmp_path: Path) -> None:
    _write(tmp_path / "x_posts.csv.gz", POSTS, "post_id kind parent_id author ts skills title")
    _write(tmp_path / "x_votes.csv.gz", [("2", "", "up", "3000")], "post_id voter kind ts")

    with pytest.raises(CommunityNotFound, match="does not say who liked"):
        read_community(tmp_path, "x")


def test_without_a_running_skiller_the_variables_are_named(tmp_path: Path) -> None:
    with pytest.raises(NothingRuns, match=database_variable("skills")):
        find_databases({"SKILLER_DATA": str(tmp_path)})


def _write(file: Path, rows: list[tuple[str, ...]], columns: str) -> None:
    with gzip.open(file, "wt", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(columns.split())
        writer.writerows(rows)
