"""`python -m services.social <verb>`."""

from chassis.cli import command_line
from services.social.app import SERVICE

command_line(SERVICE)()
