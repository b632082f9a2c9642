"""Whether a Skiller whose members stand still says the same everywhere, and what they were told.

Each check answers sentences; none is as it should be.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from chassis import reconciling
from chassis.database import Database
from services.skills import rules
from standalone.services import SERVICES
from tests.system.audited import MADE, REPLICAS, STATES, SUMS
from tests.system.crowd import Crowd
from tests.system.ledger import UNSURE, Ledger

Rows = Mapping[str, psycopg.Connection[Any]]  # by service
MOST_TOLD = 2  # rows of a kind in a sentence


def find(urls: Mapping[str, str], crowd: Crowd) -> list[str]:
    """What is wrong, a sentence each, of databases by service and a crowd that stands still."""
    with open_all(urls) as rows:
        return [
            *find_in(rows, crowd.ledger),
            *_reconcile(urls),
            *_compare_shown(rows, crowd),
            *(f"No reason for {trouble}." for trouble in crowd.ledger.unexplained()[:MOST_TOLD]),
        ]


def is_well(urls: Mapping[str, str], crowd: Crowd) -> bool:
    """Whether nothing is wrong; raises AssertionError with what is."""
    found = find(urls, crowd)
    assert not found, "\n".join(found)
    return True


@contextmanager
def open_all(urls: Mapping[str, str]) -> Iterator[Rows]:
    """A connection to each database, each statement its own transaction."""
    with ExitStack() as stack:
        yield {
            service: stack.enter_context(psycopg.connect(url, autocommit=True))
            for service, url in urls.items()
        }


def find_in(rows: Rows, ledger: Ledger) -> list[str]:
    """What is wrong in rows alone, as these connections see them."""
    return [
        *_compare_made(rows, ledger),
        *_compare_states(rows, ledger),
        *_compare_replicas(rows),
        *_compare_sums(rows),
        *_sum_up_anew(rows),
        *_find_left_over(rows),
    ]


def find_empty(rows: Rows) -> list[str]:
    """The kinds of which there is none: nothing was compared."""
    asked = {kind: (owner, statement) for kind, (owner, statement, _) in REPLICAS.items()}
    return [
        kind
        for kind, (owner, statement) in (MADE | STATES | asked).items()
        if not rows[owner].execute(statement).fetchone()
    ]


def _compare_made(rows: Rows, ledger: Ledger) -> Iterator[str]:
    """What was confirmed is there, and nothing else but what nobody was told of, each once."""
    for kind, (service, statement) in MADE.items():
        found = {str(row_id): text for row_id, text in rows[service].execute(statement)}
        if lost := ledger.made[kind] - found.keys():
            yield f"{len(lost)} {kind}s were confirmed and are lost: {_some(lost)}."
        more = [text for made_id, text in found.items() if made_id not in ledger.made[kind]]
        marks = Counter(mark for mark in ledger.unsure[kind] for text in more if mark in text)
        twice = [mark for mark, count in marks.items() if count > 1]
        if twice or len(more) > marks.total():
            yield f"{kind}s are there twice, or nobody made them: {_some(more)}."


def _compare_states(rows: Rows, ledger: Ledger) -> Iterator[str]:
    """What members set last is set."""
    for kind, (service, statement) in STATES.items():
        found = {
            (str(who), str(what)): state for who, what, state in rows[service].execute(statement)
        }
        differing = [
            key
            for key, state in ledger.states.items()
            if key[0] == kind and state is not UNSURE and found.get(key[1:], False) != state
        ]
        if differing:
            yield f"{len(differing)} of {kind} are not as confirmed: {_some(differing)}."


def _compare_replicas(rows: Rows) -> Iterator[str]:
    """Row by row."""
    for kind, (owner, statement, listeners) in REPLICAS.items():
        own = set(rows[owner].execute(statement))
        for listener, replica in listeners.items():
            kept = set(rows[listener].execute(replica))
            if lost := own - kept:
                yield f"{listener} lacks {len(lost)} of {owner}'s {kind}: {_some(lost)}."
            if more := kept - own:
                yield f"{listener} has {len(more)} {kind} that {owner} has not: {_some(more)}."


def _compare_sums(rows: Rows) -> Iterator[str]:
    for kind, (service, statement) in SUMS.items():
        if differing := rows[service].execute(statement.encode()).fetchall():
            yield f"{len(differing)} {kind} in {service} are wrong: {_some(differing)}."


def _sum_up_anew(rows: Rows) -> Iterator[str]:
    """Attributions are what the rules make of their fortnights, to the last bit."""
    behind: dict[tuple[Any, Any], list[rules.Fortnight]] = defaultdict(list)
    for member_id, skill_id, *numbers in rows["skills"].execute(
        "SELECT member_id, skill_id, number, backed, shared, asked, unbacked, branch"
        " FROM fortnights ORDER BY number"
    ):
        behind[member_id, skill_id].append(rules.Fortnight(*numbers))
    differing = []
    for member_id, skill_id, *kept in rows["skills"].execute(
        "SELECT member_id, skill_id, evidence, strength, by_answers, by_branch FROM attributions"
    ):
        sums = rules.sum_up(behind[member_id, skill_id])
        if kept != [sums.order, sums.answers + sums.shares, sums.answers, sums.branch]:
            differing.append((member_id, skill_id))
    if differing:
        yield f"{len(differing)} attributions in skills are summed up wrongly: {_some(differing)}."


def _find_left_over(rows: Rows) -> Iterator[str]:
    """What waits to be told, or could not be applied."""
    for service, connection in rows.items():
        for table in ("outbox", "failed_events"):
            kinds = connection.execute(f"SELECT type FROM {table}".encode())
            types = Counter(kind for (kind,) in kinds)
            if types:
                yield f"{service}'s {table} holds {dict(types)}."


def _reconcile(urls: Mapping[str, str]) -> Iterator[str]:
    """The totals of all that is shared, as operators compare them."""
    totals = []
    for service in SERVICES:
        database = Database(urls[service.name])
        with database.transaction() as session:
            totals += reconciling.count(session, service.name, service.all_shares)
        database.close()
    yield from reconciling.compare(totals)[1]


def _compare_shown(rows: Rows, crowd: Crowd) -> Iterator[str]:
    """The API shows the counts that follow from the rows."""
    reader = crowd.people[0]
    for question in crowd.things["question"][-3:]:
        [(likes, answers)] = rows["discussion"].execute(
            "SELECT (SELECT count(*) FROM likes WHERE post_id = %(id)s AND is_liked),"
            " (SELECT count(*) FROM posts WHERE question_id = %(id)s AND removed_at IS NULL)",
            {"id": question.id},
        )
        shown = reader.ok("GET", f"/questions/{question.id}")
        if (shown["like_count"], shown["answer_count"]) != (likes, answers):
            yield f"Of question {question.id} other counts are shown than {likes}, {answers}."
    for member in crowd.people[1:4]:
        [(followers,)] = rows["social"].execute(
            "SELECT count(*) FROM follows WHERE followed_id = %s AND is_following",
            [member.member["id"]],
        )
        shown = reader.ok("GET", f"/members/{member.member['id']}/follow")["follower_count"]
        if shown != followers:
            yield f"{shown} followers are shown of {member.member['id']}, who has {followers}."


def _some(rows: Any) -> str:
    found: Sequence[Any] = list(rows)
    more = " …" if len(found) > MOST_TOLD else ""
    told = (row if isinstance(row, str) else " ".join(map(str, row)) for row in found[:MOST_TOLD])
    return ", ".join(told) + more
