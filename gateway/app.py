"""The composition root: settings and services in, one application out."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from chassis import metrics, problems, tracing
from chassis import settings as chassis_settings
from gateway import docs
from gateway.config import Settings
from gateway.forwarding import Forwarder
from gateway.proxy import OWN_ROUTE, Proxy
from gateway.upstream import Upstream
from gateway.upstream_http import HttpUpstream


def create_app(
    settings: Settings | None = None, upstreams: Mapping[str, Upstream] | None = None
) -> Flask:
    """The gateway before `upstreams`, by service; without them, before those of the settings.

    A service that is not among them does not exist for clients (404).
    """
    settings = settings or chassis_settings.read(Settings)
    tracing.start(settings, "gateway")
    forwarder = Forwarder(_connect(settings) if upstreams is None else upstreams)
    app = Flask("gateway", static_folder=None)
    # A path is what it is: nothing is redirected to what it might have meant.
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    problems.register(app)
    app.register_blueprint(docs.blueprint(forwarder))
    _add_own_views(app, settings)
    app.after_request(_leave_route)
    proxy: Any = Proxy(app, app.wsgi_app, settings, forwarder)
    app.wsgi_app = proxy  # type: ignore[method-assign]
    metrics.serve(settings.metrics_port, settings.metrics_address)
    return app


def _connect(settings: Settings) -> dict[str, Upstream]:
    return {
        service: HttpUpstream(
            url,
            connect_seconds=settings.upstream_connect_seconds,
            read_seconds=settings.upstream_read_seconds,
        )
        for service, url in settings.urls.items()
    }


def _add_own_views(app: Flask, settings: Settings) -> None:
    keys = json.loads(settings.public_keys)

    @app.get("/")
    def get_root() -> AnyResponse:
        """Where there are no pages, whoever opens the bare address finds the documentation."""
        return redirect("/api/docs")

    @app.get("/api/v1/.well-known/jwks.json")
    def get_keys() -> Response:
        """The public keys of access tokens, as a JWK set."""
        response = jsonify(keys)
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    @app.get("/health/live")
    def get_live() -> Response:
        """The process answers."""
        return jsonify(status="alive")

    @app.get("/health/ready")
    def get_ready() -> Response:
        """Ready is ready to forward: a service that is down is no reason to shut the door."""
        return jsonify(status="ready")


def _leave_route(response: Response) -> Response:
    if request.url_rule is not None:
        request.environ[OWN_ROUTE] = request.url_rule.rule
    return response
