"""Identity with a database of its own and a key to sign with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.settings import Secret
from chassis.testing import tokens
from chassis.testing.service import ServiceUnderTest
from services.identity.app import SERVICE


@pytest.fixture
def identity(
    service_under_test: Callable[..., ServiceUnderTest], tmp_path: Path
) -> ServiceUnderTest:
    key = Secret(tokens.private_pem())
    return service_under_test(SERVICE, signing_key=key, mail_folder=tmp_path / "mail")
