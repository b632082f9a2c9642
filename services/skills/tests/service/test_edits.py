"""Skills that an edit adds count for likes after that edit only, in whatever order all is told."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.messaging.consumer import Message
from chassis.messaging.envelope import seal
from chassis.testing.people import MONDAY, joined, person
from contracts.discussion import AnswerAccepted
from contracts.skills import SkillAttributed
from services.skills.actions.alarms import raise_alarms
from services.skills.actions.catalogue import Entry, add_skills, reread_posts
from services.skills.app import SERVICE
from services.skills.models import LateVoice, Night, PostRef, SkillAlarm, Standing
from services.skills.tests import tables
from services.skills.tests.communities import SPEAKS_OF
from services.skills.tests.factories import (
    KAFKA,
    SPARK,
    answer,
    edited,
    liked,
    question,
    removed,
    unliked,
)
from services.skills.tests.reference import expect, final_state
from services.skills.tests.trusted import begin_trust, night

DAY = timedelta(days=1)
NOW = MONDAY + 8 * DAY
SPEAKS = "Apache Kafka does that."


def read(service):
    with clock.at(NOW):
        return tables.read(service)


def tell(service, *events):
    with clock.at(NOW):
        service.deliver(*events)
    tables.count_again(service)


def worth(service, post, skill=KAFKA):
    """What a post brings to a skill, in millionths, and by how many likes."""
    row = read(service).contributions.get((post.post_id, skill))
    return row and (row["backed"], row["like_count"])


def on(day):
    return MONDAY + day * DAY


def accepted(asked, given, *, day, revision=1):
    return AnswerAccepted(
        question_id=asked.post_id,
        answer_id=given.post_id,
        author_id=given.author_id,
        asker_id=asked.author_id,
        revision=revision,
        changed_at=on(day),
    )


@pytest.fixture
def asked():
    return question(person("Ana"), "A joke, please?")


@pytest.fixture
def fans():
    return [person(f"Fan {number}") for number in range(4)]


def test_who_liked_a_joke_proves_nothing_of_what_it_was_made_into(skills, asked):
    ben = person("Ben")
    given = answer(ben, asked, "Two cows.")
    early = [liked(given, person(f"Early {n}"), at=on(1)) for n in range(50)]
    tell(skills, joined(ben), asked, given, *early)

    now = edited(given, at=on(2), body=SPEAKS)
    tell(skills, now)
    before_any = worth(skills, given), skills.published(SkillAttributed)
    seen = []
    for number in range(3):
        tell(skills, liked(given, person(f"Late {number}"), at=on(3)))
        seen.append(worth(skills, given))

    assert before_any == ((0, 0), [])
    assert seen == [(300_000, 1), (400_000, 2), (450_000, 3)]
    attributions = read(skills).attributions
    assert attributions[ben.id, KAFKA]["voices"] == 3
    assert attributions[ben.id, KAFKA]["liker_count"] == 3


def test_a_like_at_the_moment_of_the_edit_saw_it(skills, asked, fans):
    given = answer(person("Ben"), asked, "Two cows.")

    tell(skills, asked, given, edited(given, at=on(2), body=SPEAKS))
    tell(skills, liked(given, fans[0], at=on(2)))

    assert worth(skills, given) == (300_000, 1)


def test_a_skill_that_stays_through_edits_keeps_all_its_likes(skills, asked, fans):
    given = answer(person("Ben"), asked, SPEAKS)
    likes = [liked(given, one, at=on(1)) for one in fans[:2]]
    now = edited(edited(given, at=on(2), body="Still Apache Kafka."), at=on(3), body=f"{SPEAKS}!")

    tell(skills, asked, given, *likes, now)

    assert worth(skills, given) == (400_000, 2)
    with skills.session() as session:
        assert session.scalars(select(LateVoice)).all() == []


@pytest.mark.parametrize("is_told_between", [True, False])
def test_a_skill_that_was_taken_out_and_put_in_again_was_added_again(
    skills, asked, fans, is_told_between
):
    ben = person("Ben")
    given = answer(ben, asked, SPEAKS)
    without = edited(given, at=on(2), body="Two cows.")
    again = edited(without, at=on(4), body=SPEAKS)
    likes = [liked(given, one, at=on(2 * n + 1)) for n, one in enumerate(fans[:3])]
    tell(skills, joined(ben), asked, given, *likes[:2])
    before = worth(skills, given)

    if is_told_between:
        tell(skills, without)
        assert worth(skills, given) is None
    tell(skills, again)
    after = worth(skills, given), read(skills).attributions
    tell(skills, likes[2])

    assert (before, *after) == ((400_000, 2), (0, 0), {})
    found = read(skills)
    assert found.mentions[given.post_id, KAFKA] == (60, on(4))
    assert worth(skills, given) == (300_000, 1)
    assert found.attributions[ben.id, KAFKA]["voices"] == 1


def test_whatever_comes_first_gives_the_rows_of_what_stands(skills, asked, fans):
    given = answer(person("Ben"), asked, "Two cows, and Apache Spark.")
    now = edited(given, at=on(2), body=f"Apache Spark. {SPEAKS}")
    early, late = liked(given, fans[0], at=on(1)), liked(given, fans[1], at=on(3))
    away = unliked(given, fans[1], revision=2, at=on(4))
    back = liked(given, fans[0], revision=3, at=on(4))
    events = [given, now, early, late]
    found = []

    for order in permutations(events):
        tables.forget_everything(skills)
        tell(skills, asked)
        for event in order:
            tell(skills, event)
        found.append(read(skills))
    tell(skills, away, back)

    assert all(one == found[0] for one in found)
    with clock.at(NOW):
        tables.assert_as_expected(found[0], expect([asked, *events], SPEAKS_OF, NOW))
        everything = [asked, *events, away, back]
        tables.assert_as_expected(read(skills), expect(everything, SPEAKS_OF, NOW))
    assert found[0].contributions[given.post_id, SPARK]["like_count"] == 2
    # Taken back after the edit and given again, a like has seen it.
    assert worth(skills, given)[1] == worth(skills, given, SPARK)[1] == 1


def test_taking_a_late_like_back_takes_away_what_it_brought(skills, asked, fans):
    ben = person("Ben")
    given = answer(ben, asked, "Two cows.")
    early = [liked(given, one, at=on(1)) for one in fans[:2]]
    tell(skills, joined(ben), asked, given, *early, edited(given, at=on(2), body=SPEAKS))
    before = read(skills)

    tell(skills, liked(given, fans[2], at=on(3)))
    between = read(skills)
    tell(skills, unliked(given, fans[2], at=on(4)))
    after = read(skills)

    assert set(between.attributions) == {(ben.id, KAFKA)} and between.late_voices
    assert (after.contributions, after.attributions) == (before.contributions, {})
    assert after.late_voices == {}


def test_an_accept_counts_for_what_was_said_when_it_was_given(skills, fans):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "A joke, please?")
    given = answer(ben, asked, "Two cows.")

    accept = accepted(asked, given, day=1)
    tell(skills, asked, given, accept, edited(given, at=on(2), body=SPEAKS))
    early = worth(skills, given)
    tell(skills, accepted(asked, given, day=3, revision=3))

    assert (early, worth(skills, given)) == ((0, 0), (300_000, 1))


def test_what_a_question_s_edit_lends_its_answers_counts_after_it(skills, asked, fans):
    named, silent = answer(person("Ben"), asked, SPEAKS), answer(person("Cleo"), asked, "So.")
    later = answer(person("Dan"), asked, "So.", at=on(3))
    early = [liked(post, fans[0], at=on(1)) for post in (named, silent)]
    now = edited(asked, at=on(2), title="Who knows Apache Kafka?")

    tell(skills, asked, named, silent, later, *early, now)
    before = [worth(skills, post) for post in (named, silent, later)]
    tell(skills, *(liked(post, fans[1], at=on(4)) for post in (named, silent, later)))

    # One named it before; another came when the question spoke of it already.
    assert before == [(300_000, 1), (0, 0), (0, 0)]
    assert [worth(skills, post) for post in (named, silent, later)] == [
        (400_000, 2),
        (200_000, 1),
        (200_000, 1),
    ]
    assert read(skills).mentions[later.post_id, KAFKA] == (40, None)


def test_told_again_it_is_the_same_and_other_words_for_skills_read_the_past(
    skills, asked, fans, service_under_test
):
    falconry = Entry("falconry", "Falconry", "Fauconnerie", "leisure", ["art de la volerie"])
    given = answer(person("Ben"), asked, "Two cows.")
    now = edited(given, at=on(2), body=f"Fauconnerie. {SPEAKS}")
    events = [asked, given, now, *(liked(given, fans[n], at=on(2 * n + 1)) for n in range(2))]
    fresh = service_under_test(SERVICE)
    tell(skills, *events)

    for service in (skills, fresh):
        with service.session() as session:
            add_skills(session, [falconry])
    with clock.at(NOW), skills.session() as session:
        reread_posts(session)
    with clock.at(NOW):
        fresh.consumer.handle([Message(seal(one)[1].encode()) for one in final_state(events)])

    found = read(skills)
    assert read(fresh) == found
    assert {key[1]: since for key, (_, since) in found.mentions.items()} == {
        KAFKA: on(2),
        "falconry": on(2),
    }
    assert found.contributions[given.post_id, "falconry"]["like_count"] == 1


def test_lines_posts_and_months_show_what_counts_and_add_up(skills, asked, fans):
    ana, ben = person("Ana"), person("Ben")
    spoken = question(ana, "Who knows Apache Spark?")
    given, other = answer(ben, asked, "Two cows."), answer(ben, spoken, SPEAKS)
    early = [liked(given, one, at=on(1)) for one in fans[:3]]
    late = [liked(given, one, at=on(2)) for one in fans[2:]]
    told_again = liked(given, fans[2], revision=3, at=on(3))
    tell(skills, *map(joined, (ana, ben)), asked, spoken, given, other, *early)
    tell(skills, edited(given, at=on(2), body=SPEAKS), told_again, late[1])
    tell(skills, liked(other, fans[0], at=on(5)))
    path = f"/members/{ben.id}/skills/{KAFKA}"

    with clock.at(NOW):
        client = skills.as_member(ben)
        held = client.get(path).json
        lines = client.get(f"{path}/evidence").json["items"]
        posts = client.get(f"{path}/evidence?group=post").json["items"]
        exported = client.get("/members/me/export/skills").json["attributions"]

    shown = [(line["post"]["id"], line["is_new_voice"]) for line in lines]
    assert shown == [(str(other.post_id), True), *[(str(given.post_id), True)] * 2]
    assert sum(line["weight"] for line in lines) == pytest.approx(held["worth"])
    assert [(post["source"], post["like_count"]) for post in posts] == [("like", 2), ("like", 1)]
    assert sum(post["weight"] for post in posts) == pytest.approx(held["worth"])
    assert sum(month["weight"] for month in held["months"]) == pytest.approx(held["worth"])
    assert sum(month["like_count"] for month in held["months"]) == 3
    assert sum(month["new_voice_count"] for month in held["months"]) == 3
    [told] = [one for one in exported if one["skill"]["slug"] == KAFKA]
    assert sum(line["weight"] for line in told["evidence"]) == pytest.approx(held["worth"])


def test_an_accept_before_the_edit_stands_in_no_line(skills, fans):
    ana, ben = person("Ana"), person("Ben")
    asked, spoken = question(ana, "A joke, please?"), question(fans[1], "Who knows Apache Spark?")
    given, other = answer(ben, asked, "Two cows."), answer(ben, spoken, SPEAKS)
    accept = accepted(asked, given, day=1)
    tell(skills, joined(ben), asked, spoken, given, other, accept)
    tell(skills, edited(given, at=on(2), body=SPEAKS))
    tell(skills, liked(given, fans[0], at=on(3)), liked(other, ana, at=on(5)))
    path = f"/members/{ben.id}/skills/{KAFKA}/evidence"

    with clock.at(NOW):
        lines = skills.as_member(ben).get(path).json["items"]
        posts = skills.as_member(ben).get(f"{path}?group=post").json["items"]

    assert [(line["post"]["id"], line["source"], line["is_new_voice"]) for line in lines] == [
        (str(other.post_id), "like", True),
        (str(given.post_id), "like", True),
    ]
    assert {post["source"] for post in posts} == {"like"}


def test_a_voice_that_liked_the_joke_is_heard_when_another_of_it_likes_what_it_became(skills):
    founder, ben = person("Founder"), person("Ben")
    one, other = person("One"), person("Other")
    below = [type(t)(**{**vars(t), "sponsor_id": founder.id}) for t in map(joined, (one, other))]
    asked = question(person("Ana"), "A joke, please?")
    given = answer(ben, asked, "Two cows.")
    tell(skills, joined(founder), joined(ben), *below, asked, given)
    begin_trust(skills, [founder.id], NOW)
    night(skills, NOW)

    tell(skills, liked(given, one, at=on(1)), edited(given, at=on(2), body=SPEAKS))
    tell(skills, liked(given, other, at=on(3)))

    found = read(skills)
    assert found.voices == {(given.post_id, founder.id): (2, 100, False)}
    assert found.late_voices == {(given.post_id, KAFKA, founder.id): (1, False)}
    with clock.at(NOW):
        client, path = skills.as_member(ben), f"/members/{ben.id}/skills/{KAFKA}"
        held, [line] = client.get(path).json, client.get(f"{path}/evidence").json["items"]
    assert line["weight"] == pytest.approx(held["worth"]) and held["worth"] > 0
    assert [month["weight"] for month in held["months"]] == [pytest.approx(held["worth"])]


def test_likes_of_a_group_before_the_edit_raise_no_alarm_in_what_it_added(skills, asked, fans):
    ring = [person(f"Ring {n}") for n in range(5)]
    posts = {one: answer(one, asked, "Two cows.") for one in ring}
    of_ring = [liked(posts[a], b, at=on(1)) for a in ring for b in ring if a is not b]
    tell(skills, asked, *posts.values(), *of_ring)
    tell(skills, *(edited(post, at=on(2), body=SPEAKS) for post in posts.values()))
    tell(skills, *(liked(post, one, at=on(3)) for post in posts.values() for one in fans))
    begin_trust(skills, [], NOW)

    with skills.session() as session:
        session.add_all(Standing(member_id=one.id, voice_id=one.id, thousandths=0) for one in ring)
        session.flush()
        raise_alarms(session, night=session.scalars(select(Night)).one())

        assert session.scalars(select(SkillAlarm)).all() == []


def test_no_word_of_an_earlier_version_outlives_the_post(skills, asked, fans):
    given = answer(person("Ben"), asked, "A secret.")
    now = edited(given, at=on(2), body=SPEAKS)
    tell(skills, asked, given, liked(given, fans[0], at=on(3)), now)
    with skills.session() as session:
        assert "A secret." in str(session.get(PostRef, given.post_id).earlier)

    tell(skills, removed(given), now)

    with skills.session() as session:
        assert session.get(PostRef, given.post_id).earlier == []
    assert read(skills).late_voices == {}
