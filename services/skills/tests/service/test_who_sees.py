"""Who sees whose skills: not across a block, and nothing that names a post for followers only."""

import base64
from dataclasses import replace

import pytest

from chassis.testing.people import MONDAY, joined, person
from contracts.social import MemberBlocked, MemberUnblocked
from services.skills.tests.factories import KAFKA, answer, liked, question

pytestmark = pytest.mark.usefixtures("on_monday")


@pytest.fixture
def people(skills):
    """Ben answers Ana about Apache Kafka; she and two more like that, and so does Cleo."""
    people = [person(name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eve")]
    skills.deliver(*map(joined, people))
    return people


def prove(service, people, *, audience="members"):
    """The question under which Ben is liked, and his answer."""
    ana, ben, *fans = people
    asked = replace(question(ana, "Who knows Apache Kafka?", at=MONDAY), audience=audience)
    given = replace(answer(ben, asked, at=MONDAY), audience=audience)
    service.deliver(asked, given, *(liked(given, fan, at=MONDAY) for fan in (ana, *fans)))
    return asked, given


def blocked(blocker, other, *, revision=1, kind=MemberBlocked):
    ids = {"blocker_id": blocker.id, "blocked_id": other.id}
    return kind(**ids, revision=revision, changed_at=MONDAY)


def everything(service, viewer, member, question_id):
    """What a viewer gets of a member's skills and question, by every way there is."""
    paths = {
        "skills": f"/members/{member.id}/skills",
        "one": f"/members/{member.id}/skills/{KAFKA}",
        "evidence": f"/members/{member.id}/skills/{KAFKA}/evidence",
        "experts": f"/skills/{KAFKA}/experts",
        "who knows": "/experts?q=Apache Kafka",
        "levels": f"/skills/levels?members={member.id}&keywords={KAFKA}",
        "who could answer": f"/questions/{question_id}/experts",
    }
    answers = {name: service.as_member(viewer).get(path) for name, path in paths.items()}
    return {
        name: len(answer.json.get("items", "one")) if answer.status_code == 200 else 404
        for name, answer in answers.items()
    }


@pytest.mark.parametrize("turn", [1, -1])
def test_across_a_block_nobody_sees_the_others_skills(skills, people, turn):
    _, ben, cleo, *_ = people
    prove(skills, people)
    asked = question(ben, "Which broker beside Apache Kafka?", at=MONDAY)
    skills.deliver(asked)
    before = everything(skills, cleo, ben, asked.post_id)

    skills.deliver(blocked(*(cleo, ben)[::turn]))

    hidden = everything(skills, cleo, ben, asked.post_id)
    assert hidden == {
        **dict.fromkeys(("skills", "one", "evidence", "who could answer"), 404),
        **dict.fromkeys(("experts", "who knows", "levels"), 0),
    }
    # Ben himself and Dan see what they saw, and all is as before when it is taken back.
    assert everything(skills, ben, ben, asked.post_id) == before
    assert everything(skills, people[3], ben, asked.post_id) == before
    skills.deliver(blocked(*(cleo, ben)[::turn], revision=2, kind=MemberUnblocked))
    assert everything(skills, cleo, ben, asked.post_id) == before


def test_a_block_does_not_touch_what_likes_prove(skills, people):
    _, ben, cleo, dan, _ = people
    prove(skills, people)
    before = skills.as_member(dan).get(f"/members/{ben.id}/skills").json

    skills.deliver(blocked(ben, cleo))

    assert skills.as_member(dan).get(f"/members/{ben.id}/skills").json == before


def test_evidence_does_not_name_a_post_for_followers_only(skills, people):
    ana, ben, cleo, *_ = people
    asked, given = prove(skills, people, audience="followers-only")
    path = f"/members/{ben.id}/skills/{KAFKA}/evidence"

    seen = skills.as_member(cleo).get(path).json["items"]

    assert [line["post"] for line in seen] == [
        {"id": None, "kind": "answer", "title": "", "question_id": None}
    ] * 4
    words = skills.as_member(cleo).get(path).text
    assert str(given.post_id) not in words and str(asked.post_id) not in words
    # It counts as any other, and its author reads what it was.
    own = skills.as_member(ben).get(path).json["items"]
    assert [line["weight"] for line in own] == [line["weight"] for line in seen]
    assert {(line["post"]["id"], line["post"]["title"]) for line in own} == {
        (str(given.post_id), asked.title)
    }
    exported = skills.as_member(ben).get("/members/me/export/skills").json
    assert str(given.post_id) in str(exported)
    assert skills.as_member(ana).get(f"/questions/{asked.post_id}/experts").status_code == 200
    assert skills.as_member(cleo).get(f"/questions/{asked.post_id}/experts").status_code == 404


def test_cursors_of_evidence_name_neither_who_liked_nor_what(skills, people):
    ben = people[1]
    posts = [prove(skills, people, audience="followers-only") for _ in range(2)]
    ids = [one.id for one in people] + [post.post_id for pair in posts for post in pair]
    path = f"/members/{ben.id}/skills/{KAFKA}/evidence"

    for query, count in (("limit=3", 8), ("limit=1&group=post", 2)):
        lines, cursor = [], ""
        while cursor is not None:
            page = skills.as_member(ben).get(f"{path}?{query}" + (cursor and f"&cursor={cursor}"))
            lines, cursor = lines + page.json["items"], page.json["next"]
            told = base64.urlsafe_b64decode((cursor or "") + "==").decode()
            assert not [one for one in ids if str(one) in told]
        assert len(lines) == count
