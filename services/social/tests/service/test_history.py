"""The past told again, and the replica emptied before it is."""

from chassis.messaging.republish import republish
from chassis.testing.people import joined, left
from contracts.social import (
    KeywordFollowed,
    KeywordUnfollowed,
    MemberFollowed,
    MemberUnfollowed,
)
from services.social.app import SERVICE
from services.social.models import MemberRef
from services.social.tests.factories import (
    follow,
    follow_keyword,
    members,
    unfollow,
    unfollow_keyword,
)

TYPES = [MemberFollowed.type, MemberUnfollowed.type]


def latest(events):
    newest = {}
    for event in events:
        if event.subject not in newest or newest[event.subject].revision < event.revision:
            newest[event.subject] = event
    return newest


def test_history_is_the_latest_event_of_each_pair_tombstones_included(social):
    ana, ben, cleo = members(social, "Ana", "Ben", "Cleo")
    for change, follower, followed in (
        (follow, ana, ben),
        (follow, ben, ana),
        (unfollow, ana, ben),
        (follow, cleo, ana),
        (follow, ana, ben),
        (unfollow, ben, ana),
    ):
        change(social, follower, followed)
    live = [*social.published(MemberFollowed), *social.published(MemberUnfollowed)]

    count = republish(social.database, SERVICE.history, "discussion", TYPES)

    everything = [*social.published(MemberFollowed), *social.published(MemberUnfollowed)]
    told_again = list(everything)
    for event in live:
        told_again.remove(event)
    assert count == 3
    assert {event.subject: event for event in told_again} == latest(live)


def test_history_tells_the_follows_of_who_left_as_ended(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)
    follow(social, ben, ana)
    social.deliver(left(ben))

    with social.session() as session:
        told = [event for history in SERVICE.history for event in history.page(session, None, 9)]

    assert [(event.state, event.revision) for event in told] == [("none", 2)] * 2


def test_history_pages_follow_one_another(social):
    ana, ben, cleo = members(social, "Ana", "Ben", "Cleo")
    for follower, followed in ((ana, ben), (ana, cleo), (ben, cleo), (cleo, ana), (cleo, ben)):
        follow(social, follower, followed)
    history = SERVICE.history[0]

    told, after = [], None
    with social.session() as session:
        while page := history.page(session, after, 2):
            told += page
            after = page[-1]

    assert len(told) == len({event.subject for event in told}) == 5


def test_emptied_replica_takes_the_same_revision_again(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)
    with social.session() as session:
        session.get_one(MemberRef, ben.id).name = "Spoilt"
        session.flush()
        SERVICE.empty(session)

    social.deliver(joined(ana), joined(ben))

    [followed] = social.as_member(ana).get(f"/members/{ana.id}/following").json["items"]
    assert followed["name"] == "Ben"


def test_history_of_keywords_is_the_latest_event_of_each_pair_page_by_page(social):
    ana, ben = members(social, "Ana", "Ben")
    for one, slug in ((ana, "sql"), (ana, "go"), (ben, "sql"), (ben, "c-plus-plus"), (ben, "go")):
        follow_keyword(social, one, slug)
    unfollow_keyword(social, ben, "go")
    live = [*social.published(KeywordFollowed), *social.published(KeywordUnfollowed)]
    history = SERVICE.history[1]

    found, after = [], None
    with social.session() as session:
        while page := history.page(session, after, 2):
            found += page
            after = page[-1]

    assert len(found) == 5
    assert {event.subject: event for event in found} == latest(live)
