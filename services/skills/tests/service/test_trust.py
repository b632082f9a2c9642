"""Trust: when it begins, what its nights change, and that they are a function of what stands."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from chassis import clock
from chassis.testing.people import MONDAY, joined, left, person, suspended
from contracts.skills import SkillAttributed
from services.skills import rules
from services.skills.actions import nights
from services.skills.actions.recounts import reweigh_posts
from services.skills.models import Night, PostRef, PostVoice, Standing
from services.skills.tests import tables
from services.skills.tests.communities import NOW, SPEAKS_OF, grown
from services.skills.tests.factories import KAFKA, answer, ever, liked, question
from services.skills.tests.reference import expect, final_state
from services.skills.tests.reference_trust import trust
from services.skills.tests.trusted import begin_trust, night

DAY = timedelta(days=1)


def standings(service):
    with service.session() as session:
        return {
            row.member_id: (row.voice_id, row.thousandths)
            for row in session.scalars(select(Standing))
        }


def read(service):
    with clock.at(NOW):
        return tables.read(service)


def deliver(service, *events):
    with clock.at(NOW):
        service.deliver(*events)


def by(sponsor, name):
    """Somebody whom another invited, and how that is told."""
    one = person(name)
    return one, joined_by(one, sponsor)


def joined_by(one, sponsor):
    told = joined(one)
    return type(told)(**{**vars(told), "sponsor_id": sponsor.id})


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_nights_give_the_rows_of_the_final_state_whatever_came_when(skills, seed):
    events, founders = grown(seed, people=14, posts=14, likes=120)
    random.Random(seed).shuffle(events)
    begin_trust(skills, founders, NOW)

    # Half of it, a night, the rest in two batches, a night.
    deliver(skills, *events[:70])
    tables.count_again(skills)
    night(skills, NOW)
    deliver(skills, *events[70:90])
    deliver(skills, *events[90:])
    tables.count_again(skills)
    night(skills, NOW + DAY)
    first, first_standings = read(skills), standings(skills)
    tables.assert_announced_rightly(skills)
    tables.forget_everything(skills)
    begin_trust(skills, founders, NOW)
    deliver(skills, *final_state(events))
    tables.count_again(skills)
    night(skills, NOW + DAY)

    expected = trust(events, founders)
    assert first_standings == standings(skills) == expected
    assert first == read(skills)
    tables.assert_as_expected(first, expect(events, SPEAKS_OF, NOW + DAY, expected))
    assert len({voice for voice, _ in expected.values()}) > 3
    assert any(is_branch for _, _, is_branch in first.voices.values())
    assert any(0 < standing < 1000 for _, standing in expected.values())


def test_trust_begins_with_two_hundred_active_members_and_stays(skills, monkeypatch):
    monkeypatch.setattr(rules, "MEMBERS_FOR_TRUST", 3)
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    deliver(skills, *map(joined, (ana, ben, cleo)), asked, given)

    def after(moment):
        night(skills, moment)
        with skills.session() as session:
            row = session.get_one(Night, 1)
            return row.number, row.founder_ids

    at = MONDAY + DAY
    two = after(at)
    deliver(skills, liked(given, cleo))
    three = after(at + DAY)
    later = after(at + timedelta(days=400))  # nobody is active any more

    assert two == (0, [])
    assert three == (1, [ben.id])
    assert later == (2, [ben.id])


def test_a_night_is_passed_once_and_not_before_its_hour(skills):
    evening = MONDAY.replace(hour=20)
    first = night(skills, evening)

    again = [night(skills, evening + timedelta(hours=hours)) for hours in (1, 5)]
    next_night = night(skills, evening + timedelta(hours=6))

    assert first and next_night
    assert again == [0, 0]


def test_settings_name_the_founders(skills):
    ana, ben = person("Ana"), person("Ben")
    deliver(skills, joined(ana), joined(ben))
    begin_trust(skills, [ana.id], NOW)

    night(skills, NOW, founders=f"{ben.id}, {person('Nobody').id}")

    assert standings(skills) == {ana.id: (ana.id, 0), ben.id: (ben.id, 1000)}


def test_a_branch_that_likes_its_own_reaches_the_first_level_and_no_other(skills):
    root = person("Root")
    author, told = by(root, "Author")
    friends = [by(root, f"Friend {n}") for n in range(6)]
    asked = [question(root, "Who knows Apache Kafka?", at=MONDAY - 20 * n * DAY) for n in range(8)]
    given = [answer(author, one, at=one.published_at) for one in asked]
    likes = [liked(post, friend) for post in given for friend, _ in friends]
    begin_trust(skills, [root.id], NOW)
    deliver(skills, joined(root), told, *(event for _, event in friends), *asked, *given, *likes)

    night(skills, NOW)

    with clock.at(NOW):
        viewer = skills.as_member(root)
        [held] = viewer.get(f"/members/{author.id}/skills", headers=ever(root)).json["items"]
        path = f"/members/{author.id}/skills/{KAFKA}/evidence?limit=50"
        lines = viewer.get(path, headers=ever(root)).json["items"]
    assert (held["level"], held["liker_count"], held["confidence"]) == (1, 1, 0)
    assert all(line["is_same_branch"] for line in lines)
    assert sum(line["weight"] > 0 for line in lines) == len(given)
    assert sum(line["is_new_voice"] for line in lines) == 1
    assert sum(line["weight"] for line in lines) == pytest.approx(held["worth"])


def test_a_newcomer_speaks_with_the_voice_above_them_and_ranks_last(skills):
    founder, old = person("Founder"), person("Old")
    asked = question(founder, "Who knows Apache Kafka?")
    begin_trust(skills, [founder.id], NOW)
    deliver(skills, joined(founder), joined_by(old, founder), asked)
    night(skills, NOW)
    # The one below is told of before the one above.
    above, told_above = by(old, "Above")
    below, told_below = by(above, "Below")
    by_old, by_below = answer(old, asked), answer(below, asked, "Apache Kafka it is.")

    deliver(skills, told_below, by_old, by_below, liked(by_below, founder), liked(by_old, below))
    alone = standings(skills)[below.id]
    deliver(skills, told_above)
    tables.count_again(skills)

    assert alone == (below.id, None)
    assert standings(skills)[below.id] == (founder.id, None)
    with clock.at(NOW):
        path = f"/skills/{KAFKA}/experts"
        experts = skills.as_member(founder).get(path, headers=ever(founder)).json["items"]
    # Old has no standing, and an answer that their own branch alone likes; Below has more.
    assert [row["member"]["name"] for row in experts] == ["Old", "Below"]
    assert experts[1]["attributions"][0]["level"] <= 2


def test_levels_that_age_or_a_night_changed_are_told_with_their_cause(skills):
    founder, author = person("Founder"), person("Author")
    likers = [person(f"Liker {n}") for n in range(4)]
    asked = [question(founder, "Apache Kafka?", at=MONDAY - 20 * n * DAY) for n in range(4)]
    given = [answer(author, one, at=one.published_at) for one in asked]
    deliver(skills, *map(joined, [founder, author, *likers]), *asked, *given)
    deliver(skills, *(liked(post, one) for post in given for one in likers))
    [alone] = skills.published(SkillAttributed)[-1:]

    begin_trust(skills, [founder.id], NOW)
    night(skills, NOW)
    gated = skills.published(SkillAttributed)[-1]
    years = timedelta(days=3 * 365)
    night(skills, NOW + years)

    told = tables.announcements(skills)
    assert (alone.level, alone.cause) == (3, "like")
    # Nobody's likes reach the author from the founder: their standing is nothing.
    assert (gated.level, gated.cause) == (1, "night")
    assert (told[-1].level, told[-1].cause) == (0, "age")
    tables.assert_announced_rightly(skills)


def test_a_night_that_dies_in_the_middle_is_gone_on_with(skills, monkeypatch):
    events, founders = grown(5, people=12, posts=10, likes=80)
    begin_trust(skills, founders, NOW)
    deliver(skills, *events)
    tables.count_again(skills)

    def die(*_):
        raise RuntimeError

    monkeypatch.setattr(nights, "PAGE", 5)
    written = []
    whole = nights.write

    def write(session, rows):
        whole(session, rows)
        written.append(len(rows))
        if len(written) == 2:
            die()

    monkeypatch.setattr(nights, "write", write)
    with pytest.raises(RuntimeError):
        night(skills, NOW)
    half = sum(standing is not None for _, standing in standings(skills).values())
    night(skills, NOW)

    assert half == 5
    assert standings(skills) == trust(events, founders)
    with skills.session() as session:
        assert session.get_one(Night, 1).stage == "done"


def test_a_night_waits_until_the_likes_of_the_suspended_are_counted(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    deliver(skills, joined(ana), joined(ben), asked, given, liked(given, ana), suspended(ana))

    waiting = night(skills, NOW)
    tables.count_again(skills)

    assert (waiting, bool(night(skills, NOW))) == (0, True)


def test_standing_of_a_leaver_and_of_nobody_is_no_trouble(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Who knows Apache Kafka?")
    begin_trust(skills, [ana.id], NOW)
    # Cleo's like is told, she herself is not.
    deliver(skills, joined(ana), joined(ben), asked, given := answer(ben, asked))
    deliver(skills, liked(given, cleo := person("Cleo")), left(ben))

    night(skills, NOW)

    assert standings(skills)[ben.id] == (ben.id, 0)
    with skills.session() as session:
        voice = session.get_one(PostVoice, (given.post_id, cleo.id))
        assert (voice.weight, session.get_one(PostRef, given.post_id).support) == (20, 20)


def test_a_post_with_more_likes_than_the_server_has_locks_is_counted_anew(skills):
    founder, author = person("Founder"), person("Author")
    asked = question(founder, "Who knows Apache Kafka?")
    given = answer(author, asked)
    deliver(skills, joined(founder), joined(author), asked, given)
    with skills.session() as session:
        likes = """INSERT INTO like_refs (post_id, liker_id, is_liked, liked_at, revision)
            SELECT :post, gen_random_uuid(), true, :at, 1 FROM generate_series(1, 30000)"""
        session.execute(text(likes), {"post": given.post_id, "at": MONDAY})
        session.execute(update(PostRef).values(weighing=0))
    begin_trust(skills, [founder.id], NOW)

    with clock.at(NOW), skills.session() as session:
        reweigh_posts(session)
    night(skills, NOW)

    with skills.session() as session:
        post = session.get_one(PostRef, given.post_id)
        assert (post.like_count, post.support) == (30000, 30000 * 20)


def test_who_is_liked_by_those_that_win_nothing_by_it_comes_before_a_ring(skills):
    founder, ring = person("Founder"), [person(f"Ring {n}") for n in range(5)]
    honest, readers = person("Honest"), [person(f"Reader {n}") for n in range(3)]
    everybody = [founder, *ring, honest, *readers]
    asked = [question(founder, "Who knows Apache Kafka?", at=MONDAY - n * DAY) for n in range(3)]
    given = [answer(one, post) for one in ring for post in asked]
    events = [liked(post, one) for post in given for one in ring if post.author_id != one.id]
    [by_honest] = [answer(honest, asked[0])]
    events += [liked(by_honest, one) for one in readers]
    # All of them stand in full: they found the place.
    begin_trust(skills, [one.id for one in everybody], NOW)
    deliver(skills, *map(joined, everybody), *asked, *given, by_honest, *events)

    def first():
        with clock.at(NOW):
            path = f"/skills/{KAFKA}/experts"
            found = skills.as_member(founder).get(path, headers=ever(founder)).json["items"]
        return found[0]["member"]["name"]

    before = first()
    night(skills, NOW)

    assert before.startswith("Ring")
    assert first() == "Honest"


def test_a_member_sees_their_own_standing_and_nobody_else_does(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    begin_trust(skills, [ana.id], NOW)
    deliver(skills, joined(ana), joined(ben), asked, given, liked(given, ana))
    night(skills, NOW)

    path = f"/members/{ben.id}/skills/{KAFKA}"
    with clock.at(NOW):
        seen = {
            one.name: skills.as_member(one).get(path, headers=ever(one)).json["standing"]
            for one in (ana, ben)
        }

    assert seen == {"Ana": None, "Ben": pytest.approx(1, abs=0.5)}
