"""Who is told what, and that it is shown only while it may be."""

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
from contracts.social import KeywordFollowed
from services.notifications import chores, rules
from services.notifications.actions import broadcasts
from services.notifications.tests.factories import (
    NOON,
    SOON,
    answer,
    attributed,
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


def test_somebody_named_in_an_old_post_is_told_now(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    old = question(ada, audience="members", at=SOON - timedelta(days=30))
    body = f"So, @[Bob](member:{bob.id})?"
    edited = PostEdited(**{**vars(old), "revision": 2, "body": body}, edited_at=NOON)

    notifications.deliver(old, edited)

    assert [one["is_unread"] for one in shown(notifications, bob)] == [True]
