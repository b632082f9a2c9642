"""What keeps a project awake: any act of its people."""

from sqlalchemy.orm import Session

from chassis import clock
from services.projects import rules
from services.projects.models import Project


def keep_awake(session: Session, *, project: Project) -> None:
    """Let an act of its people keep a locked project awake, or wake it."""
    project.sleeps_at = rules.sleeps_at(clock.now(), project.stage)
    session.flush()
