"""The gunicorn worker of the gateway, here and in standalone.

gunicorn starts, watches and stops the processes; what one does with its clients is `loop`'s.
Instead of its own gthread, whose threads wait for slow clients (docs/adr/0012).
"""

import os
import signal

from gunicorn.workers.base import Worker as BaseWorker

from chassis import settings as chassis_settings
from gateway.config import Settings
from gateway.loop import Loop


class Worker(BaseWorker):
    """One process. Of gunicorn's settings it knows neither TLS nor `max_requests`."""

    def run(self) -> None:
        """Serve until gunicorn says so, or is no more."""
        settings = chassis_settings.read(Settings)
        # Behind a proxy of ours all connections have its address.
        most_of_one = 0 if settings.trusted_proxies else settings.address_connections
        loop = Loop(self.wsgi, self.sockets, self.cfg, most_of_one=most_of_one)
        signal.set_wakeup_fd(loop.bell)
        loop.serve(self._is_wanted, self.notify)

    def _is_wanted(self) -> bool:
        return bool(self.alive) and os.getppid() == self.ppid
