"""`python -m services.discussion <verb>`."""

from chassis.cli import command_line
from services.discussion.app import SERVICE

command_line(SERVICE)()
