"""What a member is mailed, and when: decided by what waits, their day, and what went before."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from chassis.identifiers import new_id
from services.notifications import planning
from services.notifications.calendar import Quiet
from services.notifications.planning import Past, Pending, Planned, plan
from services.notifications.preferences import NEVER_QUIET, ClassWish, Preferences

TUESDAY = date(2024, 3, 5)
MINUTE = timedelta(minutes=1)
PARIS = Preferences(time_zone="Europe/Paris")
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: date = TUESDAY) -> datetime:
    """A time of the day by the clock in Paris, an hour ahead in winter."""
    return datetime.combine(day, time(hour, minute), PARIS.zone).astimezone(UTC)


def waiting(told_at: datetime, *, class_: str = "to_me", about: UUID | None = None, **more):
    kind = {"to_me": "answer", "my_circle": "like", "my_keywords": "invitation_request"}[class_]
    its = {"happened_at": told_at, "object_id": about or new_id(), "kind": kind, **more}
    return Pending(id=new_id(), class_=class_, told_at=told_at, **its)


def past(**more) -> Past:
    return Past(**{"since": LONG_AGO, "seen_on": TUESDAY, **more})


def ids_of(mails: list[Planned]) -> list[list[UUID]]:
    return [list(one.notice_ids) for one in mails]


def test_what_is_told_at_once_waits_ten_minutes():
    one = waiting(at(10))

    early = plan(at(10, 9), PARIS, [one], past())
    then = plan(early.look_at, PARIS, [one], past())

    assert early.mails == [] and early.look_at == at(10, 10)
    assert then.mails == [Planned("notice", one.object_id, (one.id,))]


def test_what_is_left_to_the_digest_waits_for_the_next_working_day():
    tuesday, friday = waiting(at(10), class_="my_circle"), date(2024, 3, 8)
    late = waiting(at(10, day=friday), class_="my_circle")

    assert plan(at(12), PARIS, [tuesday], past()).look_at == at(8, day=date(2024, 3, 6))
    assert plan(at(12, day=friday), PARIS, [late], past()).look_at == at(8, day=date(2024, 3, 11))


def test_a_digest_holds_all_that_waits_and_comes_once_a_day():
    circle, mine = waiting(at(7), class_="my_circle"), waiting(at(7, 59))

    whole = plan(at(8), PARIS, [circle, mine], past())
    again = plan(at(9), PARIS, [circle], past(digest_days=frozenset({TUESDAY})))

    assert [one.kind for one in whole.mails] == ["digest"]
    assert ids_of(whole.mails) == [[circle.id, mine.id]]
    assert again.mails == [] and again.look_at == at(8, day=date(2024, 3, 6))


def test_there_is_no_digest_of_nothing_nor_of_what_came_after_its_hour():
    later = waiting(at(8, 1), class_="my_circle")

    assert plan(at(8), PARIS, [], past()).mails == []
    assert plan(at(11), PARIS, [later], past()).mails == []


def test_a_worker_that_was_away_sends_the_digest_late_with_what_came_since():
    early, later = waiting(at(7), class_="my_circle"), waiting(at(10), class_="my_circle")

    assert ids_of(plan(at(11), PARIS, [early, later], past()).mails) == [[early.id, later.id]]


def test_nothing_is_sent_while_it_is_quiet_and_what_waited_is_one_mail():
    night = [waiting(at(19, 55)), waiting(at(23)), waiting(at(3, day=date(2024, 3, 6)))]
    weekly = Preferences(time_zone="Europe/Paris", digest="weekly")
    morning = at(8, day=date(2024, 3, 6))

    asleep = plan(at(23, 30), weekly, night[:2], past())
    awake = plan(morning, weekly, night, past())

    assert asleep.mails == [] and asleep.look_at == morning
    assert [one.kind for one in awake.mails] == ["roundup"]
    assert ids_of(awake.mails) == [[one.id for one in night]]
    assert [one.kind for one in plan(morning, PARIS, night, past()).mails] == ["digest"]


def test_weekends_are_quiet_until_monday():
    saturday = date(2024, 3, 9)
    one = waiting(at(11, day=saturday))

    assert plan(at(12, day=saturday), PARIS, [one], past()).look_at == at(8, day=date(2024, 3, 11))
    on = Preferences(time_zone="Europe/Paris", quiet=Quiet(time(20), time(8), on_weekends=False))
    assert plan(at(12, day=saturday), on, [one], past()).mails


def test_five_mails_a_day_and_the_rest_for_the_next_morning():
    many = [waiting(at(10) + n * MINUTE) for n in range(7)]
    sent = [(at(9), "notice", new_id()), (at(9, 30), "roundup", None)]

    found = plan(at(11), PARIS, many, past(mails=sent))
    full = [*sent, *((at(11), one.kind, one.object_id) for one in found.mails)]
    rest = plan(at(12), PARIS, many[3:], past(mails=full))
    tomorrow = at(8, day=date(2024, 3, 6))

    assert ids_of(found.mails) == [[one.id] for one in many[:3]]
    assert rest.mails == [] and rest.look_at == at(0, day=date(2024, 3, 6))
    assert ids_of(plan(tomorrow, PARIS, many[3:], past(mails=full)).mails) == [
        [one.id for one in many[3:]]
    ]


def test_one_thing_is_mailed_once_in_ten_minutes():
    about = new_id()
    again = waiting(at(10), about=about)
    sent = [(at(10, 5), "notice", about)]

    soon = plan(at(10, 10), PARIS, [again], past(mails=sent))

    assert soon.mails == [] and soon.look_at == at(10, 15)
    assert ids_of(plan(at(10, 15), PARIS, [again], past(mails=sent)).mails) == [[again.id]]


def test_what_is_about_one_thing_is_one_mail():
    about = new_id()
    both = [waiting(at(10), about=about), waiting(at(10, 1), about=about)]

    assert ids_of(plan(at(10, 11), PARIS, both, past()).mails) == [[one.id for one in both]]


def test_what_is_heard_of_a_day_late_is_for_the_digest():
    late = waiting(at(10), happened_at=at(9, day=date(2024, 3, 4)))

    assert plan(at(10, 10), PARIS, [late], past()).mails == []
    assert plan(at(8, day=date(2024, 3, 6)), PARIS, [late], past()).mails[0].kind == "digest"


def test_what_was_told_before_one_chose_is_not_sent_at_once():
    one = waiting(at(10))

    chosen = plan(at(10, 30), PARIS, [one], past(since=at(10, 20)))
    no_digest = Preferences(time_zone="Europe/Paris", digest="off")
    older = waiting(at(9, day=date(2024, 3, 4)))
    together = plan(at(10, 30), no_digest, [one, older], past(since=at(10, 20)))

    assert chosen.mails == [] and chosen.look_at == at(8, day=date(2024, 3, 6))
    assert together.mails == [Planned("roundup", None, (one.id,))]


def test_what_is_shown_again_waits_for_the_next_digest():
    again = waiting(at(7), class_="my_circle")

    assert plan(at(10), PARIS, [again], past(looked_at=at(8))).mails == []
    assert plan(at(10), PARIS, [again], past(looked_at=at(7, 30))).mails


def test_a_late_digest_is_that_of_its_own_day():
    late = Preferences(time_zone="Europe/Paris", digest_hour=23, quiet=NEVER_QUIET)
    one = waiting(at(12), class_="my_circle")

    [mail] = plan(at(0, 30, day=date(2024, 3, 6)), late, [one], past()).mails

    assert mail.day == TUESDAY


def test_without_digests_the_one_mail_is_of_what_waits():
    none = Preferences(time_zone="Europe/Paris", digest="off")
    away, mine = TUESDAY - timedelta(days=90), waiting(at(9))

    assert [one.kind for one in plan(at(10), none, [mine], past(seen_on=away)).mails] == [
        "farewell"
    ]
    month = past(is_bounced=True, mails=[(at(9, day=date(2024, 2, 1)), "notice", new_id())])
    assert [one.kind for one in plan(at(10), none, [mine], month).mails] == ["roundup"]


def test_a_digest_whose_hour_went_by_before_one_chose_is_not_made_up_for():
    one = waiting(at(7), class_="my_circle")

    assert plan(at(10), PARIS, [one], past(since=at(9))).mails == []


def test_pauses_hold_everything_until_they_end():
    paused = Preferences(time_zone="Europe/Paris", paused_until=at(8, day=date(2024, 3, 7)))
    one = waiting(at(10))

    assert plan(at(10, 10), paused, [one], past()) == planning.Plan(look_at=paused.paused_until)
    assert plan(paused.paused_until, paused, [one], past()).mails


def test_kinds_go_before_classes_and_off_is_nothing():
    classes = {**PARIS.classes, "my_circle": ClassWish("off")}
    wanted = Preferences(time_zone="Europe/Paris", classes=classes, kinds={"answer": "digest"})
    mine, circle = waiting(at(7)), waiting(at(7), class_="my_circle")

    assert ids_of(plan(at(8), wanted, [mine, circle], past()).mails) == [[mine.id]]
    assert plan(at(7, 30, day=TUESDAY), wanted, [mine], past()).mails == []
    nothing = Preferences(
        time_zone="Europe/Paris",
        classes=dict.fromkeys(PARIS.classes, ClassWish("off")),
    )
    assert plan(at(10), nothing, [mine], past()) == planning.Plan()


def test_after_ninety_days_away_the_digest_says_so_and_is_the_last():
    away = TUESDAY - timedelta(days=90)
    mine = waiting(at(7))

    last = plan(at(8), PARIS, [mine], past(seen_on=away))
    after = plan(at(8), PARIS, [mine], past(seen_on=away, farewell_at=at(8, day=away)))
    at_once = plan(at(10), PARIS, [waiting(at(9))], past(seen_on=away))
    back = plan(at(10), PARIS, [waiting(at(9))], past(farewell_at=at(8, day=date(2024, 3, 1))))

    assert [one.kind for one in last.mails] == ["farewell"]
    assert after == planning.Plan() and at_once.mails == [] and back.mails


def test_a_mailbox_whose_mails_come_back_is_tried_once_a_month():
    mine = waiting(at(7))
    bounced = past(is_bounced=True, mails=[(at(9, day=date(2024, 2, 20)), "notice", new_id())])
    month = past(is_bounced=True, mails=[(at(9, day=date(2024, 2, 1)), "notice", new_id())])

    assert plan(at(8), PARIS, [mine], bounced).mails == []
    assert [one.kind for one in plan(at(8), PARIS, [mine], month).mails] == ["digest"]
    assert plan(at(10), PARIS, [waiting(at(9))], month).mails == []


@pytest.mark.parametrize(
    ("day", "hour"),
    [(date(2024, 4, 26), 0), (date(2024, 10, 31), 23)],
    ids=["its hour is skipped", "its hour comes twice"],
)
def test_where_its_hour_is_skipped_or_doubled_a_digest_comes_once(day, hour):
    """In Cairo clocks go forward in the night to a Friday, and back in the night to one."""
    wanted = Preferences(time_zone="Africa/Cairo", digest_hour=hour, quiet=NEVER_QUIET)
    noon = datetime.combine(day, time(12), wanted.zone).astimezone(UTC)
    pending = [waiting(noon - timedelta(hours=11 if hour else 24), class_="my_circle")]
    sent: list[datetime] = []
    for step in range(-23, 24):
        moment = noon + step * timedelta(minutes=30)
        days = frozenset(one.astimezone(wanted.zone).date() for one in sent)
        found = plan(moment, wanted, pending, past(digest_days=days, seen_on=day))
        if found.mails:
            sent.append(moment)
            pending = [waiting(moment + MINUTE, class_="my_circle")]

    assert [moment.astimezone(wanted.zone).date() for moment in sent] == [day]
    assert sent[0].astimezone(wanted.zone).hour == (1 if hour == 0 else 23)


def test_a_mail_that_waited_for_its_server_must_wait_for_the_morning():
    assert not planning.must_wait(at(19, 59), at(19), PARIS)
    assert planning.must_wait(at(20), at(19), PARIS)
    assert planning.must_wait(at(9, day=date(2024, 3, 6)), at(19), PARIS)
