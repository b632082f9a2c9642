"""Coming, being put out and leaving, over HTTP and mails, for the system tests.

Needs a machine whose mails are files, and whose databases may be looked into.
"""

import email
import email.policy
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from chassis import clock
from chassis.database import Database
from chassis.testing.waiting import eventually
from services.identity.actions import invitations, members
from services.identity.passwords import hash_password
from tests.system.journey import PASSWORD, Client
from tests.system.machine import Machine

Letters = list[tuple[str, str]]


def letters_to(machine: Machine, address: str) -> Letters:
    """Subject and text of each mail that was written to an address, the oldest first."""
    found = []
    for path in sorted((machine.data / "mail").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if address in message["To"]:
            found.append((message["Subject"], message.get_body(("plain",)).get_content()))
    return found


def mailed_token(machine: Machine, address: str, kind: str) -> str:
    """The secret of the last link of a kind (join, confirm, reset), once the mail is there."""

    def find() -> str | None:
        links = [
            match.group(1)
            for _, text in letters_to(machine, address)
            if (match := re.search(rf"/{kind}/([\w-]{{43}})", text))
        ]
        return links[-1] if links else None

    eventually(lambda: find() is not None)
    token = find()
    assert token is not None
    return token


@contextmanager
def database_of(machine: Machine, service: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to one service's database, each statement its own transaction."""
    with psycopg.connect(urls_of(machine)[service], autocommit=True) as connection:
        yield connection


def let_a_week_pass(machine: Machine, *people: Client) -> None:
    """Members who joined just now have been there for eight days."""
    with database_of(machine, "identity") as identity:
        identity.execute(
            "UPDATE members SET joined_at = joined_at - interval '8 days' WHERE id = ANY(%s)",
            [[person.member["id"] for person in people]],
        )


def let_a_minute_pass(machine: Machine) -> bool:
    """What identity does again in a minute is due now, once it was done; whether there is any."""
    again = "UPDATE mails SET next_try_at = now() WHERE kind = 'forget' AND attempts = 1"
    with database_of(machine, "identity") as identity:
        return identity.execute(again).rowcount > 0


def rows_with(machine: Machine, words: list[str]) -> list[str]:
    """Where any of the words stands in any table of any service, in whatever letters."""
    found = []
    for service in urls_of(machine):
        with database_of(machine, service) as database:
            tables = database.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            for (table,) in tables:
                # The bytes of failed events as text as well.
                columns = f"{table}::text"
                if table == "failed_events":
                    columns += " || encode(body, 'escape')"
                for word in words:
                    count = database.execute(
                        f"SELECT count(*) FROM {table} WHERE strpos(lower({columns}), %s) > 0",  # type: ignore[arg-type]
                        [word.lower()],
                    ).fetchone()
                    if count and count[0]:
                        found.append(f"{service}.{table}: {word}")
    return found


def files_with(folder: Path, words: list[str]) -> list[str]:
    """The files below a folder in which any of the words stands; mails are decoded."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            text = _text_of(path).lower()
            found += [f"{path.name}: {word}" for word in words if word.lower() in text]
    return found


def grow_branch(identity_url: str, sponsor_id: str | None, size: int) -> list[UUID]:
    """A branch below a member, or none, two invitees each, as if it had grown in the last month.

    By identity's own actions: through the API it would take the weeks that newcomers wait.
    """
    database = Database(identity_url)
    hashed = hash_password(PASSWORD)
    grown: list[UUID] = []
    with clock.at(clock.now() - timedelta(days=30)), database.transaction() as session:
        for index in range(size):
            root = UUID(sponsor_id) if sponsor_id else None
            above = root if index < 2 else grown[index // 2 - 1]
            _, token = invitations._add(session, sponsor_id=above, role="member")
            grown.append(
                members.join(
                    session,
                    token=token,
                    name=f"Branch {index}",
                    email=f"branch{index}@example.org",
                    password_hash=hashed,
                    locale="fr",
                    is_sharing_first_steps=False,
                    client="127.0.0.1",
                )
            )
    database.close()
    return grown


def sign_in(url: str, index: int, kind: type[Client] = Client) -> Client:
    """A client of the grown branch's member of this number."""
    email = f"branch{index}@example.org"
    granted = Client(url).ok("POST", "/sessions", {"email": email, "password": PASSWORD})
    client = kind(url, granted["access_token"], email=email)
    client.member = client.ok("GET", "/members/me")
    return client


def count_states(machine: Machine, ids: list[UUID]) -> dict[str, set[str]]:
    """In each service, the states that these members have there."""
    states = {}
    for service, table in (
        ("identity", "members"),
        ("social", "member_refs"),
        ("discussion", "member_refs"),
        ("skills", "member_refs"),
    ):
        with database_of(machine, service) as database:
            rows = database.execute(
                f"SELECT DISTINCT state FROM {table} WHERE id = ANY(%s)", [ids]
            ).fetchall()
            states[service] = {state for (state,) in rows}
    return states


def urls_of(machine: Machine) -> dict[str, str]:
    """The databases of a machine, by service."""
    known = json.loads((machine.data / "run" / "databases.json").read_text())
    return {
        name.removeprefix("SKILLER_").removesuffix("_DATABASE_URL").lower(): url
        for name, url in known.items()
    }


def _text_of(path: Path) -> str:
    if path.suffix != ".eml":
        return path.read_bytes().decode("utf-8", "replace")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return "\n".join([str(message["To"]), str(message["Subject"]), *parts])
