"""The gateway's Prometheus figures, on a port that is not the public door's."""

from prometheus_client import REGISTRY, CollectorRegistry, multiprocess, start_http_server, values

from chassis.logs import get_logger

log = get_logger("gateway")


def serve_figures(port: int) -> None:
    """Serve them on `port`, or nowhere for 0.

    Of several gunicorn workers the first takes the port; with PROMETHEUS_MULTIPROC_DIR
    it speaks for all, without it only for itself.
    """
    if not port:
        return
    try:
        start_http_server(port, registry=_registry())
    except OSError as error:
        log.info("figures are served by another worker", port=port, error=str(error))


def _registry() -> CollectorRegistry:
    if getattr(values.ValueClass, "__name__", "") != "MmapedValue":
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
