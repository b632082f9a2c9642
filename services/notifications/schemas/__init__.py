"""What notifications takes and answers."""
