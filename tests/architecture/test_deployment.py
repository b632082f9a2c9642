"""Containers: each holds its own part, gets the settings that its code reads, and no secret."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.service import Service
from contracts import EVENTS
from contracts import MODULES as PUBLISHERS
from contracts.services import SERVICES as SERVICE_NAMES
from gateway.config import Settings as GatewaySettings
from standalone import binaries, postgres, run
from standalone.services import SERVICES
from tests.architecture.sources import ROOT, files, service_names
from web.config import Settings as WebSettings

# Of Compose itself, or of the image's own program: no settings of ours.
COMPOSE_ONLY = {"SKILLER_BIND", "SKILLER_IMAGES", "SKILLER_PORT", "SKILLER_TAG"}
FOREIGN = {"PROMETHEUS_MULTIPROC_DIR"}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|SIGNING|PRIVATE|CREDENTIAL|_KEY$")
INTERPOLATED = re.compile(r"\$\{(\w+)(:?[-?+])?([^{}]*)")
# What an image gets, beside the packages.
COPIED = {"contracts", "chassis", "${PART}", "deploy/gunicorn.conf.py", "deploy/health.py"}


def test_an_image_holds_the_shared_code_and_one_part() -> None:
    copies = re.findall(r"^COPY (?!--from)(.*) \S+$", _read("deploy/Dockerfile"), re.M)
    copied = {source for line in copies for source in line.split()}

    assert copied == COPIED | {"requirements.txt"}
    assert not re.search(r"^ADD ", _read("deploy/Dockerfile"), re.M)


def test_the_build_context_lists_what_it_holds_and_leaves_tests_out() -> None:
    lines = [line for line in _read(".dockerignore").splitlines() if line and line[0] != "#"]
    allowed = {line[1:] for line in lines if line.startswith("!")}

    assert lines[0] == "*"
    assert allowed <= {*(COPIED - {"${PART}"}), "requirements.txt", "services", "gateway", "web"}
    assert {"**/tests", "chassis/testing"} <= set(lines[len(allowed) + 1 :])


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
class TestServiceInContainers:
    """What each service has in docker-compose.yml."""

    def test_has_web_worker_and_migration_of_one_image(self, service: Service) -> None:
        parts = [
            _compose()["services"][f"{service.name}{kind}"] for kind in ("", "-worker", "-migrate")
        ]

        assert len({part["image"] for part in parts}) == 1
        assert f"-{service.name}:" in parts[0]["image"]
        assert [part["build"]["args"]["PART"] for part in parts if "build" in part] == [
            f"services/{service.name}"
        ]

    def test_gets_only_settings_that_its_code_reads(self, service: Service) -> None:
        read = _variables(service.settings) | set(_defaults_of_gunicorn())
        for kind in ("", "-worker", "-migrate"):
            given = set(_compose()["services"][f"{service.name}{kind}"]["environment"])
            assert given - FOREIGN <= read, kind

    def test_has_its_own_role_and_database(self, service: Service) -> None:
        name = service.name
        for kind in ("", "-worker", "-migrate"):
            part = _compose()["services"][f"{name}{kind}"]
            given = part["environment"]["SKILLER_DATABASE_URL_FILE"]
            assert given == f"/run/secrets/{name}_database_url"
            assert [s for s in part["secrets"] if "database" in s] == [f"{name}_database_url"]
        assert name in _compose()["services"]["databases"]["command"]
        assert f"{name}_database_password" in _compose()["services"]["databases"]["secrets"]

    def test_is_known_to_the_gateway(self, service: Service) -> None:
        given = _compose()["services"]["gateway"]["environment"]

        named = GatewaySettings(upstreams=given["SKILLER_UPSTREAMS"]).urls
        assert named[service.name] == f"http://{service.name}:8000"


def test_the_gateway_gets_only_settings_that_its_code_reads() -> None:
    given = set(_compose()["services"]["gateway"]["environment"]) - FOREIGN

    assert given <= _variables(GatewaySettings) | set(_defaults_of_gunicorn())


def test_the_pages_get_only_settings_that_their_code_reads() -> None:
    given = set(_compose()["services"]["web"]["environment"]) - FOREIGN

    assert given <= _variables(WebSettings) | set(_defaults_of_gunicorn())


def test_the_pages_and_the_gateway_share_one_secret() -> None:
    parts = _compose()["services"]

    assert [parts[name]["secrets"] for name in ("gateway", "web")] == [["web_secret"]] * 2


def test_the_list_of_services_is_that_of_the_folders() -> None:
    publishers = [module.__name__.removeprefix("contracts.") for module in PUBLISHERS]

    assert sorted(SERVICE_NAMES) == service_names()
    assert [service.name for service in SERVICES] == list(SERVICE_NAMES)
    assert sorted(publishers) == sorted({kind.source for kind in EVENTS.values()})


def test_databases_log_no_row_that_breaks_a_constraint() -> None:
    assert "log_error_verbosity=terse" in _compose()["services"]["postgres"]["command"]
    assert postgres.SETTINGS["log_error_verbosity"] == "terse"


def test_no_secret_has_a_default() -> None:
    """A secret is a file; where one comes from `.env`, Compose refuses to start without it."""
    text = _read("docker-compose.yml")
    defaults = {
        name
        for name, operator, default in INTERPOLATED.findall(text)
        if SECRET.search(name) and (operator not in (":?", "?") or not default)
    }
    literal = {
        f"{part}: {name}"
        for part, definition in _compose()["services"].items()
        for name, value in definition.get("environment", {}).items()
        if SECRET.search(name) and value and not _is_reference(name, value)
    }

    assert not defaults
    assert not literal
    assert not re.search(r"://[^:/@\s]+:(?!\$\{)[^@/\s]+@", text)


def test_secrets_are_made_for_everything_that_asks_for_one(tmp_path: Path) -> None:
    made = {file.name for file in _make_secrets(tmp_path).iterdir()}
    shared = yaml.safe_load(_read("deploy/compose.limits.yml"))["secrets"]
    asked = {Path(s["file"]) for s in (*_compose()["secrets"].values(), *shared.values())}

    assert {place.name for place in asked} | {"public.json"} <= made
    assert {str(place.parent) for place in asked} == {"deploy/secrets"}
    interpolated = {n for n, _, _ in INTERPOLATED.findall(_read("docker-compose.yml"))}
    assert not set(filter(SECRET.search, interpolated))


def test_secrets_are_the_owners_alone_and_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SOCIAL_DATABASE_PASSWORD=earlier\n")
    folder = _make_secrets(tmp_path)
    first = {file.name: file.read_bytes() for file in folder.iterdir()}

    again = {file.name: file.read_bytes() for file in _make_secrets(tmp_path).iterdir()}

    assert again == first
    assert first["social-database-url"] == b"postgresql://social:earlier@postgres/social"
    assert first["skills-database-password"] in first["skills-database-url"]
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def _make_secrets(root: Path) -> Path:
    """Run the script as if `root` were the repository; its folder of secrets."""
    (root / "deploy").mkdir(exist_ok=True)
    shutil.copy(ROOT / "deploy" / "make-secrets", root / "deploy")
    for part in ("services", "chassis", "contracts", ".venv"):
        if not (root / part).exists():
            (root / part).symlink_to(ROOT / part)
    subprocess.run([sys.executable, root / "deploy" / "make-secrets"], check=True)
    return root / "deploy" / "secrets"


def test_every_container_has_its_limits() -> None:
    unlimited = {
        name
        for place in ("docker-compose.yml", "deploy/compose.tls.yml", "deploy/compose.limits.yml")
        for name, part in _parts_of(place)
        if name != "gateway" or "image" in part
        if not part.get("mem_limit") or not part.get("pids_limit")
    }

    assert not unlimited


def test_only_the_gateway_and_who_mails_have_a_way_out() -> None:
    internal = {name for name, of in _compose()["networks"].items() if (of or {}).get("internal")}
    outside = {
        name for name, part in _compose()["services"].items() if set(part["networks"]) - internal
    }

    assert outside == {"gateway", "identity-worker", "notifications-worker"}


def test_the_proxy_is_the_only_way_to_gateways_behind_it() -> None:
    parts = dict(_parts_of("deploy/compose.tls.yml"))

    assert parts["gateway"]["ports"] == []
    assert parts["gateway"]["environment"] == {"SKILLER_TRUSTED_PROXIES": 1}
    assert parts["proxy"]["networks"] == ["edge"]


def test_gateways_alone_reach_the_counters_that_they_share() -> None:
    said = yaml.safe_load(_read("deploy/compose.limits.yml"))
    parts, made = said["services"], said["secrets"]

    assert said["networks"] == {"limits": {"internal": True}}
    assert {name: part["networks"] for name, part in parts.items()} == {
        "limits": ["limits"],
        "gateway": ["limits"],
    }
    [setting] = parts["gateway"]["environment"].items()
    assert setting == ("SKILLER_LIMITS_URL_FILE", "/run/secrets/limits_url")
    assert setting[0] in _variables(GatewaySettings)
    assert {*parts["gateway"]["secrets"], *parts["limits"]["secrets"]} == set(made)
    assert all(f"/run/secrets/{s}" in str(parts["limits"]) for s in parts["limits"]["secrets"])


def test_no_secret_stands_in_a_file() -> None:
    private = re.compile("-----BEGIN (EC |RSA )?PRIVATE KEY-----\n[A-Za-z0-9+/]")
    texts = {place: (ROOT / place).read_bytes().decode("utf-8", "replace") for place in files()}

    assert not {place for place, text in texts.items() if private.search(text)}
    assert ".env" not in files()


def test_the_example_lists_every_setting_once() -> None:
    texts = "".join(_read(place) for place in files() if re.search(r"compose[.\w]*\.yml$", place))
    interpolated = {
        n for n, _, _ in INTERPOLATED.findall(re.sub(r"^ *#.*$", "", texts, flags=re.M))
    }
    listed = [name for name, _ in _example()]

    assert set(listed) == interpolated | set(_defaults()) | {binaries.CHOICE}
    assert len(listed) == len(set(listed))


def test_the_example_s_values_are_the_defaults() -> None:
    defaults = {name: str(v) for name, v in _defaults().items() if not isinstance(v, Path)}

    told = {name: value for name, value in _example() if name in defaults}

    assert told == defaults | {"SKILLER_DATABASE_URL": told["SKILLER_DATABASE_URL"]} | {
        # Where a default is empty, the form is shown.
        "SKILLER_BROKER_URL": told["SKILLER_BROKER_URL"]
    }


def test_each_variable_of_compose_is_a_setting_or_compose_s_own() -> None:
    interpolated = {name for name, _, _ in INTERPOLATED.findall(_read("docker-compose.yml"))}
    given = {
        name for part in _compose()["services"].values() for name in part.get("environment", {})
    }
    settings = {name for default in _defaults() for name in (default, f"{default}_FILE")}

    named = {name for name in interpolated | given if name.startswith("SKILLER_")}

    assert named <= settings | COMPOSE_ONLY


def test_only_the_gateway_is_reached_from_outside() -> None:
    published = {name for name, part in _compose()["services"].items() if part.get("ports")}

    assert published == {"gateway"}
    assert "${SKILLER_BIND:-127.0.0.1}:" in _compose()["services"]["gateway"]["ports"][0]


def _read(place: str) -> str:
    path = ROOT / place
    assert path.exists(), f"{place} is missing"
    return path.read_text("utf-8")


@cache
def _compose() -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml.safe_load(_read("docker-compose.yml"))
    return document


class _Loader(yaml.SafeLoader):
    """Reads Compose's `!reset` as what it resets to."""


_Loader.add_constructor("!reset", lambda loader, node: loader.construct_sequence(node))


def _parts_of(place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from yaml.load(_read(place), _Loader)["services"].items()


def _example() -> list[tuple[str, str]]:
    return re.findall(r"^# ?([A-Z_]+)=(.*)$", _read(".env.example"), re.M)


def _defaults() -> dict[str, object]:
    """Every setting that any process reads, with its default."""
    kinds = [
        *(service.settings for service in SERVICES),
        *(WebSettings, GatewaySettings, run.Settings),
    ]
    return _defaults_of_gunicorn() | {
        f"SKILLER_{field.name.upper()}": field.default for kind in kinds for field in fields(kind)
    }


def _is_reference(name: str, value: str) -> bool:
    """A required variable, or the path of a mounted secret."""
    return value.startswith("${") or (name.endswith("_FILE") and value.startswith("/run/"))


def _variables(kind: type[Any]) -> set[str]:
    """The environment variables of a settings class, each also as a file."""
    names = [f"SKILLER_{field.name.upper()}" for field in fields(kind)]
    return {*names, *(f"{name}_FILE" for name in names)}


def _defaults_of_gunicorn() -> dict[str, object]:
    """Of the settings class in gunicorn's configuration, which cannot be imported here."""
    tree = ast.parse(_read("deploy/gunicorn.conf.py"))
    [settings] = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Settings"]
    return {
        f"SKILLER_{ast.unparse(node.target).upper()}": ast.literal_eval(node.value)
        for node in settings.body
        if isinstance(node, ast.AnnAssign) and node.value
    }


def test_all_services_are_asked_whether_they_agree() -> None:
    said = (ROOT / "deploy" / "reconcile").read_text(encoding="utf-8")

    assert f"for service in {' '.join(SERVICE_NAMES)}; do" in said


def test_all_services_are_replaced_by_an_upgrade() -> None:
    said = (ROOT / "deploy" / "roll").read_text(encoding="utf-8")

    assert f'SERVICES="{" ".join(SERVICE_NAMES)}"' in said
