"""Keywords that name no skill wait for moderators, who make skills of them or not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from chassis import clock
from chassis.testing.meeting import at_once
from chassis.testing.paging import all_items
from chassis.testing.people import MONDAY, joined, left, person, suspended
from services.skills.actions import catalogue
from services.skills.actions.catalogue import Entry, load_catalogue, reread_posts
from services.skills.app import SERVICE
from services.skills.models import CandidateAnswer, Skill, SkillAlias
from services.skills.tests import tables
from services.skills.tests.catalogues import few_entries, leave_few
from services.skills.tests.factories import KAFKA, SPARK, question, removed

pytestmark = pytest.mark.usefixtures("on_monday")

ZYMURGY = {"en": "Zymurgy", "fr": "Zymurgie", "category": "data"}


def _leave_two(session):
    leave_few(session, few_entries(KAFKA, SPARK))
    theirs = select(Skill.id).where(Skill.slug.in_([KAFKA, SPARK]))
    session.execute(delete(SkillAlias).where(SkillAlias.skill_id.not_in(theirs)))


@pytest.fixture
def skills(service_under_test):
    return service_under_test(SERVICE, prepare=_leave_two)


@pytest.fixture(autouse=True)
def small(skills, monkeypatch):
    """Few terms, which are read in no time; the entries of the file are those of these."""
    few = list(few_entries(KAFKA, SPARK))
    monkeypatch.setattr(catalogue, "read_catalogue", lambda: iter(few))
    return few


@pytest.fixture
def max_(skills):
    max_ = person("Max", role="moderator")
    skills.deliver(joined(max_))
    return max_


@pytest.fixture
def people(skills):
    people = [person(f"Member {number}") for number in range(5)]
    skills.deliver(*map(joined, people))
    return people


def ask(service, people, *keywords, **more):
    """A question of each, with these keywords."""
    asked = [question(one, "How?", keywords=keywords, **more) for one in people]
    service.deliver(*asked)
    return asked


def reread(service):
    """As the worker does, until nothing waits."""
    while True:
        with service.session() as session:
            if not reread_posts(session):
                return


def waiting(service, viewer, **query):
    found = service.as_member(viewer).get("/skill-candidates", query_string=query)
    assert found.status_code == 200, found.json
    return [(one["slug"], one["member_count"]) for one in found.json["items"]]


def answer(service, actor, slug, outcome, **more):
    wanted = {"outcome": outcome, "reason": "So it is.", **more}
    answered = service.as_member(actor).put(f"/skill-candidates/{slug}/answer", wanted)
    reread(service)
    return answered


def reopen(service, actor, slug):
    path = f"/skill-candidates/{slug}/answer?reason=After all."
    answered = service.as_member(actor).delete(path)
    reread(service)
    return answered


def test_a_keyword_of_five_members_that_names_no_skill_waits(skills, max_, people):
    ask(skills, people, "Zymurgy", "Apache Kafka")
    ask(skills, people[:4], "Kombucha")
    ask(skills, people[:1] * 5, "Kefir")

    assert waiting(skills, max_) == [("zymurgy", 5)]
    [shown] = skills.as_member(max_).get("/skill-candidates").json["items"]
    assert (shown["label"], shown["post_count"], shown["answer"]) == ("Zymurgy", 5, None)


def test_it_is_called_as_most_write_it(skills, max_, people):
    ask(skills, people[:2], "ZYMURGY")
    ask(skills, people, "Zymurgy")

    [shown] = skills.as_member(max_).get("/skill-candidates").json["items"]

    assert (shown["slug"], shown["label"], shown["post_count"]) == ("zymurgy", "Zymurgy", 7)


def test_only_what_stands_counts(skills, max_, people):
    asked = ask(skills, people, "Zymurgy", "Kombucha", "Kefir", "Kvass")
    skills.deliver(removed(asked[0]))
    assert waiting(skills, max_) == []
    more = person("More")
    skills.deliver(joined(more))
    edited, *_ = ask(skills, [more], "Zymurgy", "Kombucha")
    assert waiting(skills, max_) == [("kombucha", 5), ("zymurgy", 5)]
    skills.deliver(replace(edited, revision=2, keywords=edited.keywords[:1]))
    assert waiting(skills, max_) == [("zymurgy", 5)]
    skills.deliver(replace(edited, revision=3, audience="followers-only"))
    assert waiting(skills, max_) == []
    skills.deliver(replace(edited, revision=4))
    assert waiting(skills, max_) == [("kombucha", 5), ("zymurgy", 5)]
    skills.deliver(suspended(people[1]))
    assert waiting(skills, max_) == []


def test_those_who_left_count_no_more(skills, max_, people):
    ask(skills, people, "Zymurgy")
    assert waiting(skills, max_) == [("zymurgy", 5)]

    skills.deliver(left(people[2]))

    assert waiting(skills, max_) == []


def test_what_was_asked_more_than_30_days_ago_counts_no_more(skills, max_, people):
    ask(skills, people, "Zymurgy")

    with clock.at(MONDAY + timedelta(days=29)):
        assert waiting(skills, max_) == [("zymurgy", 5)]
    with clock.at(MONDAY + timedelta(days=30)):
        assert waiting(skills, max_) == []


def test_pages_hold_each_candidate_once(skills, max_, people):
    for keywords in (["Aa1", "Bb2", "Cc3"], ["Dd4", "Ee5"]):
        ask(skills, people, *keywords)

    found = all_items(skills.as_member(max_), "/skill-candidates", limit=2)

    assert [one["slug"] for one in found] == ["aa1", "bb2", "cc3", "dd4", "ee5"]


def test_an_accepted_keyword_is_a_skill_from_then_on(skills, max_, people):
    asked = ask(skills, people, "Zymurgy")

    assert answer(skills, max_, "zymurgy", "accepted", skill=ZYMURGY).status_code == 204

    assert waiting(skills, max_) == []
    assert {post for post, _ in tables.read(skills).mentions} == {one.post_id for one in asked}
    shown = skills.as_member(people[0]).get("/skills/zymurgy").json
    assert (shown["labels"], shown["question_count"]) == ({"en": "Zymurgy", "fr": "Zymurgie"}, 5)
    [told] = skills.as_member(max_).get("/skill-candidates?state=answered").json["items"]
    assert (told["label"], told["answer"]["outcome"]) == ("Zymurgy", "accepted")
    assert (told["answer"]["actor"]["name"], told["answer"]["reason"]) == ("Max", "So it is.")
    assert told["answer"]["skill"]["slug"] == "zymurgy"
    acts = skills.as_member(max_).get("/catalogue-acts?slug=zymurgy").json["items"]
    assert [(one["act"], one["into"]) for one in acts] == [("accept", "zymurgy")]


def test_a_skill_may_have_another_slug_than_its_keyword(skills, max_, people):
    ask(skills, people, "Zymurgie")
    skill = {**ZYMURGY, "slug": "Zymurgy"}

    answer(skills, max_, "zymurgie", "accepted", skill=skill)

    moved = skills.as_member(max_).get("/skills/zymurgie")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/api/v1/skills/zymurgy")


def test_an_everyday_word_proves_nothing_in_prose(skills, max_, people):
    ask(skills, people, "Bord")
    skill = {**ZYMURGY, "en": "Bord", "fr": "Bord", "is_everyday": True}
    answer(skills, max_, "bord", "accepted", skill=skill)
    before = len(tables.read(skills).mentions)

    skills.deliver(question(people[0], "The bord of it", body="We met at the bord today."))

    assert len(tables.read(skills).mentions) == before == 5


def test_an_alias_means_the_skill_that_there_is(skills, max_, people):
    asked = ask(skills, people, "Event ledger")

    assert answer(skills, max_, "event-ledger", "alias", into=KAFKA).status_code == 204

    assert set(tables.read(skills).mentions) == {(one.post_id, KAFKA) for one in asked}
    moved = skills.as_member(max_).get("/skills/event-ledger")
    assert moved.headers["Location"].endswith(KAFKA)
    assert waiting(skills, max_) == []


def test_a_refused_keyword_waits_no_more_until_that_is_taken_back(skills, max_, people):
    ask(skills, people, "Help")

    answer(skills, max_, "help", "refused")
    assert waiting(skills, max_) == []
    assert reopen(skills, max_, "help").status_code == 204

    assert waiting(skills, max_) == [("help", 5)]
    acts = skills.as_member(max_).get("/catalogue-acts").json["items"]
    assert {one["act"] for one in acts} == {"refuse", "reopen"}


@pytest.mark.parametrize(
    ("outcome", "more"), [("accepted", {"skill": ZYMURGY}), ("alias", {"into": KAFKA})]
)
def test_an_answer_taken_back_restores_everything(skills, max_, people, outcome, more):
    ask(skills, people, "Zymurgy", "Apache Kafka")
    before = tables.read(skills)
    answer(skills, max_, "zymurgy", outcome, **more)
    assert tables.read(skills) != before

    assert reopen(skills, max_, "zymurgy").status_code == 204

    assert tables.read(skills) == before
    assert waiting(skills, max_) == [("zymurgy", 5)]
    client = skills.as_member(max_)
    assert client.get("/skills/zymurgy").json["code"] == "skill_not_found"
    assert [one["slug"] for one in client.get("/skills?q=zymurgy").json["items"]] == []
    again = reopen(skills, max_, "zymurgy")
    assert (again.status_code, again.json["code"]) == (404, "candidate_not_found")


def test_a_skill_that_is_made_again_is_the_same(skills, max_, people):
    def made():
        with skills.session() as session:
            return session.scalar(select(Skill.id).where(Skill.slug == "zymurgy"))

    ask(skills, people, "Zymurgy")
    answer(skills, max_, "zymurgy", "accepted", skill=ZYMURGY)
    first = made()
    reopen(skills, max_, "zymurgy")

    assert answer(skills, max_, "zymurgy", "accepted", skill=ZYMURGY).status_code == 204

    assert made() == first
    assert skills.as_member(max_).get("/skills/zymurgy").status_code == 200


def test_a_skill_that_others_lead_to_is_not_taken_back(skills, max_, people):
    ask(skills, people, "Zymurgy")
    answer(skills, max_, "zymurgy", "accepted", skill=ZYMURGY)
    merge = {"into": "zymurgy", "reason": "One thing."}
    skills.as_member(max_).put(f"/skills/{KAFKA}/merge", merge)

    refused = reopen(skills, max_, "zymurgy")

    assert (refused.status_code, refused.json["code"]) == (409, "candidate_in_use")
    skills.as_member(max_).delete(f"/skills/{KAFKA}/merge?reason=No.")
    assert reopen(skills, max_, "zymurgy").status_code == 204


@pytest.mark.parametrize(
    ("slug", "outcome", "more", "status", "code"),
    [
        ("kombucha", "refused", {}, 404, "candidate_not_found"),
        (KAFKA, "refused", {}, 404, "candidate_not_found"),
        ("zymurgy", "alias", {"into": "nothing"}, 404, "skill_not_found"),
        ("zymurgy", "alias", {}, 422, "invalid"),
        ("zymurgy", "refused", {"into": KAFKA}, 422, "invalid"),
        ("zymurgy", "accepted", {"skill": {**ZYMURGY, "category": "?"}}, 422, "category_unknown"),
        ("zymurgy", "accepted", {"skill": {**ZYMURGY, "slug": SPARK}}, 409, "slug_taken"),
        ("zymurgy", "accepted", {"skill": {**ZYMURGY, "fr": "Apache Spark"}}, 409, "term_taken"),
        ("zymurgy", "accepted", {"skill": {**ZYMURGY, "fr": "!?"}}, 422, "label_invalid"),
    ],
)
def test_answers_that_cannot_be_are_refused(
    skills, max_, people, slug, outcome, more, status, code
):
    ask(skills, people, "Zymurgy", "Apache Kafka")
    ask(skills, people[:4], "Kombucha")

    refused = answer(skills, max_, slug, outcome, **more)

    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert waiting(skills, max_) == [("zymurgy", 5)]


def test_of_two_moderators_at_once_the_later_is_told(skills, max_, people):
    mia = person("Mia", role="moderator")
    skills.deliver(joined(mia))
    ask(skills, people, "Zymurgy")
    answers = []

    def give(actor, *given, **more):
        with clock.at(MONDAY):  # a thread has a clock of its own
            answers.append(answer(skills, actor, "zymurgy", *given, **more).status_code)

    at_once(
        lambda: give(max_, "refused"),
        lambda: give(mia, "accepted", skill=ZYMURGY),
    )

    assert sorted(answers) == [204, 409]


def test_it_is_for_moderators_alone(skills, people):
    ask(skills, people, "Zymurgy")
    client = skills.as_member(people[0])
    body = {"outcome": "refused", "reason": "x"}

    for refused in (
        client.get("/skill-candidates"),
        client.put("/skill-candidates/zymurgy/answer", body),
        client.delete("/skill-candidates/zymurgy/answer?reason=x"),
    ):
        assert (refused.status_code, refused.json["code"]) == (403, "moderators_only")


def test_a_later_load_and_a_rebuild_leave_what_was_answered(skills, max_, people, small):
    ask(skills, people, "Zymurgy", "Kombucha", "Kefir")
    answers = [
        answer(skills, max_, "zymurgy", "accepted", skill=ZYMURGY),
        answer(skills, max_, "kombucha", "alias", into=KAFKA),
        answer(skills, max_, "kefir", "refused"),
    ]
    assert [one.status_code for one in answers] == [204] * 3
    before = tables.read(skills)
    # The file has them by now, otherwise.
    small += [
        Entry("zymurgy", "Brewing science", "Science brassicole", "data", ["zymurgy"]),
        Entry("kombucha", "Kombucha", "Kombucha", "data"),
        Entry("fermentation", "Fermentation", "Fermentation", "data", ["Kombucha"]),
    ]

    with skills.session() as session:
        load_catalogue(session)
    reread(skills)

    assert tables.read(skills) == before
    client = skills.as_member(max_)
    assert client.get("/skills/zymurgy").json["label"] == "Zymurgy"
    assert client.get("/skills/kombucha").headers["Location"].endswith(KAFKA)
    with skills.session() as session:
        SERVICE.empty(session)
        assert len(session.scalars(select(CandidateAnswer)).all()) == 3
    # Taken back, what the file has stays, called as there.
    assert reopen(skills, max_, "zymurgy").status_code == 204
    assert client.get("/skills/zymurgy").json["label"] == "Brewing science"
