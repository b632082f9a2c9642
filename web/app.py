"""The composition root: settings and a way to the gateway in, one application out."""

import time
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, request
from flask.sessions import SecureCookieSessionInterface
from flask_compress import Compress

from chassis import context, metrics, tracing
from chassis import settings as chassis_settings
from chassis.logs import get_logger
from web import assets, failures, i18n, noticing, security, session, speaking, templating
from web.api.client import Api
from web.api.transport import HttpTransport, Transport
from web.config import Settings
from web.pages import BLUEPRINTS

MAX_BODY = 6 * 1024 * 1024  # a portrait, and the form around it
MAX_FORM = 1024 * 1024
QUIET = ("/health/live", "/health/ready")
log = get_logger("web")


class _Forms(SecureCookieSessionInterface):
    """Flask's session, of which the CSRF token is all that is kept."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return session.is_secure()


def create_app(settings: Settings | None = None, transport: Transport | None = None) -> Flask:
    """The pages, asking the gateway of the settings, or by another way to it."""
    settings = settings or chassis_settings.read(Settings)
    tracing.start(settings, "web")
    app = Flask("web", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_FORM)
    app.session_interface = _Forms()
    app.url_map.strict_slashes = False
    app.extensions["settings"] = settings
    app.extensions["transport"] = transport or HttpTransport(settings.api_url)
    app.extensions["assets"] = assets.Assets()
    app.extensions["refresher"] = session.Refresher()
    app.extensions["counts"] = noticing.Counts()
    # Innermost first: what is registered first after a request runs last.
    Compress(app)
    app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=4, COMPRESS_LEVEL=5)
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_end)
    app.before_request(security.refuse_other_sites)
    app.before_request(_open_session)
    app.after_request(session.keep)
    app.after_request(noticing.keep)
    i18n.install(app)
    security.protect(app, settings)
    failures.register(app)
    templating.install(app)
    app.extensions["speaking"] = speaking.environments(app)
    for blueprint in (*BLUEPRINTS, assets.bp):
        app.register_blueprint(blueprint)
    _add_health(app)
    metrics.serve(settings.metrics_port, settings.metrics_address)
    return app


def _begin() -> None:
    g.started = time.perf_counter()
    g.work = context.working_on(
        request.headers.get("X-Correlation-Id"), request.headers.get("traceparent")
    )
    g.work.__enter__()
    if request.path not in QUIET:
        route = request.url_rule.rule if request.url_rule else "unknown"
        g.span = tracing.span(f"{request.method} {route}", tracing.SERVER)
        g.span.__enter__()


def _open_session() -> None:
    if request.endpoint in _WITHOUT_VISITOR or request.path in QUIET:
        return
    settings: Settings = current_app.extensions["settings"]
    forwarded = request.headers.get("X-Forwarded-For", "")
    g.api = Api(
        current_app.extensions["transport"],
        address=forwarded.rpartition(",")[2].strip() or request.remote_addr or "127.0.0.1",
        secret=settings.web_secret,
        agent=request.headers.get("User-Agent", ""),
        seconds=settings.api_seconds,
    )
    session.open_session(may_renew=request.endpoint != "notices.get_bell")


# What browsers ask for by themselves: it is the same for everybody, and refreshes no token.
_WITHOUT_VISITOR = (
    *("assets.get_asset", "installing.get_worker"),
    *("installing.get_manifest", "installing.get_offline"),
)


def _finish(response: Response) -> Response:
    response.headers["X-Correlation-Id"] = context.correlation_id.get()
    route = request.url_rule.rule if request.url_rule else "unknown"
    seconds = time.perf_counter() - g.started
    metrics.requests_total.labels("web", request.method, route, response.status_code).inc()
    metrics.request_seconds.labels("web", route).observe(seconds)
    if "span" in g:
        g.span.tell({"skiller.service": "web", "http.response.status_code": response.status_code})
    if request.path not in QUIET:
        me = session.find_me()
        log.info(
            "request",
            service="web",
            method=request.method,
            route=route,
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
            member=me.id if me else None,
        )
    return response


def _end(_: BaseException | None) -> None:
    if "span" in g:
        g.pop("span").__exit__(None, None, None)
    if "work" in g:
        g.pop("work").__exit__(None, None, None)


def _add_health(app: Flask) -> None:
    @app.get("/health/live")
    def get_live() -> Response:
        """The process answers."""
        return jsonify(status="alive")

    @app.get("/health/ready")
    def get_ready() -> Any:
        """Ready is ready to say what is the matter: pages need nothing else."""
        return jsonify(status="ready")
