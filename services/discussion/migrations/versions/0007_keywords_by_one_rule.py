"""A keyword's slug by the new rule, its former ones as aliases, and how often each spelling stands.

Keywords whose slugs fall together now are joined: the one with most questions stays. Each label
is the most used spelling from here on; what an earlier release writes counts with the next use.

Revision ID: 0007
"""

import re
import unicodedata
from collections import defaultdict
from functools import partial

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "keyword_aliases",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("keyword_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["keyword_id"],
            ["keywords.id"],
            name=op.f("fk_keyword_aliases_keyword_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_keyword_aliases")),
    )
    op.create_index("ix_keyword_aliases_keyword_id", "keyword_aliases", ["keyword_id"])
    op.create_table(
        "keyword_spellings",
        sa.Column("keyword_id", sa.Uuid(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("use_count", sa.Integer(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["keyword_id"],
            ["keywords.id"],
            name=op.f("fk_keyword_spellings_keyword_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("keyword_id", "written", name=op.f("pk_keyword_spellings")),
    )
    op.add_column(
        "keywords",
        sa.Column("is_label_fixed", sa.Boolean(), nullable=False, server_default="false"),
    )
    op.add_column(
        "keywords", sa.Column("revision", sa.Integer(), nullable=False, server_default="1")
    )
    connection = op.get_bind()
    _rename(connection)
    connection.execute(
        sa.text(
            "UPDATE post_keywords SET written = keywords.label FROM keywords"
            " WHERE keywords.id = keyword_id AND written = ''"
        )
    )
    connection.execute(
        sa.text(
            "INSERT INTO keyword_spellings (keyword_id, written, use_count, first_used_at)"
            " SELECT keywords.id, keywords.label, count(post_id), keywords.created_at FROM keywords"
            " LEFT JOIN post_keywords ON keyword_id = keywords.id GROUP BY keywords.id"
        )
    )


def _rename(connection: sa.Connection) -> None:
    rows = connection.execute(
        sa.text(
            "SELECT keywords.id, slug, label, created_at, count(post_id) AS uses FROM keywords"
            " LEFT JOIN post_keywords ON keyword_id = keywords.id GROUP BY keywords.id"
        )
    ).all()
    by_slug = defaultdict(list)
    for row in rows:
        by_slug[_slug_of(row.label) or row.slug].append(row)
    for slug, same in by_slug.items():
        kept, *others = sorted(same, key=lambda row: (-row.uses, row.created_at, row.id))
        for other in others:
            _join(connection, kept.id, other.id)
        former = {row.slug for row in same} - {slug}
        if not former:
            continue
        # Another keyword may have the slug still, under which it is not kept.
        connection.execute(
            sa.text("UPDATE keywords SET slug = id::text WHERE slug = :slug AND id <> :id"),
            {"slug": slug, "id": kept.id},
        )
        connection.execute(
            sa.text("UPDATE keywords SET slug = :slug, revision = revision + 1 WHERE id = :id"),
            {"slug": slug, "id": kept.id},
        )
        # Only one that no label has any more: who writes "C" does not mean what was "C＋＋".
        for alias in sorted(one for one in former - by_slug.keys() if _FORMER.search(one)):
            connection.execute(
                sa.text("INSERT INTO keyword_aliases VALUES (:slug, :id, now())"),
                {"slug": alias, "id": kept.id},
            )


def _join(connection: sa.Connection, kept: object, other: object) -> None:
    run = partial(connection.execute, parameters={"kept": kept, "other": other})
    run(
        sa.text(
            "DELETE FROM post_keywords WHERE keyword_id = :other AND post_id IN"
            " (SELECT post_id FROM post_keywords WHERE keyword_id = :kept)"
        )
    )
    run(sa.text("UPDATE post_keywords SET keyword_id = :kept WHERE keyword_id = :other"))
    run(sa.text("DELETE FROM keywords WHERE id = :other AND id <> :kept"))


# `chassis.slugs.slug_of` and `chassis.folding.fold` as they were when this was written.
_SPOKEN = {"+": " plus ", "#": " sharp ", "♯": " sharp ", ".": " dot ", "&": " and "}
_SPELT = {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ȷ": "j", "ŋ": "n", "ĸ": "k"}
_SPELT |= {"ə": "e", "ɛ": "e", "ɔ": "o", "ɪ": "i", "ʊ": "u", "ʒ": "z", "ɑ": "a"}
_FORMER = re.compile("|".join(f"u{ord(letter):x}" for letter in [*_SPELT, *"øłđħŧ"]))
_WITH = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH .+")


def _slug_of(label: str) -> str:
    written = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).casefold())
    return "-".join(re.findall(r"[a-z0-9]+", "".join(map(_spelt, written))))


def _spelt(letter: str) -> str:
    if letter.isascii() or letter in _SPOKEN:
        return _SPOKEN.get(letter, letter)
    kind = unicodedata.category(letter)
    if kind == "Cf" or "\u0300" <= letter <= "\u036f" or "\ufe00" <= letter <= "\ufe0f":
        return ""
    if unicodedata.name(letter, "").startswith(("LATIN", "GREEK")):
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
        letter = "".join(_plain(one) for one in apart if not unicodedata.combining(one))
    return "".join(one if one.isascii() else _coded(one) for one in letter)


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    found = _WITH.fullmatch(unicodedata.name(letter, ""))
    return found[1].lower() if found else _SPELT.get(letter, letter)


def _coded(letter: str) -> str:
    is_part_of_a_word = letter.isalnum() or unicodedata.category(letter).startswith("M")
    return f"u{ord(letter):x}" if is_part_of_a_word else " "
