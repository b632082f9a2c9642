"""`python -m services.skills <verb>`."""

from chassis.cli import command_line
from services.skills.app import SERVICE
from services.skills.commands import import_esco

group = command_line(SERVICE)
group.add_command(import_esco)
group()
