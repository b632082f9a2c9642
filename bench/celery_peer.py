"""The peer: Celery on the same broker and a quorum queue, one upsert and commit per message.

It is given every advantage that keeps the comparison true: no result backend, no
remote control, gossip, mingle or events, no log line per task, a connection kept open,
a statement that psycopg prepares and that is its own transaction.
"""

import sys
from contextlib import suppress
from typing import Any

import psycopg
from celery import Celery
from celery.worker.consumer.delayed_delivery import DelayedDelivery
from kombu.entity import Exchange, Queue
from pika.exceptions import AMQPError

from bench.likes import new_like
from bench.servers import job, open_channel
from contracts import encode

PREFETCH = 50
UPSERT = """INSERT INTO likes (post_id, liker_id, author_id, revision, state, liked_at)
VALUES (%(post_id)s, %(liker_id)s, %(author_id)s, %(revision)s, %(state)s, %(liked_at)s)
ON CONFLICT (post_id, liker_id) DO UPDATE SET author_id = excluded.author_id,
revision = excluded.revision, state = excluded.state, liked_at = excluded.liked_at
WHERE likes.revision < excluded.revision"""

_connections: dict[str, psycopg.Connection[Any]] = {}


def make_app(broker_url: str, database_url: str, queue: str) -> Celery:
    """The application with its one task, `keep_like`."""
    app = Celery("peer", broker=broker_url.replace("%2F", "/"))
    app.conf.update(
        task_queues=[Queue(queue, Exchange(""), queue, queue_arguments={"x-queue-type": "quorum"})],
        task_default_queue=queue,
        task_default_exchange="",
        task_default_routing_key=queue,
        task_acks_late=True,
        task_ignore_result=True,
        worker_concurrency=1,
        worker_prefetch_multiplier=PREFETCH,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
    )

    @app.task(name="keep_like", shared=False)  # type: ignore[untyped-decorator]
    def keep_like(**like: Any) -> None:
        if not _connections:  # opened in the process that executes, after prefork's fork
            _connections["likes"] = psycopg.connect(database_url, autocommit=True)
        _connections["likes"].execute(UPSERT, like)

    return app


def fill(of: Any, count: int) -> None:
    """Send `count` tasks; what arrived is counted by the caller."""
    app = make_app(of.broker_url, of.database_url, of.queue)
    with app.producer_pool.acquire(block=True) as producer:
        for _ in range(count):
            app.tasks["keep_like"].apply_async(kwargs=encode(new_like()), producer=producer)
    app.close()


def delete(broker_url: str, queue: str) -> None:
    """Remove the peer's queue."""
    with suppress(AMQPError, OSError), open_channel(broker_url) as channel:
        channel.queue_delete(queue)


def main() -> None:
    """The worker process, with the pool named on the command line."""
    of = job()
    # For tasks with a delay, of which there are none, it would leave 28 queues on the broker.
    DelayedDelivery.include_if = lambda *_: False
    app = make_app(of["broker_url"], of["database_url"], of["queue"])
    options = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
    app.worker_main(["worker", "--pool", sys.argv[1], "-c", "1", "-Q", of["queue"], *options])


if __name__ == "__main__":
    main()
