"""`python -m services.projects <verb>`."""

from chassis.cli import command_line
from services.projects.app import SERVICE

command_line(SERVICE)()
