"""Mistakes in the settings."""

import pytest

from chassis import settings as chassis_settings
from chassis.settings import SettingsError
from gateway.config import Settings


def test_all_mistakes_are_told_together() -> None:
    environ = {
        "SKILLER_UPSTREAMS": "identity=identity:8000, social=http://social:8000/path,"
        " skills=http://skills:notaport, unknown=http://unknown:8000, http://nobody:1",
        "SKILLER_MEMBER_LIMIT": "many",
        "SKILLER_TRUSTED_PROXIES": "-1",
    }

    with pytest.raises(SettingsError) as refused:
        chassis_settings.read(Settings, environ)

    assert [mistake.partition(":")[0] for mistake in refused.value.mistakes] == list(environ)


def test_nothing_is_required() -> None:
    settings = chassis_settings.read(Settings, {"SKILLER_CORS_ORIGINS": "https://a, https://b"})

    assert settings.urls == {}
    assert settings.origins == {"https://a", "https://b"}
