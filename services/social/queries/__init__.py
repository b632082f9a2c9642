"""What social reads."""
