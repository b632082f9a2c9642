"""Whatever the order, the repetitions and the batches, the rows are those of the final state."""

import random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chassis import clock
from chassis.identifiers import new_id
from chassis.messaging.consumer import Consumer, Message
from chassis.messaging.envelope import seal
from chassis.messaging.failures import list_failed
from chassis.testing.meeting import at_once, while_uncommitted
from chassis.testing.people import left, person, reinstated, suspended
from services.skills.actions.batches import apply_batch
from services.skills.app import SERVICE
from services.skills.queries.history import list_attribution_history
from services.skills.tests import tables
from services.skills.tests.communities import NOW, SPEAKS_OF, communities, community, deliveries
from services.skills.tests.factories import answer, liked, question, removed
from services.skills.tests.reference import expect, final_state


def read(service):
    """The rows, when the worker has counted what waits, at the moment of everything else."""
    with clock.at(NOW):
        return tables.read(service)


def tell(service, batches):
    tables.forget_everything(service)
    with clock.at(NOW):
        for batch in batches:
            service.deliver(*batch)
    return read(service)


def replayed(events):
    """The history as the owners republish it."""
    replay = new_id()
    return [Message(seal(event, replay=replay)[1].encode()) for event in events]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # No shrinking: with a database it would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data())
def test_any_order_repetition_and_batching_gives_the_rows_of_the_final_state(skills, data):
    events = data.draw(communities())
    one, other = data.draw(deliveries(events)), data.draw(deliveries(events))

    first = tell(skills, one)
    tables.assert_announced_rightly(skills)
    second = tell(skills, other)
    tables.assert_announced_rightly(skills)

    assert first == second
    tables.assert_as_expected(first, expect(events, SPEAKS_OF, NOW))


def test_two_consumers_of_interleaved_halves_converge(skills):
    events = community(5, people=8, posts=12, likes=70)
    random.Random(6).shuffle(events)
    consumers = [Consumer("skills", skills.database, SERVICE.handlers) for _ in range(2)]

    def consume(half):
        with clock.at(NOW):
            for start in range(0, len(events), 20):
                batch = events[start + half : start + 20 : 2]
                consumers[half].handle([Message(seal(event)[1].encode()) for event in batch])

    at_once(lambda: consume(0), lambda: consume(1))

    with skills.session() as session:
        assert [failed.error for failed in list_failed(session)] == []
    found = read(skills)
    tables.assert_as_expected(found, expect(events, SPEAKS_OF, NOW))
    tables.assert_announced_rightly(skills)
    assert found == tell(skills, [final_state(events)])


def test_halves_that_two_consumers_handle_at_one_time_are_seen_by_the_later(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked, "Try Apache Spark.")
    likes = [liked(given, ana), liked(given, cleo)]
    everything = [asked, given, *likes]

    def deliver_at(moment, event):
        with clock.at(moment):  # a thread has a clock of its own
            skills.deliver(event)

    # What was told before, and what the two consumers are told at one time.
    for before, one, other in (
        ([asked, given], likes[0], likes[1]),
        ([asked, *likes], given, likes[0]),
        ([], likes[0], given),
        ([asked], likes[0], given),
        (likes, asked, given),
        (likes, given, asked),
        ([given], likes[0], asked),
        ([given], asked, likes[0]),
    ):
        tell(skills, [before])
        with clock.at(NOW):
            while_uncommitted(
                skills,
                lambda session, one=one: apply_batch(session, [one]),
                lambda other=other: deliver_at(NOW, other),
            )

        told = [event for event in everything if event in [*before, one, other]]
        tables.assert_as_expected(read(skills), expect(told, SPEAKS_OF, NOW))


def test_members_whose_state_turns_while_posts_and_likes_are_handled_are_seen_by_the_later(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked, "Try Apache Spark.")
    edited = question(ana, "Who knows OpenCV?", post_id=asked.post_id, revision=2)
    like, other = liked(given, cleo), liked(given, ana)
    stop, start, go = suspended(cleo), reinstated(cleo), left(ben)

    # What was told before, and what two consumers are told at one time, in either order.
    for before, one, another in (
        ([asked, given], like, stop),
        ([asked, given, other], like, stop),
        ([asked, given, like], other, stop),
        ([asked, like], given, stop),
        ([asked, given, stop], like, start),
        ([asked, given, like, stop], other, start),
        ([asked, given], like, go),
        ([asked, given, like], other, go),
        ([asked, like], given, go),
        ([given, like], asked, go),
        ([asked, given, like], edited, go),
        ([asked, given, like], go, stop),
        ([asked, given, like, other], removed(given), stop),
        ([given, like, other], removed(asked), asked),
    ):
        for first, second in ((one, another), (another, one)):
            tell(skills, [before])
            while_uncommitted(skills, record_at_now(first), deliver_at_now(skills, second))

            told = [*before, one, another]
            tables.assert_as_expected(read(skills), expect(told, SPEAKS_OF, NOW))


def record_at_now(event):
    def record(session):
        with clock.at(NOW):
            apply_batch(session, [event])

    return record


def deliver_at_now(service, event):
    def deliver():
        with clock.at(NOW):  # a thread has a clock of its own
            service.deliver(event)

    return deliver


def test_history_gives_a_fresh_database_equal_rows(skills, service_under_test):
    events = community(7, people=6, posts=8, likes=40)
    random.Random(8).shuffle(events)
    live = tell(skills, [events[:50], events[50:]])
    fresh = service_under_test(SERVICE)

    with clock.at(NOW):
        fresh.consumer.handle(replayed(final_state(events)))

    assert read(fresh) == live


def test_rebuilding_gives_equal_rows_while_live_events_flow(skills):
    events = community(9, people=6, posts=8, likes=40)
    random.Random(10).shuffle(events)
    before, late = events[:-20], events[-20:]
    live = tell(skills, [before, late])
    tell(skills, [before])
    revisions = {(e.member_id, e.skill): e.revision for e in tables.announcements(skills)}

    with skills.session() as session:
        SERVICE.empty(session)
    history = replayed(final_state(before))
    with clock.at(NOW):
        skills.consumer.handle(history[: len(history) // 2])
        skills.deliver(*late)
        skills.consumer.handle(history[len(history) // 2 :])

    assert read(skills) == live
    after = {(e.member_id, e.skill): e.revision for e in tables.announcements(skills)}
    assert all(after[key] >= revision for key, revision in revisions.items())


def test_a_level_that_is_not_reached_again_is_taken_back_by_telling_it_again(skills):
    tell(skills, [community(11, people=6, posts=8, likes=40)])
    heard = {(e.member_id, e.skill): e for e in tables.announcements(skills)}
    held = {key: e.revision for key, e in heard.items() if e.level}
    assert held

    with skills.session() as session:
        SERVICE.empty(session)
        told = list_attribution_history(session, None, 1000)

    withdrawn = {(e.member_id, e.skill): e.revision for e in told if not e.level}
    assert all(withdrawn[key] > revision for key, revision in held.items())


def test_emptied_service_keeps_its_catalogue_and_nothing_else(skills):
    events = community(11, people=6, posts=8, likes=40)
    tell(skills, [events])
    with skills.session() as session:
        terms = session.query(tables.Skill).count()

    with skills.session() as session:
        SERVICE.empty(session)

    found = read(skills)
    assert not any(vars(found).values())
    with skills.session() as session:
        assert session.query(tables.Skill).count() == terms
