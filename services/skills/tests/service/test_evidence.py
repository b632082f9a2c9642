"""What a like is worth, on which skill, and that an unlike takes exactly that away."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.people import MONDAY, joined, person
from contracts.discussion import AnswerAccepted, AnswerUnaccepted
from services.skills.tests import tables
from services.skills.tests.factories import (
    BIG_DATA,
    KAFKA,
    SPARK,
    answer,
    ever,
    liked,
    question,
    unliked,
)

pytestmark = pytest.mark.usefixtures("on_monday")


def worth(service, post):
    """What a post brings to each of its skills, in millionths."""
    found = tables.read(service).contributions
    return {
        skill: row["backed"] + row["asked"]
        for (post_id, skill), row in found.items()
        if post_id == post.post_id
    }


def accepted(asked, given, *, revision=1, kind=AnswerAccepted):
    return kind(
        question_id=asked.post_id,
        answer_id=given.post_id,
        author_id=given.author_id,
        asker_id=asked.author_id,
        revision=revision,
        changed_at=MONDAY + timedelta(hours=2),
    )


@pytest.fixture
def people_who_answer(skills):
    """Ben answers twice under Ana's questions; three like the first, Cleo later the second."""
    ana, ben, *fans = (person(name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eve"))
    asked = question(ana, "Who knows Apache Kafka?")
    first, second = answer(ben, asked, "With Apache Kafka itself."), answer(ben, asked, "So.")
    later = liked(second, fans[0], at=MONDAY + timedelta(hours=1))
    skills.deliver(joined(ben), asked, first, second, *(liked(first, fan) for fan in fans), later)
    return ben, first, second, fans


def test_like_credits_the_author_with_the_posts_skills_and_its_questions(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?", keywords=["Hadoop"])
    given = answer(ben, asked, "Try Apache Spark.")

    skills.deliver(asked, given, liked(given, cleo))

    found = tables.read(skills)
    assert set(found.attributions) == {(ben.id, KAFKA), (ben.id, BIG_DATA), (ben.id, SPARK)}
    assert {skill for post_id, skill in found.mentions if post_id == asked.post_id} == {
        KAFKA,
        BIG_DATA,
    }


def test_an_answer_is_worth_more_the_more_voices_like_it_and_never_one(skills):
    ana, ben = person("Ana"), person("Ben")
    likers = [ana, *(person(f"Liker {number}") for number in range(3))]
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    skills.deliver(asked, given)

    seen = []
    for one in likers:
        skills.deliver(liked(given, one))
        seen += worth(skills, given).values()

    # It names no skill: its question's (.8), halved, of a worth of 1/2, 2/3, 3/4 and 4/5.
    assert seen == [200_000, 266_666, 300_000, 320_000]


def test_the_worth_of_a_post_is_shared_and_not_multiplied_by_its_skills(skills):
    ana, ben = person("Ana"), person("Ben")
    one = question(ana, "Who knows Apache Kafka?")
    four = question(ana, "Apache Kafka, Apache Spark, Hadoop or OpenCV?")
    answers = [answer(ben, asked) for asked in (one, four)]

    skills.deliver(one, four, *answers, *(liked(given, ana) for given in answers))

    [alone] = worth(skills, answers[0]).values()
    shared = worth(skills, answers[1])
    # Three main skills of the question, each with 1/√3.
    assert len(shared) == 3
    assert set(shared.values()) == {round(400_000 / 3**0.5) * 500_000 // 1_000_000}
    assert sum(shared.values()) < 2 * alone


def test_an_accepted_answer_is_liked_by_its_asker_s_voice_once(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?")
    given, other = answer(ben, asked), answer(cleo, asked)
    skills.deliver(asked, given, other, accepted(asked, given))
    by_accept = worth(skills, given)

    skills.deliver(liked(given, ana))
    by_both = worth(skills, given)
    skills.deliver(accepted(asked, other, revision=2))

    assert by_accept == by_both == worth(skills, given) == worth(skills, other) == {KAFKA: 200_000}
    skills.deliver(accepted(asked, other, revision=3, kind=AnswerUnaccepted))
    assert worth(skills, other) == {KAFKA: 0}
    assert set(tables.read(skills).attributions) == {(ben.id, KAFKA)}


def test_one_s_own_accepted_answer_is_liked_by_nobody(skills):
    ana = person("Ana")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ana, asked)

    skills.deliver(accepted(asked, given), asked, given)

    assert worth(skills, given) == {KAFKA: 0}


def test_like_of_a_question_counts_a_fifth_for_the_order_and_raises_nobody(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Who knows Apache Kafka?")

    skills.deliver(asked, liked(asked, ben))

    assert worth(skills, asked) == {KAFKA: 80_000}
    [held] = tables.read(skills).attributions.values()
    assert held["evidence"] > 0 and held["strength"] == held["level"] == 0


def test_own_like_counts_nothing(skills):
    ana = person("Ana")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ana, asked)

    skills.deliver(asked, given, liked(asked, ana), liked(given, ana))

    found = tables.read(skills)
    assert (found.voices, found.attributions) == ({}, {})
    assert tables.announcements(skills) == []


def test_unlike_removes_exactly_what_the_like_added(skills):
    ana, ben, cleo, dan = (person(name) for name in ("Ana", "Ben", "Cleo", "Dan"))
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked, at=MONDAY + timedelta(days=3, minutes=7))
    skills.deliver(
        asked, given, liked(given, ana), liked(given, dan, at=MONDAY + timedelta(days=9))
    )
    before = tables.read(skills)

    skills.deliver(liked(given, cleo, at=MONDAY + timedelta(days=5)))
    between = tables.read(skills)
    skills.deliver(unliked(given, cleo))

    after = tables.read(skills)
    assert between.attributions != before.attributions
    assert (after.contributions, after.voices) == (before.contributions, before.voices)
    assert after.attributions == before.attributions


def test_like_that_comes_before_its_post_counts_when_the_post_comes(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)

    skills.deliver(liked(given, ana))
    early = tables.read(skills).voices
    skills.deliver(given)
    alone = tables.read(skills).contributions
    skills.deliver(asked)

    assert (early, alone) == ({}, {})
    assert set(tables.read(skills).attributions) == {(ben.id, KAFKA)}


def test_late_question_gives_its_answers_their_skills(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked, "Try Apache Spark.")
    skills.deliver(given, liked(given, cleo), liked(given, ana, at=MONDAY + timedelta(hours=1)))
    before = worth(skills, given)

    skills.deliver(asked)

    assert before == {SPARK: 400_000}
    assert worth(skills, given).keys() == {SPARK, KAFKA}
    assert set(tables.read(skills).attributions) == {(ben.id, KAFKA), (ben.id, SPARK)}


def test_older_revision_and_repetition_change_nothing(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    skills.deliver(joined(ben, revision=2), asked, given, liked(given, ana, revision=3))
    before = tables.read(skills)

    skills.deliver(
        joined(ben, revision=1, state="left"),
        question(ana, "About Apache Spark", post_id=asked.post_id, revision=0),
        given,
        unliked(given, ana, revision=2),
        liked(given, ana, revision=3, at=MONDAY + timedelta(days=1)),
    )

    assert tables.read(skills) == before
    assert len(tables.announcements(skills)) == 1


def test_edited_post_keeps_the_skills_that_it_still_mentions(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Apache Kafka or Apache Spark?")
    given = answer(ben, asked)
    skills.deliver(asked, given, liked(given, ana))

    skills.deliver(question(ana, "Apache Kafka?", post_id=asked.post_id, revision=2))

    found = tables.read(skills)
    assert set(found.attributions) == {(ben.id, KAFKA)}
    assert (found.pairs, found.post_counts) == ({}, {KAFKA: 1})


def test_pairs_count_the_questions_about_both(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Apache Kafka or Apache Spark?")

    skills.deliver(asked, answer(ben, asked), question(ana, "And Apache Kafka with Hadoop?"))

    found = tables.read(skills)
    assert found.pairs == {frozenset((KAFKA, SPARK)): 1, frozenset((KAFKA, BIG_DATA)): 1}
    assert found.post_counts == {KAFKA: 2, SPARK: 1, BIG_DATA: 1}


def test_no_phrase_is_found_across_two_keywords(skills):
    ana = person("Ana")

    skills.deliver(question(ana, "Which one?", keywords=["Apache", "Kafka Connect", "Big", "Data"]))

    assert {skill for _, skill in tables.read(skills).mentions} == {KAFKA}


def test_weights_shown_add_up_to_the_score_and_fade_alike(skills):
    ana, ben = person("Ana"), person("Ben")
    likers = [person(f"Liker {number}") for number in range(4)]
    events = [joined(ben)]
    for day in range(3):
        asked = question(ana, "Who knows Apache Kafka?", at=MONDAY + timedelta(days=40 * day))
        given = answer(ben, asked, at=asked.published_at)
        events += [asked, given, *(liked(given, one) for one in likers[day:])]
    skills.deliver(*events)
    path = f"/members/{ben.id}/skills"

    seen = {}
    for moment in (MONDAY + timedelta(days=90), MONDAY + timedelta(days=360)):
        with clock.at(moment):
            client = skills.as_member(ana)
            [shown] = client.get(path, headers=ever(ana)).json["items"]
            evidence = client.get(f"{path}/{KAFKA}/evidence", headers=ever(ana)).json["items"]
        seen[moment] = (shown["score"], sum(item["weight"] for item in evidence))

    (soon, soon_sum), (late, late_sum) = seen.values()
    assert soon_sum == pytest.approx(soon) and late_sum == pytest.approx(late)
    assert late == pytest.approx(soon / 2)
    assert all(item["source"] == "like" for item in evidence)


def test_evidence_bears_the_title_of_the_answers_question(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    skills.deliver(joined(ben), joined(ana), asked, given, liked(given, ana), liked(asked, ben))
    client = skills.as_member(ana)

    [of_answer] = client.get(f"/members/{ben.id}/skills/{KAFKA}/evidence").json["items"]
    [of_question] = client.get(f"/members/{ana.id}/skills/{KAFKA}/evidence").json["items"]

    assert of_answer["post"] == {
        "id": str(given.post_id),
        "kind": "answer",
        "title": "Who knows Apache Kafka?",
        "question_id": str(asked.post_id),
    }
    assert (of_question["post"]["kind"], of_question["post"]["question_id"]) == ("question", None)


def test_evidence_by_post_adds_up_to_the_lines_and_says_why(skills, people_who_answer):
    ben, first, second, _ = people_who_answer
    path = f"/members/{ben.id}/skills/{KAFKA}/evidence"
    lines = skills.as_member(ben).get(path).json["items"]

    posts = skills.as_member(ben).get(f"{path}?group=post").json["items"]

    assert [post["post"]["id"] for post in posts] == [str(first.post_id), str(second.post_id)]
    assert [(post["source"], post["like_count"]) for post in posts] == [("like", 3), ("like", 1)]
    assert [post["reason"] for post in posts] == ["body", "question"]
    for post in posts:
        parts = [line["weight"] for line in lines if line["post"] == post["post"]]
        assert post["weight"] == pytest.approx(sum(parts)) and parts
        assert post["is_new_voice"] is None
    # In pages as well, and no other grouping is known.
    one = skills.as_member(ben).get(f"{path}?group=post&limit=1").json
    rest = skills.as_member(ben).get(f"{path}?group=post&cursor={one['next']}").json
    assert [*one["items"], *rest["items"]] == posts and rest["next"] is None
    assert skills.as_member(ben).get(f"{path}?group=day").status_code == 422


def test_each_voice_is_new_once(skills, people_who_answer):
    ben, first, second, _ = people_who_answer
    path = f"/members/{ben.id}/skills/{KAFKA}/evidence"

    lines = skills.as_member(ben).get(path).json["items"]

    # Cleo's like of the second answer comes after that of the first.
    assert [(line["post"]["id"], line["is_new_voice"]) for line in lines] == [
        (str(second.post_id), False),
        *[(str(first.post_id), True)] * 3,
    ]
    exported = skills.as_member(ben).get("/members/me/export/skills").json["attributions"]
    told = {one["skill"]["slug"]: one["evidence"] for one in exported}[KAFKA]
    assert [line["is_new_voice"] for line in told] == [True, True, True, False]


def test_an_accept_is_a_voice_as_a_like_is(skills, people_who_answer):
    ben, *_ = people_who_answer
    ana = person("Ana")
    asked = question(ana, "Is Apache Kafka fast?")
    given = answer(ben, asked)
    skills.deliver(asked, given, accepted(asked, given))
    skills.deliver(liked(given, ana, at=MONDAY + timedelta(hours=3)))
    path = f"/members/{ben.id}/skills/{KAFKA}/evidence"

    lines = skills.as_member(ben).get(path).json["items"]

    theirs = [line for line in lines if line["post"]["id"] == str(given.post_id)]
    assert [(line["source"], line["is_new_voice"]) for line in theirs] == [
        ("like", False),
        ("accept", True),
    ]
    posts = skills.as_member(ben).get(f"{path}?group=post").json["items"]
    assert {post["source"] for post in posts if post["post"]["id"] == str(given.post_id)} == {
        "accept"
    }
