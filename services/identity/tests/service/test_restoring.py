"""After a restore: nobody is signed in, old mails are dropped, who left is erased again."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from chassis import clock
from chassis.testing.service import ServiceUnderTest
from contracts.identity import SessionClosed
from services.identity import ledger
from services.identity.actions import restoring
from services.identity.app import SERVICE
from services.identity.chores import keep_ledger
from services.identity.commands import erase_again
from services.identity.models import Member
from services.identity.tests.factories import (
    JOINED,
    PASSWORD,
    add_member,
    refresh,
    sign_in,
)
from services.identity.tests.mailbox import mails, queue, settings_for


def test_sessions_of_before_end(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    session = sign_in(identity).get_json()

    with identity.session() as restored:
        restoring.after_restore(restored)

    assert refresh(identity, session["refresh_token"]).status_code == 401
    assert len(identity.published(SessionClosed)) == 1


def test_mails_that_waited_long_are_dropped_and_forgetting_is_not(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    for hours in (3, 2, 0.5):
        at = JOINED - timedelta(hours=hours)
        queue(identity, "password_reset", f"{hours}@example.org", at=at)
    gone = identity.as_member(ada).delete("/members/me", json={"password": PASSWORD})
    add_member(identity, "Béa")

    with clock.at(JOINED), identity.session() as restored:
        restoring.after_restore(restored)

    kinds = sorted((mail.kind, mail.email) for mail in mails(identity))
    assert gone.status_code == 204
    assert kinds == [("forget", "ada@example.org"), ("password_reset", "0.5@example.org")]


def test_ledger_names_who_left_once(identity: ServiceUnderTest, tmp_path: Path) -> None:
    ada, béa = add_member(identity, "Ada"), add_member(identity, "Bea")
    settings = replace(settings_for(identity), erasure_ledger=str(tmp_path / "kept" / "ledger"))
    for person, body in ((ada, {}), (béa, {"removes_posts": True})):
        leaving = {"password": PASSWORD, **body}
        assert identity.as_member(person).delete("/members/me", json=leaving).status_code == 204
        keep_ledger(identity.database, settings)

    written = Path(settings.erasure_ledger)
    assert ledger.read(written.read_text().splitlines()) == {ada.id: False, béa.id: True}
    assert len(written.read_text().splitlines()) == 2
    assert written.stat().st_mode & 0o077 == 0


def test_who_left_since_is_erased_again_and_others_are_passed_over(
    identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member(identity, "Root", role="administrator")
    ada, béa, boss = (add_member(identity, name) for name in ("Ada", "Bea", "Cleo"))
    said = f"{ada.id} posts\n\n{boss.id}\n{'0' * 32}\n"

    done = _run(identity, monkeypatch, said)

    assert done.output == "2 members erased again.\n"
    with identity.session() as session:
        assert session.get_one(Member, ada.id).is_without_posts
        assert session.get_one(Member, boss.id).state == "left"
        assert session.get_one(Member, béa.id).state == "active"
    assert _run(identity, monkeypatch, said).output == "0 members erased again.\n"


def test_last_administrator_is_left_and_named(
    identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = add_member(identity, "Root", role="administrator")

    done = _run(identity, monkeypatch, f"{root.id}\n")

    assert f"{root.id} is the last administrator" in done.output


def test_what_is_no_ledger_is_refused_by_its_line(
    identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = _run(identity, monkeypatch, "\nAda\n")

    assert done.exit_code == 1
    assert "line 2 is no id of a member" in done.output


def _run(identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch, said: str):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SKILLER_DATABASE_URL", identity.database.url)
    return CliRunner().invoke(erase_again, ["-"], input=said, obj=SERVICE)
