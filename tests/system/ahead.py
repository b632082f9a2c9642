"""A process on a machine whose clock is an hour ahead: `python -m tests.system.ahead MODULE …`."""

import runpy
import sys
from datetime import datetime, timedelta, tzinfo

from chassis import clock, database


class Ahead(datetime):
    """Moments; the present is an hour late in coming."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(hours=1)


if __name__ == "__main__":
    for module in (clock, database):  # the two that ask the machine for its time
        vars(module)["datetime"] = Ahead
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
