"""The past told again, and the replicas emptied before it is."""

from contracts import EVENTS
from services.projects.app import SERVICE
from services.projects.models import AttributionRef, Belonging, MemberRef
from services.projects.tests import causes
from services.projects.tests.factories import attributed, begin, members


def test_history_is_the_latest_event_of_each_row(service_under_test):
    projects = causes.CAUSES["project.created"](service_under_test)
    latest = {}
    for kind in (one for one in EVENTS.values() if one.source == "projects"):
        for event in projects.published(kind):
            family = next(h for h in SERVICE.history if kind in h.kinds)
            known = latest.get((id(family), event.subject))
            if known is None or known.revision < event.revision:
                latest[id(family), event.subject] = event

    told = []
    for history in SERVICE.history:
        after = None
        with projects.session() as session:
            while page := history.page(session, after, 2):
                told += page
                after = page[-1]

    assert sorted(map(repr, told)) == sorted(map(repr, latest.values()))


def test_what_others_tell_is_forgotten_and_kept_again(projects):
    ada, bob = members(projects, "Ada", "Bob")
    begin(projects, ada)
    projects.deliver(attributed(bob))

    with projects.session() as session:
        SERVICE.empty(session)
        assert session.query(AttributionRef).count() == 0
        assert {one.revision for one in session.query(MemberRef)} == {0}
        assert session.query(Belonging).count() == 1
