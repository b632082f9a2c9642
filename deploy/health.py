"""The health check of every container: is what it does for a living being done?

A worker touches its heartbeat in each loop; anything else answers on its port. Standard
library alone, run as `python -IS deploy/health.py`: 15 ms of processor time, where
`python -m services.<name> work --check`, which imports the service, takes 600.
"""

import os
import socket
import sys
import time

STALE_SECONDS = 60
PORT = 8000


def main() -> None:
    """Exit with the reason where it is not."""
    heartbeat = os.environ.get("SKILLER_HEARTBEAT_FILE")
    try:
        answer = _age(heartbeat) if heartbeat else _ask("/health/ready")
    except OSError as error:
        sys.exit(str(error))
    if answer:
        sys.exit(answer)


def _age(heartbeat: str) -> str:
    seconds = time.time() - os.stat(heartbeat).st_mtime
    return f"The worker's last heartbeat was {seconds:.0f} s ago." * (seconds > STALE_SECONDS)


def _ask(path: str) -> str:
    with socket.create_connection(("127.0.0.1", PORT), timeout=4) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    status_line, _, _ = answer.partition(b"\r\n")
    is_well = b" 200 " in status_line and b'"database"' not in answer
    return "" if is_well else answer.decode("utf-8", "replace")


main()
