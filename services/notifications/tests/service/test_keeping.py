"""How long notices are kept."""

from datetime import timedelta

from chassis import clock
from chassis.testing.people import left
from services.notifications import chores, rules
from services.notifications.tests.factories import (
    NOON,
    SOON,
    followed,
    liked,
    members,
    question,
    texts,
)


def run_chores(notifications):
    for chore in chores.CHORES:
        while chore.run(notifications.database, notifications.settings):
            pass


def test_nothing_is_kept_for_who_left(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(bob, audience="members")
    notifications.deliver(followed(ada, bob), asked, liked(ada, asked))

    notifications.deliver(left(bob))
    notifications.deliver(liked(ada, asked, revision=3), followed(ada, bob, revision=3))

    with notifications.session() as session:
        for table in ("notices", "notice_actors"):
            count = f"SELECT count(*) FROM {table} WHERE member_id = '{bob.id}'"
            assert session.connection().exec_driver_sql(count).scalar() == 0


def test_old_notices_are_forgotten(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), question(ada, "Read?"))
    assert (
        notifications.as_member(bob).put("/notices/read", {"up_to": SOON.isoformat()}).data == b""
    )
    later = NOON + timedelta(minutes=1)
    notifications.deliver(question(ada, "Unread?", at=later))

    for days, kept in ((89, ["Unread?", "Read?"]), (91, ["Unread?"]), (401, [])):
        with clock.at(SOON + timedelta(days=days)):
            run_chores(notifications)
            assert texts(notifications, bob) == [f"Ada asks: {title}" for title in kept]


def test_the_oldest_of_very_many_are_forgotten(notifications, monkeypatch):
    monkeypatch.setattr(rules, "MOST_KEPT", 2)
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(
        followed(bob, ada),
        *(question(ada, f"{n}?", at=NOON + timedelta(seconds=n)) for n in range(4)),
    )

    run_chores(notifications)

    assert texts(notifications, bob) == ["Ada asks: 3?", "Ada asks: 2?"]


def test_what_was_told_to_somebody_while_they_left_is_forgotten(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), question(ada))
    with notifications.session() as session:
        run = session.connection().exec_driver_sql
        run(f"UPDATE member_refs SET state = 'left' WHERE id = '{bob.id}'")

    run_chores(notifications)

    with notifications.session() as session:
        run = session.connection().exec_driver_sql
        assert run(f"SELECT count(*) FROM notices WHERE member_id = '{bob.id}'").scalar() == 0
