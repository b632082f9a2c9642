"""Mails handed to a mail server, over one connection for a run."""

import re
import smtplib
import ssl
import time
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from chassis.mailing.failures import (
    CarrierAway,
    CarrierBroke,
    MailDelayed,
    MailFailure,
    MailRefused,
    RecipientDelayed,
    RecipientRefused,
)
from chassis.mailing.message import recipient_of
from chassis.mailing.server import SmtpServer

STEP_SECONDS = 10.0
# For one mail, with connecting: a server that takes its time for each reply would
# otherwise keep the worker for minutes.
MAIL_SECONDS = 15.0
GOODBYE_SECONDS = 2.0
# RFC 4954, 6: said to any mail while the operator's setting lacks a user.
AUTHENTICATION_REQUIRED = 530
NOBODY_THERE = (550, 551, 553)  # where no enhanced code says more
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")


class SmtpCarrier:
    """One server; connects for the first mail, and again after the connection broke."""

    def __init__(self, server: SmtpServer, sender: Address) -> None:
        self._server = server
        self._sender = sender
        self._client: _Client | None = None

    def carry(
        self,
        message: EmailMessage,
        *,
        name: str,
        about: Sequence[UUID],
        return_path: str | None = None,
    ) -> None:
        """Hand one over, to come back to the sender where no path is named.

        Raises MailRefused, MailDelayed or CarrierAway.
        """
        deadline = time.monotonic() + MAIL_SECONDS
        client = self._client = self._client or self._connect(deadline)
        client.deadline = deadline
        try:
            sender = return_path or self._sender.addr_spec
            client.send_message(message, sender, recipient_of(message))
        except smtplib.SMTPException as error:
            raise _failure(error) from error
        except OSError as error:
            client.close()
            raise CarrierBroke(explain(error)) from error
        finally:
            if client.sock is None:
                self._client = None

    def close(self) -> None:
        """Say goodbye, where somebody listens."""
        client, self._client = self._client, None
        if client is None:
            return
        client.deadline = time.monotonic() + GOODBYE_SECONDS
        try:
            client.quit()
        except OSError:
            client.close()

    def _connect(self, deadline: float) -> "_Client":
        client = None
        try:
            if self._server.tls == "always":
                return self._sign_in(_TlsClient(self._server, self._sender.domain, deadline))
            client = _Client(self._server, self._sender.domain, deadline)
            if self._server.tls == "starttls":
                client.starttls(context=ssl.create_default_context())
            return self._sign_in(client)
        except OSError as error:
            if client:
                client.close()
            raise CarrierAway(explain(error)) from error

    def _sign_in(self, client: "_Client") -> "_Client":
        try:
            if self._server.user is not None:
                client.login(self._server.user, self._server.password)
        except OSError:
            client.close()
            raise
        return client


class _Client(smtplib.SMTP):
    """Waits for no reply beyond `deadline`."""

    def __init__(self, server: SmtpServer, domain: str, deadline: float, **more: Any) -> None:
        self.deadline = deadline
        # The domain, for the machine's own name would be asked of a name server, who may be away.
        super().__init__(
            server.host, server.port, local_hostname=domain, timeout=STEP_SECONDS, **more
        )

    def getreply(self) -> tuple[int, bytes]:
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.close()
            raise TimeoutError
        if self.sock is not None:
            self.sock.settimeout(min(left, STEP_SECONDS))
        return super().getreply()


class _TlsClient(_Client, smtplib.SMTP_SSL):
    def __init__(self, server: SmtpServer, domain: str, deadline: float) -> None:
        super().__init__(server, domain, deadline, context=ssl.create_default_context())


def explain(error: OSError) -> str:
    """What went wrong, without the server's own words: they repeat the address."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _codes(error.smtp_code, error.smtp_error)
    # smtplib takes a reply that does not come in time for a broken connection.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "The mail server did not answer in time."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "The mail server broke the connection."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "The mail server lacks STARTTLS, or a way to sign in."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The mail server's certificate: {error.verify_message}"
    return f"The mail server is not reached: {error.strerror or type(error).__name__}"


def _failure(error: smtplib.SMTPException) -> MailFailure:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, text)] = error.recipients.values()
        return _of_recipient(code, text)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return RecipientRefused("The mail server takes no address with such letters (SMTPUTF8).")
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return _reply(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return CarrierBroke(explain(error))
    # What is said to a greeting is not about this mail.
    return CarrierAway(explain(error))


def _of_recipient(code: int, text: bytes | str) -> MailFailure:
    """What is said of a recipient: of them, or of us (a policy, a relay, a blocked host)."""
    failure = _reply(code, text)
    if type(failure) is MailDelayed:
        return RecipientDelayed(failure.reason)
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    status = _ENHANCED.match(words)
    is_of_them = code in NOBODY_THERE if status is None else says_nobody(status.group())
    is_final = isinstance(failure, MailRefused) and is_of_them
    return RecipientRefused(failure.reason) if is_final else failure


def says_nobody(status: str) -> bool:
    """Whether an enhanced code is about the address: none such, or it is closed (RFC 3463)."""
    return status.startswith("5.1.") or status in ("5.2.1", "5.4.4")


def _reply(code: int, text: bytes | str) -> MailFailure:
    """What a server's refusal of a mail means: 5yz is for good (RFC 5321, 4.2.1)."""
    if code == AUTHENTICATION_REQUIRED:
        return CarrierAway(_codes(code, text))
    return MailRefused(_codes(code, text)) if 500 <= code < 600 else MailDelayed(_codes(code, text))


def _codes(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    enhanced = _ENHANCED.match(words)
    return f"The mail server said {code}{f' {enhanced.group()}' if enhanced else ''}."
