"""What proves somebody is nowhere in the database as it was given out."""

from sqlalchemy import text

from chassis.testing.service import ServiceUnderTest
from services.identity.tests.factories import (
    add_member,
    invite,
    join,
    refresh,
    sign_in,
    token_of,
)

SECRET_PHRASE = "open sesame, said Ali"


def test_no_token_and_no_password_can_be_read_in_any_table(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    keyed = {"headers": {"Idempotency-Key": "kept"}}
    invited = identity.as_member(ada).post("/invitations", {"note": "visible"}, **keyed).get_json()
    opened = invite(identity, ada)
    join(identity, token_of(invited), email="grace@example.org", password=SECRET_PHRASE)
    session = sign_in(identity, "grace@example.org", SECRET_PHRASE).get_json()
    rotated = refresh(identity, session["refresh_token"]).get_json()

    stored = everything(identity)

    assert "visible" in stored and "grace@example.org" in stored and "kept" in stored
    secrets = [token_of(invited), token_of(opened), SECRET_PHRASE]
    secrets += [one[kind] for one in (session, rotated) for kind in session if "_token" in kind]
    for secret in secrets:
        assert secret not in stored
        assert secret.encode().hex() not in stored  # as bytes


def test_addresses_are_told_to_no_other_service(identity: ServiceUnderTest) -> None:
    token = token_of(invite(identity, add_member(identity, "Ada")))

    join(identity, token, email="grace@example.org")

    with identity.session() as session:
        told = session.scalars(text("SELECT body FROM outbox")).all()
    assert len(told) == 1 and "example.org" not in told[0]


def everything(identity: ServiceUnderTest) -> str:
    """Every row of every table, as text."""
    with identity.session() as session:
        tables = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        assert {"credentials", "refresh_tokens", "idempotency_keys", "outbox"} <= set(tables)
        rows = [
            row
            for table in tables
            for row in session.scalars(text(f'SELECT t::text FROM "{table}" t'))
        ]
    return "\n".join(rows)
