"""Wrong passwords are counted, by client and by address, and the honest member gets in."""

from datetime import timedelta

from werkzeug.test import TestResponse

from chassis import clock
from chassis.settings import Secret
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import private_pem
from services.identity.tests.factories import (
    JOINED,
    PASSWORD,
    add_member,
    at_once,
    code_of,
    ever,
    invite,
    join,
    token_of,
)


def try_in(
    identity: ServiceUnderTest,
    *,
    password: str = "wrong",
    email: str = "ada@example.org",
    client: str = "192.0.2.1",
) -> TestResponse:
    return identity.as_stranger().post(
        "/sessions",
        {"email": email, "password": password},
        headers={"X-Forwarded-For": client},
    )


def test_sixth_wrong_password_of_a_client_is_refused_and_one_comes_back_every_12_minutes(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada")
    with clock.at(JOINED):
        answers = [try_in(identity) for _ in range(6)]
        right = try_in(identity, password=PASSWORD)
    with clock.at(JOINED + timedelta(minutes=12)):
        later = try_in(identity, password=PASSWORD)

    assert [code_of(answer)[0] for answer in answers] == [401] * 5 + [429]
    assert int(answers[5].headers["Retry-After"]) == 720
    assert code_of(right) == (429, "too_many_tries")
    assert later.status_code == 201


def test_known_and_unknown_addresses_are_limited_alike(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")

    known = [code_of(try_in(identity)) for _ in range(7)]
    unknown = [code_of(try_in(identity, email="no@example.org")) for _ in range(7)]

    assert known == unknown


def test_other_clients_are_not_locked_out(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    for _ in range(6):
        try_in(identity)

    assert try_in(identity, password=PASSWORD, client="192.0.2.2").status_code == 201


def test_right_password_gives_the_tries_back(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")

    for _ in range(3):
        wrong = [try_in(identity) for _ in range(4)]
        assert {answer.status_code for answer in wrong} == {401}
        assert try_in(identity, password=PASSWORD).status_code == 201


def test_attacked_address_gives_each_client_two_tries_and_lets_its_member_in(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada")
    with clock.at(JOINED):
        for index in range(20):
            for _ in range(5):
                assert try_in(identity, client=f"198.51.100.{index}").status_code == 401

        next_one = [try_in(identity, client="203.0.113.1").status_code for _ in range(3)]
        mistaken = try_in(identity, client="203.0.113.9")
        honest = try_in(identity, password=PASSWORD, client="203.0.113.9")

    assert next_one == [401, 401, 429]
    assert mistaken.status_code == 401
    assert honest.status_code == 201


def test_one_client_tries_no_more_than_fifty_addresses(identity: ServiceUnderTest) -> None:
    with clock.at(JOINED):
        answers = [
            try_in(identity, email=f"{index}@example.org").status_code for index in range(51)
        ]

    assert answers == [401] * 50 + [429]


def test_many_at_once_are_counted_as_well(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    for _ in range(4):
        try_in(identity)

    answers = at_once(identity, "SELECT FROM limits FOR UPDATE", [lambda: try_in(identity)] * 2)

    assert sorted(answer.status_code for answer in answers) == [401, 429]


def test_limits_survive_a_restart(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    for _ in range(6):
        try_in(identity)

    restarted = ServiceUnderTest(
        identity.service, str(identity.settings.database_url), signing_key=Secret(private_pem())
    )
    answer = try_in(restarted, password=PASSWORD)
    restarted.close()

    assert code_of(answer) == (429, "too_many_tries")


def test_who_tries_many_invitations_is_stopped(identity: ServiceUnderTest) -> None:
    with clock.at(JOINED):
        answers = [join(identity, f"forged-{index}").status_code for index in range(21)]

    assert answers == [404] * 20 + [429]


def test_a_whole_company_joins_from_one_address(identity: ServiceUnderTest) -> None:
    root = add_member(identity, "Root", role="administrator")

    with clock.at(JOINED):
        answers = [
            join(identity, token_of(invite(identity, root)), email=f"{index}@example.org")
            for index in range(22)
        ]

    assert {answer.status_code for answer in answers} == {201}


def test_one_host_s_links_together_try_few_addresses(identity: ServiceUnderTest) -> None:
    """Who may join learns that an address is taken; another link gives no new tries."""
    ada = add_member(identity, "Ada")
    add_member(identity, "Bob")

    def attempt(link: str, client: int) -> int:
        return (
            identity.as_stranger()
            .post(
                "/members",
                {"token": link, "name": "Q", "email": "bob@example.org", "password": PASSWORD},
                headers={"X-Forwarded-For": f"2001:db8:0:{client:x}::1"},
            )
            .status_code
        )

    with clock.at(JOINED):
        links = [token_of(invite(identity, ada)) for _ in range(3)]
        statuses = [attempt(links[index % 3], index) for index in range(21)]

    assert statuses == [409] * 20 + [429]


def test_invitations_of_one_day_have_an_end(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    with clock.at(JOINED):
        for _ in range(20):
            made = invite(identity, ada)
            identity.as_member(ada).delete(f"/invitations/{made['id']}", headers=ever(ada))
        refused = identity.as_member(ada).post("/invitations", {}, headers=ever(ada))

    assert code_of(refused) == (429, "too_many_tries")
