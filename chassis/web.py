"""The web application of a service: blueprints in, problem+json, health, metrics, OpenAPI out."""

import time
from collections.abc import Callable, Sequence
from functools import cache, partial, wraps
from typing import Any

from flask import Flask, Response, abort, current_app, g, jsonify, request
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import RAISE
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from webargs.flaskparser import FlaskParser

from chassis import auth, context, metrics, problems, tracing
from chassis.answers import Plan
from chassis.database import Database, is_full, is_unreachable, tell_unreachable
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.schemas import ProblemSchema, find_unstorable
from chassis.settings import ServiceSettings

API_PREFIX = "/api/v1"
MAX_BODY = 5 * 1024 * 1024
QUIET = ("/health", "/metrics")
FULL_FOR = 60  # seconds after a refused write in which the database counts as full
log = get_logger("web")


View = Callable[..., Any]
Decorator = Callable[[View], View]


class _Parser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}

    def load_json(self, req: Any, schema: Any) -> Any:
        # What is sent as something else would otherwise count as not sent at all.
        if not req.is_json and req.get_data():
            abort(415, "Send JSON, as application/json.")
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError):  # nested too deeply, a number of 5,000 digits
            abort(400, "This JSON cannot be read.")


class Blueprint(SmorestBlueprint):
    """A resource of a service; its paths begin with /api/v1."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, name, url_prefix=API_PREFIX, description=description)

    # The library has no types; a decorated view is called by Flask, and by nobody else.
    def _of_method(self, method: str, rule: str) -> Decorator:
        decorator: Decorator = self.route(rule, methods=[method])
        return decorator

    def get(self, rule: str) -> Decorator:
        """A view that reads."""
        return self._of_method("GET", rule)

    def post(self, rule: str) -> Decorator:
        """A view that makes something, or lets something happen."""
        return self._of_method("POST", rule)

    def put(self, rule: str) -> Decorator:
        """A view that sets a state; again changes nothing."""
        return self._of_method("PUT", rule)

    def patch(self, rule: str) -> Decorator:
        """A view that changes what is sent."""
        return self._of_method("PATCH", rule)

    def delete(self, rule: str) -> Decorator:
        """A view that takes something away; again changes nothing."""
        return self._of_method("DELETE", rule)

    def arguments(self, schema: Any, **documented: Any) -> Decorator:
        """Hand the view what was sent, checked by the schema, as its first argument."""
        # One for the process's life: a class would be made anew for each request.
        made = schema() if isinstance(schema, type) else schema
        decorator: Decorator = super().arguments(made, **documented)
        return decorator

    def doc(self, **documented: Any) -> Decorator:
        """Say more of a view in the OpenAPI document."""
        decorator: Decorator = super().doc(**documented)
        return decorator

    def response(self, status_code: int, schema: Any = None, **documented: Any) -> Decorator:
        """Answer what the view returns as the schema says, and document it.

        A view may return a response of its own.
        """
        document: Decorator = super().response(status_code, schema, **documented)
        if schema is None or isinstance(schema, dict):
            return document
        plan = Plan(schema() if isinstance(schema, type) else schema)

        def decorate(view: Any) -> Any:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Response:
                result = view(*args, **kwargs)
                if isinstance(result, Response):
                    return result
                return Response(plan.encode(result), status_code, content_type="application/json")

            return document(answer)

        return decorate

    def public(self, view: View) -> View:
        """Mark a view that strangers may call, in code and in the documentation."""
        return auth.public(self.doc(security=[])(view))

    def for_leaving(self, view: View) -> View:
        """Mark a view by which somebody takes their data or leaves, suspended or not."""
        return auth.for_leaving(view)


class _Api(Api):
    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Left to chassis.problems."""

    def _register_pagination_header(self) -> None:
        """Our pages are cursors; the library's page numbers are not told."""

    def _register_responses(self) -> None:
        """The library's default responses, told as problem+json."""
        usual: str = Api.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problems.CONTENT_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = usual


def create_app(
    name: str,
    *,
    settings: ServiceSettings,
    database: Database,
    blueprints: Sequence[Blueprint],
    newest_migration: int,
) -> Flask:
    """Assemble the application of service `name`."""
    app = Flask(f"services.{name}", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    equip(app, settings, database)
    problems.register(app)
    app.register_error_handler(SQLAlchemyError, partial(_on_database_error, name))
    app.before_request(_begin)
    app.before_request(_refuse_unstorable)
    app.before_request(auth.authenticate)
    app.after_request(_finish(name))
    app.teardown_request(_end)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    _add_document(app, name, blueprints)
    _add_health(app, newest_migration)
    return app


def equip(app: Flask, settings: ServiceSettings, database: Database) -> None:
    """Give an application all that it works with, and leave nothing that it knew before."""
    app.extensions.clear()
    app.extensions["settings"] = settings
    app.extensions["database"] = database
    app.extensions["refused_at"] = -FULL_FOR  # when the database last had no room to write
    app.extensions["token_verifier"] = auth.TokenVerifier(settings)


def _add_document(app: Flask, name: str, blueprints: Sequence[Blueprint]) -> None:
    # Made when it is asked for: that takes longer than all else that a process does to begin.
    document = cache(partial(_describe, name, blueprints))

    @app.get(f"/api/openapi/{name}.json")
    @auth.public
    def get_openapi() -> Response:
        return Response(document(), content_type="application/json")


def _describe(name: str, blueprints: Sequence[Blueprint]) -> str:
    """The OpenAPI document of a service, as JSON."""
    app = Flask(f"services.{name}", static_folder=None)
    app.config.update(
        API_TITLE=f"Skiller {name}",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
    )
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    api = _Api(app, spec_kwargs={"security": [{"bearer": []}]})
    api.spec.components.security_scheme("bearer", bearer)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    return app.json.dumps(api.spec.to_dict(), indent=2, sort_keys=False, ensure_ascii=False)


def _begin() -> None:
    g.started = time.perf_counter()
    g.work = context.working_on(
        request.headers.get("X-Correlation-Id"), request.headers.get("traceparent")
    )
    g.work.__enter__()
    route = request.url_rule.rule if request.url_rule else "unknown"
    if not route.startswith(QUIET):
        # A parent that nobody sent is nobody's span.
        is_root = request.headers.get("traceparent") != context.traceparent.get()
        g.span = tracing.span(f"{request.method} {route}", tracing.SERVER, is_root=is_root)
        g.span.__enter__()


def _on_database_error(service: str, error: SQLAlchemyError) -> Response:
    if not is_unreachable(error):
        return problems.on_unexpected(error)
    tell_unreachable(service, error)
    if is_full(error):
        current_app.extensions["refused_at"] = time.monotonic()
    return problems.on_service_error(Unavailable())


def _refuse_unstorable() -> None:
    """A path that holds what no database stores names nothing."""
    if find_unstorable(list((request.view_args or {}).values())):
        abort(404)


def _end(_: BaseException | None) -> None:
    if "span" in g:
        g.pop("span").__exit__(None, None, None)
    if "work" in g:
        g.pop("work").__exit__(None, None, None)


def _finish(service: str) -> Any:
    """What every answer carries, and the line and metrics it leaves."""

    def finish(response: Response) -> Response:
        response.headers["X-Correlation-Id"] = context.correlation_id.get()
        if request.method == "GET" and response.status_code == 200 and response.is_json:
            response.headers.setdefault("Cache-Control", "private, no-cache")
            response.add_etag()
            if "If-None-Match" in request.headers:
                response.make_conditional(request)
        route = request.url_rule.rule if request.url_rule else "unknown"
        seconds = time.perf_counter() - g.started
        metrics.requests_total.labels(service, request.method, route, response.status_code).inc()
        metrics.request_seconds.labels(service, route).observe(seconds)
        if "span" in g:
            g.span.tell(
                {"skiller.service": service, "http.response.status_code": response.status_code}
            )
        if not route.startswith(QUIET):
            # The route and not the path: a path may hold a token.
            log.info(
                "request",
                service=service,
                method=request.method,
                route=route,
                status=response.status_code,
                milliseconds=round(seconds * 1000, 1),
                member=str(g.member.id) if "member" in g else None,
            )
        return response

    return finish


def _add_health(app: Flask, newest_migration: int) -> None:
    @app.get("/health/live")
    @auth.public
    def get_live() -> Response:
        return jsonify(status="alive")

    @app.get("/health/ready")
    @auth.public
    def get_ready() -> Response:
        database: Database = app.extensions["database"]
        with database.transaction() as session:
            exists = session.execute(text("SELECT to_regclass('alembic_version')")).scalar()
            version = exists and session.execute(text("SELECT * FROM alembic_version")).scalar()
        if int(version or 0) < newest_migration:
            raise Unavailable("The database is not migrated to what this code needs.")
        # Still ready for traffic: what is read is answered as ever.
        is_full = time.monotonic() - app.extensions["refused_at"] < FULL_FOR
        return jsonify(status="ready", database="full") if is_full else jsonify(status="ready")

    @app.get("/metrics")
    @auth.public
    def get_metrics() -> Response:
        return Response(generate_latest(metrics.registry()), content_type=CONTENT_TYPE_LATEST)
