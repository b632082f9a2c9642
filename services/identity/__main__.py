"""`python -m services.identity <verb>`."""

from chassis.cli import command_line
from services.identity.app import SERVICE
from services.identity.commands import (
    erase_again,
    invitations_of_operator,
    invite_administrator,
    mails,
    make_keys,
    members,
    rotate_keys,
)

group = command_line(SERVICE)
group.add_command(make_keys)
group.add_command(rotate_keys)
group.add_command(invite_administrator)
group.add_command(invitations_of_operator)
group.add_command(members)
group.add_command(mails)
group.add_command(erase_again)
group()
