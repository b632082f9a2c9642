"""What is taken out of the evidence, and put back: lines, groups, and the alarms before."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.testing.people import MONDAY, joined, left, person
from contracts.skills import ContestAnswered, SkillAttributed, SkillWithdrawn
from services.skills.app import SERVICE
from services.skills.models import Contest, SkillAlarm
from services.skills.queries import history
from services.skills.tests import tables
from services.skills.tests.communities import NOW
from services.skills.tests.factories import KAFKA, answer, ever, liked, question
from services.skills.tests.trusted import begin_trust, night

DAY = timedelta(days=1)
NOTHING, NOBODY, NONE = (f"00000000-0000-7000-8000-{number:012}" for number in range(3))


@pytest.fixture(autouse=True)
def now():
    with clock.at(NOW):
        yield


@pytest.fixture
def mod(skills):
    one = person("Mod", role="moderator")
    skills.deliver(joined(one))
    return one


def answered(skills, author, likers, *, asker=None, count=1):
    """Answers about Kafka that all of these like."""
    asker = asker or person("Asker")
    asked = [question(asker, "Apache Kafka?", at=MONDAY - 20 * n * DAY) for n in range(count)]
    given = [answer(author, one, at=one.published_at) for one in asked]
    people = {one.id: one for one in (asker, author, *likers)}
    skills.deliver(*map(joined, people.values()), *asked, *given)
    skills.deliver(*(liked(post, one) for post in given for one in likers))
    return given


def person_of(skills):
    """One more moderator."""
    one = person("Third", role="moderator")
    skills.deliver(joined(one))
    return one


def levels(skills, member):
    viewer = person("Viewer")
    found = skills.as_member(viewer).get(f"/members/{member.id}/skills", headers=ever(viewer))
    return {row["skill"]["slug"]: row["level"] for row in found.json["items"]}


def send(skills, actor, method, path, json=None):
    return skills.as_member(actor).request(method, path, json=json, headers=ever(actor))


def discount(skills, actor, **wanted):
    body = {"skill": KAFKA, "reason": "No proof.", **wanted}
    return send(skills, actor, "POST", "/discounts", body)


def read(skills):
    return tables.read(skills)


def test_a_post_that_is_discounted_proves_nothing_in_the_skill_until_it_is_put_back(skills, mod):
    ben = person("Ben")
    [given] = answered(skills, ben, [person(f"Liker {n}") for n in range(3)])
    before = read(skills)

    tried = discount(skills, mod, post_id=str(given.post_id), is_dry_run=True)
    untouched = read(skills)
    made = discount(skills, mod, post_id=str(given.post_id))
    out = levels(skills, ben)
    again = discount(skills, mod, post_id=str(given.post_id))
    told = skills.published(SkillWithdrawn)[-1]
    ended = send(skills, mod, "DELETE", f"/discounts/{made.json['id']}?reason=It is one.")

    assert untouched == before
    assert (tried.status_code, tried.json["id"], tried.json["like_count"]) == (201, None, 3)
    [step] = tried.json["steps"]
    assert (step["member"]["name"], step["level_before"], step["level_after"]) == ("Ben", 2, 0)
    assert out == {} and told.cause == "rules"
    assert again.status_code == 404  # it is no line any more
    assert ended.status_code == 204
    assert levels(skills, ben) == {KAFKA: 2}
    assert read(skills) == before
    assert skills.published(SkillAttributed)[-1].cause == "rules"


def test_what_a_discounted_group_likes_of_each_other_counts_nowhere(skills, mod):
    ring = [person(f"Ring {n}") for n in range(4)]
    outsider = person("Outsider")
    for author in ring:
        answered(skills, author, [*(one for one in ring if one != author), outsider])
    before = read(skills)
    group = [str(one.id) for one in ring]

    tried = discount(skills, mod, member_ids=group, is_dry_run=True)
    untouched = read(skills)
    made = discount(skills, mod, member_ids=group)
    again = discount(skills, mod, member_ids=group[::-1])
    tables.count_again(skills)
    alone = [levels(skills, one) for one in ring]
    late = liked(answered(skills, ring[0], [])[0], ring[1])
    skills.deliver(late)
    unmoved = levels(skills, ring[0])
    send(skills, mod, "DELETE", f"/discounts/{made.json['id']}?reason=They are a class.")
    tables.count_again(skills)

    assert (tried.json["like_count"], tried.json["is_complete"]) == (12, True)
    assert {(s["level_before"], s["level_after"]) for s in tried.json["steps"]} == {(2, 1)}
    assert untouched == before
    assert again.json["id"] == made.json["id"]
    assert alone == [{KAFKA: 1}] * 4 and unmoved == {KAFKA: 1}
    assert {levels(skills, one)[KAFKA] for one in ring} == {2}
    after = read(skills).attributions
    assert after[ring[1].id, KAFKA] == before.attributions[ring[1].id, KAFKA]


def test_a_dry_run_blames_no_discount_for_what_has_only_aged(skills, mod):
    ben = person("Ben")
    answered(skills, ben, [person(f"Liker {n}") for n in range(3)], count=2)
    one, *_ = send(skills, ben, "GET", f"/members/{ben.id}/skills/{KAFKA}/evidence").json["items"]

    with clock.at(NOW + 450 * DAY):  # nobody has told yet that it faded to the first level
        tried = discount(skills, mod, post_id=one["post"]["id"], is_dry_run=True)

    assert tried.json["steps"] == []


def test_a_rebuild_keeps_discounts(skills, mod):
    ben = person("Ben")
    likers, asker = [person(f"Liker {n}") for n in range(2)], person("Asker")
    [given] = answered(skills, ben, likers, asker=asker)
    discount(skills, mod, post_id=str(given.post_id))
    standing = read(skills)
    with skills.session() as session:
        SERVICE.empty(session)

    asked = question(asker, "Apache Kafka?", post_id=given.question_id)
    skills.deliver(*map(joined, (mod, ben, *likers)), asked, given)
    skills.deliver(*(liked(given, one) for one in likers))

    assert levels(skills, ben) == {}
    assert read(skills).contributions == standing.contributions


def test_a_holder_contests_a_line_and_a_moderator_takes_it_out_or_keeps_it(skills, mod):
    ben, cleo = person("Ben"), person("Cleo")
    one, other = answered(skills, ben, [cleo], count=2)

    def contest(actor, post_id, **more):
        body = {"skill": KAFKA, "post_id": str(post_id), **more}
        return send(skills, actor, "POST", "/contests", body)

    first = contest(ben, one.post_id, word="I only asked back.")
    twice = contest(ben, one.post_id, word="Again.")
    others = contest(cleo, one.post_id)
    unknown = contest(ben, uuid4())
    waiting = send(skills, mod, "GET", "/contests").json["items"]
    path = f"/contests/{first.json['id']}/answer"
    by_holder = send(skills, ben, "PUT", path, {"outcome": "kept", "word": "No."})
    taken = send(skills, mod, "PUT", path, {"outcome": "taken_out", "word": "Right."})
    twice_answered = send(skills, mod, "PUT", path, {"outcome": "kept", "word": "Right."})
    mine = send(skills, ben, "GET", "/contests").json["items"]
    kept = contest(ben, other.post_id)
    path = f"/contests/{kept.json['id']}/answer"
    send(skills, mod, "PUT", path, {"outcome": "kept", "word": "It says how."})

    assert (first.status_code, twice.json["id"]) == (201, first.json["id"])
    assert (others.status_code, others.json["code"]) == (404, "line_not_found")
    assert unknown.json["code"] == "line_not_found"
    assert [(row["holder"]["name"], row["word"]) for row in waiting] == [
        ("Ben", "I only asked back.")
    ]
    assert (by_holder.status_code, taken.status_code) == (403, 204)
    assert twice_answered.json["code"] == "contest_answered"
    [row] = mine
    assert (row["outcome"], row["answer"], row["holder"]) == ("taken_out", "Right.", None)
    evidence = send(skills, ben, "GET", f"/members/{ben.id}/skills/{KAFKA}/evidence").json["items"]
    assert {line["post"]["id"] for line in evidence} == {str(other.post_id)}
    [listed] = send(skills, mod, "GET", "/discounts").json["items"]
    assert (listed["post_id"], listed["made_by"]["name"]) == (str(one.post_id), "Mod")
    exported = send(skills, ben, "GET", "/members/me/export/skills").json["contests"]
    assert {row["outcome"] for row in exported} == {"kept", "taken_out"}
    told = skills.published(ContestAnswered)
    assert [(event.member_id, event.skill, event.outcome) for event in told] == [
        (ben.id, KAFKA, "taken_out"),
        (ben.id, KAFKA, "kept"),
    ]
    first, second = sorted(told, key=lambda event: event.contest_id)
    with skills.session() as session:
        assert history.list_contest_history(session, None, 9) == [first, second]
        assert history.list_contest_history(session, first, 9) == [second]


def test_what_a_leaver_contested_is_forgotten(skills):
    ben = person("Ben")
    [given] = answered(skills, ben, [person("Cleo")])
    body = {"skill": KAFKA, "post_id": str(given.post_id), "word": "Not me."}
    send(skills, ben, "POST", "/contests", body)

    skills.deliver(left(ben))

    with skills.session() as session:
        assert session.scalars(select(Contest)).all() == []


def test_moderators_decide_nothing_about_themselves(skills, mod):
    other = person("Other", role="moderator")
    skills.deliver(joined(other))
    [given] = answered(skills, mod, [person("Cleo")])
    own = discount(skills, mod, post_id=str(given.post_id))
    group = discount(skills, mod, member_ids=[str(mod.id), str(other.id)])
    by_another = [
        discount(skills, other, post_id=str(given.post_id)).json["id"],
        discount(skills, person_of(skills), member_ids=[str(mod.id), str(other.id)]).json["id"],
    ]
    put_back = [send(skills, mod, "DELETE", f"/discounts/{one}?reason=Mine.") for one in by_another]
    assert [one.json["code"] for one in put_back] == ["own_discount"] * 2
    send(skills, other, "DELETE", f"/discounts/{by_another[0]}?reason=It is one.")
    body = {"skill": KAFKA, "post_id": str(given.post_id)}
    contested = send(skills, mod, "POST", "/contests", body).json["id"]
    path = f"/contests/{contested}/answer"
    answered_own = send(skills, mod, "PUT", path, {"outcome": "taken_out", "word": "Right."})
    by_other = send(skills, other, "PUT", path, {"outcome": "taken_out", "word": "Right."})

    assert own.json["code"] == group.json["code"] == "own_discount"
    assert (answered_own.json["code"], by_other.status_code) == ("contest_not_found", 204)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/discounts", None),
        ("POST", "/discounts", {"skill": KAFKA, "post_id": NOTHING, "reason": "No."}),
        ("DELETE", f"/discounts/{NOTHING}?reason=No.", None),
        ("GET", "/skill-alarms", None),
        ("PUT", f"/skill-alarms/{NOTHING}/answer", {"outcome": "dismissed", "reason": "No."}),
        ("PUT", f"/contests/{NOTHING}/answer", {"outcome": "kept", "word": "No."}),
    ],
)
def test_others_than_moderators_are_refused(skills, method, path, body):
    ben = person("Ben")
    skills.deliver(joined(ben))

    refused = send(skills, ben, method, path, body)

    assert (refused.status_code, refused.json["code"]) == (403, "moderators_only")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"post_id": None}, 422),
        ({"member_ids": [NOBODY]}, 422),
        ({"post_id": NOTHING, "member_ids": [NOBODY, NONE]}, 422),
        ({"member_ids": [f"00000000-0000-7000-8000-{n:012}" for n in range(51)]}, 422),
        ({"member_ids": [NOBODY, NONE]}, 404),
        ({"post_id": NOTHING}, 404),
        ({"skill": "no-such-skill", "post_id": NOTHING}, 404),
    ],
)
def test_a_discount_is_of_a_post_or_of_a_group_that_there_is(skills, mod, more, code):
    assert discount(skills, mod, **more).status_code == code


def test_a_ring_raises_one_alarm_that_a_moderator_answers_once(skills, mod):
    founder = person("Founder")
    ring = [person(f"Ring {n}") for n in range(5)]
    for author in ring:
        answered(skills, author, [one for one in ring if one != author])
    # Somebody whom many like, and who has no ring.
    answered(skills, person("Liked"), [*ring[:2], *(person(f"Fan {n}") for n in range(6))])
    skills.deliver(joined(founder))
    begin_trust(skills, [founder.id], NOW)

    night(skills, NOW)
    night(skills, NOW + DAY)
    [alarm] = send(skills, mod, "GET", "/skill-alarms").json["items"]
    path = f"/skill-alarms/{alarm['id']}/answer"
    dismissed = {"outcome": "dismissed", "reason": "A class."}
    answers = [send(skills, mod, "PUT", path, dismissed).status_code for _ in range(2)]
    night(skills, NOW + 2 * DAY)

    assert {one["name"] for one in alarm["members"]} == {one.name for one in ring}
    assert (alarm["own_count"], alarm["like_count"]) == (20, 20)
    assert answers == [204, 409]
    assert send(skills, mod, "GET", "/skill-alarms").json["items"] == []
    with skills.session() as session:
        assert len(session.scalars(select(SkillAlarm)).all()) == 1


def test_discounting_an_alarm_s_group_takes_its_levels_and_is_taken_back(skills, mod):
    founder = person("Founder")
    ring = [person(f"Ring {n}") for n in range(5)]
    for author in ring:
        answered(skills, author, [one for one in ring if one != author])
    skills.deliver(joined(founder))
    begin_trust(skills, [founder.id], NOW)
    night(skills, NOW)
    [alarm] = send(skills, mod, "GET", "/skill-alarms").json["items"]
    with_likes = [levels(skills, one) for one in ring]

    body = {"outcome": "discounted", "reason": "They only like each other."}
    send(skills, mod, "PUT", f"/skill-alarms/{alarm['id']}/answer", body)
    tables.count_again(skills)
    without = [levels(skills, one) for one in ring]
    [done] = send(skills, mod, "GET", "/skill-alarms?state=answered").json["items"]
    send(skills, mod, "DELETE", f"/discounts/{done['discount_id']}?reason=A mistake.")
    tables.count_again(skills)

    assert all(one[KAFKA] >= 1 for one in with_likes)
    assert without == [{}] * 5
    assert [levels(skills, one) for one in ring] == with_likes


def test_no_alarm_is_raised_before_trust_begins(skills, mod):
    ring = [person(f"Ring {n}") for n in range(6)]
    for author in ring:
        answered(skills, author, [one for one in ring if one != author])

    night(skills, NOW)

    assert send(skills, mod, "GET", "/skill-alarms").json["items"] == []
