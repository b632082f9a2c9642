"""A synthetic community is what it promises, and arrives once, however often it is begun."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Select, func, select

from chassis.testing.service import Server
from demo import __main__ as command
from demo.community import arriving, discussing, words
from demo.community.following import follows_of
from demo.community.meter import Meter
from demo.community.newest import named
from demo.community.people import person, sponsor_of
from demo.community.running import Run
from demo.community.scale import FOUNDERS, Scale, days
from demo.community.threads import Thread, chapter
from demo.community.tour import describe_tour
from demo.machine import Machine
from demo.tests.conftest import delivering, new_databases
from services.discussion import models as discussion
from services.identity import models as identity
from services.identity import rules
from services.notifications import models as notifications
from services.projects import models as projects
from services.skills.actions.catalogue import read_catalogue
from services.skills.models import Attribution
from services.social import models as social

pytestmark = pytest.mark.timeout(400)  # a whole community arrives

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
FOUNDING = Scale(1000, 1, NOW)
PASSWORD = "three chairs and an oven"
SMALL = 24


@pytest.fixture(scope="module")
def threads() -> list[Thread]:
    return [one for number in range(FOUNDING.chapters) for one in chapter(FOUNDING, number)]


def test_the_founding_scale_has_what_the_first_community_had(threads: list[Thread]) -> None:
    posts = [post for thread in threads for post in thread.posts]

    assert len(posts) == 10_000 and sum(len(post.likes) for post in posts) == 30_000
    writers = {post.by.number for post in posts}
    assert 450 <= len(writers) <= 550
    assert {thread.language for thread in threads} == {"fr", "en"}
    assert sum(thread.accepted is not None for thread in threads) > 1_000
    assert sum(not thread.answers and not thread.first.said.form for thread in threads) > 200
    assert FOUNDING.projects == 40


def test_nothing_happens_before_what_it_needs_nor_after_now(threads: list[Thread]) -> None:
    for thread in threads:
        for post in thread.posts:
            assert thread.first.at <= post.at < 1 and post.by.joined < post.at
            for like in post.likes:
                assert post.at <= like.at < 1 and FOUNDING.joined(like.by) < like.at
            likers = [like.by for like in post.likes]
            assert len({*likers, post.by.number}) == len(likers) + 1
        if thread.accepted is not None:
            number, at = thread.accepted
            assert thread.answers[number].at <= at < 1


def test_activity_grows_over_six_months(threads: list[Thread]) -> None:
    months = Counter(int((1 - post.at) / days(30)) for thread in threads for post in thread.posts)

    assert set(months) <= set(range(7))
    assert months[0] > 2 * months[4] > 2 * months[5] > 0


def test_nobody_invites_more_than_they_may_nor_in_their_first_week() -> None:
    sponsors = [sponsor_of(FOUNDING, number) for number in range(FOUNDING.members)]

    counts = Counter(one for one in sponsors if one is not None and one >= FOUNDERS)
    assert max(counts.values()) <= rules.PLACES
    for number, sponsor in enumerate(sponsors):
        if sponsor is not None and sponsor >= FOUNDERS:
            waited = FOUNDING.joined(number) - days(2) - FOUNDING.joined(sponsor)
            assert waited > days(rules.NEWCOMER.days)


def test_everybody_has_a_name_and_an_address_of_their_own() -> None:
    people = [person(FOUNDING, number) for number in range(FOUNDING.members)]

    assert len({one.name for one in people}) == len({one.email for one in people}) == 1000
    assert all(one.email.endswith(".example") for one in people)


def test_a_seed_says_every_word_and_another_says_others() -> None:
    again, other = Scale(1000, 1, NOW), Scale(1000, 2, NOW)

    assert _told(chapter(FOUNDING, 7)) == _told(chapter(again, 7)) != _told(chapter(other, 7))
    assert list(follows_of(again, person(again, 5))) == list(follows_of(FOUNDING, person(again, 5)))


def test_all_that_is_talked_about_is_in_the_catalogue() -> None:
    known = {one.slug for one in read_catalogue()}

    topics = [topic for one in words.domains() for topic in (*one.topics, *one.others)]
    assert {topic.skill for topic in topics} <= known and len(topics) == 168


@pytest.fixture(scope="module")
def there(server: Server) -> Iterator[Machine]:
    """A machine in which the community has arrived."""
    with (
        new_databases(server) as urls,
        delivering(urls),
        Machine(lambda: urls, lambda _: None) as machine,
    ):
        _run(machine)
        yield machine


def test_it_arrives_with_life_on_every_page(there: Machine) -> None:
    assert _count(there, "identity", identity.Member) == SMALL
    assert _count(there, "discussion", discussion.Post) >= SMALL * 10
    levels = there.do("skills", lambda session: set(session.scalars(select(Attribution.level))))
    assert {1, 2, 3} <= levels
    for service, model in (
        ("discussion", discussion.Accept),
        ("discussion", discussion.Report),
        ("identity", identity.InvitationRequest),
        ("identity", identity.ModerationAct),
        ("identity", identity.Organisation),
        ("notifications", notifications.Ladder),
        ("projects", projects.Call),
        ("projects", projects.Round),
        ("projects", projects.BenchmarkVersion),
        ("projects", projects.ProjectUpdate),
        ("projects", projects.HelpInvitation),
        ("social", social.KeywordFollow),
    ):
        assert _count(there, service, model), model


def test_only_what_ten_members_did_lately_is_news_and_nobody_is_mailed(there: Machine) -> None:
    unread = select(notifications.Notice).where(notifications.Notice.is_unread)
    news = there.do("notifications", lambda session: session.scalars(unread).all())
    known = {one.claims.id for one in named(_begin(there).scale)}
    acts = {"answer", "accepted", "like", "help_asked"}
    assert {one.actor_id for one in news if one.actor_id} <= known
    assert {one.kind for one in news} >= acts
    assert {one.member_id for one in news if one.kind in acts} <= known
    # A stranger's request is confirmed before anything was mailed to them.
    assert _count(there, "notifications", notifications.Mail) == 0
    waiting = select(func.count()).select_from(identity.Mail)
    waiting = waiting.where(identity.Mail.kind != "request_confirmation")
    assert there.do("identity", lambda session: session.scalar(waiting)) == 0


def test_a_second_run_doubles_nothing(there: Machine) -> None:
    before = _all_counts(there)

    again = _run(there)

    assert _all_counts(there) == before
    lines = list(describe_tour(again, "http://here"))
    assert lines[-1].endswith("the first run printed")
    assert any(line.startswith("    http://here/projects/") for line in lines)


def test_an_interrupted_run_goes_on_where_it_ended(
    delivered: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = discussing.write, 0

    def write_some(*what: Any, **how: Any) -> int:
        nonlocal written
        written += 1
        if written > 2:
            raise KeyboardInterrupt
        return write(*what, **how)

    with monkeypatch.context() as patch:
        patch.setattr(discussing, "write", write_some)
        with pytest.raises(KeyboardInterrupt):
            _run(delivered)
    begun = _count(delivered, "discussion", discussion.Post)

    arrival = _run(delivered)

    assert 0 < begun < _count(delivered, "discussion", discussion.Post)
    ids = delivered.do("identity", lambda s: set(s.scalars(select(identity.Member.id))))
    assert ids == set(arriving.member_ids(arrival.scale))


def test_too_few_members_and_a_weak_password_are_refused_before_anything_is_done() -> None:
    few = CliRunner().invoke(command.main, ["community", "--members", "5"])
    weak = CliRunner().invoke(command.main, ["community", "--password", "aaaaaaaaaaaa"])

    assert few.exit_code == weak.exit_code == 2


def _begin(machine: Machine) -> arriving.Arrival:
    return arriving.begin(machine, members=SMALL, seed=1, password=PASSWORD)


def _run(machine: Machine) -> arriving.Arrival:
    arrival = _begin(machine)
    run = Run(arrival, Meter({}))
    run.act()
    run.arrive()
    return arrival


def _told(threads: Any) -> list[Any]:
    return [
        (post.key, post.by.claims, post.at, post.said.title, post.said.body, post.likes)
        for thread in threads
        for post in thread.posts
    ]


def _count(machine: Machine, service: str, model: Any) -> int:
    counted: Select[Any] = select(func.count()).select_from(model)
    return machine.do(service, lambda session: session.execute(counted).scalar_one())


def _all_counts(machine: Machine) -> list[int]:
    """What each service owns; what it keeps of others follows."""
    owned = {
        "identity": (identity.Member, identity.Invitation, identity.Credentials),
        "social": (social.Follow, social.KeywordFollow),
        "discussion": (discussion.Post, discussion.Like, discussion.Accept, discussion.Report),
        "projects": (projects.Project, projects.Call, projects.NamedAnswer, projects.OpinionText),
        "notifications": (notifications.Preference,),
    }
    return [_count(machine, service, one) for service, models in owned.items() for one in models]
