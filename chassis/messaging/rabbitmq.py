"""RabbitMQ as the transport: what its publisher and its consumer share.

Each of them owns its connection and lives in one thread, as pika's adapters ask. Every
lost connection ends in an exception, which the worker's loop answers with a new one.
"""

import pika


class BrokerLost(Exception):
    """The connection, the channel or the subscription ended; connect again."""


def parameters(url: str) -> pika.URLParameters:
    """Connection parameters with every wait bounded."""
    wanted = pika.URLParameters(url)
    wanted.heartbeat = 60
    wanted.blocked_connection_timeout = 30
    wanted.socket_timeout = 10
    wanted.stack_timeout = 15
    wanted.connection_attempts = 1
    return wanted
