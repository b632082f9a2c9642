"""A community whose rows were copied is the one that its members' actions make, table by table.

With more members by hand: `SKILLER_TWIN_MEMBERS=1000 make test T=demo/tests/test_copying.py`.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock
from chassis.testing.service import Server
from demo.community import arriving, copying_people, copying_posts, ventures
from demo.community.meter import Meter
from demo.community.running import Run
from demo.community.scale import Scale
from demo.machine import Machine
from demo.tests.conftest import delivering, new_databases

MEMBERS = int(os.environ.get("SKILLER_TWIN_MEMBERS", "32"))
pytestmark = pytest.mark.timeout(600 + 3 * MEMBERS)

# What may differ between the two, and why.
SECRET = "a secret of its own"
LEVELS = "how often a level was told on the way depends on the order in which likes are heard of"
WHEN = "when it was heard of here"
FIRST = "of all likes that would do, the one that was heard of first"
NAMELESS = "drawn from no seed, so that it names nobody"
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "identity.credentials": {"password_hash": SECRET},
    "identity.invitations": {"token_hash": SECRET, "place_returned_at": FIRST},
    "identity.first_steps": dict.fromkeys(
        ("skill_slug", "skill_label_en", "skill_label_fr", "skill_at"), LEVELS
    ),
    "identity.skill_refs": {"revision": LEVELS},
    "discussion.skill_refs": {"revision": LEVELS},
    "skills.attributions": {"revision": LEVELS},
    "skills.understandings": {"changed_at": WHEN},
    "projects.attribution_refs": {"revision": LEVELS, "score": "it fades until it is told"},
    "projects.opinion_answers": {"id": NAMELESS},
    "projects.opinion_texts": {"id": NAMELESS},
    "notifications.agendas": {"look_at": WHEN},
    "notifications.ladders": {"wakes_at": "a rebuild holds them longer than a past that is told"},
    "notifications.notice_actors": {"came_at": WHEN},
    "notifications.notices": {"id": WHEN, "told_at": WHEN, "happened_at": WHEN, "read_at": WHEN},
    "notifications.object_refs": {"revision": LEVELS, "happened_at": LEVELS},
}
# Rows that are left out, by a condition on those that are not.
ROWS: Mapping[str, tuple[str, str]] = {
    "identity.limits": ("false", "invitations of months ago count against nothing any more"),
    "social.inbox": ("false", "what is told again has an id of its own"),
    # Of an invitee's first post nobody is told who hears that it was months ago; chapters are
    # acted from the latest on, copied ones are told from the first on.
    "notifications.notices": ("kind NOT IN ('skill', 'invitee_posted')", LEVELS),
}
Tables = Mapping[str, tuple[int, str]]  # rows and their hash, by service and table


@pytest.fixture(scope="module")
def twins(server: Server) -> Iterator[tuple[Machine, Machine]]:
    """The same community twice: by its members' actions, and copied."""
    now = datetime.now(UTC)
    with ExitStack() as stack:
        machines = []
        for is_copied in (False, True):
            urls = stack.enter_context(new_databases(server))
            stack.enter_context(delivering(urls))
            machine = stack.enter_context(Machine(lambda urls=urls: urls, lambda _: None))
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            if is_copied:  # as where there are many
                patch.setattr(ventures, "SHARED_FROM", 1)
            _run(machine, now, is_copied=is_copied)
            machines.append(machine)
        yield machines[0], machines[1]


def test_every_table_is_equal_but_for_what_is_listed(twins: tuple[Machine, Machine]) -> None:
    acted, copied = map(_tables, twins)

    differing = {name: (acted[name], copied[name]) for name in acted if acted[name] != copied[name]}
    assert differing == {} and acted.keys() == copied.keys()
    rows = {name: count for name, (count, _) in copied.items()}
    scale = Scale(MEMBERS, 1, datetime.now(UTC))
    assert rows["identity.members"] == MEMBERS and rows["discussion.likes"] >= scale.likes
    assert {*COLUMNS, *ROWS} <= rows.keys()


def test_copying_leaves_what_is_there(twins: tuple[Machine, Machine]) -> None:
    acted, _ = twins
    before = _tables(acted)
    arrival = arriving.begin(acted, members=MEMBERS, seed=1)

    for copy in (
        copying_people.copy_members,
        copying_people.know_members,
        copying_people.copy_follows,
        partial(copying_posts.copy_chapters, numbers=range(arrival.scale.chapters)),
    ):
        copy(arrival, count=lambda _: None)

    assert _tables(acted) == before


def test_actions_find_what_was_copied(twins: tuple[Machine, Machine]) -> None:
    _, copied = twins
    before = _tables(copied)

    _run(copied, datetime.now(UTC), is_copied=False)

    assert _tables(copied) == before


def _run(machine: Machine, now: datetime, *, is_copied: bool) -> None:
    with clock.at(now):
        arrival = arriving.begin(machine, members=MEMBERS, seed=1, password="three chairs")
    run = Run(arrival, Meter({}), is_copied)
    run.act()
    run.arrive()
    print(*run.lines(), sep="\n")


def _tables(machine: Machine) -> Tables:
    def of(service: str, session: Session) -> Tables:
        return {f"{service}.{name}": _hash(session, service, name) for name in _names(session)}

    found: dict[str, tuple[int, str]] = {}
    for service in machine.services:
        found |= machine.do(service, lambda session, service=service: of(service, session))
    return found


def _names(session: Session) -> Sequence[str]:
    named = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    return session.scalars(text(f"{named} ORDER BY 1")).all()


def _hash(session: Session, service: str, table: str) -> tuple[int, str]:
    """Of all rows together, in whatever order they stand, without the columns that may differ."""
    left_out = COLUMNS.get(f"{service}.{table}", {})
    named = "SELECT column_name FROM information_schema.columns WHERE table_name = :table"
    columns = session.scalars(text(f"{named} ORDER BY 1"), {"table": table}).all()
    assert left_out.keys() <= set(columns)
    kept = ", ".join(f'"{name}"' for name in columns if name not in left_out)
    condition = ROWS.get(f"{service}.{table}", ("true",))[0]
    rows = f"SELECT md5(ROW({kept})::text) AS row FROM {table} WHERE {condition}"
    whole = f"SELECT count(*), md5(coalesce(string_agg(row, '' ORDER BY row), '')) FROM ({rows}) r"
    count, digest = session.execute(text(whole)).one()
    return int(count), digest
