"""Hostile requests by the merged OpenAPI document: no 5xx, every answer fits its schema."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import journey
from tests.system.machine import machine

EXAMPLES = os.environ.get("SKILLER_FUZZ_EXAMPLES", "8")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
METHODS = ("get", "put", "post", "patch", "delete")

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def signed_in() -> Iterator[journey.Client]:
    """A member of a machine with some posts and skills, without limits on requests."""
    endless = "1000000/minute"
    with machine(SKILLER_MEMBER_LIMIT=endless, SKILLER_ADDRESS_LIMIT=endless) as skiller:
        skiller.start()
        yield journey.travel(skiller.url, skiller.read_invitation()).members[0]


def test_no_request_breaks_the_api(signed_in: journey.Client, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    command = [
        str(program),
        "run",
        f"{signed_in.url}/api/openapi.json",
        "--header",
        f"Authorization: Bearer {signed_in.token}",
        "--checks",
        ",".join(CHECKS),
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        EXAMPLES,
        "--request-timeout",
        "15",
        "--no-color",
    ]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-20_000:]
    paths = signed_in.session.get(f"{signed_in.url}/api/openapi.json").json()["paths"]
    operations = sum(method in METHODS for path in paths.values() for method in path)
    assert f"Tested: {operations}" in done.stdout
