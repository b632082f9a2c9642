"""The proxy: every request passes here, is admitted or refused, and leaves a line.

A WSGI application around the Flask one: what the table of routes knows is forwarded
without Flask's request and response objects, which would cost more than the forwarding
itself; everything else (documentation, health, unknown paths) is Flask's.
"""

import time
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

from chassis import context, metrics, problems, tracing
from chassis.auth import LeavingOnly, TokenVerifier, Unauthenticated, bearer_of
from chassis.errors import NotFound, ServiceError
from chassis.logs import get_logger
from gateway import away
from gateway.body import read_body
from gateway.client import Client, client_of
from gateway.config import Settings
from gateway.cors import Cors
from gateway.errors import REFUSED, MethodNotAllowed, TooManyRequests
from gateway.exchange import BodyAwaited
from gateway.forwarding import Forwarder
from gateway.headers import METHODS, Security, to_client, to_service
from gateway.limits import Limits
from gateway.paths import page_of, require_host, segments_of, target_of
from gateway.routes import Route, Table
from gateway.upstream import Headers, UpstreamRequest, UpstreamResponse
from gateway.upstream_wsgi import call
from gateway.visit import Admitted, Visit

OWN_ROUTE = "gateway.route"  # where a Flask view leaves its rule, for the log
_VISIT = "gateway.visit"  # where the visit waits while the server waits for the body
log = get_logger("gateway")


class Proxy:
    """Takes each request its way; one per process, used by all its threads.

    1. Its target is read as it came (`paths`).
    2. Its route is found (`routes`).
    3. The client's address is settled (`client`).
    4. Its token is checked.
    5. It is counted (`limits`).
    6. Its body is read whole (`body`).
    7. Its headers are made for the service (`headers`).
    8. It is sent, unless the service's breaker is open (`forwarding`).
    9. The answer gets what every answer carries.
    10. A line is logged, and the metrics count.

    A `ServiceError` of steps 1 to 8 becomes the answer. What has no route skips 6 to 8.
    """

    def __init__(
        self, app: Flask, inner: WSGIApplication, settings: Settings, forwarder: Forwarder
    ) -> None:
        self._app = app
        self._inner = inner
        self._settings = settings
        self._forwarder = forwarder
        self._table = Table(forwarder.services)
        self._verifier = TokenVerifier(settings)
        self._limits = Limits(settings)
        self._security = Security(settings)
        self._cors = Cors(settings)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        visit: Visit | None = environ.get(_VISIT)
        visit = visit or Visit(environ["REQUEST_METHOD"], time.perf_counter())
        correlation, trace = environ.get("HTTP_X_CORRELATION_ID"), environ.get("HTTP_TRACEPARENT")
        with context.working_on(correlation, trace):
            try:
                response = self._answer(environ, visit)
            except ServiceError as error:
                response = self._refuse(error, visit)
            visit.headers += self._cors.share(environ.get("HTTP_ORIGIN"))
            headers = self._finish(response, visit)  # 9
            self._leave_line(response, visit)  # 10
        start(f"{response.status} {response.reason}", headers)
        return response.body if visit.method != "HEAD" else _nothing(response.body)

    def _answer(self, environ: WSGIEnvironment, visit: Visit) -> UpstreamResponse:
        if refusal := environ.get(REFUSED):
            raise refusal
        if visit.admitted is not None:
            return self._forward(environ, visit.admitted, visit)
        require_host(environ)
        if environ.get("PATH_INFO", "").startswith("/health/"):
            return self._answer_self(environ, visit)
        target = target_of(environ)  # 1
        if visit.method not in METHODS:
            raise MethodNotAllowed
        if self._cors.is_preflight(environ):
            return UpstreamResponse(204, "No Content", self._cors.preflight(), [])
        segments = segments_of(target)
        route = self._table.find(segments) or self._table.find_page(page_of(target))  # 2
        if route is not None:
            visit.learn(route)
        client = visit.client = client_of(environ, self._settings)  # 3
        self._admit(environ, route, client, visit)  # 4, 5
        if route is not None:
            visit.admitted = Admitted(route, target, client)
            return self._forward(environ, visit.admitted, visit)
        if segments is None and target != "/":
            raise NotFound
        return self._answer_self(environ, visit)

    def _admit(
        self, environ: WSGIEnvironment, route: Route | None, client: Client, visit: Visit
    ) -> None:
        """Check the token and count the request.

        Raises Unauthenticated, LeavingOnly or TooManyRequests.
        """
        refusal: ServiceError | None = None  # 4
        if route is not None:
            token = bearer_of({"Authorization": environ.get("HTTP_AUTHORIZATION", "")})
            try:
                visit.member = self._verifier.verify(token) if token else None
            except Unauthenticated as error:
                refusal = error
            if visit.member is None and not refusal:
                refusal = Unauthenticated()
            if visit.member and visit.member.is_leaving and not route.is_for_leaving(visit.method):
                refusal = LeavingOnly()
            # A stale token must not keep anybody from signing in again.
            if route.is_public(visit.method):
                refusal = None
        # Refused ones count as well: checking forged tokens is what a flood would cost.
        if visit.member is not None:  # 5
            verdict = self._limits.hit_member(str(visit.member.id))
        elif route is not None and route.page:
            verdict = self._limits.hit_page(client.network)
        elif route is not None and route.picture:
            verdict = self._limits.hit_picture(client.network)
        else:
            verdict = self._limits.hit_address(client.network)
        visit.headers += verdict.headers
        if not verdict.is_allowed:
            raise TooManyRequests(verdict.reset_seconds)
        if refusal is not None:
            raise refusal

    def _forward(
        self, environ: WSGIEnvironment, admitted: Admitted, visit: Visit
    ) -> UpstreamResponse:
        body = self._read_body(environ, admitted.route.body_limit, visit)  # 6
        with _span_of(environ, visit) as span:
            headers = to_service(  # 7
                environ,
                admitted.client,
                with_authorization=visit.member is not None,
                with_cookies=admitted.route.page,
                length=len(body),
            )
            request = UpstreamRequest(visit.method, admitted.target, headers, body)
            caller = str(visit.member.id) if visit.member else admitted.client.network
            response = self._forwarder.forward(admitted.route.service, request, caller)  # 8
            span.tell({"http.response.status_code": response.status})
        response.headers = to_client(response.headers)
        return response

    def _read_body(self, environ: WSGIEnvironment, limit: int, visit: Visit) -> bytes:
        """The body; where it is not here yet, the server asks for it and calls us again."""
        try:
            return read_body(environ, limit)
        except BodyAwaited:
            environ[_VISIT] = visit
            environ["HTTP_X_CORRELATION_ID"] = context.correlation_id.get()
            raise

    def _answer_self(self, environ: WSGIEnvironment, visit: Visit) -> UpstreamResponse:
        response = call(self._inner, environ)
        visit.route = environ.get(OWN_ROUTE, "unknown")
        return response

    def _refuse(self, error: ServiceError, visit: Visit) -> UpstreamResponse:
        response = self._problem_of(error)
        if visit.admitted is not None and visit.admitted.route.page:
            kept = [pair for pair in response.headers if pair[0] == "Retry-After"]
            response.headers = [("Content-Type", "text/html; charset=utf-8"), *kept]
            response.body = [away.page(context.correlation_id.get())]
        return response

    def _problem_of(self, error: ServiceError) -> UpstreamResponse:
        with self._app.app_context():
            response = problems.on_service_error(error)
        if retry_after := getattr(error, "retry_after", None):
            response.headers["Retry-After"] = str(retry_after)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(METHODS))
        reason = response.status.partition(" ")[2]
        return UpstreamResponse(
            response.status_code, reason, list(response.headers), [response.get_data()]
        )

    def _finish(self, response: UpstreamResponse, visit: Visit) -> Headers:
        """The answer's own headers, and what every answer carries."""
        headers = self._kept(response, visit) + visit.headers
        headers += self._security.missing_in(response.headers)
        headers.append(("X-Correlation-Id", context.correlation_id.get()))
        if isinstance(response.body, list) and visit.method != "HEAD":
            headers = _with_length(headers, response)
        return headers

    def _kept(self, response: UpstreamResponse, visit: Visit) -> Headers:
        """Nothing is kept by a browser or a proxy that does not say so, and no secret is."""
        headers = response.headers
        if visit.is_secret:
            headers = [pair for pair in headers if pair[0].lower() != "cache-control"]
        elif any(name.lower() == "cache-control" for name, _ in headers):
            return headers
        return [*headers, ("Cache-Control", "no-store")]

    def _leave_line(self, response: UpstreamResponse, visit: Visit) -> None:
        seconds = time.perf_counter() - visit.started
        method = visit.method if visit.method in METHODS else "OTHER"
        metrics.requests_total.labels("gateway", method, visit.route, response.status).inc()
        metrics.request_seconds.labels("gateway", visit.route).observe(seconds)
        if not visit.route.startswith("/health"):
            log.info(
                "request",
                service=visit.service,
                method=method,
                route=visit.route,
                status=response.status,
                milliseconds=round(seconds * 1000, 1),
                member=str(visit.member.id) if visit.member else None,
                **visit.trace_of(response),
            )


def _span_of(environ: WSGIEnvironment, visit: Visit) -> tracing.Span:
    """From the request's first byte on; what nobody sent is nobody's span."""
    is_root = environ.get("HTTP_TRACEPARENT") != context.traceparent.get()
    name = f"{visit.method} {visit.route}"
    facts = {"skiller.service": "gateway", "skiller.upstream": visit.service}
    return tracing.span(name, tracing.SERVER, facts, is_root=is_root, started=visit.started)


def _with_length(headers: Headers, response: UpstreamResponse) -> Headers:
    """A body that is all here gets its length, so that the connection can be kept."""
    if response.status in (204, 304) or any(
        name.lower() == "content-length" for name, _ in headers
    ):
        return headers
    chunks: Any = response.body
    return [*headers, ("Content-Length", str(sum(map(len, chunks))))]


def _nothing(body: Iterable[bytes]) -> Iterable[bytes]:
    if hasattr(body, "close"):
        body.close()
    return []
