"""The counters' server as deploy/compose.limits.yml starts it, where Redis is installed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from chassis.settings import Secret
from chassis.testing.waiting import eventually
from gateway.counters import CountersAway, SharedCounters
from gateway.tests.redis_server import PROGRAM, is_open, needs_redis
from gateway.tests.rig import unused_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "of-tests-alone"

pytestmark = needs_redis


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where it listens, with this machine's paths; its arguments are checked first."""
    said = yaml.safe_load((ROOT / "deploy" / "compose.limits.yml").read_text())
    [script] = said["services"]["limits"]["command"]
    (tmp_path / "password").write_text(PASSWORD)
    port = unused_port()
    for told, here in {
        "$$": "$",
        "redis-server -": f"{PROGRAM} - --bind 127.0.0.1 --port {port}",
        "/run/secrets/limits_password": str(tmp_path / "password"),
    }.items():
        assert told in script
        script = script.replace(told, here)
    command = [*said["services"]["limits"]["entrypoint"], script]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: is_open(port))
            seen = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            assert b"redis-server" in seen and PASSWORD.encode() not in seen
            yield port
        finally:
            process.terminate()
    assert {file.name for file in tmp_path.iterdir()} == {"password"}


def test_it_counts_for_who_has_the_password_and_keeps_nothing_on_disk(port: int) -> None:
    first, second = (SharedCounters(Secret(f"redis://:{PASSWORD}@127.0.0.1:{port}")) for _ in "12")
    stranger = SharedCounters(Secret(f"redis://127.0.0.1:{port}"))

    assert [first.hit("ada", 60).count, second.hit("ada", 60).count] == [1, 2]
    with pytest.raises(CountersAway, match="Authentication required"):
        stranger.hit("ada", 60)
