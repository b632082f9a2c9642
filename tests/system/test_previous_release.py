"""While an upgrade lasts, the previous release runs on the new schema: migrations expand first."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.service import ROOT
from chassis.testing.service import Server
from contracts.services import SERVICES
from tests.system.earlier import ask_git, unpack

# Minutes long, and the same until a migration or a release is added: `make test-release`.
pytestmark = pytest.mark.release

PLUGIN = ROOT / "tests" / "system" / "previous_release.py"


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of the newest tag `v*` before today's commit."""
    found = ask_git("describe", "--tags", "--match", "v*", "--abbrev=0", "HEAD^")
    if found is None:
        pytest.skip("no release is tagged here (v*), or this is no checkout of git")
    tree = unpack(found.strip(), tmp_path_factory.mktemp("previous"))
    shutil.copy(PLUGIN, tree / PLUGIN.name)
    return tree


@pytest.mark.timeout(900)
@pytest.mark.parametrize("service", SERVICES)
def test_the_previous_release_passes_its_tests_on_today_s_schema(
    previous: Path, server: Server, service: str
) -> None:
    tests = previous / "services" / service / "tests" / "service"
    if not tests.exists():
        pytest.skip(f"{service} is new in this release")

    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", PLUGIN.stem),
            *("-p", "no:cacheprovider", "-k", "not hostile", str(tests)),
        ],
        cwd=previous,
        env={
            **os.environ,
            "SKILLER_TEST_TODAY": str(ROOT),
            "SKILLER_TEST_DATABASE_URL": server.admin_url,
        },
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
