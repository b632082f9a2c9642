"""Ladders and what goes wrong around them: rebuilds, locks, what is heard late, who leaves."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

from sqlalchemy import text, update

from chassis import clock
from chassis.identifiers import new_id
from chassis.messaging.consumer import Message
from chassis.messaging.envelope import seal
from chassis.testing.people import MONDAY, joined, left, suspended
from chassis.testing.waiting import eventually
from contracts.identity import InvitationRequested
from contracts.skills import SkillMerged
from contracts.social import KeywordFollowed, KeywordUnfollowed
from services.notifications.actions import broadcasts, keeping, replicas
from services.notifications.actions.ladders import climb
from services.notifications.models import Broadcast
from services.notifications.tests.factories import (
    NOON,
    answer,
    attributed,
    blocked,
    climbed,
    followed,
    ladder_of,
    members,
    of_questions,
    shown,
    waiting,
)
from services.notifications.tests.mailbox import confirmed

THURSDAY, WEDNESDAY, FRIDAY = (NOON + timedelta(days=days) for days in (2, 8, 10))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ASKED = "You may know: Who knows rye?"
WAITS = "A question waits for an answer: Who knows rye?"


def texts(notifications, member) -> list[str]:
    return [one["text"] for one in of_questions(notifications, member)]


def follows_keyword(member, slug: str, *, at: datetime = MONDAY) -> KeywordFollowed:
    return KeywordFollowed(member_id=member.id, slug=slug, revision=1, changed_at=at)


def unfollows_keyword(member, slug: str) -> KeywordUnfollowed:
    return KeywordUnfollowed(member_id=member.id, slug=slug, revision=2, changed_at=FRIDAY)


def climbed_to_the_end(notifications) -> None:
    for at in (THURSDAY, WEDNESDAY, FRIDAY):
        climbed(notifications, at)


def told_again(notifications, *events) -> None:
    sealed = (seal(event, replay=new_id())[1] for event in events)
    notifications.consumer.handle([Message(one.encode()) for one in sealed])


def test_a_rebuild_asks_nobody_twice_and_nothing_until_an_hour_after_the_last_was_told(
    notifications,
):
    ada, bob, cleo, dan = members(notifications, "Ada", "Bob", "Cleo", "Dan")
    asked = waiting(ada, "rye")
    told = (*asked, *(attributed(one, 2, revision=1) for one in (bob, cleo)), blocked(cleo, ada))
    hers = answer(dan, asked[0], at=WEDNESDAY)
    notifications.deliver(*told)
    climbed(notifications, THURSDAY)

    emptied = WEDNESDAY - timedelta(hours=25)
    with clock.at(emptied), notifications.session() as session:
        replicas.empty(session)
    with clock.at(WEDNESDAY - HOUR):
        again = (joined(one, revision=2) for one in (ada, bob, cleo, dan))
        told_again(notifications, *again, *asked, attributed(cleo, 2, revision=1))
    with clock.at(WEDNESDAY - MINUTE):
        told_again(notifications, attributed(bob, 2, revision=1))
    climbed(notifications, WEDNESDAY)  # a step was due at this minute
    with clock.at(WEDNESDAY):
        assert len(ladder_of(notifications, ada, asked)["steps"]) == 1
        assert texts(notifications, cleo) == []
        told_again(notifications, hers, blocked(cleo, ada))
    climbed(notifications, WEDNESDAY + 2 * HOUR)

    with clock.at(WEDNESDAY + 2 * HOUR):
        assert texts(notifications, cleo) == texts(notifications, bob) == []
        assert [one["asked_count"] for one in ladder_of(notifications, ada, asked)["steps"]] == [1]
        assert ladder_of(notifications, ada, asked)["state"] == "answered"


def test_no_step_is_taken_for_a_day_after_a_rebuild_begins(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    told = (*waiting(ada, "rye"), attributed(bob, 2, revision=1))
    notifications.deliver(*told)
    with clock.at(THURSDAY), notifications.session() as session:
        replicas.empty(session)
    with clock.at(THURSDAY):
        notifications.deliver(joined(ada, revision=2), joined(bob, revision=2), *told)

    for at, is_asked in ((THURSDAY + 5 * HOUR, False), (THURSDAY + timedelta(days=1), True)):
        climbed(notifications, at)
        with clock.at(at):
            assert (ASKED in texts(notifications, bob)) == is_asked


def test_a_rebuild_ends_no_telling_of_keywords_followers(notifications):
    ada, fay = members(notifications, "Ada", "Fay")
    asked = waiting(ada, keywords=("rye",))
    notifications.deliver(*asked)
    climbed_to_the_end(notifications)
    with clock.at(FRIDAY), notifications.session() as session:  # as if there were a thousand more
        session.execute(update(Broadcast).values(is_done=False))
        replicas.empty(session)

    def go_on(at) -> bool:
        with clock.at(at), notifications.session() as session:
            return broadcasts.go_on(session)

    assert not go_on(FRIDAY)
    with clock.at(FRIDAY + HOUR):
        notifications.deliver(joined(ada, revision=2), joined(fay, revision=2), *asked)
    assert not go_on(FRIDAY + HOUR)
    with clock.at(FRIDAY + HOUR):
        notifications.deliver(follows_keyword(fay, "rye"))
    assert go_on(FRIDAY + timedelta(days=1)) and not go_on(FRIDAY + timedelta(days=1))
    with clock.at(FRIDAY + timedelta(days=1)):
        assert texts(notifications, fay) == [WAITS]


def test_a_keyword_follow_is_told_of_what_waited_however_late_it_is_heard(notifications):
    ada, fay, gus, hal = members(notifications, "Ada", "Fay", "Gus", "Hal")
    notifications.deliver(*waiting(ada, keywords=("wheat", "rye")))
    climbed_to_the_end(notifications)

    with clock.at(FRIDAY):
        notifications.deliver(
            follows_keyword(fay, "rye"),
            follows_keyword(gus, "rye", at=FRIDAY + MINUTE),
            follows_keyword(hal, "barley"),
        )

        assert texts(notifications, fay) == [WAITS]
        assert texts(notifications, gus) == texts(notifications, hal) == []


def test_who_follows_a_keyword_no_more_is_shown_nothing_of_it(notifications):
    ada, fay = members(notifications, "Ada", "Fay")
    asks = InvitationRequested(request_id=new_id(), revision=1, keywords=("rye", "bread"))
    notifications.deliver(
        *waiting(ada, keywords=("rye", "wheat")),
        *(follows_keyword(fay, slug) for slug in ("rye", "wheat", "barley")),
        asks,
    )
    climbed_to_the_end(notifications)
    with clock.at(FRIDAY):
        kinds = {one["kind"] for one in shown(notifications, fay)}
        assert kinds >= {"unanswered"}

        notifications.deliver(unfollows_keyword(fay, "wheat"))
        assert {one["kind"] for one in shown(notifications, fay)} == kinds
        notifications.deliver(unfollows_keyword(fay, "rye"))
        assert shown(notifications, fay) == []


def test_the_last_step_counts_those_who_are_shown_it(notifications):
    ada, *others = members(notifications, "Ada", *"BCDEFG")
    across, away, gone, follower, asked_one, other = others
    asked = waiting(ada, "rye", keywords=("rye",), audience="followers")
    notifications.deliver(
        followed(follower, ada),
        *asked,
        *(follows_keyword(one, "rye") for one in (ada, *others)),
        attributed(asked_one, 2, revision=1),
        blocked(across, ada),
        suspended(away),
        left(gone),
    )

    climbed_to_the_end(notifications)

    with clock.at(FRIDAY):
        counts = [one["asked_count"] for one in ladder_of(notifications, ada, asked)["steps"]]
        some = (across, follower, asked_one, other)
        seen = [one.name for one in some if WAITS in texts(notifications, one)]
    assert (counts, seen) == ([1, 0, 1], ["G"])


def test_a_step_waits_for_no_member_who_is_held_and_is_taken_a_minute_later(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = waiting(ada, "rye")
    notifications.deliver(*asked, attributed(bob, 2, revision=1))

    with clock.at(THURSDAY), notifications.session() as session:
        replicas.keep_members(session, [joined(bob, revision=2)])
        beside = Thread(target=climbed, args=(notifications, THURSDAY))
        beside.start()
        beside.join(timeout=20)
        has_waited = beside.is_alive()
    beside.join()

    assert not has_waited
    with clock.at(THURSDAY):
        assert ladder_of(notifications, ada, asked)["steps"] == []
    climbed(notifications, THURSDAY + MINUTE)
    with clock.at(THURSDAY + MINUTE):
        assert texts(notifications, bob) == [ASKED]


def test_who_leaves_and_who_is_told_never_wait_for_each_other(notifications, monkeypatch):
    ada, fay = members(notifications, "Ada", "Fay")
    notifications.deliver(*waiting(ada, keywords=("rye",)), follows_keyword(fay, "rye"))
    notifications.deliver(confirmed(fay))  # when mails to her are planned is a row of hers
    climbed(notifications, THURSDAY)
    climbed(notifications, WEDNESDAY)
    begin, failed = broadcasts.begin, []

    def leave() -> None:
        try:
            with clock.at(FRIDAY), notifications.session() as session:
                replicas.keep_members(session, [joined(fay, revision=2), left(ada)])
        except Exception as error:
            failed.append(error)

    beside = Thread(target=leave)

    def begin_meanwhile(session, **named) -> None:
        beside.start()
        eventually(lambda: _is_waiting(notifications))
        begin(session, **named)

    monkeypatch.setattr(broadcasts, "begin", begin_meanwhile)
    with clock.at(FRIDAY), notifications.session() as session:
        climb(session, zone=ZoneInfo(notifications.settings.zone))
    beside.join()

    assert failed == []


def test_of_questions_of_who_left_asks_are_kept_for_a_week_and_steps_not_at_all(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(*waiting(ada, "rye"), attributed(bob, 2, revision=1))
    climbed(notifications, THURSDAY)

    def kept(at, table) -> int:
        with clock.at(at), notifications.session() as session:
            keeping.forget_old_ladders(session)
            return session.scalar(text(f"SELECT count(*) FROM {table}"))

    with clock.at(THURSDAY):
        notifications.deliver(left(ada))
    with notifications.session() as session:
        assert session.scalar(text("SELECT count(*) FROM ladder_steps")) == 0
    assert kept(THURSDAY + timedelta(days=7), "asks") == 1
    assert kept(THURSDAY + timedelta(days=7) + MINUTE, "asks") == 0


def test_a_skill_is_spared_by_whatever_name_it_goes(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    entry = {"label_en": "Rye", "label_fr": "Seigle", "revision": 1, "changed_at": NOON}
    notifications.deliver(*waiting(ada, "rye"), attributed(bob, 2, revision=1))
    climbed(notifications, THURSDAY)
    with clock.at(THURSDAY):
        [told] = of_questions(notifications, bob)
        notifications.as_member(bob).put(f"/notices/{told['id']}/not-me")
        later = waiting(ada, "secale", at=THURSDAY, title="And now?")
        notifications.deliver(
            SkillMerged(slug="rye", into="secale", state="merged", **entry),
            SkillMerged(slug="oats", into=None, state="apart", **entry),
            replace(attributed(bob, 2, revision=1), skill="secale"),
            *later,
        )
    climbed(notifications, THURSDAY + timedelta(days=4))

    with clock.at(THURSDAY + timedelta(days=4)):
        assert ladder_of(notifications, ada, later)["steps"][0]["asked_count"] == 0


def _is_waiting(notifications) -> bool:
    with notifications.session() as session:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(session.scalar(text(waiting)))
