"""One trace leads from a request at the gateway to what follows from it in the last service."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from chassis import tracing
from chassis.identifiers import new_id
from chassis.messaging.local import LocalPublisher
from chassis.messaging.relay import Relay
from chassis.settings import LogSettings, Secret, SettingsError
from chassis.testing.people import joined
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person, private_pem, public_keys, token_for
from gateway.app import create_app
from gateway.config import Settings
from gateway.upstream_wsgi import WsgiUpstream
from services.discussion.tests.factories import ask, reply
from standalone.services import SERVICES

SERVICE = {service.name: service for service in SERVICES}
Make = Callable[..., ServiceUnderTest]


class Collector(ThreadingHTTPServer):
    """On loopback; keeps the spans that it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.spans: list[Span] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector) and self.path == "/v1/traces"
        told = ExportTraceServiceRequest.FromString(
            self.rfile.read(int(self.headers["Content-Length"]))
        )
        for resource in told.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        tracing.stop()
        server.shutdown()
        thread.join()
        server.server_close()


def test_one_trace_leads_from_a_like_to_who_hears_of_the_skill(
    service_under_test: Make, collector: Collector
) -> None:
    discussion = service_under_test(SERVICE["discussion"])
    skills = service_under_test(SERVICE["skills"])
    identity = service_under_test(SERVICE["identity"], signing_key=Secret(private_pem()))
    ana, ben = (Person(name, new_id()) for name in ("Ana", "Ben"))
    answer = reply(discussion, ben, ask(discussion, ana, "Who knows?"), body="PostgreSQL")
    skills.deliver(joined(ana), joined(ben))
    listeners = {"skills": skills.consumer, "identity": identity.consumer}
    _relay(discussion, listeners)

    tracing.start(LogSettings(otlp_url=collector.url), "test")
    _like_through_the_gateway(discussion, ana, answer)
    _relay(discussion, listeners)
    _relay(skills, listeners)
    tracing.stop()

    [first] = [span for span in collector.spans if not span.parent_span_id and "PUT" in span.name]
    trace = [span for span in collector.spans if span.trace_id == first.trace_id]
    services = sorted((span.name, _facts(span).get("skiller.service")) for span in trace)
    assert services == [
        ("PUT /api/v1/posts/<uuid:post_id>/like", "discussion"),
        (first.name, "gateway"),
        ("handle post.liked", "identity"),
        ("handle post.liked", "skills"),
        ("handle skill.attributed", "identity"),
        ("publish post.liked", "discussion"),
        ("publish skill.attributed", "skills"),
    ]
    assert _path_to_the_root("handle skill.attributed", trace) == [
        "handle skill.attributed",
        "handle post.liked",
        "PUT /api/v1/posts/<uuid:post_id>/like",
        first.name,
    ]
    assert {_facts(span)["skiller.correlation_id"] for span in trace} == {"the-like"}
    batches = [span for span in collector.spans if span.name == "handle batch"]
    handled = {span.span_id for span in trace if span.name.startswith("handle ")}
    assert handled == {link.span_id for batch in batches for link in batch.links} & handled
    assert all(batch.trace_id != first.trace_id for batch in batches)


def test_nothing_private_stands_in_a_span(service_under_test: Make, collector: Collector) -> None:
    discussion = service_under_test(SERVICE["discussion"])
    ana = Person("Ana Secretname", new_id())
    tracing.start(LogSettings(otlp_url=collector.url), "test")

    ask(discussion, ana, "Whisper?", body="A murmur.")
    tracing.stop()

    told = str(collector.spans)
    assert "POST /api/v1/questions" in told
    assert not any(word in told for word in ("Secretname", "Whisper", "murmur"))


def test_a_share_of_none_tells_nothing_and_passes_the_ids_on(
    service_under_test: Make, collector: Collector
) -> None:
    discussion = service_under_test(SERVICE["discussion"])
    tracing.start(LogSettings(otlp_url=collector.url, trace_share=0.0), "test")

    ask(discussion, Person("Ana", new_id()), "Who knows?")
    tracing.stop()

    assert not collector.spans


def test_a_collector_that_is_away_is_no_trouble(service_under_test: Make) -> None:
    discussion = service_under_test(SERVICE["discussion"])
    tracing.start(LogSettings(otlp_url="http://127.0.0.1:9"), "test")
    try:
        assert ask(discussion, Person("Ana", new_id()), "Who knows?")
    finally:
        began = time.monotonic()
        tracing.stop()

    # A worker has 20 s to end, and ends what it does in them.
    assert time.monotonic() - began < 2 * tracing.EXPORT_SECONDS


@pytest.mark.parametrize(
    ("settings", "mistake"),
    [
        (LogSettings(otlp_url="collector:4318"), "SKILLER_OTLP_URL"),
        (LogSettings(otlp_url="http://a", trace_share=2.0), "SKILLER_TRACE_SHARE"),
    ],
)
def test_mistakes_in_its_settings_are_told(settings: LogSettings, mistake: str) -> None:
    with pytest.raises(SettingsError, match=mistake):
        tracing.start(settings, "test")

    assert not tracing.is_on()


def test_without_a_collector_nothing_of_it_is_imported() -> None:
    """Neither by the gateway nor by the pages, nor by a service's web and worker."""
    code = """if True:
        import sys
        import chassis.cli, gateway.app, web.app, standalone.services
        from chassis import tracing
        from chassis.settings import LogSettings
        tracing.start(LogSettings(), "test")
        with tracing.span("a") as span:
            assert span.traceparent == ""
        print(sorted(name for name in sys.modules if name.startswith(("opentelemetry", "google"))))
    """

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"


def _relay(service: ServiceUnderTest, listeners: Any) -> None:
    """What the service's relay hands over, over this machine's transport."""
    relay = Relay(service.service.name, service.database.url, lambda: publisher)
    publisher = LocalPublisher(listeners)
    with psycopg.connect(service.database.url, autocommit=True) as connection:
        while relay.sweep(connection, publisher):
            pass


def _like_through_the_gateway(discussion: ServiceUnderTest, person: Person, post_id: str) -> None:
    upstreams = {"discussion": WsgiUpstream(discussion.app)}
    client = create_app(Settings(public_keys=public_keys()), upstreams).test_client()
    headers = {"Authorization": f"Bearer {token_for(person)}", "X-Correlation-Id": "the-like"}
    answer: Any = client.put(f"/api/v1/posts/{post_id}/like", headers=headers)
    assert answer.status_code == 200, answer.text


def _facts(span: Span) -> dict[str, str]:
    return {one.key: one.value.string_value for one in span.attributes}


def _path_to_the_root(name: str, trace: list[Span]) -> list[str]:
    by_id = {span.span_id: span for span in trace}
    [span] = [span for span in trace if span.name == name]
    path = [span.name]
    while span.parent_span_id:
        span = by_id[span.parent_span_id]
        path.append(span.name)
    return path
