"""Documents that list things list what is there."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.tables import MECHANISMS
from contracts import EVENTS
from standalone import describe
from standalone.run import Settings as StandaloneSettings
from standalone.services import SERVICES
from tests.architecture.sources import ROOT, files, operations, service_names

# Papers that are not in the repository, so that nobody can look there: in pieces, as below.
ELSEWHERE = re.compile(r"\b(DES" r"IGN|STY" r"LE|HOU" r"SE|CORREC" r"TIONS)\b|\bresear" r"ch/")
STORY = ["", "chassis", "chassis/messaging", "services/discussion", "services/skills"]
LENGTHS = {"README.md": 150, "ARCHITECTURE.md": 300}
# What the machine of whoever writes here has and no other: in pieces, so as not to stand here.
LOCAL = re.compile("/work" r"/(main|shared|\.library)\b|/opt" "/(pypi|wheels)")
REGISTRY = re.compile(
    r"\b(pypi|pythonhosted|artifactory|devpi|nexus)" r"\.[a-z]|[-_ ]index-" "url ?="
)


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE"])
def test_a_visitor_finds_the_documents(name: str) -> None:
    lines = _read(name).splitlines()

    assert 5 < len(lines) <= LENGTHS.get(name, 300)


def test_the_readme_s_table_has_every_service_and_its_readme() -> None:
    rows = re.findall(r"^\| `?(\w+)`? \|.*\]\((\S+/README\.md)\) \|$", _read("README.md"), re.M)
    listed = {name: place for name, place in rows if place.startswith("services/")}

    assert listed == {name: f"services/{name}/README.md" for name in service_names()}
    assert ("gateway", "gateway/README.md") in rows


def test_ports_that_documents_name_are_listened_to() -> None:
    compose = yaml.safe_load(_read("docker-compose.yml"))
    published = re.findall(r":-?(\d{4,5})\}?", " ".join(compose["services"]["gateway"]["ports"]))
    texts = [_read(place) for place in files() if re.search(r"compose[.\w]*\.yml$", place)]
    inside = re.findall(r"(?::|PORT: )(\d{4,5})\b", "\n".join(texts))
    # Of others: PostgreSQL, RabbitMQ, Jaeger.
    known = {*published, *inside, str(StandaloneSettings.port), "5432", "5672", "16686"}
    # In examples of running one part alone; the reader chooses them.
    example = r"(?:--bind|_URL=|UPSTREAMS=)\S*:(\d{4,5})"
    chosen = set(re.findall(example, "\n".join(map(_read, _documents()))))
    named = {port for place in _documents() for port in _ports(_read(place))}

    assert named and named <= known | chosen


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
class TestReadmeOfAService:
    """Each service's passport lists exactly what the service has."""

    def test_endpoints(self, service: Service) -> None:
        told = {(m, p.removeprefix("/api/v1")) for m, p in operations(service)}

        assert set(_endpoints(_passport(service))) == {(m, _bare(p)) for m, p in told}

    def test_tables(self, service: Service) -> None:
        own = set(service.metadata.tables) - {table.name for table in MECHANISMS}

        assert _row(_passport(service), "tables") == own

    def test_events(self, service: Service) -> None:
        told = {name for name, kind in EVENTS.items() if kind.source == service.name}

        assert _row(_passport(service), "publishes") == told
        assert _row(_passport(service), "listens") == set(service.handlers.subscriptions)

    def test_settings(self, service: Service) -> None:
        """Those beyond what every service reads."""
        common = _fields(ServiceSettings)
        own = {f"SKILLER_{name.upper()}" for name in _fields(service.settings) - common}

        assert _row(_passport(service), "settings") >= own


def test_decisions_are_numbered_and_listed() -> None:
    names = [place.rpartition("/")[2] for place in files() if re.match(r"docs/adr/\d", place)]
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", _read("docs/adr/README.md"))

    assert names == listed and names
    for number, name in enumerate(names, start=1):
        assert re.fullmatch(rf"{number:04}-[a-z]+(-[a-z0-9]+)+\.md", name), name
        assert _read(f"docs/adr/{name}").startswith(f"# {number:04}: "), name


def test_what_is_generated_is_what_the_code_says() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, text in describe.generated().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]

    assert not stale, "run `make describe`"


def test_make_prints_every_verb_and_documents_name_no_other() -> None:
    makefile = _read("Makefile")
    phony = set(re.findall(r"\.PHONY: (.*)", makefile)[0].split())
    printed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    spoken = r"(?:`|^\$ |^ +|run )make ([a-z]+)\b(?! sure)"
    named = {verb for place in _documents() for verb in re.findall(spoken, _read(place), re.M)}

    assert set(re.findall(r"^ +make ([a-z-]+)", printed, re.M)) == phony == targets
    assert {"run", "up", "check"} <= named <= phony


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = {
        f"{place}: {target}"
        for place in _documents()
        for target in re.findall(r"\]\(([^)\s]+)\)", _read(place))
        if "://" not in target and not _leads(ROOT / place, target)
    }

    assert not broken


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_by_their_content_and_name_no_index(name: str) -> None:
    entries = re.split(r"\n(?=\S)", _read(name).replace("\\\n", " ").strip())
    loose = [e for e in entries if not re.match(r"[a-z0-9._-]+(\[\w+\])?==\S+ .*--hash=sha256:", e)]

    assert entries and not loose
    assert "://" not in _read(name) and "index" not in _read(name)


def test_what_tests_need_holds_what_runs() -> None:
    running, testing = (_versions(f"requirements{kind}.txt") for kind in ("", "-dev"))

    assert running.items() <= testing.items()


def test_no_file_knows_this_machine_or_a_registry() -> None:
    places = [re.escape(str(place)) for place in (ROOT, Path.home()) if len(place.parts) > 2]
    here = re.compile("|".join([LOCAL.pattern, REGISTRY.pattern, *places]))
    texts = {place: _text(place) for place in files()}

    assert not {
        place: found.group() for place, text in texts.items() if (found := here.search(text))
    }


def test_nothing_cites_what_is_not_in_the_repository() -> None:
    texts = {place: _text(place) for place in files()}
    decisions = {Path(place).name[:4] for place in files() if place.startswith("docs/adr/0")}

    assert not {
        place: found.group() for place, text in texts.items() if (found := ELSEWHERE.search(text))
    }
    assert {n for text in texts.values() for n in re.findall(r"\bADR (\d{4})", text)} <= decisions


def test_the_story_of_a_like_names_files_that_are_there() -> None:
    story = (
        _read("ARCHITECTURE.md").partition("## The life of `post.liked`")[2].partition("\n## ")[0]
    )
    named = re.findall(r"`([\w/]+\.py)`", story)

    assert len(named) > 15
    assert not [n for n in named if not any((ROOT / start / n).exists() for start in STORY)]


def test_the_chassis_readme_has_every_module_and_no_other() -> None:
    named = set(re.findall(r"`(?:\w+/)?(\w+\.py)`", _read("chassis/README.md")))
    folders = [ROOT / "chassis", ROOT / "chassis/messaging"]
    own = {path.name for place in folders for path in place.glob("[!_]*.py")}
    kit = {path.name for path in (ROOT / "chassis/testing").glob("[!_]*.py")}

    assert own <= named <= own | kit


def _read(place: str) -> str:
    path = ROOT / place
    assert path.exists(), f"{place} is missing"
    return path.read_text("utf-8")


def _text(place: str) -> str:
    return (ROOT / place).read_bytes().decode("utf-8", "replace")


def _documents() -> list[str]:
    return [place for place in files() if place.endswith(".md")]


def _ports(text: str) -> list[str]:
    return re.findall(r"(?:localhost|127\.0\.0\.1|[Pp]ort):? ?(\d{4,5})\b", text)


def _passport(service: Service) -> str:
    return _read(f"services/{service.name}/README.md")


def _row(passport: str, title: str) -> set[str]:
    """The names in backticks in a row, those in parentheses left out."""
    rows = re.findall(rf"^\| {title} \|(.*)\|$", passport, re.M)
    assert len(rows) == 1, f"no row `{title}`"
    return set(re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", rows[0])))


def _endpoints(passport: str) -> Iterator[tuple[str, str]]:
    """`PUT`, `DELETE /a` · `GET /b`, `/c` are PUT /a, DELETE /a, GET /b and GET /c."""
    table = passport.partition("| endpoint |")[2].partition("\n\n")[0]
    for row in table.splitlines()[2:]:
        methods: list[str] = []
        is_used = True
        for name in re.findall(r"`([^`]+)`", row.split("|")[1]):
            *method, path = name.split(" ") if "/" in name else [name, ""]
            methods = [*([] if is_used else methods), *method] if method else methods
            is_used = bool(path)
            yield from ((each, _bare(path)) for each in methods if path)


def _bare(path: str) -> str:
    """A path whatever its parameters are called."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def _fields(kind: type) -> set[str]:
    return set(getattr(kind, "__dataclass_fields__", {}))


def _leads(document: Path, target: str) -> bool:
    place, _, anchor = target.partition("#")
    path = (document.parent / place).resolve() if place else document
    return path.exists() and (not anchor or anchor in _anchors(path.read_text("utf-8")))


def _anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _versions(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[\w+\])?==(\S+)", _read(name), re.M))
