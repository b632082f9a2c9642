"""One relay as a program: hands over an outbox until SIGTERM.

Run by `relays`, in the folder of the checkout that is measured and by its interpreter, so it
imports nothing of this package and asks for what every release has.
"""

import json
import signal

from chassis import settings
from chassis.messaging.loops import Stop
from chassis.messaging.rabbitmq_publisher import RabbitPublisher
from chassis.messaging.relay import Relay
from chassis.messaging.topology import Topology


def main() -> None:
    """What is to be done stands in the environment, as for every child of a measurement."""
    job = json.loads(settings.environment()["BENCH_JOB"])
    topology = Topology(job["subscriptions"], job["namespace"])
    relay = Relay(job["service"], job["url"], lambda: RabbitPublisher(job["broker_url"], topology))
    stop = Stop()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    relay.run(stop, lambda: None)


if __name__ == "__main__":
    main()
