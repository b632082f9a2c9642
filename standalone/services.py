"""The services of one machine, and the settings that each reads from a shared environment.

`SKILLER_IDENTITY_DATABASE_URL` is identity's SKILLER_DATABASE_URL, and so on.
"""

from collections.abc import Mapping

from chassis import settings
from chassis.service import Service
from chassis.settings import ServiceSettings
from services.discussion.app import SERVICE as DISCUSSION
from services.identity.app import SERVICE as IDENTITY
from services.notifications.app import SERVICE as NOTIFICATIONS
from services.projects.app import SERVICE as PROJECTS
from services.skills.app import SERVICE as SKILLS
from services.social.app import SERVICE as SOCIAL

SERVICES: tuple[Service, ...] = (IDENTITY, SOCIAL, DISCUSSION, SKILLS, PROJECTS, NOTIFICATIONS)


def database_variable(service: str) -> str:
    """Where the environment of one machine says which database a service has."""
    return f"SKILLER_{service.upper()}_DATABASE_URL"


def settings_of(service: Service, environ: Mapping[str, str]) -> ServiceSettings:
    """A service's settings, its database from its own variable; raises SettingsError."""
    own = {name: value for name, value in environ.items() if name != "SKILLER_DATABASE_URL"}
    if url := environ.get(database_variable(service.name)):
        own["SKILLER_DATABASE_URL"] = url
    return settings.read(service.settings, own)
