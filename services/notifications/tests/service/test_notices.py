"""Who is told what; that it is shown only while it may be; and reading it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.people import MONDAY, joined, left, person, reinstated, suspended
from contracts.discussion import (
    AnswerAccepted,
    AnswerRequested,
    AnswerUnaccepted,
    PostEdited,
)
from contracts.identity import InvitationRequested
from contracts.projects import (
    OpinionGiven,
    OpinionRequested,
    ProjectCreated,
    ProjectFollowed,
    ProjectHelpOffered,
    ProjectMemberJoined,
    ProjectMemberLeft,
    ProjectModerated,
    ProjectUpdatePublished,
)
from contracts.skills import SkillAttributed
from contracts.social import KeywordFollowed
from services.notifications import chores, rules
from services.notifications.actions import broadcasts
from services.notifications.tests.factories import (
    NOON,
    answer,
    blocked,
    followed,
    liked,
    members,
    question,
    removed,
    shown,
    texts,
    unfollowed,
    unliked,
)

SOON = NOON + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _soon():
    with clock.at(SOON):
        yield


def test_followers_are_told_of_a_question_for_them_and_nobody_else(notifications):
    ada, bob, cleo, eve = members(notifications, "Ada", "Bob", "Cleo", "Eve")
    asked = question(ada)

    notifications.deliver(followed(bob, ada), followed(cleo, ada), asked)

    for one in (bob, cleo):
        [told] = shown(notifications, one)
        assert told["text"] == "Ada asks: Who knows rye?"
        assert (told["kind"], told["class"], told["is_unread"]) == ("question", "to_me", True)
        assert told["reason"] == "You follow Ada."
        assert told["object"]["url"] == f"/questions/{asked.post_id}"
        assert [actor["name"] for actor in told["actors"]] == ["Ada"]
    assert texts(notifications, eve) == []
    assert sorted(texts(notifications, ada)) == ["Bob follows you", "Cleo follows you"]


def test_a_question_for_all_members_tells_nobody(notifications):
    ada, bob = members(notifications, "Ada", "Bob")

    notifications.deliver(followed(bob, ada), question(ada, audience="members"))

    assert texts(notifications, bob) == []


def test_who_follows_later_is_not_told_and_who_is_heard_of_later_is(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")

    notifications.deliver(question(ada))
    notifications.deliver(followed(bob, ada, at=NOON - timedelta(hours=1)))
    notifications.deliver(followed(cleo, ada, at=NOON + timedelta(seconds=1)))

    assert texts(notifications, bob) == ["Ada asks: Who knows rye?"]
    assert texts(notifications, cleo) == []


def test_many_followers_are_told_in_pieces(notifications, monkeypatch):
    monkeypatch.setattr(rules, "PIECE", 3)
    ada, *others = members(notifications, "Ada", *(f"Reader {n}" for n in range(8)))
    notifications.deliver(*(followed(one, ada) for one in others))

    monkeypatch.setattr(broadcasts, "_FOLLOWERS", broadcasts._piece_of_followers())
    notifications.deliver(question(ada))
    told = [bool(texts(notifications, one)) for one in others]
    assert told.count(True) == 3

    while any(
        chore.run(notifications.database, notifications.settings)
        for chore in chores.CHORES
        if chore.name == "go on telling"
    ):
        pass

    assert all(texts(notifications, one) for one in others)


def test_likes_of_a_day_are_one_notice_and_taking_back_leaves_it(notifications):
    ada, *likers = members(notifications, "Ada", *(f"Liker {n:02}" for n in range(14)))
    asked = question(ada)
    for n, one in enumerate(likers):
        notifications.deliver(asked, liked(one, asked, at=NOON + timedelta(seconds=n)))

    [told] = shown(notifications, ada)
    assert told["text"] == "Liker 13, Liker 12 and 12 others like what you wrote: Who knows rye?"
    assert (told["actor_count"], len(told["actors"])) == (14, 3)

    notifications.deliver(unliked(likers[13], asked), unliked(likers[12], asked))
    [told] = shown(notifications, ada)
    assert told["actor_count"] == 12
    assert told["text"].startswith("Liker 11, Liker 10 and 10 others")

    notifications.deliver(*(unliked(one, asked) for one in likers))
    assert shown(notifications, ada) == []


def test_likes_of_another_day_are_another_notice(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    asked = question(ada)

    notifications.deliver(
        asked, liked(bob, asked, at=NOON - timedelta(days=1)), liked(cleo, asked, at=NOON)
    )

    assert texts(notifications, ada) == [
        "Cleo likes what you wrote: Who knows rye?",
        "Bob likes what you wrote: Who knows rye?",
    ]


def test_what_was_read_is_unread_again_by_whom_came_after(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    asked = question(ada)
    notifications.deliver(asked, liked(bob, asked))
    client = notifications.as_member(ada)
    with clock.at(SOON + timedelta(seconds=1)):
        read = client.put("/notices/read", {"object_id": str(asked.post_id)})
        assert read.status_code == 204
        [told] = shown(notifications, ada)
        assert (told["is_unread"], told["read_at"] is None) == (False, False)
    with clock.at(SOON + timedelta(seconds=2)):
        notifications.deliver(liked(cleo, asked, at=NOON + timedelta(minutes=1)))
        assert [one["is_unread"] for one in shown(notifications, ada)] == [True]

        notifications.deliver(unliked(cleo, asked))

        assert [one["is_unread"] for one in shown(notifications, ada)] == [False]


def test_an_answer_tells_who_asked_whichever_is_heard_of_first(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    asked = question(ada, audience="members")

    notifications.deliver(answer(bob, asked))
    assert texts(notifications, ada) == []
    notifications.deliver(asked, answer(cleo, asked, at=NOON + timedelta(seconds=1)))
    own = answer(ada, asked, at=NOON + timedelta(seconds=2))
    notifications.deliver(own)

    assert texts(notifications, ada) == ["Cleo and Bob answered: Who knows rye?"]


def test_a_removed_answer_is_told_no_more(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(ada, audience="members")
    given = answer(bob, asked)

    notifications.deliver(asked, given, removed(given))

    assert texts(notifications, ada) == []


def test_an_accepted_answer_tells_its_author_until_it_is_no_more(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(ada, audience="members")
    given = answer(bob, asked)
    named = {
        "question_id": asked.post_id,
        "answer_id": given.post_id,
        "author_id": bob.id,
        "asker_id": ada.id,
        "changed_at": NOON,
    }
    notifications.deliver(asked, given, AnswerAccepted(**named, revision=1))
    assert texts(notifications, bob) == ["Ada accepted your answer: Who knows rye?"]

    notifications.deliver(AnswerUnaccepted(**named, revision=2))

    assert texts(notifications, bob) == []


def test_of_two_reasons_for_one_post_the_strongest_is_shown(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(ada, body=f"What do you think, @[Bob](member:{bob.id})?")
    notifications.deliver(followed(bob, ada), asked)
    assert texts(notifications, bob) == ["Ada names you: Who knows rye?"]

    notifications.deliver(
        AnswerRequested(
            question_id=asked.post_id,
            member_id=bob.id,
            requester_id=ada.id,
            revision=1,
            requested_at=NOON,
        )
    )
    assert texts(notifications, bob) == ["Ada asks you to answer: Who knows rye?"]


def test_who_is_named_no_more_is_told_no_more(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(ada, audience="members", body=f"So, @[Bob](member:{bob.id})?")
    notifications.deliver(asked)
    assert texts(notifications, bob) == ["Ada names you: Who knows rye?"]

    notifications.deliver(question(ada, audience="members", post_id=asked.post_id, revision=2))

    assert texts(notifications, bob) == []


def test_sponsors_hear_who_came_and_wrote_first(notifications):
    [ada] = members(notifications, "Ada")
    bob = person("Bob")

    notifications.deliver(
        replace(joined(bob), sponsor_id=ada.id), question(bob, audience="members")
    )
    later = question(bob, "And wheat?", audience="members", at=NOON + timedelta(hours=1))
    notifications.deliver(later)

    assert texts(notifications, ada) == ["Bob wrote for the first time", "Bob joined Skiller"]


def attributed(member, level, *, revision):
    return SkillAttributed(
        member_id=member.id,
        skill="rye",
        label_en="Rye",
        label_fr="Seigle",
        level=level,
        score=1.0,
        voices=2.0,
        last_evidence_at=NOON,
        revision=revision,
    )


def test_a_skill_is_told_at_each_level_in_ones_language(notifications):
    [ada] = members(notifications, "Ada")
    notifications.deliver(attributed(ada, 1, revision=1))
    assert texts(notifications, ada) == ["Rye: level 1 of 5"]

    notifications.deliver(attributed(ada, 2, revision=2))

    [told] = (
        notifications.as_member(ada)
        .get("/notices", headers={"Accept-Language": "fr"})
        .json["items"]
    )
    assert told["text"] == "Seigle\u00a0: niveau 2 sur 5"
    assert told["object"]["url"] == f"/members/{ada.id}/skills/rye"


def test_a_request_tells_who_follows_one_of_its_keywords_for_a_month(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    with clock.at(NOON):
        request_id = new_id()
    requested = InvitationRequested(request_id=request_id, revision=1, keywords=("rye", "bread"))
    wanted = {"revision": 1, "changed_at": MONDAY}
    notifications.deliver(
        KeywordFollowed(member_id=ada.id, slug="bread", **wanted),
        KeywordFollowed(member_id=bob.id, slug="rye-bread", **wanted),
        requested,
    )

    [told] = shown(notifications, ada)
    assert told["text"] == "Somebody asks for an invitation: rye, bread"
    assert (told["class"], told["object"]["url"]) == ("my_keywords", "/invitation-requests")
    assert shown(notifications, bob) == []
    with clock.at(NOON + timedelta(days=31)):
        assert shown(notifications, ada) == []


def test_words_of_people_keep_their_spaces_in_french(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), question(ada, "Et le seigle : pourquoi ?"))

    [told] = (
        notifications.as_member(bob)
        .get("/notices", headers={"Accept-Language": "fr"})
        .json["items"]
    )

    assert told["text"] == "Ada demande\u00a0: Et le seigle : pourquoi ?"


HIDING = {
    "removed": lambda ada, bob, asked: removed(asked),
    "unfollowed": lambda ada, bob, asked: unfollowed(bob, ada),
    "blocked by them": lambda ada, bob, asked: blocked(ada, bob),
    "blocked by me": lambda ada, bob, asked: blocked(bob, ada),
    "suspended": lambda ada, bob, asked: suspended(ada),
    "left": lambda ada, bob, asked: left(ada),
}


@pytest.mark.parametrize("why", HIDING)
def test_a_notice_is_shown_only_while_it_may_be(notifications, why):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(ada, audience="followers-only")
    notifications.deliver(followed(bob, ada), asked)
    assert len(shown(notifications, bob)) == 1

    notifications.deliver(HIDING[why](ada, bob, asked))

    assert shown(notifications, bob) == []
    assert notifications.as_member(bob).get("/notices/count").json["unread"] == 0


def test_who_is_reinstated_is_read_again(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), question(ada))

    notifications.deliver(suspended(ada), reinstated(ada))

    assert len(shown(notifications, bob)) == 1


def test_what_is_heard_a_week_late_is_born_read(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    at = SOON - timedelta(days=8)

    notifications.deliver(followed(bob, ada, at=at - timedelta(days=1)), question(ada, at=at))

    assert [one["is_unread"] for one in shown(notifications, bob)] == [False]


def test_reading_up_to_a_moment_leaves_what_came_later(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), question(ada, "One?"), question(ada, "Two?", at=SOON))
    client = notifications.as_member(bob)

    read = client.put("/notices/read", {"up_to": (SOON - timedelta(seconds=1)).isoformat()})

    assert read.status_code == 204
    assert [one["text"] for one in shown(notifications, bob, "?unread=true")] == ["Ada asks: Two?"]
    assert client.get("/notices/count").json == {
        "unread": 1,
        "by_class": {"to_me": 1, "my_circle": 0, "my_keywords": 0},
    }
    [last] = shown(notifications, bob, "?unread=true")
    assert client.put(f"/notices/{last['id']}/read").status_code == 204
    assert client.get("/notices/count").json["unread"] == 0


def test_notices_of_others_are_not_there(notifications):
    ada, bob, eve = members(notifications, "Ada", "Bob", "Eve")
    notifications.deliver(followed(bob, ada), question(ada))
    [told] = shown(notifications, bob)

    for notice_id in (told["id"], new_id()):
        refused = notifications.as_member(eve).put(f"/notices/{notice_id}/read")
        assert (refused.status_code, refused.json["code"]) == (404, "notice_not_found")


@pytest.mark.parametrize(
    "body", [{}, {"up_to": "2026-01-01T00:00:00Z", "object_id": str(new_id())}]
)
def test_reading_names_one_thing(notifications, body):
    [ada] = members(notifications, "Ada")

    refused = notifications.as_member(ada).put("/notices/read", body)

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["up_to"])


def test_an_unchanged_count_is_not_sent_again(notifications):
    [ada] = members(notifications, "Ada")
    client = notifications.as_member(ada)
    tag = client.get("/notices/count").headers["ETag"]

    again = client.get("/notices/count", headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")


def test_a_class_is_asked_for(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), followed(ada, bob), question(ada))

    assert [one["kind"] for one in shown(notifications, bob, "?class=to_me")] == ["question"]
    assert [one["kind"] for one in shown(notifications, bob, "?class=my_circle")] == ["follower"]


def test_nothing_is_kept_for_who_left(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(bob, audience="members")
    notifications.deliver(followed(ada, bob), asked, liked(ada, asked))

    notifications.deliver(left(bob))
    notifications.deliver(liked(ada, asked, revision=3), followed(ada, bob, revision=3))

    with notifications.session() as session:
        for table in ("notices", "notice_actors"):
            count = f"SELECT count(*) FROM {table} WHERE member_id = '{bob.id}'"
            assert session.connection().exec_driver_sql(count).scalar() == 0


def test_old_notices_are_forgotten(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), question(ada, "Read?"))
    assert (
        notifications.as_member(bob).put("/notices/read", {"up_to": SOON.isoformat()}).data == b""
    )
    later = NOON + timedelta(minutes=1)
    notifications.deliver(question(ada, "Unread?", at=later))

    for days, kept in ((89, ["Unread?", "Read?"]), (91, ["Unread?"]), (401, [])):
        with clock.at(SOON + timedelta(days=days)):
            run_chores(notifications)
            assert texts(notifications, bob) == [f"Ada asks: {title}" for title in kept]


def test_the_oldest_of_very_many_are_forgotten(notifications, monkeypatch):
    monkeypatch.setattr(rules, "MOST_KEPT", 2)
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(
        followed(bob, ada),
        *(question(ada, f"{n}?", at=NOON + timedelta(seconds=n)) for n in range(4)),
    )

    run_chores(notifications)

    assert texts(notifications, bob) == ["Ada asks: 3?", "Ada asks: 2?"]


def run_chores(notifications):
    for chore in chores.CHORES:
        while chore.run(notifications.database, notifications.settings):
            pass


def test_what_was_told_to_somebody_while_they_left_is_forgotten(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), question(ada))
    with notifications.session() as session:
        run = session.connection().exec_driver_sql
        run(f"UPDATE member_refs SET state = 'left' WHERE id = '{bob.id}'")

    run_chores(notifications)

    with notifications.session() as session:
        run = session.connection().exec_driver_sql
        assert run(f"SELECT count(*) FROM notices WHERE member_id = '{bob.id}'").scalar() == 0


def moderated(member):
    return ProjectModerated(
        act_id=new_id(),
        project_id=PROJECT,
        kind="close",
        object_type="project",
        object_id=PROJECT,
        member_id=member.id,
        is_standing=True,
        revision=1,
        acted_at=NOON,
        changed_at=NOON,
    )


PROJECT = new_id()


def project_of(owner, *, revision=1):
    return ProjectCreated(
        project_id=PROJECT,
        revision=revision,
        owner_id=owner.id,
        title="Bread",
        pitch="A course.",
        stage="idea",
        visibility="members",
        keywords=(),
        changed_at=MONDAY,
    )


def test_what_was_read_stays_read_when_it_is_heard_again(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(ada, audience="members")
    given = answer(bob, asked)
    events = [asked, given, project_of(ada), moderated(ada), attributed(ada, 1, revision=1)]
    notifications.deliver(*events)
    assert len(shown(notifications, ada)) == 3
    with clock.at(SOON + timedelta(seconds=1)):
        read = {"up_to": (SOON + timedelta(seconds=1)).isoformat()}
        assert notifications.as_member(ada).put("/notices/read", read).status_code == 204
    with clock.at(SOON + timedelta(seconds=2)):
        hidden = replace(attributed(ada, 1, revision=2), is_hidden=True, cause="hidden")
        edited = PostEdited(**{**vars(given), "revision": 2, "body": "By patience."})
        notifications.deliver(*events, hidden, edited)

        assert [one["is_unread"] for one in shown(notifications, ada)] == [False] * 3


def test_who_reads_while_a_like_is_on_its_way_has_not_read_it(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    asked = question(ada, audience="members")
    notifications.deliver(asked, liked(bob, asked))
    with clock.at(SOON + timedelta(seconds=2)):
        read = {"object_id": str(asked.post_id)}
        assert notifications.as_member(ada).put("/notices/read", read).status_code == 204
    # Heard before that, and written after it.
    with clock.at(SOON + timedelta(seconds=1)):
        notifications.deliver(liked(cleo, asked, at=NOON + timedelta(seconds=1)))

    assert [one["is_unread"] for one in shown(notifications, ada)] == [True]


def test_a_role_that_changes_leaves_the_notices_of_a_project(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    belongs = {"project_id": PROJECT, "member_id": bob.id, "joined_at": MONDAY}
    notifications.deliver(
        project_of(ada),
        ProjectMemberJoined(**belongs, role="contributor", revision=1, changed_at=MONDAY),
        ProjectUpdatePublished(
            update_id=new_id(),
            project_id=PROJECT,
            author_id=ada.id,
            title="It rose",
            revision=1,
            published_at=NOON,
        ),
    )
    assert texts(notifications, bob) == ["News of “Bread”: It rose"]

    notifications.deliver(ProjectMemberJoined(**belongs, role="owner", revision=2, changed_at=SOON))

    assert texts(notifications, bob) == ["News of “Bread”: It rose"]


def test_an_offer_is_for_who_owns_the_project_now(notifications):
    ada, bob, dan = members(notifications, "Ada", "Bob", "Dan")
    offer = {"offer_id": new_id(), "project_id": PROJECT, "call_id": new_id()}
    notifications.deliver(
        project_of(ada),
        ProjectHelpOffered(
            **offer,
            member_id=dan.id,
            state="pending",
            revision=1,
            offered_at=NOON,
            changed_at=NOON,
        ),
    )
    assert texts(notifications, ada) == ["Dan offers help in “Bread”"]

    notifications.deliver(project_of(bob, revision=2))

    assert texts(notifications, ada) == []
    assert texts(notifications, bob) == ["Dan offers help in “Bread”"]


def test_somebody_named_in_an_old_post_is_told_now(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    old = question(ada, audience="members", at=SOON - timedelta(days=30))
    body = f"So, @[Bob](member:{bob.id})?"
    edited = PostEdited(**{**vars(old), "revision": 2, "body": body}, edited_at=NOON)

    notifications.deliver(old, edited)

    assert [one["is_unread"] for one in shown(notifications, bob)] == [True]


def test_each_class_is_counted_by_itself(notifications):
    ada, bob, *others = members(notifications, "Ada", "Bob", *(f"Reader {n}" for n in range(101)))
    notifications.deliver(*(followed(one, bob) for one in others))
    notifications.deliver(followed(bob, ada), question(ada))

    counted = notifications.as_member(bob).get("/notices/count").json

    assert counted == {
        "unread": 100,
        "by_class": {"to_me": 1, "my_circle": 100, "my_keywords": 0},
    }


def round_of(author, **more):
    its = {
        "round_id": new_id(),
        "project_id": PROJECT,
        "author_id": author.id,
        "title": "Rye or wheat?",
        "audience": "followers",
        "is_anonymous": False,
        "opens_at": NOON,
        "closes_at": NOON + timedelta(days=3),
        "revision": 1,
        "changed_at": NOON,
        **more,
    }
    return OpinionRequested(**its)


def follows_project(member):
    return ProjectFollowed(project_id=PROJECT, member_id=member.id, revision=1, changed_at=MONDAY)


def test_a_round_with_names_is_told_of_again_a_day_before_its_end(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    asked = round_of(ada)
    inside, unnamed = round_of(ada, audience="contributors"), round_of(ada, is_anonymous=True)
    follows = [follows_project(one) for one in (bob, cleo)]
    notifications.deliver(project_of(ada), *follows, asked, inside, unnamed)
    ends = "“Bread”: a day is left to give your opinion: Rye or wheat?"
    assert ends not in texts(notifications, bob)
    opened = {"object_id": str(asked.round_id)}
    assert notifications.as_member(bob).put("/notices/read", opened).status_code == 204
    given = OpinionGiven(
        round_id=asked.round_id,
        member_id=cleo.id,
        project_id=PROJECT,
        revision=1,
        answered_at=NOON,
    )
    notifications.deliver(given)

    with clock.at(NOON + timedelta(days=2, minutes=1)):
        assert [one["is_unread"] for one in shown(notifications, bob) if one["text"] == ends] == [
            True
        ]
        assert ends not in texts(notifications, cleo)
        later = replace(asked, closes_at=NOON + timedelta(days=5), revision=2)
        notifications.deliver(later)
        assert ends not in texts(notifications, bob)
    with clock.at(NOON + timedelta(days=4, minutes=1)):
        assert texts(notifications, bob)[0] == ends


def test_of_a_round_of_one_day_nobody_is_reminded(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    short = round_of(ada, closes_at=NOON + timedelta(days=1))

    notifications.deliver(project_of(ada), follows_project(bob), short)

    assert texts(notifications, bob) == ["“Bread” asks for opinions: Rye or wheat?"]


def test_who_is_removed_from_a_project_is_told_who_leaves_is_not(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    notifications.deliver(project_of(ada))
    for one, by in ((bob, ada.id), (cleo, None)):
        its = {"project_id": PROJECT, "member_id": one.id, "role": "contributor"}
        notifications.deliver(
            ProjectMemberJoined(**its, revision=1, changed_at=MONDAY, joined_at=MONDAY),
            ProjectMemberLeft(**its, revision=2, changed_at=NOON, removed_by_id=by),
        )

    assert texts(notifications, bob) == ["Ada removed you from “Bread”"]
    assert texts(notifications, cleo) == []

    back = {"project_id": PROJECT, "member_id": bob.id, "role": "contributor"}
    notifications.deliver(ProjectMemberJoined(**back, revision=3, changed_at=SOON, joined_at=SOON))
    assert texts(notifications, bob) == []
