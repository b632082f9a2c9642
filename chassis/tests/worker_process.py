"""The program of `WorkerProcess`: the toys' worker, which may kill itself at a given point."""

import json
import os
import signal
from typing import Any

from chassis.messaging import relay, worker
from chassis.messaging.consumer import Consumer
from chassis.messaging.local import LocalPublisher
from chassis.messaging.rabbitmq_publisher import RabbitPublisher
from chassis.tests import toys
from chassis.tests.bus import QUICK, Setup, make_loops, open_databases
from contracts import EVENTS


def die_after(kind: type, method: str, is_it: Any = lambda *_: True) -> None:
    """Let the process be killed when this method has done its work."""
    original = getattr(kind, method)

    def deadly(self: Any, *arguments: Any) -> Any:
        result = original(self, *arguments)
        if is_it(self, *arguments):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(kind, method, deadly)


def main() -> None:
    """Read the setup from the environment and work until SIGTERM."""
    setup = Setup(**json.loads(os.environ["TOY_SETUP"]))
    EVENTS.update(toys.EVENTS)
    relay.BATCH_SIZE = int(os.environ["TOY_BATCH"])
    for module, name, value in QUICK:
        setattr(module, name, value)
    if os.environ["TOY_DIES"] == "before acknowledging":
        die_after(Consumer, "handle", lambda consumer, _: consumer.service == "reader")
    if os.environ["TOY_DIES"] == "before deleting":
        for kind in (LocalPublisher, RabbitPublisher):
            die_after(kind, "publish")
    loops = make_loops(setup, open_databases(setup))
    worker.run(loop for loop in loops if loop.name.endswith(os.environ["TOY_LOOPS"]))


if __name__ == "__main__":
    main()
