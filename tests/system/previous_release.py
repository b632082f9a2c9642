"""A pytest plugin for the previous release's own tests: their databases have today's schema.

`test_previous_release.py` runs them in the previous release's tree, and names this tree to it.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from chassis import migrations

_migrate = migrations.migrate


def _migrate_to_today(url: str, folder: Path, *arguments: Any, **options: Any) -> None:
    """Let today's code migrate, but where a test asks for an earlier version."""
    if options.get("to"):
        _migrate(url, folder, *arguments, **options)
        return
    subprocess.run(
        [sys.executable, "-m", f"services.{folder.parent.name}", "migrate"],
        cwd=os.environ["SKILLER_TEST_TODAY"],
        env={**os.environ, "PYTHONPATH": "", "SKILLER_DATABASE_URL": url},
        check=True,
        capture_output=True,
    )


migrations.migrate = _migrate_to_today
