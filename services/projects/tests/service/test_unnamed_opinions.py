"""Opinions without names: nothing links a person to an answer, and nothing is counted twice."""

import json
from collections import Counter
from datetime import timedelta

import psycopg

from chassis.tables import IDEMPOTENCY_KEYS, OUTBOX
from chassis.testing.meeting import at_once
from chassis.testing.people import left
from contracts.projects import OpinionClosed, OpinionGiven
from services.projects import chores
from services.projects.models import Base
from services.projects.tests.opinions import (
    CLOSES,
    OPENS,
    ask,
    days_later,
    give,
    read,
    rows,
    said,
    seal,
)

WORDS = [
    f"Nobody knows that I say {word}" for word in ("ash", "birch", "cedar", "fir", "oak", "yew")
]


def answered(projects):
    """A round that six answered, each with words of their own, in the order of WORDS."""
    ada, people, path = ask(projects)
    for n, (one, words) in enumerate(zip(people, WORDS, strict=True)):
        assert give(projects, one, path, said(n % 3 + 1, n % 5 + 1, words)).status_code == 200
    return ada, people, path


def test_an_answer_is_final_and_shown_to_nobody(projects):
    ada, people, path = answered(projects)

    again = give(projects, people[0], path)

    assert (again.status_code, again.json["code"]) == (409, "already_answered")
    mine = read(projects, people[0], f"{path}/answer", day=1).json
    assert mine == {"is_given": True, "answers": []}
    for one in (ada, people[0]):
        early = read(projects, one, f"{path}/results", day=1)
        assert (early.status_code, early.json["code"]) == (409, "results_not_ready")
        texts = read(projects, one, f"{path}/results/texts?question=3", day=1)
        assert texts.status_code == 409


def test_results_are_shown_after_the_end_question_by_question(projects):
    ada, people, path = answered(projects)

    assert read(projects, ada, f"{path}/results").json["code"] == "results_not_ready"
    seal(projects)

    results = read(projects, people[0], f"{path}/results").json
    choice, scale, words = results["questions"]
    assert [one["count"] for one in choice["options"]] == [2, 2, 2]
    assert [one["count"] for one in scale["options"]] == [2, 1, 1, 1, 1]
    assert (scale["median"], words["answer_count"], results["answer_count"]) == (2.5, 6, 6)
    texts = read(projects, ada, f"{path}/results/texts?question=3&limit=4").json
    more = read(projects, ada, f"{path}/results/texts?question=3&cursor={texts['next']}").json
    found = [*texts["items"], *more["items"]]
    assert Counter(one["text"] for one in found) == Counter(WORDS)
    assert {one["member"] for one in found} == {None}
    # Who answered is known to nobody any more.
    assert read(projects, people[0], f"{path}/answer").json == {"is_given": None, "answers": []}
    [told] = projects.published(OpinionClosed)
    assert told.answer_count == 6


def test_a_question_that_few_answered_is_not_shown(projects):
    ada, people, path = ask(projects)
    for one in people[:4]:
        give(projects, one, path, said(1, 2, "Words"))
    for one in people[4:]:
        give(projects, one, path, [{"question": 1, "choices": [2]}])
    seal(projects)

    choice, scale, words = read(projects, ada, f"{path}/results").json["questions"]

    assert (choice["is_shown"], choice["answer_count"]) == (True, 6)
    for hidden in (scale, words):
        assert (hidden["is_shown"], hidden["answer_count"], hidden["options"]) == (False, None, [])
    assert scale["median"] is None
    for path_of in ("texts?question=3", "choices?question=1", "texts?question=4"):
        assert read(projects, ada, f"{path}/results/{path_of}").status_code == 404


def test_no_request_that_could_be_kept_is_taken(projects):
    _, people, path = ask(projects)

    with days_later(1):
        refused = projects.as_member(people[0]).put(
            f"{path}/answer", {"answers": said()}, headers={"Idempotency-Key": "once"}
        )

    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_refused")


def test_nothing_told_kept_or_handed_out_has_an_answer(projects, capfd):
    _, people, _ = answered(projects)
    seal(projects)

    assert projects.published(OpinionGiven) == []
    with projects.session() as session:
        told = [row.body for row in session.execute(OUTBOX.select())]
        kept = [str(row) for row in session.execute(IDEMPOTENCY_KEYS.select())]
    exported = [
        json.dumps(projects.as_member(one).get("/members/me/export/projects").json)
        for one in people
    ]
    printed = "".join(capfd.readouterr())
    for place in (*told, *kept, *exported, printed):
        assert not any(words in place for words in WORDS)


def test_after_the_end_no_row_and_no_transaction_links_a_person_to_an_answer(projects):
    _, people, _ = answered(projects)
    during = {table: rows(projects, table) for table in TABLES}
    seal(projects)
    after = {table: rows(projects, table) for table in TABLES}

    # While it is open, the last transaction can be seen: that is why it is written anew.
    assert {str(one.id) for one in people} == named_in(during["opinion_participants"], people)
    assert in_order(during["opinion_texts"]) == WORDS
    assert after["opinion_participants"] == []
    [wrote] = {row.xmin for name in ("opinion_texts", "option_counts") for row in after[name]}
    touched = {
        name: {row.xmin for row in found} for name, found in after.items() if name not in SEALED
    }
    assert not any(wrote in of for name, of in touched.items() if name != "opinion_rounds")
    assert not {row.id for row in after["opinion_texts"]} & {
        row.id for row in during["opinion_texts"]
    }
    for name, found in after.items():
        if name not in WHO_BELONGS:
            assert not named_in(found, people), name


def test_texts_lie_in_the_order_of_chance(projects):
    orders = set()
    for _ in range(4):
        answered(projects)
        seal(projects)
        orders.add(tuple(in_order(rows(projects, "opinion_texts")[-6:])))
    assert len(orders) > 1


def test_results_wait_while_somebody_looks_at_an_older_state(projects):
    ada, _, path = answered(projects)
    with psycopg.connect(projects.database.url) as older:
        older.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        older.execute("SELECT count(*) FROM opinion_participants")

        seal(projects)
        seal(projects)

        waiting = read(projects, ada, f"{path}/results")
        assert (waiting.status_code, waiting.json["code"]) == (409, "results_not_ready")
        [(seen,)] = older.execute("SELECT cardinality(member_ids) FROM opinion_participants")
        assert seen == 6
    seal(projects)

    assert read(projects, ada, f"{path}/results").status_code == 200


def test_of_many_at_once_across_the_end_each_is_counted_once_or_refused(projects):
    _, people, path = ask(projects, 25)
    choice = [{"question": 1, "choices": [1]}]

    answers = at_once(
        *(lambda one=one: give(projects, one, path, choice, day=6.9) for one in [*people, *people])
    )
    late = at_once(
        *(lambda one=one: give(projects, one, path, choice, day=7) for one in people[:5])
    )

    codes = Counter(one.json.get("code", "given") for one in answers)
    assert codes == {"given": 25, "already_answered": 25}
    assert {one.json["code"] for one in late} == {"round_closed"}
    counts = {(row.question, row.option): row.count for row in rows(projects, "option_counts")}
    assert (counts[1, 0], counts[1, 1]) == (25, 25)


def test_a_worker_that_stands_still_keeps_no_round_open(projects):
    _, people, path = ask(projects)

    late = give(projects, people[0], path, day=7)

    assert (late.status_code, late.json["code"]) == (409, "round_closed")
    assert read(projects, people[0], path, day=7).json["state"] == "closed"


def test_who_leaves_is_no_participant_any_more_and_their_answer_stays(projects):
    ada, people, path = answered(projects)

    projects.deliver(left(people[0], removes_posts=True))

    [row] = rows(projects, "opinion_participants")
    assert people[0].id not in row.member_ids and len(row.member_ids) == 5
    seal(projects)
    assert read(projects, ada, f"{path}/results").json["answer_count"] == 6


def test_sealing_twice_changes_nothing_more(projects):
    answered(projects)
    seal(projects)
    before = {table: rows(projects, table) for table in TABLES}

    seal(projects, day=9)
    with days_later(9):
        assert not chores.seal_rounds(projects.database, projects.settings)

    assert {table: rows(projects, table) for table in TABLES} == before
    assert OPENS + timedelta(days=7) == CLOSES


SEALED = ("opinion_texts", "option_counts")
# Who belongs to the project stands in these, with what they chose to show.
WHO_BELONGS = ("member_refs", "project_follows", "belongings", "projects", "project_changes")
TABLES = tuple(
    table for table in Base.metadata.tables if table not in ("outbox", "alembic_version")
)


def named_in(found, people):
    """The ids of people that stand anywhere in these rows."""
    text = repr(found)
    return {str(one.id) for one in people if str(one.id) in text}


def in_order(found):
    return [row.body for row in found]
