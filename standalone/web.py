"""The web processes of one machine: the gateway, and behind it pages and services in-process."""

from collections.abc import Mapping
from wsgiref.types import WSGIApplication

from flask import Flask

from chassis import logs, settings, tracing
from contracts.services import WEB
from gateway.app import create_app as create_gateway
from gateway.config import Settings
from gateway.upstream import Upstream, UpstreamRequest
from gateway.upstream_wsgi import WsgiUpstream, call, environ_of
from standalone.services import SERVICES, settings_of
from web.api.transport import Request, Response
from web.app import create_app as create_web
from web.config import Settings as WebSettings


class Within:
    """The way of pages to the gateway where both are in one process."""

    def __init__(self) -> None:
        self.gateway: WSGIApplication | None = None  # it is made of the pages, too

    def send(self, request: Request) -> Response:
        """As `web.api.transport.Transport.send`."""
        assert self.gateway is not None
        headers = [*request.headers.items(), ("Content-Length", str(len(request.body)))]
        asked = UpstreamRequest(request.method, request.target, headers, request.body)
        answer = call(self.gateway, environ_of(asked))
        names = {name.lower(): value for name, value in answer.headers}
        return Response(answer.status, names, b"".join(answer.body))


def create_app() -> Flask:
    """The application that gunicorn serves, configured by the environment."""
    environ = settings.environment()
    gateway = settings.read(Settings, environ)
    logs.configure(gateway, process="web")
    tracing.start(gateway, "skiller-web")
    return assemble(gateway, settings.read(WebSettings, environ), environ)


def assemble(gateway: Settings, pages: WebSettings, environ: Mapping[str, str]) -> Flask:
    """The gateway before every service and the pages, which ask it in turn."""
    within = Within()
    upstreams: dict[str, Upstream] = {
        service.name: WsgiUpstream(service.create_app(settings_of(service, environ)))
        for service in SERVICES
    }
    upstreams[WEB] = WsgiUpstream(create_web(pages, within))
    app = create_gateway(gateway, upstreams)
    within.gateway = app.wsgi_app
    return app
