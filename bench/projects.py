"""What projects cost through the gateway: CPU of all processes, and whether lists stay flat.

20,000 members hold 100,000 skills; one project has a call, a round of 10,000 answers without
names, and a benchmark. Projects are written into the tables: 1,000, then 100,000.
"""

from collections.abc import Sequence
from statistics import median
from uuid import UUID, uuid4

from bench import load
from bench.api import V1, Town
from bench.load import Request
from bench.report import Goal, Row, measured
from bench.servers import Machine
from bench.site import Site, site

REQUESTS, WARM_UP, FILES = 300, 100, 20
MEMBERS, SKILLS_EACH, ANSWERS = 20_000, 5, 10_000
FEW, MANY = 1_000, 100_000
DAY = "INTERVAL '1 day'"
QUESTIONS = (
    '[{"kind": "choice", "text": "Which?", "options": ["A", "B", "C"], "most": 1},'
    ' {"kind": "scale", "text": "Useful?", "options": [], "most": 1}]'
)
GOALS = {
    "a project": Goal(3.0, "ms"),
    "results of 10,000 answers": Goal(3.0, "ms"),
    "helpers among 100,000 skills": Goal(10.0, "ms"),
    "a file of 200 × 20": Goal(150.0, "ms"),
}
FLAT = Goal(1.5)


def run(machine: Machine, rounds: int) -> list[Row]:
    """Each kind in turn in each round; then the list with few projects and with many."""
    with site(machine.folder / "standalone-projects.log") as of:
        town = Town(of)
        owner, token = next(iter(town.asking.items()))
        path = _fill(of, owner)
        kinds = {
            "a project": [Request("GET", path, token)] * REQUESTS,
            "results of 10,000 answers": _results(of, path, token),
            "helpers among 100,000 skills": [
                Request("GET", f"{path}/calls/{_one(of, 'calls')}/helpers", token)
            ]
            * REQUESTS,
        }
        spent = {
            name: [_spend(machine, of, asked) for _ in range(rounds)]
            for name, asked in kinds.items()
        }
        spent["a file of 200 × 20"] = [_bring(machine, of, path, token) for _ in range(rounds)]
        rows = [
            measured(f"projects: {name}, CPU of all processes", values, "ms", GOALS[name])
            for name, values in spent.items()
        ]
        return [*rows, _flat(machine, of, owner, token, rounds)]


def _fill(of: Site, owner: UUID) -> str:
    """Members and their skills, one project with a call, a round and a benchmark; its path."""
    project = uuid4()
    _people(of, owner)
    _projects(of, owner, [project])
    database = of.database("projects")
    database.execute(
        "INSERT INTO belongings (project_id, member_id, role, is_in, revision, joined_at,"
        f" changed_at) VALUES (%s, %s, 'owner', true, 1, now() - 9 * {DAY}, now())",
        [project, owner],
    )
    database.execute(
        "INSERT INTO calls (id, project_id, author_id, title, details, details_html, lang, skills,"
        " state, revision, opened_at, changed_at) VALUES (gen_random_uuid(), %s, %s, 'Who?', '',"
        " '', 'en', ARRAY['skill-7', 'skill-14', 'skill-21'], 'open', 1, now(), now())",
        [project, owner],
    )
    _round(of, project, owner)
    database.execute("VACUUM ANALYZE")
    return f"{V1}/projects/{project}"


def _people(of: Site, owner: UUID) -> None:
    database = of.database("projects")
    year_ago = "now() - INTERVAL '1 year'"
    database.execute(
        "INSERT INTO member_refs (id, name, headline, state, revision, joined_at)"
        f" SELECT gen_random_uuid(), 'Member ' || n, 'Baker', 'active', 1, {year_ago}"
        f" FROM generate_series(1, {MEMBERS}) AS n"
    )
    database.execute(
        "INSERT INTO member_refs (id, name, headline, state, revision, joined_at)"
        f" VALUES (%s, 'Owner', '', 'active', 1, {year_ago})"
        " ON CONFLICT (id) DO UPDATE SET joined_at = excluded.joined_at",
        [owner],
    )
    database.execute(
        "INSERT INTO attribution_refs (member_id, skill, label_en, label_fr, level, score,"
        " is_held, is_hidden, revision) SELECT id, 'skill-' || ((n * 7 + k * 131) %% 500), 'Skill',"
        " 'Skill', 1 + n %% 5, random() * 5, true, false, 1 FROM (SELECT id, row_number() OVER ()"
        " AS n FROM member_refs) AS m, generate_series(1, %s) AS k ON CONFLICT DO NOTHING",
        [SKILLS_EACH],
    )


def _round(of: Site, project: UUID, owner: UUID) -> None:
    """One that ended, with all that answered it counted."""
    database, round_id = of.database("projects"), uuid4()
    database.execute(
        "INSERT INTO opinion_rounds (id, project_id, author_id, title, concept, concept_html, lang,"
        " audience, is_anonymous, results, questions, opens_at, closes_at, answer_count, sealed_at,"
        " is_swept, revision, asked_at, changed_at) VALUES (%s, %s, %s, 'What?', '', '', 'en',"
        f" 'followers', true, 'after_closing', %s, now() - 9 * {DAY}, now() - {DAY}, %s, now(),"
        " true, 2, now(), now())",
        [round_id, project, owner, QUESTIONS, ANSWERS],
    )
    database.execute(
        "INSERT INTO option_counts (round_id, question, option, count) SELECT %s, q, o,"
        " CASE WHEN o = 0 THEN %s ELSE %s END FROM generate_series(1, 2) AS q,"
        " generate_series(0, 5) AS o WHERE q = 2 OR o <= 3",
        [round_id, ANSWERS, ANSWERS // 5],
    )


def _projects(of: Site, owner: UUID, ids: Sequence[UUID] = (), *, count: int = 0) -> None:
    """These projects, or so many."""
    which = "unnest(%s::uuid[]) AS id" if ids else "generate_series(1, %s) AS n"
    name = "id" if ids else "gen_random_uuid()"
    of.database("projects").execute(
        "INSERT INTO projects (id, owner_id, title, pitch, description, description_html, lang,"
        f" stage, visibility, revision, created_at, changed_at, sleeps_at) SELECT {name}, %s,"
        " 'A project among many', 'So that there are many.', 'Words.', '<p>Words.</p>', 'en',"
        f" 'idea', 'members', 1, now(), now(), now() + random() * 100 * {DAY} FROM {which}",
        [owner, list(ids) if ids else count],
    )


def _one(of: Site, table: str) -> UUID:
    row = of.database("projects").execute(f"SELECT id FROM {table} LIMIT 1").fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def _results(of: Site, path: str, token: str) -> list[Request]:
    asked = Request("GET", f"{path}/rounds/{_one(of, 'opinion_rounds')}/results", token)
    return [asked] * REQUESTS


def _bring(machine: Machine, of: Site, path: str, token: str) -> float:
    """Files that become versions, each of a benchmark of its own."""
    head = "Name;" + ";".join(f"Criterion {n}" for n in range(20))
    lines = [f"Alternative {n};" + ";".join(f"{n},{m:02}" for m in range(20)) for n in range(200)]
    file = "\r\n".join([head, *lines])
    # A project publishes thirty versions a day: yesterday's do not count.
    database = of.database("projects")
    database.execute(f"UPDATE benchmark_versions SET published_at = published_at - 2 * {DAY}")
    begun = [
        Request("POST", f"{path}/benchmarks", token, {"title": f"Number {n} compared"})
        for n in range(FILES)
    ]
    ids = [load.fetch(one, of.port)["id"] for one in begun]
    asked = [Request("POST", f"{path}/benchmarks/{one}/imports", token, file) for one in ids]
    spent = _spend(machine, of, asked, warm_up=0)
    database.execute("DELETE FROM benchmark_versions")
    database.execute("DELETE FROM benchmarks")
    return spent


def _flat(machine: Machine, of: Site, owner: UUID, token: str, rounds: int) -> Row:
    """The list of twenty, with few projects and with many: how many times more."""
    asked = [Request("GET", f"{V1}/projects?limit=20", token)] * REQUESTS
    _projects(of, owner, count=FEW)
    of.database("projects").execute("VACUUM ANALYZE projects")
    few = [_spend(machine, of, asked) for _ in range(rounds)]
    _projects(of, owner, count=MANY - FEW)
    of.database("projects").execute("VACUUM ANALYZE projects")
    many = [_spend(machine, of, asked) for _ in range(rounds)]
    ratios = [after / before for before, after in zip(few, many, strict=True)]
    name = f"projects: list of 20 among {MANY:,}, beside {FEW:,} ({median(few):.2f} ms)"
    return measured(name, ratios, "×", FLAT)


def _spend(
    machine: Machine, of: Site, asked: Sequence[Request], *, warm_up: int = WARM_UP
) -> float:
    """Milliseconds of CPU of all processes for each of these requests."""
    log = machine.folder / "client-projects.log"
    if warm_up:
        load.send(asked[:warm_up], of.port, log)
    of.settle()
    measure = of.measure()
    load.send(asked, of.port, log)
    of.settle()
    return measure.stop().requests * 1_000 / len(asked)
