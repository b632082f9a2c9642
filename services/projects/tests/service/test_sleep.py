"""What is told of silent projects: once each, while the clock alone decides what they are."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.people import MONDAY, left
from contracts.projects import ProjectAsleep, ProjectIdle, ProjectWoken
from services.projects import chores
from services.projects.tests.factories import begin, change, let_in, members

TOLD = (ProjectIdle, ProjectAsleep, ProjectWoken)


def tell(projects, *, day):
    with clock.at(MONDAY + timedelta(days=day)):
        while chores.tell_sleep(projects.database, projects.settings):
            pass
    return [len(projects.published(kind)) for kind in TOLD]


def test_silence_is_told_twice_and_waking_once(projects):
    [ada] = members(projects, "Ada")
    with clock.at(MONDAY):
        project_id = begin(projects, ada)

    assert tell(projects, day=89) == [0, 0, 0]
    assert tell(projects, day=90) == [1, 0, 0]
    assert tell(projects, day=119) == [1, 0, 0]
    assert tell(projects, day=120) == [1, 1, 0]
    assert tell(projects, day=300) == [1, 1, 0]
    with clock.at(MONDAY + timedelta(days=301)):
        for _ in range(2):
            assert projects.as_member(ada).put(f"/projects/{project_id}/awake").status_code == 200
    assert tell(projects, day=302) == [1, 1, 1]
    assert tell(projects, day=392) == [2, 1, 1]
    told = [event.revision for kind in TOLD for event in projects.published(kind)]
    assert sorted(told) == [1, 2, 3, 4]


def test_an_owner_who_leaves_wakes_nothing(projects):
    ada, bob = members(projects, "Ada", "Bob")
    with clock.at(MONDAY):
        project_id = begin(projects, ada)
        let_in(projects, ada, project_id, bob)
    assert tell(projects, day=121) == [0, 1, 0]

    projects.deliver(left(ada))

    assert tell(projects, day=122) == [0, 1, 0]
    assert projects.as_member(bob).get(f"/projects/{project_id}").json["is_asleep"] is True


def test_a_worker_that_stood_still_tells_what_is_so_by_now(projects):
    [ada] = members(projects, "Ada")
    with clock.at(MONDAY):
        begin(projects, ada)

    assert tell(projects, day=200) == [0, 1, 0]


@pytest.mark.parametrize(("stage", "wanted"), [("launched", [0, 0, 0]), ("closed", [0, 0, 0])])
def test_launched_projects_are_given_longer_and_closed_ones_sleep_not(projects, stage, wanted):
    [ada] = members(projects, "Ada")
    with clock.at(MONDAY):
        project_id = begin(projects, ada)
        change(projects, ada, project_id, stage=stage, learned="It takes time.")

    assert tell(projects, day=179) == wanted
