"""The API's documentation: the merged document and a page to read it, from installed files."""

import json
import threading
import time
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

from chassis import context
from chassis.errors import NotFound, Unavailable
from chassis.logs import get_logger
from contracts.services import WEB
from gateway import openapi
from gateway.errors import UpstreamTimeout, UpstreamUnavailable
from gateway.forwarding import Forwarder
from gateway.upstream import UpstreamRequest

FRESH_SECONDS = 60.0
RETRY_SECONDS = 5.0  # how soon a service that did not answer is asked again
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Skiller API</title>
  <link rel="icon" type="image/png" href="/api/docs/favicon-32x32.png">
  <link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
  <noscript>This page needs JavaScript; the document is <a href="/api/openapi.json">here</a>.
  </noscript>
  <div id="documentation"></div>
  <script src="/api/docs/swagger-ui-bundle.js"></script>
  <script src="/api/docs/initializer.js"></script>
</body>
</html>
"""
# `validatorUrl: null`: by default Swagger UI shows a badge from another host.
INITIALIZER = """SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
"""
log = get_logger("gateway")


class Catalogue:
    """The merged document, asked from the services once a minute.

    One reader asks; the others get what is known meanwhile, for a service may be slow.
    """

    def __init__(self, forwarder: Forwarder) -> None:
        self._forwarder = forwarder
        self._asking = threading.Lock()
        self._text = ""
        self._until = 0.0

    def text(self) -> str:
        """The document as JSON; raises Unavailable while it is asked for the first time."""
        if time.monotonic() >= self._until and self._asking.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._asking.release()
        if not self._text:
            raise Unavailable(retry_after=1)
        return self._text

    def _refresh(self) -> None:
        documents = {name: self._ask(name) for name in self._forwarder.services if name != WEB}
        missing = [name for name, document in documents.items() if document is None]
        known = {name: found for name, found in documents.items() if found is not None}
        self._text = json.dumps(openapi.merge(known, missing), ensure_ascii=False)
        self._until = time.monotonic() + (RETRY_SECONDS if missing else FRESH_SECONDS)

    def _ask(self, service: str) -> openapi.Document | None:
        headers = [
            ("Host", "gateway"),
            ("Accept", "application/json"),
            ("X-Correlation-Id", context.correlation_id.get()),
        ]
        wanted = UpstreamRequest("GET", f"/api/openapi/{service}.json", headers)
        try:
            response = self._forwarder.forward(service, wanted, caller="gateway")
        except (UpstreamUnavailable, UpstreamTimeout):
            return None
        text = b"".join(response.body)
        if hasattr(response.body, "close"):
            response.body.close()
        try:
            document = json.loads(text) if response.status == 200 else None
        except ValueError:
            document = None
        if not isinstance(document, dict):
            log.warning("no document", service=service, status=response.status)
            return None
        return document


def blueprint(forwarder: Forwarder) -> Blueprint:
    """The views of the documentation."""
    bp = Blueprint("docs", __name__)
    catalogue = Catalogue(forwarder)
    spec = find_spec("flask_swagger_ui")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "dist"

    @bp.get("/api/openapi.json")
    def get_document() -> Response:
        """The merged document, with an ETag."""
        response = Response(catalogue.text(), content_type="application/json")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    @bp.get("/api/docs")
    def get_page() -> Response:
        """The page that shows it."""
        response = Response(PAGE, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        return response

    @bp.get("/api/docs/initializer.js")
    def get_initializer() -> Response:
        """The page's own script; its policy allows none in the page."""
        return Response(INITIALIZER, content_type="text/javascript; charset=utf-8")

    @bp.get("/api/docs/<name>")
    def get_asset(name: str) -> Response:
        """A file of Swagger UI that the page needs, and no other."""
        if name not in ASSETS:
            raise NotFound
        return send_from_directory(folder, name, max_age=3600)

    return bp
