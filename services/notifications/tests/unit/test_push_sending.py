"""Handing pushes over: within five seconds, to who has the certificate, over one connection."""

import socket
import time
from contextlib import closing, suppress
from http.client import HTTPConnection
from threading import Event, Thread

import pytest

from chassis.testing.mail_server import make_certificate
from services.notifications.pushing import sending
from services.notifications.pushing.sending import Sender, ServiceAway, _Connection

ENDPOINT = "https://fcm.googleapis.com/fcm/send/x?y=1"
CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def listening():
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening


def answer(listening, talk):
    Thread(target=lambda: talk(listening.accept()[0]), daemon=True).start()


def port_of(listening):
    return listening.getsockname()[1]


@pytest.mark.parametrize("step", ["hands", "answer"])
def test_a_service_that_talks_letter_by_letter_is_cut_off(monkeypatch, listening, step):
    monkeypatch.setattr(sending, "SECONDS", 0.3)
    kind = HTTPConnection if step == "answer" else _Connection
    # The head of a record of TLS that is never whole.
    said = b"HTTP/1.1 201 Created\r\n" if step == "answer" else b"\x16\x03\x03\x40\x00"

    ended = Event()

    def trickle(taken):
        with taken, suppress(OSError):
            for letter in said + b"x" * 200:
                taken.sendall(bytes([letter]))
                ended.wait(0.05)

    answer(listening, trickle)
    sender = Sender(lambda host: kind("127.0.0.1", port_of(listening), timeout=5))
    began = time.monotonic()

    with pytest.raises(ServiceAway, match="did not answer in time"):
        sender.post(ENDPOINT, b"", {})

    assert time.monotonic() - began < 3
    ended.set()


@pytest.mark.parametrize("is_believed", [True, False])
def test_a_service_without_its_certificate_is_told_nothing(
    monkeypatch, tmp_path, listening, is_believed
):
    context, public = make_certificate(tmp_path)
    heard = []
    if is_believed:
        monkeypatch.setenv("SSL_CERT_FILE", str(public))

    def talk(taken):
        with suppress(OSError), context.wrap_socket(taken, server_side=True) as secure:
            request = b""
            while not request.endswith(b"sealed"):
                request += secure.recv(4096)
            heard.append(request)
            secure.sendall(CREATED)

    answer(listening, talk)
    sender = Sender(lambda host: _Connection("127.0.0.1", port_of(listening)))

    if is_believed:
        assert sender.post(ENDPOINT, b"sealed", {"TTL": "1"}).status == 201
        [request] = heard
        assert request.startswith(b"POST /fcm/send/x?y=1 HTTP/1.1\r\n")
        assert b"Host: fcm.googleapis.com\r\n" in request
    else:
        with pytest.raises(ServiceAway, match="certificate"):
            sender.post(ENDPOINT, b"sealed", {})
        assert heard == []
    sender.close()


def test_a_connection_that_was_closed_meanwhile_is_made_anew(listening):
    made = []

    def talk_once(taken):
        with taken:
            taken.recv(4096)
            taken.sendall(CREATED)

    def connect(host):
        made.append(host)
        answer(listening, talk_once)
        return HTTPConnection("127.0.0.1", port_of(listening), timeout=5)

    sender = Sender(connect)

    answers = [sender.post(ENDPOINT, b"", {}).status for _ in range(3)]

    assert answers == [201] * 3 and len(made) == 3
    sender.close()


def test_who_is_not_there_is_away(listening):
    port = port_of(listening)
    listening.close()

    with pytest.raises(ServiceAway, match="not reached: Connection refused"):
        Sender(lambda host: _Connection("127.0.0.1", port)).post(ENDPOINT, b"", {})
