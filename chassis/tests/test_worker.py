"""A worker whose loop hangs ends itself, so that it is started again."""

import subprocess
import sys

PROGRAM = """
import threading
from chassis.messaging import worker
from chassis.messaging.loops import Loop

worker.STALE_SECONDS = 0.5
hangs = Loop("hangs", lambda stop, beat: threading.Event().wait())


def alive(stop, beat):
    while not stop.wait(0.05):
        beat()


worker.run([hangs, Loop("lives", alive)])
"""


def test_worker_with_a_hanging_loop_ends_with_a_failure() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30
    )

    assert done.returncode == 1
    assert "hangs" in done.stdout + done.stderr
