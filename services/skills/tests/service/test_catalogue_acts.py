"""Moderators merge skills, say what they are called, and take that back; nothing is lost."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.testing.meeting import at_once
from chassis.testing.people import MONDAY, joined, person
from contracts.skills import SkillMerged, SkillRenamed
from services.skills.actions import catalogue as catalogue_file
from services.skills.actions.catalogue import load_catalogue, reread_posts
from services.skills.app import SERVICE
from services.skills.models import Attribution, Skill, SkillAlias, SkillTerm
from services.skills.tests import tables
from services.skills.tests.catalogues import few_entries, leave_few
from services.skills.tests.factories import KAFKA, SPARK, answer, liked, question

pytestmark = pytest.mark.usefixtures("on_monday")

OPENCV = "computer-vision"


def reread(service):
    """As the worker does, until nothing waits."""
    while True:
        with service.session() as session:
            if not reread_posts(session):
                return


def merge(service, actor, slug, into, **more):
    wanted = {"into": into, "reason": "One thing.", **more}
    answered = service.as_member(actor).put(f"/skills/{slug}/merge", wanted)
    reread(service)
    return answered


def part(service, actor, slug):
    answered = service.as_member(actor).delete(f"/skills/{slug}/merge?reason=Two things.")
    reread(service)
    return answered


def rename(service, actor, slug, en, fr, **more):
    wanted = {"en": en, "fr": fr, "reason": "As people say.", **more}
    answered = service.as_member(actor).put(f"/skills/{slug}/labels", wanted)
    reread(service)
    return answered


def restore(service, actor, slug):
    answered = service.as_member(actor).delete(f"/skills/{slug}/labels?reason=Rather not.")
    reread(service)
    return answered


def catalogue(service):
    """All of the catalogue but counts of what was told and of posts."""
    with service.session() as session:
        columns = [c for c in Skill.__table__.c if c.name not in ("revision", "changed_at")]
        skills = session.execute(select(*columns).order_by(Skill.id)).all()
        terms = session.execute(select(*SkillTerm.__table__.c).order_by(SkillTerm.term)).all()
        aliases = session.execute(select(*SkillAlias.__table__.c).order_by(SkillAlias.slug)).all()
    return skills, terms, aliases


def state(service):
    """What follows from posts and likes, and the catalogue."""
    return tables.read(service), catalogue(service)


def held(service, viewer, member):
    found = service.as_member(viewer).get(f"/members/{member.id}/skills").json["items"]
    return {one["skill"]["slug"]: one["level"] for one in found}


def _leave_three(session):
    leave_few(session, few_entries(KAFKA, SPARK, OPENCV))


@pytest.fixture
def skills(service_under_test):
    return service_under_test(SERVICE, prepare=_leave_three)


@pytest.fixture(autouse=True)
def small(skills, monkeypatch):
    """Few terms, which are read in no time; the entries of the file are those of these."""
    few = few_entries(KAFKA, SPARK, OPENCV)
    monkeypatch.setattr(catalogue_file, "read_catalogue", lambda: iter(few))


@pytest.fixture
def ana(skills):
    ana = person("Ana")
    skills.deliver(joined(ana))
    return ana


@pytest.fixture
def max_(skills):
    max_ = person("Max", role="moderator")
    skills.deliver(joined(max_))
    return max_


@pytest.fixture
def ben(skills, ana):
    """Answers of Kafka, of Spark and of both, each liked by two."""
    ben, likers = person("Ben"), [person("Cleo"), person("Dora")]
    skills.deliver(joined(ben), *map(joined, likers))
    asked = question(ana, "How?")
    texts = ("Apache Kafka.", "Apache Spark.", "Apache Kafka with Apache Spark.")
    answers = [answer(ben, asked, text) for text in texts]
    skills.deliver(asked, *answers)
    skills.deliver(*(liked(one, liker) for one in answers for liker in likers))
    return ben


def test_a_merged_skill_leads_to_the_other_with_its_posts(skills, ana, ben, max_):
    merged = merge(skills, max_, KAFKA, SPARK)

    assert merged.json["is_merged"] is True
    assert (merged.json["post_count"], merged.json["holder_count"]) == (2, 1)
    client = skills.as_member(ana)
    for rest in ("", "/experts"):
        moved = client.get(f"/skills/{KAFKA}{rest}")
        assert (moved.status_code, moved.headers["Location"]) == (
            301,
            f"/api/v1/skills/{SPARK}{rest}",
        )
    rows = tables.read(skills)
    assert {skill for _, skill in rows.mentions} == {SPARK}
    assert set(rows.attributions) == {(ben.id, SPARK)}
    assert rows.attributions[ben.id, SPARK]["answer_count"] == 3
    assert [one["slug"] for one in client.get("/skills?q=apache kafka").json["items"]] == [SPARK]
    experts = client.get("/experts?q=Apache Kafka").json
    assert [one["skill"]["slug"] for one in experts["understood"]] == [SPARK]
    evidence = client.get(f"/members/{ben.id}/skills/{KAFKA}/evidence")
    assert evidence.headers["Location"].endswith(f"/skills/{SPARK}/evidence")
    levels = client.get(f"/skills/levels?members={ben.id}&keywords={KAFKA}").json["items"]
    assert [one["skill"]["slug"] for one in levels] == [SPARK]
    [told] = skills.published(SkillMerged)
    assert (told.slug, told.into, told.state, told.revision) == (KAFKA, SPARK, "merged", 1)


def test_the_pages_of_those_around_a_merged_skill_go_on(skills, ana, ben, max_):
    asked = question(ana, "Apache Spark with Apache Kafka?")
    skills.deliver(asked)
    with skills.session() as session:
        ids = dict(session.execute(select(Skill.slug, Skill.id)).all())
        spark = session.get_one(Skill, ids[SPARK])
        spark.related_ids, spark.broader_id = [ids[KAFKA], ids["big-data"]], ids[OPENCV]
    client = skills.as_member(ana)
    before = client.get(f"/skills/{SPARK}").json
    assert [one["slug"] for one in before["related"]] == [KAFKA, "big-data"]

    for slug in (KAFKA, OPENCV):
        wanted = {"into": "big-data", "reason": "One thing."}
        assert skills.as_member(max_).put(f"/skills/{slug}/merge", wanted).status_code == 200
        after = client.get(f"/skills/{SPARK}")
        assert after.status_code == 200
    assert [one["slug"] for one in after.json["related"]] == ["big-data"]
    assert after.json["broader"] is None


def test_taking_a_merge_back_restores_everything(skills, ben, max_):
    before = state(skills)
    merge(skills, max_, KAFKA, SPARK)
    assert tables.read(skills) != before[0]

    back = part(skills, max_, KAFKA)

    assert back.json["is_merged"] is False
    assert state(skills) == before
    told = [(one.state, one.into, one.revision) for one in skills.published(SkillMerged)]
    assert told == [("merged", SPARK, 1), ("apart", None, 2)]
    tables.assert_announced_rightly(skills)


def test_merges_are_taken_back_in_any_order(skills, ana, ben, max_):
    before = state(skills)
    merge(skills, max_, KAFKA, SPARK)
    merge(skills, max_, SPARK, OPENCV)
    client = skills.as_member(ana)
    assert client.get(f"/skills/{KAFKA}").headers["Location"].endswith(OPENCV)
    assert held(skills, ana, ben).keys() == {OPENCV}

    part(skills, max_, KAFKA)

    assert held(skills, ana, ben).keys() == {KAFKA, OPENCV}
    part(skills, max_, SPARK)
    assert state(skills) == before
    merge(skills, max_, KAFKA, SPARK)
    merge(skills, max_, SPARK, OPENCV)
    part(skills, max_, SPARK)
    assert client.get(f"/skills/{KAFKA}").headers["Location"].endswith(SPARK)
    assert held(skills, ana, ben).keys() == {SPARK}
    part(skills, max_, KAFKA)
    assert state(skills) == before
    latest = {}
    for one in skills.published(SkillMerged):
        assert one.revision == latest.get(one.slug, (0,))[0] + 1
        latest[one.slug] = (one.revision, one.into)
    assert {slug: into for slug, (_, into) in latest.items()} == {KAFKA: None, SPARK: None}


def test_a_dry_run_says_who_gains_or_loses_what_and_does_nothing(skills, ana, ben, max_):
    before = state(skills)

    tried = merge(skills, max_, KAFKA, SPARK, is_dry_run=True)

    assert tried.status_code == 200
    assert state(skills) == before
    assert skills.published(SkillMerged) == []
    shown = tried.json
    assert (shown["is_merged"], shown["tried_count"], shown["is_complete"]) == (False, 1, True)
    steps = {
        one["skill"]["slug"]: (one["member"]["name"], one["level_before"], one["level_after"])
        for one in shown["steps"]
    }
    levels = held(skills, ana, ben)
    merge(skills, max_, KAFKA, SPARK)
    after = held(skills, ana, ben)
    assert steps[KAFKA] == ("Ben", levels[KAFKA], 0)
    assert SPARK not in steps or steps[SPARK] == ("Ben", levels[SPARK], after[SPARK])
    tables.assert_announced_rightly(skills)


def test_who_is_beyond_the_most_that_are_tried_is_counted(skills, ana, ben, max_, monkeypatch):
    monkeypatch.setattr("services.skills.actions.trials.MOST_POSTS", 1)

    tried = merge(skills, max_, KAFKA, SPARK, is_dry_run=True).json

    assert (tried["tried_count"], tried["is_complete"]) == (0, False)
    assert (tried["holder_count"], tried["steps"]) == (1, [])


def test_who_hides_a_skill_hides_what_it_leads_to(skills, ana, ben, max_):
    skills.as_member(ben).put(f"/members/me/skills/{KAFKA}", {"is_hidden": True})
    assert held(skills, ana, ben).keys() == {SPARK}

    tried = merge(skills, max_, KAFKA, SPARK, is_dry_run=True).json
    merge(skills, max_, KAFKA, SPARK)

    assert KAFKA not in {one["skill"]["slug"] for one in tried["steps"]}
    assert held(skills, ana, ben) == {}
    part(skills, max_, KAFKA)
    assert held(skills, ana, ben).keys() == {SPARK}
    merge(skills, max_, KAFKA, SPARK)
    skills.as_member(ben).put(f"/members/me/skills/{KAFKA}", {"is_hidden": False})
    assert held(skills, ana, ben).keys() == {SPARK}


def test_what_is_hidden_while_merged_stays_hidden_in_both(skills, ana, ben, max_):
    merge(skills, max_, KAFKA, SPARK)
    skills.as_member(ben).put(f"/members/me/skills/{KAFKA}", {"is_hidden": True})

    part(skills, max_, KAFKA)

    assert held(skills, ana, ben) == {}


@pytest.mark.parametrize(
    ("slug", "into", "status", "code"),
    [
        (KAFKA, KAFKA, 409, "merge_impossible"),
        ("nothing-at-all", KAFKA, 404, "skill_not_found"),
        (KAFKA, "nothing-at-all", 404, "skill_not_found"),
        (OPENCV, SPARK, 409, "merge_impossible"),
        (SPARK, OPENCV, 409, "merge_impossible"),
    ],
    ids=["itself", "unknown", "into unknown", "elsewhere already", "circle"],
)
def test_merges_that_cannot_be_are_refused(skills, max_, slug, into, status, code):
    merge(skills, max_, OPENCV, KAFKA)
    merge(skills, max_, KAFKA, SPARK)
    before = catalogue(skills)

    for more in ({}, {"is_dry_run": True}):
        if (slug, into) == (KAFKA, KAFKA):
            slug = into = SPARK
        refused = merge(skills, max_, slug, into, **more)
        assert (refused.status_code, refused.json["code"]) == (status, code)

    assert catalogue(skills) == before


def test_the_same_merge_again_is_as_once(skills, max_):
    merge(skills, max_, KAFKA, SPARK)

    again = merge(skills, max_, KAFKA, SPARK)

    assert (again.status_code, again.json["is_merged"]) == (200, True)
    assert len(skills.published(SkillMerged)) == 1
    assert part(skills, max_, SPARK).json["code"] == "merge_not_found"
    assert part(skills, max_, KAFKA).status_code == 200
    assert part(skills, max_, KAFKA).json["code"] == "merge_not_found"


def test_two_moderators_at_once_make_no_circle(skills, max_):
    mia = person("Mia", role="moderator")
    skills.deliver(joined(mia))

    at_once(
        lambda: merge(skills, max_, KAFKA, SPARK),
        lambda: merge(skills, mia, SPARK, KAFKA),
    )

    assert len(skills.published(SkillMerged)) == 1
    with skills.session() as session:
        merged = session.scalars(select(Skill).where(Skill.merged_into_id.is_not(None))).all()
        assert [one.root_id == one.merged_into_id for one in merged] == [True]


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("put", f"/skills/{KAFKA}/merge", {"into": SPARK, "reason": "x"}),
        ("delete", f"/skills/{KAFKA}/merge?reason=x", None),
        ("put", f"/skills/{KAFKA}/labels", {"en": "Kafka", "fr": "Kafka", "reason": "x"}),
        ("delete", f"/skills/{KAFKA}/labels?reason=x", None),
        ("get", "/catalogue-acts", None),
    ],
)
def test_it_is_for_moderators_who_gave_their_password_lately(skills, ana, method, path, wanted):
    client = skills.as_member(ana)

    refused = client.put(path, wanted) if method == "put" else getattr(client, method)(path)

    assert (refused.status_code, refused.json["code"]) == (403, "moderators_only")


def test_a_new_name_is_understood_and_so_is_the_old_one(skills, ana, ben, max_):
    told = question(ana, "Message brokering?", keywords=["Message ledger"])
    skills.deliver(told)

    tried = rename(skills, max_, KAFKA, "Message ledger", "Registre de messages", is_dry_run=True)
    before = tables.read(skills).mentions
    renamed = rename(skills, max_, KAFKA, "Message ledger", "Registre de messages")

    assert (told.post_id, KAFKA) not in before
    assert (tried.json["is_renamed"], renamed.json["is_renamed"]) == (False, True)
    assert renamed.json["labels"] == {"en": "Message ledger", "fr": "Registre de messages"}
    mentions = tables.read(skills).mentions
    assert (told.post_id, KAFKA) in mentions
    assert len([one for one in mentions if one[1] == KAFKA]) == 3
    client = skills.as_member(ana)
    assert client.get(f"/skills/{KAFKA}").json["labels"]["en"] == "Message ledger"
    assert client.get("/skills/message-ledger").headers["Location"].endswith(KAFKA)
    detected = client.post("/skills/detect", {"title": "Apache Kafka"}).json["items"]
    assert [one["skill"]["label"] for one in detected] == ["Message ledger"]
    [event] = skills.published(SkillRenamed)
    assert asdict(event) | {"slug": KAFKA, "label_en": "Message ledger", "into": None} == asdict(
        event
    )


def test_a_dry_run_of_a_name_finds_who_gains(skills, ana, max_):
    ben, cleo = person("Ben"), person("Cleo")
    skills.deliver(joined(ben), joined(cleo))
    asked = question(ana, "How?")
    given = answer(ben, asked, "With an message ledger.")
    skills.deliver(asked, given, liked(given, cleo), liked(given, ana))

    tried = rename(skills, max_, KAFKA, "Message ledger", "Registre", is_dry_run=True).json

    assert [(s["member"]["name"], s["level_before"]) for s in tried["steps"]] == [("Ben", 0)]
    rename(skills, max_, KAFKA, "Message ledger", "Registre")
    assert held(skills, ana, ben) == {KAFKA: tried["steps"][0]["level_after"]}


def test_a_name_taken_back_restores_everything(skills, ana, ben, max_):
    skills.deliver(question(ana, "An message ledger?"))
    before = state(skills)
    rename(skills, max_, KAFKA, "Message ledger", "Registre")
    rename(skills, max_, KAFKA, "Ledger of messages", "Registre de messages")

    back = restore(skills, max_, KAFKA)

    assert back.json["labels"] == {"en": "Apache Kafka", "fr": "Apache Kafka"}
    assert state(skills) == before
    again = restore(skills, max_, KAFKA)
    assert (again.status_code, again.json["code"]) == (404, "labels_not_found")
    assert [one.revision for one in skills.published(SkillRenamed)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("en", "fr", "status", "code"),
    [
        ("Apache Spark", "Kafka", 409, "term_taken"),
        ("Kafka", "apache  SPARK", 409, "term_taken"),
        ("!?!", "Kafka", 422, "label_invalid"),
        ("", "Kafka", 422, "invalid"),
    ],
)
def test_a_name_that_is_taken_or_none_is_refused(skills, max_, en, fr, status, code):
    before = catalogue(skills)

    for is_dry_run in (True, False):
        refused = rename(skills, max_, KAFKA, en, fr, is_dry_run=is_dry_run)
        assert (refused.status_code, refused.json["code"]) == (status, code)

    assert catalogue(skills) == before


def test_a_slug_that_is_another_s_is_refused(skills, max_):
    with skills.session() as session:
        spark = session.scalars(select(Skill).where(Skill.slug == SPARK)).one()
        session.add(SkillAlias(slug="message-ledger", skill_id=spark.id))

    refused = rename(skills, max_, KAFKA, "Message ledger", "Registre")

    assert (refused.status_code, refused.json["code"]) == (409, "slug_taken")


def test_a_later_load_leaves_what_moderators_decided(skills, ben, max_):
    merge(skills, max_, KAFKA, SPARK)
    rename(skills, max_, SPARK, "Spark the engine", "Le moteur Spark")
    before = state(skills)
    told = len(skills.published(SkillRenamed))

    with skills.session() as session:
        load_catalogue(session)
    reread(skills)

    assert state(skills) == before
    assert len(skills.published(SkillRenamed)) == told


def test_a_rebuild_keeps_merges_and_names(skills, ben, max_):
    merge(skills, max_, KAFKA, SPARK)
    rename(skills, max_, SPARK, "Spark the engine", "Le moteur Spark")
    before = catalogue(skills)

    with skills.session() as session:
        SERVICE.empty(session)

    def without_counts(rows):
        return [{**row._mapping, "post_count": 0} for row in rows]

    after = catalogue(skills)
    assert without_counts(after[0]) == without_counts(before[0])
    assert after[1:] == before[1:]


def test_a_rebuild_with_merges_and_names_gives_equal_rows(skills, ana, max_):
    ben, cleo = person("Ben"), person("Cleo")
    asked = question(ana, "An Apache Kafka with a message ledger?")
    given = answer(ben, asked, "Apache Spark.")
    events = [joined(one) for one in (ana, ben, cleo, max_)]
    events += [asked, given, liked(given, cleo), liked(asked, ben)]
    skills.deliver(*events)
    merge(skills, max_, KAFKA, SPARK)
    rename(skills, max_, SPARK, "Message ledger", "Registre de messages")
    before = tables.read(skills)

    with skills.session() as session:
        SERVICE.empty(session)
    skills.deliver(*reversed(events))

    assert tables.read(skills) == before
    assert {skill for _, skill in before.mentions} == {SPARK}


def test_a_merged_skill_s_hidden_rows_are_no_attributions(skills, ben, max_):
    merge(skills, max_, KAFKA, SPARK)

    with skills.session() as session:
        kafka = session.scalars(select(Skill.id).where(Skill.slug == KAFKA)).one()
        row = session.get(Attribution, (ben.id, kafka))
        assert (row.level, row.evidence_count) == (0, 0)


def test_acts_are_listed_with_who_when_and_why(skills, max_):
    for minute, act in enumerate(
        (
            lambda: merge(skills, max_, KAFKA, SPARK),
            lambda: part(skills, max_, KAFKA),
            lambda: rename(skills, max_, SPARK, "Spark the engine", "Le moteur Spark"),
            lambda: restore(skills, max_, SPARK),
            lambda: merge(skills, max_, OPENCV, SPARK, is_dry_run=True),
        )
    ):
        with clock.at(MONDAY + timedelta(minutes=minute)):
            act()

    acts = skills.as_member(max_).get("/catalogue-acts").json["items"]

    shown = [(one["act"], one["slug"], one["into"], one["reason"]) for one in acts]
    assert shown == [
        ("restore", SPARK, None, "Rather not."),
        ("rename", SPARK, None, "As people say."),
        ("part", KAFKA, SPARK, "Two things."),
        ("merge", KAFKA, SPARK, "One thing."),
    ]
    assert {one["actor"]["name"] for one in acts} == {"Max"}
    assert acts[1]["labels"] == {"en": "Spark the engine", "fr": "Le moteur Spark"}
    only = skills.as_member(max_).get(f"/catalogue-acts?slug={KAFKA}").json["items"]
    assert [one["act"] for one in only] == ["part", "merge"]
