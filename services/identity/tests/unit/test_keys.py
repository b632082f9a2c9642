"""Making the key pair of access tokens."""

import json
from pathlib import Path

import jwt
import pytest

from chassis.settings import Secret, SettingsError
from services.identity import keys, tokens
from services.identity.config import Settings

DATABASE = Secret("postgresql://nobody@localhost/none")


def test_thumbprint_is_that_of_rfc_7638() -> None:
    # The example key of RFC 7517, A.1; its thumbprint as other implementations give it.
    key = {
        "kty": "EC",
        "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    }

    assert keys.thumbprint({**key, "kid": "1", "use": "enc"}) == (
        "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"
    )


def test_pair_is_written_once_with_the_private_key_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    keys.write_pair(folder)

    written = {file.name: file.read_text() for file in folder.iterdir()}
    assert sorted(written) == ["public.json", "signing.pem"]
    assert (folder / "signing.pem").stat().st_mode & 0o777 == 0o600
    assert "d" not in json.loads(written["public.json"])["keys"][0]
    with pytest.raises(FileExistsError):
        keys.write_pair(folder)
    assert {file.name: file.read_text() for file in folder.iterdir()} == written


@pytest.mark.parametrize("name", ["signing.pem", "public.json"])
def test_one_existing_file_keeps_both_from_being_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")

    with pytest.raises(FileExistsError):
        keys.write_pair(tmp_path)

    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(name, "mine")]


def test_signing_key_bears_the_name_that_the_public_set_gives_it() -> None:
    pem, public_keys = keys.make_pair()
    [jwk] = json.loads(public_keys)["keys"]

    found = keys.find_signing_key(pem, public_keys)

    assert found.kid == jwk["kid"] == keys.thumbprint(jwk)
    token = jwt.encode({"sub": "x"}, found.private_key, algorithm="ES256")
    assert jwt.decode(token, jwt.PyJWK(jwk), algorithms=["ES256"]) == {"sub": "x"}


@pytest.mark.parametrize("pem", ["not a key", keys.make_pair()[0]])
def test_key_that_nobody_would_believe_is_a_mistake_of_the_settings(pem: str) -> None:
    _, public_keys = keys.make_pair()

    with pytest.raises(SettingsError) as caught:
        Settings(database_url=DATABASE, public_keys=public_keys, signing_key=Secret(pem))

    [mistake] = caught.value.mistakes
    assert mistake.startswith("SKILLER_SIGNING_KEY: ")
    assert pem not in mistake


def test_missing_key_is_said_before_anybody_signs_in() -> None:
    with pytest.raises(SettingsError, match="SKILLER_SIGNING_KEY: is required"):
        tokens.require_signing_key(Settings(database_url=DATABASE))
