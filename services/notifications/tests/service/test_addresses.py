"""Where members read mail: kept as identity tells it, shown to nobody, gone when they leave."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from click.testing import CliRunner
from sqlalchemy import text
from structlog.testing import capture_logs

from chassis import clock, reconciling
from chassis.cli import dead_letters
from chassis.messaging.consumer import Message
from chassis.messaging.failures import FailedEvent, list_failed
from chassis.messaging.privacy import mask_dead
from chassis.testing.people import joined, left, message, person
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import AddressConfirmed
from services.notifications.actions.replicas import empty
from services.notifications.models import Address
from services.notifications.tests.factories import NOON, SOON, members
from services.notifications.tests.service.test_keeping import run_chores

SECRET = "ada.private@example.org"


def confirmed(one: Person, email: str = SECRET, *, revision: int = 1) -> AddressConfirmed:
    return AddressConfirmed(
        member_id=one.id, email=email, revision=revision, state="confirmed", changed_at=NOON
    )


def gone(one: Person, *, revision: int) -> AddressConfirmed:
    return replace(confirmed(one, "", revision=revision), state="none")


def kept(notifications: ServiceUnderTest) -> list[tuple[str, bool, int]]:
    with notifications.session() as session:
        rows = session.query(Address).order_by(Address.email).all()
    return [(row.email, row.is_confirmed, row.revision) for row in rows]


def failed(notifications: ServiceUnderTest) -> FailedEvent:
    with notifications.session() as session:
        [one] = list_failed(session)
    return one


def test_the_latest_address_is_kept_in_any_order_exported_and_counted(
    notifications: ServiceUnderTest,
) -> None:
    ada, bob = members(notifications, "Ada", "Bob")
    told = [
        confirmed(ada),
        confirmed(ada, "new@example.org", revision=2),
        confirmed(bob, "b@b.org"),
    ]

    for order in permutations(told):
        for event in (*order, order[0]):
            notifications.deliver(event)
        assert kept(notifications) == [("b@b.org", True, 1), ("new@example.org", True, 2)]
        with notifications.session() as session:
            empty(session)
        assert not kept(notifications)
    notifications.deliver(*told)

    assert kept(notifications) == [("b@b.org", True, 1), ("new@example.org", True, 2)]
    exported = notifications.as_member(ada).get("/members/me/export/notifications").json
    assert exported["address"] == {
        "email": "new@example.org",
        "is_confirmed": True,
        "changed_at": NOON.isoformat(),
    }
    with notifications.session() as session:
        totals = reconciling.count(session, "notifications", notifications.service.all_shares)
    assert [(one.rows, one.revisions) for one in totals if one.kind == "addresses"] == [(2, 3)]


def test_nothing_is_kept_of_who_left_in_whatever_order_it_is_told(
    notifications: ServiceUnderTest,
) -> None:
    for order in permutations(range(4)):
        ada = person("Ada")
        told = [joined(ada), confirmed(ada), gone(ada, revision=2), left(ada)]
        for number in order:
            notifications.deliver(told[number])
        notifications.deliver(confirmed(ada))

        assert not kept(notifications), order


def test_an_address_that_is_none_waits_for_the_leaving_without_words(
    notifications: ServiceUnderTest,
) -> None:
    [ada] = members(notifications, "Ada")

    notifications.deliver(confirmed(ada), gone(ada, revision=2), confirmed(ada))
    assert kept(notifications) == [("", False, 2)]

    with notifications.session() as session:
        run = session.connection().exec_driver_sql
        run(f"UPDATE member_refs SET state = 'left' WHERE id = '{ada.id}'")
    run_chores(notifications)
    assert not kept(notifications)


def test_what_fails_repeats_no_address_in_logs_or_errors_and_the_dead_hold_none(
    notifications: ServiceUnderTest,
) -> None:
    [ada] = members(notifications, "Ada")
    refuse_addresses(notifications)

    with capture_logs() as first:
        notifications.consumer.handle([Message(message(confirmed(ada)))])
    waiting, shown = failed(notifications), show(notifications)
    mask_dead.run(notifications.database, None)
    still = failed(notifications)
    with capture_logs() as logs:
        for days in range(1, 6):
            with clock.at(SOON + timedelta(days=days)):
                notifications.consumer.retry_due()
    dead = failed(notifications)
    mask_dead.run(notifications.database, None)

    masked = failed(notifications)
    assert (waiting.state, still.state, dead.state) == ("waiting", "waiting", "dead")
    assert SECRET.encode() in still.body and SECRET.encode() in dead.body
    assert json.loads(masked.body)["data"] == {
        **json.loads(still.body)["data"],
        "email": None,
    }
    said = [waiting.error, dead.error, shown, show(notifications), list_all(notifications)]
    assert all("private" not in one for one in (*said, repr(first + logs)))
    assert "keep_addresses" in dead.error and "RaiseException" in dead.error
    events = [(line["event"], line["error"]) for line in logs]
    assert events[-1] == ("dead letter", "ProgrammingError") and len(events) == 4


def test_a_masked_event_is_refused_again_and_never_kept(notifications: ServiceUnderTest) -> None:
    [ada] = members(notifications, "Ada")
    unreadable = message(confirmed(ada)).replace(b'"state":"confirmed"', b'"state":"?"')
    notifications.consumer.handle([Message(unreadable), Message(unreadable[:-1])])
    while mask_dead.run(notifications.database, None):
        pass

    assert "2 to be tried again" in run(notifications, "retry", "--all")
    while notifications.consumer.retry_due():
        pass

    assert not kept(notifications)
    with notifications.session() as session:
        bodies = [one.body for one in list_failed(session)]
        errors = sorted(one.error for one in list_failed(session))
    assert all(SECRET.encode() not in body for body in bodies)
    assert "AddressConfirmed: email: expected str" in errors[1] + errors[0]


def test_what_failed_of_who_left_is_erased_before_and_after(
    notifications: ServiceUnderTest,
) -> None:
    ada, bob = members(notifications, "Ada", "Bob")
    refuse_addresses(notifications)
    bodies = [message(confirmed(one)) for one in (ada, bob)]
    notifications.consumer.handle([Message(body) for body in bodies])

    notifications.consumer.handle([Message(message(left(ada)))])
    assert failed(notifications).body == bodies[1]

    with notifications.session() as session:
        session.execute(text("DROP TRIGGER refusing ON addresses"))
        session.execute(text("UPDATE member_refs SET state = 'left'"))
    for chore in notifications.service.chores:
        chore.run(notifications.database, notifications.settings)
    with notifications.session() as session:
        assert not list_failed(session)


def refuse_addresses(notifications: ServiceUnderTest) -> None:
    """Let the database refuse each, in words that repeat it."""
    with notifications.session() as session:
        session.execute(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN RAISE EXCEPTION ''not %'', NEW.email; END'"
            )
        )
        session.execute(
            text(
                "CREATE TRIGGER refusing BEFORE INSERT ON addresses"
                " FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
        )


def run(notifications: ServiceUnderTest, *arguments: str) -> str:
    """What `dead-letters` says to the operator."""
    environ = {"SKILLER_DATABASE_URL": notifications.database.url}
    result = CliRunner().invoke(dead_letters, arguments, obj=notifications.service, env=environ)
    assert result.exception is None, result.output
    return result.output


def show(notifications: ServiceUnderTest) -> str:
    return run(notifications, "show", str(failed(notifications).id))


def list_all(notifications: ServiceUnderTest) -> str:
    return run(notifications, "list")
