"""Who belongs: invitations, members, credentials and sessions."""
