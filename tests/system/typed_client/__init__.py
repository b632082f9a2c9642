"""A client by others: its types are generated from the merged OpenAPI document."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

SOURCES = Path(__file__).parent
IS_REQUIRED = os.environ.get("SKILLER_REQUIRE_TOOLS") == "1"

needs_node = pytest.mark.skipif(
    shutil.which("npm") is None and not IS_REQUIRED, reason="Node and npm are not installed"
)


def build(folder: Path, url: str) -> Path:
    """Generate types from what the gateway at `url` tells, and compile; returns the program.

    Skips where npm cannot install the generator, unless tools are required.
    """
    for name in ("package.json", "package-lock.json", "tsconfig.json", "journey.ts"):
        shutil.copy(SOURCES / name, folder)
    document = requests.get(f"{url}/api/openapi.json", timeout=30)
    document.raise_for_status()
    (folder / "openapi.json").write_text(document.text, encoding="utf-8")
    installed = _run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    if installed.returncode and not IS_REQUIRED:
        pytest.skip(f"npm installs nothing here: {installed.stdout[-300:]}")
    # What has a default need not be sent: types are for who writes requests.
    generate = ("openapi-typescript", "openapi.json", "--default-non-nullable=false")
    for command in ((*generate, "--output", "schema.d.ts"), ("tsc", "--project", ".")):
        done = _run(folder, "npx", "--no-install", *command)
        assert done.returncode == 0, done.stdout
    return folder / "built" / "journey.js"


def travel(program: Path, url: str, tokens: Sequence[str]) -> Any:
    """Walk the journey with the tokens of some invitations; returns what it saw."""
    done = _run(program.parent, "node", str(program), url, *tokens)
    assert done.returncode == 0, done.stdout
    return json.loads(done.stdout)


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=180,
        check=False,
    )
