"""How gunicorn serves every service, the gateway and, in standalone, all of them in one."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn import glogging

from chassis import garbage, logs
from chassis import settings as chassis_settings
from chassis.settings import LogSettings


@dataclass(frozen=True, kw_only=True)
class Settings(LogSettings):
    """How much one container does at a time."""

    web_workers: int = 2  # processes; each has its own database pool
    web_threads: int = 8  # requests at a time in each process


class Logger(glogging.Logger):
    """gunicorn's own lines, in the form of all others."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logs.configure(settings, process=cfg.proc_name)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


settings = chassis_settings.read(Settings)
logger_class = Logger
accesslog = None  # the application writes its line for each request, without tokens

# Threads, not processes, wait for the database. A service's only client is the gateway, which
# is quick; for others the gateway is served by `gateway.server.Worker` instead. Nothing is
# loaded before the fork: a connection or a thread made there would be shared by, or missing
# in, every worker.
worker_class = "gthread"
workers = settings.web_workers
threads = settings.web_threads
preload_app = False
# No worker is replaced after so many requests: that would cut connections for nothing.
max_requests = 0

# gunicorn's most: a longest cursor, percent-encoded, takes 6 kB.
limit_request_line = 8190
# Nobody's word is taken for the scheme: the gateway alone speaks to a service.
forwarded_allow_ips = ""

# A request in hand is finished; Compose waits longer (stop_grace_period) before it kills.
graceful_timeout = 20
# Longer than the pauses between two requests of the gateway, which keeps connections
# open and looks, before it uses one again, whether this side has closed it.
keepalive = 75

# The workers' sign of life is a file whose time changes; on a disk that can block.
_memory = Path("/dev/shm")
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
control_socket_disable = True  # a container's file system is read-only, and it is not used

# Where it is set, the metrics of all processes of one container are summed up there.
_metrics = chassis_settings.environment().get("PROMETHEUS_MULTIPROC_DIR")


# A thread that computes, as one that renders a long text, lets others go on after so long. Python's
# own 5 ms are many for a request that goes on a dozen times, after each answer of a database.
TURN_SECONDS = 0.0005


def post_worker_init(_: Any) -> None:
    """Let threads take quick turns, and spare them looking through all that the code is made of."""
    garbage.leave_out()
    sys.setswitchinterval(TURN_SECONDS)


def on_starting(_: Any) -> None:
    """Forget the metrics of the processes that ran before."""
    if _metrics:
        Path(_metrics).mkdir(parents=True, exist_ok=True)
        for file in Path(_metrics).glob("*.db"):
            file.unlink()


def child_exit(_: Any, worker: Any) -> None:
    """What a dead process counted stays; what it measured at the moment goes."""
    if _metrics:
        from prometheus_client import multiprocess  # 4 MB that one machine's process spares

        multiprocess.mark_process_dead(worker.pid, _metrics)  # type: ignore[no-untyped-call]
