"""What ends a backup or a restore, in one line for the operator."""


class BackupError(Exception):
    """It cannot be made, or this place cannot be restored into; nothing was changed."""
