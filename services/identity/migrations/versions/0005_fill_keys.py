"""Words and keys of names, and keys of addresses, as this release makes them.

Where two members joined by one mailbox, the first keeps the key of before: both sign in as
they did. What the release of before writes meanwhile, the worker keys anew.

Revision ID: 0005
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import idna
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BATCH = 5000
MEMBERS = sa.table(
    "members",
    sa.column("id", sa.Uuid()),
    sa.column("state", sa.String()),
    sa.column("name", sa.String()),
    sa.column("name_words", sa.ARRAY(sa.Text())),
    sa.column("name_key", sa.String()),
    sa.column("keyed_name", sa.String()),
)
ADDRESSED = [
    sa.table(name, sa.column(key, sa.Uuid()), sa.column("email_key", sa.String()))
    for name, key in (
        ("credentials", "member_id"),
        ("mails", "id"),
        ("address_changes", "id"),
        ("invitation_requests", "id"),
    )
]


def upgrade() -> None:
    for rows in _batches(sa.select(MEMBERS.c.id, MEMBERS.c.state, MEMBERS.c.name)):
        _update(MEMBERS, "id", [_named(row) for row in rows])
    for table in ADDRESSED:
        _key_addresses(table)


def _named(row: Any) -> dict[str, Any]:
    parts = [] if row.state == "left" else list(_split_name(row.name))
    words = sorted({word for some in parts for word in (*some, "".join(some))})
    key = " ".join("".join(some) for some in parts)[:100]
    return {"key": row.id, "name_words": words, "name_key": key, "keyed_name": row.name}


def _key_addresses(table: sa.TableClause) -> None:
    """Only where the domain has letters beyond ASCII; nowhere where a key is taken already."""
    [key, email_key] = table.c
    wanted = sa.select(key, email_key).where(email_key.regexp_match("[^\\x01-\\x7f]"))
    connection = op.get_bind()
    for row in connection.execute(wanted.order_by(key)).all():
        new = _key_of(row.email_key)
        statement = sa.update(table).where(key == row[0]).values(email_key=new)
        if table.name == "credentials":
            other = table.alias()
            statement = statement.where(
                ~sa.exists().where(other.c.email_key == new).select_from(other)
            )
        if new != row.email_key:
            connection.execute(statement)


def _batches(statement: sa.Select[*tuple[Any, ...]]) -> Iterator[Sequence[Any]]:
    rows = op.get_bind().execute(statement).all()
    yield from (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def _update(table: sa.TableClause, key: str, found: list[dict[str, Any]]) -> None:
    values: dict[str, Any] = {name: sa.bindparam(name) for name in found[0] if name != "key"}
    statement = sa.update(table).where(table.c[key] == sa.bindparam("key")).values(values)
    op.get_bind().execute(statement, found)


# As names.py, chassis/folding.py and mailing/addresses.py made them at the time.
SPELT = {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ȷ": "j", "ŋ": "n", "ĸ": "k"}
SPELT |= {"ə": "e", "ɛ": "e", "ɔ": "o", "ɪ": "i", "ʊ": "u", "ʒ": "z", "ɑ": "a"}
WITH = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH .+")
APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʻʹʽˈ`´′＇‛"), "'")


def _split_name(text: str) -> Iterator[list[str]]:
    for chunk in _fold(text.translate(APOSTROPHES)).split():
        parts = [part[:100] for part in re.findall(r"[^\W_]+", chunk)]
        if parts:
            yield parts


def _fold(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(_plain(letter) for letter in apart if not unicodedata.combining(letter))


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    with_something = WITH.fullmatch(unicodedata.name(letter, ""))
    return with_something[1].lower() if with_something else SPELT.get(letter, letter)


def _key_of(key: str) -> str:
    local, at, domain = key.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return key
    return f"{local}{at}{ascii_domain}"
