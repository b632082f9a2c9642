"""What keeps a project awake, any act of its people; and telling that it is idle or asleep."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.messaging.outbox import record
from services.projects import rules
from services.projects.events import sleep_changed
from services.projects.models import Project


def keep_awake(session: Session, *, project: Project, actor_id: UUID) -> None:
    """Let an act of its people keep a locked project awake, or wake it.

    Records `project.woken` where something else was told of it.
    """
    project.sleeps_at = rules.sleeps_at(clock.now(), project.stage)
    if actor_id == project.owner_id:
        project.owner_acted_at = clock.now()
    if project.told_sleep != rules.AWAKE and project.stage != rules.CLOSED:
        _tell(session, project, rules.AWAKE)
    session.flush()


def tell_sleep(session: Session) -> bool:
    """Tell of one project that its owner should look at it, or that it sleeps, each once.

    Records `project.idle` or `project.asleep`. Returns whether there was one.
    """
    now = clock.now()
    for told, until in ((rules.IDLE, now), (rules.AWAKE, now + rules.SLEEPS_AFTER)):
        due = select(Project).where(
            Project.stage != rules.CLOSED, Project.told_sleep == told, Project.sleeps_at <= until
        )
        locked = due.order_by(Project.sleeps_at).limit(1).with_for_update(skip_locked=True)
        project = session.scalar(locked)
        if project is not None:
            _tell(session, project, rules.ASLEEP if project.sleeps_at <= now else rules.IDLE)
            return True
    return False


def _tell(session: Session, project: Project, state: str) -> None:
    project.told_sleep, project.sleep_told_at = state, clock.now()
    project.sleep_revision += 1
    session.flush()
    record(session, sleep_changed(project))
