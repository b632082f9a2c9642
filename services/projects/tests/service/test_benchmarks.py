"""Benchmarks: versions that stay, changes by id, copies, and files."""

import csv
import io
from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.meeting import at_once
from chassis.testing.people import MONDAY, left
from contracts.projects import BenchmarkPublished
from services.projects.tests.factories import begin, ids, made, members

CRITERIA = [
    {"id": "fresh", "name": "Fresh", "kind": "number", "unit": "days"},
    {"id": "open", "name": "Open", "kind": "boolean"},
    {"id": "says", "name": "Says", "kind": "text"},
    {"id": "mark", "name": "Mark", "kind": "note"},
]
ALTERNATIVES = [{"id": "osm", "name": "OpenStreetMap"}, {"id": "ign", "name": "Plan IGN"}]
CELLS = [
    {"alternative": "osm", "criterion": "fresh", "value": 12.5, "source": "their site"},
    {"alternative": "osm", "criterion": "open", "value": True, "as_of": "2023-01-15"},
    {"alternative": "ign", "criterion": "says", "value": "=SUM(A1)"},
    {"alternative": "ign", "criterion": "mark", "value": 3},
]
FRENCH = "Nom;Prix (€);Ouvert\r\nOSM;1 234,56;oui\r\nIGN;10,5;non\r\n"


def share(projects, actor, project_id, **more):
    told = {"title": "Four maps compared", **more}
    path = f"/projects/{project_id}/benchmarks"
    return f"{path}/{made(projects.as_member(actor).post(path, told))}"


def publish(projects, actor, path, base=0, **more):
    table = {"criteria": CRITERIA, "alternatives": ALTERNATIVES, "cells": CELLS, **more}
    return projects.as_member(actor).post(f"{path}/versions", {"base_version": base, **table})


def bring(projects, actor, path, content, query=""):
    if isinstance(content, str):
        content = content.encode()
    return projects.as_member(actor).request(
        "POST", f"{path}/imports{query}", data=content, headers={"Content-Type": "text/csv"}
    )


def compared(projects):
    """Ada, Bob, and a benchmark of Ada's with one version of MONDAY."""
    ada, bob = members(projects, "Ada", "Bob")
    with clock.at(MONDAY):
        path = share(projects, ada, begin(projects, ada))
        assert publish(projects, ada, path).json["version"] == 1
    return ada, bob, path


def test_a_version_is_shown_as_it_was_published(projects):
    _, bob, path = compared(projects)

    with clock.at(MONDAY):
        shown = projects.as_member(bob).get(path).json

    assert (shown["version"], shown["benchmark"]["title"]) == (1, "Four maps compared")
    assert [one["id"] for one in shown["criteria"]] == ["fresh", "open", "says", "mark"]
    assert [one["name"] for one in shown["alternatives"]] == ["OpenStreetMap", "Plan IGN"]
    cells = {(one["alternative"], one["criterion"]): one for one in shown["cells"]}
    assert [one["value"] for one in cells.values()] == [12.5, True, "=SUM(A1)", 3]
    assert cells["osm", "fresh"]["source"] == "their site"
    assert cells["osm", "fresh"]["as_of"] == "2024-03-04"
    assert (cells["osm", "open"]["is_old"], cells["osm", "fresh"]["is_old"]) == (True, False)
    [told] = projects.published(BenchmarkPublished)
    assert (told.revision, told.alternative_count, told.criterion_count) == (1, 2, 4)


def test_versions_stay_and_their_changes_are_by_id(projects):
    ada, bob, path = compared(projects)
    renamed = [{**CRITERIA[0], "name": "Freshness"}, *CRITERIA[1:3]]
    cells = [{**CELLS[0], "value": 13, "source": "seen"}, *CELLS[2:3]]
    alternatives = [*ALTERNATIVES, {"id": "cad", "name": "Cadastre"}]
    second = publish(
        projects, ada, path, 1, criteria=renamed, alternatives=alternatives, cells=cells
    )
    assert second.status_code == 201, second.json

    first = projects.as_member(bob).get(f"{path}?version=1").json
    changes = projects.as_member(bob).get(f"{path}/changes?from=1&to=2").json
    assert len(first["cells"]) == 4 and first["criteria"][0]["name"] == "Fresh"
    assert [
        (one["before"] and one["before"]["name"], one["after"] and one["after"]["name"])
        for one in changes["criteria"]
    ] == [("Fresh", "Freshness"), ("Mark", None)]
    assert [one["after"]["name"] for one in changes["alternatives"]] == ["Cadastre"]
    told = {
        (one["alternative"], one["criterion"]): (
            one["before"] and one["before"]["value"],
            one["after"] and one["after"]["value"],
        )
        for one in changes["cells"]
    }
    assert told == {
        ("osm", "fresh"): (12.5, 13),
        ("osm", "open"): (True, None),
        ("ign", "says"): ("=SUM(A1)", "=SUM(A1)"),  # said again, today
        ("ign", "mark"): (3, None),
    }
    assert changes["cell_count"] == 4
    listed = projects.as_member(bob).get(f"{path}/versions").json["items"]
    assert [one["version"] for one in listed] == [2, 1]
    assert projects.as_member(bob).get(f"{path}?version=3").status_code == 404


def test_of_two_second_versions_at_once_one_wins(projects):
    ada, _, path = compared(projects)

    answers = at_once(*[lambda: publish(projects, ada, path, 1)] * 4)

    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert {one.json.get("code") for one in answers} == {None, "version_outdated"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"criteria": [CRITERIA[0], CRITERIA[0]]},
        {"criteria": [CRITERIA[0], {**CRITERIA[0], "id": "other"}]},
        {"alternatives": [ALTERNATIVES[0]] * 2},
        {"cells": [{**CELLS[0], "criterion": "none"}]},
        {"cells": [{**CELLS[0], "alternative": "none"}]},
        {"cells": [{**CELLS[0], "value": "cheap"}]},
        {"cells": [{**CELLS[0], "value": True}]},
        {"cells": [{**CELLS[0], "value": 1e300}]},
        {"cells": [{**CELLS[0], "value": None}]},
        {"cells": [{**CELLS[3], "value": 6}]},
        {"cells": [{**CELLS[3], "value": 2.5}]},
        {"cells": [{**CELLS[2], "value": "x" * 501}]},
        {"cells": [{**CELLS[2], "value": "  "}]},
        {"criteria": []},
        {"criteria": [{**CRITERIA[0], "id": "a b"}]},
        {"criteria": [{**CRITERIA[0], "kind": "rank"}]},
        {"criteria": [{"id": f"c{n}", "name": f"{n}", "kind": "text"} for n in range(51)]},
        {"alternatives": [{"id": f"a{n}", "name": f"{n}"} for n in range(501)]},
        {"base_version": -1},
    ],
)
def test_a_table_whose_parts_do_not_fit_is_refused(projects, wrong):
    ada, _, path = compared(projects)

    refused = publish(projects, ada, path, wrong.pop("base_version", 1), **wrong)

    assert refused.status_code == 422, refused.json
    assert projects.as_member(ada).get(path).json["version"] == 1


def test_a_copy_says_of_what_it_is_one_to_who_may_see_that(projects):
    ada, bob, path = compared(projects)
    cleo, dan = members(projects, "Cleo", "Dan")
    of = {"benchmark_id": path.split("/")[-1], "version": 1}

    copied = share(projects, bob, begin(projects, bob), **{"from": of})

    shown = projects.as_member(cleo).get(copied).json
    origin = shown["benchmark"]["origin"]
    assert (origin["title"], origin["version"]) == ("Four maps compared", 1)
    assert (shown["version"], len(shown["cells"])) == (1, 4)
    closed = projects.as_member(ada).patch(
        path.partition("/benchmarks")[0], {"visibility": "invited"}, headers={"If-Match": '"1"'}
    )
    assert closed.status_code == 200
    assert projects.as_member(dan).get(copied).json["benchmark"]["origin"] is None
    again = projects.as_member(bob).post(
        f"/projects/{copied.split('/')[2]}/benchmarks", {"title": "Another copy", "from": of}
    )
    assert (again.status_code, again.json["code"]) == (404, "benchmark_not_found")


def test_following_is_of_who_does_it(projects):
    ada, bob, path = compared(projects)

    for _ in range(2):
        assert projects.as_member(bob).put(f"{path}/follow").json["is_following"] is True
    assert projects.as_member(bob).get(path).json["benchmark"]["follower_count"] == 1
    exported = projects.as_member(bob).get("/members/me/export/projects").json
    assert len(exported["followed_benchmarks"]) == 1
    projects.deliver(left(bob))
    assert projects.as_member(ada).get(path).json["benchmark"]["follower_count"] == 0


def test_a_french_file_becomes_the_next_version(projects):
    ada, _, path = compared(projects)

    dry = bring(projects, ada, path, FRENCH, "?dry_run=true")
    done = bring(projects, ada, path, FRENCH, "?source=Their+prices&as_of=2026-10-01")

    assert dry.status_code == 200, dry.json
    understood = dry.json
    assert (understood["encoding"], understood["separator"], understood["decimal"]) == (
        "utf-8",
        "semicolon",
        "comma",
    )
    assert [(one["name"], one["kind"], one["unit"]) for one in understood["columns"]] == [
        ("Prix", "number", "€"),
        ("Ouvert", "boolean", ""),
    ]
    assert understood["first_rows"][1] == ["OSM", "1 234,56", "oui"]
    assert (understood["version"], understood["removed_count"]) == (None, 2)
    assert done.json["version"] == 2
    shown = projects.as_member(ada).get(path).json
    assert [one["value"] for one in shown["cells"]] == [1234.56, True, 10.5, False]
    assert {(one["source"], one["as_of"]) for one in shown["cells"]} == {
        ("Their prices", "2026-10-01")
    }


def test_what_is_imported_again_keeps_its_source_and_day_where_it_is_the_same(projects):
    ada, _, path = compared(projects)
    file = projects.as_member(ada).get(f"{path}?format=csv&locale=fr")
    changed = file.text.replace("12,5", "13,5")

    done = bring(projects, ada, path, changed, "?source=New")

    assert (done.json["changed_count"], done.json["removed_count"]) == (1, 0)
    cells = projects.as_member(ada).get(path).json["cells"]
    assert [(one["value"], one["source"]) for one in cells] == [
        (13.5, "New"),
        (True, ""),
        ("=SUM(A1)", ""),
        (3, ""),
    ]
    assert cells[1]["as_of"] == "2023-01-15"


@pytest.mark.parametrize(
    ("content", "query", "code"),
    [
        ("", "", "csv_empty"),
        ("Name;Price\nA;1,234\nB;2\n", "", "number_ambiguous"),
        ("Name;Price\nA;1,5\nB\n", "", "csv_ragged"),
        ("Name\nA\n", "", "csv_separator_unclear"),
        (b"Name;\x81\nA;1\n", "", "csv_encoding_unclear"),
        ("Name" + ";c" * 51 + "\nA" + ";1" * 51, "", "too_many_columns"),
        ("Name;Price\nA;1\nA;2\n", "", "csv_invalid"),
        ("Name;Price\nA;1\n", "?separator=pipe", "invalid"),
        ("Name;Price\nA;1\n", "?base_version=0", "version_outdated"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(projects, content, query, code):
    ada, _, path = compared(projects)

    refused = bring(projects, ada, path, content, query)

    assert (refused.status_code, refused.json["code"]) == (
        409 if code == "version_outdated" else 422,
        code,
    )
    assert projects.as_member(ada).get(path).json["version"] == 1


def test_a_number_that_no_version_has_is_refused(projects):
    ada, _, path = compared(projects)

    for query in (
        "?version=3000000000",
        "/changes?from=3000000000",
        "/changes?from=0&to=3000000000",
    ):
        assert projects.as_member(ada).get(f"{path}{query}").status_code == 422, query


def test_a_row_of_an_older_version_comes_back(projects):
    ada, _, path = compared(projects)
    older = projects.as_member(ada).get(f"{path}?format=csv&version=1").text
    assert (
        publish(projects, ada, path, 1, alternatives=ALTERNATIVES[:1], cells=[]).status_code == 201
    )

    done = bring(projects, ada, path, older)

    assert done.status_code == 200, done.json
    shown = projects.as_member(ada).get(path).json
    assert [one["id"] for one in shown["alternatives"]] == ["osm", "ign"]


def test_what_was_asked_is_answered(projects):
    ada, _, path = compared(projects)
    content = "Name;Price\nA;1,234\nB;2\n"

    as_comma = bring(projects, ada, path, content, "?decimal=comma&dry_run=true")
    as_point = bring(projects, ada, path, content, "?decimal=point")

    assert as_comma.status_code == 200
    assert as_point.json["version"] == 2
    assert projects.as_member(ada).get(path).json["cells"][0]["value"] == 1234


def test_problems_are_named_by_line_and_column(projects):
    ada, _, path = compared(projects)
    file = "id,Name,Fresh (days),Mark\nosm,OSM,soon,9\n,New,3,4\n"

    dry = bring(projects, ada, path, file, "?dry_run=true").json
    refused = bring(projects, ada, path, file)

    assert [(one["line"], one["column"], one["code"]) for one in dry["problems"]] == [
        (2, "Fresh (days)", "not_a_number"),
        (2, "Mark", "not_a_note"),
    ]
    assert refused.json["errors"] == {
        "lines.2.Fresh (days)": ["not_a_number"],
        "lines.2.Mark": ["not_a_note"],
    }


def test_files_are_for_programs_of_tables_and_for_texts(projects):
    _, bob, path = compared(projects)

    french = projects.as_member(bob).get(f"{path}?format=csv&locale=fr")
    markdown = projects.as_member(bob).get(f"{path}?format=markdown")

    assert french.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="four-maps-compared-1.csv"' in french.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(french.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows == [
        ["id", "Nom", "Fresh (days)", "Open", "Says", "Mark"],
        ["osm", "OpenStreetMap", "12,5", "oui", "", ""],
        ["ign", "Plan IGN", "", "", "'=SUM(A1)", "3"],
    ]
    assert markdown.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert markdown.text.splitlines()[1] == "| --- | --- | --- | --- | --- |"


def test_two_hundred_by_twenty_in_windows_letters(projects):
    ada, _, path = compared(projects)
    head = "Nom;" + ";".join(f"Critère {n}" for n in range(20))
    lines = [f"Éditeur {n};" + ";".join(f"{n},{m:02}" for m in range(20)) for n in range(200)]

    done = bring(projects, ada, path, "\r\n".join([head, *lines]).encode("windows-1252"))

    assert (done.json["encoding"], done.json["cell_count"], done.json["version"]) == (
        "windows-1252",
        4_000,
        2,
    )
    cells = projects.as_member(ada).get(path).json["cells"]
    assert (len(cells), cells[-1]["value"]) == (4_000, 199.19)


def test_a_project_publishes_thirty_versions_a_day(projects):
    ada, _, path = compared(projects)
    with clock.at(MONDAY + timedelta(hours=1)):
        answers = [publish(projects, ada, path, base) for base in range(1, 31)]
    with clock.at(MONDAY + timedelta(hours=25)):
        answers.append(publish(projects, ada, path, 30))

    assert [one.status_code for one in answers] == [201] * 29 + [429, 201]


def test_benchmarks_are_listed_by_their_latest_version(projects):
    ada, _, path = compared(projects)
    project_id = path.split("/")[2]
    other = share(projects, ada, project_id, title="Another comparison")

    listed = ids(projects.as_member(ada).get(f"/projects/{project_id}/benchmarks"))

    assert listed == [other.split("/")[-1], path.split("/")[-1]]
