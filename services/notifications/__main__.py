"""`python -m services.notifications <verb>`."""

from chassis.cli import command_line
from services.notifications.app import SERVICE

command_line(SERVICE)()
