"""One mailbox is one member, however its address is spelt; what no mail reaches is refused."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from chassis import migrations
from chassis.database import driver_url
from chassis.testing.service import Server, ServiceUnderTest
from services.identity.app import SERVICE
from services.identity.models import Credentials
from services.identity.tests.factories import (
    PASSWORD,
    add_member,
    code_of,
    invite,
    join,
    queued_mails,
    sign_in,
    token_of,
)
from services.identity.tests.mailbox import change


def joined(identity: ServiceUnderTest, email: str) -> Any:
    sponsor = add_member(identity, "Host", email=f"host{id(email)}@example.org")
    return join(identity, token_of(invite(identity, sponsor)), email=email)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        ("zoe@xn--bcher-kva.example", "Zoe@BÜCHER.example"),
        ("zo\u00e9@example.org", "zoe\u0301@EXAMPLE.org"),
    ],
)
def test_second_spelling_of_a_mailbox_joins_not_again_and_signs_in(
    identity: ServiceUnderTest, first: str, second: str
) -> None:
    assert joined(identity, first).status_code == 201

    assert code_of(joined(identity, second)) == (409, "email_unusable")
    assert sign_in(identity, second).status_code == sign_in(identity, first).status_code == 201


@pytest.mark.parametrize(
    "email",
    [
        *("eva@localhost", "eva@[127.0.0.1]", f"{'x' * 65}@example.org", "twin@ⓔxample.org"),
        *("twin@ｅxample.org", "=?utf-8?q?a=0D=0ABcc:_b?=@example.org", "a\u202eb@example.org"),
    ],
)
def test_address_that_no_mail_reaches_or_that_is_spelt_otherwise_is_refused(
    identity: ServiceUnderTest, email: str
) -> None:
    stranger, host = identity.as_stranger(), add_member(identity, "Ada")
    request = {"name": "Eva", "email": email, "motivation": "I like it."}
    moving = {"email": email, "password": PASSWORD}

    answers = [
        joined(identity, email),
        stranger.post("/password-resets", {"email": email}),
        stranger.post("/invitation-requests", request),
        identity.as_member(host).post("/invitations", {"email": email}),
        identity.as_member(host).put("/members/me/address", json=moving),
    ]

    assert {code_of(answer) for answer in answers} == {(422, "invalid")}
    assert {tuple(answer.get_json()["errors"]) for answer in answers} == {("email",)}
    assert not queued_mails(identity)


def test_decomposed_address_is_composed_first_wherever_it_is_given(
    identity: ServiceUnderTest,
) -> None:
    email = "do\u0308rte@example.org"

    assert joined(identity, email).status_code == 201
    assert identity.as_stranger().post("/password-resets", {"email": email}).status_code == 202

    composed = "d\u00f6rte@example.org"
    assert queued_mails(identity) == [("own_address", composed), ("password_reset", composed)]


def test_all_spellings_of_a_mailbox_share_its_limits(identity: ServiceUnderTest) -> None:
    spellings = ["zoe@bücher.example", "zoe@xn--bcher-kva.example", "ZOE@BÜCHER.example"]
    for email in spellings:
        answer = identity.as_stranger().post("/password-resets", {"email": email})
        assert answer.status_code == 202

    answer = identity.as_stranger().post("/password-resets", {"email": "zoe@BU\u0308CHER.example"})

    assert code_of(answer) == (429, "too_many_tries")


class TestKeysOfBefore:
    """Rows of an earlier release, which kept the domain as it was spelt."""

    def test_their_holder_signs_in_by_either_spelling_and_nobody_joins_beside_them(
        self, identity: ServiceUnderTest
    ) -> None:
        zoe = add_member(identity, "Zoe", email="zoe@bücher.example")
        change(identity, Credentials, zoe.id, email_key="zoe@bücher.example")

        for email in ("zoe@bücher.example", "zoe@xn--bcher-kva.example"):
            assert sign_in(identity, email).status_code == 201
            assert code_of(joined(identity, email)) == (409, "email_unusable")

    def test_two_members_of_one_mailbox_stay_two_each_by_their_own_spelling(
        self, identity: ServiceUnderTest
    ) -> None:
        one = add_member(identity, "One", email="zoe@bücher.example")
        change(identity, Credentials, one.id, email_key="zoe@bücher.example")
        two = add_member(identity, "Two", email="zoe@xn--bcher-kva.example")
        signed_in = [
            sign_in(identity, email).get_json()["access_token"]
            for email in ("Zoe@Bücher.example", "zoe@xn--bcher-kva.example")
        ]

        me = [
            identity.as_stranger()
            .get("/members/me", headers={"Authorization": f"Bearer {token}"})
            .get_json()["id"]
            for token in signed_in
        ]

        assert me == [str(one.id), str(two.id)]

    def test_who_leaves_takes_along_what_waits_under_any_key(
        self, identity: ServiceUnderTest
    ) -> None:
        zoe = add_member(identity, "Zoe", email="zoe@bücher.example")
        identity.as_stranger().post("/password-resets", {"email": "zoe@xn--bcher-kva.example"})
        with identity.session() as session:
            session.execute(text("UPDATE mails SET email_key = 'zoe@bücher.example'"))

        identity.as_member(zoe).delete("/members/me", json={"password": PASSWORD})

        assert [kind for kind, _ in queued_mails(identity)] == ["forget"]


ROWS = [
    ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),  # becomes the canonical one
    ("twin@xn--bcher-kva.example", "twin@xn--bcher-kva.example"),  # is it already
    ("twin@bücher.example", "twin@bücher.example"),  # whose key is taken
    ("éva@ⓔxample.org", "éva@example.org"),
    ("éva@ｅxample.org", "éva@ｅxample.org"),  # the second of two that map to one
    ("ada@example.org", "ada@example.org"),
    ("no@ü..example", "no@ü..example"),  # no domain at all
]


def test_migration_keys_names_and_addresses_and_loses_nobody(server: Server) -> None:
    names = ["Łukasz Żak", "Élodie O’Neill", "alice", "Zoé", "Œuvrard", "Bob", "Cleo"]
    with server.database_at(SERVICE, "0003") as url:
        engine = create_engine(driver_url(url))
        with engine.begin() as connection:
            for number, ((email_key, _), name) in enumerate(zip(ROWS, names, strict=True)):
                member_id = UUID(int=number)
                connection.execute(
                    text(
                        "INSERT INTO members (id, name, headline, company, location, bio, locale,"
                        " role, state, joined_at, revision)"
                        " VALUES (:id, :name, '', '', '', '', 'fr', 'member', 'active', now(), 1)"
                    ),
                    {"id": member_id, "name": name},
                )
                connection.execute(
                    text("INSERT INTO credentials VALUES (:id, :email, :email, 'x')"),
                    {"id": member_id, "email": email_key},
                )
        migrations.migrate(url, SERVICE.folder / "migrations")
        with engine.begin() as connection:
            keys = connection.execute(text("SELECT email_key FROM credentials ORDER BY member_id"))
            assert list(keys.scalars()) == [key for _, key in ROWS]
            listed = connection.execute(text("SELECT name FROM members ORDER BY name_key, id"))
            assert list(listed.scalars()) == [
                *("alice", "Bob", "Cleo", "Élodie O’Neill", "Łukasz Żak", "Œuvrard", "Zoé")
            ]
            words = connection.execute(text("SELECT name_words FROM members WHERE name LIKE 'É%'"))
            assert words.scalar_one() == ["elodie", "neill", "o", "oneill"]
            unkeyed = text("SELECT count(*) FROM members WHERE keyed_name IS DISTINCT FROM name")
            assert connection.execute(unkeyed).scalar_one() == 0
        engine.dispose()
