"""A standalone as a test runs it: a process of its own, on a data folder and port of its own."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.testing.rabbitmq import free_port
from tests.system import journey

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """A standalone on a data folder and port of its own; `tree` holds the code that runs."""

    tree = ROOT

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.settings = settings
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None
        self.said = ""

    @property
    def environ(self) -> dict[str, str]:
        own = {"SKILLER_PORT": str(self.port), "SKILLER_DATA": str(self.data)}
        return {**os.environ, **own, **self.settings}

    def operate(self, *arguments: str) -> str:
        """What an operator's command prints while it runs."""
        command = [sys.executable, "-m", "standalone", *arguments]
        done = subprocess.run(
            command, cwd=self.tree, env=self.environ, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start it and wait for `Ready:`; the lines it says are in `said`."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "standalone"],
            cwd=self.tree,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ready:"):
                return
        self.process.wait(30)
        self.process.stdout.close()
        raise AssertionError(f"never ready: {self.said}")

    def read_invitation(self) -> str:
        """The token of the administrator's invitation that follows `Ready:`."""
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Administrator invitation: "), line
        return journey.token_of(line.strip())

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return code


@contextmanager
def machine(**settings: str) -> Iterator[Machine]:
    """A machine that is not started yet; ended, and its data removed, after the block."""
    with tempfile.TemporaryDirectory(prefix="skiller-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)  # as root the database has another account
        found = Machine(Path(folder) / "var", **settings)
        try:
            yield found
        finally:
            if found.process is not None:
                found.end()
