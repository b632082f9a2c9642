"""`python -m services.skills <verb>`."""

from chassis.cli import command_line
from services.skills.app import SERVICE

command_line(SERVICE)()
