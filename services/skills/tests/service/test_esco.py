"""The European classification is added to the catalogue, once, and takes nothing from it."""

import csv
import os
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from chassis.service import ROOT
from chassis.testing.people import joined, person
from services.skills.actions.catalogue import load_catalogue
from services.skills.actions.esco import import_concepts
from services.skills.errors import EscoInvalid
from services.skills.esco import read_concepts
from services.skills.models import CatalogueVersion, EscoConcept, Skill, SkillAlias, SkillTerm
from services.skills.tests import tables
from services.skills.tests.factories import KAFKA, question

pytestmark = pytest.mark.usefixtures("on_monday")

# As the published files have them, in this order.
COLUMNS = (
    *("conceptType", "conceptUri", "skillType", "reuseLevel", "preferredLabel", "altLabels"),
    *("hiddenLabels", "status", "modifiedDate", "scopeNote", "definition", "inScheme"),
    "description",
)
DOES, KNOWS = "skill/competence", "knowledge"
ENGLISH = [
    ("1", KNOWS, "marsh ecology", "ecology of marshes\nfen ecology"),
    ("2", DOES, "polish glass eyes", "shine glass eyes"),
    ("3", KNOWS, "Apache Kafka (computer programming)", "Kafka broker farm"),
    ("4", KNOWS, "glassmanship", ""),
    ("5", DOES, "polish glass eyes", ""),
    ("6", DOES, "only English", ""),
]
FRENCH = [
    ("1", KNOWS, "écologie des marais", "écologie des tourbières"),
    ("2", DOES, "polir des yeux de verre", ""),
    ("3", KNOWS, "Apache Kafka (programmation informatique)", ""),
    ("4", KNOWS, "verrisme", ""),
    ("5", DOES, "polir les yeux en verre", ""),
    ("7", DOES, "que du français", ""),
]


def write(folder, language, rows, columns=COLUMNS, encoding="utf-8-sig"):
    with (folder / f"skills_{language}.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        for number, kind, label, aliases in rows:
            cells = {"conceptUri": f"http://data.europa.eu/esco/skill/{number}", "skillType": kind}
            cells |= {"preferredLabel": label, "altLabels": aliases, "status": "released"}
            writer.writerow(cells)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "en", ENGLISH)
    write(tmp_path, "fr", FRENCH)
    return tmp_path


def bring(service, folder):
    concepts, left_out = read_concepts(folder)
    with service.session() as session:
        return import_concepts(session, concepts=concepts), left_out


def state(service):
    with service.session() as session:
        return [
            session.execute(select(*model.__table__.c).order_by(*model.__table__.primary_key)).all()
            for model in (Skill, SkillTerm, SkillAlias, EscoConcept, CatalogueVersion)
        ]


def test_concepts_become_skills_but_those_that_the_catalogue_has(skills, folder):
    done, left_out = bring(skills, folder)

    assert (done.concept_count, done.new_count, done.known_count, left_out) == (5, 4, 1, 2)
    with skills.session() as session:
        of_uri = select(EscoConcept.uri, Skill.slug, Skill.label_fr, Skill.category)
        of_uri = of_uri.join(Skill, Skill.id == EscoConcept.skill_id).order_by(EscoConcept.uri)
        found = [(row.uri[-1], *row[1:]) for row in session.execute(of_uri)]
    assert found == [
        ("1", "marsh-ecology", "Écologie des marais", "esco"),
        ("2", "polish-glass-eyes", "Polir des yeux de verre", "esco"),
        ("3", KAFKA, "Apache Kafka", "data"),
        ("4", "glassmanship", "Verrisme", "esco"),
        ("5", "polish-glass-eyes-2", "Polir les yeux en verre", "esco"),
    ]


def test_the_same_again_changes_nothing(skills, folder):
    bring(skills, folder)
    before = state(skills)

    done, _ = bring(skills, folder)

    assert (done.new_count, done.known_count, done.term_count) == (0, 0, 0)
    assert state(skills) == before


def test_a_later_file_adds_what_is_new_and_keeps_ids(skills, folder):
    bring(skills, folder)
    before = {row.slug: row.id for row in state(skills)[0]}
    write(folder, "en", [*ENGLISH[:1], ("8", KNOWS, "bog lore", "")])
    write(folder, "fr", [("1", KNOWS, "écologie palustre", ""), ("8", KNOWS, "tourbes", "")])

    done, _ = bring(skills, folder)

    assert (done.new_count, done.term_count) == (1, 3)
    after = {row.slug: row.id for row in state(skills)[0]}
    assert after.items() >= before.items()
    assert after.keys() - before.keys() == {"bog-lore"}


def test_everyday_language_counts_where_somebody_chose_it_alone(skills, folder):
    ana = person("Ana")
    bring(skills, folder)
    skills.deliver(joined(ana), question(ana, "Who will polish glass eyes by glassmanship?"))
    assert tables.read(skills).mentions == {}

    skills.deliver(
        question(ana, "How?", keywords=["polish glass eyes", "Glassmanship"]),
        question(ana, "What of the ecology of marshes?"),
        question(ana, "Apache Kafka broker farms?"),
    )

    found = sorted(skill for _, skill in tables.read(skills).mentions)
    assert found == [KAFKA, "glassmanship", "marsh-ecology", "polish-glass-eyes"]
    client = skills.as_member(ana)
    typed = client.get("/skills?q=yeux de verre").json["items"]
    assert [one["slug"] for one in typed] == ["polish-glass-eyes"]
    assert client.get("/skills/fen-ecology").headers["Location"].endswith("/marsh-ecology")


def test_its_words_yield_to_the_catalogue_s(skills, folder, monkeypatch):
    with skills.session() as session:
        theirs = select(Skill.id).where(Skill.slug == KAFKA).scalar_subquery()
        rows = session.scalars(select(SkillTerm).where(SkillTerm.skill_id == theirs)).all()
        before = {(row.term, row.source) for row in rows}
        for row in rows:
            session.delete(row)
    bring(skills, folder)
    with skills.session() as session:
        concept = session.get_one(EscoConcept, "http://data.europa.eu/esco/skill/3")
        assert session.get_one(Skill, concept.skill_id).slug.startswith(KAFKA)
        held = session.get_one(SkillTerm, "apache kafka")
        assert (held.source, held.skill_id) == ("esco", concept.skill_id)

    with skills.session() as session:
        load_catalogue(session)

    with skills.session() as session:
        rows = session.scalars(select(SkillTerm).where(SkillTerm.skill_id == theirs)).all()
        assert {(row.term, row.source) for row in rows} == before


@pytest.mark.parametrize(
    ("language", "content", "told"),
    [
        ("fr", None, "There is no skills_fr.csv in"),
        ("en", "", "skills_en.csv has no column conceptUri, skillType, preferredLabel, altLabels."),
        ("en", "conceptUri,skillType,preferredLabel\n", "skills_en.csv has no column altLabels."),
        (
            "fr",
            "conceptUri,skillType,preferredLabel,altLabels\nu,knowledge\n",
            "skills_fr.csv, line 2: the row has not as many cells as the first.",
        ),
        (
            "fr",
            "conceptUri,skillType,preferredLabel,altLabels\n,knowledge,x,\n",
            "skills_fr.csv, line 2: conceptUri is empty.",
        ),
        (
            "en",
            'conceptUri,skillType,preferredLabel,altLabels\nu,knowledge,"x"y,\n',
            "skills_en.csv cannot be read:",
        ),
        ("en", b"conceptUri,\xff", "skills_en.csv cannot be read:"),
    ],
    ids=["none", "empty", "column", "cells", "uri", "quotes", "encoding"],
)
def test_a_file_that_is_wrong_is_named_and_nothing_is_written(
    skills, folder, language, content, told
):
    before = state(skills)
    path = folder / f"skills_{language}.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(EscoInvalid) as refused:
        bring(skills, folder)

    assert refused.value.message.startswith(told)
    assert state(skills) == before


def test_the_operator_reads_what_was_done(skills, folder):
    def run(where):
        return subprocess.run(
            [sys.executable, "-m", "services.skills", "import-esco", str(where)],
            cwd=ROOT,
            env={**os.environ, "SKILLER_DATABASE_URL": str(skills.settings.database_url)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    done, failed = run(folder), run(folder / "nowhere")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("5 concepts: 4 new skills, 1 that the catalogue had,")
    assert "Left out, without a label in both languages: 2." in done.stdout
    assert failed.returncode == 1
    assert failed.stderr.startswith("There is no skills_en.csv in")
    with skills.session() as session:
        assert session.scalar(select(func.count()).select_from(EscoConcept)) == 5
