"""Rotating the keys: three steps, in which no token in use stops being believed."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.auth import TokenVerifier, Unauthenticated
from chassis.settings import Secret, TokenSettings
from services.identity import keys, tokens
from services.identity.config import Settings
from services.identity.models import Member

DATABASE = Secret("postgresql://nobody@localhost/none")


def issue(folder: Path) -> str:
    """A token as identity signs it with the files as they are."""
    settings = Settings(
        database_url=DATABASE,
        signing_key=Secret((folder / keys.PRIVATE_FILE).read_text()),
        public_keys=(folder / keys.PUBLIC_FILE).read_text(),
    )
    member = Member(id=uuid4(), role="member", name="Ada", headline="")
    return tokens.issue_access_token(
        settings, member=member, session_id=uuid4(), proved_at=datetime.now(UTC)
    )


def verifier(folder: Path) -> TokenVerifier:
    """A service that read the public keys just now."""
    return TokenVerifier(TokenSettings(public_keys=(folder / keys.PUBLIC_FILE).read_text()))


def let_pass(folder: Path, seconds: int) -> None:
    moment = time.time() - seconds
    os.utime(folder / keys.PRIVATE_FILE, (moment, moment))


def kids(folder: Path) -> list[str]:
    return [key["kid"] for key in json.loads((folder / keys.PUBLIC_FILE).read_text())["keys"]]


def test_every_token_is_believed_until_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys.write_pair(folder)
    old = kids(folder)
    first = issue(folder)

    assert keys.rotate(folder).startswith("1 of 3")
    believes_both = verifier(folder)
    second = issue(folder)
    assert keys.rotate(folder).startswith("2 of 3")
    third = issue(folder)

    for token in (first, second, third):
        assert believes_both.verify(token).name == "Ada"
    let_pass(folder, keys.OLD_TOKENS_SECONDS)
    assert keys.rotate(folder).startswith("3 of 3")
    assert len(kids(folder)) == 1
    assert kids(folder) != old
    assert verifier(folder).verify(third).name == "Ada"
    with pytest.raises(Unauthenticated):
        verifier(folder).verify(first)


def test_old_key_is_kept_while_its_tokens_are_about(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys.write_pair(folder)
    keys.rotate(folder)
    keys.rotate(folder)
    let_pass(folder, keys.OLD_TOKENS_SECONDS - 60)

    with pytest.raises(ValueError, match="wait 60 s"):
        keys.rotate(folder)

    assert len(kids(folder)) == 2


def test_private_key_keeps_its_mode_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys.write_pair(folder)
    (folder / keys.PRIVATE_FILE).chmod(0o640)

    keys.rotate(folder)
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    keys.rotate(folder)

    assert modes == {"signing.pem": 0o640, "public.json": 0o644, "signing.next.pem": 0o600}
    assert sorted(path.name for path in folder.iterdir()) == ["public.json", "signing.pem"]
    assert (folder / keys.PRIVATE_FILE).stat().st_mode & 0o777 == 0o640


def test_cut_off_first_step_is_taken_again(tmp_path: Path) -> None:
    """The public key was added, but its private one never written."""
    folder = tmp_path / "keys"
    keys.write_pair(folder)
    before = kids(folder)
    keys.rotate(folder)
    (folder / keys.NEXT_FILE).unlink()
    let_pass(folder, keys.OLD_TOKENS_SECONDS)

    keys.rotate(folder)

    assert kids(folder) == before


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_stolen_key_is_believed_no_more_at_once(tmp_path: Path, steps: int) -> None:
    folder = tmp_path / "keys"
    keys.write_pair(folder)
    (folder / keys.PRIVATE_FILE).chmod(0o640)
    for _ in range(steps):
        keys.rotate(folder)
    stolen = issue(folder)

    keys.replace(folder)

    believes = verifier(folder)
    assert believes.verify(issue(folder)).name == "Ada"
    with pytest.raises(Unauthenticated):
        believes.verify(stolen)
    assert sorted(path.name for path in folder.iterdir()) == ["public.json", "signing.pem"]
    assert (folder / keys.PRIVATE_FILE).stat().st_mode & 0o777 == 0o640
