"""What standalone tells of a process that ended."""

import os
from pathlib import Path

from chassis.testing.waiting import eventually
from standalone.children import Child


def test_last_words_of_a_child_say_why_it_ended(tmp_path: Path) -> None:
    program = "import sys; print('working'); sys.exit('The database is newer.')"
    child = Child("worker", ["-c", program], dict(os.environ), tmp_path / "worker.log")

    child.start()

    eventually(lambda: not child.is_running)
    assert child.last_words == "The database is newer."
