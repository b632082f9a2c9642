"""Being asked: never more than one takes, not for what one wants no asking, and by one worker."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.people import joined, left
from contracts.discussion import AnswerRequested
from contracts.projects import ProjectHelpAsked
from contracts.skills import SkillWithdrawn
from services.notifications.actions.ladders import climb
from services.notifications.models import Ask, LadderStep
from services.notifications.tests.factories import (
    NOON,
    PROJECT,
    attributed,
    blocked,
    climbed,
    followed,
    members,
    of_questions,
    project_of,
    shown,
    unfollowed,
    waiting,
)

THURSDAY = NOON + timedelta(days=2)
ASKED = "You may know: Who knows rye?"


def texts(notifications, member) -> list[str]:
    return [one["text"] for one in of_questions(notifications, member)]


def test_requests_and_invitations_to_help_leave_less_to_ask(notifications):
    ada, bob, cleo, dan = members(notifications, "Ada", "Bob", "Cleo", "Dan")
    one, other, third = (waiting(ada, "rye", title=f"{n}?") for n in "123")
    notifications.deliver(
        *one,
        *other,
        *third,
        project_of(ada),
        *(attributed(member, 2, revision=1) for member in (bob, cleo, dan)),
        *(replace(joined(member, revision=2), asks_per_week=2) for member in (bob, cleo, dan)),
        request(ada, cleo, new_id()),
        help_asked(ada, dan),
        request(ada, dan, new_id()),
    )

    climbed(notifications, THURSDAY)

    with clock.at(THURSDAY):
        assert len(asks(notifications, bob)) == 2
        assert len(asks(notifications, cleo)) == 1
        assert asks(notifications, dan) == []


def test_a_request_or_a_follow_says_more_than_an_ask(notifications):
    ada, bob, cleo, dan = members(notifications, "Ada", "Bob", "Cleo", "Dan")
    asked = waiting(ada, "rye", audience="followers")
    notifications.deliver(
        followed(cleo, ada),
        *asked,
        *(attributed(member, 2, revision=1) for member in (bob, cleo, dan)),
        request(ada, dan, asked[0].post_id),
    )

    climbed(notifications, THURSDAY)
    with clock.at(THURSDAY):
        assert texts(notifications, cleo) == ["Ada asks: Who knows rye?"]
        assert texts(notifications, dan) == ["Ada asks you to answer: Who knows rye?"]
        assert texts(notifications, bob) == [ASKED]
        assert asks(notifications, cleo) == asks(notifications, dan) == []

        notifications.deliver(request(ada, bob, asked[0].post_id, at=THURSDAY))
        assert texts(notifications, bob) == ["Ada asks you to answer: Who knows rye?"]


def test_who_sees_it_no_more_by_something_stronger_is_asked(notifications):
    ada, bob, cleo, dan, eve = members(notifications, "Ada", "Bob", "Cleo", "Dan", "Eve")
    asked = waiting(ada, "rye", audience="followers")
    notifications.deliver(
        followed(bob, ada),
        *asked,
        *(attributed(member, 2, revision=1) for member in (bob, cleo, dan)),
        *(request(eve, member, asked[0].post_id) for member in (cleo, dan)),
    )
    notifications.deliver(unfollowed(bob, ada), blocked(cleo, eve))

    climbed(notifications, THURSDAY)

    with clock.at(THURSDAY):
        assert texts(notifications, bob) == texts(notifications, cleo) == [ASKED]
        assert texts(notifications, dan) == ["Eve asks you to answer: Who knows rye?"]


@pytest.mark.parametrize("how", ["hidden", "lower", "withdrawn", "not proposable", "never"])
def test_an_ask_is_shown_while_its_member_may_be_asked(notifications, how):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(*waiting(ada, "rye"), attributed(bob, 2, revision=1))
    climbed(notifications, THURSDAY)

    with clock.at(THURSDAY):
        assert texts(notifications, bob) == [ASKED]
        held, known = attributed(bob, 2, revision=2), joined(bob, revision=2)
        notifications.deliver(
            {
                "hidden": replace(held, is_hidden=True),
                "lower": replace(held, level=1),
                "withdrawn": SkillWithdrawn(**{**vars(held), "level": 0, "state": "none"}),
                "not proposable": replace(known, is_proposable=False),
                "never": replace(known, asks_per_week=0),
            }[how]
        )
        assert texts(notifications, bob) == []


def test_not_me_takes_it_off_the_list_and_spares_the_skill_for_a_month(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    one = waiting(ada, "rye")
    notifications.deliver(*one, attributed(bob, 2, revision=1), followed(ada, bob))
    climbed(notifications, THURSDAY)
    client, other = notifications.as_member(bob), notifications.as_member(cleo)
    with clock.at(THURSDAY):
        by_kind = {told["kind"]: told["id"] for told in shown(notifications, bob)}
        place = "/notices/{}/not-me".format

        assert client.put(place(by_kind["follower"])).json["code"] == "notice_no_ask"
        assert other.put(place(by_kind["ask"])).status_code == 404
        for _ in range(2):
            assert client.put(place(by_kind["ask"])).status_code == 204
        assert of_questions(notifications, bob) == []

    for days, is_asked in ((20, False), (34, True)):
        at = NOON + timedelta(days=days)
        with clock.at(at):
            again = waiting(ada, "rye", title=f"{days}?", at=at)
            notifications.deliver(*again)
        climbed(notifications, at + timedelta(days=2))
        with clock.at(at + timedelta(days=2)):
            assert (f"You may know: {days}?" in texts(notifications, bob)) == is_asked


def test_two_workers_at_once_ask_nobody_more_than_they_take(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(
        replace(joined(bob, revision=2), asks_per_week=1),
        attributed(bob, 5, revision=1),
        *waiting(ada, "rye"),
        *waiting(ada, "rye"),
    )
    climbed(notifications, NOON)  # both know when their first step is
    zone = ZoneInfo(notifications.settings.zone)

    def work() -> None:
        with clock.at(THURSDAY), notifications.session() as session:
            climb(session, zone=zone)

    with clock.at(THURSDAY), notifications.session() as session:
        climb(session, zone=zone)
        beside = Thread(target=work)
        beside.start()
        beside.join()

    assert len(asks(notifications, bob)) == 1
    with notifications.session() as session:
        assert session.scalars(select(LadderStep.asked_count)).all() == [1]
    climbed(notifications, THURSDAY + timedelta(minutes=1))
    with notifications.session() as session:
        assert sorted(session.scalars(select(LadderStep.asked_count))) == [0, 1]
    assert len(asks(notifications, bob)) == 1


def test_nobody_of_a_community_is_asked_more_often_than_they_take(notifications):
    """Sixty questions within three days, twelve who know; each week of each is counted."""
    askers = members(notifications, "Ada", "Bob")
    holders = members(notifications, *(f"H{n}" for n in range(12)))
    takes = {one.id: n % 4 for n, one in enumerate(holders)}
    notifications.deliver(
        *(replace(joined(one, revision=2), asks_per_week=takes[one.id]) for one in holders),
        *(attributed(one, 2 + n % 3, revision=1) for n, one in enumerate(holders)),
    )
    for n in range(60):
        at = NOON + timedelta(hours=n)
        with clock.at(at):
            notifications.deliver(*waiting(askers[n % 2], "rye", title=f"{n}?", at=at))
    for day in range(16):
        climbed(notifications, THURSDAY + timedelta(days=day, hours=n % 5))

    by_member = {one.id: sorted(asks(notifications, one)) for one in holders}
    for member_id, times in by_member.items():
        for first in times:
            week = [at for at in times if first <= at < first + timedelta(days=7)]
            assert len(week) <= takes[member_id]
    assert sum(map(len, by_member.values())) > sum(takes.values())


def test_nothing_of_asking_is_kept_for_who_left(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(*waiting(ada, "rye"), attributed(bob, 2, revision=1))
    climbed(notifications, THURSDAY)
    with clock.at(THURSDAY):
        [told] = of_questions(notifications, bob)
        notifications.as_member(bob).put(f"/notices/{told['id']}/not-me")
        export = notifications.as_member(bob).get("/members/me/export/notifications").json
        assert [one["skill"] for one in export["asks"]] == ["rye"]
        assert [one["skill"] for one in export["spared_skills"]] == ["rye"]
        export = notifications.as_member(ada).get("/members/me/export/notifications").json
        assert [one["step"] for one in export["ladders"]] == [1]

        notifications.deliver(left(ada), left(bob))

    with notifications.session() as session:
        for table in ("asks", "spared_skills", "ladders"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def asks(notifications, member) -> list:
    with notifications.session() as session:
        return list(session.scalars(select(Ask.asked_at).where(Ask.member_id == member.id)))


def request(asker, member, question_id, *, at=NOON) -> AnswerRequested:
    return AnswerRequested(
        question_id=question_id,
        requester_id=asker.id,
        member_id=member.id,
        revision=1,
        requested_at=at,
    )


def help_asked(inviter, member) -> ProjectHelpAsked:
    return ProjectHelpAsked(
        invitation_id=new_id(),
        project_id=PROJECT,
        call_id=None,
        inviter_id=inviter.id,
        member_id=member.id,
        role="contributor",
        state="pending",
        revision=1,
        asked_at=NOON,
        changed_at=NOON,
    )
