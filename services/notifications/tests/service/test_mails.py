"""Mails of notices: when they go, what they say, and that everything is asked again before."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.people import left, reinstated, suspended
from services.notifications.tests.factories import (
    NOON,
    PROJECT,
    SOON,
    answer,
    blocked,
    followed,
    follows_project,
    liked,
    members,
    project_of,
    question,
    removed,
    round_of,
    shown,
    unfollowed,
)
from services.notifications.tests.mailbox import (
    WAITED,
    mails,
    plan,
    reach,
    send,
    text_of,
    told,
    tries,
    work,
    written,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEXT_MORNING = NOON.replace(hour=7) + DAY  # 08:00 in Paris in winter


def test_an_answer_is_mailed_after_ten_minutes_once(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, ada, béa)
    asked = question(ada, "Who knows rye?", audience="members")
    notifications.deliver(asked, answer(béa, asked))

    work(notifications, WAITED - MINUTE)
    early = told(notifications)
    work(notifications)
    work(notifications, WAITED + DAY)
    [mail] = written(notifications)

    assert early == [] and told(notifications) == [
        ("ada@example.org", "Béa a répondu\u00a0: Who knows rye?")
    ]
    [item] = shown(notifications, ada)
    place = f"%2Fquestions%2F{asked.post_id}"
    assert f"https://skiller.example/notices/{item['id']}?to={place}" in text_of(mail)
    assert "C’est votre question." in text_of(mail)
    assert [one.state for one in mails(notifications)] == ["sent"] and not tries(notifications)


def test_headers_let_mailboxes_thread_and_unsubscribe(notifications):
    ada, béa, carl = members(notifications, "Ada", "Béa", "Carl")
    reach(notifications, ada)
    asked = question(ada, audience="members")
    notifications.deliver(asked, answer(béa, asked))
    work(notifications)
    with clock.at(WAITED + 5 * MINUTE):
        notifications.deliver(answer(carl, asked, at=WAITED + 5 * MINUTE))
    work(notifications, WAITED + 15 * MINUTE)

    first, second = written(notifications)

    assert first["References"] == second["References"] == f"<{asked.post_id}@skiller.example>"
    assert first["Message-ID"] != second["Message-ID"]
    assert first["List-Id"] == "<to-me.notices.skiller.example>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = first["List-Unsubscribe"]
    assert link.startswith("<https://skiller.example/api/v1/unsubscriptions/")
    html = first.get_body(("html",)).get_content()
    assert "<img" not in html and "http://" not in html


@pytest.mark.parametrize("step", ["before it is planned", "before it is sent"])
@pytest.mark.parametrize(
    "change", ["removed", "read", "blocked", "suspended", "unfollowed", "left"]
)
def test_what_may_not_be_told_any_more_is_not_mailed(notifications, change, step):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, béa)
    asked = question(ada)
    notifications.deliver(followed(béa, ada), asked)
    if step == "before it is sent":
        plan(notifications)
    events = {
        "removed": [removed(asked)],
        "blocked": [blocked(béa, ada)],
        "suspended": [suspended(ada)],
        "unfollowed": [unfollowed(béa, ada)],
        "left": [left(béa)],
    }
    if change == "read":
        notifications.as_member(béa).put("/notices/read", {"object_id": str(asked.post_id)})
    else:
        notifications.deliver(*events[change])

    work(notifications)
    work(notifications, WAITED + DAY)

    assert told(notifications) == []
    if change != "left":
        shown(notifications, béa)  # and the count is the list's


def test_what_may_be_told_again_is_mailed_then(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, béa)
    asked = question(ada)
    notifications.deliver(followed(béa, ada), asked)
    plan(notifications)
    notifications.deliver(suspended(ada))
    send(notifications)
    notifications.deliver(reinstated(ada))

    work(notifications, WAITED + MINUTE)

    assert [one.state for one in mails(notifications)] == ["void", "sent"]
    assert len(told(notifications)) == 1


def test_who_is_reinstated_is_mailed_what_waited(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, béa)
    notifications.deliver(followed(béa, ada), question(ada), suspended(béa))
    work(notifications)
    before = told(notifications)
    with clock.at(WAITED + MINUTE):
        notifications.deliver(reinstated(béa))

    work(notifications, WAITED + 11 * MINUTE)

    assert before == [] and len(told(notifications)) == 1


def test_what_is_hidden_for_a_day_is_in_the_next_digest(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, béa)
    notifications.deliver(followed(béa, ada), question(ada), suspended(ada))
    work(notifications)
    work(notifications, NEXT_MORNING)
    before = told(notifications)
    notifications.deliver(reinstated(ada))

    work(notifications, NEXT_MORNING + DAY)

    assert before == [] and len(told(notifications)) == 1


def test_a_digest_holds_what_no_mail_told_and_nothing_twice(notifications):
    ada, béa, carl = members(notifications, "Ada", "Béa", "Carl")
    reach(notifications, ada)
    asked = question(ada, "Who knows rye?", audience="members")
    notifications.deliver(asked, answer(béa, asked), liked(carl, asked), followed(carl, ada))
    work(notifications)

    work(notifications, NEXT_MORNING)
    work(notifications, NEXT_MORNING + DAY)

    assert [subject for _, subject in told(notifications)] == [
        "Béa a répondu\u00a0: Who knows rye?",
        "Votre résumé Skiller\u00a0: 2 nouvelles",
    ]
    digest = text_of(written(notifications)[1])
    assert "Votre cercle" in digest and "Carl vous suit" in digest and "Béa" not in digest
    assert written(notifications)[1]["List-Id"] == "<digest.notices.skiller.example>"


def test_a_digest_shows_twenty_and_counts_the_rest(notifications):
    ada, *others = members(notifications, *(["Ada"] + [f"Member {n}" for n in range(22)]))
    reach(notifications, ada)
    notifications.deliver(*(followed(one, ada, at=NOON) for one in others))

    work(notifications)
    work(notifications, NEXT_MORNING)

    [mail] = written(notifications)
    assert mail["Subject"] == "Votre résumé Skiller\u00a0: 22 nouvelles"
    assert text_of(mail).count("vous suit") == 20 and "Et 2 autres nouvelles." in text_of(mail)


def test_words_for_some_alone_never_leave_by_mail(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, béa)
    asked = question(ada, "A secret recipe", audience="followers-only")
    notifications.deliver(followed(béa, ada), asked)

    work(notifications)

    [mail] = written(notifications)
    assert mail["Subject"] == "Du nouveau pour vous"
    html = mail.get_body(("html",)).get_content()
    for part in (str(mail["Subject"]), text_of(mail), html):
        assert "secret" not in part and "Ada" not in part
    assert "/notices/" in text_of(mail) and "/notices/" in html


def test_nobody_is_mailed_without_a_confirmed_address(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    asked = question(ada)
    notifications.deliver(followed(béa, ada), asked)

    work(notifications)
    work(notifications, NEXT_MORNING)

    assert told(notifications) == [] and mails(notifications) == []


def test_what_begins_later_is_mailed_when_it_does(notifications):
    """A round is told of again a day before it ends."""
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, béa)
    notifications.deliver(project_of(ada), follows_project(béa))
    notifications.deliver(round_of(ada, project_id=PROJECT, closes_at=NOON + 2 * DAY))
    work(notifications)
    work(notifications, NEXT_MORNING)

    work(notifications, NEXT_MORNING + DAY)

    assert len(told(notifications)) == 2
    assert "plus qu’un jour" in text_of(written(notifications)[1])


def test_what_is_told_again_or_a_week_late_is_never_mailed(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, béa, at=NOON - 30 * DAY)
    notifications.deliver(followed(béa, ada, at=NOON - 20 * DAY))
    with clock.at(SOON):
        notifications.deliver(question(ada, at=NOON - 8 * DAY))

    work(notifications)
    work(notifications, NEXT_MORNING)

    assert told(notifications) == []


def test_of_who_leaves_no_mail_is_left(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, béa)
    notifications.deliver(followed(béa, ada), question(ada))
    work(notifications)
    assert len(written(notifications)) == 1

    with clock.at(WAITED):
        notifications.deliver(left(béa))
    send(notifications, WAITED + MINUTE)
    send(notifications, WAITED + 2 * MINUTE)

    assert written(notifications) == [] and mails(notifications) == []
    assert tries(notifications) == []
