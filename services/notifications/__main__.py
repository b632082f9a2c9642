"""`python -m services.notifications <verb>`."""

from chassis.cli import command_line
from services.notifications.app import SERVICE
from services.notifications.commands import bounce, mails, make_push_key, pushes

group = command_line(SERVICE)
group.add_command(bounce)
group.add_command(mails)
group.add_command(pushes)
group.add_command(make_push_key)
group()
