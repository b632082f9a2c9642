"""A service that was emptied and told everything again has the rows that it had.

Live, events come late, twice and in any order, and the catalogue changes in between; told again,
each subject comes once, as it is now.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.messaging.consumer import Message
from chassis.messaging.envelope import seal
from chassis.testing.people import MONDAY, joined, person, reinstated, suspended
from contracts.discussion import AnswerAccepted
from contracts.projects import ContributionThanked
from services.skills.actions.catalogue import Entry, add_skills, reread_posts
from services.skills.app import SERVICE
from services.skills.tests import tables
from services.skills.tests.catalogues import few_entries, leave_few
from services.skills.tests.factories import (
    KAFKA,
    SPARK,
    answer,
    edited,
    liked,
    question,
    removed,
    unliked,
)
from services.skills.tests.reference import final_state

DAY = timedelta(days=1)
ANA, BEN, CLEO, DAN = (person(name) for name in ("Ana", "Ben", "Cleo", "Dan"))
MAX = person("Max", role="moderator")
ASKED = question(ANA, "Who knows Apache Kafka?")
GIVEN = answer(BEN, ASKED, "Try Apache Spark.")


class Live:
    """A running service: what it is told, batch by batch, and what moderators do in between."""

    def __init__(self, service):
        self.service = service
        self.told = []

    def tell(self, *events):
        self.service.deliver(*events)
        self.told += events

    def moderate(self, method, path, **body):
        body = {**body, "reason": "It is so."}
        answered = self.service.as_member(MAX).request(method, path, json=body)
        assert answered.status_code == 200, answered.json
        self.work()

    def work(self):
        """As the worker does, until nothing waits to be read again."""
        is_more = True
        while is_more:
            with self.service.session() as session:
                is_more = reread_posts(session)


def likes_before_their_posts(live):
    live.tell(liked(GIVEN, CLEO), liked(ASKED, CLEO))
    live.tell(GIVEN)
    live.tell(liked(GIVEN, DAN), ASKED)


def likes_with_their_posts_in_one_batch(live):
    live.tell(liked(ASKED, BEN), ASKED, liked(GIVEN, ANA), GIVEN, unliked(GIVEN, CLEO))


def likes_taken_back_and_given_again_in_disorder(live):
    live.tell(ASKED, GIVEN)
    for post in (ASKED, GIVEN):
        again, back = liked(post, CLEO, revision=3, at=MONDAY + DAY), unliked(post, CLEO)
        live.tell(again)
        live.tell(back, liked(post, CLEO), liked(post, DAN))
        live.tell(unliked(post, DAN), back)


def likes_from_before_an_edit_and_after_it(live):
    now = edited(GIVEN, at=MONDAY + 2 * DAY, body="Apache Kafka does that.")
    live.tell(liked(GIVEN, DAN, at=MONDAY + 3 * DAY), ASKED)
    live.tell(now)
    live.tell(liked(GIVEN, CLEO, at=MONDAY + DAY), GIVEN)


def a_question_that_an_edit_makes_one_of_something(live):
    vague = replace(ASKED, title="Who can help?")
    live.tell(vague, GIVEN, liked(vague, DAN), liked(GIVEN, CLEO))
    later = MONDAY + 2 * DAY
    live.tell(liked(vague, CLEO, at=later))
    live.tell(edited(vague, at=MONDAY + DAY, title=ASKED.title))


def removals_that_overtake_likes(live):
    live.tell(removed(ASKED), liked(ASKED, CLEO), GIVEN)
    live.tell(ASKED, liked(GIVEN, CLEO))
    other = answer(BEN, ASKED, "Apache Spark again.")
    live.tell(other, liked(other, DAN), removed(other), unliked(other, CLEO))


def likes_of_shares(live):
    share = replace(ASKED, post_id=new_id(), kind="share", title="Apache Kafka, as I use it")
    live.tell(liked(share, BEN), liked(share, CLEO, revision=3))
    live.tell(share, unliked(share, CLEO))


def accepts_before_answers_and_moved(live):
    other = answer(CLEO, ASKED, "Apache Kafka is enough.")

    def accepted(given, revision):
        ids = {"question_id": ASKED.post_id, "answer_id": given.post_id}
        people = {"author_id": given.author_id, "asker_id": ANA.id}
        return AnswerAccepted(**ids, **people, revision=revision, changed_at=MONDAY)

    live.tell(accepted(other, 2))
    live.tell(GIVEN, ASKED, accepted(GIVEN, 1))
    live.tell(other, liked(other, ANA))


def likes_of_members_whose_state_turns(live):
    live.tell(suspended(CLEO, revision=2))
    live.tell(liked(ASKED, CLEO), ASKED, liked(GIVEN, DAN), GIVEN)
    live.tell(reinstated(CLEO, revision=3), suspended(DAN, revision=2))


def a_skill_that_is_found_later(live):
    spoken = replace(ASKED, title="Who practises fauconnerie?")
    live.tell(spoken, liked(spoken, CLEO))
    with live.service.session() as session:
        add_skills(session, [Entry("falconry", "Falconry", "Fauconnerie", "leisure")])
    live.tell(liked(GIVEN, CLEO), GIVEN, liked(spoken, DAN))
    live.work()


def a_skill_that_leads_to_another_and_no_more(live):
    live.tell(ASKED, GIVEN, liked(GIVEN, CLEO))
    live.moderate("PUT", f"/skills/{KAFKA}/merge", into=SPARK)
    live.tell(liked(ASKED, CLEO), liked(GIVEN, DAN))
    live.moderate("DELETE", f"/skills/{KAFKA}/merge?reason=Two")
    live.moderate("PUT", f"/skills/{SPARK}/merge", into=KAFKA)


def thanks_for_a_skill_that_was_called_otherwise(live):
    called = {"en": "The log of logs", "fr": "Le journal des journaux"}
    live.moderate("PUT", f"/skills/{KAFKA}/labels", **called)
    live.tell(
        ContributionThanked(
            call_id=uuid4(),
            member_id=BEN.id,
            project_id=uuid4(),
            owner_id=ANA.id,
            skills=(KAFKA,),
            revision=1,
            thanked_at=MONDAY,
        )
    )
    live.moderate("DELETE", f"/skills/{KAFKA}/labels?reason=No")


LIVES: list[Callable[[Live], None]] = [
    likes_before_their_posts,
    likes_with_their_posts_in_one_batch,
    likes_taken_back_and_given_again_in_disorder,
    likes_from_before_an_edit_and_after_it,
    a_question_that_an_edit_makes_one_of_something,
    removals_that_overtake_likes,
    likes_of_shares,
    accepts_before_answers_and_moved,
    likes_of_members_whose_state_turns,
    a_skill_that_is_found_later,
    a_skill_that_leads_to_another_and_no_more,
    thanks_for_a_skill_that_was_called_otherwise,
]


def _leave_two(session):
    leave_few(session, few_entries(KAFKA, SPARK))


@pytest.fixture
def skills(service_under_test):
    return service_under_test(SERVICE, prepare=_leave_two)


@pytest.mark.parametrize("lived", LIVES, ids=lambda lived: lived.__name__)
def test_told_again_it_has_the_rows_that_it_had(skills, lived):
    live = Live(skills)
    with clock.at(MONDAY + 9 * DAY):
        live.tell(*(joined(one) for one in (ANA, BEN, CLEO, DAN, MAX)))
        lived(live)
        before = tables.read(skills)

        with skills.session() as session:
            SERVICE.empty(session)
        replay = new_id()
        history = [seal(event, replay=replay)[1].encode() for event in final_state(live.told)]
        skills.consumer.handle([Message(body) for body in history])

    assert before.attributions
    assert tables.read(skills) == before
