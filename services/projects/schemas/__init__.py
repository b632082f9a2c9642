"""What projects takes and answers."""
