"""The catalogue grows; older posts are looked through again."""

import pytest
from sqlalchemy import select, update

from chassis.testing.meeting import while_uncommitted
from chassis.testing.people import person
from services.skills.actions import catalogue
from services.skills.actions.batches import apply_batch
from services.skills.actions.catalogue import (
    Entry,
    add_skills,
    load_catalogue,
    read_catalogue,
    reread_posts,
)
from services.skills.errors import TermTaken
from services.skills.models import CatalogueVersion, Skill, SkillTerm
from services.skills.tests import tables
from services.skills.tests.factories import KAFKA, answer, liked, question

pytestmark = pytest.mark.usefixtures("on_monday")

FALCONRY = Entry("falconry", "Falconry", "Fauconnerie", "leisure", ["art de la volerie"])


def add(service, *entries):
    with service.session() as session:
        return add_skills(session, entries)


def reread(service):
    """As the worker does, until nothing waits."""
    while True:
        with service.session() as session:
            if not reread_posts(session):
                return


def test_loading_the_catalogue_again_changes_nothing(skills):
    def terms():
        with skills.session() as session:
            found = session.execute(select(SkillTerm.term, SkillTerm.skill_id))
            return dict(found.all())

    before = terms()

    with skills.session() as session:
        load_catalogue(session)

    assert terms() == before
    assert len(before) > 400


def test_new_skill_is_found_in_older_posts_and_attributed(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Who practises fauconnerie?")
    given = answer(ben, asked, "The ART DE LA VOLERIE, with Apache Kafka.")
    skills.deliver(asked, given, liked(given, ana))
    before = set(tables.read(skills).attributions)

    added = add(skills, FALCONRY)
    reread(skills)

    found = tables.read(skills)
    assert (added, before) == (3, {(ben.id, KAFKA)})
    assert set(found.attributions) == {(ben.id, KAFKA), (ben.id, "falconry")}
    assert found.post_counts == {"falconry": 1}
    assert found.pairs == {}
    assert sorted(e.skill for e in tables.announcements(skills)) == [KAFKA, "falconry"]


def test_new_skill_is_found_in_later_posts(skills):
    ana = person("Ana")
    skills.deliver(question(ana, "Apache Kafka?"))
    add(skills, FALCONRY)

    skills.deliver(question(ana, "Falconry?"))

    assert {skill for _, skill in tables.read(skills).mentions} == {KAFKA, "falconry"}


def test_adding_the_same_skill_again_changes_its_labels_alone(skills):
    add(skills, FALCONRY)

    added = add(skills, Entry("falconry", "Falconry", "Art de la volerie", "sport"))

    with skills.session() as session:
        skill = session.scalars(select(Skill).where(Skill.slug == "falconry")).one()
    assert added == 0
    assert (skill.label_fr, skill.category) == ("Art de la volerie", "sport")


@pytest.mark.parametrize(
    "entries",
    [
        [Entry("streams", "Streams", "Flux", "data", ["APACHE  kafka"])],
        [FALCONRY, Entry("hawking", "Hawking", "Chasse au vol", "leisure", ["falconry"])],
    ],
    ids=["by a known skill", "by another new skill"],
)
def test_term_that_is_taken_is_refused_and_nothing_is_added(skills, entries):
    with pytest.raises(TermTaken) as refused:
        add(skills, *entries)

    with skills.session() as session:
        slugs = set(session.scalars(select(Skill.slug)))
    assert "belongs to" in refused.value.message
    assert not slugs & {"streams", "falconry", "hawking"}


def test_post_told_while_a_skill_is_added_is_not_missed(skills):
    asked = question(person("Ana"), "Who practises falconry?")

    while_uncommitted(
        skills,
        lambda session: apply_batch(session, [asked]),
        lambda: add(skills, FALCONRY),
    )
    reread(skills)

    assert set(tables.read(skills).mentions) == {(asked.post_id, "falconry")}


def test_skill_added_while_a_post_is_told_is_not_missed(skills):
    asked = question(person("Ana"), "Who practises falconry?")

    while_uncommitted(
        skills,
        lambda session: add_skills(session, [FALCONRY]),
        lambda: skills.deliver(asked),
    )
    reread(skills)

    assert set(tables.read(skills).mentions) == {(asked.post_id, "falconry")}


def test_older_posts_are_read_again_in_pages(skills, monkeypatch):
    monkeypatch.setattr(catalogue, "PAGE", 2)
    asked = [question(person("Ana"), f"Who practises falconry? {n}") for n in range(5)]
    skills.deliver(*asked)
    add(skills, FALCONRY)

    with skills.session() as session:
        more_wait = reread_posts(session)
    some = tables.read(skills).mentions
    reread(skills)

    assert more_wait and len(some) == 2
    assert len(tables.read(skills).mentions) == 5


def test_what_the_file_brings_no_more_is_no_term_and_what_was_added_stays(skills, monkeypatch):
    add(skills, FALCONRY)
    shorter = [entry for entry in read_catalogue() if entry.slug != KAFKA]
    monkeypatch.setattr(catalogue, "read_catalogue", lambda: iter(shorter))

    with skills.session() as session:
        load_catalogue(session)

    with skills.session() as session:
        terms = set(session.scalars(select(SkillTerm.term)))
        slugs = set(session.scalars(select(Skill.slug)))
    assert "falconry" in terms and "apache kafka" not in terms
    assert KAFKA in slugs


def test_words_read_by_other_rules_and_new_clues_are_looked_for_in_older_posts(skills):
    def version():
        with skills.session() as session:
            return session.scalar(select(CatalogueVersion.version))

    def load():
        with skills.session() as session:
            load_catalogue(session)

    first = version()
    load()
    assert version() == first

    with skills.session() as session:
        session.execute(update(CatalogueVersion).values(reading=0))
    load()
    assert version() == first + 1

    with skills.session() as session:
        session.execute(update(Skill).where(Skill.slug == KAFKA).values(clues=[]))
    load()
    assert version() == first + 2
