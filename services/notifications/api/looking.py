"""What requests of notifications have in common: its settings, and that somebody looks."""

from flask import current_app

from chassis.auth import current_member
from services.notifications.actions.visits import Visits
from services.notifications.config import Settings


def current_settings() -> Settings:
    """The settings of the application at hand."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def zone() -> str:
    """The community's time zone, that of who chose none."""
    return current_settings().zone


def note_visit() -> None:
    """Before each request of somebody who looks at what they are told."""
    visits: Visits = current_app.extensions.setdefault("visits", Visits())
    visits.note(current_member().id)
