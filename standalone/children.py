"""The processes that standalone starts: their logs, their end with ours, their restart."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from standalone.accounts import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
LARGEST_LOG = 10 << 20  # bytes; a longer log is begun anew at the start
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60.0


class Child:
    """A Python module run in a process of its own, started again when it ends by itself."""

    def __init__(
        self, name: str, arguments: Sequence[str], environ: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self._command = [sys.executable, *arguments]
        self._environ = dict(environ)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._delay = FIRST_DELAY
        self._start_again_at = 0.0

    def start(self) -> None:
        """Start it; its session is its own, so a terminal's Ctrl-C reaches us alone."""
        too_long = self.log.exists() and self.log.stat().st_size > LARGEST_LOG
        with self.log.open("wb" if too_long else "ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        self._started = time.monotonic()

    def look_after(self) -> str | None:
        """Start it again, after a growing delay, when it has ended; returns what to tell."""
        if self._process is None or self._process.poll() is None:
            return None
        moment = time.monotonic()
        if not self._start_again_at:
            steady = moment - self._started > STEADY_SECONDS
            self._delay = FIRST_DELAY if steady else min(self._delay * 2, LONGEST_DELAY)
            self._start_again_at = moment + self._delay
            code = self._process.returncode
            return f"The {self.name} ended ({code}) and is started again; see {self.log}"
        if moment >= self._start_again_at:
            self._start_again_at = 0.0
            self.start()
        return None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:500] if lines else ""

    def stop(self, patience: float = 25.0) -> None:
        """Ask it to finish what it has in hand; kill it after `patience` seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
