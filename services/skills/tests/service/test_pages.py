"""Every list, page by page: nothing lost, nothing twice, whatever comes between."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.paging import all_items, cursor_of
from chassis.testing.people import MONDAY, joined, person
from services.skills.tests.factories import KAFKA, answer, liked, question


@pytest.fixture
def frozen():
    """Scores do not fade while pages are turned."""
    with clock.at(MONDAY + timedelta(days=1)):
        yield


@pytest.mark.usefixtures("frozen")
def test_pages_of_skills_hold_each_once_even_when_equally_strong(skills):
    ana, ben = person("Ana"), person("Ben")
    named = ["Apache Kafka", "Apache Spark", "Hadoop", "OpenCV", "storytelling", "ETL", "mind maps"]
    asked = question(ana, "Who knows these?", keywords=named)
    given = answer(ben, asked, ", ".join(named))
    skills.deliver(joined(ben), asked, given, liked(given, ana))

    found = all_items(skills.as_member(ana), f"/members/{ben.id}/skills", limit=2)

    slugs = [item["skill"]["slug"] for item in found]
    assert len(slugs) == len(set(slugs)) == 7


@pytest.mark.usefixtures("frozen")
def test_pages_of_evidence_hold_each_like_once_while_new_ones_arrive(skills):
    ana, ben = person("Ana"), person("Ben")
    likers = [person(f"Liker {number}") for number in range(9)]
    late = iter([person(f"Late {number}") for number in range(9)])
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    skills.deliver(
        joined(ben),
        asked,
        given,
        *(liked(given, one, at=MONDAY + timedelta(n // 4)) for n, one in enumerate(likers)),
    )

    found = all_items(
        skills.as_member(ana),
        f"/members/{ben.id}/skills/{KAFKA}/evidence",
        limit=2,
        between=lambda: skills.deliver(liked(given, next(late), at=MONDAY + timedelta(50))),
    )

    assert len(found) == 9
    assert sum(item["weight"] for item in found) == pytest.approx(
        # Nine voices at the first, eighteen at the last: each page's parts are of its moment.
        sum(0.4 / (n + 1) for n in (9, 9, 10, 10, 11, 11, 12, 12, 13)) * 2 ** (-5.375 / 270),
        rel=1e-5,
    )
    assert [item["at"] for item in found] == sorted((item["at"] for item in found), reverse=True)


@pytest.mark.usefixtures("frozen")
def test_pages_of_experts_hold_each_once_while_a_new_one_appears_on_top(skills):
    ana = person("Ana")
    people = [person(f"Expert {number}") for number in range(7)]

    def become_expert(one, likers):
        asked = question(ana, "Who knows Apache Kafka?")
        given = answer(one, asked)
        return [joined(one), asked, given, *(liked(given, liker) for liker in likers)]

    skills.deliver(*(event for one in people for event in become_expert(one, [ana])))
    top = person("Top")

    found = all_items(
        skills.as_member(ana),
        f"/skills/{KAFKA}/experts",
        limit=3,
        between=lambda: skills.deliver(*become_expert(top, [ana, *people])),
    )

    assert sorted(item["member"]["name"] for item in found) == [one.name for one in people]


STRANGE_CURSORS = [
    "x",
    "%ff",
    "é",
    cursor_of([]),
    cursor_of([1.0]),
    cursor_of({"a": 1}),
    cursor_of([None, None]),
    cursor_of(["1", "1"]),
    cursor_of([True, False]),
    cursor_of([float("nan"), 1]),
    cursor_of([float("inf"), str(person("x").id)]),
    cursor_of([10**310, 1]),
    cursor_of([10**310, str(person("x").id)]),
    cursor_of([1.0, 2**31, "x"]),
    cursor_of([MONDAY.isoformat(), 1, 2]),
]


def test_cursor_that_no_list_made_is_refused(skills):
    ana = person("Ana")
    skills.deliver(joined(ana))
    client = skills.as_member(ana)
    paths = [
        f"/members/{ana.id}/skills",
        f"/members/{ana.id}/skills/{KAFKA}/evidence",
        f"/skills/{KAFKA}/experts",
    ]

    answers = [client.get(f"{path}?cursor={c}") for path in paths for c in STRANGE_CURSORS]
    too_large = client.get(f"{paths[0]}?cursor={cursor_of([1.0, 2**31])}")

    assert {(a.status_code, a.json["code"]) for a in (*answers, too_large)} == {
        (422, "cursor_invalid")
    }


def test_page_arguments_are_checked(skills):
    client = skills.as_member(person("Ana"))

    for query in ("limit=0", "limit=51", "limit=x", "sort=name"):
        assert client.get(f"/skills/{KAFKA}/experts?{query}").status_code == 422


def test_unchanged_list_answers_304(skills):
    client = skills.as_member(person("Ana"))
    path = f"/skills/{KAFKA}/experts"

    again = client.get(path, headers={"If-None-Match": client.get(path).headers["ETag"]})

    assert (again.status_code, again.get_data()) == (304, b"")
