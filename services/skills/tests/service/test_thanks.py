"""Thanks for help in a project prove skills, by the voice of the project's owner."""

from datetime import timedelta
from uuid import uuid4

from chassis.testing.people import MONDAY, joined, left, person, suspended
from contracts.projects import ContributionThanked
from contracts.skills import SkillAttributed
from services.skills.app import SERVICE
from services.skills.models import PostRef, UnknownKeyword
from services.skills.tests import tables
from services.skills.tests.factories import KAFKA, SPARK, ever, liked, question


def thanks(owner, helper, *skills, at=MONDAY, call_id=None):
    return ContributionThanked(
        call_id=call_id or uuid4(),
        member_id=helper.id,
        project_id=uuid4(),
        owner_id=owner.id,
        skills=skills,
        revision=1,
        thanked_at=at,
    )


def held(skills, viewer, member):
    answer = skills.as_member(viewer).get(f"/members/{member.id}/skills", headers=ever(viewer))
    return [one["skill"]["slug"] for one in answer.json["items"]]


def people(skills, *names):
    found = [person(name) for name in names]
    skills.deliver(*map(joined, found))
    return found


def test_thanks_prove_the_skills_that_they_name(skills, on_monday):
    ada, bob = people(skills, "Ada", "Bob")

    skills.deliver(thanks(ada, bob, KAFKA, "no-such-skill"))

    assert held(skills, ada, bob) == [KAFKA]
    path = f"/members/{bob.id}/skills/{KAFKA}"
    for viewer in (ada, bob):
        [line] = skills.as_member(viewer).get(f"{path}/evidence").json["items"]
        assert (line["source"], line["post"]["kind"]) == ("thanks", "thanks")
        assert (line["post"]["id"], line["post"]["title"]) == (None, "")
        [grouped] = skills.as_member(viewer).get(f"{path}/evidence?group=post").json["items"]
        assert grouped["source"] == "thanks"
    shown = skills.as_member(bob).get(path).json
    assert abs(line["weight"] - shown["score"]) < 1e-9
    with skills.session() as session:
        # What a project's owner wrote down is no keyword of anybody's post.
        assert session.query(UnknownKeyword).count() == 0


def test_several_owners_are_several_voices(skills, on_monday):
    bob, *owners = people(skills, "Bob", "Ada", "Cleo", "Dan")

    skills.deliver(*(thanks(one, bob, KAFKA) for one in owners))

    shown = skills.as_member(bob).get(f"/members/{bob.id}/skills/{KAFKA}").json
    assert shown["liker_count"] == 3 and shown["evidence_count"] == 3
    [told] = [one for one in skills.published(SkillAttributed) if one.level > 1][-1:]
    assert told.level == 2


def test_twice_late_and_before_its_members_it_is_the_same(skills, on_monday):
    ada, bob = person("Ada"), person("Bob")
    told = thanks(ada, bob, KAFKA, SPARK)

    skills.deliver(told)
    skills.deliver(joined(ada), joined(bob))
    skills.deliver(told, told)

    assert sorted(held(skills, bob, bob)) == [KAFKA, SPARK]
    with skills.session() as session:
        assert session.query(PostRef).count() == 1


def test_an_owner_who_is_suspended_proves_nothing_and_who_left_holds_nothing(skills, on_monday):
    ada, bob, cleo = people(skills, "Ada", "Bob", "Cleo")
    skills.deliver(thanks(ada, bob, KAFKA), thanks(bob, cleo, KAFKA))

    skills.deliver(suspended(ada), left(cleo))
    tables.count_again(skills)

    assert held(skills, bob, bob) == []
    assert skills.as_member(bob).get(f"/members/{cleo.id}/skills").status_code == 404


def test_ones_own_branch_and_ones_own_thanks_are_as_with_likes(skills, on_monday):
    [ada] = people(skills, "Ada")

    skills.deliver(thanks(ada, ada, KAFKA))

    assert held(skills, ada, ada) == []


def test_thanks_and_likes_add_up(skills, on_monday):
    ada, bob = people(skills, "Ada", "Bob")
    asked = question(bob, "How do I scale Apache Kafka?")
    skills.deliver(asked, liked(asked, ada), thanks(ada, bob, KAFKA, at=MONDAY + timedelta(days=1)))

    lines = skills.as_member(bob).get(f"/members/{bob.id}/skills/{KAFKA}/evidence").json["items"]

    assert {one["source"] for one in lines} >= {"thanks"}
    assert held(skills, bob, bob) == [KAFKA]


def test_a_rebuilt_service_says_the_same(skills, on_monday):
    ada, bob = people(skills, "Ada", "Bob")
    told = thanks(ada, bob, KAFKA)
    skills.deliver(told)
    before = skills.as_member(bob).get(f"/members/{bob.id}/skills/{KAFKA}").json

    with skills.session() as session:
        SERVICE.empty(session)
    skills.deliver(told, joined(ada), joined(bob))

    assert skills.as_member(bob).get(f"/members/{bob.id}/skills/{KAFKA}").json == before
