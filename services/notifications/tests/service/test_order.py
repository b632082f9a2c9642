"""However often and in whatever order events arrive, the same is shown; so after a rebuild."""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from chassis import clock, context
from chassis.identifiers import new_id
from chassis.messaging.consumer import Message
from chassis.messaging.envelope import seal
from chassis.testing.people import MONDAY, joined, person, suspended
from contracts.discussion import AnswerAccepted, AnswerRequested
from contracts.identity import InvitationRequested
from contracts.projects import (
    BenchmarkPublished,
    ContributionThanked,
    OpinionConcluded,
    OpinionOutcomeDue,
    OpinionRequested,
    ProjectAsleep,
    ProjectCallChanged,
    ProjectClosed,
    ProjectCreated,
    ProjectFollowed,
    ProjectHelpAsked,
    ProjectHelpOffered,
    ProjectIdle,
    ProjectMemberJoined,
    ProjectMemberLeft,
    ProjectModerated,
    ProjectUpdatePublished,
)
from contracts.social import KeywordFollowed
from services.notifications.actions.replicas import empty
from services.notifications.tests.factories import (
    NOON,
    answer,
    blocked,
    followed,
    liked,
    question,
    removed,
    shown,
    unfollowed,
    unliked,
)

PEOPLE = [person(name) for name in ("Ada", "Bob", "Cleo", "Dan", "Eve")]
ADA, BOB, CLEO, DAN, EVE = PEOPLE
PROJECT, CALL = new_id(), new_id()
with clock.at(NOON):
    REQUEST = new_id()
SOON = NOON + timedelta(hours=1)


def of_project(event, **more):
    return event(project_id=PROJECT, **more)


def told_of_posts():
    asked = question(ADA, body=f"What do you say, @[Cleo](member:{CLEO.id})?")
    secret = question(BOB, "And wheat?", audience="followers-only")
    gone = question(ADA, "Never mind?")
    given, late = answer(BOB, asked), answer(EVE, asked, at=NOON + timedelta(minutes=1))
    named = {"question_id": asked.post_id, "answer_id": given.post_id, "revision": 1}
    return [
        *(joined(one) for one in PEOPLE[:3]),
        replace(joined(DAN), sponsor_id=ADA.id),
        joined(EVE),
        suspended(EVE),
        *(followed(one, ADA) for one in (BOB, CLEO, DAN)),
        *(followed(one, BOB) for one in (ADA, CLEO)),
        unfollowed(DAN, ADA),
        followed(EVE, BOB, at=NOON + timedelta(minutes=1)),
        blocked(CLEO, BOB),
        *(asked, secret, gone, removed(gone), given, late),
        *(liked(one, asked) for one in (BOB, CLEO, DAN, EVE)),
        unliked(CLEO, asked),
        liked(ADA, given, at=NOON - timedelta(days=1)),
        liked(DAN, given),
        AnswerAccepted(**named, author_id=BOB.id, asker_id=ADA.id, changed_at=NOON),
        KeywordFollowed(member_id=CLEO.id, slug="rye", revision=1, changed_at=MONDAY),
        KeywordFollowed(member_id=DAN.id, slug="rye-bread", revision=1, changed_at=MONDAY),
        InvitationRequested(request_id=REQUEST, revision=1, keywords=("rye", "bread-baking")),
        AnswerRequested(
            question_id=asked.post_id,
            member_id=DAN.id,
            requester_id=BOB.id,
            revision=1,
            requested_at=NOON,
        ),
    ]


def told_of_project():
    about = {"owner_id": ADA.id, "title": "Bread", "pitch": "A course.", "keywords": ()}
    its = {**about, "visibility": "members", "changed_at": MONDAY}
    opened = {"round_id": new_id(), "author_id": ADA.id, "title": "Rye or wheat?"}
    opened |= {"audience": "followers", "is_anonymous": False, "opens_at": NOON}
    opened |= {"closes_at": NOON + timedelta(days=2), "changed_at": NOON}
    unsaid = {**opened, "round_id": new_id()}
    hours = {"hours": None, "until": None, "opened_at": NOON, "changed_at": NOON}
    asked = {"invitation_id": new_id(), "inviter_id": ADA.id, "member_id": EVE.id}
    asked |= {"call_id": CALL, "role": "contributor", "asked_at": NOON, "changed_at": NOON}
    offer = {"offer_id": new_id(), "call_id": CALL, "member_id": DAN.id, "offered_at": NOON}
    people = {"role": "owner", "revision": 1, "changed_at": MONDAY}
    hidden = new_id()
    news = {"author_id": ADA.id, "revision": 1, "published_at": NOON}
    return [
        of_project(ProjectCreated, **its, stage="idea", revision=1),
        of_project(ProjectClosed, **its, stage="closed", revision=2, learned="Much."),
        of_project(ProjectMemberJoined, member_id=ADA.id, **people),
        of_project(ProjectMemberJoined, member_id=CLEO.id, **{**people, "role": "contributor"}),
        *(
            of_project(ProjectFollowed, member_id=one.id, revision=1, changed_at=MONDAY)
            for one in (BOB, CLEO)
        ),
        of_project(
            ProjectCallChanged,
            call_id=CALL,
            author_id=CLEO.id,
            title="Who bakes?",
            skills=(),
            state="open",
            revision=1,
            **hours,
        ),
        of_project(ProjectHelpAsked, **asked, state="pending", revision=1),
        of_project(ProjectHelpAsked, **asked, state="accepted", revision=2),
        of_project(ProjectHelpOffered, **offer, state="pending", revision=1, changed_at=NOON),
        of_project(ProjectHelpOffered, **offer, state="accepted", revision=2, changed_at=NOON),
        of_project(ProjectUpdatePublished, update_id=new_id(), title="It rose", **news),
        of_project(ProjectUpdatePublished, update_id=hidden, title="It is hidden", **news),
        of_project(
            ProjectModerated,
            act_id=new_id(),
            kind="hide",
            object_type="update",
            object_id=hidden,
            member_id=ADA.id,
            is_standing=True,
            revision=1,
            acted_at=NOON,
            changed_at=NOON,
        ),
        of_project(ProjectMemberJoined, member_id=DAN.id, **{**people, "role": "contributor"}),
        of_project(
            ProjectMemberLeft,
            member_id=DAN.id,
            role="contributor",
            revision=2,
            changed_at=NOON,
            removed_by_id=ADA.id,
        ),
        of_project(ProjectIdle, revision=1, told_at=NOON),
        of_project(ProjectAsleep, revision=2, told_at=NOON),
        of_project(OpinionRequested, **opened, revision=1),
        of_project(
            OpinionOutcomeDue,
            round_id=unsaid["round_id"],
            author_id=ADA.id,
            title="Rye or wheat?",
            revision=1,
            due_at=NOON,
        ),
        of_project(OpinionRequested, **unsaid, revision=1),
        of_project(OpinionConcluded, **opened, revision=2, answer_count=3, concluded_at=NOON),
        of_project(
            BenchmarkPublished,
            benchmark_id=new_id(),
            author_id=ADA.id,
            title="Four flours",
            alternative_count=4,
            criterion_count=2,
            revision=1,
            published_at=NOON,
        ),
        of_project(
            ContributionThanked,
            call_id=CALL,
            member_id=CLEO.id,
            owner_id=ADA.id,
            skills=(),
            revision=1,
            thanked_at=NOON,
        ),
    ]


def everything(notifications):
    """What everybody is shown, whatever the ids of notices."""
    kept = ("kind", "class", "reason", "text", "object", "actor_count", "happened_at", "is_unread")
    return {
        one.name: sorted(
            [
                {name: told[name] for name in kept}
                for told in shown(notifications, one, "?limit=50")
            ],
            key=str,
        )
        for one in PEOPLE
    }


@pytest.fixture(autouse=True)
def _soon():
    with clock.at(SOON):
        yield


def test_the_order_and_number_of_events_change_nothing(service_under_test, notifications):
    events = [*told_of_posts(), *told_of_project()]
    notifications.deliver(*events)
    wanted = everything(notifications)
    assert {told["kind"] for items in wanted.values() for told in items} == {
        *("question", "request", "answer", "accepted", "like", "named", "follower"),
        *("invitee_joined", "help_offered", "help_answered", "update", "call", "round"),
        *("outcome", "benchmark", "thanks", "moderated", "idle", "outcome_due"),
        *("invitation_request", "removed"),
    } - {"help_offered"}
    chance = random.Random(12)

    for _ in range(6):
        other = service_under_test(notifications.service)
        thrice = events * 3
        chance.shuffle(thrice)
        while thrice:
            size = chance.randint(1, 9)
            other.deliver(*thrice[:size])
            del thrice[:size]
        assert everything(other) == wanted


def test_a_rebuild_changes_nothing(notifications):
    events = [*told_of_posts(), *told_of_project()]
    notifications.deliver(*events)
    read = {"up_to": (NOON + timedelta(minutes=1)).isoformat()}
    assert notifications.as_member(CLEO).put("/notices/read", read).status_code == 204
    before = everything(notifications), _rows(notifications)

    with notifications.session() as session:
        empty(session)
    replay = UUID(int=1)
    notifications.consumer.handle(
        [Message(seal(event, replay=replay)[1].encode()) for event in events]
    )

    assert (everything(notifications), _rows(notifications)) == before


def test_what_is_told_again_first_is_born_read(notifications):
    events = [*told_of_posts(), *told_of_project()]

    notifications.consumer.handle(
        [Message(seal(event, replay=UUID(int=1))[1].encode()) for event in events]
    )

    shown_now = everything(notifications)
    assert any(shown_now.values())
    assert not any(told["is_unread"] for items in shown_now.values() for told in items)


def test_what_was_imported_is_born_read_and_what_is_done_beside_it_is_not(notifications):
    events = [*told_of_posts(), *told_of_project()]
    asked = question(ADA, "And spelt?")
    with context.importing():
        imported = [seal(event)[1] for event in (*events, asked, liked(BOB, asked))]
    beside = seal(liked(DAN, asked, at=NOON + timedelta(minutes=1)))[1]

    # Together, and the new first.
    notifications.consumer.handle([Message(one.encode()) for one in (beside, *imported)])

    told = [(who, one) for who, items in everything(notifications).items() for one in items]
    assert len(told) > 10
    unread = [(who, one) for who, one in told if one["is_unread"]]
    assert [(who, one["text"]) for who, one in unread] == [
        ("Ada", "Dan and Bob like what you wrote: And spelt?")
    ]


def _rows(notifications):
    with notifications.session() as session:
        run = session.connection().exec_driver_sql
        notices = "SELECT id, member_id, kind, object_id, part, is_unread, read_at FROM notices"
        return sorted(run(notices), key=str)
