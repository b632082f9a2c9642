"""Whether a Skiller whose members stand still says the same everywhere, and what they were told.

Each check answers sentences; none is as it should be.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import psycopg

from chassis import reconciling
from chassis.database import Database
from standalone.services import SERVICES
from tests.system.crowd import Crowd
from tests.system.ledger import UNSURE, Ledger

Rows = Mapping[str, psycopg.Connection[Any]]  # by service
MOST_TOLD = 2  # rows of a kind in a sentence

# By kind: who owns it, and its rows as id and the text that holds the mark.
MADE = {
    "question": ("discussion", "SELECT id, body FROM posts WHERE kind = 'question'"),
    "answer": ("discussion", "SELECT id, body FROM posts WHERE kind = 'answer'"),
    "share": ("discussion", "SELECT id, body FROM posts WHERE kind = 'share'"),
    "project": ("projects", "SELECT id, pitch FROM projects"),
    "call": ("projects", "SELECT id, details FROM calls"),
    "offer": ("projects", "SELECT id, word FROM offers"),
    "update": ("projects", "SELECT id, body FROM project_updates"),
}
# By kind: who owns it, and its rows as member, what it is about, state.
STATES = {
    "like": ("discussion", "SELECT member_id, post_id, is_liked FROM likes"),
    "removed": ("discussion", "SELECT author_id, id, removed_at IS NOT NULL FROM posts"),
    "follow": ("social", "SELECT follower_id, followed_id, is_following FROM follows"),
    "project follow": (
        "projects",
        "SELECT member_id, project_id, is_following FROM project_follows",
    ),
    "headline": ("identity", "SELECT id, '', headline FROM members"),
    # An answer that was removed, or whose question was, is accepted no more.
    "accept": (
        "discussion",
        """SELECT q.author_id, q.id, CASE WHEN s.is_accepted OR a.removed_at IS NOT NULL
            OR q.removed_at IS NOT NULL THEN a.id::text END
        FROM accepts s JOIN posts q ON q.id = s.question_id JOIN posts a ON a.id = s.answer_id""",
    ),
}
_MEMBER_REFS = "SELECT id, name, headline, state, revision FROM member_refs"
_FOLLOW_REFS = "SELECT follower_id, followed_id, is_following, revision FROM follow_refs"
_ACCEPT_REFS = "SELECT question_id, answer_id, is_accepted, revision FROM accept_refs"
_OBJECTS = "SELECT id, author_id, revision FROM object_refs WHERE type = "
# By kind: whose it is, its rows there, and the same rows as each listener keeps them.
REPLICAS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "members": (
        "identity",
        "SELECT id, name, headline, state, revision FROM members",
        dict.fromkeys(
            ("social", "discussion", "skills", "projects", "notifications"), _MEMBER_REFS
        ),
    ),
    "follows": (
        "social",
        "SELECT follower_id, followed_id, is_following, revision FROM follows",
        dict.fromkeys(("discussion", "skills", "projects", "notifications"), _FOLLOW_REFS),
    ),
    "posts": (
        "discussion",
        "SELECT id, kind, author_id, question_id, removed_at IS NULL, revision FROM posts",
        {
            "skills": "SELECT id, kind, author_id, question_id, removed_at IS NULL, revision"
            " FROM post_refs",
            "notifications": "SELECT id, type, author_id, parent_id, is_there, revision"
            " FROM object_refs WHERE type IN ('question', 'answer', 'share')",
        },
    ),
    "likes": (
        "discussion",
        "SELECT post_id, member_id, is_liked, revision FROM likes",
        {
            "skills": "SELECT post_id, liker_id, is_liked, revision FROM like_refs",
            "notifications": "SELECT object_id, actor_id, is_acting, revision"
            " FROM notice_actors WHERE kind = 'like'",
        },
    ),
    "accepts": (
        "discussion",
        "SELECT question_id, answer_id, is_accepted, revision FROM accepts",
        dict.fromkeys(("skills", "notifications"), _ACCEPT_REFS),
    ),
    "answers to be told": (
        "discussion",
        """SELECT q.author_id, q.id, a.author_id, a.id, a.removed_at IS NULL, a.revision
        FROM posts a JOIN posts q ON q.id = a.question_id""",
        {
            "notifications": "SELECT member_id, object_id, actor_id, source_id, is_acting, revision"
            " FROM notice_actors WHERE kind = 'answer'",
        },
    ),
    "projects": (
        "projects",
        "SELECT id, owner_id, revision FROM projects",
        {"notifications": _OBJECTS + "'project'"},
    ),
    "calls": (
        "projects",
        "SELECT id, author_id, revision FROM calls",
        {"notifications": _OBJECTS + "'call'"},
    ),
    "news": (
        "projects",
        "SELECT id, author_id, revision FROM project_updates",
        {"notifications": _OBJECTS + "'update'"},
    ),
    "offers": (
        "projects",
        "SELECT id, member_id, revision FROM offers",
        {"notifications": _OBJECTS + "'offer'"},
    ),
    "people of projects": (
        "projects",
        """SELECT project_id, member_id, false, is_in, revision FROM belongings UNION ALL
        SELECT project_id, member_id, true, is_following, revision FROM project_follows""",
        {
            "notifications": "SELECT project_id, member_id, is_follow, is_on, revision"
            " FROM project_person_refs",
        },
    ),
}
# What is kept beside the rows that it follows from: who keeps it, and where the two differ.
SUMS = {
    "like and answer counts": (
        "discussion",
        """SELECT id FROM posts p
        WHERE like_count <> (SELECT count(*) FROM likes WHERE post_id = p.id AND is_liked)
        OR answer_count <> (SELECT count(*) FROM posts
            WHERE question_id = p.id AND removed_at IS NULL)""",
    ),
    "keywords' counts": (
        "discussion",
        """SELECT slug FROM keywords k WHERE post_count <> (SELECT count(*) FROM post_keywords
        JOIN posts p ON p.id = post_id AND removed_at IS NULL WHERE keyword_id = k.id)""",
    ),
    "likes of news": (
        "projects",
        """SELECT id FROM project_updates u WHERE like_count <>
        (SELECT count(*) FROM update_likes WHERE update_id = u.id AND is_liked)""",
    ),
    "voices of posts": (
        "skills",
        """SELECT post_id, voice_id FROM post_voices v FULL JOIN (
            SELECT post_id, voice_id, count(*) AS given FROM (
                SELECT post_id, voice_id FROM like_refs UNION ALL
                SELECT counted_id, voice_id FROM accept_refs WHERE counted_id IS NOT NULL
            ) AS each WHERE voice_id IS NOT NULL GROUP BY 1, 2
        ) AS every USING (post_id, voice_id) WHERE like_count IS DISTINCT FROM given""",
    ),
    "fortnights of attributions": (
        "skills",
        """SELECT member_id, skill_id, number FROM fortnights f FULL JOIN (
            SELECT member_id, skill_id, number, sum(backed) AS b, sum(shared) AS s,
                sum(asked) AS a, sum(unbacked) AS u, sum(like_count) AS l
            FROM contributions GROUP BY 1, 2, 3
        ) AS every USING (member_id, skill_id, number)
        WHERE (coalesce(backed, 0), coalesce(shared, 0), coalesce(asked, 0),
            coalesce(unbacked, 0), coalesce(like_count, 0))
        IS DISTINCT FROM (coalesce(b, 0), coalesce(s, 0), coalesce(a, 0),
            coalesce(u, 0), coalesce(l, 0))""",
    ),
    "evidence of attributions": (
        "skills",
        """SELECT member_id, skill_id FROM attributions a WHERE evidence_count <>
        (SELECT coalesce(sum(like_count), 0) FROM fortnights f
            WHERE f.member_id = a.member_id AND f.skill_id = a.skill_id)""",
    ),
    "notices of groups": (
        "notifications",
        """SELECT member_id, object_id, kind, part FROM notice_actors WHERE is_acting
        EXCEPT SELECT member_id, object_id, kind, part FROM notices""",
    ),
    "notices told twice": (
        "notifications",
        """SELECT member_id, kind, object_id FROM notices
        GROUP BY member_id, kind, object_id, part HAVING count(*) > 1""",
    ),
}


def find(urls: Mapping[str, str], crowd: Crowd) -> list[str]:
    """What is wrong, a sentence each, of databases by service and a crowd that stands still."""
    with ExitStack() as stack:
        rows = {
            service: stack.enter_context(psycopg.connect(url, autocommit=True))
            for service, url in urls.items()
        }
        return [
            *_compare_made(rows, crowd.ledger),
            *_compare_states(rows, crowd.ledger),
            *_compare_replicas(rows),
            *_compare_sums(rows),
            *_find_left_over(rows),
            *_reconcile(urls),
            *_compare_shown(rows, crowd),
            *(f"No reason for {trouble}." for trouble in crowd.ledger.unexplained()[:MOST_TOLD]),
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
        if differing := rows[service].execute(statement).fetchall():  # type: ignore[arg-type]
            yield f"{len(differing)} {kind} in {service} are wrong: {_some(differing)}."


def _find_left_over(rows: Rows) -> Iterator[str]:
    """What waits to be told, or could not be applied."""
    for service, connection in rows.items():
        for table in ("outbox", "failed_events"):
            types = Counter(kind for (kind,) in connection.execute(f"SELECT type FROM {table}"))  # type: ignore[arg-type]
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
