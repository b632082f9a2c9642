"""A small community imported through the real services, delivered by the real worker loops."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import MetaData, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.database import Database
from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from demo import machine as machine_module
from demo.arrival import NotArrived, wait_for_events
from demo.communities import Community, read_community
from demo.importing import Import, OtherData
from demo.machine import Machine, WentAway
from demo.report import describe_experts
from demo.sources import CommunityNotFound, Earlier
from demo.tests.bees import POSTS, Write
from services.discussion.actions import likes
from services.discussion.models import Like, Post
from services.identity.models import Invitation, Member
from services.notifications.models import Notice
from services.skills.models import Skill
from standalone.databases import NothingRuns, find_databases
from standalone.services import database_variable


def test_import_attributes_skills_from_real_acts_and_is_nobodys_news(
    community: Community, delivered: Machine
) -> None:
    importing = Import(community, delivered)
    importing.run()
    wait_for_events(delivered, patience=20)

    lines = delivered.do("skills", lambda session: list(describe_experts(session, community)))

    assert "Beekeeping (1 questions)" in lines
    assert lines[2].startswith("  1. Bees expert: level")
    assert any("answer: Beekeeping in town?" in line for line in lines)
    kinds = {"answer", "like", "skill", "follower", "invitee_joined"}
    eventually(lambda: kinds <= {kind for kind, _ in delivered.do("notifications", _told)})
    assert [kind for kind, is_unread in delivered.do("notifications", _told) if is_unread] == []

    beside = {"actor": importing.people["novice"], "post_id": importing.posts["1"]}
    delivered.do("discussion", lambda session: likes.like_post(session, **beside))

    eventually(lambda: ("like", True) in delivered.do("notifications", _told))


def test_import_keeps_the_order_and_the_distances_of_time(
    community: Community, machine: Machine
) -> None:
    started = clock.now()

    Import(community, machine).run()

    first, last, kinds = machine.do("discussion", _times)
    assert abs(last - first - timedelta(seconds=4000)) <= timedelta(seconds=1)
    assert abs(last - started) < timedelta(minutes=1)
    assert kinds == ["question", "answer", "answer"]


def test_everybody_who_acts_joins_once_by_an_invitation(
    community: Community, machine: Machine
) -> None:
    Import(community, machine).run()

    members = {member.name: member for member in _members(machine)}
    assert set(members) == {"Bees host", "Bees asker", "Bees expert", "Bees novice"}
    host = members.pop("Bees host")
    assert {member.sponsor_id for member in members.values()} == {host.id}


def test_import_without_a_worker_says_what_is_missing(
    community: Community, machine: Machine
) -> None:
    Import(community, machine).run()

    with pytest.raises(NotArrived, match="6 posts and likes have not arrived"):
        wait_for_events(machine, patience=0.1)


def test_a_second_import_finds_everything_there(community: Community, machine: Machine) -> None:
    Import(community, machine).run()
    before = _counts(machine)
    said: list[str] = []
    machine.say = said.append

    Import(community, machine).run()

    assert _counts(machine) == before
    assert said[0].startswith("An import of ") and said[0].endswith("what is there stays.")
    told = (
        "3 members, 3 posts, 3 likes and 0 accepted answers imported, of which 3 posts were there."
    )
    assert said[-1] == told


def test_an_interrupted_import_goes_on(community: Community, machine: Machine) -> None:
    interrupted = Import(community, machine)
    acts = iter(community.in_order())
    interrupted._do = _ends_after(interrupted._do, 3)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        interrupted.run()
    assert next(acts) and len(interrupted.posts) == 3

    Import(community, machine).run()

    first, last, _ = machine.do("discussion", _times)
    assert _counts(machine) == (4, 4, 3, 3, 6)
    assert abs(last - first - timedelta(seconds=4000)) <= timedelta(seconds=1)


def test_two_imports_at_once_are_one(community: Community, urls: dict[str, str]) -> None:
    def run() -> None:
        with Machine(lambda: urls, lambda _: None) as machine:
            Import(community, machine).run()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(run) for _ in range(3)]:
            done.result()

    with Machine(lambda: urls, lambda _: None) as machine:
        assert _counts(machine) == (4, 4, 3, 3, 6)


def test_an_import_up_to_a_moment_leaves_out_what_came_later(
    community: Community, machine: Machine
) -> None:
    importing = Import(Earlier(community, 4000), machine)

    importing.run()

    assert _counts(machine) == (4, 4, 3, 1, 4)
    assert importing.left_out["acts that came later"] == 2
    first, last, _ = machine.do("discussion", _times)
    assert abs(last - first - timedelta(seconds=2000)) <= timedelta(seconds=1)
    with pytest.raises(OtherData):
        Import(Earlier(community, 5000), machine).run()


def test_nothing_is_imported_up_to_a_moment_before_all(community: Community) -> None:
    with pytest.raises(CommunityNotFound, match="Nothing happened in bees"):
        assert Earlier(community, 900).ends_at


def test_other_data_of_the_same_name_are_refused(
    community: Community, machine: Machine, write: Write
) -> None:
    Import(community, machine).run()
    other = read_community(write(POSTS[:1], []), "bees")

    with pytest.raises(OtherData, match="give these files another name"):
        Import(other, machine).run()


def test_answers_to_commits_that_are_lost_double_nothing(
    community: Community,
    urls: dict[str, str],
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each transaction's commit succeeds and looks as if the server had gone, the first time."""
    monkeypatch.setattr(machine_module, "Database", _unlucky_database())
    monkeypatch.setattr(machine_module, "FIRST_PAUSE", 0.001)

    with Machine(lambda: urls, lambda _: None) as unlucky:
        Import(community, unlucky).run()

    assert _counts(machine) == (4, 4, 3, 3, 6)


def test_a_database_that_goes_away_is_waited_for(
    community: Community, urls: dict[str, str], server: Server
) -> None:
    """Discussion's refuses everybody from the second act on, until it was asked in vain."""
    said: list[str] = []
    name = urlsplit(urls["discussion"]).path[1:]
    backends = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

    def let_in(is_open: bool) -> None:
        _execute(server.admin_url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {is_open}')

    def say(line: str) -> None:
        said.append(line)
        if "waiting for it" in line:
            let_in(True)

    def do_and_shut(act: Any, second: Any) -> None:
        do(act, second)
        if len(importing.posts) == 1:
            let_in(False)
            _execute(server.admin_url, backends)

    with Machine(lambda: urls, say) as machine:
        importing = Import(community, machine)
        do = importing._do
        importing._do = do_and_shut  # type: ignore[method-assign]
        importing.run()

        assert said.count("The database of discussion does not answer; waiting for it.") == 1
        assert _counts(machine) == (4, 4, 3, 3, 6)


def test_a_restart_that_renames_the_databases_is_followed(
    community: Community, urls: dict[str, str]
) -> None:
    """At each start standalone's databases have new passwords."""
    old = dict.fromkeys(urls, "postgresql://nobody:old@127.0.0.1:1/x")
    answers = iter([old, urls])

    with Machine(lambda: next(answers, urls), lambda _: None) as machine:
        Import(community, machine).run()

        assert _counts(machine) == (4, 4, 3, 3, 6)


def test_a_database_that_is_still_being_made_is_waited_for(server: Server) -> None:
    """Whoever imports right after `make run` comes before the migrations have ended."""
    said: list[str] = []

    with server.database_of(MetaData(), "begun") as url:

        def say(line: str) -> None:
            said.append(line)
            _execute(url, "CREATE TABLE members (name text)")

        with Machine(lambda: {"identity": url}, say) as machine:
            ask = text("SELECT count(*) FROM members")
            found = machine.do("identity", lambda session: session.scalar(ask))

    assert (found, said) == (0, ["The database of identity does not answer; waiting for it."])


def test_a_database_that_stays_away_is_one_clear_line(community: Community) -> None:
    names = ("identity", "social", "discussion", "skills")
    gone = dict.fromkeys(names, "postgresql://nobody@127.0.0.1:1/x")

    with (
        Machine(lambda: gone, lambda _: None, patience=0.3) as machine,
        pytest.raises(WentAway, match="identity did not come back"),
    ):
        Import(community, machine).run()


def test_hostile_people_are_members_with_plain_names(machine: Machine, write: Write) -> None:
    people = ["Host", "host", "ho\u200bst", "a@b", "../etc", "x" * 300, "ASKER", "asker", " ", "'"]
    posts = [
        (str(number), "q", "0", person, str(1000 + number), "", f"Question of number {number}?")
        for number, person in enumerate(people)
    ]
    community = read_community(write(posts, []), "bees")

    Import(community, machine).run()

    members = [member.name for member in _members(machine)]
    assert len(members) == len(people) + 1
    assert members.count("Bees host") == 1 and "Bees asker" in members and "Bees ASKER" in members
    assert all(len(name) <= 80 and name.isprintable() and "@" not in name for name in members)


def test_terms_that_the_catalogue_cannot_take_twice_are_added_once(
    machine: Machine, write: Write
) -> None:
    terms = ["Python", "gnomonics", "Gno-Monics", "gno monics", "C++", "c ++", "---"]
    posts = [
        (str(number), "q", "0", "asker", str(1000 + number), term, "What about this one?")
        for number, term in enumerate(terms)
    ]
    community = read_community(write(posts, []), "bees")

    Import(community, machine).run()

    added = machine.do(
        "skills",
        lambda session: set(session.scalars(select(Skill.slug).where(Skill.category == "bees"))),
    )
    assert {"gnomonics", "gno-monics"} <= added
    assert machine.do("skills", lambda session: list(describe_experts(session, community)))


def test_what_is_refused_is_counted_and_the_rest_imported(
    community: Community, machine: Machine
) -> None:
    said: list[str] = []
    machine.say = said.append
    importing = Import(community, machine)
    importing.posts["3"] = UUID(int=1)
    publish = importing._publish
    importing._publish = lambda post: None if post.id == "3" else publish(post)  # type: ignore[method-assign]

    importing.run()

    assert said[-1] == "Left out: 1 acts that were refused (post_not_found)."


def test_without_a_running_skiller_the_variables_are_named(tmp_path: Path) -> None:
    with pytest.raises(NothingRuns, match=database_variable("skills")):
        find_databases({"SKILLER_DATA": str(tmp_path)})


def _told(session: Session) -> list[tuple[str, bool]]:
    """Of what each notice is, and whether it is unread."""
    return [
        (row.kind, row.is_unread) for row in session.execute(select(Notice.kind, Notice.is_unread))
    ]


def _counts(machine: Machine) -> tuple[int, int, int, int, int]:
    """Members, invitations, posts, likes, and what their revisions sum up to."""

    def count(session: Session, *models: Any) -> list[int]:
        return [session.execute(select(func.count()).select_from(m)).scalar_one() for m in models]

    def revisions(session: Session) -> int:
        sums = [session.execute(select(func.sum(m.revision))).scalar_one() for m in (Post, Like)]
        return int(sum(sums))

    members, invitations = machine.do(
        "identity", lambda session: count(session, Member, Invitation)
    )
    posts, likes = machine.do("discussion", lambda session: count(session, Post, Like))
    return members, invitations, posts, likes, machine.do("discussion", revisions)


def _members(machine: Machine) -> list[Member]:
    ordered = select(Member).order_by(Member.joined_at)
    return machine.do("identity", lambda session: list(session.scalars(ordered)))


def _times(session: Session) -> tuple[Any, Any, list[str]]:
    first = session.execute(select(func.min(Post.published_at))).scalar_one()
    last = session.execute(select(func.max(Like.liked_at))).scalar_one()
    return first, last, list(session.scalars(select(Post.kind).order_by(Post.published_at)))


def _ends_after(do: Any, count: int) -> Any:
    left = iter(range(count))

    def do_some(act: Any, second: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        do(act, second)

    return do_some


def _unlucky_database() -> type[Database]:
    class Unlucky(Database):
        is_lucky = True

        @contextmanager
        def transaction(self) -> Iterator[Session]:
            with super().transaction() as session:
                yield session
            self.is_lucky = not self.is_lucky
            if not self.is_lucky:
                gone = psycopg.OperationalError("server closed the connection unexpectedly")
                raise OperationalError(None, None, gone, connection_invalidated=True)

    return Unlucky


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
