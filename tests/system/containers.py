"""Every container of Skiller, of a copy of this checkout, as a project of its own."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from chassis.testing.rabbitmq import free_port
from chassis.testing.waiting import eventually
from contracts.services import SERVICES, WEB
from tests.system import journey, memory

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = shlex.split(os.environ.get("COMPOSE", "docker compose"))
SECRETS = Path("deploy", "secrets")
MINUTES = 60
OURS = [*SERVICES, *(f"{name}-worker" for name in SERVICES), "gateway", WEB]
# Of the first process of a container and of its children, a form feed between two.
ROLLUPS = """cat /proc/1/smaps_rollup
for child in $(cat /proc/1/task/*/children); do printf '\\f'; cat /proc/$child/smaps_rollup; done"""


class Containers:
    """What `make up` brings; `kill` and `start` name a service of the file, as `skills-worker`.

    Nothing of another Skiller on this engine is touched: project, images, secrets and port are
    its own. The databases are asked at the addresses that the engine gave their container.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tag = "latest"  # of the images
        self._name = f"skiller-test-{uuid4().hex[:8]}"

    def check_out(self, tree: Path = ROOT) -> None:
        """Put the code of a tree where another one was; secrets stay, and are added to."""
        for place in _places(self.folder) if self.folder.exists() else ():
            if not place.is_relative_to(SECRETS):
                (self.folder / place).unlink()
        for place in _tracked() if tree == ROOT else _places(tree):
            (self.folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tree / place, self.folder / place)  # with the time of now
        self._run([sys.executable, "deploy/make-secrets"])

    def build(self) -> None:
        """Make the images."""
        self.compose("build", "--quiet", minutes=15)

    def up(self) -> None:
        """Start everything and wait until all of it is well."""
        self.compose("up", "--detach", "--wait", minutes=10)

    def down(self) -> None:
        """Remove it with its data and the images that were built for it; others are kept."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "5", minutes=5)
        named = ["--filter", f"reference={self._name}-*", "--format", "{{.Repository}}:{{.Tag}}"]
        own = self._run(["docker", "image", "ls", *named]).split()
        self._run(["docker", "image", "rm", "--force", *sorted(own)], minutes=5)

    def roll(self) -> None:
        """Replace what another release runs, as `make roll` does."""
        self._run([str(self.folder / "deploy" / "roll")], minutes=20)

    def kill(self, name: str) -> None:
        """End a container at once, as a crash does; it stays away until it is started."""
        self.compose("kill", name)

    def stop(self, name: str) -> None:
        """End a container as an operator does: it may end what it has in hand."""
        self.compose("stop", name)

    def start(self, name: str) -> None:
        """Start a container that was ended."""
        self.compose("start", name)

    def wait_for(self, name: str) -> None:
        """Wait until the engine finds it well."""

        def is_well() -> bool:
            state = self._inspect(name)["State"]
            return bool(state["Health"]["Status"] == "healthy")

        eventually(is_well, seconds=120, every=0.3)

    def command(self, service: str, *arguments: str) -> str:
        """What an operator's command prints."""
        return self.compose("exec", "-T", f"{service}-worker", "skiller", *arguments)

    def reconcile(self) -> str:
        """What `deploy/reconcile` says."""
        return self._run([str(self.folder / "deploy" / "reconcile")], minutes=5)

    def sample_memory(self) -> memory.Sample:
        """What our processes have written, the first of a container and its children apart."""
        found: dict[str, float] = {}
        for name in OURS:
            first, *children = self.compose("exec", "-T", name, "sh", "-c", ROLLUPS).split("\f")
            found[f"{name}'s master" if children else name] = memory.written(first)
            if children:
                found[name] = sum(map(memory.written, children))
        return found

    def started(self) -> Mapping[str, str]:
        """When each container of ours began, as the engine tells it."""
        return {name: str(self._inspect(name)["State"]["StartedAt"]) for name in OURS}

    @property
    def urls(self) -> Mapping[str, str]:
        """The services' databases, as their container is reached from this machine now."""
        networks = self._inspect("postgres")["NetworkSettings"]["Networks"]
        address = next(iter(networks.values()))["IPAddress"]
        secrets = self.folder / SECRETS
        return {
            service: file.read_text().strip().replace("@postgres", f"@{address}")
            for service in SERVICES
            if (file := secrets / f"{service}-database-url").exists()  # earlier ones have fewer
        }

    def compose(self, *arguments: str, minutes: int = 2) -> str:
        """What a verb of Compose prints."""
        return self._run([*COMPOSE, *arguments], minutes=minutes)

    def _inspect(self, name: str) -> Any:
        found = self.compose("ps", "--all", "--quiet", name).split()
        (told,) = json.loads(self._run(["docker", "inspect", found[0]]))
        return told

    def _run(self, command: list[str], *, minutes: int = 2) -> str:
        own = {
            "COMPOSE_PROJECT_NAME": self._name,
            "SKILLER_IMAGES": self._name,
            "SKILLER_TAG": self.tag,
            "SKILLER_PORT": str(self.port),
            # All members of a test have one address.
            "SKILLER_ADDRESS_CONNECTIONS": "0",
            "SKILLER_ADDRESS_LIMIT": "100000/minute",
            "SKILLER_MEMBER_LIMIT": "100000/minute",
        }
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            timeout=minutes * MINUTES,
            check=False,
        )
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def read_invitation(self) -> str:
        """The token of the first administrator's invitation."""
        said = self.command("identity", "invite-administrator", "--first")
        return journey.token_of(said.strip().splitlines()[-1])


def _tracked() -> Iterator[Path]:
    """What git knows of this checkout."""
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    yield from map(Path, filter(None, told.stdout.split("\0")))


def _places(folder: Path) -> list[Path]:
    """Every file below a folder, from there."""
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]


@contextmanager
def containers(folder: Path) -> Iterator[Containers]:
    """A complete Skiller in containers, removed with everything at the end."""
    skiller = Containers(folder)
    skiller.check_out()
    with running(skiller):
        yield skiller


@contextmanager
def running(skiller: Containers) -> Iterator[None]:
    """What was checked out, built and started, removed with everything at the end."""
    skiller.build()
    try:
        skiller.up()
        yield
    finally:
        skiller.down()
