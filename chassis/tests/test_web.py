"""An application, and what it works with."""

from typing import Any
from unittest.mock import sentinel

from chassis.auth import TokenVerifier
from chassis.settings import Secret, ServiceSettings
from chassis.testing import tokens
from chassis.web import create_app, equip


def _settings(url: str) -> ServiceSettings:
    return ServiceSettings(database_url=Secret(url), public_keys=tokens.public_keys())


def test_an_application_equipped_anew_knows_nothing_of_before() -> None:
    before, after = _settings("postgresql://before"), _settings("postgresql://after")
    options: dict[str, Any] = {"blueprints": [], "newest_migration": 1}
    app = create_app("things", settings=before, database=sentinel.before, **options)
    app.extensions |= {"visits": {"of": "members"}, "refused_at": 1.0}

    equip(app, after, sentinel.after)

    verifier: TokenVerifier = app.extensions.pop("token_verifier")
    assert verifier.settings is after
    assert app.extensions.pop("refused_at") < 0
    assert app.extensions == {"settings": after, "database": sentinel.after}


def test_the_document_is_made_when_it_is_asked_for_and_then_kept() -> None:
    options: dict[str, Any] = {"blueprints": [], "newest_migration": 1}
    app = create_app("things", settings=_settings("x"), database=sentinel.database, **options)

    answers = [app.test_client().get("/api/openapi/things.json") for _ in range(2)]

    assert [answer.json["info"]["title"] for answer in answers if answer.json] == 2 * [
        "Skiller things"
    ]
    assert answers[0].mimetype == "application/json"
