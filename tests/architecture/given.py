"""What `make secrets`, print-secrets and the operators' programs give to deploy/kubernetes."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.architecture.kustomized import of_kind
from tests.architecture.sources import ROOT

# Of what has a secret or a setting: its kind, its name and the key in it.
Place = tuple[str, str, str]
# Files that no program makes.
BY_HAND = {
    "smtp-url": "smtp://skiller:password@mail.example.org:587",
    "backups-access-key-id": "id",
    "backups-secret-access-key": "key",
}


@cache
def given() -> Mapping[Place, str]:
    """Every Secret and the keys to believe, made as an operator makes them."""
    with TemporaryDirectory() as folder:
        printed = _print_secrets(Path(folder))
    made = {}
    for one in json.loads(printed)["items"]:
        for key, value in one["data"].items():
            text = base64.b64decode(value).decode() if one["kind"] == "Secret" else value
            made[one["kind"].capitalize(), one["metadata"]["name"], key] = text
    for cluster in of_kind("Cluster"):
        # CloudNativePG's, one for each.
        url = f"postgresql://owner:password@{cluster}-rw.skiller:5432/database"
        made["Secret", f"{cluster}-app", "uri"] = url
    return made


def _print_secrets(root: Path) -> str:
    """Run both scripts as if `root` were the repository."""
    scripts = ("make-secrets", "kubernetes/print-secrets")
    (root / "deploy" / "kubernetes").mkdir(parents=True)
    for script in scripts:
        shutil.copy(ROOT / "deploy" / script, root / "deploy" / script)
    for part in ("services", "chassis", "contracts", ".venv"):
        (root / part).symlink_to(ROOT / part)
    made, printed = ([sys.executable, root / "deploy" / script] for script in scripts)
    subprocess.run(made, check=True, capture_output=True)
    for file, text in BY_HAND.items():
        (root / "deploy" / "secrets" / file).write_text(text)
    return subprocess.run(printed, capture_output=True, text=True, check=True).stdout
