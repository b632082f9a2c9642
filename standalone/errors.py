"""What stops standalone before it serves."""


class StandaloneError(Exception):
    """One clear line for the operator: what is wrong, and the way out."""
