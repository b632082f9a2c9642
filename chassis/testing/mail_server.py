"""A mail server for tests: real SMTP on a free port, that answers as told, and what it took."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HANG, DIE = "hang", "die"


class MailServer(Controller):
    """Answers each sender, recipient and mail with the next of the replies told, then with 250.

    HANG answers nothing; DIE breaks the connection in the middle.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(self, **options)
        self.messages: list[EmailMessage] = []
        self.received: list[bytes] = []
        self.connections = 0
        self.to_senders: list[str] = []
        self.to_recipients: list[str] = []
        self.to_mails: list[str] = []

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        listening = socket.create_server(("127.0.0.1", 0))
        self.hostname, self.port = listening.getsockname()
        return self.loop.create_server(self._factory_invoker, sock=listening, ssl=self.ssl_context)

    @property
    def plain_url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=never"

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # STARTTLS says hello twice on one connection.
        self.connections += session.ssl is None
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        reply = self.to_senders.pop(0) if self.to_senders else "250 OK"
        if reply.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return await self._say(server, reply)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        reply = self.to_recipients.pop(0) if self.to_recipients else "250 OK"
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return await self._say(server, reply)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        reply = self.to_mails.pop(0) if self.to_mails else "250 OK"
        if reply.startswith("250"):
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            [message.recipient] = envelope.rcpt_tos  # type: ignore[attr-defined]
            self.received.append(envelope.content)
            self.messages.append(message)
        return await self._say(server, reply)

    async def _say(self, server: Any, reply: str) -> str:
        if reply == HANG:
            await asyncio.Event().wait()
        if reply == DIE:
            server.transport.abort()
            return "421 bye"
        return reply


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """A server for the block."""
    server = MailServer(**options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def make_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server at 127.0.0.1 shows, and the file by which it is believed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
