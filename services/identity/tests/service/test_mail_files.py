"""Mails as files, where no mail server is set, and how they are deleted with who leaves."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.mailing import files
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from services.identity.actions.mails import forget_written
from services.identity.chores import purge
from services.identity.tests.factories import JOINED, add_member
from services.identity.tests.mailbox import (
    add_invitation,
    links_of,
    mails,
    queue,
    send,
    set_address,
    settings_for,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "mail"


def read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def forget(
    identity: ServiceUnderTest, folder: Path, email: str, person: Person | None = None
) -> None:
    """Somebody leaves, and the worker does what is due at once and a minute later."""
    with clock.at(JOINED), identity.session() as session:
        member_id = person.id if person else new_id()
        forget_written(session, email=email, member_id=member_id)
    for moment in (JOINED, JOINED + MINUTE):
        send(identity, settings_for(identity, folder=folder), at=moment)


def test_each_is_a_whole_file_named_by_moment_and_kind_that_only_its_owner_reads(
    identity: ServiceUnderTest, folder: Path
) -> None:
    ada = add_member(identity, "Ada")
    queue(identity, "password_reset", "ada@example.org")
    send(identity, settings_for(identity, folder=folder))
    queue(identity, "invitation", "grace@example.org", add_invitation(identity, ada))
    send(identity, settings_for(identity, folder=folder), at=JOINED + MINUTE)

    first, second = sorted(folder.iterdir())

    assert first.name.startswith("20260105T120000.000000Z-password_reset-")
    assert second.name.startswith("20260105T120100.000000Z-invitation-")
    assert {first.suffix, second.suffix} == {".eml"} and not mails(identity)
    assert S_IMODE(folder.stat().st_mode) == 0o700 and S_IMODE(first.stat().st_mode) == 0o600
    assert read(first)["To"] == "ada@example.org" and len(links_of(read(second))) == 1


def test_link_can_be_copied_from_the_file_as_it_is(
    identity: ServiceUnderTest, folder: Path
) -> None:
    add_member(identity, "Ada")
    queue(identity, "password_reset", "ada@example.org")
    send(identity, settings_for(identity, folder=folder))

    [path] = folder.iterdir()

    [link] = links_of(read(path))
    assert link in path.read_text("utf-8").splitlines()


def test_address_of_any_letters_is_written_as_it_is(
    identity: ServiceUnderTest, folder: Path
) -> None:
    ada = add_member(identity, "Ada")
    set_address(identity, ada, "adèle@example.org")
    queue(identity, "password_reset", "adèle@example.org")

    send(identity, settings_for(identity, folder=folder))

    [path] = folder.iterdir()
    assert "To: adèle@example.org" in path.read_text("utf-8")


def test_folder_that_cannot_be_written_is_waited_for(
    identity: ServiceUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member(identity, "Ada")
    queue(identity, "password_reset", "ada@example.org")
    blocked = tmp_path / "mail"
    blocked.write_text("a file where the folder should be")

    send(identity, settings_for(identity, folder=blocked))
    [waiting] = mails(identity)
    blocked.unlink()
    send(identity, settings_for(identity, folder=blocked), at=JOINED + MINUTE)

    assert waiting.error == "The mail folder: File exists"
    assert len(list(blocked.iterdir())) == 1 and not mails(identity)


def test_who_leaves_is_forgotten_in_every_file_to_or_about_them_whatever_their_name_was(
    identity: ServiceUnderTest, folder: Path
) -> None:
    zoe = add_member(identity, "Zoé", email="zoe@example.org")
    queue(identity, "password_reset", "zoe@example.org")
    queue(identity, "invitation", "grace@example.org", add_invitation(identity, zoe))
    add_member(identity, "Bob")
    queue(identity, "password_reset", "bob@example.org")
    send(identity, settings_for(identity, folder=folder))
    assert len(list(folder.iterdir())) == 3
    set_address(identity, zoe, "other@example.org")

    forget(identity, folder, "other@example.org", zoe)

    [path] = folder.iterdir()
    assert read(path)["To"] == "bob@example.org"
    assert not mails(identity)


def test_mails_of_others_stay_whatever_the_name_of_who_leaves(
    identity: ServiceUnderTest, folder: Path
) -> None:
    eve = add_member(identity, "Skiller", email="eve@example.org")
    add_member(identity, "Ada")
    queue(identity, "password_reset", "ada@example.org")
    send(identity, settings_for(identity, folder=folder))

    forget(identity, folder, "eve@example.org", eve)

    assert len(list(folder.iterdir())) == 1


def test_files_of_a_month_ago_are_deleted(identity: ServiceUnderTest, folder: Path) -> None:
    add_member(identity, "Ada")
    settings = settings_for(identity, folder=folder)
    for at in (JOINED, JOINED + timedelta(days=2)):
        queue(identity, "password_reset", "ada@example.org", at=at)
        send(identity, settings, at=at)

    with clock.at(JOINED + timedelta(days=31)):
        purge(identity.database, settings)

    [path] = folder.iterdir()
    assert path.name.startswith("20260107")


def test_address_is_found_as_it_is_written_to(identity: ServiceUnderTest, folder: Path) -> None:
    ada = add_member(identity, "Ada")
    set_address(identity, ada, "ada@straße.example")
    queue(identity, "password_reset", "ada@straße.example")
    send(identity, settings_for(identity, folder=folder))
    assert "xn--" in next(folder.iterdir()).read_text("utf-8")

    forget(identity, folder, "ada@straße.example")

    assert not list(folder.iterdir())


def test_what_waits_for_who_leaves_is_not_sent(identity: ServiceUnderTest, folder: Path) -> None:
    add_member(identity, "Ada")
    queue(identity, "password_reset", "ada@example.org")

    forget(identity, folder, "Ada@example.org")

    assert not folder.exists() and not mails(identity)


def test_mail_written_while_its_reader_leaves_is_found_a_minute_later(
    identity: ServiceUnderTest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member(identity, "Ada")
    settings = settings_for(identity, folder=folder)
    with clock.at(JOINED), identity.session() as session:
        forget_written(session, email="ada@example.org", member_id=new_id())
    send(identity, settings)
    queue(identity, "password_reset", "ada@example.org")
    send(identity, settings)
    assert list(folder.iterdir())

    send(identity, settings, at=JOINED + MINUTE)

    assert not list(folder.iterdir()) and not mails(identity)


def test_half_a_file_that_a_worker_left_is_forgotten_too(
    identity: ServiceUnderTest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member(identity, "Ada")
    queue(identity, "password_reset", "ada@example.org")
    with monkeypatch.context() as crashing:
        crashing.setattr(files.os, "fsync", crash)
        with pytest.raises(Crash):
            send(identity, settings_for(identity, folder=folder))
    [half] = folder.iterdir()
    assert half.name.endswith(".eml.new")

    forget(identity, folder, "ada@example.org")

    assert not list(folder.iterdir())


def test_forgetting_does_nothing_where_nothing_is_written(
    identity: ServiceUnderTest, tmp_path: Path
) -> None:
    forget(identity, tmp_path / "none", "ada@example.org")

    assert not mails(identity)


class Crash(Exception):
    """The end of a worker."""


def crash(*_: Any) -> None:
    raise Crash
