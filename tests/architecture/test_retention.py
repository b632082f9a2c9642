"""docs/retention.md says what the code keeps."""

import importlib
import re
from datetime import timedelta
from pathlib import Path

import pytest

TABLE = (Path(__file__).resolve().parents[2] / "docs" / "retention.md").read_text("utf-8")
NAMED = re.findall(r"^\| .+ \| (.+?) \| `([a-z_.]+)\.([A-Z_]+)` \|$", TABLE, re.M)
UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}


def test_most_rows_name_a_constant() -> None:
    assert len(NAMED) > 10


@pytest.mark.parametrize(("kept", "module", "name"), NAMED, ids=lambda part: part)
def test_a_row_says_what_the_code_says(kept: str, module: str, name: str) -> None:
    count, unit = kept.split()

    assert getattr(importlib.import_module(module), name) == int(count) * UNITS[unit.rstrip("s")]


def test_nothing_is_kept_for_a_time_that_the_table_leaves_out() -> None:
    """Constants whose name says so; what else waits or ends is no keeping of data."""
    root = Path(__file__).resolve().parents[2]
    said = {f"{module}.{name}" for _, module, name in NAMED}
    found = set()
    for folder in ("chassis", "services", "gateway", "web"):
        for path in (root / folder).rglob("*.py"):
            if "tests" not in path.parts and "migrations" not in path.parts:
                module = ".".join(path.relative_to(root).with_suffix("").parts)
                for line in path.read_text("utf-8").splitlines():
                    names, equals, value = line.partition(" = ")
                    if equals and "timedelta(" in value and re.search(r"KEPT", names):
                        kept = (name for name in names.split(", ") if "MOST" not in name)
                        found |= {f"{module}.{name}" for name in kept}

    assert found <= said
