"""Ids are as random as they look, and can be foretold where a seed was asked for."""

from datetime import UTC, datetime
from random import Random

from chassis import clock
from chassis.identifiers import drawn_from, new_id

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_ids_of_one_moment_differ() -> None:
    with clock.at(NOW):
        assert len({new_id() for _ in range(100)}) == 100


def test_a_source_says_the_ids_inside_its_block_alone() -> None:
    with clock.at(NOW):
        with drawn_from(Random(7)):
            first, second = new_id(), new_id()
        with drawn_from(Random(7)):
            again = new_id(), new_id()
        outside = new_id()

    assert again == (first, second) and first != second and outside not in again
    assert first.version == 7 and first.int >> 80 == int(NOW.timestamp() * 1000)
