"""Calls discussion's own lists and looks at the server's part: CPU, and EXPLAIN's buffers.

Run as a program by `growth`, in the folder of the checkout that is measured and by its
interpreter, so it imports nothing of this package and asks for what every release has.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis import migrations
from chassis.database import Database
from services.discussion.app import SERVICE
from services.discussion.queries import posts

WARM_UP, CALLS, CHUNKS, EXPLAINED = 8, 10, 5, 3
PAGE, TOLD = 20, 500
MIDDLE = "SELECT id FROM posts ORDER BY id OFFSET (SELECT count(*) / 2 FROM posts) LIMIT 1"
FINDING = ("search", "keywords", "for_you")
WORDS = {"a frequent": "mesurer", "an uncommon": "boulangers", "a rare": "alambic"}
EXPLAIN = (
    "LOAD 'auto_explain'",
    "SET auto_explain.log_min_duration = 0",
    "SET auto_explain.log_analyze = on",
    "SET auto_explain.log_buffers = on",
    "SET auto_explain.log_timing = off",
    "SET auto_explain.log_format = json",
    "SET client_min_messages = log",
)


def measure(url: str, viewers: dict[str, str], keywords: dict[str, str]) -> dict[str, Any]:
    """By kind of list: the backend's CPU in µs; EXPLAIN's ms, buffers and how many were read."""
    database = Database(url, pool_size=1)
    # A release without `reading` reads in a transaction of a session.
    access = getattr(database, "reading", database.transaction)
    asked = {**calls(viewers, keywords), **_telling(database)}
    try:
        return {kind: _look(database, access, call) for kind, call in asked.items()}
    finally:
        database.close()


def _lists() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Reading a feed and a list of questions, in this release or an earlier one."""
    queries: Any = posts
    if hasattr(queries, "list_feed"):
        return queries.list_feed, queries.list_questions
    feeds = import_module("services.discussion.queries.feeds")
    return feeds.list_feed, partial(queries.list_posts, kind="question")


def calls(viewers: dict[str, str], keywords: dict[str, str]) -> dict[str, Callable[[Any], Any]]:
    list_feed, list_questions = _lists()

    def feed(viewer: str) -> Callable[[Any], Any]:
        return lambda session: list_feed(session, viewer_id=UUID(viewer), limit=PAGE, cursor=None)

    def questions(keyword: str | None, author: str | None = None) -> Callable[[Any], Any]:
        return lambda session: list_questions(
            session,
            viewer_id=UUID(viewers["30 active"]),
            keyword=keyword,
            author=UUID(author) if author else None,
            limit=PAGE,
            cursor=None,
        )

    feeds = {f"feed of {of}": feed(viewer) for of, viewer in viewers.items() if of != "author"}
    lists = {f"list of {of} keyword": questions(slug) for of, slug in keywords.items()}
    return {
        **feeds,
        "list": questions(None),
        **lists,
        "list of an author": questions(None, viewers["author"]),
        **_finding(viewers["30 active"]),
    }


def _finding(viewer: str) -> dict[str, Callable[[Any], Any]]:
    """Searches, a keyword's page and what waits for the viewer; none of a release without them."""
    try:
        queries = {name: import_module(f"services.discussion.queries.{name}") for name in FINDING}
    except ModuleNotFoundError:
        return {}
    search, for_you = queries["search"], queries["for_you"]
    keywords: Any = queries["keywords"]
    # The rows are of 2023 and later: all of it is lately, up to what a page looks at.
    keywords.LATELY = timedelta(days=36_500)
    me = {"viewer_id": UUID(viewer)}

    def found(words: str) -> Callable[[Any], Any]:
        wanted = search.read_search(words)
        return lambda session: search.list_found(
            session, **me, search=wanted, limit=PAGE, cursor=None
        )

    def page(slug: str) -> Callable[[Any], Any]:
        def read(session: Any) -> Any:
            keywords.get_keyword(session, **me, slug=slug)
            return keywords.list_active_members(session, **me, slug=slug)

        return read

    return {
        **{f"search for {of} word": found(word) for of, word in WORDS.items()},
        "page of a popular keyword": page("popular"),
        "for you": lambda session: for_you.list_for_you(session, **me, limit=PAGE, cursor=None),
    }


def _telling(database: Database) -> dict[str, Callable[[Any], Any]]:
    """Pages of what is told again, from the middle of all."""
    history: Any = import_module("services.discussion.queries.history")
    with database.transaction() as session:
        middle = session.scalar(text(MIDDLE))
    after = SimpleNamespace(post_id=middle, liker_id=UUID(int=0))
    lists = {"likes": history.list_like_history, "posts": history.list_post_history}
    return {
        f"{what} told again, {TOLD} from the middle": partial(page, after=after, limit=TOLD)
        for what, page in lists.items()
    }


def _look(
    database: Database,
    access: Callable[[], AbstractContextManager[Any]],
    call: Callable[[Any], Any],
) -> dict[str, float]:
    def ask() -> int:
        with access() as session:
            found = call(session)
            return len(getattr(found, "items", found))

    with driver(database) as connection:
        pid = connection.info.backend_pid
    for _ in range(WARM_UP):
        items = ask()
    spent = []
    for _ in range(CHUNKS):
        before = _cpu(pid)
        for _ in range(CALLS):
            ask()
        spent.append((_cpu(pid) - before) / CALLS / 1_000)
    return {"items": items, "cpu": median(spent), **_explain(database, ask)}


def _explain(database: Database, ask: Callable[[], int]) -> dict[str, float]:
    messages: list[str] = []
    with driver(database) as connection:
        for statement in EXPLAIN:
            connection.execute(statement)

    def keep(notice: Any) -> None:
        messages.append(notice.message_primary)

    connection.add_notice_handler(keep)
    for _ in range(EXPLAINED):
        ask()
    connection.remove_notice_handler(keep)
    with driver(database) as connection:
        connection.execute("SET auto_explain.log_min_duration = -1")
    milliseconds, buffers, read = 0.0, 0, 0
    for message in messages:
        told = re.match(r"duration: ([0-9.]+) ms\s+plan:\s*(\{.*)", message, re.DOTALL)
        if told:
            plan = json.loads(told[2])["Plan"]
            milliseconds += float(told[1])
            read += plan["Shared Read Blocks"]
            buffers += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    found = {"ms": milliseconds, "buffers": buffers, "read": read}
    return {part: total / EXPLAINED for part, total in found.items()}


@contextmanager
def driver(database: Database) -> Iterator[Any]:
    """The driver's connection, the one that the pool has."""
    pooled = database.engine.raw_connection()
    connection: Any = pooled.dbapi_connection
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.autocommit = False
        pooled.close()


def _cpu(pid: int) -> int:
    """Nanoseconds on a processor so far."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def main() -> None:
    """Migrate, or measure, as standard input says, and print what was found as the last line."""
    job = json.load(sys.stdin)
    if job["act"] == "migrate":
        migrations.migrate(job["url"], SERVICE.folder / "migrations", SERVICE.seed)
    else:
        found = measure(job["url"], job["viewers"], job["keywords"])
        sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    main()
