"""Mails written into a folder, where no mail server is set; and unwritten again."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import SMTP, SMTPUTF8, default
from pathlib import Path
from uuid import UUID

from chassis import clock
from chassis.mailing.addresses import keys_of, mailable
from chassis.mailing.failures import CarrierAway, MailRefused
from chassis.mailing.headers import Unencoded
from chassis.mailing.message import recipient_of

# Only in the file: by it, mails about a person are found without reading them.
ABOUT = "X-Skiller-About"
FILE_KEPT = timedelta(days=30)


class FileCarrier:
    """A folder with a file for each mail, named by the moment and the kind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def carry(
        self,
        message: EmailMessage,
        *,
        name: str,
        about: Sequence[UUID],
        return_path: str | None = None,
    ) -> None:
        """Write one, whole or not at all, with whom it is about; raises CarrierAway."""
        path = self._folder / f"{clock.now():%Y%m%dT%H%M%S.%fZ}-{name}.eml"
        half = path.with_suffix(".eml.new")
        policy = SMTP if recipient_of(message).isascii() else SMTPUTF8
        _let_people_read(message)
        message[ABOUT] = ", ".join(map(str, about))
        if return_path:
            message["Return-Path"] = Unencoded("Return-Path", f"<{return_path}>")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            half.unlink(missing_ok=True)
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.as_bytes(policy=policy))
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except OSError as error:
            raise CarrierAway(f"The mail folder: {error.strerror}") from error

    def close(self) -> None:
        """Nothing is open."""


def _let_people_read(message: EmailMessage) -> None:
    """Write the texts as they are: a link stands on one line, to be copied."""
    for part in message.iter_parts():
        subtype = part.get_content_subtype()
        part.set_content(part.get_content(), subtype=subtype, cte="8bit")


def forget_files(folder: Path, *, email: str | None = None, person_id: UUID | None) -> None:
    """Delete every mail to an address, or about a person, whatever they were called.

    Raises CarrierAway where a file cannot be read or deleted.
    """
    addresses = {email.casefold(), *keys_of(email), *_mailable(email)} if email else set()
    with _telling():
        # Those too that a worker left half written.
        for path in folder.glob("*.eml*"):
            headers = _headers_of(path)
            to = str(headers.get("To", "")).casefold()
            if to in addresses or (person_id and str(person_id) in headers.get(ABOUT, "")):
                path.unlink(missing_ok=True)


def purge_files(folder: Path) -> None:
    """Delete mails of a month ago; raises CarrierAway."""
    oldest = f"{clock.now() - FILE_KEPT:%Y%m%dT%H%M%S}"
    with _telling():
        for path in folder.glob("*.eml*"):
            # The name begins with the moment.
            if path.name < oldest:
                path.unlink(missing_ok=True)


def _mailable(email: str) -> Iterator[str]:
    """The address as mails are written to it, if any can be."""
    with suppress(MailRefused):
        yield str(mailable(email).addr_spec).casefold()


def _headers_of(path: Path) -> Message:
    """Nothing of a file that another worker deleted."""
    with suppress(FileNotFoundError):
        return BytesParser(policy=default).parsebytes(path.read_bytes(), headersonly=True)
    return Message()


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CarrierAway(f"The mail folder: {error.strerror}") from error
