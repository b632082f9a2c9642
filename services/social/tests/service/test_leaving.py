"""Who leaves follows nobody and nothing, and nobody follows them, whatever happens at once."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.testing.meeting import while_uncommitted
from chassis.testing.people import MONDAY, joined, left, person, suspended, updated
from contracts.social import KeywordFollowed, KeywordUnfollowed, MemberFollowed, MemberUnfollowed
from services.social.actions import follows, keywords
from services.social.actions.leaving import PAGE
from services.social.actions.replicas import keep_members
from services.social.models import Follow, KeywordFollow
from services.social.tests.factories import (
    follow,
    follow_keyword,
    members,
    unfollow,
    unfollow_keyword,
)

TUESDAY = MONDAY + timedelta(days=1)


def claims(one):
    return Claims(
        id=one.id,
        session_id=new_id(),
        role=one.role,
        name=one.name,
        headline=one.headline,
        expires_at=0.0,
    )


def standing(service):
    """How many follows are on."""
    with service.session() as session:
        return sum(
            session.query(model).where(model.is_following).count()
            for model in (Follow, KeywordFollow)
        )


def leave(one):
    return lambda session: keep_members(session, [left(one)])


def test_follows_by_and_of_who_left_end_and_are_told_in_key_order(social):
    ana, ben, cleo = sorted(members(social, "Ana", "Ben", "Cleo"), key=lambda one: one.id)
    for follower, followed in ((cleo, ben), (ana, ben), (ben, cleo), (ben, ana), (ana, cleo)):
        follow(social, follower, followed)

    with clock.at(TUESDAY):
        social.deliver(left(ben))

    assert social.published(MemberUnfollowed) == [
        MemberUnfollowed(follower_id=one.id, followed_id=other.id, revision=2, changed_at=TUESDAY)
        for one, other in ((ana, ben), (ben, ana), (ben, cleo), (cleo, ben))
    ]
    with social.session() as session:
        rows = session.query(Follow).order_by(Follow.follower_id, Follow.followed_id).all()
    assert len(rows) == 5
    assert [(row.follower_id, row.followed_id) for row in rows if row.is_following] == [
        (ana.id, cleo.id)
    ]


def test_keywords_that_who_left_followed_are_told_to_end_and_forgotten(social):
    ana, ben = members(social, "Ana", "Ben")
    follow_keyword(social, ana, "once")
    unfollow_keyword(social, ana, "once")
    for one, slug in ((ana, "sql"), (ana, "go"), (ben, "sql")):
        follow_keyword(social, one, slug)

    with clock.at(TUESDAY):
        social.deliver(left(ana))

    assert social.published(KeywordUnfollowed)[1:] == [
        KeywordUnfollowed(member_id=ana.id, slug=slug, revision=2, changed_at=TUESDAY)
        for slug in ("go", "sql")
    ]
    with social.session() as session:
        rows = session.query(KeywordFollow).all()
    assert [(row.member_id, row.slug, row.is_following) for row in rows] == [(ben.id, "sql", True)]


def test_what_was_off_before_is_not_told_again(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)
    unfollow(social, ana, ben)
    follow_keyword(social, ana, "sql")
    unfollow_keyword(social, ana, "sql")

    social.deliver(left(ana))

    told = [*social.published(MemberUnfollowed), *social.published(KeywordUnfollowed)]
    assert [event.revision for event in told] == [2, 2]


def test_second_telling_that_a_member_left_tells_nothing(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)
    follow_keyword(social, ana, "sql")
    social.deliver(left(ana))

    social.deliver(left(ana))

    told = [*social.published(MemberUnfollowed), *social.published(KeywordUnfollowed)]
    assert [event.revision for event in told] == [2, 2]


def test_two_who_leave_in_one_batch_end_their_pair_once(social):
    ana, ben, cleo = members(social, "Ana", "Ben", "Cleo")
    for follower, followed in ((ana, ben), (ben, ana), (cleo, ana)):
        follow(social, follower, followed)

    social.deliver(left(ana), left(ben))

    assert [event.revision for event in social.published(MemberUnfollowed)] == [2, 2, 2]


def test_more_follows_than_a_page_end_each_once(social):
    [ana] = members(social, "Ana")
    others = [person(f"Member {number}") for number in range(PAGE + 1)]
    social.deliver(*map(joined, others))
    stamp = {"is_following": True, "revision": 1, "changed_at": MONDAY}
    with social.session() as session:
        for other in others:
            session.add(Follow(follower_id=other.id, followed_id=ana.id, **stamp))
            session.add(KeywordFollow(member_id=ana.id, slug=f"k-{other.id}", **stamp))

    social.deliver(left(ana))

    told = social.published(MemberUnfollowed)
    assert [event.follower_id for event in told] == sorted(other.id for other in others)
    assert len({event.slug for event in social.published(KeywordUnfollowed)}) == PAGE + 1
    assert standing(social) == 0


def test_suspended_member_keeps_their_follows(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)
    follow(social, ben, ana)
    follow_keyword(social, ana, "sql")

    social.deliver(suspended(ana))

    assert standing(social) == 3
    assert social.published(MemberUnfollowed) == social.published(KeywordUnfollowed) == []


@pytest.mark.parametrize("leaver", [0, 1])
@pytest.mark.parametrize("follower", [0, 1])
def test_follow_that_is_not_committed_when_a_member_leaves_ends(social, leaver, follower):
    pair = members(social, "Ana", "Ben")
    one, other = pair[follower], pair[1 - follower]

    while_uncommitted(
        social,
        lambda session: follows.follow_member(session, actor=claims(one), member_id=other.id),
        lambda: social.deliver(left(pair[leaver])),
    )

    assert standing(social) == 0
    assert [event.revision for event in social.published(MemberUnfollowed)] == [2]


@pytest.mark.parametrize("leaver", [0, 1])
@pytest.mark.parametrize("follower", [0, 1])
def test_follow_while_a_member_leaves_waits_and_is_refused(social, leaver, follower):
    pair = members(social, "Ana", "Ben")
    one, other = pair[follower], pair[1 - follower]

    answer = while_uncommitted(social, leave(pair[leaver]), lambda: follow(social, one, other))

    refusal = "member_suspended" if leaver == follower else "member_not_found"
    assert answer.json["code"] == refusal
    assert standing(social) == 0
    assert social.published(MemberFollowed) == []


def test_keyword_follow_that_is_not_committed_when_the_member_leaves_ends(social):
    [ana] = members(social, "Ana")

    while_uncommitted(
        social,
        lambda session: keywords.follow_keyword(session, actor=claims(ana), slug="sql"),
        lambda: social.deliver(left(ana)),
    )

    assert standing(social) == 0


def test_keyword_follow_while_the_member_leaves_is_refused(social):
    [ana] = members(social, "Ana")

    answer = while_uncommitted(social, leave(ana), lambda: follow_keyword(social, ana, "sql"))

    assert answer.json["code"] == "member_suspended"
    assert social.published(KeywordFollowed) == []


@pytest.mark.parametrize("follower", [0, 1])
def test_follow_and_a_batch_about_both_members_do_not_wait_crosswise(social, follower):
    pair = sorted(members(social, "Ana", "Ben"), key=lambda one: one.id)
    one, other = pair[follower], pair[1 - follower]

    answer = while_uncommitted(
        social,
        lambda session: keep_members(session, [updated(pair[0], revision=2)]),
        lambda: follow(social, one, other),
        lambda session: keep_members(session, [updated(pair[1], revision=2)]),
    )

    assert answer.status_code == 200


def test_two_who_follow_each_other_and_leave_at_once_end_each_pair_once(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)
    follow(social, ben, ana)

    while_uncommitted(social, leave(ana), lambda: social.deliver(left(ben)))

    assert [event.revision for event in social.published(MemberUnfollowed)] == [2, 2]
    assert standing(social) == 0
