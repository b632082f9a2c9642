"""What identity takes and answers."""
