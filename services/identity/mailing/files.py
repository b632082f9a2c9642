"""Mails written into a folder, where no mail server is set; and unwritten again."""

import html
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, default
from pathlib import Path

from chassis import clock
from services.identity.mailing.addresses import mailable
from services.identity.mailing.failures import CarrierAway, MailRefused
from services.identity.mailing.message import recipient_of

_TAG = re.compile(r"<[^>]*>")


class FileCarrier:
    """A folder with a file for each mail, named by the moment and the kind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def carry(self, message: EmailMessage, *, name: str) -> None:
        """Write one, whole or not at all; raises CarrierAway."""
        path = self._folder / f"{clock.now():%Y%m%dT%H%M%S.%fZ}-{name}.eml"
        half = path.with_suffix(".eml.new")
        policy = SMTP if recipient_of(message).isascii() else SMTPUTF8
        _let_people_read(message)
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


def forget_files(folder: Path, words: Sequence[str]) -> int:
    """Delete every mail that one of the words, an address or a name, stands in; how many.

    Raises CarrierAway where a file cannot be read or deleted.
    """
    wanted = [re.compile(rf"(?<!\w){re.escape(form)}(?!\w)") for form in _forms(words)]
    count = 0
    try:
        # Those too that a worker left half written.
        for path in folder.glob("*.eml*"):
            if any(pattern.search(_plain(text)) for text in _texts(path) for pattern in wanted):
                path.unlink(missing_ok=True)
                count += 1
    except OSError as error:
        raise CarrierAway(f"The mail folder: {error.strerror}") from error
    return count


def _forms(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        yield _plain(word)
        try:
            yield _plain(mailable(word).addr_spec)
        except MailRefused:
            continue


def _texts(path: Path) -> Iterator[str]:
    """Headers and texts of a mail, decoded; nothing of one that another worker deleted."""
    try:
        message = message_from_bytes(path.read_bytes(), policy=default)
    except FileNotFoundError:
        return
    yield from (str(value) for value in message.values())
    for part in message.walk():
        if part.get_content_maintype() == "text":
            text = str(part.get_content())
            is_html = part.get_content_subtype() == "html"
            yield html.unescape(_TAG.sub(" ", text)) if is_html else text


def _plain(text: str) -> str:
    """As two writings of one name compare, a line broken inside or not."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
