"""`python -m services.notifications <verb>`."""

from chassis.cli import command_line
from services.notifications.app import SERVICE
from services.notifications.commands import bounce, mails

group = command_line(SERVICE)
group.add_command(bounce)
group.add_command(mails)
group()
